/* X("option", Persian, English): what each option is for. */
/* clang-format off */
#define OPTION_TEXT_LIST(X) \
	X("json", "خروجی JSON برای برنامه‌ها", "JSON for programs") \
	X("lang", "زبان (پیش‌فرض fa)", "language (default fa)") \
	X("as", "پرونده کلید محرمانه", "file with the secret key to speak with") \
	X("principals", "فهرست کلیدهای ثابت", "file of fixed principals") \
	X("membership", "نشانی membership", "endpoint of membership") \
	X("quota", "نشانی quota", "endpoint of quota") \
	X("matching", "نشانی matching", "endpoint of matching") \
	X("redis", "نشانی Redis", "host:port or socket of Redis") \
	X("journals", "پوشه دفترها", "folder with the journals") \
	X("clock-file", "پرونده جابه‌جایی ساعت", "file with the clock's offset") \
	X("timeout", "بیشترین انتظار (پیش‌فرض 15)", "longest wait for answers (default 15)") \
	X("help", "راهنمای فرمان", "help on the command") \
	X("version", "نسخه", "version") \
	X("all-or-nothing", "همه یا هیچ", "all rows or none") \
	X("buyer", "خریدار", "the buyer") \
	X("request", "شماره درخواست", "the buyer's number of the request") \
	X("grade", "گرید", "grade") \
	X("kg", "کیلوگرم", "kilograms") \
	X("minimum-kg", "کمینه", "the least that is of use") \
	X("base-kg", "پایه تخصیص", "size of a lot") \
	X("price", "قیمت", "rial per kg") \
	X("max-price", "بیشترین قیمت در کارخانه", "most, ex works, rial per kg") \
	X("max-landed", "بیشترین قیمت در مقصد", "most, landed, rial per kg") \
	X("licence", "پروانه", "licence") \
	X("line", "سطر یک عضو (تکرارپذیر)", "one member's line (may be repeated)") \
	X("from", "تحویل از", "delivery from") \
	X("to", "تحویل تا", "delivery to") \
	X("expect", "نسخه‌ای که دیده‌اید", "the version you have seen") \
	X("family", "خانواده", "family") \
	X("round", "دور", "round") \
	X("session", "نشست", "session") \
	X("supplier", "عرضه‌کننده", "supplier") \
	X("class", "رده خریدار", "class of buyers") \
	X("settlement", "تسویه", "settlement") \
	X("day", "روز", "day, 1404-09-02") \
	X("month", "ماه", "month, 1404-09") \
	X("closes", "زمان بسته شدن", "when it closes, of Tehran") \
	X("reason", "علت", "why; recorded") \
	X("draw", "نوبت تسهیم", "which draw (default 1)") \
	X("save", "ذخیره در پرونده", "write the bundle to a file") \
	X("rial", "مبلغ", "amount") \
	X("value", "تاریخ ارزش", "value date") \
	X("party", "شخص", "party") \
	X("kind", "شماره فرمان (تکرارپذیر)", "number of a command kind (may be repeated)") \
	X("until", "تا", "last instant") \
	X("role", "نقش", "role of the key") \
	X("register", "ثبت در membership", "register it at membership too") \
	X("dir", "پوشه کلیدها", "folder for the keys") \
	X("wait", "انتظار تا آماده شدن", "poll until ready") \
	X("after", "پس از این شماره", "begin behind this sequence") \
	X("count", "بیشترین شمار", "at most so many") \
	X("at", "زمان", "instant of Tehran") \
	X("data", "پوشه داده‌ها", "folder of the week's data") \
	X("keys", "پوشه کلیدها", "folder with the keys") \
	X("policy", "روش تسهیم: weighted، equal، pro-rata، time و …", "weighted, equal, pro-rata, time, least-cost, equal-losses, talmud or lottery") \
	X("rounding", "گرد کردن: offset، carry، jefferson، webster", "offset, carry, jefferson or webster") \
	X("reserve", "درصد کنارگذاشته برای واحدهای کوچک", "percent of the offers reserved for small units")

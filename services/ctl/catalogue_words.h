/* WORD_LIST: X("value", Persian, English), the words of enums. */
/* clang-format off */
#define WORD_LIST(X) \
	X("ACCEPTED", "پذیرفته", "accepted") \
	X("REFUSED", "رد شد", "refused") \
	X("INVALID", "نادرست", "invalid") \
	X("DENIED", "بی‌اجازه", "denied") \
	X("CONFLICT", "تعارض", "conflict") \
	X("OVERLOADED", "پرکار", "overloaded") \
	X("UNAVAILABLE", "ناپذیرا", "unavailable") \
	X("accepted", "پذیرفته", "accepted") \
	X("refused", "رد شد", "refused") \
	X("invalid", "نادرست", "invalid") \
	X("denied", "بی‌اجازه", "denied") \
	X("conflict", "تعارض", "conflict") \
	X("overloaded", "پرکار", "overloaded") \
	X("unavailable", "ناپذیرا", "unavailable") \
	X("yes", "بله", "yes") \
	X("no", "نه", "no") \
	X("ready", "آماده", "ready") \
	X("not_ready", "ناآماده", "not ready:") \
	X("connected", "پیوسته", "connected") \
	X("away", "دور", "away") \
	X("wall", "واقعی", "wall") \
	X("simulated", "شبیه‌سازی", "simulated") \
	X("suspect", "مشکوک", "suspect") \
	X("open", "باز", "open") \
	X("cancelled", "لغوشده", "cancelled") \
	X("in_book", "در دفتر دور", "in the book") \
	X("excluded", "کنار گذاشته", "excluded") \
	X("settled", "پایان‌یافته", "settled") \
	X("withdrawn", "پس‌گرفته", "withdrawn") \
	X("in_round", "در دور", "in a round") \
	X("closed", "بسته", "closed") \
	X("collecting", "گردآوری", "collecting") \
	X("closing", "در حال بستن", "closing") \
	X("solving", "در حال حل", "solving") \
	X("published", "منتشر", "published") \
	X("final", "قطعی", "final") \
	X("voided", "باطل", "voided") \
	X("provisional", "موقت", "provisional") \
	X("declined", "انصراف", "declined") \
	X("expired", "منقضی", "expired") \
	X("paid", "پرداخته", "paid") \
	X("delivered", "تحویل‌شده", "delivered") \
	X("distributed", "توزیع‌شده", "distributed") \
	X("confirmed", "تأییدشده", "confirmed") \
	X("waiting", "چشم‌به‌راه تأیید", "waiting") \
	X("pending", "ناتمام", "pending") \
	X("active", "فعال", "active") \
	X("suspended", "معلق", "suspended") \
	X("ended", "پایان‌یافته", "ended") \
	X("valid", "معتبر", "valid") \
	X("revoked", "لغوشده", "revoked") \
	X("person", "شخص حقیقی", "person") \
	X("legal", "شخص حقوقی", "legal entity") \
	X("foreigner", "تبعه خارجی", "foreigner") \
	X("supply", "تأمین نیاز", "supply") \
	X("handicraft_export", "صادرات صنایع‌دستی", "handicraft export") \
	X("urban_development", "توسعه و عمران", "urban development") \
	X("establishment", "جواز تأسیس", "establishment") \
	X("operating", "پروانه بهره‌برداری", "operating") \
	X("guild", "پروانه کسب", "guild") \
	X("cash", "نقدی", "cash") \
	X("credit", "اعتباری", "credit") \
	X("all", "همه", "all") \
	X("small_units", "واحدهای کوچک", "small units") \
	X("satisfied", "همه خواسته تخصیص یافت", "everything asked was placed") \
	X("no_offer", "عرضه‌ای با این گرید، رده یا زمان نبود", "no offer of that grade, class or window") \
	X("price", "همه عرضه‌ها گران‌تر از بیشترین قیمت بود", "all offers above the maximum price") \
	X("minimum", "سهم از کمینه خواسته کمتر بود و کنار رفت", "the share was below its own minimum") \
	X("cap", "سقف خریدار در یک دور", "the buyer's cap for a round") \
	X("level", "کمبود: جیره‌بندی", "scarce: rationed") \
	X("nominal", "نیاز اسمی", "nominal need") \
	X("record", "سابقه خرید", "record") \
	X("floored_record", "سابقه خرید با کف", "record with a floor") \
	X("mean_record", "میانگین سابقه", "mean of the record") \
	X("weighted", "وزنی", "weighted") \
	X("equal", "برابر", "equal") \
	X("pro_rata", "به نسبت", "pro rata") \
	X("time", "به نوبت", "by time") \
	X("least_cost", "کمترین هزینه", "least cost") \
	X("offset", "قرعه همگانی", "public offset") \
	X("county", "شهرستان", "county") \
	X("province", "استان", "province") \
	X("national", "سراسری", "national") \
	X("operator", "بهره‌بردار", "operator") \
	X("authority", "مرجع مقررات", "authority") \
	X("publisher", "ناشر", "publisher") \
	X("supplier", "عرضه‌کننده", "supplier") \
	X("clearing", "پایاپای", "clearing") \
	X("auditor", "حسابرس", "auditor") \
	X("equal_losses", "کاهش برابر", "equal losses") \
	X("talmud", "تلمودی", "talmud") \
	X("lottery", "قرعه", "lottery") \
	X("carry", "انتقال به دور بعد", "carry") \
	X("jefferson", "جفرسون", "jefferson") \
	X("webster", "وبستر", "webster") \
	X("unchanged", "همان که بود", "unchanged") \
	X("size", "اندازه", "size") \
	X("buyer", "خریدار", "buyer") \
	X("small", "کوچک", "small") \
	X("medium", "میانه", "medium") \
	X("large", "بزرگ", "large") \
	X("direct", "مستقیم", "direct") \
	X("cooperative", "تعاونی", "cooperative")

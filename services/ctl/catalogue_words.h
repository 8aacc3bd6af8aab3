/* FIELD_LIST: X(proto name, Persian, English). WORD_LIST: X("value", Persian, English). */
#define FIELD_LIST(X)                                                                              \
	X(request_id, "درخواست", "request") X(buyer_id, "خریدار", "buyer")                         \
	X(family, "خانواده", "family") X(grade, "گرید", "grade")                                   \
	X(quantity_kg, "مقدار (kg)", "kg") X(minimum_kg, "کمینه (kg)", "minimum kg")               \
	X(priority_class, "اولویت", "class") X(version, "نسخه", "version") X(state, "حالت", "state") \
	X(licence_id, "پروانه", "licence") X(window_month, "پنجره", "window")                      \
	X(ceiling_kg, "سقف (kg)", "ceiling kg") X(reserved_kg, "رزرو (kg)", "reserved kg")         \
	X(used_kg, "خریده (kg)", "bought kg") X(free_kg, "آزاد (kg)", "free kg")                   \
	X(offer_id, "عرضه", "offer") X(supplier_id, "عرضه‌کننده", "supplier")                       \
	X(allocated_kg, "واگذارشده (kg)", "allocated kg") X(price_rial_per_kg, "قیمت (ریال)", "rial/kg") \
	X(buyer_class, "ویژه", "class") X(round_id, "دور", "round") X(session_id, "نشست", "session") \
	X(policy, "روش", "policy") X(rounding, "گرد کردن", "rounding") X(draw, "قرعه", "draw")     \
	X(offered_kg, "عرضه (kg)", "offered kg") X(asked_kg, "تقاضا (kg)", "asked kg")             \
	X(placed_kg, "جای‌گرفته (kg)", "placed kg") X(claimants, "متقاضی", "claimants")            \
	X(placed_claimants, "سهم‌بر", "with a share") X(closes_ms, "بسته شدن", "closes")           \
	X(allocation_id, "تخصیص", "allocation") X(pay_until_ms, "مهلت پرداخت", "pay until")        \
	X(accept_until_ms, "مهلت پذیرش", "accept until") X(party_id, "شخص", "party")               \
	X(received_kg, "دریافت (kg)", "received kg") X(confirmed, "تأیید", "confirmed")            \
	X(name, "نام", "name") X(kind, "نوع", "kind") X(nationality, "تابعیت", "nationality")      \
	X(county, "شهرستان", "county") X(province, "استان", "province") X(union_id, "اتحادیه", "union") \
	X(level, "سطح", "level") X(place, "جای", "place") X(parent_union_id, "اتحادیه بالادست", "parent") \
	X(cooperative_id, "تعاونی", "cooperative") X(shares, "سهام", "shares")                     \
	X(joined_on_jalali, "از تاریخ", "joined") X(legal_basis, "مبنای قانونی", "legal basis")    \
	X(registered_on_jalali, "ثبت", "registered") X(lines, "سطرها", "lines")                    \
	X(valid_from_jalali, "اعتبار از", "valid from") X(valid_to_jalali, "اعتبار تا", "valid to") \
	X(role, "نقش", "role") X(public_key, "کلید عمومی", "public key") X(revoked, "لغو", "revoked") \
	X(principal, "وکیل", "principal") X(kinds, "فرمان‌ها", "kinds") X(until_ms, "تا", "until")  \
	X(file, "پرونده", "file") X(noun, "جدول", "table") X(rows, "سطر", "rows")                  \
	X(accepted, "پذیرفته", "accepted") X(refused, "رد", "refused") X(stream, "دفتر", "stream") \
	X(equal, "برابر", "equal") X(sequence, "تا", "to") X(head_sequence, "سر", "head")          \
	X(keys, "کلیدها", "keys") X(missing, "غایب", "missing") X(different, "متفاوت", "different") \
	X(extra, "اضافی", "extra") X(verified, "درست", "verified") X(hash, "چکیده", "hash")        \
	X(formula, "قاعده سقف", "formula") X(record_months, "ماه‌های سابقه", "record months")       \
	X(floor_percent, "کف (٪)", "floor %") X(window_months, "ماه‌های پنجره", "window months")   \
	X(window_anchor_month, "آغاز پنجره", "anchor") X(cooperative_multiplier, "ضریب تعاونی", "coop multiplier") \
	X(small_unit_reserve_percent, "ویژه واحد کوچک (٪)", "small units %")                       \
	X(reason, "علت", "reason") X(count, "شمار", "count") X(fairness, "تراز (kg/kg)", "level kg/kg") \
	X(code, "کد", "code") X(requests, "درخواست", "requests") X(placed_percent, "درصد", "percent") \
	X(wanted_kg, "خواسته (kg)", "wanted kg") X(max_price_rial_per_kg, "بیشترین قیمت", "max rial/kg")

#define WORD_LIST(X)                                                                               \
	X("ACCEPTED", "پذیرفته", "accepted") X("REFUSED", "رد شد", "refused")                      \
	X("INVALID", "نادرست", "invalid") X("DENIED", "بی‌اجازه", "denied")                         \
	X("CONFLICT", "تعارض", "conflict") X("OVERLOADED", "پرکار", "overloaded")                  \
	X("UNAVAILABLE", "ناپذیرا", "unavailable")                                                 \
	X("accepted", "پذیرفته", "accepted") X("refused", "رد شد", "refused")                      \
	X("invalid", "نادرست", "invalid") X("denied", "بی‌اجازه", "denied")                         \
	X("conflict", "تعارض", "conflict") X("overloaded", "پرکار", "overloaded")                  \
	X("unavailable", "ناپذیرا", "unavailable")                                                 \
	X("yes", "بله", "yes") X("no", "نه", "no") X("ready", "آماده", "ready")                    \
	X("not_ready", "ناآماده", "not ready:") X("connected", "پیوسته", "connected")              \
	X("away", "دور", "away") X("wall", "واقعی", "wall") X("simulated", "شبیه‌سازی", "simulated") \
	X("suspect", "مشکوک", "suspect") X("open", "باز", "open") X("cancelled", "لغوشده", "cancelled") \
	X("in_book", "در دفتر دور", "in the book") X("excluded", "کنار گذاشته", "excluded")        \
	X("settled", "پایان‌یافته", "settled") X("withdrawn", "پس‌گرفته", "withdrawn")              \
	X("in_round", "در دور", "in a round") X("closed", "بسته", "closed")                        \
	X("collecting", "گردآوری", "collecting") X("closing", "در حال بستن", "closing")            \
	X("solving", "در حال حل", "solving") X("published", "منتشر", "published")                  \
	X("final", "قطعی", "final") X("voided", "باطل", "voided") X("provisional", "موقت", "provisional") \
	X("declined", "انصراف", "declined") X("expired", "منقضی", "expired") X("paid", "پرداخته", "paid") \
	X("delivered", "تحویل‌شده", "delivered") X("distributed", "توزیع‌شده", "distributed")       \
	X("confirmed", "تأییدشده", "confirmed") X("waiting", "چشم‌به‌راه تأیید", "waiting")         \
	X("pending", "ناتمام", "pending") X("active", "فعال", "active") X("suspended", "معلق", "suspended") \
	X("ended", "پایان‌یافته", "ended") X("valid", "معتبر", "valid") X("revoked", "لغوشده", "revoked") \
	X("person", "شخص حقیقی", "person") X("legal", "شخص حقوقی", "legal entity")                 \
	X("foreigner", "تبعه خارجی", "foreigner") X("supply", "تأمین نیاز", "supply")              \
	X("handicraft_export", "صادرات صنایع‌دستی", "handicraft export")                            \
	X("urban_development", "توسعه و عمران", "urban development")                               \
	X("establishment", "جواز تأسیس", "establishment") X("operating", "پروانه بهره‌برداری", "operating") \
	X("guild", "پروانه کسب", "guild") X("cash", "نقدی", "cash") X("credit", "اعتباری", "credit") \
	X("all", "همه", "all") X("small_units", "واحدهای کوچک", "small units")                     \
	X("satisfied", "همه خواسته جای گرفت", "everything asked was placed")                       \
	X("no_offer", "عرضه‌ای با این گرید، رده یا زمان نبود", "no offer of that grade, class or window") \
	X("price", "همه عرضه‌ها گران‌تر از بیشترین قیمت بود", "all offers above the maximum price") \
	X("minimum", "سهم از کمینه خواسته کمتر بود و کنار رفت", "the share was below its own minimum") \
	X("cap", "سقف خریدار در یک دور", "the buyer's cap for a round")                            \
	X("level", "کمبود: جیره‌بندی", "scarce: rationed")                                          \
	X("nominal", "نیاز اسمی", "nominal need") X("record", "سابقه خرید", "record")              \
	X("floored_record", "سابقه خرید با کف", "record with a floor")                             \
	X("mean_record", "میانگین سابقه", "mean of the record") X("weighted", "وزنی", "weighted")  \
	X("equal", "برابر", "equal") X("pro_rata", "به نسبت", "pro rata") X("time", "به نوبت", "by time") \
	X("least_cost", "کمترین هزینه", "least cost") X("offset", "قرعه همگانی", "public offset")  \
	X("county", "شهرستان", "county") X("province", "استان", "province") X("national", "سراسری", "national") \
	X("operator", "بهره‌بردار", "operator") X("authority", "مرجع مقررات", "authority")          \
	X("publisher", "ناشر", "publisher") X("supplier", "عرضه‌کننده", "supplier")                 \
	X("clearing", "پایاپای", "clearing") X("auditor", "حسابرس", "auditor")

#define OPTION_TEXT_LIST(X)                                                                        \
	X("json", "خروجی JSON برای برنامه‌ها", "JSON for programs")                                  \
	X("lang", "زبان (پیش‌فرض fa)", "language (default fa)")                                     \
	X("as", "پرونده کلید محرمانه", "file with the secret key to speak with")                   \
	X("principals", "فهرست کلیدهای ثابت", "file of fixed principals")                          \
	X("membership", "نشانی membership", "endpoint of membership")                              \
	X("quota", "نشانی quota", "endpoint of quota") X("matching", "نشانی matching", "endpoint of matching") \
	X("redis", "نشانی Redis", "host:port or socket of Redis")                                  \
	X("journals", "پوشه دفترها", "folder with the journals")                                   \
	X("clock-file", "پرونده جابه‌جایی ساعت", "file with the clock's offset")                    \
	X("timeout", "بیشترین انتظار (پیش‌فرض 15)", "longest wait for answers (default 15)")        \
	X("help", "راهنمای فرمان", "help on the command") X("version", "نسخه", "version")          \
	X("all-or-nothing", "همه یا هیچ", "all rows or none") X("buyer", "خریدار", "the buyer")    \
	X("request", "شماره درخواست", "the buyer's number of the request") X("grade", "گرید", "grade") \
	X("kg", "کیلوگرم", "kilograms") X("minimum-kg", "کمینه", "the least that is of use")       \
	X("base-kg", "پایه تخصیص", "size of a lot") X("price", "قیمت", "rial per kg")              \
	X("max-price", "بیشترین قیمت در کارخانه", "most, ex works, rial per kg")                   \
	X("max-landed", "بیشترین قیمت در مقصد", "most, landed, rial per kg")                       \
	X("licence", "پروانه", "licence") X("line", "سطر یک عضو (تکرارپذیر)", "one member's line (may be repeated)") \
	X("from", "تحویل از", "delivery from") X("to", "تحویل تا", "delivery to")                  \
	X("expect", "نسخه‌ای که دیده‌اید", "the version you have seen") X("family", "خانواده", "family") \
	X("round", "دور", "round") X("session", "نشست", "session") X("supplier", "عرضه‌کننده", "supplier") \
	X("class", "رده خریدار", "class of buyers") X("settlement", "تسویه", "settlement")         \
	X("day", "روز", "day, 1404-09-02") X("month", "ماه", "month, 1404-09")                     \
	X("closes", "زمان بسته شدن", "when it closes, of Tehran") X("reason", "علت", "why; recorded") \
	X("draw", "قرعه", "which draw (default 1)") X("save", "ذخیره در پرونده", "write the bundle to a file") \
	X("rial", "مبلغ", "amount") X("value", "تاریخ ارزش", "value date") X("party", "شخص", "party") \
	X("kind", "شماره فرمان (تکرارپذیر)", "number of a command kind (may be repeated)")         \
	X("until", "تا", "last instant") X("role", "نقش", "role of the key")                       \
	X("register", "ثبت در membership", "register it at membership too")                        \
	X("dir", "پوشه کلیدها", "folder for the keys") X("wait", "انتظار تا آماده شدن", "poll until ready") \
	X("after", "پس از این شماره", "begin behind this sequence") X("count", "بیشترین شمار", "at most so many") \
	X("at", "زمان", "instant of Tehran") X("data", "پوشه داده‌ها", "folder of the week's data")  \
	X("keys", "پوشه کلیدها", "folder with the keys")

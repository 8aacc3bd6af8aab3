/* X(CODE, Persian, English, remedy in Persian, remedy in English); {0} subject, {1} the number
 * that failed, {2} the limit it was held against. */
/* clang-format off */
#define REASON_TEXT_LIST(X) \
	X(ID_FORMAT, "شکل شناسه {0} درست نیست", "identifier {0} has the wrong form", \
	  "رقم‌ها و طول شناسه را بررسی کنید", "check its digits and length") \
	X(ID_CHECKSUM, "رقم کنترل شناسه {0} درست نیست", "the check digit of {0} is wrong", \
	  "شناسه را از روی سند دوباره وارد کنید", "type it again from the document") \
	X(ID_DUPLICATE, "شناسه {0} پیش‌تر با محتوای دیگری ثبت شده است", "{0} is taken already, with other content", \
	  "شناسه تازه‌ای برگزینید یا همان را اصلاح کنید", "choose a new id, or amend that one") \
	X(NOT_MEMBER, "{0} عضو این تعاونی نیست", "{0} is not a member of this cooperative", \
	  "نخست عضویت را ثبت کنید", "register the membership first") \
	X(MEMBER_SUSPENDED, "عضویت {0} فعال نیست", "the membership of {0} is not active", \
	  "از هیئت‌مدیره تعاونی رفع تعلیق بخواهید", "ask the cooperative's board to resume it") \
	X(SIMILAR_COOP, "{0} عضو تعاونی همانند دیگری است", "{0} belongs to another similar cooperative", \
	  "عضویت پیشین را پایان دهید", "end the other membership") \
	X(MEMBERS_BELOW_7, "تعاونی {1} عضو فعال دارد و دست‌کم {2} لازم است", "the cooperative has {1} active members and needs {2}", \
	  "عضو بپذیرید یا درخواست مستقیم بدهید", "admit members, or file direct requests") \
	X(FOREIGN_NO_LEGAL_BASIS, "برای عضو خارجی {0} مبنای قانونی ثبت نشده است", "no legal basis is recorded for the foreign member {0}", \
	  "مجوز را ثبت کنید", "record the permit") \
	X(SHARE_CAP_0_5PCT, "سهام {0} از نیم درصد بیشتر است", "{0} would hold more than 0.5 percent", \
	  "سهام را کم کنید", "reduce the shares") \
	X(LICENCE_MISSING, "پروانه {0} پیدا نشد", "licence {0} is not known", \
	  "پروانه را ثبت کنید", "register the licence") \
	X(LICENCE_EXPIRED, "پروانه {0} در این روز اعتبار ندارد", "licence {0} is not valid on that day", \
	  "پروانه را تمدید کنید", "renew the licence") \
	X(CAPACITY_NOT_APPROVED, "ظرفیت {0} تأیید نشده است", "the capacity of {0} is not approved", \
	  "از کارگروه استانی تأیید بگیرید", "ask the provincial working group") \
	X(NO_WORKING_GROUP_MINUTE, "صورت‌جلسه کارگروه برای {0} نیست", "there is no working-group minute for {0}", \
	  "صورت‌جلسه را بخواهید", "ask for the minute") \
	X(VISIT_PENDING, "بازدید {0} انجام نشده است", "the site visit of {0} is pending", \
	  "وقت بازدید بگیرید", "arrange the visit") \
	X(MATERIAL_NOT_IN_FILE, "پرونده {0} این ماده را ندارد", "the file of {0} does not cover this material", \
	  "محصول مربوط را به پروانه بیفزایید", "add a product that needs it to the licence") \
	X(GRADE_NOT_IN_FILE, "گرید {0} شناخته نیست", "grade {0} is not regulated", \
	  "نام گرید را بررسی کنید", "check the name of the grade") \
	X(COEFFICIENT_MISSING, "ضریب مصرف {0} نیست", "{0} has no consumption coefficient", \
	  "به مرجع مقررات خبر دهید", "tell the authority") \
	X(STATS_MISSING, "آمار تولید {0} ثبت نشده است", "production statistics of {0} are missing", \
	  "آمار را ثبت کنید", "file the statistics") \
	X(INVOICE_MISSING, "صورت‌حساب فروش {0} نیست", "a sales invoice of {0} is missing", \
	  "صورت‌حساب را ثبت کنید", "file the invoice") \
	X(DISTRIBUTION_OVERDUE, "توزیع {0} میان اعضا دیر شده است", "the distribution of {0} to the members is overdue", \
	  "توزیع را ثبت کنید", "record the distribution") \
	X(MEMBER_CONFIRM_PENDING, "عضو {0} هنوز تأیید نکرده است", "member {0} has not confirmed yet", \
	  "از عضو بخواهید تأیید کند", "ask the member to confirm") \
	X(CODE_CLOSED_IDLE, "کد {0} به سبب نداشتن خرید بسته شده است", "the code of {0} is closed for want of purchases", \
	  "از کارگروه بازگشایی بخواهید", "ask the working group to reopen it") \
	X(CODE_SUSPENDED, "کد {0} معلق است", "the code of {0} is suspended", \
	  "علت تعلیق را برطرف کنید", "remove the cause of the suspension") \
	X(RULING_CUT, "سهمیه {0} به حکم کاسته شده است", "a ruling has cut the quota of {0}", \
	  "تجدیدنظر بخواهید", "appeal") \
	X(CEILING_EXCEEDED, "سقف {0} کافی نیست: {1} کیلوگرم لازم است و {2} آزاد است", "the ceiling of {0} is too low: {1} kg are needed, {2} kg are free", \
	  "مقدار را کم کنید یا از راه تعاونی بخرید؛ «ceiling why» محاسبه سقف را نشان می‌دهد", "ask for less, or buy through your cooperative; `ceiling why` shows how the ceiling came about") \
	X(WINDOW_EXCEEDED, "سقف پنجره {0} پر است: {1} در برابر {2}", "the window of {0} is used up: {1} against {2}", \
	  "تا پنجره بعدی صبر کنید", "wait for the next window") \
	X(BELOW_MIN_LOT, "مقدار {1} کیلوگرم کمتر از یک محموله ({2}) است", "{1} kg is less than a lot of {2} kg", \
	  "از راه تعاونی تأمین نیاز بخرید", "buy through a supply cooperative") \
	X(NOT_MULTIPLE, "{1} کیلوگرم مضرب پایه تخصیص {2} نیست", "{1} kg is not a multiple of the lot of {2} kg", \
	  "مقدار را به مضرب پایه تخصیص برسانید", "round it to whole lots") \
	X(ABOVE_PURCHASE_CAP, "{1} کیلوگرم از سقف هر خرید ({2}) بیشتر است", "{1} kg is above the purchase cap of {2} kg", \
	  "درخواست را کوچک‌تر کنید", "ask for less") \
	X(ABOVE_COOP_CAP, "{1} کیلوگرم از سقف تعاونی ({2}) بیشتر است", "{1} kg is above the cooperative's cap of {2} kg", \
	  "درخواست را کوچک‌تر کنید", "ask for less") \
	X(OFFER_CLOSED, "عرضه {0} بسته است", "offer {0} is closed", \
	  "عرضه دیگری برگزینید", "choose another offer") \
	X(OFFER_NOT_FOR_CLASS, "عرضه {0} ویژه واحدهای کوچک است", "offer {0} is reserved for small units", \
	  "عرضه دیگری برگزینید", "choose another offer") \
	X(PRICE_BELOW_BASE, "قیمت {1} از قیمت پایه {2} کمتر است", "the price {1} is below the base price {2}", \
	  "قیمت را به پایه برسانید", "raise the price to the base") \
	X(PRICE_ABOVE_BAND, "قیمت {1} از دامنه مجاز {2} بیشتر است", "the price {1} is above the band {2}", \
	  "قیمت را کم کنید", "lower the price") \
	X(DEPOSIT_INSUFFICIENT, "پیش‌پرداخت {1} از {2} کمتر است", "the deposit {1} is below {2}", \
	  "پیش‌پرداخت را کامل کنید", "complete the deposit") \
	X(LATE, "مهلت {0} گذشته است", "it is too late for {0}", \
	  "در دور بعد دوباره درخواست کنید", "ask again in the next round") \
	X(SETTLEMENT_OVERDUE, "مهلت تسویه {0} گذشته است", "the settlement of {0} is overdue", \
	  "با اتاق پایاپای تماس بگیرید", "call the clearing house") \
	X(RATION_ZERO, "سهم {0} پس از گرد کردن صفر شد", "the share of {0} rounds to nothing", \
	  "در دور بعد دوباره درخواست کنید", "ask again in the next round") \
	X(ARREARS, "{0} بدهی دارد", "{0} is in arrears", \
	  "بدهی را بپردازید", "pay the arrears") \
	X(PERIOD_CLOSED, "دوره {0} بسته است", "period {0} is closed", \
	  "دوره بعد", "wait for the next period") \
	X(DUPLICATE_MESSAGE, "این پیام پیش‌تر رسیده است", "this message came before", \
	  "", "") \
	X(NOT_AUTHORISED, "این کلید اجازه این کار را ندارد ({0})", "this key may not do that ({0})", \
	  "با کلید درست یا با وکالت (mandate grant) بفرستید", "use the right key, or a mandate (mandate grant)") \
	X(CONFLICT_OF_INTEREST, "{0} ذی‌نفع است", "{0} has an interest in this", \
	  "دیگری باید انجام دهد", "someone else must do it") \
	X(PROOF_MISSING, "مدرک {0} نیست", "proof of {0} is missing", \
	  "مدرک را بیفزایید", "add it") \
	X(FLOOR_NOT_MET, "کف عرضه {0} رعایت نشده است", "the supply floor of {0} is not met", \
	  "کسری را جبران کنید", "make good the shortfall") \
	X(COLLATERAL_MISSING, "تضمین {0} نیست", "collateral of {0} is missing", \
	  "تضمین را بسپارید", "deposit it") \
	X(MALFORMED, "{0} خواندنی نیست", "{0} is malformed", \
	  "قالب را بررسی کنید", "check the format") \
	X(TOO_LARGE, "{0} بزرگ‌تر از اندازه است ({1} در برابر {2})", "{0} is too large ({1} against {2})", \
	  "آن را بخش کنید", "split it") \
	X(UNKNOWN_KIND, "مقدار {0} شناخته نیست", "{0} is not known", \
	  "نسخه‌ها را برابر کنید", "use matching versions") \
	X(OUT_OF_RANGE, "{0} بیرون از دامنه است ({1})", "{0} is out of range ({1})", \
	  "مقدار را اصلاح کنید", "correct the value") \
	X(STALE_ID, "زمان پیام با زمان سامانه نمی‌خواند", "the message's time does not agree with the daemon's", \
	  "ساعت دستگاه را درست کنید", "set this machine's clock") \
	X(ID_CONFLICT, "این شناسه پیام با محتوای دیگری آمده است", "the same message id came with other content", \
	  "با شناسه تازه بفرستید", "send it with a fresh id") \
	X(NOT_FOUND, "{0} پیدا نشد", "{0} does not exist", \
	  "شناسه را بررسی کنید", "check the id") \
	X(WRONG_STATE, "{0} در این حالت اجازه این کار را نمی‌دهد", "the state of {0} does not allow this", \
	  "حالت آن را ببینید", "look at its state") \
	X(VERSION_MISMATCH, "نسخه {0} اکنون {2} است، نه {1}", "{0} is at version {2}, not {1}", \
	  "دوباره بخوانید و از نو اصلاح کنید", "read it again, then amend") \
	X(TABLE_FULL, "جدول {0} پر است", "table {0} is full", \
	  "گنجایش را بیفزایید (TASHEEM_CAPACITY)", "raise TASHEEM_CAPACITY") \
	X(CATCHING_UP, "سامانه هنوز به روز نشده است", "the daemon is still catching up", \
	  "کمی بعد دوباره", "try again soon") \
	X(DISK_FULL, "دیسک پر است", "the disk is nearly full", \
	  "جا باز کنید", "free some space") \
	X(CLOCK_SUSPECT, "ساعت سامانه مشکوک است", "the daemon's clock is in doubt", \
	  "ساعت را درست کنید", "set the clock") \
	X(NOT_FOLLOWED_YET, "{0} هنوز دنبال نشده است", "{0} has not been followed yet", \
	  "کمی بعد دوباره", "try again soon") \
	X(STOPPING, "سامانه در حال ایستادن است", "the daemon is stopping", \
	  "کمی بعد دوباره", "try again soon") \
	X(REGIME_MISSING, "برای {0} مقرراتی در کار نیست", "no regime is in force for {0}", \
	  "مقررات را تصویب کنید (regime approve)", "approve a regime (regime approve)") \
	X(SUM_MISMATCH, "جمع {0} نمی‌خواند: {1} در برابر {2}", "{0} does not add up: {1} against {2}", \
	  "سطرها را با مقدار کل برابر کنید", "make the lines add up to the whole") \
	X(ALL_OR_NOTHING, "به سبب سطرهای دیگر پذیرفته نشد ({0})", "refused because of other rows ({0})", \
	  "سطرهای نادرست را اصلاح کنید", "correct the other rows") \
	X(DEADLINE_PASSED, "مهلت پاسخ گذشت", "the deadline of the message has passed", \
	  "دوباره بفرستید", "send it again") \
	X(TOO_BUSY, "سامانه پرکار است", "the daemon is too busy", \
	  "کمی بعد دوباره", "try again soon") \
	X(NOT_PROVEN, "درستی آن اثبات نشد (قاعده {1})", "it is not proven (rule {1})", \
	  "به بهره‌بردار سامانه خبر دهید", "tell the operator")

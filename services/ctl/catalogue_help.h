/* X(NAME, words after the verb, Persian, English, examples). */
/* clang-format off */
#define HELP_LIST(X) \
	X(HELP, "[NOUN [VERB]]", \
	  "همین راهنما", "this help", \
	  "  tasheem help\n" \
	  "  tasheem help request file\n") \
	X(COMPLETION, "[WORD…]", \
	  "نامزدهای تکمیل برای bash", "candidates for completion.bash", \
	  "  source services/ctl/completion.bash\n") \
	X(IMPORT, "[NOUN] FILE.csv|FOLDER…", \
	  "وارد کردن جدول‌ها؛ سطرهای نادرست با خط، ستون و علت گزارش می‌شوند", "imports tables; bad rows are listed with line, field and reason", \
	  "  tasheem import deploy/demo/qom\n" \
	  "  tasheem import parties parties.csv --all-or-nothing\n" \
	  "  tasheem import offers.csv --supplier S7 --as s7.secret\n") \
	X(REGISTRY_LIST, "parties|unions|cooperatives|memberships|licences|principals|mandates [ID]", \
	  "فهرست آنچه ثبت شده است", "lists what is registered", \
	  "  tasheem registry list cooperatives\n" \
	  "  tasheem registry list memberships 10335214790\n") \
	X(MEMBER_CHANGE, "COOPERATIVE PARTY --reason TEXT", \
	  "تعلیق، رفع تعلیق یا پایان عضویت", "suspends, resumes or ends a membership", \
	  "  tasheem membership suspend 10335214790 14029887788 --reason \"بدهی\"\n") \
	X(SUPPLIER_REGISTER, "ID NAME PROVINCE", \
	  "ثبت عرضه‌کننده", "registers a supplier", \
	  "  tasheem supplier register S1 \"پتروشیمی جم\" بوشهر\n") \
	X(SUPPLIER_LIST, "", \
	  "فهرست عرضه‌کنندگان", "lists suppliers", \
	  "  tasheem supplier list --json\n") \
	X(REQUEST_FILE, "[ID] --buyer PARTY --grade G --kg N --max-price R (--licence L | --line …)", \
	  "درخواست سهمیه؛ درخواست تعاونی برای هر عضو یک سطر دارد", "files a quota request; a pooled one has a line per member", \
	  "  tasheem request file R1 --buyer 14026085760 --licence L00001 --grade 5502BM --kg 11000 --max-price 390669\n" \
	  "  tasheem request file C7 --buyer 10335214790 --grade 2420H --kg 11000 --max-price 430000 \\\n" \
	  "    --line 14029887788:L00108:6000 --line 0373366086:L00109:5000\n") \
	X(REQUEST_SHOW, "ID [--buyer PARTY]", \
	  "یک درخواست", "shows a request", \
	  "  tasheem request show R00001\n") \
	X(REQUEST_LIST, "", \
	  "فهرست درخواست‌ها", "lists requests", \
	  "  tasheem request list --family HDPE\n") \
	X(REQUEST_AMEND, "[ID] …", \
	  "اصلاح درخواست؛ اگر پذیرفته نشود نسخه پیشین می‌ماند", "amends a request; the old version stands if it is refused", \
	  "  tasheem request amend R1 --buyer 14026085760 --licence L00001 --grade 5502BM --kg 5500 --max-price 390669 --expect 1\n") \
	X(REQUEST_CANCEL, "ID --buyer PARTY", \
	  "پس گرفتن درخواست", "cancels a request", \
	  "  tasheem request cancel R1 --buyer 14026085760\n") \
	X(CEILING_SHOW, "[LICENCE [FAMILY]]", \
	  "سقف‌های خرید", "shows ceilings", \
	  "  tasheem ceiling show L00001\n") \
	X(CEILING_WHY, "LICENCE FAMILY", \
	  "محاسبه سقف، سطر به سطر", "the derivation of a ceiling, line by line", \
	  "  tasheem ceiling why L00001 HDPE\n") \
	X(REGIME_CHECK, "FILE.json", \
	  "بررسی کامل پرونده مقررات", "checks a regime file in full", \
	  "  tasheem regime check deploy/demo/qom/regime.json\n") \
	X(REGIME_APPROVE, "FILE.json", \
	  "تصویب مقررات (نقش authority)", "approves a regime (role authority)", \
	  "  tasheem regime approve deploy/demo/qom/regime.json --as authority.secret\n") \
	X(REGIME_SHOW, "[VERSION]", \
	  "مقررات", "shows the regime in force, or a version", \
	  "  tasheem regime show\n" \
	  "  tasheem regime show --day 1404-09-02\n") \
	X(OFFER_PUBLISH, "ID --supplier S --grade G --kg N --base-kg N --price R", \
	  "انتشار عرضه", "publishes an offer", \
	  "  tasheem offer publish O1 --supplier S7 --grade 2420H --kg 104500 --base-kg 5500 --price 424326 --as s7.secret\n") \
	X(OFFER_WITHDRAW, "ID --reason TEXT", \
	  "پس گرفتن عرضه", "withdraws an offer", \
	  "  tasheem offer withdraw O1 --reason \"توقف تولید\"\n") \
	X(OFFER_LIST, "[ID]", \
	  "فهرست عرضه‌ها", "lists offers", \
	  "  tasheem offer list --family PP-film\n") \
	X(ROUND_PLAN, "ID FAMILY --session S --closes \"DAY HH:MM\"", \
	  "برنامه‌ریزی یک دور", "plans a round", \
	  "  tasheem round plan 1404-w36-HDPE HDPE --session 1404-w36 --closes \"1404-09-03 12:00\"\n") \
	X(ROUND_CLOSE, "ID", \
	  "بستن دور", "closes a round now", \
	  "  tasheem round close 1404-w36-HDPE\n") \
	X(ROUND_VOID, "ID --reason TEXT", \
	  "باطل کردن دور", "voids a round", \
	  "  tasheem round void 1404-w36-HDPE --reason \"خطای عرضه\"\n") \
	X(ROUND_SHOW, "[ID]", \
	  "دورها", "shows rounds", \
	  "  tasheem round show --session 1404-w36\n") \
	X(ROUND_VERIFY, "ID|FILE [--draw N] [--save FILE]", \
	  "وارسی نتیجه منتشرشده از روی گواهی آن", "checks a published result by its certificate, in this process", \
	  "  tasheem round verify 1404-w36-HDPE --save hdpe.bundle\n" \
	  "  tasheem round verify hdpe.bundle\n") \
	X(ROUND_REHEARSE, "[ID|FILE|FOLDER…] --policy P [--rounding R] [--reserve PERCENT]", \
	  "حل دوباره دورهای گذشته به روشی دیگر، و اینکه چه کسی بیشتر یا کمتر می‌برد", "solves past rounds again under another policy: who gains and who loses", \
	  "  tasheem round rehearse --policy equal\n" \
	  "  tasheem round rehearse 1404-w36-HDPE --policy pro-rata --reserve 10 --json\n" \
	  "  tasheem round rehearse bundles/ --policy weighted --rounding webster\n") \
	X(ROUND_SIMULATE, "[--family FAMILY] [--policy P] [--rounding R] [--reserve PERCENT]", \
	  "اگر دور همین حالا بسته می‌شد: چه کسی چه می‌گرفت؛ هیچ چیز نوشته نمی‌شود", "what the open book would come to if it closed now; nothing is written", \
	  "  tasheem round simulate --family HDPE\n" \
	  "  tasheem round simulate --family HDPE --policy equal --reserve 10\n") \
	X(ALLOCATION_LIST, "", \
	  "فهرست تخصیص‌ها", "lists allocations", \
	  "  tasheem allocation list --round 1404-w36-HDPE\n") \
	X(ALLOCATION_ACCEPT, "ID", \
	  "پذیرفتن", "accepts an allocation", \
	  "  tasheem allocation accept 1404-w36-HDPE.1\n") \
	X(ALLOCATION_DECLINE, "ID", \
	  "انصراف", "declines an allocation", \
	  "  tasheem allocation decline 1404-w36-HDPE.1\n") \
	X(ALLOCATION_PAID, "ID --rial N", \
	  "پرداخت (نقش clearing)", "says that it was paid (role clearing)", \
	  "  tasheem allocation paid 1404-w36-HDPE.1 --rial 2148679500 --as clearing.secret\n") \
	X(ALLOCATION_DELIVERED, "ID --kg N", \
	  "تحویل (نقش supplier)", "says that it was delivered (role supplier)", \
	  "  tasheem allocation delivered 1404-w36-HDPE.1 --kg 5500 --as s7.secret\n") \
	X(MANDATE_GRANT, "PARTY PRINCIPAL", \
	  "وکالت دادن", "lets a principal act for a party", \
	  "  tasheem mandate grant 14026085760 union-u2 --until \"1405-01-01\"\n") \
	X(MANDATE_REVOKE, "PARTY PRINCIPAL", \
	  "لغو وکالت", "revokes a mandate", \
	  "  tasheem mandate revoke 14026085760 union-u2\n") \
	X(MANDATE_LIST, "[PARTY]", \
	  "فهرست وکالت‌ها", "lists mandates", \
	  "  tasheem mandate list\n") \
	X(DISTRIBUTION_SHOW, "ALLOCATION", \
	  "سهم هر عضو از محموله‌های تعاونی", "each member's part of a cooperative's lots", \
	  "  tasheem distribution show 1404-w36-HDPE.4\n") \
	X(DISTRIBUTION_CONFIRM, "ALLOCATION --party P --licence L --kg N", \
	  "تأیید دریافت عضو", "a member confirms what it received", \
	  "  tasheem distribution confirm 1404-w36-HDPE.4 --party 14029887788 --licence L00108 --kg 3000\n") \
	X(WHY, "ID | LICENCE FAMILY", \
	  "چرا؟ زنجیره علت‌ها با عددها", "why: the chain of reasons, with the numbers", \
	  "  tasheem why R00012\n" \
	  "  tasheem why 1404-w36-HDPE.4 --lang en\n" \
	  "  tasheem why L00001 HDPE\n") \
	X(TRACE, "ID", \
	  "سرگذشت یک شناسه در همه دفترها", "the life of an id over all daemons", \
	  "  tasheem trace R00012\n") \
	X(WATCH, "", \
	  "رویدادهای زنده", "events as they happen", \
	  "  tasheem watch --count 10 --json\n") \
	X(JOURNAL_VERIFY, "[FILE…]", \
	  "وارسی زنجیره دفترها", "verifies the whole chain of journals", \
	  "  tasheem journal verify --journals /var/lib/tasheem\n") \
	X(JOURNAL_SHOW, "STREAM|FILE", \
	  "رکوردهای یک دفتر", "shows records of a journal", \
	  "  tasheem journal show quota --after 100 --count 20\n") \
	X(JOURNAL_BACKUP, "FOLDER", \
	  "پشتیبان یک‌دست از همه دفترها", "copies all journals to one consistent set", \
	  "  tasheem journal backup /backup/1404-09-02 --journals /var/lib/tasheem\n") \
	X(JOURNAL_RESTORE, "FOLDER", \
	  "بازگرداندن همه دفترها با هم", "restores a set, all or none (daemons stopped)", \
	  "  tasheem journal restore /backup/1404-09-02 --journals /var/lib/tasheem\n") \
	X(KEY_NEW, "NAME --role ROLE [--party P] [--register] [--dir DIR]", \
	  "ساختن جفت کلید", "makes a key pair", \
	  "  tasheem key new union-u2 --role publisher --register --dir keys\n") \
	X(KEY_SHOW, "[NAME]", \
	  "کلید عمومی", "shows a public key", \
	  "  tasheem key show union-u2\n") \
	X(KEY_REVOKE, "NAME", \
	  "لغو کلید در همه سامانه‌ها", "revokes a key and waits for all daemons", \
	  "  tasheem key revoke union-u2\n") \
	X(HEALTH, "[DAEMON] [--wait SECONDS]", \
	  "سلامت سامانه‌ها", "whether daemons are ready", \
	  "  tasheem health\n" \
	  "  tasheem health quota --wait 30\n") \
	X(REDIS_VERIFY, "", \
	  "برابری Redis با دفترها", "whether Redis equals the journals", \
	  "  tasheem redis verify --journals /var/lib/tasheem --redis 127.0.0.1:6379\n") \
	X(DEMO, "[--keys DIR] [--data DIR]", \
	  "هفته یک استان از آغاز تا پایان", "a province's week from end to end", \
	  "  tasheem demo --keys run/demo/keys --data deploy/demo/qom\n") \
	X(DEMO_CLOCK, "[--at \"DAY HH:MM\"]", \
	  "گذاشتن ساعت نمایش", "sets the simulated clock", \
	  "  tasheem demo clock --at \"1404-09-02 08:00\"\n")

/* X(NAME, Persian, English); {0} {1} … are filled in. */
/* clang-format off */
#define TEXT_LIST(X) \
	X(PLAIN, "{0}", "{0}") \
	X(USAGE, "tasheem NOUN VERB [WORDS] [OPTIONS]   (تسهیم: فرمان بهره‌برداران و ناشران)", \
	  "tasheem NOUN VERB [WORDS] [OPTIONS]   (for operators and publishers)") \
	X(OPTIONS, "گزینه‌ها:", "Options:") \
	X(COMMON_OPTIONS, "گزینه‌های همه فرمان‌ها:", "Options of every command:") \
	X(EXAMPLES, "نمونه‌ها:", "Examples:") \
	X(EXIT_CODES, "کد خروج: 0 درست، 1 تفاوت یا نادرستی پیدا شد، 2 کاربرد نادرست، 3 برخی سطرها رد شد، 4 رد شد،\n5 بی‌اجازه، 6 تعارض، 7 سامانه پذیرا نبود، 8 پاسخی نیامد، 70 خطای درونی", \
	  "Exit codes: 0 fine, 1 a difference or fault was found, 2 usage, 3 some rows refused, 4 refused,\n5 denied, 6 conflict, 7 unavailable or overloaded, 8 no answer, 70 internal") \
	X(SEE_HELP, "راهنما: tasheem help", "See: tasheem help") \
	X(UNKNOWN_COMMAND, "فرمان «{0}» شناخته نیست", "no such command: {0}") \
	X(VERBS, "{0}: یکی از{1}", "{0}: one of{1}") \
	X(WRONG_WORDS, "واژه‌های این فرمان: {0}", "this command takes: {0}") \
	X(WRONG_OPTION, "گزینه --{0} از آنِ این فرمان نیست", "--{0} is no option of this command") \
	X(TOO_MANY_WORDS, "بیش از اندازه: {0}", "too many: {0}") \
	X(BAD_OPTION, "مقدار {0} درست نیست", "the value of {0} is not valid") \
	X(NEED_OPTION, "گزینه {0} لازم است", "{0} is needed") \
	X(BAD_WORD, "«{0}» پذیرفتنی نیست", "cannot take \"{0}\"") \
	X(NO_ENDPOINT, "نشانی {0} داده نشده است (TASHEEM_… یا گزینه هم‌نام)", \
	  "no endpoint for {0} (its TASHEEM_ variable, or the option of that name)") \
	X(NO_SERVER_KEY, "کلید {0} در فهرست کلیدها ({1}) نیست", "the key of {0} is not in the principals file {1}") \
	X(NO_ANSWER, "{0} در {1} پاسخ نداد (نشانی درست است؟ کلید ثبت شده و لغو نشده است؟)", \
	  "{0} at {1} did not answer in time (is the address right, the key registered and not revoked?)") \
	X(ACCEPTED_SAME, "پذیرفته بود و چیزی تغییر نکرد: {0}", "accepted, nothing changed: {0}") \
	X(BAD_REPLY, "پاسخ {0} خواندنی نیست؛ نسخه‌ها برابر نیستند", \
	  "the reply of {0} does not decode: versions differ") \
	X(NO_SERVICE, "چنین سامانه‌ای نیست: {0}", "no such daemon: {0}") \
	X(NO_JOURNAL, "دفتر {0} پیدا نشد (TASHEEM_JOURNALS)", "no journal of {0} (TASHEEM_JOURNALS)") \
	X(NEWEST_ONLY, "از {0} تنها {1} رکورد تازه‌تر دیده شد؛ برای همه --journals لازم است", \
	  "of {0} only the newest {1} records were looked at; --journals looks at all") \
	X(NO_REDIS, "نشانی Redis داده نشده است (TASHEEM_REDIS)", "no Redis given (TASHEEM_REDIS)") \
	X(NOTHING, "چیزی نیست", "nothing to show") \
	X(NOT_FOUND, "{0} پیدا نشد", "{0} does not exist") \
	X(CANNOT_READ, "{0} خوانده نشد", "cannot read {0}") \
	X(CANNOT_WRITE, "{0} نوشته نشد", "cannot write {0}") \
	X(CANNOT_MAKE, "{0} ساخته نشد: {1}", "cannot make {0}: {1}") \
	X(SQLITE, "{0}: {1}", "{0}: {1}") \
	X(ACCEPTED, "پذیرفته شد: {0} ({1} #{2})", "accepted: {0} ({1} #{2})") \
	X(ANSWER, "{0}: {1}", "{0}: {1}") \
	X(ANSWER_REASON, "{0}: {1}؛ {2}: {3}", "{0}: {1}; {2}: {3}") \
	X(REMEDY, "    چاره: {0}", "    remedy: {0}") \
	X(NOT_FOLLOWED, "هنوز به این‌ها نرسیده است: {0}", "not yet followed by: {0}") \
	X(FIELD_ERROR, "{0}: {1}: {2} {3}", "{0}: {1}: {2} {3}") \
	X(FAULTS, "{0} نادرستی پیدا شد", "{0} faults found") \
	X(REGIME_GOOD, "{0} درست است: نسخه {1}، {2} خانواده، {3} محصول، {4} گرید", \
	  "{0} is valid: version {1}, {2} families, {3} products, {4} grades") \
	X(REGIME_HEAD, "مقررات نسخه {0}: {1}\nمنبع: {2}\nاز {3}؛ تصویب {4} به دست {5}", \
	  "Regime version {0}: {1}\nSource: {2}\nFrom {3}; approved {4} by {5}") \
	X(REGIME_TABLE, "{0} جدول مقررات است و جداگانه وارد نمی‌شود (regime approve)", \
	  "{0} is part of the regime and not imported by itself (regime approve)") \
	X(NO_HEAD, "{0} سرستون ندارد", "{0} has no head line") \
	X(UNKNOWN_HEAD, "سرستون‌های {0} شناخته نیست", "the head of {0} is not that of a known table") \
	X(ROW_ERROR, "{0}: {1}: {2} {3}", "{0}: {1}: {2} {3}") \
	X(NOTHING_SENT, "هیچ سطری فرستاده نشد: همه سطرها پیش از فرستادن بررسی شدند و برخی نادرست‌اند", \
	  "nothing was sent: all rows were checked before, and some are wrong") \
	X(TOO_MANY_ROWS, "یک فرمان حداکثر {0} سطر می‌گیرد", "one command takes at most {0} rows") \
	X(DISTRIBUTION, "تخصیص {0} برای {1}: تحویل {2} کیلوگرم، مهلت توزیع {3}، {4}", \
	  "Allocation {0} of {1}: {2} kg delivered, to be distributed by {3}, {4}") \
	X(BUNDLE_GOOD, "{0} درست است: {1} گذر، {2} محموله تخصیص یافت، چکیده {3}", \
	  "{0} is proven: {1} passes, {2} lots placed, digest {3}") \
	X(BUNDLE_BAD, "{0} نادرست است: قاعده {1}، گذر {2}: {3}", "{0} is not proven: rule {1}, pass {2}: {3}") \
	X(KEY_EXISTS, "{0} هست و بازنویسی نمی‌شود", "{0} exists and is not overwritten") \
	X(KEY_WRITTEN, "کلید محرمانه در {0} نوشته شد", "the secret key is in {0}") \
	X(REVOKED, "{0} لغو شد و همه سامانه‌ها از آن گذشته‌اند", \
	  "{0} is revoked, and all daemons have followed past it") \
	X(REVOKED_NOT_BY, "{0} لغو شد ولی هنوز به {1} نرسیده است", "{0} is revoked, but not yet followed by {1}") \
	X(HEALTH, "{0}: {1} {2}  سر دفتر #{3}  نسخه {4}  ساعت {5} {6}", \
	  "{0}: {1} {2}  head #{3}  version {4}  clock {5} {6}") \
	X(HEALTH_REDIS, "    Redis {0} تا #{1}، دیسک آزاد {2} MiB", "    Redis {0} to #{1}, disk free {2} MiB") \
	X(HEALTH_SOURCE, "    دنبال می‌کند: {0} تا #{1}، عقب {2}، {3}", "    follows {0} to #{1}, {2} behind, {3}") \
	X(HEALTH_FOLLOWER, "    دنبال‌کننده: {0} تا #{1}، عقب {2}، {3}", \
	  "    followed by {0} to #{1}, {2} behind, {3}") \
	X(REDIS_DIFFERS, "{0}: {1}", "{0}: {1}") \
	X(JOURNAL_BAD, "دفتر نادرست است: {0}", "the journal is not sound: {0}") \
	X(SET_AHEAD, "{0} از سرچشمه خود جلوتر است؛ این‌ها یک مجموعه نیستند", \
	  "{0} is ahead of its source: these are not one set") \
	X(RUNNING, "{0} در حال کار است؛ نخست آن را بایستانید", "{0} is running; stop it first") \
	X(RESTORED, "بازگردانده شد؛ دفترهای پیشین در {0} است", "restored; the former journals are in {0}") \
	X(RESTORE_UNDONE, "بازگردانی نشد؛ دفترهای پیشین سر جای خود است ({0})", \
	  "not restored; the former journals are in their place again ({0})") \
	X(RESTORE_BROKEN, "بازگردانی نیمه‌کاره ماند؛ دفترهای پیشین در {0} است", \
	  "the restore broke off; the former journals are in {0}") \
	X(WHY_CEILING, "سقف پروانه {0} برای {1}، پنجره از {2}: {3} کیلوگرم", \
	  "Ceiling of licence {0} for {1}, window from {2}: {3} kg") \
	X(WHY_FORMULA, "  به مقررات نسخه {0}، قاعده «{1}»", "  by regime version {0}, formula {1}") \
	X(WHY_NEED, "  ظرفیت {0} کیلوگرم در سال × ضریب مصرف ← نیاز اسمی {1} کیلوگرم در سال", \
	  "  capacity {0} kg a year x consumption coefficient -> nominal need {1} kg a year") \
	X(WHY_RECORD, "  خریدهای {0} تا {1}: {2} کیلوگرم ← {3} کیلوگرم در سال", \
	  "  purchases {0} to {1}: {2} kg -> {3} kg a year") \
	X(WHY_FLOOR, "  کف: {0} کیلوگرم در سال", "  floor: {0} kg a year") \
	X(WHY_ANNUAL, "  سقف سالانه: {0} کیلوگرم", "  annual ceiling: {0} kg") \
	X(WHY_WINDOW, "  جمع ماه‌های پنجره: {0} کیلوگرم", "  sum of the window's months: {0} kg") \
	X(WHY_MULTIPLIER, "  ضریب تعاونی {0} ← {1} کیلوگرم", "  cooperative's multiplier {0} -> {1} kg") \
	X(WHY_JOINT, "  حد مشترک با خانواده‌های جایگزین: {0} کیلوگرم", \
	  "  limit shared with alternative families: {0} kg") \
	X(WHY_BALANCE, "  رزرو {0}، خریده {1}، آزاد {2} کیلوگرم", "  reserved {0}, bought {1}, free {2} kg") \
	X(WHY_REQUEST, "درخواست {0} از {1}: {2} کیلوگرم {3} ({4})؛ {5}، نسخه {6}", \
	  "Request {0} of {1}: {2} kg of {3} ({4}); {5}, version {6}") \
	X(WHY_CLASS, "  اولویت {0} (به قاعده مقررات)، بیشترین قیمت در مقصد {1} ریال در کیلوگرم", \
	  "  priority class {0} (by the regime), at most {1} rial per kg landed") \
	X(WHY_LINE, "  سطر {0} / {1}: خواسته {2}، رزرو {3}، وزن {4} کیلوگرم", \
	  "  line {0} / {1}: wanted {2}, reserved {3}, weight {4} kg") \
	X(WHY_REASON, "  {0}: {1}", "  {0}: {1}") \
	X(WHY_SHARE, "  دور {0}، نوبت {1}: خواسته {2}، سهم {3} کیلوگرم؛ {4}", \
	  "  round {0}, draw {1}: asked {2}, placed {3} kg; {4}") \
	X(WHY_LEVEL, "    جیره‌بندی: تراز {0}، هر کیلوگرم وزن {1} کیلوگرم سهم", \
	  "    rationed: level {0}, {1} kg for every kg of weight") \
	X(WHY_BOUND, "    عدد {0} در برابر حد {1}", "    {0} against the limit {1}") \
	X(WHY_LANDED, "    میانگین قیمت در مقصد {0} ریال در کیلوگرم", "    mean landed price {0} rial per kg") \
	X(WHY_MENU, "    چه کمک می‌کرد، اگر همه چیز دیگر و بذر همان می‌ماند:", \
	  "    what would have helped, all else and the seed the same:") \
	X(WHY_MENU_LOT, "      یک محموله بیشتر سقف و درخواست: {0}", "      one lot more of ceiling and demand: {0}") \
	X(WHY_MENU_SUBSTITUTE, "      پذیرفتن گرید {1}: {0}", "      taking grade {1} too: {0}") \
	X(WHY_MENU_PRICE, "      بیشترین قیمت {1} ریال در مقصد: {0}", "      a maximum of {1} rial landed: {0}") \
	X(WHY_MENU_MINIMUM, "      بی کمینه: {0}", "      no minimum: {0}") \
	X(WHY_YES_ROOM, "بله، جا بود", "yes, there was room") \
	X(WHY_YES_KEY, "بله، محموله بعدی او در تراز {0} پیش از آخرین محموله در دسترس ({1}) است", \
	  "yes, the next lot, at {0}, comes before the last one within reach, at {1}") \
	X(WHY_NO_KEY, "نه، محموله بعدی او در تراز {0} پس از آخرین محموله در دسترس ({1}) است", \
	  "no, the next lot, at {0}, comes after the last one within reach, at {1}") \
	X(WHY_NO_REACH, "نه، هیچ محموله‌ای در دسترس نبود", "no, nothing was within reach") \
	X(WHY_YES_SOLVED, "بله (نوبت با همین تغییر دوباره حل شد)", "yes (the draw was solved again with it)") \
	X(WHY_NO_SOLVED, "نه (نوبت با همین تغییر دوباره حل شد)", "no (the draw was solved again with it)") \
	X(WHY_ALLOCATION, "  تخصیص {0}: {1} کیلوگرم {2} از عرضه {3} ({4})، {5} ریال + کرایه {6}؛ {7}", \
	  "  allocation {0}: {1} kg of {2} from offer {3} ({4}), {5} rial + freight {6}; {7}") \
	X(WHY_SUBSTITUTE, "    {0} جایگزین مجاز گرید خواسته است", \
	  "    {0} is a listed substitute of the grade asked for") \
	X(WHY_EXPIRED, "    تا {0} پذیرفته یا پرداخته نشد؛ میان چشم‌به‌راهان دوباره تسهیم شد", \
	  "    not accepted or not paid by {0}; drawn again among those waiting") \
	X(WHY_PART, "    سهم {0} / {1}: {2} کیلوگرم، {3}", "    part of {0} / {1}: {2} kg, {3}") \
	X(WHY_OFFER, "عرضه {0} از {1}: {2} کیلوگرم {3} به {4} ریال، برای {5}؛ {6}، واگذار شده {7} کیلوگرم", \
	  "Offer {0} of {1}: {2} kg of {3} at {4} rial, for {5}; {6}, {7} kg allocated") \
	X(WHY_ROUND, "دور {0} ({1}): {2}، مقررات نسخه {3}، روش {4} با گرد کردن {5}، نوبت {6}", \
	  "Round {0} ({1}): {2}, regime version {3}, policy {4} with rounding {5}, draw {6}") \
	X(WHY_ROUND_SUMS, "  عرضه {0}، تقاضا {1}، تخصیص‌یافته {2} کیلوگرم؛ {3} متقاضی، {4} سهم‌بر", \
	  "  offered {0}, asked {1}, placed {2} kg; {3} claimants, {4} with a share") \
	X(WHY_ROUND_LEVEL, "  تراز عدالت: {0} کیلوگرم برای هر کیلوگرم وزن", \
	  "  fairness level: {0} kg for every kg of weight") \
	X(WHY_ROUND_SEED, "  تعهد بذر {0}\n  بذر {1}\n  چکیده دفتر {2}\n  چکیده نتیجه {3}", \
	  "  seed commitment {0}\n  seed {1}\n  book digest {2}\n  bundle digest {3}") \
	X(WHY_VOIDED, "  باطل شد: {0}", "  voided: {0}") \
	X(WHY_REFUSED, "درخواست {0} رد شد (quota #{1}، {2}):", "Request {0} was refused (quota #{1}, {2}):") \
	X(WHATIF_WRONG, "{0} دوباره حل نشد: {1}", "{0} could not be solved again: {1}") \
	X(REHEARSE_HEAD, "{0} دور دوباره حل شد: روش {1}، گرد کردن {2}، ذخیره {3}٪؛ همه وارسی شد، در {4} ms", \
	  "{0} rounds solved again: policy {1}, rounding {2}, reserve {3} %; all proven, in {4} ms") \
	X(REHEARSE_SUMS, "تخصیص پیش {0} و پس {1} کیلوگرم؛ {2} کیلوگرم دست به دست شد؛ {3} خریدار بیشتر و {4} کمتر می‌برند؛ میانگین قیمت در مقصد {5} ← {6} ریال", \
	  "placed before {0} kg, after {1} kg; {2} kg change hands; {3} buyers gain, {4} lose; mean landed price {5} -> {6} rial/kg") \
	X(REHEARSE_ROUNDS, "\nدورها", "\nRounds") \
	X(REHEARSE_GROUPS, "\nبرندگان و بازندگان به گروه", "\nWinners and losers by group") \
	X(REHEARSE_WINNERS, "\nبیشترین افزایش", "\nWho gains most") \
	X(REHEARSE_LOSERS, "\nبیشترین کاهش", "\nWho loses most") \
	X(SIMULATE_HEAD, "{0}: شبیه‌سازی با {1} درخواست باز و {2} عرضه، روش {3}، گرد کردن {4}؛ وارسی شد. بذر تصادفی است ({5})، پس قرعه دور راستین چیز دیگری است", \
	  "{0}: simulated with {1} open requests and {2} offers, policy {3}, rounding {4}; proven. The seed is random ({5}): the real round's lottery will differ") \
	X(SIMULATE_SUMS, "  عرضه {0}، تقاضا {1}، تخصیص {2} کیلوگرم؛ {3} متقاضی، {4} سهم‌بر\n", \
	  "  offered {0}, asked {1}, would be placed {2} kg; {3} claimants, {4} with a share\n") \
	X(SIMULATE_EMPTY, "{0}: درخواست یا عرضه بازی نیست", "{0}: no open requests or offers") \
	X(DEMO_STEP, "[{0} s] {1}", "[{0} s] {1}") \
	X(DEMO_CLOCK, "ساعت سامانه: {0}", "the platform's clock: {0}") \
	X(DEMO_NO_CLOCK, "نمایش به TASHEEM_CLOCK_FILE نوشتنی نیاز دارد", \
	  "the demo needs a writable TASHEEM_CLOCK_FILE") \
	X(DEMO_NO_KEY, "کلید {0} خوانده نشد: {1}", "cannot use the key of {0}: {1}") \
	X(DEMO_USED, "این دفترها از آنِ نمایش دیگری است؛ نمایش با دفترهای خالی آغاز می‌شود", \
	  "these journals belong to another run; the demo begins with empty ones") \
	X(DEMO_STUCK, "به جایی نرسید: {0}", "gave up waiting for: {0}") \
	X(DEMO_REGISTRY, "ثبت واحدها، تعاونی‌ها، عضویت‌ها و پروانه‌ها", \
	  "registering units, cooperatives, memberships and licences") \
	X(DEMO_REGIME, "تصویب مقررات، ثبت خریدهای پیشین و عرضه‌کنندگان", \
	  "approving the regime, recording past purchases and suppliers") \
	X(DEMO_CEILINGS, "{0} سقف خرید محاسبه شد", "{0} ceilings derived") \
	X(DEMO_PLAN, "برنامه‌ریزی {0} دور در یک نشست", "planning a session of {0} rounds") \
	X(DEMO_REQUESTS, "{0} درخواست فرستاده شد: {1} پذیرفته، {2} رد", \
	  "{0} requests filed: {1} accepted, {2} refused") \
	X(DEMO_OFFERS, "{0} عرضه منتشر شد", "{0} offers published") \
	X(DEMO_PUBLISHED, "دورها بسته، حل، وارسی و منتشر شد ({0} تخصیص)", \
	  "rounds closed, solved, verified and published ({0} allocations)") \
	X(DEMO_FINAL, "مهلت اعتراض گذشت؛ تخصیص‌ها قطعی است", \
	  "the objection period has passed; allocations are final") \
	X(DEMO_ANSWERED, "{0} پذیرش، {1} انصراف", "{0} accepted, {1} declined") \
	X(DEMO_PAID, "{0} پرداخت؛ {1} بی‌پرداخت ماند", "{0} paid; {1} left unpaid") \
	X(DEMO_DRAWN, "تسهیم دوباره: {0} تخصیص تازه", "drawn again: {0} new allocations") \
	X(DEMO_DELIVERED, "{0} تحویل؛ محموله‌های تعاونی {1} میان {2} عضو بخش و تأیید شد", \
	  "{0} delivered; the lots of cooperative {1} divided among and confirmed by {2} members") \
	X(DEMO_TABLE, "\nعرضه، تقاضا و تخصیص هر خانواده", "\nOffered, asked and placed, by family") \
	X(DEMO_REFUSALS, "\nعلت‌های رد", "\nRefusals by reason") \
	X(DEMO_STATES, "\nسرنوشت تخصیص‌ها", "\nWhat became of the allocations") \
	X(DEMO_FIVE, "\nپنج توضیح", "\nFive explanations") \
	X(DEMO_POOLED, "\n۱. تعاونی با چند عضو", "\n1. A pooled cooperative") \
	X(DEMO_RATIONED, "\n۲. خریدار مستقیم جیره‌بندی‌شده", "\n2. A rationed direct buyer") \
	X(DEMO_REFUSED, "\n۳. درخواست ردشده", "\n3. A refused one") \
	X(DEMO_EXPIRED, "\n۴. تخصیص منقضی‌شده", "\n4. An expired one") \
	X(DEMO_SUBSTITUTE, "\n۵. گرید جایگزین", "\n5. A substitute") \
	X(DEMO_NONE, "در این هفته نبود", "there was none this week") \
	X(DEMO_PROOF, "\n{0} نتیجه منتشرشده در همین فرایند وارسی شد: {1}؛ Redis برابر دفترها: {2}", \
	  "\n{0} published results verified in this process: {1}; Redis equals the journals: {2}") \
	X(DEMO_LOGS, "رویدادها: journalctl یا docker-compose logs، و در این ماشین پوشه log کنار دفترها", \
	  "Logs: journalctl or docker-compose logs; on this machine the folder log beside the journals")

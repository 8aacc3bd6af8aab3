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
	X("clock-file", \
	  "پرونده جابه‌جایی " \
	  "ساعت", \
	  "file with the clock's " \
	  "offset") \
	X("timeout", \
	  "بیشترین " \
	  "انتظار " \
	  "(پیش‌فرض " \
	  "15)", \
	  "longest " \
	  "wait for " \
	  "answers " \
	  "(default " \
	  "15)") \
	X("he" \
	  "l" \
	  "p", \
	  "را" \
	  "هن" \
	  "ما" \
	  "ی " \
	  "فر" \
	  "ما" \
	  "ن", \
	  "he" \
	  "lp" \
	  " o" \
	  "n " \
	  "th" \
	  "e " \
	  "co" \
	  "mm" \
	  "an" \
	  "d") \
	X("version", "نسخه", "version") \
	X("all-or-" \
	  "nothing", \
	  "همه یا " \
	  "هیچ", \
	  "all rows " \
	  "or none") \
	X("buyer", "خریدار", "the buyer") X("request", "شماره درخواست", \
	                                    "the buyer's " \
	                                    "number of the " \
	                                    "request") X("grade", "گرید", \
	                                                 "grade") X("kg", \
	                                                            "کیلو" \
	                                                            "گرم", \
	                                                            "kilo" \
	                                                            "gram" \
	                                                            "s") X("minimum-kg", "کمینه", \
	                                                                   "the least that is of " \
	                                                                   "use") \
	        X("base-kg", "پایه تخصیص", "size of a lot") X("price", "قیمت", "rial per kg") X( \
	                "max-price", \
	                "بیشترین قیمت در " \
	                "کارخانه", \
	                "most, ex works, " \
	                "rial per kg") X("max" \
	                                 "-la" \
	                                 "nde" \
	                                 "d", \
	                                 "بیش" \
	                                 "تری" \
	                                 "ن " \
	                                 "قیم" \
	                                 "ت " \
	                                 "در " \
	                                 "مقص" \
	                                 "د", \
	                                 "mos" \
	                                 "t, " \
	                                 "lan" \
	                                 "ded" \
	                                 ", " \
	                                 "ria" \
	                                 "l " \
	                                 "per" \
	                                 " k" \
	                                 "g") X("licence", "پروانه", \
	                                        "licence") X("line", "سطر یک عضو (تکرارپذیر)", \
	                                                     "one member's line (may be " \
	                                                     "repeated)") X("from", "تحویل از", \
	                                                                    "delivery " \
	                                                                    "from") X("t" \
	                                                                              "o", \
	                                                                              "تح" \
	                                                                              "وی" \
	                                                                              "ل " \
	                                                                              "ت" \
	                                                                              "ا", \
	                                                                              "de" \
	                                                                              "li" \
	                                                                              "ve" \
	                                                                              "ry" \
	                                                                              " t" \
	                                                                              "o") \
	                X("expect", \
	                  "نسخه‌ای که " \
	                  "دیده‌اید", \
	                  "the version you " \
	                  "have seen") X("famil" \
	                                 "y", \
	                                 "خانوا" \
	                                 "ده", \
	                                 "famil" \
	                                 "y") X("round", "دور", \
	                                        "round") X("session", "نشست", \
	                                                   "session") X("supplier", \
	                                                                "عرضه‌کنن" \
	                                                                "د" \
	                                                                "ه", \
	                                                                "supplier") X("cl" \
	                                                                              "as" \
	                                                                              "s", \
	                                                                              "رد" \
	                                                                              "ه " \
	                                                                              "خر" \
	                                                                              "ید" \
	                                                                              "ا" \
	                                                                              "ر", \
	                                                                              "cl" \
	                                                                              "as" \
	                                                                              "s " \
	                                                                              "of" \
	                                                                              " b" \
	                                                                              "uy" \
	                                                                              "er" \
	                                                                              "s") \
	                        X("settlement", "تسویه", "settlement") X( \
	                                "day", "روز", "day, 1404-09-02") X("month", "ماه", \
	                                                                   "month, 1404-09") \
	                                X("closes", \
	                                  "زمان " \
	                                  "بسته " \
	                                  "شدن", \
	                                  "when " \
	                                  "it " \
	                                  "closes," \
	                                  " of " \
	                                  "Tehran") X("reason", "علت", \
	                                              "why; recorded") X("draw", "قرعه", \
	                                                                 "which draw (default " \
	                                                                 "1)") X("save", \
	                                                                         "ذخیره در " \
	                                                                         "پرونده", \
	                                                                         "write the " \
	                                                                         "bundle to a " \
	                                                                         "file") X("ria" \
	                                                                                   "l", \
	                                                                                   "مبل" \
	                                                                                   "غ", \
	                                                                                   "amo" \
	                                                                                   "un" \
	                                                                                   "t") \
	                                        X("value", "تاریخ ارزش", "value date") X( \
	                                                "party", "شخص", "party") X("kind", \
	                                                                           "شماره فرمان " \
	                                                                           "(تکرارپذیر)", \
	                                                                           "number of a " \
	                                                                           "command kind " \
	                                                                           "(may be " \
	                                                                           "repeated)") \
	                                                X("until", "تا", \
	                                                  "last " \
	                                                  "instan" \
	                                                  "t") X("role", "نقش", "role of the key") \
	                                                        X("r" \
	                                                          "e" \
	                                                          "g" \
	                                                          "i" \
	                                                          "s" \
	                                                          "t" \
	                                                          "e" \
	                                                          "r", \
	                                                          "ث" \
	                                                          "ب" \
	                                                          "ت" \
	                                                          " " \
	                                                          "د" \
	                                                          "ر" \
	                                                          " " \
	                                                          "m" \
	                                                          "e" \
	                                                          "m" \
	                                                          "b" \
	                                                          "e" \
	                                                          "r" \
	                                                          "s" \
	                                                          "h" \
	                                                          "i" \
	                                                          "p", \
	                                                          "r" \
	                                                          "e" \
	                                                          "g" \
	                                                          "i" \
	                                                          "s" \
	                                                          "t" \
	                                                          "e" \
	                                                          "r" \
	                                                          " " \
	                                                          "i" \
	                                                          "t" \
	                                                          " " \
	                                                          "a" \
	                                                          "t" \
	                                                          " " \
	                                                          "m" \
	                                                          "e" \
	                                                          "m" \
	                                                          "b" \
	                                                          "e" \
	                                                          "r" \
	                                                          "s" \
	                                                          "h" \
	                                                          "i" \
	                                                          "p" \
	                                                          " " \
	                                                          "t" \
	                                                          "o" \
	                                                          "o") X("di" \
	                                                                 "r", \
	                                                                 "پو" \
	                                                                 "شه" \
	                                                                 " ک" \
	                                                                 "لی" \
	                                                                 "ده" \
	                                                                 "ا", \
	                                                                 "fo" \
	                                                                 "ld" \
	                                                                 "er" \
	                                                                 " f" \
	                                                                 "or" \
	                                                                 " t" \
	                                                                 "he" \
	                                                                 " k" \
	                                                                 "ey" \
	                                                                 "s") X("wait", \
	                                                                        "انتظار تا " \
	                                                                        "آماده شدن", \
	                                                                        "poll until " \
	                                                                        "ready") X("aft" \
	                                                                                   "er", \
	                                                                                   "پس " \
	                                                                                   "از " \
	                                                                                   "این" \
	                                                                                   " شم" \
	                                                                                   "ار" \
	                                                                                   "ه", \
	                                                                                   "beg" \
	                                                                                   "in " \
	                                                                                   "beh" \
	                                                                                   "ind" \
	                                                                                   " th" \
	                                                                                   "is " \
	                                                                                   "seq" \
	                                                                                   "uen" \
	                                                                                   "ce") \
	                                                                X("cou" \
	                                                                  "nt", \
	                                                                  "بیش" \
	                                                                  "تری" \
	                                                                  "ن " \
	                                                                  "شما" \
	                                                                  "ر", \
	                                                                  "at " \
	                                                                  "mos" \
	                                                                  "t " \
	                                                                  "so " \
	                                                                  "man" \
	                                                                  "y") X("at", "زمان", \
	                                                                         "instan" \
	                                                                         "t of " \
	                                                                         "Tehra" \
	                                                                         "n") X("data", \
	                                                                                "پوشه " \
	                                                                                "داده" \
	                                                                                "‌" \
	                                                                                "ها", \
	                                                                                "folder " \
	                                                                                "of the " \
	                                                                                "week's " \
	                                                                                "data") \
	                                                                        X("keys", \
	                                                                          "پوشه " \
	                                                                          "کلیده" \
	                                                                          "ا", \
	                                                                          "folder" \
	                                                                          " with " \
	                                                                          "the " \
	                                                                          "keys")

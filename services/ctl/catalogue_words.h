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
	X("invali" \
	  "d", \
	  "نادرس" \
	  "ت", \
	  "invali" \
	  "d") X("denied", \
	         "بی‌اجاز" \
	         "ه", \
	         "denied") X("conflict", "تعارض", \
	                     "conflict") X("ove" \
	                                   "rlo" \
	                                   "ade" \
	                                   "d", \
	                                   "پرک" \
	                                   "ار", \
	                                   "ove" \
	                                   "rlo" \
	                                   "ade" \
	                                   "d") X("unavailable", "ناپذیرا", \
	                                          "unavailable") X("yes", "بله", \
	                                                           "yes") X("no", "نه", \
	                                                                    "no") X("ready", \
	                                                                            "آماده", \
	                                                                            "ready") \
	        X("not_ready", "ناآماده", "not ready:") X("connected", "پیوسته", "connected") X( \
	                "away", "دور", \
	                "away") X("wall", "واقعی", \
	                          "wall") X("simulated", "شبیه‌سازی", \
	                                    "simulated") X("suspect", "مشکوک", \
	                                                   "suspect") X("open", "باز", \
	                                                                "open") X("cancelle" \
	                                                                          "d", \
	                                                                          "لغوشده", \
	                                                                          "cancelle" \
	                                                                          "d") X("in" \
	                                                                                 "_b" \
	                                                                                 "oo" \
	                                                                                 "k", \
	                                                                                 "در" \
	                                                                                 " د" \
	                                                                                 "فت" \
	                                                                                 "ر " \
	                                                                                 "دو" \
	                                                                                 "ر", \
	                                                                                 "in" \
	                                                                                 " t" \
	                                                                                 "he" \
	                                                                                 " b" \
	                                                                                 "oo" \
	                                                                                 "k") \
	                X("excluded", "کنار گذاشته", "excluded") X( \
	                        "settled", \
	                        "پایان‌یافت" \
	                        "ه", \
	                        "settled") X("withdrawn", \
	                                     "پس‌گرفت" \
	                                     "ه", \
	                                     "withdrawn") X("in_round", "در دور", \
	                                                    "in a round") X("closed", "بسته", \
	                                                                    "closed") X("collecti" \
	                                                                                "ng", \
	                                                                                "گردآوری", \
	                                                                                "collecti" \
	                                                                                "ng") \
	                        X("clo" \
	                          "sin" \
	                          "g", \
	                          "در " \
	                          "حال" \
	                          " بس" \
	                          "تن", \
	                          "clo" \
	                          "sin" \
	                          "g") X("solvin" \
	                                 "g", \
	                                 "در حال " \
	                                 "حل", \
	                                 "solvin" \
	                                 "g") X("published", "منتشر", \
	                                        "published") X("final", "قطعی", \
	                                                       "final") X("vo" \
	                                                                  "id" \
	                                                                  "e" \
	                                                                  "d", \
	                                                                  "با" \
	                                                                  "ط" \
	                                                                  "ل", \
	                                                                  "vo" \
	                                                                  "id" \
	                                                                  "e" \
	                                                                  "d") X("provisio" \
	                                                                         "n" \
	                                                                         "al", \
	                                                                         "موقت", \
	                                                                         "provisio" \
	                                                                         "n" \
	                                                                         "al") X("d" \
	                                                                                 "e" \
	                                                                                 "c" \
	                                                                                 "l" \
	                                                                                 "i" \
	                                                                                 "n" \
	                                                                                 "e" \
	                                                                                 "d", \
	                                                                                 "ا" \
	                                                                                 "ن" \
	                                                                                 "ص" \
	                                                                                 "ر" \
	                                                                                 "ا" \
	                                                                                 "ف", \
	                                                                                 "d" \
	                                                                                 "e" \
	                                                                                 "c" \
	                                                                                 "l" \
	                                                                                 "i" \
	                                                                                 "n" \
	                                                                                 "e" \
	                                                                                 "d") \
	                                X("expired", "منقضی", "expired") X( \
	                                        "paid", "پرداخته", \
	                                        "paid") X("delivere" \
	                                                  "d", \
	                                                  "تحویل‌" \
	                                                  "شده", \
	                                                  "delivere" \
	                                                  "d") X("distrib" \
	                                                         "uted", \
	                                                         "توزیع" \
	                                                         "‌شد" \
	                                                         "ه", \
	                                                         "distrib" \
	                                                         "uted") X("confirmed", \
	                                                                   "تأییدشده", \
	                                                                   "confirmed") X("waitin" \
	                                                                                  "g", \
	                                                                                  "چشم‌" \
	                                                                                  "به" \
	                                                                                  "‌ر" \
	                                                                                  "ا" \
	                                                                                  "ه " \
	                                                                                  "تأیید", \
	                                                                                  "waitin" \
	                                                                                  "g") \
	                                        X("pending", "ناتمام", \
	                                          "pending") X("activ" \
	                                                       "e", \
	                                                       "فعال", \
	                                                       "activ" \
	                                                       "e") X("suspe" \
	                                                              "nded", \
	                                                              "معلق", \
	                                                              "suspe" \
	                                                              "nded") X("ended", \
	                                                                        "پایان‌" \
	                                                                        "ی" \
	                                                                        "ا" \
	                                                                        "ف" \
	                                                                        "ت" \
	                                                                        "ه", \
	                                                                        "ended") X("vali" \
	                                                                                   "d", \
	                                                                                   "معتب" \
	                                                                                   "ر", \
	                                                                                   "vali" \
	                                                                                   "d") \
	                                                X("revoked", "لغوشده", "revoked") X( \
	                                                        "person", \
	                                                        "شخص " \
	                                                        "حقیقی", \
	                                                        "person") X("lega" \
	                                                                    "l", \
	                                                                    "شخص " \
	                                                                    "حقوق" \
	                                                                    "ی", \
	                                                                    "legal" \
	                                                                    " enti" \
	                                                                    "ty") X("foreigne" \
	                                                                            "r", \
	                                                                            "تبعه " \
	                                                                            "خارجی", \
	                                                                            "foreigne" \
	                                                                            "r") X("s" \
	                                                                                   "u" \
	                                                                                   "p" \
	                                                                                   "p" \
	                                                                                   "l" \
	                                                                                   "y", \
	                                                                                   "ت" \
	                                                                                   "أ" \
	                                                                                   "م" \
	                                                                                   "ی" \
	                                                                                   "ن" \
	                                                                                   " " \
	                                                                                   "ن" \
	                                                                                   "ی" \
	                                                                                   "ا" \
	                                                                                   "ز", \
	                                                                                   "s" \
	                                                                                   "u" \
	                                                                                   "p" \
	                                                                                   "p" \
	                                                                                   "l" \
	                                                                                   "y") \
	                                                        X("handicra" \
	                                                          "ft_" \
	                                                          "export", \
	                                                          "صادرات " \
	                                                          "صنایع" \
	                                                          "‌" \
	                                                          "دستی", \
	                                                          "handicra" \
	                                                          "ft " \
	                                                          "export") X("urban_" \
	                                                                      "develo" \
	                                                                      "pment", \
	                                                                      "توسعه " \
	                                                                      "و " \
	                                                                      "عمران", \
	                                                                      "urban " \
	                                                                      "develo" \
	                                                                      "pment") X("establ" \
	                                                                                 "ishmen" \
	                                                                                 "t", \
	                                                                                 "جواز " \
	                                                                                 "تأسیس", \
	                                                                                 "establ" \
	                                                                                 "ishmen" \
	                                                                                 "t") \
	                                                                X( \
	                                                                        "o" \
	                                                                        "p" \
	                                                                        "e" \
	                                                                        "r" \
	                                                                        "a" \
	                                                                        "t" \
	                                                                        "i" \
	                                                                        "n" \
	                                                                        "g", \
	                                                                        "پ" \
	                                                                        "ر" \
	                                                                        "و" \
	                                                                        "ا" \
	                                                                        "ن" \
	                                                                        "ه" \
	                                                                        " " \
	                                                                        "ب" \
	                                                                        "ه" \
	                                                                        "ر" \
	                                                                        "ه" \
	                                                                        "‌ب" \
	                                                                        "رد" \
	                                                                        "ا" \
	                                                                        "ر" \
	                                                                        "ی", \
	                                                                        "o" \
	                                                                        "p" \
	                                                                        "e" \
	                                                                        "r" \
	                                                                        "a" \
	                                                                        "t" \
	                                                                        "i" \
	                                                                        "n" \
	                                                                        "g") X("guild", \
	                                                                               "پروانه " \
	                                                                               "کسب", \
	                                                                               "guild") \
	                                                                        X("cas" \
	                                                                          "h", \
	                                                                          "نقد" \
	                                                                          "ی", \
	                                                                          "cas" \
	                                                                          "h") X("cred" \
	                                                                                 "it", \
	                                                                                 "اعتب" \
	                                                                                 "اری", \
	                                                                                 "cred" \
	                                                                                 "it") \
	                                                                                X("all", \
	                                                                                  "همه", \
	                                                                                  "all") \
	                                                                                        X("small_units", \
	                                                                                          "واحدهای کوچک", \
	                                                                                          "small units") \
	                                                                                                X("satisfied", \
	                                                                                                  "همه خواسته جای گرفت", \
	                                                                                                  "everything asked was placed") \
	                                                                                                        X( \
	                                                                                                                "no_offer", "عرضه‌ای با این گرید، رده یا زمان نبود", "no offer of that grade, class or window") X("price", "همه عرضه‌ها گران‌تر از بیشترین قیمت بود", "all offers above the maximum price") X("minimum", "سهم از کمینه خواسته کمتر بود و کنار رفت", "the share was below its own minimum") X("cap", "سقف خریدار در یک دور", "the buyer's cap for a round") X("level", "کمبود: جیره‌بندی", "scarce: rationed") X("nominal", "نیاز اسمی", "nominal need") X("record", \
	                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                           "سابقه خرید", \
	                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                           "record") X("floored_record", "سابقه خرید با کف", "record with a floor") X("mean_record", "میانگین سابقه", "mean of the record") X("weighted", "وزنی", "weighted") X("equal", "برابر", "equal") X("pro_rata", "به نسبت", "pro rata") X("time", \
	                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                  "به " \
	                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                  "نوبت", \
	                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                  "by " \
	                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                  "time") X("least_cost", "کمترین هزینه", "least cost") X("offset", "قرعه همگانی", "public offset") X("county", \
	                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                      "شهرستان", "county") X("province", "استان", "province") X("national", \
	                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                "سراسری", \
	                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                "national") X("operator", "بهره‌بردار", "operator") X("authority", "مرجع مقررات", "authority") X("publisher", \
	                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                            "ناشر", \
	                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                            "publisher") X("supplier", \
	                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                           "عرضه‌کننده", \
	                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                           "supplier") X("clearing", \
	                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                         "پایاپای", \
	                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                         "clearing") X("auditor", \
	                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                       "حسابرس", \
	                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                       "auditor")

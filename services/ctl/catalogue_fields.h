/* FIELD_LIST: X(proto name, Persian, English), the headings of fields. */
/* clang-format off */
#define FIELD_LIST(X) \
	X(request, "درخواست", "request") \
	X(weight_kg, "وزن (kg)", "weight kg") \
	X(buyer_classes, "رده‌ها (بیت)", "buyer classes (bits)") \
	X(max_landed_rial_per_kg, "بیشترین قیمت در مقصد", "max landed rial/kg") \
	X(filed_ms, "زمان ثبت", "filed") \
	X(filed_sequence, "شماره ثبت", "filed at sequence") \
	X(reasons, "علت‌ها", "reasons") \
	X(ceilings, "سقف‌ها", "ceilings") \
	X(delivery_from_jalali, "تحویل از", "delivery from") \
	X(delivery_to_jalali, "تحویل تا", "delivery to") \
	X(wished_priority_class, "اولویت خواسته", "wished class") \
	X(regime_version, "نسخه مقررات", "regime version") \
	X(seed_commitment, "تعهد بذر", "seed commitment") \
	X(seed, "بذر", "seed") \
	X(book_digest, "چکیده دفتر", "book digest") \
	X(bundle_digest, "چکیده نتیجه", "bundle digest") \
	X(objection_until_ms, "مهلت اعتراض", "objections until") \
	X(level_numerator, "صورت تراز", "level numerator") \
	X(level_denominator, "مخرج تراز", "level denominator") \
	X(over, "پایان", "over") \
	X(pass, "گذر", "pass") \
	X(parts, "بخش‌ها", "parts") \
	X(freight_rial_per_kg, "کرایه (ریال)", "freight rial/kg") \
	X(paid_rial, "پرداخت (ریال)", "paid rial") \
	X(delivered_kg, "تحویل (kg)", "delivered kg") \
	X(distribute_until_ms, "مهلت توزیع", "distribute until") \
	X(substitute, "جایگزین", "substitute") \
	X(small_unit_kg_per_year, "مرز واحد کوچک (kg در سال)", "small unit below kg/year") \
	X(minimum_active_members, "کمینه عضو فعال", "minimum active members") \
	X(objection_working_days, "روزهای کاری اعتراض", "objection working days") \
	X(acceptance_working_days, "روزهای کاری پذیرش", "acceptance working days") \
	X(payment_working_days, "روزهای کاری پرداخت", "payment working days") \
	X(payment_hour, "ساعت پرداخت", "payment hour") \
	X(distribution_days, "روزهای توزیع", "distribution days") \
	X(maximum_draws, "بیشترین نوبت", "draws at most") \
	X(delivery_tolerance_percent, "رواداری تحویل (٪)", "delivery tolerance %") \
	X(default_province, "استان پیش‌فرض", "default province") \
	X(counties, "شهرستان‌ها", "counties") \
	X(holidays_jalali, "تعطیلات", "holidays") \
	X(title, "عنوان", "title") \
	X(source, "منبع", "source") \
	X(product_code, "کد محصول", "product") \
	X(nominal_capacity_kg_per_year, "ظرفیت اسمی (kg در سال)", "nominal kg/year") \
	X(request_id, "درخواست", "request") \
	X(buyer_id, "خریدار", "buyer") \
	X(family, "خانواده", "family") \
	X(grade, "گرید", "grade") \
	X(quantity_kg, "مقدار (kg)", "kg") \
	X(minimum_kg, "کمینه (kg)", "minimum kg") \
	X(priority_class, "اولویت", "class") \
	X(version, "نسخه", "version") \
	X(state, "حالت", "state") \
	X(licence_id, "پروانه", "licence") \
	X(window_month, "پنجره", "window") \
	X(ceiling_kg, "سقف (kg)", "ceiling kg") \
	X(reserved_kg, "رزرو (kg)", "reserved kg") \
	X(used_kg, "خریده (kg)", "bought kg") \
	X(free_kg, "آزاد (kg)", "free kg") \
	X(offer_id, "عرضه", "offer") \
	X(supplier_id, "عرضه‌کننده", "supplier") \
	X(allocated_kg, "واگذارشده (kg)", "allocated kg") \
	X(price_rial_per_kg, "قیمت (ریال)", "rial/kg") \
	X(buyer_class, "ویژه", "class") \
	X(round_id, "دور", "round") \
	X(session_id, "نشست", "session") \
	X(policy, "روش", "policy") \
	X(rounding, "گرد کردن", "rounding") \
	X(draw, "نوبت", "draw") \
	X(offered_kg, "عرضه (kg)", "offered kg") \
	X(asked_kg, "تقاضا (kg)", "asked kg") \
	X(placed_kg, "تخصیص‌یافته (kg)", "placed kg") \
	X(claimants, "متقاضی", "claimants") \
	X(placed_claimants, "سهم‌بر", "with a share") \
	X(closes_ms, "بسته شدن", "closes") \
	X(allocation_id, "تخصیص", "allocation") \
	X(pay_until_ms, "مهلت پرداخت", "pay until") \
	X(accept_until_ms, "مهلت پذیرش", "accept until") \
	X(party_id, "شخص", "party") \
	X(received_kg, "دریافت (kg)", "received kg") \
	X(confirmed, "تأیید", "confirmed") \
	X(name, "نام", "name") \
	X(kind, "نوع", "kind") \
	X(nationality, "تابعیت", "nationality") \
	X(county, "شهرستان", "county") \
	X(province, "استان", "province") \
	X(union_id, "اتحادیه", "union") \
	X(level, "سطح", "level") \
	X(place, "جای", "place") \
	X(parent_union_id, "اتحادیه بالادست", "parent") \
	X(cooperative_id, "تعاونی", "cooperative") \
	X(shares, "سهام", "shares") \
	X(joined_on_jalali, "از تاریخ", "joined") \
	X(legal_basis, "مبنای قانونی", "legal basis") \
	X(registered_on_jalali, "ثبت", "registered") \
	X(lines, "سطرها", "lines") \
	X(valid_from_jalali, "اعتبار از", "valid from") \
	X(valid_to_jalali, "اعتبار تا", "valid to") \
	X(role, "نقش", "role") \
	X(public_key, "کلید عمومی", "public key") \
	X(revoked, "لغو", "revoked") \
	X(principal, "وکیل", "principal") \
	X(kinds, "فرمان‌ها", "kinds") \
	X(until_ms, "تا", "until") \
	X(file, "پرونده", "file") \
	X(noun, "جدول", "table") \
	X(rows, "سطر", "rows") \
	X(accepted, "پذیرفته", "accepted") \
	X(refused, "رد", "refused") \
	X(stream, "دفتر", "stream") \
	X(equal, "برابر", "equal") \
	X(sequence, "تا", "to") \
	X(head_sequence, "سر", "head") \
	X(keys, "کلیدها", "keys") \
	X(missing, "غایب", "missing") \
	X(different, "متفاوت", "different") \
	X(extra, "اضافی", "extra") \
	X(verified, "درست", "verified") \
	X(hash, "چکیده", "hash") \
	X(formula, "قاعده سقف", "formula") \
	X(record_months, "ماه‌های سابقه", "record months") \
	X(floor_percent, "کف (٪)", "floor %") \
	X(window_months, "ماه‌های پنجره", "window months") \
	X(window_anchor_month, "آغاز پنجره", "anchor") \
	X(cooperative_multiplier, "ضریب تعاونی", "coop multiplier") \
	X(small_unit_reserve_percent, "ویژه واحد کوچک (٪)", "small units %") \
	X(reason, "علت", "reason") \
	X(count, "شمار", "count") \
	X(fairness, "تراز (kg/kg)", "level kg/kg") \
	X(code, "کد", "code") \
	X(requests, "درخواست", "requests") \
	X(placed_percent, "درصد", "percent") \
	X(by, "به", "by") \
	X(group, "گروه", "group") \
	X(buyers, "خریدار", "buyers") \
	X(winners, "بیشتر", "gain") \
	X(losers, "کمتر", "lose") \
	X(before_kg, "پیش (kg)", "before kg") \
	X(after_kg, "پس (kg)", "after kg") \
	X(change_kg, "تغییر (kg)", "change kg") \
	X(landed_rial, "ارزش در مقصد (ریال)", "landed rial") \
	X(moved_kg, "دست به دست (kg)", "moved kg") \
	X(landed_before_rial_per_kg, "در مقصد پیش", "landed before") \
	X(landed_after_rial_per_kg, "در مقصد پس", "landed after") \
	X(wanted_kg, "خواسته (kg)", "wanted kg") \
	X(max_price_rial_per_kg, "بیشترین قیمت", "max rial/kg")

/* The market's goods: one regime, two suppliers, requests as quota tells them. */
#ifndef TESTS_UNIT_MATCHING_MARKET_H
#define TESTS_UNIT_MATCHING_MARKET_H

#include "tests/unit/matching_world.h"

enum { MARKET_LINES = 4 };

static inline char *market_text(const char *text)
{
	return (char *)(uintptr_t)text;
}

/* Family PE of grades A, B, C with lots of 5 t; A may be replaced by B. Offers may ask for a
 * larger minimum and so have larger lots. Two days of objection are two working days. */
static inline void market_regime(struct world *world, uint32_t policy, int32_t reserve_percent)
{
	QUOTA(Regime) regime = TASHEEM__QUOTA__V1__REGIME__INIT;
	QUOTA(RegimeApproved) approved = TASHEEM__QUOTA__V1__REGIME_APPROVED__INIT;
	QUOTA(FamilyRule) rule = TASHEEM__QUOTA__V1__FAMILY_RULE__INIT, *rules[] = {&rule};
	QUOTA(Grade) grade[3], *grades[3];
	QUOTA(Substitute) substitute = TASHEEM__QUOTA__V1__SUBSTITUTE__INIT;
	QUOTA(Substitute) * substitutes[] = {&substitute};
	QUOTA(Freight) freight = TASHEEM__QUOTA__V1__FREIGHT__INIT, *freights[] = {&freight};
	int32_t holidays[] = {14040910};
	static const char *const names[] = {"A", "B", "C"};
	for (size_t at = 0; at < 3; at++) {
		tasheem__quota__v1__grade__init(&grade[at]);
		grade[at].grade = market_text(names[at]);
		grade[at].family = market_text("PE");
		grade[at].allocation_base_kg = 5000;
		grade[at].base_price_rial_per_kg = 400000;
		grades[at] = &grade[at];
	}
	rule.family = market_text("PE");
	rule.policy = policy;
	rule.rounding = 1;
	rule.small_unit_reserve_percent = reserve_percent;
	rule.cooperative_cap_kg = 60000;
	substitute.grade = market_text("A");
	substitute.substitute_grade = market_text("B");
	freight.from_province = market_text("Bushehr");
	freight.to_province = market_text("Qom");
	freight.rial_per_kg = 9800;
	regime.version = 1;
	regime.effective_from_jalali = 14040901;
	regime.n_families = 1;
	regime.families = rules;
	regime.n_grades = 3;
	regime.grades = grades;
	regime.n_substitutes = 1;
	regime.substitutes = substitutes;
	regime.n_freights = 1;
	regime.freights = freights;
	regime.n_holidays_jalali = 1;
	regime.holidays_jalali = holidays;
	regime.objection_working_days = 1;
	regime.acceptance_working_days = 2;
	regime.payment_working_days = 3;
	regime.payment_hour = 13;
	regime.distribution_days = 15;
	regime.maximum_draws = 3;
	regime.delivery_tolerance_percent = 5;
	approved.regime = &regime;
	world_learn(world, "quota", 1200, &approved.base);
}

static inline void market_supplier(struct world *world, const char *id, const char *province)
{
	MATCHING(SupplierRegister) message = TASHEEM__MATCHING__V1__SUPPLIER_REGISTER__INIT;
	MATCHING(Supplier) supplier = TASHEEM__MATCHING__V1__SUPPLIER__INIT;
	supplier.supplier_id = market_text(id);
	supplier.name = market_text("پتروشیمی");
	supplier.province = market_text(province);
	message.supplier = &supplier;
	assert_int_equal(WORLD_SEND(world, "operator", SUPPLIER_REGISTER, &message), CODE_ACCEPTED);
}

struct market_offer {
	const char *id, *grade;
	int64_t quantity_kg, minimum_kg, price;
	uint32_t buyer_class;
	bool second;
};

static inline enum code market_publish(struct world *world, const struct market_offer *offer)
{
	MATCHING(OfferPublish) message = TASHEEM__MATCHING__V1__OFFER_PUBLISH__INIT;
	MATCHING(Offer) to = TASHEEM__MATCHING__V1__OFFER__INIT;
	to.offer_id = market_text(offer->id);
	to.supplier_id = market_text(offer->second ? "S2" : "S1");
	to.grade = market_text(offer->grade);
	to.quantity_kg = offer->quantity_kg;
	to.allocation_base_kg = 5000;
	to.minimum_allocation_kg = offer->minimum_kg;
	to.price_rial_per_kg = offer->price;
	to.buyer_class =
	        (MATCHING(BuyerClass))(offer->buyer_class ? offer->buyer_class : CLASS_ALL);
	to.settlement = TASHEEM__MATCHING__V1__SETTLEMENT__SETTLEMENT_CASH;
	to.offered_on_jalali = 14040902;
	message.offer = &to;
	return WORLD_SEND(world, offer->second ? "seller2" : "seller1", OFFER_PUBLISH, &message);
}

static inline enum code market_plan(struct world *world, const char *round, int64_t closes_ms)
{
	MATCHING(RoundPlan) message = TASHEEM__MATCHING__V1__ROUND_PLAN__INIT;
	message.round_id = market_text(round);
	message.session_id = market_text("session");
	message.family = market_text("PE");
	message.closes_ms = closes_ms;
	return WORLD_SEND(world, "operator", ROUND_PLAN, &message);
}

static inline enum code market_close(struct world *world, const char *round)
{
	MATCHING(RoundClose) message = TASHEEM__MATCHING__V1__ROUND_CLOSE__INIT;
	message.round_id = market_text(round);
	return WORLD_SEND(world, "operator", ROUND_CLOSE, &message);
}

struct market_request {
	const char *buyer, *id, *grade, *round;
	int64_t quantity_kg, minimum_kg, max_landed;
	uint32_t buyer_classes, priority_class;
	/* Members' shares; one line of its own when there is none. */
	uint32_t line_count;
	int64_t reserved_kg[MARKET_LINES], weight_kg[MARKET_LINES];
};

static inline void market_ask(struct world *world, const struct market_request *request)
{
	QUOTA(RequestChanged) changed = TASHEEM__QUOTA__V1__REQUEST_CHANGED__INIT;
	QUOTA(Request) to = TASHEEM__QUOTA__V1__REQUEST__INIT;
	QUOTA(RequestLine) line[MARKET_LINES], *lines[MARKET_LINES];
	char party[MARKET_LINES][16], licence[MARKET_LINES][16];
	int64_t reserved[MARKET_LINES], weight[MARKET_LINES];
	uint32_t count = request->line_count ? request->line_count : 1;
	for (uint32_t at = 0; at < count; at++) {
		tasheem__quota__v1__request_line__init(&line[at]);
		snprintf(party[at], sizeof party[at], "%s%s%u", request->line_count ? "M" : "",
		         request->buyer, at);
		snprintf(licence[at], sizeof licence[at], "L%s%u", request->buyer, at);
		line[at].party_id = request->line_count ? party[at] : market_text(request->buyer);
		line[at].licence_id = licence[at];
		reserved[at] =
		        request->line_count ? request->reserved_kg[at] : request->quantity_kg;
		weight[at] = request->line_count ? request->weight_kg[at] : 20000;
		line[at].wanted_kg = reserved[at];
		lines[at] = &line[at];
	}
	to.buyer_id = market_text(request->buyer);
	to.request_id = market_text(request->id);
	to.grade = market_text(request->grade);
	to.quantity_kg = request->quantity_kg;
	to.minimum_kg = request->minimum_kg;
	to.n_lines = count;
	to.lines = lines;
	changed.request = &to;
	changed.version = 1;
	changed.state = TASHEEM__QUOTA__V1__REQUEST_STATE__REQUEST_STATE_IN_BOOK;
	changed.family = market_text("PE");
	changed.window_month = 140409;
	changed.priority_class = (int32_t)request->priority_class;
	changed.n_reserved_kg = count;
	changed.reserved_kg = reserved;
	changed.n_weight_kg = count;
	changed.weight_kg = weight;
	changed.buyer_classes = request->buyer_classes ? request->buyer_classes : 1;
	changed.province = market_text("Qom");
	changed.max_landed_rial_per_kg = request->max_landed ? request->max_landed : 500000;
	changed.round_id = market_text(request->round);
	changed.filed_sequence = world->quota_sequence + 1;
	world_learn(world, "quota", 1203, &changed.base);
}

/* quota's word, with the digest as its contract says; requests by buyer and number. */
static inline void market_book(struct world *world, const char *round,
                               const struct market_request *requests, uint32_t count)
{
	QUOTA(BookClosed) closed = TASHEEM__QUOTA__V1__BOOK_CLOSED__INIT;
	uint8_t out[DIGEST_BYTES];
	struct digest digest;
	digest_begin(&digest, DIGEST_BYTES);
	for (uint32_t at = 0; at < count; at++) {
		digest_add_text(&digest, requests[at].buyer);
		digest_add_text(&digest, requests[at].id);
		digest_add_int(&digest, 1);
	}
	digest_end(&digest, out);
	closed.round_id = market_text(round);
	closed.family = market_text("PE");
	closed.count = count;
	closed.digest = (ProtobufCBinaryData){sizeof out, out};
	world_learn(world, "quota", 1205, &closed.base);
}

static inline const struct round *market_round(const struct world *world, const char *id)
{
	struct round_id round_id;
	assert_true(round_id_set(&round_id, id));
	const struct round *round = round_find(&world->state.rounds, &round_id);
	assert_non_null(round);
	return round;
}

static inline const struct allocation *market_allocation(const struct world *world, const char *id)
{
	struct allocation_id allocation_id;
	assert_true(allocation_id_set(&allocation_id, id));
	return allocation_find(&world->state.allocations, &allocation_id);
}

/* Whoever may answer for this buyer: mandates are given as they are needed. */
static inline const char *market_broker(struct world *world, const char *buyer)
{
	static char name[32];
	snprintf(name, sizeof name, "broker-%s", buyer);
	for (char *at = name; *at; at++)
		if (*at >= 'A' && *at <= 'Z')
			*at = (char)(*at + 32);
	world_principal(world, name, ROLE_PUBLISHER, buyer);
	return name;
}

static inline enum code market_answer(struct world *world, const char *allocation, uint32_t kind)
{
	MATCHING(AllocationAnswer) message = TASHEEM__MATCHING__V1__ALLOCATION_ANSWER__INIT;
	message.allocation_id = market_text(allocation);
	const struct allocation *row = market_allocation(world, allocation);
	const char *broker = market_broker(world, row ? row->buyer_id.text : "B01");
	return WORLD_SEND(world, broker, kind, &message);
}

static inline enum code market_pay(struct world *world, const char *allocation, int64_t paid_rial,
                                   int64_t value_ms)
{
	MATCHING(AllocationPaid) message = TASHEEM__MATCHING__V1__ALLOCATION_PAID__INIT;
	message.allocation_id = market_text(allocation);
	message.paid_rial = paid_rial;
	message.value_ms = value_ms;
	return WORLD_SEND(world, "clearing", PAY_ALLOCATION, &message);
}

static inline enum code market_deliver(struct world *world, const char *allocation, int64_t kg)
{
	MATCHING(AllocationDelivered) message = TASHEEM__MATCHING__V1__ALLOCATION_DELIVERED__INIT;
	message.allocation_id = market_text(allocation);
	message.delivered_kg = kg;
	const struct allocation *row = market_allocation(world, allocation);
	bool second = row && row->supplier_id.text[1] == '2';
	return WORLD_SEND(world, second ? "seller2" : "seller1", DELIVER_ALLOCATION, &message);
}

static inline enum code market_confirm(struct world *world, const char *allocation,
                                       const struct part *part, int64_t received_kg)
{
	MATCHING(DistributionConfirm) message = TASHEEM__MATCHING__V1__DISTRIBUTION_CONFIRM__INIT;
	message.allocation_id = market_text(allocation);
	message.party_id = market_text(part->party_id.text);
	message.licence_id = market_text(part->licence_id.text);
	message.received_kg = received_kg;
	return WORLD_SEND(world, market_broker(world, part->party_id.text), DISTRIBUTION_CONFIRM,
	                  &message);
}

/* The whole bundle of a draw, in the world's arena. */
static inline struct bytes market_bundle(struct world *world, const char *round, uint32_t draw)
{
	struct bundle_key key;
	memset(&key, 0, sizeof key);
	assert_true(round_id_set(&key.round_id, round));
	key.draw = draw;
	const struct bundle_part *part = bundle_part_find(&world->state.bundles, &key);
	assert_non_null(part);
	uint8_t *bytes =
	        arena_take(&world->batch.arena, (size_t)part->count * MATCHING_CHUNK_BYTES);
	size_t size = 0;
	for (uint32_t count = part->count; key.index < count; key.index++) {
		part = bundle_part_find(&world->state.bundles, &key);
		assert_non_null(part);
		memcpy(bytes + size, part->chunk.data, part->chunk.size);
		size += part->chunk.size;
	}
	return (struct bytes){bytes, size};
}

#endif

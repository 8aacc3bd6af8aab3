/* The registry of the benchmark: BUYERS persons with a licence and a mandate each, and a
 * regime of one family whose ceilings no benchmark can use up. */
#include "tests/bench/bench_tasheem.h"

#include <stdlib.h>
#include <string.h>

#include "common/check.h"
#include "common/identifiers.h"
#include "tasheem/membership/v1/membership.pb-c.h"
#include "tasheem/quota/v1/quota.pb-c.h"

#define PRODUCT "2520351234"

void buyer_id(uint32_t buyer, char out[11])
{
	snprintf(out, 11, "%09u0", 371110000 + buyer);
	while (identifier_check_person(out) != REASON_NONE)
		CHECK(out[9]++ < '9');
}

void buyer_licence(uint32_t buyer, char out[16])
{
	snprintf(out, 16, "L%09u", buyer);
}

/* Sends what was gathered and checks that all of it was accepted. */
static void envelope_send(struct site *site, struct client *client,
                          Tasheem__Common__V1__Envelope *envelope)
{
	size_t left = envelope->n_items;
	if (!client_send(client, wire_encode(&site->arena, &envelope->base)))
		die("a daemon takes nothing");
	while (left > 0) {
		const Tasheem__Common__V1__Reply *reply = site_receive(site, client);
		for (size_t i = 0; i < reply->n_answers; i++)
			site_answer_check(reply->answers[i]);
		CHECK(reply->n_answers <= left);
		left -= reply->n_answers;
	}
}

static Tasheem__Common__V1__Item *item_make(struct site *site, struct client *client, uint32_t kind,
                                            const ProtobufCMessage *message)
{
	Tasheem__Common__V1__Item *item = ARENA_NEW(&site->arena, Tasheem__Common__V1__Item);
	struct message_id *id = ARENA_NEW(&site->arena, struct message_id);
	struct bytes payload = wire_encode(&site->arena, message);
	*id = client_message_id(client);
	tasheem__common__v1__item__init(item);
	item->id = (ProtobufCBinaryData){sizeof id->bytes, id->bytes};
	item->kind = kind;
	item->payload = (ProtobufCBinaryData){payload.size, (uint8_t *)(uintptr_t)payload.data};
	return item;
}

static Tasheem__Common__V1__Item *party_item(struct site *site, struct client *client, uint32_t at)
{
	Tasheem__Membership__V1__Party party = TASHEEM__MEMBERSHIP__V1__PARTY__INIT;
	Tasheem__Membership__V1__PartyRegister message =
	        TASHEEM__MEMBERSHIP__V1__PARTY_REGISTER__INIT;
	char id[11];
	buyer_id(at, id);
	party.party_id = id;
	party.kind = TASHEEM__MEMBERSHIP__V1__PARTY_KIND__PARTY_KIND_PERSON;
	party.name = "کارگاه";
	party.nationality = "IRN";
	party.county = "قم";
	message.party = &party;
	return item_make(site, client,
	                 TASHEEM__MEMBERSHIP__V1__COMMAND_KIND__COMMAND_KIND_PARTY_REGISTER,
	                 &message.base);
}

static Tasheem__Common__V1__Item *licence_item(struct site *site, struct client *client,
                                               uint32_t at)
{
	Tasheem__Membership__V1__Licence licence = TASHEEM__MEMBERSHIP__V1__LICENCE__INIT;
	Tasheem__Membership__V1__LicenceLine line = TASHEEM__MEMBERSHIP__V1__LICENCE_LINE__INIT;
	Tasheem__Membership__V1__LicenceLine *lines[] = {&line};
	Tasheem__Membership__V1__LicenceRegister message =
	        TASHEEM__MEMBERSHIP__V1__LICENCE_REGISTER__INIT;
	char id[11], licence_id[16];
	buyer_id(at, id);
	buyer_licence(at, licence_id);
	line.product_code = PRODUCT;
	line.machine_rate_kg_per_h = 10000000;
	line.hours_per_year = 5000;
	line.efficiency_percent = 100;
	line.nominal_capacity_kg_per_year = 50000000000;
	licence.licence_id = licence_id;
	licence.party_id = id;
	licence.kind = TASHEEM__MEMBERSHIP__V1__LICENCE_KIND__LICENCE_KIND_OPERATING;
	licence.county = "قم";
	licence.n_lines = 1;
	licence.lines = lines;
	licence.valid_from_jalali = 14000101;
	licence.valid_to_jalali = 14300101;
	message.licence = &licence;
	return item_make(site, client,
	                 TASHEEM__MEMBERSHIP__V1__COMMAND_KIND__COMMAND_KIND_LICENCE_REGISTER,
	                 &message.base);
}

static Tasheem__Common__V1__Item *mandate_item(struct site *site, struct client *client,
                                               uint32_t at)
{
	Tasheem__Membership__V1__Mandate mandate = TASHEEM__MEMBERSHIP__V1__MANDATE__INIT;
	Tasheem__Membership__V1__MandateGrant message =
	        TASHEEM__MEMBERSHIP__V1__MANDATE_GRANT__INIT;
	char id[11];
	buyer_id(at, id);
	mandate.party_id = id;
	mandate.principal = "bench";
	message.mandate = &mandate;
	return item_make(site, client,
	                 TASHEEM__MEMBERSHIP__V1__COMMAND_KIND__COMMAND_KIND_MANDATE_GRANT,
	                 &message.base);
}

void site_register(struct site *site)
{
	enum { AT_ONCE = 500 };
	static Tasheem__Common__V1__Item *(*const makers[])(struct site *, struct client *,
	                                                    uint32_t) = {party_item, licence_item,
	                                                                 mandate_item};
	struct client *client = site_client(site, OPERATOR, MEMBERSHIP, true);
	Tasheem__Common__V1__Item *items[AT_ONCE];
	for (size_t maker = 0; maker < 3; maker++)
		for (uint32_t first = 0; first < BUYERS; first += AT_ONCE) {
			Tasheem__Common__V1__Envelope envelope =
			        TASHEEM__COMMON__V1__ENVELOPE__INIT;
			arena_reset(&site->arena);
			for (uint32_t i = 0; i < AT_ONCE; i++)
				items[i] = makers[maker](site, client, first + i);
			envelope.n_items = AT_ONCE;
			envelope.items = items;
			envelope_send(site, client, &envelope);
			site->registered += AT_ONCE;
		}
	client_close(client);
}

static void family_fill(Tasheem__Quota__V1__FamilyRule *family)
{
	static Tasheem__Quota__V1__Ratio one = TASHEEM__QUOTA__V1__RATIO__INIT;
	one.numerator = one.denominator = 1;
	tasheem__quota__v1__family_rule__init(family);
	family->family = "PE";
	family->formula = TASHEEM__QUOTA__V1__CEILING_FORMULA__CEILING_FORMULA_NOMINAL;
	family->capacity_basis = TASHEEM__QUOTA__V1__CAPACITY_BASIS__CAPACITY_BASIS_FILE;
	family->record_months = 12;
	family->window_months = 12;
	family->window_anchor_month = 140001;
	family->cooperative_multiplier = &one;
	family->policy = 1;
	family->rounding = 1;
}

void site_approve(struct site *site)
{
	Tasheem__Quota__V1__Regime regime = TASHEEM__QUOTA__V1__REGIME__INIT;
	Tasheem__Quota__V1__FamilyRule family, *families[] = {&family};
	Tasheem__Quota__V1__Ratio coefficient = TASHEEM__QUOTA__V1__RATIO__INIT;
	Tasheem__Quota__V1__Product product = TASHEEM__QUOTA__V1__PRODUCT__INIT;
	Tasheem__Quota__V1__Product *products[] = {&product};
	Tasheem__Quota__V1__Grade grade = TASHEEM__QUOTA__V1__GRADE__INIT, *grades[] = {&grade};
	Tasheem__Quota__V1__RegimeApprove message = TASHEEM__QUOTA__V1__REGIME_APPROVE__INIT;
	Tasheem__Common__V1__Envelope envelope = TASHEEM__COMMON__V1__ENVELOPE__INIT;
	family_fill(&family);
	coefficient.numerator = coefficient.denominator = 1;
	product.product_code = PRODUCT;
	product.title = "bench";
	product.family = "PE";
	product.consumption_coefficient = &coefficient;
	grade.grade = "HDPE";
	grade.family = "PE";
	grade.allocation_base_kg = REQUEST_KG;
	grade.base_price_rial_per_kg = 900000;
	regime.version = 1;
	regime.title = regime.source = "bench";
	regime.effective_from_jalali = 14000101;
	regime.n_families = regime.n_products = regime.n_grades = 1;
	regime.families = families;
	regime.products = products;
	regime.grades = grades;
	regime.minimum_active_members = 7;
	regime.maximum_draws = 1;
	message.regime = &regime;
	struct client *client = site_client(site, AUTHORITY, QUOTA, false);
	arena_reset(&site->arena);
	Tasheem__Common__V1__Item *items[] = {item_make(
	        site, client, TASHEEM__QUOTA__V1__COMMAND_KIND__COMMAND_KIND_REGIME_APPROVE,
	        &message.base)};
	envelope.n_items = 1;
	envelope.items = items;
	envelope_send(site, client, &envelope);
	client_close(client);
}

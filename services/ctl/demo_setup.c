/* The demo's beginning: who there is, under which rules, who asks and who offers. */
#include <string.h>

#include "common/wire.h"
#include "services/ctl/ceiling.h"
#include "services/ctl/demo.h"
#include "services/ctl/principal.h"
#include "services/ctl/regime.h"
#include "services/ctl/show.h"
#include "tasheem/matching/v1/matching.pb-c.h"

static const char broker_name[] = "demo-broker";

static struct import_file *load(struct demo *demo, const char *name)
{
	const char *path = arena_format(&demo->ctl->arena, "%s/%s.csv", demo->data, name);
	return import_load(demo->ctl, path);
}

/* Imports a table that must go in whole. */
static bool import_table(struct demo *demo, const char *name)
{
	struct ctl *ctl = demo->ctl;
	struct import_file *file = load(demo, name);
	if (!file)
		return false;
	import_prepare(ctl, file);
	if (!import_send(demo->operator, file, NULL))
		return false;
	for (size_t at = 0; at < json_array_size(file->errors); at++) {
		const json_t *error = json_array_get(file->errors, at);
		TALK(ctl, TEXT_ROW_ERROR,
		     arena_format(&ctl->arena, "%s:%lld", file->path,
		                  (long long)json_number(error, "line")),
		     json_text(error, "field"), json_text(error, "code"), json_text(error, "text"));
		ctl->status = CTL_SOME_REFUSED;
	}
	return file->refused == 0;
}

static bool register_key(struct demo *demo, const char *name, int role, const char *party,
                         struct session **session)
{
	struct key_pair key;
	call_key_make(&key);
	struct principal_wish wish = {name, key.public_key, role, party};
	*session = call_session_open(demo->ctl, &key);
	demo->ctl->status = principal_register(demo->operator, & wish);
	return demo->ctl->status == CTL_OK;
}

/* Every buyer and every member unit lets the broker act for it. */
static bool grant_mandates(struct demo *demo, const char *const *tables, const char *const *columns)
{
	struct ctl *ctl = demo->ctl;
	json_t *parties = json_object();
	for (size_t table = 0; table < 2; table++) {
		struct import_file *file = load(demo, tables[table]);
		if (!file)
			return false;
		for (size_t at = 0; at < file->count; at++)
			json_object_set_new(parties, json_text(file->rows[at].json, columns[table]),
			                    json_true());
	}
	struct ask *asks = ARENA_ARRAY(&ctl->arena, struct ask, json_object_size(parties));
	size_t count = 0;
	const char *party;
	json_t *unused;
	json_object_foreach(parties, party, unused)
	{
		Tasheem__Membership__V1__Mandate mandate = TASHEEM__MEMBERSHIP__V1__MANDATE__INIT;
		Tasheem__Membership__V1__MandateGrant grant =
		        TASHEEM__MEMBERSHIP__V1__MANDATE_GRANT__INIT;
		mandate.party_id = call_text(party);
		mandate.principal = call_text(broker_name);
		grant.mandate = &mandate;
		asks[count].kind =
		        TASHEEM__MEMBERSHIP__V1__COMMAND_KIND__COMMAND_KIND_MANDATE_GRANT;
		asks[count++].payload = wire_encode(&ctl->arena, &grant.base);
	}
	json_decref(parties);
	bool good = call_many(demo->operator, SERVICE_MEMBERSHIP, asks, count);
	for (size_t at = 0; at < count && good; at++) {
		call_explain(ctl, broker_name, asks[at].answer);
		ctl->status = (int)call_status(asks[at].answer);
		good = ctl->status == CTL_OK;
	}
	return good;
}

static bool setup_registry(struct demo *demo)
{
	static const char *const tables[] = {"unions", "parties", "cooperatives", "memberships",
	                                     "licences"};
	static const char *const buyers[] = {"requests", "request_lines"};
	static const char *const columns[] = {"buyer_id", "party_id"};
	DEMO_STEP(demo, TEXT_DEMO_REGISTRY, "");
	for (size_t at = 0; at < sizeof tables / sizeof *tables; at++)
		if (!import_table(demo, tables[at]))
			return false;
	return register_key(demo, broker_name, TASHEEM__MEMBERSHIP__V1__ROLE__ROLE_PUBLISHER, NULL,
	                    &demo->broker) &&
	       grant_mandates(demo, buyers, columns);
}

static bool approve_regime(struct demo *demo)
{
	struct ctl *ctl = demo->ctl;
	Tasheem__Quota__V1__RegimeApprove command = TASHEEM__QUOTA__V1__REGIME_APPROVE__INIT;
	const char *path = arena_format(&ctl->arena, "%s/regime.json", demo->data);
	const Tasheem__Quota__V1__Regime *regime = regime_load(ctl, path);
	if (!regime)
		return false;
	for (size_t at = 0; at < regime->n_families; at++)
		json_array_append_new(demo->families, json_string(regime->families[at]->family));
	memcpy(&command.regime, &regime, sizeof regime);
	const Tasheem__Common__V1__Answer *answer = call_one(
	        demo->authority, SERVICE_QUOTA,
	        TASHEEM__QUOTA__V1__COMMAND_KIND__COMMAND_KIND_REGIME_APPROVE, &command.base);
	if (!answer)
		return false;
	call_explain(ctl, path, answer);
	ctl->status = (int)call_status(answer);
	return ctl->status == CTL_OK;
}

static bool setup_suppliers(struct demo *demo)
{
	struct import_file *file = load(demo, "suppliers");
	if (!file || file->count > DEMO_MAX_SUPPLIERS)
		return false;
	for (size_t at = 0; at < file->count; at++) {
		const char *id = json_text(file->rows[at].json, "supplier_id");
		const char *name = arena_format(&demo->ctl->arena, "demo-supplier-%zu", at + 1);
		demo->supplier_ids[demo->supplier_count] = id;
		if (!register_key(demo, name, TASHEEM__MEMBERSHIP__V1__ROLE__ROLE_SUPPLIER, id,
		                  &demo->suppliers[demo->supplier_count]))
			return false;
		demo->supplier_count++;
	}
	return true;
}

/* Ceilings are derived by quota's clock: wait until their number stands still. */
static bool wait_for_ceilings(struct demo *demo)
{
	enum { STILL_LOOKS = 4 };
	int64_t end_ms = call_clock_ms() + DEMO_WAIT_MS;
	size_t last = 0;
	unsigned still = 0;
	while (still < STILL_LOOKS) {
		json_t *list = ceiling_read(demo->operator, NULL, NULL, 0);
		size_t count = json_array_size(list);
		if (!list || call_clock_ms() > end_ms) {
			TALK(demo->ctl, TEXT_DEMO_STUCK, "ceilings");
			json_decref(list);
			return false;
		}
		still = count && count == last ? still + 1 : 0;
		last = count;
		json_decref(list);
		demo_pause(demo);
	}
	DEMO_STEP(demo, TEXT_DEMO_CEILINGS, show_number(demo->ctl, (int64_t)last));
	return true;
}

bool demo_setup(struct demo *demo)
{
	if (!setup_registry(demo))
		return false;
	DEMO_STEP(demo, TEXT_DEMO_REGIME, "");
	return approve_regime(demo) && import_table(demo, "purchases") &&
	       import_table(demo, "suppliers") && setup_suppliers(demo) && wait_for_ceilings(demo);
}

static bool plan_rounds(struct demo *demo)
{
	struct ctl *ctl = demo->ctl;
	size_t count = json_array_size(demo->families);
	struct ask *asks = ARENA_ARRAY(&ctl->arena, struct ask, count);
	DEMO_STEP(demo, TEXT_DEMO_PLAN, show_number(ctl, (int64_t)count));
	for (size_t at = 0; at < count; at++) {
		Tasheem__Matching__V1__RoundPlan plan = TASHEEM__MATCHING__V1__ROUND_PLAN__INIT;
		const char *family = json_string_value(json_array_get(demo->families, at));
		plan.family = call_text(family);
		plan.round_id = call_text(arena_format(&ctl->arena, DEMO_SESSION "-%s", family));
		plan.session_id = call_text(DEMO_SESSION);
		plan.closes_ms = ctl_instant_parse("1404-09-03 12:00");
		asks[at].kind = TASHEEM__MATCHING__V1__COMMAND_KIND__COMMAND_KIND_ROUND_PLAN;
		asks[at].correlation_id = plan.round_id;
		asks[at].payload = wire_encode(&ctl->arena, &plan.base);
	}
	bool good = call_many(demo->operator, SERVICE_MATCHING, asks, count);
	for (size_t at = 0; at < count && good; at++) {
		call_explain(ctl, asks[at].correlation_id, asks[at].answer);
		ctl->status = (int)call_status(asks[at].answer);
		good = ctl->status == CTL_OK;
	}
	return good;
}

static bool file_requests(struct demo *demo)
{
	struct ctl *ctl = demo->ctl;
	demo->requests = load(demo, "requests");
	struct import_file *lines = load(demo, "request_lines");
	if (!demo->requests || !lines)
		return false;
	import_join(ctl, demo->requests, lines);
	import_prepare(ctl, demo->requests);
	if (!import_send(demo->broker, demo->requests, NULL))
		return false;
	DEMO_STEP(demo, TEXT_DEMO_REQUESTS, show_number(ctl, (int64_t)demo->requests->count),
	          show_number(ctl, (int64_t)demo->requests->accepted),
	          show_number(ctl, (int64_t)demo->requests->refused));
	return true;
}

static bool publish_offers(struct demo *demo)
{
	struct ctl *ctl = demo->ctl;
	demo->offers = load(demo, "offers");
	if (!demo->offers)
		return false;
	import_prepare(ctl, demo->offers);
	for (size_t at = 0; at < demo->supplier_count; at++)
		if (!import_send(demo->suppliers[at], demo->offers, demo->supplier_ids[at]))
			return false;
	for (size_t at = 0; at < json_array_size(demo->offers->errors); at++) {
		const json_t *error = json_array_get(demo->offers->errors, at);
		TALK(ctl, TEXT_ROW_ERROR, json_text(error, "key"), json_text(error, "field"),
		     json_text(error, "code"), json_text(error, "text"));
	}
	DEMO_STEP(demo, TEXT_DEMO_OFFERS, show_number(ctl, (int64_t)demo->offers->accepted));
	return demo->offers->accepted > 0;
}

bool demo_market(struct demo *demo)
{
	return plan_rounds(demo) && file_requests(demo) &&
	       demo_clock_to(demo, ctl_instant_parse("1404-09-03 09:00")) && publish_offers(demo);
}

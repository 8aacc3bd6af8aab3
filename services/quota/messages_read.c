/* Reads. Publishers see the nouns of their own and mandating parties only; of
 * ceilings also those of the active members of such a cooperative. */
#include "services/quota/messages.h"

#include <string.h>

#include "common/calendar.h"

enum { PAGE_ROWS = 200 };

struct reading {
	const struct quota_state *state;
	struct arena *arena;
	const struct principal *principal;
	uint32_t kind;
	int64_t now_ms;
};

static bool sees(const struct reading *reading, const struct party_id *party)
{
	return authorise_party(&reading->state->authorise, reading->principal, party, reading->kind,
	                       reading->now_ms);
}

static bool sees_unit(const struct reading *reading, const struct quota_party *party)
{
	if (sees(reading, &party->party_id))
		return true;
	for (quota_link link = party->first_membership; link;) {
		const struct quota_membership *membership =
		        table_at(&reading->state->memberships, link - 1);
		const struct quota_party *cooperative =
		        quota_party_at(reading->state, membership->key.cooperative);
		if (membership->state == QUOTA_MEMBERSHIP_ACTIVE &&
		    sees(reading, &cooperative->party_id))
			return true;
		link = membership->next_of_party;
	}
	return false;
}

static bool request_wanted(const struct reading *reading, const struct quota_request *request,
                           const Tasheem__Quota__V1__RequestRead *read)
{
	const struct quota_state *state = reading->state;
	if (read->buyer_id[0] && strcmp(read->buyer_id, request->key.buyer_id.text) != 0)
		return false;
	if (read->request_id[0] && strcmp(read->request_id, request->key.request_id.text) != 0)
		return false;
	if (read->family[0] &&
	    strcmp(read->family, quota_family_at(state, request->family)->family.text) != 0)
		return false;
	if (read->round_id[0] &&
	    (!request->round ||
	     strcmp(read->round_id, quota_round_at(state, request->round - 1)->round_id.text) != 0))
		return false;
	return sees(reading, &request->key.buyer_id);
}

/* The one row an exact read is about, as a range of rows; all rows otherwise. */
static void request_bounds(const struct reading *reading,
                           const Tasheem__Quota__V1__RequestRead *read, uint32_t *from,
                           uint32_t *end)
{
	struct quota_request_key key;
	*from = 0;
	*end = reading->state->requests.count;
	if (!read->buyer_id[0] || !read->request_id[0])
		return;
	const struct quota_request *request = NULL;
	if (party_id_set(&key.buyer_id, read->buyer_id) &&
	    request_id_set(&key.request_id, read->request_id))
		request = table_find(&reading->state->requests, &key);
	*from = request ? table_number(&reading->state->requests, request) : 0;
	*end = request ? *from + 1 : 0;
}

static void reasons_add(const struct reading *reading, const struct quota_request *request,
                        Tasheem__Quota__V1__RequestReadReply *reply)
{
	uint32_t number = table_number(&reading->state->requests, request);
	const struct quota_exclusion *exclusion = table_find(&reading->state->exclusions, &number);
	if (!exclusion)
		return;
	reply->n_reasons = exclusion->reason_count;
	reply->reasons = quota_reasons_message(
	        reading->arena, quota_range_at(&reading->state->reasons, exclusion->first_reason),
	        exclusion->reason_count);
}

static struct bytes read_requests(const struct reading *reading,
                                  const Tasheem__Quota__V1__RequestRead *read)
{
	Tasheem__Quota__V1__RequestReadReply reply = TASHEEM__QUOTA__V1__REQUEST_READ_REPLY__INIT;
	reply.requests =
	        ARENA_ARRAY(reading->arena, Tasheem__Quota__V1__RequestChanged *, PAGE_ROWS);
	uint64_t first = (uint64_t)read->page * PAGE_ROWS;
	uint32_t from, end;
	request_bounds(reading, read, &from, &end);
	for (uint32_t at = from; at < end; at++) {
		const struct quota_request *request = quota_request_at(reading->state, at);
		if (!request_wanted(reading, request, read))
			continue;
		if (reply.total++ < first || reply.n_requests == PAGE_ROWS)
			continue;
		struct change_request *change = ARENA_NEW(reading->arena, struct change_request);
		*change = quota_request_change(reading->state, reading->arena, request);
		reply.requests[reply.n_requests++] =
		        quota_request_message(reading->state, reading->arena, change);
		if (end - from == 1)
			reasons_add(reading, request, &reply);
	}
	return wire_encode(reading->arena, &reply.base);
}

static bool ceiling_wanted(const struct reading *reading, const struct quota_ceiling *ceiling,
                           const Tasheem__Quota__V1__CeilingRead *read)
{
	const struct quota_state *state = reading->state;
	const struct quota_licence *licence = quota_licence_at(state, ceiling->key.licence);
	if (read->licence_id[0] && strcmp(read->licence_id, licence->licence_id.text) != 0)
		return false;
	if (read->family[0] &&
	    strcmp(read->family, quota_family_at(state, ceiling->key.family)->family.text) != 0)
		return false;
	struct quota_epoch epoch = quota_epoch_at(state, reading->now_ms);
	const struct quota_regime *regime = quota_regime_of(state, &epoch);
	const struct quota_rule *rule =
	        regime ? quota_rule_find(state, regime->version, ceiling->key.family) : NULL;
	int32_t month = read->month ? read->month : epoch.month;
	if (rule && quota_window_of(rule, month) != ceiling->key.window_month)
		return false;
	return sees_unit(reading, quota_party_at(state, licence->party));
}

static struct bytes read_ceilings(const struct reading *reading,
                                  const Tasheem__Quota__V1__CeilingRead *read)
{
	Tasheem__Quota__V1__CeilingReadReply reply = TASHEEM__QUOTA__V1__CEILING_READ_REPLY__INIT;
	reply.ceilings =
	        ARENA_ARRAY(reading->arena, Tasheem__Quota__V1__CeilingChanged *, PAGE_ROWS);
	uint64_t first = (uint64_t)read->page * PAGE_ROWS;
	for (uint32_t at = 0; at < reading->state->ceilings.count; at++) {
		const struct quota_ceiling *ceiling = quota_ceiling_at(reading->state, at);
		if (!ceiling_wanted(reading, ceiling, read))
			continue;
		if (reply.total++ < first || reply.n_ceilings == PAGE_ROWS)
			continue;
		struct change_ceiling change = quota_ceiling_change(ceiling);
		if (reading->kind == QUOTA_CEILING_WHY)
			change.derivation = &ceiling->derivation;
		reply.ceilings[reply.n_ceilings++] =
		        quota_ceiling_message(reading->state, reading->arena, &change);
	}
	return wire_encode(reading->arena, &reply.base);
}

static const struct quota_regime *regime_wanted(const struct reading *reading,
                                                const Tasheem__Quota__V1__RegimeRead *read)
{
	const struct quota_state *state = reading->state;
	if (read->version)
		return read->version <= state->regimes.count
		               ? table_at(&state->regimes, read->version - 1)
		               : NULL;
	int64_t at_ms = calendar_day_valid(read->day_jalali)
	                        ? calendar_day_start_ms(read->day_jalali)
	                        : reading->now_ms;
	struct quota_epoch epoch = quota_epoch_at(state, at_ms);
	return quota_regime_of(state, &epoch);
}

static struct bytes read_regime(const struct reading *reading,
                                const Tasheem__Quota__V1__RegimeRead *read)
{
	Tasheem__Quota__V1__RegimeReadReply reply = TASHEEM__QUOTA__V1__REGIME_READ_REPLY__INIT;
	Tasheem__Quota__V1__RegimeApproved approved = TASHEEM__QUOTA__V1__REGIME_APPROVED__INIT;
	const struct quota_regime *regime = regime_wanted(reading, read);
	reply.versions = reading->state->regimes.count;
	if (regime) {
		struct bytes text = {quota_range_at(&reading->state->texts, regime->text_offset),
		                     regime->text_size};
		approved.regime = (Tasheem__Quota__V1__Regime *)(uintptr_t)WIRE_DECODE_TRUSTED(
		        reading->arena, Tasheem__Quota__V1__Regime, tasheem__quota__v1__regime,
		        text);
		approved.approved_ms = regime->approved_ms;
		approved.approved_by = (char *)(uintptr_t)regime->approved_by.text;
		reply.regime = &approved;
	}
	return wire_encode(reading->arena, &reply.base);
}

/* False when the payload is malformed. */
static bool read_body(const struct reading *reading, struct bytes payload, struct bytes *body)
{
	if (reading->kind == QUOTA_REQUEST_READ) {
		const Tasheem__Quota__V1__RequestRead *read =
		        WIRE_DECODE(reading->arena, Tasheem__Quota__V1__RequestRead,
		                    tasheem__quota__v1__request_read, payload);
		if (read)
			*body = read_requests(reading, read);
		return read;
	}
	if (reading->kind == QUOTA_CEILING_READ || reading->kind == QUOTA_CEILING_WHY) {
		const Tasheem__Quota__V1__CeilingRead *read =
		        WIRE_DECODE(reading->arena, Tasheem__Quota__V1__CeilingRead,
		                    tasheem__quota__v1__ceiling_read, payload);
		if (!read || (read->month && !calendar_month_valid(read->month)))
			return false;
		*body = read_ceilings(reading, read);
		return true;
	}
	const Tasheem__Quota__V1__RegimeRead *read =
	        WIRE_DECODE(reading->arena, Tasheem__Quota__V1__RegimeRead,
	                    tasheem__quota__v1__regime_read, payload);
	if (!read || (read->day_jalali && !calendar_day_valid(read->day_jalali)))
		return false;
	*body = read_regime(reading, read);
	return true;
}

void quota_read(const struct quota_state *state, struct batch *batch, const struct item *item)
{
	struct verdict verdict = {.code = CODE_ACCEPTED};
	struct bytes body;
	struct reading reading = {state, batch_arena(batch),
	                          authorise_by_name(&state->authorise, &item->actor.name),
	                          item->kind, batch_now_ms(batch)};
	bool known = item->kind >= QUOTA_REQUEST_READ && item->kind <= QUOTA_REGIME_READ;
	if (!known)
		verdict_add(&verdict, CODE_INVALID, REASON_UNKNOWN_KIND, "kind", item->kind, 0);
	else if (!reading.principal)
		verdict_add(&verdict, CODE_DENIED, REASON_NOT_AUTHORISED, item->actor.name.text, 0,
		            0);
	else if (read_body(&reading, item->payload, &body)) {
		batch_reply(batch, item, body);
		return;
	} else
		verdict_add(&verdict, CODE_INVALID, REASON_MALFORMED, "payload", 0, 0);
	batch_answer(batch, item, &verdict);
}

/* why ID: the reason chain of a request, allocation, offer, round or ceiling, or of what is
 * registered (why_noun.c). */
#include "services/ctl/why.h"

#include <string.h>

#include "services/ctl/allocation.h"
#include "services/ctl/ceiling.h"
#include "services/ctl/message.h"
#include "services/ctl/request.h"
#include "services/ctl/round.h"
#include "services/ctl/show.h"
#include "services/ctl/stream.h"

static const char *kg(struct ctl *ctl, const json_t *object, const char *field)
{
	return show_number(ctl, json_number(object, field));
}

static void explain_reason(struct ctl *ctl, const json_t *reason)
{
	int code = 0;
	const char *name = json_text(reason, "code");
#define X(word, number)                                                                            \
	if (!strcmp(name, #word))                                                                  \
		code = number;
	REASON_LIST(X)
#undef X
	const char *const values[] = {show_id(ctl, json_text(reason, "subject")),
	                              kg(ctl, reason, "value"), kg(ctl, reason, "limit"), NULL};
	char text[512];
	catalogue_fill(catalogue_reason(ctl->language, (enum reason_code)code), values, text,
	               sizeof text);
	TELL(ctl, TEXT_WHY_REASON, show_id(ctl, name), text);
	const char *remedy = catalogue_remedy(ctl->language, (enum reason_code)code);
	if (*remedy)
		TELL(ctl, TEXT_REMEDY, remedy);
}

static void explain_share(struct ctl *ctl, const json_t *share)
{
	TELL(ctl, TEXT_WHY_SHARE, show_id(ctl, json_text(share, "round_id")),
	     kg(ctl, share, "draw"), kg(ctl, share, "asked_kg"), kg(ctl, share, "placed_kg"),
	     show_word(ctl, json_text(share, "reason")));
	/* Denominator 0: its whole demand was the level, and it was no more. */
	if (!strcmp(json_text(share, "reason"), "level") && json_number(share, "level_denominator"))
		TELL(ctl, TEXT_WHY_LEVEL, kg(ctl, share, "level"),
		     show_fraction(ctl, json_number(share, "level_numerator"),
		                   json_number(share, "level_denominator")));
	else if (strcmp(json_text(share, "reason"), "level") != 0 &&
	         (json_number(share, "value") || json_number(share, "limit")))
		TELL(ctl, TEXT_WHY_BOUND, kg(ctl, share, "value"), kg(ctl, share, "limit"));
	if (json_number(share, "mean_landed_rial_per_kg"))
		TELL(ctl, TEXT_WHY_LANDED, kg(ctl, share, "mean_landed_rial_per_kg"));
}

void why_allocation(struct ctl *ctl, const json_t *allocation)
{
	TELL(ctl, TEXT_WHY_ALLOCATION, show_id(ctl, json_text(allocation, "allocation_id")),
	     kg(ctl, allocation, "quantity_kg"), show_id(ctl, json_text(allocation, "grade")),
	     show_id(ctl, json_text(allocation, "offer_id")),
	     show_id(ctl, json_text(allocation, "supplier_id")),
	     kg(ctl, allocation, "price_rial_per_kg"), kg(ctl, allocation, "freight_rial_per_kg"),
	     show_word(ctl, json_text(allocation, "state")));
	if (json_is_true(json_object_get(allocation, "substitute")))
		TELL(ctl, TEXT_WHY_SUBSTITUTE, show_id(ctl, json_text(allocation, "grade")));
	if (!strcmp(json_text(allocation, "state"), "expired"))
		TELL(ctl, TEXT_WHY_EXPIRED,
		     show_instant(ctl, json_number(allocation, "pay_until_ms")
		                               ? json_number(allocation, "pay_until_ms")
		                               : json_number(allocation, "accept_until_ms")));
	const json_t *parts = json_object_get(allocation, "parts");
	for (size_t at = 0; at < json_array_size(parts); at++) {
		const json_t *part = json_array_get(parts, at);
		TELL(ctl, TEXT_WHY_PART, show_id(ctl, json_text(part, "party_id")),
		     show_id(ctl, json_text(part, "licence_id")), kg(ctl, part, "quantity_kg"),
		     show_word(ctl, json_is_true(json_object_get(part, "confirmed")) ? "confirmed"
		                                                                     : "waiting"));
	}
}

/* Each line with its ceiling, its reservation and its weight. */
static void explain_lines(struct ctl *ctl, struct session *session, const json_t *request)
{
	const json_t *lines = json_object_get(json_object_get(request, "request"), "lines");
	const json_t *reserved = json_object_get(request, "reserved_kg");
	const json_t *weights = json_object_get(request, "weight_kg");
	for (size_t at = 0; at < json_array_size(lines); at++) {
		const json_t *line = json_array_get(lines, at);
		TELL(ctl, TEXT_WHY_LINE, show_id(ctl, json_text(line, "party_id")),
		     show_id(ctl, json_text(line, "licence_id")), kg(ctl, line, "wanted_kg"),
		     show_number(ctl, (int64_t)json_integer_value(json_array_get(reserved, at))),
		     show_number(ctl, (int64_t)json_integer_value(json_array_get(weights, at))));
		if (json_array_size(lines) > 1)
			continue;
		json_t *ceilings = ceiling_read(session, json_text(line, "licence_id"),
		                                json_text(request, "family"), 0);
		if (json_array_size(ceilings))
			ceiling_explain(ctl, json_array_get(ceilings, 0));
		json_decref(ceilings);
	}
}

static void explain_shares(struct ctl *ctl, struct session *session, const json_t *request)
{
	const json_t *inner = json_object_get(request, "request");
	struct allocation_filter filter = {.buyer = json_text(inner, "buyer_id"),
	                                   .request = json_text(inner, "request_id")};
	json_t *reply = allocation_read(session, &filter);
	const json_t *shares = json_object_get(reply, "shares");
	const json_t *allocations = json_object_get(reply, "allocations");
	for (size_t at = 0; at < json_array_size(shares); at++) {
		const json_t *share = json_array_get(shares, at);
		explain_share(ctl, share);
		json_t *menu = why_menu(session, share);
		why_menu_tell(ctl, menu);
		json_decref(menu);
	}
	for (size_t at = 0; at < json_array_size(allocations); at++)
		why_allocation(ctl, json_array_get(allocations, at));
	json_decref(reply);
}

void why_request(struct ctl *ctl, struct session *session, const json_t *request)
{
	const json_t *inner = json_object_get(request, "request");
	const json_t *reasons = json_object_get(request, "reasons");
	TELL(ctl, TEXT_WHY_REQUEST, show_id(ctl, json_text(inner, "request_id")),
	     show_id(ctl, json_text(inner, "buyer_id")), kg(ctl, inner, "quantity_kg"),
	     show_id(ctl, json_text(inner, "grade")), show_id(ctl, json_text(request, "family")),
	     show_word(ctl, json_text(request, "state")), kg(ctl, request, "version"));
	TELL(ctl, TEXT_WHY_CLASS, kg(ctl, request, "priority_class"),
	     kg(ctl, request, "max_landed_rial_per_kg"));
	for (size_t at = 0; at < json_array_size(reasons); at++)
		explain_reason(ctl, json_array_get(reasons, at));
	explain_lines(ctl, session, request);
	explain_shares(ctl, session, request);
}

static void explain_offer(struct ctl *ctl, const json_t *offer)
{
	const json_t *inner = json_object_get(offer, "offer");
	TELL(ctl, TEXT_WHY_OFFER, show_id(ctl, json_text(inner, "offer_id")),
	     show_id(ctl, json_text(inner, "supplier_id")), kg(ctl, inner, "quantity_kg"),
	     show_id(ctl, json_text(inner, "grade")), kg(ctl, inner, "price_rial_per_kg"),
	     show_word(ctl, json_text(inner, "buyer_class")),
	     show_word(ctl, json_text(offer, "state")), kg(ctl, offer, "allocated_kg"));
}

static void explain_round(struct ctl *ctl, const json_t *round)
{
	TELL(ctl, TEXT_WHY_ROUND, show_id(ctl, json_text(round, "round_id")),
	     show_id(ctl, json_text(round, "family")), show_word(ctl, json_text(round, "state")),
	     kg(ctl, round, "regime_version"), show_word(ctl, json_text(round, "policy")),
	     show_word(ctl, json_text(round, "rounding")), kg(ctl, round, "draw"));
	TELL(ctl, TEXT_WHY_ROUND_SUMS, kg(ctl, round, "offered_kg"), kg(ctl, round, "asked_kg"),
	     kg(ctl, round, "placed_kg"), kg(ctl, round, "claimants"),
	     kg(ctl, round, "placed_claimants"));
	if (json_number(round, "level_denominator"))
		TELL(ctl, TEXT_WHY_ROUND_LEVEL,
		     show_fraction(ctl, json_number(round, "level_numerator"),
		                   json_number(round, "level_denominator")));
	TELL(ctl, TEXT_WHY_ROUND_SEED, show_id(ctl, json_text(round, "seed_commitment")),
	     show_id(ctl, json_text(round, "seed")), show_id(ctl, json_text(round, "book_digest")),
	     show_id(ctl, json_text(round, "bundle_digest")));
	if (*json_text(round, "reason"))
		TELL(ctl, TEXT_WHY_VOIDED, json_text(round, "reason"));
}

json_t *why_refusal(struct session *session, const char *request)
{
	struct ctl *ctl = session->ctl;
	struct stream *stream = ARENA_NEW(&ctl->arena, struct stream);
	const struct record *record;
	json_t *found = NULL;
	if (!stream_open(session, SERVICE_QUOTA, 0, stream))
		return NULL;
	while ((record = stream_next(stream))) {
		const char *slash =
		        record->correlation_id ? strchr(record->correlation_id, '/') : NULL;
		if (!slash || strcmp(slash + 1, request) != 0 || record->event_count)
			continue;
		const Tasheem__Common__V1__Answer *answer = stream_answer(ctl, record);
		if (!answer || answer->code != TASHEEM__COMMON__V1__CODE__CODE_REFUSED)
			continue;
		json_decref(found);
		found = stream_record_json(ctl, "quota", record);
	}
	stream_close(stream);
	return found;
}

void why_refused(struct ctl *ctl, const char *request, const json_t *record)
{
	const json_t *reasons = json_object_get(json_object_get(record, "answer"), "reasons");
	TELL(ctl, TEXT_WHY_REFUSED, show_id(ctl, request), kg(ctl, record, "sequence"),
	     show_instant(ctl, json_number(record, "time_ms")));
	for (size_t at = 0; at < json_array_size(reasons); at++)
		explain_reason(ctl, json_array_get(reasons, at));
}

static json_t *find_offer(struct session *session, const char *id)
{
	Tasheem__Matching__V1__OfferRead read = TASHEEM__MATCHING__V1__OFFER_READ__INIT;
	read.offer_id = call_text(id);
	json_t *reply =
	        call_pages(session, SERVICE_MATCHING,
	                   TASHEEM__MATCHING__V1__COMMAND_KIND__COMMAND_KIND_OFFER_READ, &read.base,
	                   &tasheem__matching__v1__offer_read_reply__descriptor);
	json_t *found = json_incref(json_array_get(json_object_get(reply, "offers"), 0));
	json_decref(reply);
	return found;
}

static json_t *find_round(struct session *session, const char *id)
{
	json_t *list = round_read(session, id, NULL);
	json_t *found = json_incref(json_array_get(list, 0));
	json_decref(list);
	return found;
}

static json_t *find_allocation(struct session *session, const char *id)
{
	struct allocation_filter filter = {.allocation = id};
	json_t *reply = allocation_read(session, &filter);
	json_t *found = json_incref(json_array_get(json_object_get(reply, "allocations"), 0));
	json_decref(reply);
	return found;
}

enum why_kind {
	WHY_NOTHING,
	WHY_REQUEST,
	WHY_ROUND,
	WHY_OFFER,
	WHY_ALLOCATION,
	WHY_REFUSED,
	WHY_NOUN
};

/* Ids do not say what they are of: ask in turn, quietly. */
static enum why_kind find_anything(struct ctl *ctl, const char *id, json_t **found)
{
	struct session *session = ctl_session(ctl);
	const char *buyer = ctl_option(ctl, OPTION_BUYER);
	ctl->quiet = true;
	if ((*found = request_find(session, buyer ? buyer : "", id)))
		return WHY_REQUEST;
	if ((*found = find_round(session, id)))
		return WHY_ROUND;
	if ((*found = find_offer(session, id)))
		return WHY_OFFER;
	if ((*found = find_allocation(session, id)))
		return WHY_ALLOCATION;
	if ((*found = why_refusal(session, id)))
		return WHY_REFUSED;
	if ((*found = why_noun_find(session, id)))
		return WHY_NOUN;
	return WHY_NOTHING;
}

/* The request with its shares, each with what would have helped. */
static void add_menus(struct session *session, json_t *request)
{
	const json_t *inner = json_object_get(request, "request");
	struct allocation_filter filter = {.buyer = json_text(inner, "buyer_id"),
	                                   .request = json_text(inner, "request_id")};
	json_t *reply = allocation_read(session, &filter), *share;
	size_t at;
	json_array_foreach(json_object_get(reply, "shares"), at, share)
	{
		json_t *menu = why_menu(session, share);
		json_object_set_new(share, "counterfactuals", menu ? menu : json_array());
	}
	json_object_set(request, "shares", json_object_get(reply, "shares"));
	json_decref(reply);
}

int why_run(struct ctl *ctl)
{
	const char *id = ctl_word(ctl, 0);
	json_t *found = NULL;
	if (ctl->word_count == 2)
		return ceiling_why(ctl);
	enum why_kind kind = find_anything(ctl, id, &found);
	ctl->quiet = false;
	if (kind == WHY_NOTHING) {
		TALK(ctl, TEXT_NOT_FOUND, show_id(ctl, id));
		return ctl->status == CTL_UNREACHABLE ? CTL_UNREACHABLE : CTL_REFUSED;
	}
	if (ctl->json && kind == WHY_REQUEST)
		add_menus(ctl_session(ctl), found);
	if (ctl->json)
		show_json(found);
	else if (kind == WHY_REQUEST)
		why_request(ctl, ctl_session(ctl), found);
	else if (kind == WHY_ROUND)
		explain_round(ctl, found);
	else if (kind == WHY_OFFER)
		explain_offer(ctl, found);
	else if (kind == WHY_ALLOCATION)
		why_allocation(ctl, found);
	else if (kind == WHY_NOUN)
		why_noun(ctl, found);
	else
		why_refused(ctl, id, found);
	json_decref(found);
	return CTL_OK;
}

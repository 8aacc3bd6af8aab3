/* round simulate: what the live book would come to if it closed now. Reads as the operator,
 * shares out in this process, writes nothing. Eligibility is as of filing: what quota would
 * exclude when the book closes is not known here. */
#include "services/ctl/simulate.h"

#include <sodium.h>
#include <string.h>

#include "services/ctl/call.h"
#include "services/ctl/rehearse.h"
#include "services/ctl/show.h"

#define MATCHING(name) TASHEEM__MATCHING__V1__COMMAND_KIND__COMMAND_KIND_##name
#define QUOTA(name) TASHEEM__QUOTA__V1__COMMAND_KIND__COMMAND_KIND_##name

static const size_t SPACE = (size_t)8 << 30;

/* Rows of a paged read, as they grow. */
struct rows {
	void **list;
	uint32_t count, room;
};

static void add_row(struct arena *arena, struct rows *rows, void *row)
{
	if (rows->count == rows->room) {
		uint32_t room = rows->room ? 2 * rows->room : 256;
		void **list = ARENA_ARRAY(arena, void *, room);
		if (rows->count)
			memcpy(list, rows->list, rows->count * sizeof *list);
		rows->list = list;
		rows->room = room;
	}
	rows->list[rows->count++] = row;
}

static bool read_suppliers(struct session *session, struct rows *rows)
{
	Tasheem__Matching__V1__SupplierRead read = TASHEEM__MATCHING__V1__SUPPLIER_READ__INIT;
	const Tasheem__Matching__V1__SupplierReadReply *reply;
	do {
		reply = (const Tasheem__Matching__V1__SupplierReadReply *)call_read(
		        session, SERVICE_MATCHING, MATCHING(SUPPLIER_READ), &read.base,
		        &tasheem__matching__v1__supplier_read_reply__descriptor);
		for (size_t at = 0; reply && at < reply->n_suppliers; at++)
			add_row(&session->ctl->arena, rows, reply->suppliers[at]);
		read.page++;
	} while (reply && reply->n_suppliers);
	return reply != NULL;
}

static bool read_offers(struct session *session, const char *family, struct rows *rows)
{
	Tasheem__Matching__V1__OfferRead read = TASHEEM__MATCHING__V1__OFFER_READ__INIT;
	const Tasheem__Matching__V1__OfferReadReply *reply;
	read.family = call_text(family);
	do {
		reply = (const Tasheem__Matching__V1__OfferReadReply *)call_read(
		        session, SERVICE_MATCHING, MATCHING(OFFER_READ), &read.base,
		        &tasheem__matching__v1__offer_read_reply__descriptor);
		for (size_t at = 0; reply && at < reply->n_offers; at++)
			if (reply->offers[at]->state ==
			    TASHEEM__MATCHING__V1__OFFER_STATE__OFFER_STATE_OPEN)
				add_row(&session->ctl->arena, rows, reply->offers[at]);
		read.page++;
	} while (reply && reply->n_offers);
	return reply != NULL;
}

static bool read_requests(struct session *session, const char *family, struct rows *rows)
{
	Tasheem__Quota__V1__RequestRead read = TASHEEM__QUOTA__V1__REQUEST_READ__INIT;
	const Tasheem__Quota__V1__RequestReadReply *reply;
	read.family = call_text(family);
	do {
		reply = (const Tasheem__Quota__V1__RequestReadReply *)call_read(
		        session, SERVICE_QUOTA, QUOTA(REQUEST_READ), &read.base,
		        &tasheem__quota__v1__request_read_reply__descriptor);
		for (size_t at = 0; reply && at < reply->n_requests; at++)
			if (reply->requests[at]->state ==
			    TASHEEM__QUOTA__V1__REQUEST_STATE__REQUEST_STATE_OPEN)
				add_row(&session->ctl->arena, rows, reply->requests[at]);
		read.page++;
	} while (reply && reply->n_requests);
	return reply != NULL;
}

static Tasheem__Quota__V1__RegimeApproved *read_regime(struct session *session)
{
	Tasheem__Quota__V1__RegimeRead read = TASHEEM__QUOTA__V1__REGIME_READ__INIT;
	const Tasheem__Quota__V1__RegimeReadReply *reply =
	        (const Tasheem__Quota__V1__RegimeReadReply *)call_read(
	                session, SERVICE_QUOTA, QUOTA(REGIME_READ), &read.base,
	                &tasheem__quota__v1__regime_read_reply__descriptor);
	if (reply && (!reply->regime || !reply->regime->regime)) {
		TALK(session->ctl, TEXT_NOT_FOUND, "regime");
		session->ctl->status = CTL_REFUSED;
		return NULL;
	}
	return reply ? reply->regime : NULL;
}

static void set_reserve(struct simulate_input *input)
{
	Tasheem__Quota__V1__Regime *regime = input->regime->regime;
	for (size_t at = 0; at < regime->n_families && input->rule.reserve_percent >= 0; at++)
		if (!strcmp(regime->families[at]->family, input->family))
			regime->families[at]->small_unit_reserve_percent =
			        input->rule.reserve_percent;
}

/* Per buyer: what he asks for and what he would get, in the order of the shares. */
static json_t *buyer_rows(const struct simulate_output *output)
{
	json_t *rows = json_object(), *list = json_array(), *row, *share;
	const char *id;
	size_t at;
	json_array_foreach(output->shares, at, share)
	{
		id = json_text(share, "buyer_id");
		row = json_object_get(rows, id);
		if (!row) {
			row = json_pack("{s:s}", "buyer_id", id);
			json_object_set_new_nocheck(rows, id, row);
		}
		/* Later lot sizes ask again for what was left. */
		int64_t asked =
		        json_number(share, "draw") == 1 ? json_number(share, "asked_kg") : 0;
		int64_t placed = json_number(share, "placed_kg");
		int64_t rial = placed * json_number(share, "mean_landed_rial_per_kg");
		json_object_set_new(row, "asked_kg",
		                    json_integer(json_number(row, "asked_kg") + asked));
		json_object_set_new(row, "placed_kg",
		                    json_integer(json_number(row, "placed_kg") + placed));
		json_object_set_new(row, "landed_rial",
		                    json_integer(json_number(row, "landed_rial") + rial));
		/* Of his requests, what kept one back. */
		const char *reason = json_text(row, "reason");
		if (!*reason || !strcmp(reason, "satisfied"))
			json_object_set(row, "reason", json_object_get(share, "reason"));
	}
	json_object_foreach(rows, id, row) json_array_append(list, row);
	json_decref(rows);
	return list;
}

static void show_simulation(struct ctl *ctl, const struct simulate_input *input,
                            struct simulate_output *output)
{
	json_t *round = output->round, *buyers = buyer_rows(output);
	if (ctl->json) {
		json_t *all = json_pack(
		        "{s:s, s:b, s:s, s:I, s:O, s:o, s:O, s:O}", "family", input->family,
		        "simulated", 1, "seed", json_text(round, "seed"), "passes",
		        (json_int_t)output->passes, "round", round, "buyers", buyers, "shares",
		        output->shares, "allocations", output->allocations);
		show_json(all);
		json_decref(all);
		return;
	}
	TELL(ctl, TEXT_SIMULATE_HEAD, show_id(ctl, input->family),
	     show_number(ctl, input->request_count), show_number(ctl, input->offer_count),
	     show_word(ctl, json_text(round, "policy")),
	     show_word(ctl, json_text(round, "rounding")), show_id(ctl, json_text(round, "seed")));
	TELL(ctl, TEXT_SIMULATE_SUMS, show_number(ctl, json_number(round, "offered_kg")),
	     show_number(ctl, json_number(round, "asked_kg")),
	     show_number(ctl, json_number(round, "placed_kg")),
	     show_number(ctl, (int64_t)json_array_size(buyers)),
	     show_number(ctl, json_number(round, "placed_claimants")));
	show_table(ctl, buyers, "buyer_id asked_kg placed_kg landed_rial reason");
	json_decref(buyers);
}

static bool simulate_family(struct session *session, struct simulate_input *input)
{
	struct ctl *ctl = session->ctl;
	struct rows offers = {0}, requests = {0};
	struct simulate_output output;
	struct arena arena;
	if (!read_offers(session, input->family, &offers) ||
	    !read_requests(session, input->family, &requests))
		return false;
	input->offers = (Tasheem__Matching__V1__OfferChanged **)offers.list;
	input->offer_count = offers.count;
	input->requests = (Tasheem__Quota__V1__RequestChanged **)requests.list;
	input->request_count = requests.count;
	if (!offers.count || !requests.count) {
		TALK(ctl, TEXT_SIMULATE_EMPTY, show_id(ctl, input->family));
		return true;
	}
	randombytes_buf(input->seed, sizeof input->seed);
	set_reserve(input);
	ctl->status = CTL_INTERNAL;
	if (!arena_open(&arena, SPACE))
		return false;
	bool good = simulate_round(&arena, input, &output);
	if (good) {
		ctl->status = CTL_OK;
		show_simulation(ctl, input, &output);
		json_decref(output.round);
		json_decref(output.shares);
		json_decref(output.allocations);
	} else {
		TALK(ctl, TEXT_WHATIF_WRONG, show_id(ctl, input->family), output.wrong);
	}
	arena_close(&arena);
	return good;
}

int round_simulate(struct ctl *ctl)
{
	struct session *session = ctl_session(ctl);
	const char *family = ctl_option(ctl, OPTION_FAMILY);
	struct simulate_input input = {.now_ms = ctl_now_ms(ctl)};
	struct rows suppliers = {0};
	bool good = true;
	whatif_options(ctl, &input.rule);
	input.regime = read_regime(session);
	if (!input.regime || !read_suppliers(session, &suppliers))
		return ctl->status;
	input.suppliers = (Tasheem__Matching__V1__Supplier **)suppliers.list;
	input.supplier_count = suppliers.count;
	const Tasheem__Quota__V1__Regime *regime = input.regime->regime;
	for (size_t at = 0; good && !family && at < regime->n_families; at++) {
		input.family = regime->families[at]->family;
		good = simulate_family(session, &input);
	}
	input.family = family;
	if (family)
		good = simulate_family(session, &input);
	return good ? CTL_OK : ctl->status;
}

/* The auditor's ledgers; see books.h for what it holds against whom. */
#include "tests/sim/books.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/arena.h"
#include "common/table.h"
#include "common/wire.h"
#include "tasheem/matching/v1/matching.pb-c.h"
#include "tasheem/membership/v1/membership.pb-c.h"
#include "tasheem/quota/v1/quota.pb-c.h"

enum { BOOKS_CAPACITY = 1 << 20, MAX_LINES = 200, STREAMS = 3 };

struct ceiling_key {
	struct licence_id licence;
	struct family_name family;
	int32_t month;
};

struct ceiling {
	struct ceiling_key key;
	int64_t told_kg, used_kg, ceiling_kg;
	bool told;
	/* Families of one product share a limit; empty: none. */
	struct family_name joint_family;
	int64_t joint_limit_kg;
	/* Sum of what request lines reserve. */
	int64_t lines_kg;
	bool touched;
};

struct request_key {
	struct party_id buyer;
	struct request_id request;
};

struct line {
	uint32_t ceiling;
	int64_t reserved_kg;
};

struct request {
	struct request_key key;
	uint32_t version;
	int state;
	int64_t quantity_kg;
	int64_t allocated_kg;
	char round[32];
	uint32_t line_count;
	struct line *lines;
};

struct offer {
	struct offer_id key;
	int64_t quantity_kg, base_kg, allocated_kg;
	int64_t told_kg;
};

struct allocation {
	struct allocation_id key;
	int state;
	int64_t live_kg;
	uint32_t offer, request;
};

struct member {
	struct party_id cooperative, party;
	bool active;
};

struct cooperative {
	struct party_id key;
	int32_t active;
};

struct books {
	struct arena arena;
	struct table ceilings, requests, offers, allocations, members, cooperatives;
	uint64_t sequence[STREAMS];
	char complaint[512];
	bool complained;
	uint32_t touched_count;
	uint32_t touched[4096];
	uint32_t told_count;
	uint32_t told[4096];
};

struct books *books_open(void)
{
	struct books *books = calloc(1, sizeof *books);
	CHECK(books && arena_open(&books->arena, (size_t)1 << 30));
	CHECK(table_open(&books->ceilings, "ceilings", sizeof(struct ceiling),
	                 sizeof(struct ceiling_key), BOOKS_CAPACITY));
	CHECK(table_open(&books->requests, "requests", sizeof(struct request),
	                 sizeof(struct request_key), BOOKS_CAPACITY));
	CHECK(table_open(&books->offers, "offers", sizeof(struct offer), sizeof(struct offer_id),
	                 BOOKS_CAPACITY));
	CHECK(table_open(&books->allocations, "allocations", sizeof(struct allocation),
	                 sizeof(struct allocation_id), BOOKS_CAPACITY));
	CHECK(table_open(&books->members, "members", sizeof(struct member),
	                 2 * sizeof(struct party_id), BOOKS_CAPACITY));
	CHECK(table_open(&books->cooperatives, "cooperatives", sizeof(struct cooperative),
	                 sizeof(struct party_id), BOOKS_CAPACITY));
	return books;
}

void books_close(struct books *books)
{
	for (uint32_t i = 0; i < books->requests.count; i++)
		free(((struct request *)table_at(&books->requests, i))->lines);
	table_close(&books->ceilings);
	table_close(&books->requests);
	table_close(&books->offers);
	table_close(&books->allocations);
	table_close(&books->members);
	table_close(&books->cooperatives);
	arena_close(&books->arena);
	free(books);
}

const char *books_complaint(void *context)
{
	struct books *books = context;
	return books->complained ? books->complaint : NULL;
}

static void PRINTF_LIKE(2, 3) complain(struct books *books, const char *format, ...)
{
	if (books->complained)
		return;
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(books->complaint, sizeof books->complaint, format, arguments);
	va_end(arguments);
	books->complained = true;
}

static struct ceiling *ceiling_of(struct books *books, const char *licence, const char *family,
                                  int32_t month)
{
	struct ceiling_key key;
	memset(&key, 0, sizeof key);
	CHECK(licence_id_set(&key.licence, licence) && family_name_set(&key.family, family));
	key.month = month;
	struct ceiling *row = table_put(&books->ceilings, &key);
	if (!row->touched && books->touched_count < 4096) {
		row->touched = true;
		books->touched[books->touched_count++] = table_number(&books->ceilings, row);
	}
	return row;
}

static void hear_ceiling(struct books *books, const Tasheem__Quota__V1__CeilingChanged *told)
{
	struct ceiling *row = ceiling_of(books, told->licence_id, told->family, told->window_month);
	row->told_kg = told->reserved_kg;
	row->used_kg = told->used_kg;
	row->ceiling_kg = told->ceiling_kg;
	row->told = true;
	if (told->derivation) {
		CHECK(family_name_set(&row->joint_family, told->derivation->joint_family));
		row->joint_limit_kg = told->derivation->joint_limit_kg;
	}
	if (told->reserved_kg < 0 || told->used_kg < 0 || told->ceiling_kg < 0)
		complain(books, "ceiling %s %s %d: a negative amount", told->licence_id,
		         told->family, told->window_month);
}

/* What families that share this ceiling's limit have taken together. */
static int64_t joint_taken_kg(const struct books *books, const struct ceiling *of)
{
	int64_t taken_kg = 0;
	for (uint32_t i = 0; i < books->ceilings.count; i++) {
		const struct ceiling *row = table_at(&books->ceilings, i);
		if (licence_id_equal(&row->key.licence, &of->key.licence) &&
		    row->key.month == of->key.month &&
		    family_name_equal(&row->joint_family, &of->joint_family))
			taken_kg += row->told_kg + row->used_kg;
	}
	return taken_kg;
}

/* A request never takes what is not free; what it gives back in the same change is free. */
static void hear_takings(struct books *books, Tasheem__Quota__V1__CeilingChanged **list,
                         size_t count)
{
	bool more[2 * MAX_LINES] = {false};
	CHECK(count <= 2 * MAX_LINES);
	for (size_t i = 0; i < count; i++) {
		const struct ceiling *row = ceiling_of(books, list[i]->licence_id, list[i]->family,
		                                       list[i]->window_month);
		more[i] = list[i]->reserved_kg > row->told_kg;
	}
	for (size_t i = 0; i < count; i++)
		hear_ceiling(books, list[i]);
	for (size_t i = 0; i < count; i++) {
		const struct ceiling *row = ceiling_of(books, list[i]->licence_id, list[i]->family,
		                                       list[i]->window_month);
		bool joint = !family_name_empty(&row->joint_family);
		if (more[i] && (row->told_kg + row->used_kg > row->ceiling_kg ||
		                (joint && joint_taken_kg(books, row) > row->joint_limit_kg)))
			complain(books, "ceiling %s %s %d: a request took more than was free",
			         list[i]->licence_id, list[i]->family, list[i]->window_month);
	}
}

static void hear_ceilings(struct books *books, Tasheem__Quota__V1__CeilingChanged **list,
                          size_t count)
{
	for (size_t i = 0; i < count; i++)
		hear_ceiling(books, list[i]);
}

static struct request *request_of(struct books *books, const char *buyer, const char *id)
{
	struct request_key key;
	memset(&key, 0, sizeof key);
	CHECK(party_id_set(&key.buyer, buyer) && request_id_set(&key.request, id));
	return table_put(&books->requests, &key);
}

static void set_line(struct books *books, struct request *request, uint32_t number,
                     int64_t reserved_kg)
{
	struct line *line = &request->lines[number];
	struct ceiling *ceiling = table_at(&books->ceilings, line->ceiling);
	ceiling->lines_kg += reserved_kg - line->reserved_kg;
	line->reserved_kg = reserved_kg;
	if (!ceiling->touched && books->touched_count < 4096) {
		ceiling->touched = true;
		books->touched[books->touched_count++] = line->ceiling;
	}
}

static void release_lines(struct books *books, struct request *request)
{
	for (uint32_t i = 0; i < request->line_count; i++)
		set_line(books, request, i, 0);
}

static void hear_request(struct books *books, const Tasheem__Quota__V1__RequestChanged *told)
{
	const Tasheem__Quota__V1__Request *from = told->request;
	struct request *request = request_of(books, from->buyer_id, from->request_id);
	if (told->version < request->version || told->version > request->version + 1)
		complain(books, "request %s: version %u after %u", from->request_id, told->version,
		         request->version);
	release_lines(books, request);
	request->version = told->version;
	request->state = (int)told->state;
	request->quantity_kg = from->quantity_kg;
	snprintf(request->round, sizeof request->round, "%s", told->round_id);
	free(request->lines);
	request->line_count = (uint32_t)from->n_lines;
	request->lines = calloc(from->n_lines + 1, sizeof *request->lines);
	CHECK(request->lines);
	int64_t sum_kg = 0;
	for (uint32_t i = 0; i < request->line_count; i++) {
		int64_t kg = i < told->n_reserved_kg ? told->reserved_kg[i] : 0;
		struct ceiling *ceiling = ceiling_of(books, from->lines[i]->licence_id,
		                                     told->family, told->window_month);
		request->lines[i].ceiling = table_number(&books->ceilings, ceiling);
		set_line(books, request, i, kg);
		sum_kg += kg;
	}
	if (told->state == TASHEEM__QUOTA__V1__REQUEST_STATE__REQUEST_STATE_OPEN &&
	    sum_kg != from->quantity_kg)
		complain(books, "request %s reserves %" PRId64 " of %" PRId64 " kg",
		         from->request_id, sum_kg, from->quantity_kg);
	hear_takings(books, told->ceilings, told->n_ceilings);
}

static void hear_excluded(struct books *books, const Tasheem__Quota__V1__RequestExcluded *told)
{
	struct request *request = request_of(books, told->buyer_id, told->request_id);
	release_lines(books, request);
	request->state = TASHEEM__QUOTA__V1__REQUEST_STATE__REQUEST_STATE_EXCLUDED;
	if (told->version)
		request->version = told->version;
	if (told->n_reasons == 0)
		complain(books, "request %s: excluded without a reason", told->request_id);
	hear_ceilings(books, told->ceilings, told->n_ceilings);
}

static void hear_book(struct books *books, const Tasheem__Quota__V1__BookClosed *told)
{
	uint32_t count = 0;
	for (uint32_t i = 0; i < books->requests.count; i++) {
		const struct request *request = table_at(&books->requests, i);
		count += request->state ==
		                 TASHEEM__QUOTA__V1__REQUEST_STATE__REQUEST_STATE_IN_BOOK &&
		         strcmp(request->round, told->round_id) == 0;
	}
	if (count != told->count)
		complain(books, "book of %s: %u requests said, %u in it", told->round_id,
		         told->count, count);
}

enum { NEW, PROVISIONAL, OPEN, ACCEPTED, DECLINED, EXPIRED, PAID, DELIVERED, DISTRIBUTED, VOIDED };

static bool is_live(int state)
{
	return state != DECLINED && state != EXPIRED && state != VOIDED;
}

/* What is paid counts as used, to the kilogram and once; nothing else does. */
static void check_used(struct books *books, const Tasheem__Quota__V1__RoundLearned *told)
{
	const Tasheem__Quota__V1__AllocationLearned *allocation = told->allocation;
	bool paid = allocation->state >= PAID && allocation->state <= DISTRIBUTED;
	int64_t more_kg = 0;
	for (size_t i = 0; i < told->n_ceilings; i++) {
		const Tasheem__Quota__V1__CeilingChanged *after = told->ceilings[i];
		more_kg += after->used_kg -
		           ceiling_of(books, after->licence_id, after->family, after->window_month)
		                   ->used_kg;
	}
	for (size_t i = 0; paid && i < allocation->n_lines; i++)
		more_kg -= allocation->lines[i]->quantity_kg;
	if (more_kg != 0)
		complain(books, "allocation %s: %" PRId64 " kg used too much",
		         allocation->allocation_id, more_kg);
}

static void hear_round_learned(struct books *books, const Tasheem__Quota__V1__RoundLearned *told)
{
	const Tasheem__Quota__V1__AllocationLearned *allocation = told->allocation;
	struct request *request =
	        allocation ? request_of(books, allocation->buyer_id, allocation->request_id) : NULL;
	bool gone = allocation && !is_live((int)allocation->state);
	if (allocation)
		check_used(books, told);
	for (size_t i = 0; allocation && i < allocation->n_lines; i++) {
		const Tasheem__Quota__V1__LineLearned *line = allocation->lines[i];
		if (line->line >= request->line_count)
			continue;
		int64_t before_kg = request->lines[line->line].reserved_kg;
		if (gone && !told->over && line->reserved_kg < before_kg)
			complain(books, "allocation %s: released before the round is over",
			         allocation->allocation_id);
		set_line(books, request, line->line, line->reserved_kg);
	}
	hear_ceilings(books, told->ceilings, told->n_ceilings);
}

static void hear_offer(struct books *books, const Tasheem__Matching__V1__OfferChanged *told)
{
	struct offer_id key;
	CHECK(offer_id_set(&key, told->offer->offer_id));
	struct offer *offer = table_put(&books->offers, &key);
	offer->quantity_kg = told->offer->quantity_kg;
	offer->base_kg = told->offer->allocation_base_kg;
	offer->told_kg = told->allocated_kg;
	if (books->told_count < 4096)
		books->told[books->told_count++] = table_number(&books->offers, offer);
}

/* Which states an allocation may have come from, as bits. */
static bool may_become(int before, int now)
{
	static const unsigned from[] = {
	        [PROVISIONAL] = 1u << NEW | 1u << PROVISIONAL,
	        [OPEN] = 1u << PROVISIONAL,
	        [ACCEPTED] = 1u << OPEN,
	        [DECLINED] = 1u << OPEN | 1u << ACCEPTED,
	        [EXPIRED] = 1u << OPEN | 1u << ACCEPTED,
	        [PAID] = 1u << ACCEPTED,
	        [DELIVERED] = 1u << PAID | 1u << DELIVERED,
	        [DISTRIBUTED] = 1u << DELIVERED | 1u << DISTRIBUTED,
	        [VOIDED] = 1u << PROVISIONAL | 1u << OPEN | 1u << ACCEPTED,
	};
	return now > 0 && now < (int)(sizeof from / sizeof *from) && (from[now] >> before & 1u);
}

static void hear_allocation(struct books *books,
                            const Tasheem__Matching__V1__AllocationChanged *told)
{
	struct allocation_id key;
	struct offer_id offer_key;
	CHECK(allocation_id_set(&key, told->allocation_id));
	CHECK(offer_id_set(&offer_key, told->offer_id));
	struct offer *offer = table_put(&books->offers, &offer_key);
	struct request *request = request_of(books, told->buyer_id, told->request_id);
	struct allocation *row = table_put(&books->allocations, &key);
	int64_t live_kg = is_live((int)told->state) ? told->quantity_kg : 0;
	offer->allocated_kg += live_kg - row->live_kg;
	request->allocated_kg += live_kg - row->live_kg;
	row->live_kg = live_kg;
	if (!may_become(row->state, (int)told->state))
		complain(books, "allocation %s: state %d after %d", told->allocation_id,
		         (int)told->state, row->state);
	row->state = (int)told->state;
	if (offer->allocated_kg > offer->quantity_kg)
		complain(books, "offer %s: %" PRId64 " of %" PRId64 " kg allocated", told->offer_id,
		         offer->allocated_kg, offer->quantity_kg);
	if (offer->base_kg && told->quantity_kg % offer->base_kg)
		complain(books, "allocation %s: %" PRId64 " kg are no whole lots of %" PRId64,
		         told->allocation_id, told->quantity_kg, offer->base_kg);
	if (request->quantity_kg && request->allocated_kg > request->quantity_kg)
		complain(books, "request %s: %" PRId64 " of %" PRId64 " kg allocated",
		         told->request_id, request->allocated_kg, request->quantity_kg);
}

static void hear_membership(struct books *books,
                            const Tasheem__Membership__V1__MembershipChanged *told)
{
	const Tasheem__Membership__V1__Membership *from = told->membership;
	struct party_id key[2];
	CHECK(party_id_set(&key[0], from->cooperative_id));
	CHECK(party_id_set(&key[1], from->party_id));
	struct member *member = table_put(&books->members, key);
	struct cooperative *cooperative = table_put(&books->cooperatives, &key[0]);
	bool active =
	        from->state == TASHEEM__MEMBERSHIP__V1__MEMBERSHIP_STATE__MEMBERSHIP_STATE_ACTIVE;
	cooperative->active += (active ? 1 : 0) - (member->active ? 1 : 0);
	member->active = active;
	if (cooperative->active != told->active_members)
		complain(books, "cooperative %s: %d active members said, %d counted",
		         from->cooperative_id, told->active_members, cooperative->active);
}

#define HEAR(type, prefix, function)                                                               \
	function(books, (const Tasheem__##type *)wire_decode_trusted(                              \
	                        &books->arena, &tasheem__##prefix##__descriptor, event->payload))

static void hear(struct books *books, const struct wire_event *event)
{
	switch (event->kind) {
	case 1103:
		HEAR(Membership__V1__MembershipChanged, membership__v1__membership_changed,
		     hear_membership);
		return;
	case 1202:
		HEAR(Quota__V1__CeilingChanged, quota__v1__ceiling_changed, hear_ceiling);
		return;
	case 1203:
		HEAR(Quota__V1__RequestChanged, quota__v1__request_changed, hear_request);
		return;
	case 1204:
		HEAR(Quota__V1__RequestExcluded, quota__v1__request_excluded, hear_excluded);
		return;
	case 1205:
		HEAR(Quota__V1__BookClosed, quota__v1__book_closed, hear_book);
		return;
	case 1216:
		HEAR(Quota__V1__RoundLearned, quota__v1__round_learned, hear_round_learned);
		return;
	case 1301:
		HEAR(Matching__V1__OfferChanged, matching__v1__offer_changed, hear_offer);
		return;
	case 1303:
		HEAR(Matching__V1__AllocationChanged, matching__v1__allocation_changed,
		     hear_allocation);
		return;
	default:
		return;
	}
}

/* Ceilings are held against their lines once a record is whole. */
static void settle_touched(struct books *books)
{
	for (uint32_t i = 0; i < books->touched_count; i++) {
		struct ceiling *row = table_at(&books->ceilings, books->touched[i]);
		row->touched = false;
		if (row->told ? row->told_kg != row->lines_kg : row->lines_kg != 0)
			complain(books,
			         "ceiling %s %s %d: %" PRId64
			         " kg reserved, requests reserve %" PRId64,
			         row->key.licence.text, row->key.family.text, row->key.month,
			         row->told_kg, row->lines_kg);
	}
	books->touched_count = 0;
	for (uint32_t i = 0; i < books->told_count; i++) {
		const struct offer *offer = table_at(&books->offers, books->told[i]);
		if (offer->told_kg != offer->allocated_kg)
			complain(books, "offer %s: %" PRId64 " kg given, allocations have %" PRId64,
			         offer->key.text, offer->told_kg, offer->allocated_kg);
	}
	books->told_count = 0;
}

void books_observe(void *context, const char *stream, const struct record *record)
{
	static const char *const streams[STREAMS] = {"membership", "quota", "matching"};
	struct books *books = context;
	for (int i = 0; i < STREAMS; i++)
		if (strcmp(streams[i], stream) == 0 && record->sequence != ++books->sequence[i])
			complain(books, "%s: sequence %" PRIu64 " after %" PRIu64, stream,
			         record->sequence, books->sequence[i] - 1);
	arena_reset(&books->arena);
	for (uint32_t i = 0; i < record->event_count; i++)
		hear(books, &record->events[i]);
	settle_touched(books);
}

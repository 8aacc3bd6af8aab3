/* Reads of the registry: pages of a noun, in the order of registration. */
#include "services/membership/messages.h"

#include <string.h>

#include "common/wire.h"

typedef Tasheem__Membership__V1__RegistryReadReply reply_message;

/* What is asked for: rows from `first` on, at most a page. */
struct page {
	const char *id;
	uint64_t first;
	uint32_t matched;
	uint32_t taken;
};

/* Counts a row that matches; true when it belongs to the page. */
static bool page_takes(struct page *page, const char *id)
{
	if (page->id[0] && strcmp(page->id, id) != 0)
		return false;
	uint64_t at = page->matched++;
	if (at < page->first || page->taken >= READ_PAGE_ROWS)
		return false;
	page->taken++;
	return true;
}

/* Walks a table of `row_type`; `id` is what the page's id is held against. */
#define READ_TABLE(table, row_type, id_text, message_type, field, make)                            \
	do {                                                                                       \
		reply->field = ARENA_ARRAY(arena, Tasheem__Membership__V1__##message_type *,       \
		                           READ_PAGE_ROWS);                                        \
		for (uint32_t i = 0; i < (table)->count; i++) {                                    \
			const row_type *row = table_at(table, i);                                  \
			if (page_takes(page, row->id_text))                                        \
				reply->field[reply->n_##field++] = make(arena, row);               \
		}                                                                                  \
	} while (0)

static void read_registry(const struct membership_state *state, struct arena *arena,
                          Tasheem__Membership__V1__Noun noun, struct page *page,
                          reply_message *reply)
{
	if (noun == TASHEEM__MEMBERSHIP__V1__NOUN__NOUN_PARTY)
		READ_TABLE(&state->parties, struct party, id.text, Party, parties,
		           message_of_party);
	else if (noun == TASHEEM__MEMBERSHIP__V1__NOUN__NOUN_UNION)
		READ_TABLE(&state->unions, struct syndicate, id.text, Union, unions,
		           message_of_union);
	else if (noun == TASHEEM__MEMBERSHIP__V1__NOUN__NOUN_COOPERATIVE)
		READ_TABLE(&state->cooperatives, struct cooperative, id.text, Cooperative,
		           cooperatives, message_of_cooperative);
	else if (noun == TASHEEM__MEMBERSHIP__V1__NOUN__NOUN_MEMBERSHIP)
		READ_TABLE(&state->memberships, struct membership, key.cooperative_id.text,
		           Membership, memberships, message_of_membership);
	else if (noun == TASHEEM__MEMBERSHIP__V1__NOUN__NOUN_LICENCE)
		READ_TABLE(&state->licences, struct licence, id.text, Licence, licences,
		           message_of_licence);
	else if (noun == TASHEEM__MEMBERSHIP__V1__NOUN__NOUN_PRINCIPAL)
		READ_TABLE(&state->authorise.principals, struct principal, name.text, Principal,
		           principals, message_of_principal);
	else
		READ_TABLE(&state->authorise.mandates, struct mandate, key.party_id.text, Mandate,
		           mandates, message_of_mandate);
}

bool membership_read(const struct membership_state *state, struct arena *arena,
                     struct bytes payload, struct bytes *reply, struct verdict *verdict)
{
	memset(verdict, 0, sizeof *verdict);
	verdict->code = CODE_ACCEPTED;
	const Tasheem__Membership__V1__RegistryRead *read =
	        WIRE_DECODE(arena, Tasheem__Membership__V1__RegistryRead,
	                    tasheem__membership__v1__registry_read, payload);
	if (!read) {
		verdict_add(verdict, CODE_INVALID, REASON_MALFORMED, "registry_read", 0, 0);
		return false;
	}
	if (read->noun < TASHEEM__MEMBERSHIP__V1__NOUN__NOUN_PARTY ||
	    read->noun > TASHEEM__MEMBERSHIP__V1__NOUN__NOUN_MANDATE) {
		verdict_add(verdict, CODE_INVALID, REASON_OUT_OF_RANGE, "noun", read->noun, 0);
		return false;
	}
	reply_message message = TASHEEM__MEMBERSHIP__V1__REGISTRY_READ_REPLY__INIT;
	struct page page = {read->id, (uint64_t)read->page * READ_PAGE_ROWS, 0, 0};
	read_registry(state, arena, read->noun, &page, &message);
	message.total = page.matched;
	*reply = wire_encode(arena, &message.base);
	return true;
}

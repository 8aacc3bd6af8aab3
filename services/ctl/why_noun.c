/* why ID for what is registered: a licence by the ceilings that follow from it; a party, a
 * cooperative, a union, a principal, a supplier as it stands, and what a buyer has asked for. */
#include <string.h>

#include "services/ctl/ceiling.h"
#include "services/ctl/message.h"
#include "services/ctl/show.h"
#include "services/ctl/why.h"
#include "tasheem/matching/v1/matching.pb-c.h"
#include "tasheem/membership/v1/membership.pb-c.h"

struct place {
	Tasheem__Membership__V1__Noun noun;
	/* The field of RegistryReadReply. */
	const char *field;
};
enum { PLACES = 5 };
static const struct place places[PLACES] = {
        {TASHEEM__MEMBERSHIP__V1__NOUN__NOUN_PARTY, "parties"},
        {TASHEEM__MEMBERSHIP__V1__NOUN__NOUN_COOPERATIVE, "cooperatives"},
        {TASHEEM__MEMBERSHIP__V1__NOUN__NOUN_UNION, "unions"},
        {TASHEEM__MEMBERSHIP__V1__NOUN__NOUN_LICENCE, "licences"},
        {TASHEEM__MEMBERSHIP__V1__NOUN__NOUN_PRINCIPAL, "principals"},
};

/* Moves the list `field` of a reply to `found`, if there is anything in it. */
static void keep(json_t *found, json_t *reply, const char *field)
{
	json_t *list = json_object_get(reply, field);
	if (json_array_size(list))
		json_object_set(found, field, list);
	json_decref(reply);
}

static void find_registered(struct session *session, const char *id, json_t *found)
{
	for (size_t at = 0; at < PLACES; at++) {
		Tasheem__Membership__V1__RegistryRead read =
		        TASHEEM__MEMBERSHIP__V1__REGISTRY_READ__INIT;
		read.noun = places[at].noun;
		read.id = call_text(id);
		keep(found,
		     call_pages(session, SERVICE_MEMBERSHIP,
		                TASHEEM__MEMBERSHIP__V1__COMMAND_KIND__COMMAND_KIND_REGISTRY_READ,
		                &read.base,
		                &tasheem__membership__v1__registry_read_reply__descriptor),
		     places[at].field);
	}
}

static void find_supplier(struct session *session, const char *id, json_t *found)
{
	Tasheem__Matching__V1__SupplierRead read = TASHEEM__MATCHING__V1__SUPPLIER_READ__INIT;
	json_t *reply =
	        call_pages(session, SERVICE_MATCHING,
	                   TASHEEM__MATCHING__V1__COMMAND_KIND__COMMAND_KIND_SUPPLIER_READ,
	                   &read.base, &tasheem__matching__v1__supplier_read_reply__descriptor);
	const json_t *list = json_object_get(reply, "suppliers");
	for (size_t at = 0; at < json_array_size(list); at++) {
		json_t *one = json_array_get(list, at);
		if (!strcmp(json_text(one, "supplier_id"), id))
			json_object_set_new(found, "suppliers", json_pack("[O]", one));
	}
	json_decref(reply);
}

static void find_requests(struct session *session, const char *id, json_t *found)
{
	Tasheem__Quota__V1__RequestRead read = TASHEEM__QUOTA__V1__REQUEST_READ__INIT;
	read.buyer_id = call_text(id);
	keep(found,
	     call_pages(session, SERVICE_QUOTA,
	                TASHEEM__QUOTA__V1__COMMAND_KIND__COMMAND_KIND_REQUEST_READ, &read.base,
	                &tasheem__quota__v1__request_read_reply__descriptor),
	     "requests");
}

/* The ceilings of a licence, each with its derivation. */
static void find_ceilings(struct session *session, const char *id, json_t *found)
{
	json_t *list = ceiling_read(session, id, NULL, 0);
	json_t *derived = json_array();
	for (size_t at = 0; at < json_array_size(list); at++) {
		json_t *one =
		        ceiling_read(session, id, json_text(json_array_get(list, at), "family"), 0);
		json_array_extend(derived, one);
		json_decref(one);
	}
	if (json_array_size(derived))
		json_object_set(found, "ceilings", derived);
	json_decref(derived);
	json_decref(list);
}

json_t *why_noun_find(struct session *session, const char *id)
{
	json_t *found = json_object();
	find_registered(session, id, found);
	find_supplier(session, id, found);
	find_ceilings(session, id, found);
	if (json_object_get(found, "parties") || json_object_get(found, "cooperatives"))
		find_requests(session, id, found);
	if (json_object_size(found))
		return found;
	json_decref(found);
	return NULL;
}

void why_noun(struct ctl *ctl, const json_t *found)
{
	const char *field;
	json_t *list;
	json_object_foreach((json_t *)(uintptr_t)found, field, list)
	{
		if (!strcmp(field, "requests")) {
			show_table(ctl, list,
			           "request.request_id family request.grade request.quantity_kg "
			           "priority_class version state");
			continue;
		}
		for (size_t at = 0; at < json_array_size(list); at++) {
			const json_t *one = json_array_get(list, at);
			if (!strcmp(field, "ceilings"))
				ceiling_explain(ctl, one);
			else
				show_object(ctl, one);
		}
	}
}

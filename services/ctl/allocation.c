/* allocation list | accept | decline | paid | delivered, distribution show | confirm. */
#include "services/ctl/allocation.h"

#include <string.h>

#include "services/ctl/message.h"
#include "services/ctl/show.h"

#define KIND(name) TASHEEM__MATCHING__V1__COMMAND_KIND__COMMAND_KIND_##name

json_t *allocation_read(struct session *session, const struct allocation_filter *filter)
{
	Tasheem__Matching__V1__AllocationRead read = TASHEEM__MATCHING__V1__ALLOCATION_READ__INIT;
	read.allocation_id = call_text(filter->allocation);
	read.round_id = call_text(filter->round);
	read.buyer_id = call_text(filter->buyer);
	read.request_id = call_text(filter->request);
	return call_pages(session, SERVICE_MATCHING, KIND(ALLOCATION_READ), &read.base,
	                  &tasheem__matching__v1__allocation_read_reply__descriptor);
}

int allocation_list(struct ctl *ctl)
{
	struct allocation_filter filter = {.round = ctl_option(ctl, OPTION_ROUND),
	                                   .buyer = ctl_option(ctl, OPTION_BUYER),
	                                   .request = ctl_option(ctl, OPTION_REQUEST)};
	json_t *reply = allocation_read(ctl_session(ctl), &filter);
	if (!reply)
		return ctl->status;
	show_list(ctl, json_object_get(reply, "allocations"),
	          "allocation_id buyer_id request_id offer_id grade quantity_kg "
	          "price_rial_per_kg draw state pay_until_ms");
	json_decref(reply);
	return CTL_OK;
}

static int answer_allocation(struct ctl *ctl, uint32_t kind)
{
	Tasheem__Matching__V1__AllocationAnswer command =
	        TASHEEM__MATCHING__V1__ALLOCATION_ANSWER__INIT;
	command.allocation_id = call_text(ctl_word(ctl, 0));
	return call_command(ctl_session(ctl), SERVICE_MATCHING, kind, &command.base,
	                    command.allocation_id);
}

int allocation_accept(struct ctl *ctl)
{
	return answer_allocation(ctl, KIND(ALLOCATION_ACCEPT));
}

int allocation_decline(struct ctl *ctl)
{
	return answer_allocation(ctl, KIND(ALLOCATION_DECLINE));
}

int allocation_paid(struct ctl *ctl)
{
	Tasheem__Matching__V1__AllocationPaid command =
	        TASHEEM__MATCHING__V1__ALLOCATION_PAID__INIT;
	command.allocation_id = call_text(ctl_word(ctl, 0));
	ctl_need(ctl, OPTION_RIAL);
	command.paid_rial = ctl_number(ctl, OPTION_RIAL, 0);
	command.value_ms = ctl_instant(ctl, OPTION_VALUE, ctl_now_ms(ctl));
	return call_command(ctl_session(ctl), SERVICE_MATCHING, KIND(ALLOCATION_PAID),
	                    &command.base, command.allocation_id);
}

int allocation_delivered(struct ctl *ctl)
{
	Tasheem__Matching__V1__AllocationDelivered command =
	        TASHEEM__MATCHING__V1__ALLOCATION_DELIVERED__INIT;
	command.allocation_id = call_text(ctl_word(ctl, 0));
	ctl_need(ctl, OPTION_KG);
	command.delivered_kg = ctl_number(ctl, OPTION_KG, 0);
	return call_command(ctl_session(ctl), SERVICE_MATCHING, KIND(ALLOCATION_DELIVERED),
	                    &command.base, command.allocation_id);
}

int distribution_show(struct ctl *ctl)
{
	struct allocation_filter filter = {.allocation = ctl_word(ctl, 0)};
	json_t *reply = allocation_read(ctl_session(ctl), &filter);
	if (!reply)
		return ctl->status;
	json_t *one = json_array_get(json_object_get(reply, "allocations"), 0);
	if (one && !ctl->json)
		TELL(ctl, TEXT_DISTRIBUTION, show_id(ctl, filter.allocation),
		     show_id(ctl, json_text(one, "buyer_id")),
		     show_number(ctl, json_number(one, "delivered_kg")),
		     show_instant(ctl, json_number(one, "distribute_until_ms")),
		     show_word(ctl, json_text(one, "state")));
	if (one)
		show_list(ctl, json_object_get(one, "parts"),
		          "party_id licence_id quantity_kg received_kg confirmed window_month");
	else
		TALK(ctl, TEXT_NOT_FOUND, show_id(ctl, filter.allocation));
	json_decref(reply);
	return one ? CTL_OK : CTL_REFUSED;
}

int distribution_confirm(struct ctl *ctl)
{
	Tasheem__Matching__V1__DistributionConfirm command =
	        TASHEEM__MATCHING__V1__DISTRIBUTION_CONFIRM__INIT;
	command.allocation_id = call_text(ctl_word(ctl, 0));
	command.party_id = call_text(ctl_need(ctl, OPTION_PARTY));
	command.licence_id = call_text(ctl_need(ctl, OPTION_LICENCE));
	ctl_need(ctl, OPTION_KG);
	command.received_kg = ctl_number(ctl, OPTION_KG, 0);
	return call_command(ctl_session(ctl), SERVICE_MATCHING, KIND(DISTRIBUTION_CONFIRM),
	                    &command.base, command.allocation_id);
}

/* supplier register | list, offer publish | withdraw | list. */
#include "common/calendar.h"
#include "services/ctl/call.h"
#include "services/ctl/show.h"
#include "tasheem/matching/v1/matching.pb-c.h"
#include "services/ctl/message.h"

#define KIND(name) TASHEEM__MATCHING__V1__COMMAND_KIND__COMMAND_KIND_##name

int supplier_register(struct ctl *ctl)
{
	Tasheem__Matching__V1__Supplier supplier = TASHEEM__MATCHING__V1__SUPPLIER__INIT;
	Tasheem__Matching__V1__SupplierRegister command =
	        TASHEEM__MATCHING__V1__SUPPLIER_REGISTER__INIT;
	supplier.supplier_id = call_text(ctl_word(ctl, 0));
	supplier.name = call_text(ctl_word(ctl, 1));
	supplier.province = call_text(ctl_word(ctl, 2));
	command.supplier = &supplier;
	return call_command(ctl_session(ctl), SERVICE_MATCHING, KIND(SUPPLIER_REGISTER),
	                    &command.base, supplier.supplier_id);
}

int supplier_list(struct ctl *ctl)
{
	Tasheem__Matching__V1__SupplierRead read = TASHEEM__MATCHING__V1__SUPPLIER_READ__INIT;
	json_t *reply =
	        call_pages(ctl_session(ctl), SERVICE_MATCHING, KIND(SUPPLIER_READ), &read.base,
	                   &tasheem__matching__v1__supplier_read_reply__descriptor);
	if (!reply)
		return ctl->status;
	show_list(ctl, json_object_get(reply, "suppliers"), "supplier_id name province");
	json_decref(reply);
	return CTL_OK;
}

static int enum_option(struct ctl *ctl, enum option_id id,
                       const ProtobufCEnumDescriptor *descriptor, int otherwise)
{
	const char *text = ctl_option(ctl, id);
	int value = otherwise;
	if (text && !message_enum_parse(descriptor, text, &value))
		ctl_misuse(ctl, TEXT_BAD_OPTION, ctl_option_name(id));
	return value;
}

int offer_publish(struct ctl *ctl)
{
	Tasheem__Matching__V1__Offer offer = TASHEEM__MATCHING__V1__OFFER__INIT;
	Tasheem__Matching__V1__OfferPublish command = TASHEEM__MATCHING__V1__OFFER_PUBLISH__INIT;
	offer.offer_id = call_text(ctl_word(ctl, 0));
	offer.supplier_id = call_text(ctl_need(ctl, OPTION_SUPPLIER));
	offer.grade = call_text(ctl_need(ctl, OPTION_GRADE));
	ctl_need(ctl, OPTION_KG);
	ctl_need(ctl, OPTION_BASE_KG);
	ctl_need(ctl, OPTION_PRICE);
	offer.quantity_kg = ctl_number(ctl, OPTION_KG, 0);
	offer.allocation_base_kg = ctl_number(ctl, OPTION_BASE_KG, 0);
	offer.minimum_allocation_kg = ctl_number(ctl, OPTION_MINIMUM_KG, offer.allocation_base_kg);
	offer.price_rial_per_kg = ctl_number(ctl, OPTION_PRICE, 0);
	offer.buyer_class = (Tasheem__Matching__V1__BuyerClass)enum_option(
	        ctl, OPTION_CLASS, &tasheem__matching__v1__buyer_class__descriptor, 1);
	offer.settlement = (Tasheem__Matching__V1__Settlement)enum_option(
	        ctl, OPTION_SETTLEMENT, &tasheem__matching__v1__settlement__descriptor, 1);
	offer.offered_on_jalali = ctl_day(ctl, OPTION_DAY);
	if (!offer.offered_on_jalali)
		offer.offered_on_jalali = calendar_day_of(ctl_now_ms(ctl));
	offer.delivery_from_jalali = ctl_day(ctl, OPTION_FROM);
	offer.delivery_to_jalali = ctl_day(ctl, OPTION_TO);
	command.offer = &offer;
	return call_command(ctl_session(ctl), SERVICE_MATCHING, KIND(OFFER_PUBLISH), &command.base,
	                    offer.offer_id);
}

int offer_withdraw(struct ctl *ctl)
{
	Tasheem__Matching__V1__OfferWithdraw command = TASHEEM__MATCHING__V1__OFFER_WITHDRAW__INIT;
	command.offer_id = call_text(ctl_word(ctl, 0));
	command.reason = call_text(ctl_option(ctl, OPTION_REASON));
	return call_command(ctl_session(ctl), SERVICE_MATCHING, KIND(OFFER_WITHDRAW), &command.base,
	                    command.offer_id);
}

int offer_list(struct ctl *ctl)
{
	Tasheem__Matching__V1__OfferRead read = TASHEEM__MATCHING__V1__OFFER_READ__INIT;
	read.offer_id = call_text(ctl_word(ctl, 0));
	read.family = call_text(ctl_option(ctl, OPTION_FAMILY));
	read.supplier_id = call_text(ctl_option(ctl, OPTION_SUPPLIER));
	json_t *reply = call_pages(ctl_session(ctl), SERVICE_MATCHING, KIND(OFFER_READ), &read.base,
	                           &tasheem__matching__v1__offer_read_reply__descriptor);
	if (!reply)
		return ctl->status;
	show_list(ctl, json_object_get(reply, "offers"),
	          "offer.offer_id offer.supplier_id family offer.grade offer.quantity_kg "
	          "allocated_kg offer.price_rial_per_kg offer.buyer_class round_id state");
	json_decref(reply);
	return CTL_OK;
}

/* round plan | close | void | show | verify. */
#include "services/ctl/round.h"

#include <string.h>

#include "common/digest.h"
#include "common/wire.h"
#include "services/ctl/file.h"
#include "services/ctl/message.h"
#include "services/ctl/show.h"
#include "services/matching/verify.h"

#define KIND(name) TASHEEM__MATCHING__V1__COMMAND_KIND__COMMAND_KIND_##name

/* Room for checking a bundle: about 150 bytes a claimant, request and offer. */
enum { VERIFY_ARENA_BYTES = 1 << 30, MAX_PARTS = 4096 };

int round_plan(struct ctl *ctl)
{
	Tasheem__Matching__V1__RoundPlan plan = TASHEEM__MATCHING__V1__ROUND_PLAN__INIT;
	plan.round_id = call_text(ctl_word(ctl, 0));
	plan.family = call_text(ctl_word(ctl, 1));
	plan.session_id = call_text(ctl_need(ctl, OPTION_SESSION));
	ctl_need(ctl, OPTION_CLOSES);
	plan.closes_ms = ctl_instant(ctl, OPTION_CLOSES, 0);
	return call_command(ctl_session(ctl), SERVICE_MATCHING, KIND(ROUND_PLAN), &plan.base,
	                    plan.round_id);
}

int round_close(struct ctl *ctl)
{
	Tasheem__Matching__V1__RoundClose close = TASHEEM__MATCHING__V1__ROUND_CLOSE__INIT;
	close.round_id = call_text(ctl_word(ctl, 0));
	return call_command(ctl_session(ctl), SERVICE_MATCHING, KIND(ROUND_CLOSE), &close.base,
	                    close.round_id);
}

int round_void(struct ctl *ctl)
{
	Tasheem__Matching__V1__RoundVoid command = TASHEEM__MATCHING__V1__ROUND_VOID__INIT;
	command.round_id = call_text(ctl_word(ctl, 0));
	command.reason = call_text(ctl_need(ctl, OPTION_REASON));
	return call_command(ctl_session(ctl), SERVICE_MATCHING, KIND(ROUND_VOID), &command.base,
	                    command.round_id);
}

json_t *round_read(struct session *session, const char *round, const char *session_id)
{
	Tasheem__Matching__V1__RoundRead read = TASHEEM__MATCHING__V1__ROUND_READ__INIT;
	read.round_id = call_text(round);
	read.session_id = call_text(session_id);
	json_t *reply = call_pages(session, SERVICE_MATCHING, KIND(ROUND_READ), &read.base,
	                           &tasheem__matching__v1__round_read_reply__descriptor);
	json_t *list = reply ? json_incref(json_object_get(reply, "rounds")) : NULL;
	json_decref(reply);
	return list;
}

int round_show(struct ctl *ctl)
{
	const char *round = ctl_word(ctl, 0);
	json_t *list = round_read(ctl_session(ctl), round, ctl_option(ctl, OPTION_SESSION));
	if (!list)
		return ctl->status;
	if (round && json_array_size(list) == 1)
		show_object(ctl, json_array_get(list, 0));
	else
		show_list(ctl, list,
		          "round_id session_id family state policy draw offered_kg asked_kg "
		          "placed_kg claimants placed_claimants closes_ms");
	bool missing = round && !json_array_size(list);
	if (missing)
		TALK(ctl, TEXT_NOT_FOUND, show_id(ctl, round));
	json_decref(list);
	return missing ? CTL_REFUSED : CTL_OK;
}

/* The parts of a bundle, one after the other. */
bool round_bundle(struct session *session, const char *round, uint32_t draw, struct bytes *bundle)
{
	struct ctl *ctl = session->ctl;
	uint8_t *whole = NULL;
	size_t used = 0;
	uint32_t count = 1;
	for (uint32_t index = 0; index < count; index++) {
		Tasheem__Matching__V1__BundleRead read = TASHEEM__MATCHING__V1__BUNDLE_READ__INIT;
		read.round_id = call_text(round);
		read.draw = draw;
		read.index = index;
		const ProtobufCMessage *message =
		        call_read(session, SERVICE_MATCHING, KIND(BUNDLE_READ), &read.base,
		                  &tasheem__matching__v1__bundle_read_reply__descriptor);
		const Tasheem__Matching__V1__BundleReadReply *reply =
		        (const Tasheem__Matching__V1__BundleReadReply *)message;
		if (reply && (!reply->part || !reply->part->count)) {
			TALK(ctl, TEXT_NOT_FOUND, show_id(ctl, round));
			return false;
		}
		if (!reply || reply->part->count > MAX_PARTS)
			return false;
		count = reply->part->count;
		size_t size = reply->part->chunk.len;
		uint8_t *grown = arena_take(&ctl->arena, used + size + 1);
		if (used)
			memcpy(grown, whole, used);
		if (size)
			memcpy(grown + used, reply->part->chunk.data, size);
		whole = grown;
		used += size;
	}
	*bundle = (struct bytes){whole, used};
	return used > 0;
}

bool round_verify_bytes(struct ctl *ctl, struct bytes bundle, const char *name)
{
	struct arena arena;
	struct verify_result result = {0};
	if (!arena_open(&arena, VERIFY_ARENA_BYTES)) {
		TALK(ctl, TEXT_PLAIN, "no memory");
		return false;
	}
	bool good = verify_bundle(&arena, bundle, &result);
	if (!good)
		TALK(ctl, TEXT_BUNDLE_BAD, show_id(ctl, name), verify_rule_name(result.rule),
		     show_number(ctl, result.pass), show_id(ctl, result.what));
	arena_close(&arena);
	return good;
}

static void describe_bundle(struct ctl *ctl, const char *name, struct bytes bytes, bool good)
{
	const Tasheem__Solver__V1__Bundle *bundle = WIRE_DECODE(
	        &ctl->arena, Tasheem__Solver__V1__Bundle, tasheem__solver__v1__bundle, bytes);
	uint8_t digest[DIGEST_BYTES];
	char hex[2 * DIGEST_BYTES + 1];
	digest_of(digest, sizeof digest, bytes);
	sodium_bin2hex(hex, sizeof hex, digest, sizeof digest);
	size_t passes = bundle ? bundle->n_problems : 0;
	int64_t placed = 0;
	for (size_t at = 0; bundle && at < bundle->n_solutions; at++)
		placed = bundle->solutions[at]->placed_lots;
	if (ctl->json) {
		json_t *json = json_pack("{s:s, s:b, s:I, s:I, s:s}", "bundle", name, "verified",
		                         good, "passes", (json_int_t)passes, "placed_lots",
		                         (json_int_t)placed, "digest", hex);
		show_json(json);
		json_decref(json);
	} else if (good) {
		TELL(ctl, TEXT_BUNDLE_GOOD, show_id(ctl, name), show_number(ctl, (int64_t)passes),
		     show_number(ctl, placed), show_id(ctl, hex));
	}
}

/* round verify FILE | ROUND: needs nobody's word, only the published bytes. */
int round_verify(struct ctl *ctl)
{
	struct bytes bytes;
	const char *name = ctl->words[0];
	if (!file_load(&ctl->arena, name, &bytes)) {
		name = ctl_word(ctl, 0);
		uint32_t draw = (uint32_t)ctl_number(ctl, OPTION_DRAW, 1);
		if (!round_bundle(ctl_session(ctl), name, draw, &bytes))
			return ctl->status ? ctl->status : CTL_REFUSED;
	}
	const char *save = ctl->option[OPTION_SAVE];
	if (save && !file_save(save, bytes, 0644)) {
		TALK(ctl, TEXT_CANNOT_WRITE, show_id(ctl, save));
		return CTL_INTERNAL;
	}
	bool good = round_verify_bytes(ctl, bytes, name);
	describe_bundle(ctl, name, bytes, good);
	return good ? CTL_OK : CTL_DIFFERENT;
}

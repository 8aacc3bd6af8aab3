/* round rehearse: what published rounds would have been under another policy. Bundles come
 * from files or from matching; each is verified, solved again (whatif.h) and verified
 * again; nobody is told anything. */
#include "services/ctl/rehearse.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/wire.h"
#include "services/ctl/file.h"
#include "services/ctl/message.h"
#include "services/ctl/round.h"
#include "services/ctl/show.h"
#include "services/matching/verify.h"
#include "tasheem/membership/v1/membership.pb-c.h"

/* Of solving one round; solver and verifier take about 1 kB a request of it. */
static const size_t ROUND_SPACE = (size_t)8 << 30;

struct work {
	struct ctl *ctl;
	struct whatif_rule rule;
	struct rehearsal rehearsal;
	struct arena arena;
	size_t done, total;
};

static int enum_word(struct ctl *ctl, enum option_id id, const ProtobufCEnumDescriptor *descriptor)
{
	const char *text = ctl_option(ctl, id);
	int value = 0;
	if (!text)
		return 0;
	char *name = call_text(arena_format(&ctl->arena, "%s", text));
	for (char *at = name; *at; at++)
		if (*at == '-')
			*at = '_';
	if (!message_enum_parse(descriptor, name, &value) || value == 0)
		ctl_misuse(ctl, TEXT_BAD_OPTION,
		           arena_format(&ctl->arena, "--%s", ctl_option_name(id)));
	return value;
}

void whatif_options(struct ctl *ctl, struct whatif_rule *rule)
{
	rule->policy = enum_word(ctl, OPTION_POLICY, &tasheem__solver__v1__policy__descriptor);
	rule->rounding =
	        enum_word(ctl, OPTION_ROUNDING, &tasheem__solver__v1__rounding__descriptor);
	rule->reserve_percent = (int32_t)ctl_number(ctl, OPTION_RESERVE, -1);
	if (rule->reserve_percent > 100)
		ctl_misuse(ctl, TEXT_BAD_OPTION, "--reserve");
}

static bool rehearse_bundle(struct work *work, struct bytes bytes, const char *name)
{
	struct ctl *ctl = work->ctl;
	struct arena *arena = &work->arena;
	struct verify_result verified;
	struct whatif_draw draw;
	int64_t limit_lots;
	int64_t began = call_clock_ms();
	if (!verify_bundle(arena, bytes, &verified)) {
		TALK(ctl, TEXT_BUNDLE_BAD, show_id(ctl, name), verify_rule_name(verified.rule),
		     show_number(ctl, verified.pass), show_id(ctl, verified.what));
		ctl->status = CTL_DIFFERENT;
		return false;
	}
	const bundle_message *bundle =
	        WIRE_DECODE(arena, bundle_message, tasheem__solver__v1__bundle, bytes);
	CHECK(bundle != NULL);
	problem_message *problem = whatif_begin(arena, bundle, &limit_lots);
	if (!whatif_solve(arena, problem, &work->rule, limit_lots, &draw)) {
		TALK(ctl, TEXT_WHATIF_WRONG, show_id(ctl, name), draw.wrong);
		ctl->status = CTL_DIFFERENT;
		return false;
	}
	size_t last = bundle->n_problems - 1;
	rehearse_note(&work->rehearsal, bundle->problems[last], bundle->solutions[last], &draw);
	work->rehearsal.took_ms += call_clock_ms() - began;
	show_progress(ctl, "", ++work->done, work->total);
	return true;
}

static bool rehearse_file(struct work *work, const char *path)
{
	struct bytes bytes;
	arena_reset(&work->arena);
	if (!file_load(&work->arena, path, &bytes)) {
		TALK(work->ctl, TEXT_CANNOT_READ, show_id(work->ctl, path));
		work->ctl->status = CTL_USAGE;
		return false;
	}
	return rehearse_bundle(work, bytes, path);
}

static int name_wanted(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static bool rehearse_folder(struct work *work, const char *path)
{
	struct dirent **names;
	bool good = true;
	int count = scandir(path, &names, name_wanted, alphasort);
	if (count < 0) {
		TALK(work->ctl, TEXT_CANNOT_READ, show_id(work->ctl, path));
		work->ctl->status = CTL_USAGE;
		return false;
	}
	work->total += (size_t)count;
	for (int at = 0; at < count; at++) {
		const char *file =
		        arena_format(&work->ctl->arena, "%s/%s", path, names[at]->d_name);
		good = good && rehearse_file(work, file);
		free(names[at]);
	}
	free(names);
	return good;
}

static bool rehearse_round(struct work *work, const char *round)
{
	struct bytes bytes;
	arena_reset(&work->arena);
	if (!round_bundle(ctl_session(work->ctl), round, 1, &bytes)) {
		work->ctl->status = work->ctl->status ? work->ctl->status : CTL_REFUSED;
		return false;
	}
	return rehearse_bundle(work, bytes, round);
}

static bool rehearse_published(struct work *work)
{
	json_t *list = round_read(ctl_session(work->ctl), NULL, NULL);
	bool good = list != NULL;
	for (size_t at = 0; good && at < json_array_size(list); at++) {
		const json_t *round = json_array_get(list, at);
		const char *state = json_text(round, "state");
		if (strcmp(state, "published") != 0 && strcmp(state, "final") != 0)
			continue;
		work->total++;
		good = rehearse_round(work, json_text(round, "round_id"));
	}
	json_decref(list);
	return good;
}

static bool rehearse_words(struct work *work)
{
	struct ctl *ctl = work->ctl;
	const char *round = ctl_option(ctl, OPTION_ROUND);
	bool good = true;
	if (round) {
		work->total++;
		good = rehearse_round(work, round);
	}
	for (size_t at = 0; good && at < ctl->word_count; at++) {
		const char *word = ctl->words[at];
		if (file_is_directory(word)) {
			good = rehearse_folder(work, word);
			continue;
		}
		work->total++;
		good = access(word, R_OK) == 0 ? rehearse_file(work, word)
		                               : rehearse_round(work, ctl_word(ctl, at));
	}
	return good;
}

static json_t *registry_part(struct ctl *ctl, int noun, const char *member)
{
	Tasheem__Membership__V1__RegistryRead read = TASHEEM__MEMBERSHIP__V1__REGISTRY_READ__INIT;
	read.noun = (Tasheem__Membership__V1__Noun)noun;
	json_t *reply =
	        call_pages(ctl_session(ctl), SERVICE_MEMBERSHIP,
	                   TASHEEM__MEMBERSHIP__V1__COMMAND_KIND__COMMAND_KIND_REGISTRY_READ,
	                   &read.base, &tasheem__membership__v1__registry_read_reply__descriptor);
	json_t *part = reply ? json_incref(json_object_get(reply, member)) : NULL;
	json_decref(reply);
	return part;
}

/* Without an endpoint the bundles' own facts must do: provinces, and pooled lines. */
static void place_buyers(struct work *work)
{
	if (!ctl_option(work->ctl, OPTION_MEMBERSHIP))
		return;
	json_t *parties =
	        registry_part(work->ctl, TASHEEM__MEMBERSHIP__V1__NOUN__NOUN_PARTY, "parties");
	json_t *cooperatives = registry_part(
	        work->ctl, TASHEEM__MEMBERSHIP__V1__NOUN__NOUN_COOPERATIVE, "cooperatives");
	rehearse_place(&work->rehearsal, parties, cooperatives);
	json_decref(parties);
	json_decref(cooperatives);
}

int round_rehearse(struct ctl *ctl)
{
	struct work work = {.ctl = ctl};
	whatif_options(ctl, &work.rule);
	if (!work.rule.policy && !work.rule.rounding && work.rule.reserve_percent < 0)
		ctl_need(ctl, OPTION_POLICY);
	if (!arena_open(&work.arena, ROUND_SPACE))
		return CTL_INTERNAL;
	rehearse_open(&work.rehearsal, ctl);
	bool named = ctl->word_count || ctl->option[OPTION_ROUND];
	bool good = named ? rehearse_words(&work) : rehearse_published(&work);
	if (good && work.done == 0)
		TALK(ctl, TEXT_NOTHING, "");
	if (good && work.done) {
		place_buyers(&work);
		rehearse_show(&work.rehearsal, &work.rule);
	}
	rehearse_close(&work.rehearsal);
	arena_close(&work.arena);
	return good ? CTL_OK : ctl->status;
}

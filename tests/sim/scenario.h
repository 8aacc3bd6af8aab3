/* The language of scenarios, one behaviour per file in tests/scenarios; the
 * file's name is the sentence. A line that begins with a blank continues the one
 * before; # begins a comment.
 *
 *   use FILE                                   the lines of tests/scenarios/worlds/FILE.txt
 *   principal NAME ROLE [PARTY]                the operator registers a key
 *   WHO: [HOW …] KIND field.path=value … -> EXPECTED
 *   again LABEL -> EXPECTED                    the same frame once more
 *   clock +3 days                              (hours, minutes, seconds)
 *   crash NODE                                 now; it starts again from its journal
 *   crash NODE before commit | after commit    at its next commit
 *   stop NODE, start NODE                      the process ends, begins again
 *   lose NODE ROWS                             its newest rows, as from an older backup
 *   watch WHO NODE                             from now on WHO is shown what concerns him
 *   watched WHO -> events=N                    events shown since the last such line
 *   calm                                       no crashes between the lines from here on
 *   replay equal                               every journal replays to the living state
 *
 * HOW: `id:LABEL` names the attempt (and uses its id again), `stale` and `early`
 * date the id 8 days back and 6 minutes ahead, `truncated`, `padded` and
 * `unknown` damage the frame or the payload, `flipped` sends every frame that
 * differs by one bit; `late` sets a deadline that has passed, `requires:STREAM:SEQUENCE`
 * asks for a sequence, `copies:N` puts N more of the same item into the envelope,
 * `kind:N` sends another number of kind.
 *
 * EXPECTED of a command: accepted, refused, invalid, denied, conflict,
 * overloaded, unavailable or any; then exactly the reasons, each as CODE,
 * CODE(subject) or CODE(subject,value,limit), or `…` for further ones;
 * version=N; free=KG (of some ceiling); same (the very bytes of the answer
 * before). Of a read: path=text of the reply, or none=path. `silence` when no
 * answer may come.
 *
 * Every file runs twice: as it is, and with all daemons crashing between any
 * two lines; both end with `replay equal`. With --every-commit a file runs once
 * for every commit of every daemon, before and after it is durable. */
#ifndef TESTS_SIM_SCENARIO_H
#define TESTS_SIM_SCENARIO_H

#include "tests/sim/client.h"

enum {
	MAX_WORDS = 512,
	MAX_LABELS = 64,
	LINE_SIZE = 32768,
	SCENARIO_RECOVER_MS = 1500 * SIM_SLOWNESS
};

struct label {
	char name[32];
	uint32_t attempt;
};

struct scenario {
	struct world *world;
	struct attempts attempts;
	struct solver_peer *solver;
	struct arena arena;
	/* Crash every daemon after each line. */
	bool crashing;
	/* Crashes seen so far: each is given time to heal before the next line. */
	uint32_t crashes;
	uint32_t label_count;
	struct label labels[MAX_LABELS];
	const char *file;
	int line;
	char failure[1024];
	/* Set by an observer whose checks fail. */
	const char *(*complaint)(void *context);
	void *complainer;
};

/* Runs a file; false with the sentence in `failure`. */
MUST_CHECK bool scenario_run(struct scenario *scenario, const char *path);
/* One line, words already apart; part of scenario_run. */
MUST_CHECK bool scenario_line(struct scenario *scenario, char **words, int count);
/* Notes what went wrong; always false. */
bool scenario_fail(struct scenario *scenario, const char *format, ...) PRINTF_LIKE(2, 3);
/* scenario_expect.c: words after the arrow against the newest answer. */
MUST_CHECK bool scenario_expect(struct scenario *scenario, const struct attempt *attempt,
                                char **words, int count);
MUST_CHECK bool scenario_replay_equal(struct scenario *scenario);
/* Lets everything that can happen at this instant happen. */
MUST_CHECK bool scenario_settle(struct scenario *scenario);

#endif

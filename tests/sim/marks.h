/* What lives must come by, and what must never be otherwise.
 *
 * SOMETIMES(name, condition): over many lives the condition is true at least once; a mark
 * that is never hit is a hole in the simulator, not in the daemons. The names are the list
 * below, so that one that is forgotten is known.
 * ALWAYS(condition, sentence): true whenever it is passed; the first sentence that was not
 * ends the life.
 * Marks see records, answers and the world; no daemon knows of them. */
#ifndef TESTS_SIM_MARKS_H
#define TESTS_SIM_MARKS_H

#include <stdatomic.h>
#include <stdbool.h>

#define MARKS(X)                                                                                   \
	X(crash_idle)                                                                              \
	X(crash_before_append)                                                                     \
	X(crash_after_append)                                                                      \
	X(crash_while_a_round_is_solved)                                                           \
	X(frame_lost)                                                                              \
	X(frame_doubled)                                                                           \
	X(solution_with_a_bit_turned)                                                              \
	X(solution_with_lots_too_many)                                                             \
	X(redis_away)                                                                              \
	X(redis_emptied)                                                                           \
	X(redis_put_back)                                                                          \
	X(redis_written_by_others)                                                                 \
	X(redis_shown_anew)                                                                        \
	X(answer_accepted)                                                                         \
	X(answer_refused)                                                                          \
	X(answer_conflict)                                                                         \
	X(answer_told_again)                                                                       \
	X(reason_late)                                                                             \
	X(reason_ceiling_exceeded)                                                                 \
	X(reason_members_below_7)                                                                  \
	X(reason_version_mismatch)                                                                 \
	X(reason_wrong_state)                                                                      \
	X(two_reasons_at_once)                                                                     \
	X(request_amended)                                                                         \
	X(request_cancelled)                                                                       \
	X(request_in_book)                                                                         \
	X(request_excluded)                                                                        \
	X(book_empty)                                                                              \
	X(book_of_several)                                                                         \
	X(offer_withdrawn)                                                                         \
	X(round_published)                                                                         \
	X(round_final)                                                                             \
	X(round_over)                                                                              \
	X(round_voided)                                                                            \
	X(second_draw)                                                                             \
	X(allocation_open)                                                                         \
	X(allocation_accepted)                                                                     \
	X(allocation_declined)                                                                     \
	X(allocation_expired)                                                                      \
	X(allocation_paid)                                                                         \
	X(allocation_delivered)                                                                    \
	X(allocation_distributed)                                                                  \
	X(allocation_voided)                                                                       \
	X(allocation_of_several_members)

#define MARK_NAME(name) MARK_##name,
enum mark { MARKS(MARK_NAME) MARK_COUNT };
#undef MARK_NAME

/* Shared by the processes that live lives. */
struct marks {
	atomic_ullong hits[MARK_COUNT];
};

#define SOMETIMES(name, condition)                                                                 \
	do {                                                                                       \
		if (condition)                                                                     \
			marks_hit(MARK_##name);                                                    \
	} while (0)
#define ALWAYS(condition, sentence)                                                                \
	do {                                                                                       \
		if (!(condition))                                                                  \
			marks_break(sentence);                                                     \
	} while (0)

/* Where hits are counted from now on; before, nowhere. */
void marks_open(struct marks *marks);
void marks_hit(enum mark mark);
/* A new life: nothing is broken. */
void marks_begin(void);
/* The sentence must live for ever. */
void marks_break(const char *sentence);
/* The first sentence that did not hold; NULL. */
const char *marks_broken(void);
const char *mark_name(enum mark mark);

#endif

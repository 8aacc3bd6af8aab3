/* Our own mistakes end the process, in production too: a daemon that cannot
 * trust its state must not answer. The journal holds the truth for the restart. */
#ifndef TASHEEM_CHECK_H
#define TASHEEM_CHECK_H

_Noreturn void check_failed(const char *expression, const char *file, int line);

#define CHECK(expression) ((expression) ? (void)0 : check_failed(#expression, __FILE__, __LINE__))

#define MUST_CHECK __attribute__((warn_unused_result))
#define PRINTF_LIKE(text, first) __attribute__((format(printf, text, first)))

#endif

/* An auditor of the public record: knows the events' contract and nothing of
 * the daemons' insides. After every record it holds:
 *
 *   a ceiling's reserved kg = the sum of what requests' lines reserve on it; none negative
 *   a request never takes more than is free, of its ceiling and of a joint limit
 *   a request's lines reserve its whole quantity while it is open or in a book
 *   versions of a request grow by one
 *   live allocations of an offer <= the offer, in whole lots; of a request <= the request
 *   a closed book counts each of its requests once
 *   a cooperative's active members are those whose membership is active
 *   sequences have no gaps
 *
 * The first breach is kept as a sentence. */
#ifndef TESTS_SIM_BOOKS_H
#define TESTS_SIM_BOOKS_H

#include "common/record.h"

struct books;

struct books *books_open(void);
void books_close(struct books *books);
/* A committed record of a stream; fits world.observe. */
void books_observe(void *books, const char *stream, const struct record *record);
/* NULL while everything holds. */
const char *books_complaint(void *books);

#endif

/* Can any bytes hurt the verifier, the solver, or what they agree on?
 *
 * Input: a mode, four bytes that seed the dice of a tiny book, then edits of three
 * bytes each (place u16, value) made to the serialised form of
 *   mode 0  its bundle           the verifier says no or yes, nothing worse
 *   mode 1  its problem          whatever the solver still takes, the verifier accepts
 *   mode 2  its solution         the verifier says what the definition read aloud says
 *   mode 3  nothing: the rest of the input is a bundle and a problem as it is
 * An edit of place 0xffff cuts the end off. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/wire.h"
#include "services/matching/verify.h"
#include "tests/unit/round.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct arena arena;

static void expect(bool good, const char *what, const char *detail)
{
	if (good)
		return;
	fprintf(stderr, "%s: %s\n", what, detail);
	abort();
}

static struct bytes edit(struct bytes bytes, const uint8_t *data, size_t size)
{
	uint8_t *copy = arena_take(&arena, bytes.size + 1);
	memcpy(copy, bytes.data, bytes.size);
	for (; size >= 3 && bytes.size > 0; data += 3, size -= 3) {
		size_t place = (size_t)data[0] | (size_t)data[1] << 8;
		if (place == 0xffff)
			bytes.size -= 1 + data[2] % bytes.size;
		else
			copy[place % bytes.size] = data[2];
	}
	return (struct bytes){copy, bytes.size};
}

static void try_bundle(struct bytes bytes)
{
	struct verify_result result;
	bool good = verify_bundle(&arena, bytes, &result);
	expect(good == (result.rule == VERIFY_OK), "bundle", result.what);
}

static void try_problem(struct bytes bytes)
{
	struct bytes answer;
	struct solver_failure failure;
	struct verify_result result;
	uint8_t digest[DIGEST_SHORT_BYTES];
	if (!messages_solve(&arena, bytes, &answer, &failure))
		return;
	const Problem *problem = WIRE_DECODE(&arena, Problem, tasheem__solver__v1__problem, bytes);
	const Solution *solution =
	        WIRE_DECODE(&arena, Solution, tasheem__solver__v1__solution, answer);
	expect(problem && solution, "problem", "solved but not decoded");
	digest_of(digest, sizeof digest, bytes);
	bool good = verify_solution(&arena, problem, digest, solution, &result);
	expect(good, verify_rule_name(result.rule), result.what);
}

static void try_solution(const Problem *problem, struct bytes bytes)
{
	struct verify_result result;
	uint8_t digest[DIGEST_SHORT_BYTES];
	const Solution *solution =
	        WIRE_DECODE(&arena, Solution, tasheem__solver__v1__solution, bytes);
	if (!solution)
		return;
	book_digest(&arena, problem, digest, sizeof digest);
	bool answers = solution->problem_digest.len == sizeof digest &&
	               memcmp(solution->problem_digest.data, digest, sizeof digest) == 0;
	bool good = verify_solution(&arena, problem, digest, solution, &result);
	expect(good == (answers && brute_accepts(problem, solution)), "solution", result.what);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct dice dice = {0};
	if (size < 5 || (!arena.capacity && !arena_open(&arena, (size_t)1 << 30)))
		return 0;
	for (int at = 1; at < 5; at++)
		dice.state = dice.state << 8 | data[at];
	int mode = data[0] % 4;
	data += 5;
	size -= 5;
	const Problem *problem = book_random(&arena, &dice);
	if (mode == 0)
		try_bundle(edit(wire_encode(&arena, &brute_draw(&arena, problem, 3, 5)->base), data,
		                size));
	else if (mode == 1)
		try_problem(edit(wire_encode(&arena, &problem->base), data, size));
	else if (mode == 2)
		try_solution(problem, edit(wire_encode(&arena, &brute_solve(&arena, problem)->base),
		                           data, size));
	else {
		try_bundle((struct bytes){data, size});
		try_problem((struct bytes){data, size});
	}
	arena_reset(&arena);
	return 0;
}

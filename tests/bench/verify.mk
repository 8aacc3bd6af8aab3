# What the verifier costs beside the solve.
BENCH_VERIFY := tests/bench/bench_verify.c tests/unit/round.c $(wildcard tests/unit/brute*.c) \
  $(wildcard services/matching/verify*.c) $(filter-out %/main.c,$(wildcard services/solver/*.c))
$(B)/bench_verify: $(BENCH_VERIFY:%.c=$(B)/%.o) $(B)/libcommon.a $(B)/libproto.a
	$(CC) $(CFLAGS) $^ -o $@ $(LDLIBS) -lm

## make bench-verify   the verifier's time beside the solver's, four sizes
.PHONY: bench-verify
bench-verify: $(B)/bench_verify
	@printf 'claimants\toffers\tsolve_s\tcore_s\tverify_s\tratio\n'
	@for size in '1000 50' '10000 200' '100000 1000' '300000 3000'; do $(B)/bench_verify $$size || exit 1; done

## make same-bytes     the solver says the same, built by gcc and clang, -O0 and -O3
.PHONY: same-bytes
SAME_BYTES := tests/unit/round_bytes.c tests/unit/round.c $(wildcard tests/unit/brute*.c) \
  $(wildcard services/matching/verify*.c) $(filter-out %/main.c,$(wildcard services/solver/*.c)) \
  common/arena.c common/check.c common/wire.c common/digest.c
same-bytes: | $(PB)
	@mkdir -p $(B)
	@for compiler in gcc clang; do for level in -O0 -O3; do \
	$$compiler -w -std=gnu11 $$level -I. -I$(GEN) -pthread $(SAME_BYTES) $(GEN)/tasheem/solver/v1/solver.pb-c.c \
	-o $(B)/round_bytes -lprotobuf-c -lsodium -lutf8proc -lm && echo "$$($(B)/round_bytes) $$compiler $$level" || exit 1; \
	done; done | awk '{ print; if (NR > 1 && $$1 != last) wrong = 1; last = $$1 } END { exit wrong || NR != 4 }'

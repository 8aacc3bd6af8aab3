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

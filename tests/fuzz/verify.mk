# The fuzzer of solver and verifier; see fuzz.mk.
FUZZ_VERIFY := tests/fuzz/fuzz_verify.c tests/unit/round.c $(wildcard tests/unit/brute*.c) \
  $(wildcard services/matching/verify*.c) $(filter-out %/main.c,$(wildcard services/solver/*.c))
$(B)/tests/fuzz/fuzz_verify: $(FUZZ_VERIFY:%.c=$(B)/%.o) $(B)/libcommon.a $(B)/libproto.a
	$(CC) $(CFLAGS) -fsanitize=fuzzer $^ -o $@ $(LDLIBS) -lm

# Measuring the solver: make bench-tools builds the tools, make bench-round runs
# them beside LEMON and GLPK on the same instances and prints the ratios.
#   make bench-round SIZES="S M L" FAMILIES="geo multi" POLICY=weighted SEED=1
SIZES ?= S M
FAMILIES ?= single multi prio tight heavy geo
SEED ?= 1
REPEAT ?= 3
POLICY ?= weighted
BENCH_SOLVER := $(filter-out %/main.c %/messages.c,$(wildcard services/solver/*.c))
BENCH_TOOLS := $(B)/bench_round $(B)/bench_gen $(B)/bench_peers

## make bench-tools    builds bench_round, the generator of instances and the peers' harness
.PHONY: bench-tools bench-round
bench-tools: $(BENCH_TOOLS)
$(B)/bench_round: tests/bench/bench_round.c tests/bench/inst.h $(BENCH_SOLVER:%.c=$(B)/%.o) \
    $(B)/libcommon.a
	$(CC) $(filter-out -MMD -MP,$(CFLAGS)) -Itests/bench $(filter %.c %.o %.a,$^) -o $@ $(LDLIBS) -lm
$(B)/bench_gen: tests/bench/gen.c tests/bench/inst.h
	@mkdir -p $(@D)
	$(CC) -std=gnu11 -O2 -Itests/bench $< -o $@ -lm
$(B)/bench_peers: tests/bench/peers.cpp tests/bench/inst.h
	@mkdir -p $(@D)
	$(CXX) -O3 -Itests/bench $< -o $@ -lglpk

## make bench-round    the solver beside LEMON and GLPK (SIZES, FAMILIES, SEED, REPEAT, POLICY)
bench-round: bench-tools
	@FAMILIES="$(FAMILIES)" SIZES="$(SIZES)" SEED=$(SEED) REPEAT=$(REPEAT) POLICY=$(POLICY) \
	    BUILD=$(B) tests/bench/bench_round.sh

# libFuzzer with address and undefined-behaviour sanitizers. FUZZ_SECONDS each (60).
FUZZ_SECONDS ?= 60
FUZZERS := $(patsubst tests/fuzz/%.c,%,$(wildcard tests/fuzz/fuzz_*.c))

$(B)/tests/fuzz/fuzz_daemons: $(B)/tests/fuzz/fuzz_daemons.o $(SIM_OBJECTS)
	$(CC) $(CFLAGS) -fsanitize=fuzzer $^ -o $@ $(LDLIBS)
$(B)/tests/fuzz/corpus: $(B)/tests/fuzz/corpus.o $(SIM_OBJECTS)
	$(CC) $(CFLAGS) -Wl,--wrap=client_attempt $^ -o $@ $(LDLIBS)

## make fuzz           libFuzzer over the daemons, journals, solver and verifier (FUZZ_SECONDS=60)
.PHONY: fuzz
fuzz: $(B)/tests/fuzz/corpus
	@deploy/packages.sh build fuzz
	@mkdir -p build/fuzz-corpus/daemons
	@$(B)/tests/fuzz/corpus build/fuzz-corpus/daemons tests/scenarios/*.txt 2>/dev/null
	@$(MAKE) --no-print-directory MODE=fuzz CC=clang $(FUZZERS:%=build/fuzz/tests/fuzz/%)
	@tests/fuzz/run.sh $(FUZZ_SECONDS) $(FUZZERS)
$(B)/tests/fuzz/fuzz_files: $(addprefix $(B)/,tests/fuzz/fuzz_files.o services/ctl/csv.o \
    services/ctl/regime_check.o services/ctl/message.o services/ctl/message_parse.o) \
    $(B)/libcommon.a $(B)/libproto.a
	$(CC) $(CFLAGS) -fsanitize=fuzzer $^ -o $@ $(LDLIBS)

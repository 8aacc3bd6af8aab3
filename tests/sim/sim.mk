# Scenarios and the simulator: the daemons' cores, codec, intake and batch order
# in one process. Every service is one object whose inner names stay its own.
SIM_SOURCES := $(wildcard tests/sim/*.c)
SIM_SERVICES := $(patsubst services/%/main.c,%,$(wildcard services/membership/main.c services/quota/main.c services/matching/main.c))
SIM_MAINS := scenario_main sim
SIM_SHARED := $(patsubst %.c,$(B)/%.o,$(filter-out $(SIM_MAINS:%=tests/sim/%.c) \
	tests/sim/core_%.c,$(SIM_SOURCES)))

define sim_service
$(B)/tests/sim/$(1).o: $(patsubst %.c,$(B)/%.o,$(filter-out services/$(1)/main.c,$(wildcard services/$(1)/*.c))) \
    $(B)/tests/sim/core_$(1).o
	ld -r -o $$@.all $$^
	objcopy -w --keep-global-symbol='core_*' $$@.all $$@
	@rm -f $$@.all
endef
$(foreach s,$(SIM_SERVICES),$(eval $(call sim_service,$(s))))

# The solver keeps one name: what turns a problem into a solution.
$(B)/tests/sim/solving.o: $(patsubst %.c,$(B)/%.o,$(filter-out services/solver/main.c,$(wildcard services/solver/*.c)))
	ld -r -o $@.all $^
	objcopy --keep-global-symbol=messages_solve $@.all $@
	@rm -f $@.all

SIM_OBJECTS = $(SIM_SHARED) $(SIM_SERVICES:%=$(B)/tests/sim/%.o) $(B)/tests/sim/solving.o \
	$(B)/services/ctl/message.o $(B)/services/ctl/message_parse.o \
	$(B)/libcommon.a $(B)/libproto.a
$(B)/tests/sim/scenario: $(B)/tests/sim/scenario_main.o $(SIM_OBJECTS)
	$(CC) $(CFLAGS) $^ -o $@ $(LDLIBS)
$(B)/tests/sim/simulate: $(B)/tests/sim/sim.o $(SIM_OBJECTS)
	$(CC) $(CFLAGS) $^ -o $@ $(LDLIBS)

.PHONY: scenarios
scenarios: $(B)/tests/sim/scenario
	$(B)/tests/sim/scenario tests/scenarios/*.txt

# Random lives, over all processors: SEED= the first, SEEDS= how many, HOURS= of each.
.PHONY: sim
sim: $(B)/tests/sim/simulate
	@SEED=$(or $(SEED),1) SEEDS=$(or $(SEEDS),$(if $(SEED),1,200)) HOURS=$(or $(HOURS),mixed) \
	    JOBS=$(or $(JOBS),$(shell nproc)) $(B)/tests/sim/simulate

# Bugs planted on purpose; each must be found. MUTANTS= names some of them.
.PHONY: sim-mutants
sim-mutants: $(B)/tests/sim/scenario $(B)/tests/sim/simulate
	@CC="$(CC)" CFLAGS='$(CFLAGS)' LDLIBS='$(LDLIBS)' BUILD=$(B) OBJECTS='$(SIM_OBJECTS)' \
	    python3 tests/sim/mutants.py $(MUTANTS)

# make bench-requests: durable requests per second, beside Redis and PostgreSQL, one TSV
# line per contender. DEPTH requests under way, BATCH per message, DURATION seconds,
# CONTENDERS, SYNC=off, KEEP=1. make bench: all benchmarks, as tables.
## make bench          every benchmark, as tables
.PHONY: bench
bench:
	@$(MAKE) --no-print-directory -s bench-requests | column -t
	@for target in bench-round bench-verify; do \
	  grep -qs "^$$target:" tests/bench/*.mk || continue; \
	  echo; $(MAKE) --no-print-directory -s $$target || exit 1; done
## make bench-requests durable requests per second beside Redis and PostgreSQL (DEPTH= BATCH= DURATION=)
REQUESTS_SOURCES := $(addprefix tests/bench/,bench_requests.c bench_process.c bench_redis.c \
	bench_postgres.c bench_tasheem.c bench_tasheem_load.c bench_tasheem_registry.c)
REQUESTS_OBJECTS := $(REQUESTS_SOURCES:%.c=$(B)/%.o)
$(B)/tests/bench/bench_postgres.o: CFLAGS += $(shell pkg-config --cflags libpq 2>/dev/null)
$(REQUESTS_OBJECTS): CFLAGS += -D_GNU_SOURCE
$(B)/bench-requests: $(REQUESTS_OBJECTS) $(B)/libcommon.a $(B)/libproto.a
	$(CC) $(CFLAGS) $^ -o $@ $(LDLIBS) -lpq

.PHONY: bench-requests bench-requests-packages
bench-requests-packages:
	@tests/bench/requests_packages.sh
bench-requests: bench-requests-packages
	@$(MAKE) --no-print-directory -s $(B)/membership $(B)/quota $(B)/matching $(B)/bench-requests >&2
	@DEPTH=$(DEPTH) BATCH=$(BATCH) DURATION=$(DURATION) CONTENDERS="$(CONTENDERS)" $(B)/bench-requests

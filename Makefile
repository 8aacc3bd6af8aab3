# Plain GNU make. `make demo` runs a province's week, `make test` proves the house;
# `make help` lists the rest.
MODE ?= release
B := build/$(MODE)
GEN := build/gen
CC ?= gcc
PACKAGES := libzmq libprotobuf-c hiredis sqlite3 libsodium jansson libutf8proc
WARN := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wswitch-enum -Wvla -Werror
CFLAGS_release := -O2 -g
CFLAGS_asan := -O1 -g -fsanitize=address,undefined -fno-omit-frame-pointer -fno-sanitize-recover=undefined
CFLAGS_fuzz := -O1 -g -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined
VERSION := $(shell git describe --always --dirty 2>/dev/null || echo unknown)
CFLAGS := -std=gnu11 $(CFLAGS_$(MODE)) -fno-strict-aliasing -pthread -MMD -MP -I. -I$(GEN) \
  $(shell pkg-config --cflags $(PACKAGES) 2>/dev/null)
LDLIBS := $(shell pkg-config --libs $(PACKAGES) 2>/dev/null) -pthread
SERVICES := membership quota matching solver
PROTO := $(wildcard proto/tasheem/*/v1/*.proto)
PB := $(PROTO:proto/%.proto=$(GEN)/%.pb-c.c)

PROGRAMS := $(SERVICES:%=$(B)/%) $(B)/tasheem
.PHONY: all
all: $(PROGRAMS)

$(GEN)/%.pb-c.c $(GEN)/%.pb-c.h &: proto/%.proto
	@mkdir -p $(GEN)
	protoc-c -Iproto --c_out=$(GEN) $<

# Kept: as intermediate files make would delete them and build all again next time.
.SECONDARY: $(PB) $(PB:.c=.h)
$(B)/gen/%.o: $(GEN)/%.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -w -c $< -o $@
$(B)/%.o: %.c | $(PB)
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(WARN) -DTASHEEM_VERSION='"$(VERSION)"' -c $< -o $@

$(B)/libproto.a: $(PB:$(GEN)/%.c=$(B)/gen/%.o)
	@rm -f $@; ar rcs $@ $^
$(B)/libcommon.a: $(patsubst %.c,$(B)/%.o,$(wildcard common/*.c))
	@rm -f $@; ar rcs $@ $^

objects = $(patsubst %.c,$(B)/%.o,$(filter-out $(2),$(wildcard services/$(1)/*.c)))
define program
$(B)/$(1): $(call objects,$(1)) $(B)/libcommon.a $(B)/libproto.a
	$$(CC) $$(CFLAGS) $$^ -o $$@ $$(LDLIBS)
endef
$(foreach s,$(SERVICES),$(eval $(call program,$(s))))
# The command shows what daemons mean, and solves rounds again: it links their views, and all of
# matching and the solver but their main programs.
$(B)/tasheem: $(call objects,ctl) $(patsubst %,$(B)/services/%/view.o,membership quota) \
    $(filter-out %/main.o,$(call objects,matching) $(call objects,solver)) \
    $(B)/libcommon.a $(B)/libproto.a
	$(CC) $(CFLAGS) $^ -o $@ $(LDLIBS)

clean:
	rm -rf build
.PHONY: clean
include deploy/targets.mk
-include $(wildcard tests/bench/*.mk tests/sim/*.mk tests/fuzz/*.mk tests/system/*.mk)
-include $(shell find build -name '*.d' 2>/dev/null)

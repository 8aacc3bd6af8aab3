# What people type: make demo, test, lint, compose-test, help. The Makefile includes
# this; scripts do the work. Unit tests link exactly what their `links:` comment names.
PYTHON_OUT := build/gen/python

.PHONY: help demo test lint compose-test keys unit python-protos
help:
	@sed -n 's/^## //p' $(MAKEFILE_LIST)
## make demo           installs what is missing, builds, runs a province's week (KEEP=1 leaves it running)
demo:
	@deploy/demo.sh
## make test           installs what is missing, builds, runs all tests
test:
	@tests/run.sh
## make lint           checks the rules of the house
lint:
	@tests/lint/run.sh
## make compose-test   the same system in containers, tried for real
compose-test:
	@deploy/test-compose.sh
## make keys           CURVE and Redis keys under run/keys, if there are none
keys: $(B)/tasheem
	@deploy/make-keys.sh run/keys $(B)/tasheem
## make unit           builds the unit tests
## make python-protos  Python classes of the messages in $(PYTHON_OUT)
python-protos: $(PYTHON_OUT)/.made
$(PYTHON_OUT)/.made: $(PROTO)
	@mkdir -p $(PYTHON_OUT)
	protoc -Iproto --python_out=$(PYTHON_OUT) $^
	@touch $@

# From "links:" to the end of the comment: paths of C files (patterns leave main.c out), libcommon,
# libproto.
links_of = $(shell awk '/links:/ { on = 1; sub(/.*links:/, "") } on { end = index($$0, "*/"); \
	sub(/\*\/.*/, ""); for (i = 1; i <= NF; i++) if ($$i ~ /^(.*\.c|libcommon|libproto)$$/) print $$i; \
	if (end) exit }' $(1))
link_file = $(if $(filter lib%,$(1)),$(B)/$(1).a,$(B)/$(1:.c=.o))
UNIT_SOURCES := $(wildcard tests/unit/test_*.c)
UNIT_PROGRAMS := $(UNIT_SOURCES:%.c=$(B)/%)
define unit_program
$(B)/$(1:.c=): $(B)/$(1:.c=.o) $(foreach l,$(filter-out %/main.c,$(wildcard $(filter %.c,$(2)))),$(call link_file,$(l))) \
    $(if $(filter libcommon,$(2)),$(B)/libcommon.a) $(if $(filter libproto,$(2)),$(B)/libproto.a)
	$$(CC) $$(CFLAGS) $$^ -o $$@ -lcmocka $$(LDLIBS) -lm
endef
$(foreach s,$(UNIT_SOURCES),$(eval $(call unit_program,$(s),$(call links_of,$(s)))))
unit: $(UNIT_PROGRAMS)

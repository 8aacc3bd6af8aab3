# What-if: a year of weekly province rounds (52 x 12) solved again by one command.
REHEARSE_OBJECTS := $(addprefix $(B)/,tests/bench/rehearse_year.o services/ctl/whatif.o services/ctl/file.o \
  $(patsubst %.c,%.o,$(wildcard tests/unit/brute*.c)) services/matching/verify.o services/matching/verify_book.o) \
  $(filter-out %/main.o,$(call objects,solver)) $(B)/libcommon.a $(B)/libproto.a

$(B)/rehearse_year: $(REHEARSE_OBJECTS)
	$(CC) $(CFLAGS) $^ -o $@ $(LDLIBS)

.PHONY: bench-rehearse
## make bench-rehearse a year of weekly province rounds under another policy: at most 10 s
bench-rehearse: $(B)/rehearse_year $(B)/tasheem
	@rm -rf build/rehearse && mkdir -p build/rehearse && $(B)/rehearse_year build/rehearse
	@tests/bench/rehearse_year.sh $(B)/tasheem build/rehearse

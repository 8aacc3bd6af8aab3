# Chaos over real daemons: short form of about three minutes, LONG=1 for the long one.
$(B)/tests/system/chaos_bits: $(B)/tests/system/chaos_bits.o $(B)/libcommon.a $(B)/libproto.a
	$(CC) $(CFLAGS) $^ -o $@ $(LDLIBS)

## make chaos          kills, failing disks, stopped clocks, bad wires, floods, rotten bits (LONG=1: all of it)
.PHONY: chaos
chaos: all python-protos $(B)/tests/system/chaos_bits
	@deploy/packages.sh build demo test
	@LONG="$(LONG)" PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 tests/system/chaos.py $(CHAOS)

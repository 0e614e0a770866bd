# Load tests: tests/load, with pytest, against a service of their own each. Long: not part of `make check`.
#
#   LOAD_ARGS    further arguments of pytest, e.g. LOAD_ARGS='-k recycling'

LOAD_ARGS ?=

check-load: $(BUILD)/egserve ## behaviour under load: memory, killed workers, restarts (three minutes, root)
	@tools/run_suites "under load" \
	    "EGSERVE=$(BUILD)/egserve $(PYTEST) -q -p no:cacheprovider tests/load $(LOAD_ARGS)"
.PHONY: check-load

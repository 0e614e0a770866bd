# The tests of the commands, run as users run them: tests/cli, with pytest.
#
#   CLI_ARGS     further arguments of pytest, e.g. CLI_ARGS='-k demo'

CLI_ARGS ?=

cli: build ## tests of the commands: demo, election run, verify
	@EGSERVE=$(abspath $(BUILD))/egserve $(PYTEST) -q -p no:cacheprovider tests/cli $(CLI_ARGS)
# what takes hostile input: for a sanitized program. A record changed in every kind of field is left to the fuzz target
cli-short: build
	@EGSERVE=$(abspath $(BUILD))/egserve $(PYTEST) -q -p no:cacheprovider tests/cli \
	    -k "(verify or report or nonsense or bad_line or no_ballots or flags or stray or hostile_zip) and not every_kind and not recorded_election"
# every process of a small demo under valgrind; the widest kernels are beyond what it can run
demo-memcheck: $(BUILD)/egserve
	@EG_KERNEL=portable valgrind -q --leak-check=full --trace-children=yes --error-exitcode=9 \
	    $(BUILD)/egserve demo --ballots 6 --guardians 3 --quorum 2 --missing 1 --candidates 2
.PHONY: cli cli-short demo-memcheck

SAN_SUITES += "commands, sanitized" "$(SAN_MAKE) cli-short"
EXTRA_SUITES += "commands" "$(MAKE) --no-print-directory cli BUILD=$(BUILD)" \
	"no leak over the demo" "$(MAKE) --no-print-directory demo-memcheck BUILD=$(BUILD)"

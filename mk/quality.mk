# The checks of `make check`. Each prints what it counted; tools/run_suites adds them up.

SAN_MAKE = $(MAKE) --no-print-directory SAN=address BUILD=$(BUILD)-san
STATIC_SUITES = \
	"include directions" tools/check_layers \
	"format" tools/check_format \
	"headers stand alone" tools/check_headers \
	"constants" tools/check_constants \
	"scripts" tools/check_scripts \
	"the checks themselves" "$(PYTEST) -q -p no:cacheprovider tests/tools"

test: build $(UNIT_PROGRAMS) ## unit tests and known answers: under a minute
	@tools/run_suites "unit tests" "$(MAKE) --no-print-directory unit BUILD=$(BUILD)" \
	    "known answers" "$(MAKE) --no-print-directory vectors BUILD=$(BUILD)"

# The sanitizer build runs the same tests; over HTTP it runs them against a sanitized service. Its suites have a folder of
# their own and run beside the others: neither lane alone keeps two processors busy. BESIDE_SUITES are there to make both equally
# long.
check: build $(UNIT_PROGRAMS) $(BUILD)/run-vectors $(BENCH_PROGRAMS) ## everything a change must pass
	@$(SAN_MAKE) -j2 sanitized
	@tools/run_suites $(STATIC_SUITES) \
	    "unit tests" "$(MAKE) --no-print-directory unit BUILD=$(BUILD)" \
	    "known answers" "$(MAKE) --no-print-directory vectors BUILD=$(BUILD)" \
	    "over HTTP" "$(MAKE) --no-print-directory http BUILD=$(BUILD)" \
	    $(EXTRA_SUITES) \
	    --beside \
	    "unit tests, sanitized" "$(SAN_MAKE) unit" \
	    "known answers, sanitized" "$(SAN_MAKE) vectors" \
	    "over HTTP, sanitized" "$(SAN_MAKE) http-short" \
	    $(SAN_SUITES) \
	    $(BESIDE_SUITES)

sanitized: build $(UNIT_PROGRAMS) $(BUILD)/run-vectors

fmt: ## format every C file
	@git ls-files '*.c' '*.h' | xargs clang-format -i
.PHONY: test check sanitized fmt

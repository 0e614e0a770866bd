# The tests that drive a running service over HTTP: tests/http, with pytest.
#
#   HTTP_ARGS    further arguments of pytest, e.g. HTTP_ARGS='-k ceremony'

PYTEST ?= /usr/bin/python3 -B -m pytest
HTTP_ARGS ?=

http: $(BUILD)/egserve ## tests over HTTP
	@EGSERVE=$(BUILD)/egserve $(PYTEST) -q -p no:cacheprovider tests/http $(HTTP_ARGS)
# without the long ones: what a sanitized service is put through
http-short: $(BUILD)/egserve
	@EGSERVE=$(BUILD)/egserve $(PYTEST) -q -p no:cacheprovider -m "not slow" tests/http $(HTTP_ARGS)

FUZZ_HTTP_REQUESTS ?= 20000
FUZZ_HTTP_ARGS ?=
fuzz-http: $(BUILD)/egserve ## mutated requests over HTTP (FUZZ_HTTP_REQUESTS=n)
	@EGSERVE=$(BUILD)/egserve /usr/bin/python3 -B tests/http/fuzz_http.py --requests $(FUZZ_HTTP_REQUESTS) $(FUZZ_HTTP_ARGS)
EXTRA_SUITES += "mutated requests" "$(MAKE) --no-print-directory fuzz-http BUILD=$(BUILD) FUZZ_HTTP_REQUESTS=5000"
# The sanitizer keeps freed memory back, in each worker: growth that says nothing.
SAN_SUITES += \
	"mutated requests, sanitized" "env ASAN_OPTIONS=quarantine_size_mb=8 $(SAN_MAKE) fuzz-http \
	    FUZZ_HTTP_REQUESTS=1500 FUZZ_HTTP_ARGS=--growth-mb=1024"
.PHONY: http http-short fuzz-http

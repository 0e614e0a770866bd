# Benchmarks: each program prints ratios to its peers, measured turn about in one run.
# Others add theirs to BENCH_PROGRAMS and a rule for it.

BENCH_PROGRAMS += $(BUILD)/bench-group
$(BUILD)/obj/bench/%.o: CPPFLAGS += -Itests
$(BUILD)/bench-group: $(call objects,bench/bench_group.c) $(call archives_up_to,group)
	@echo "  LINK $@"
	@$(CC) -o $@ -Wl,--start-group $^ -Wl,--end-group $(LDFLAGS_ALL) $(SYSTEM_LIBS)

# requests are built as the tests of endpoints build them
BENCH_PROGRAMS += $(BUILD)/bench-endpoints
$(BUILD)/bench-endpoints: $(call objects,bench/bench_endpoints.c) $(call objects,$(wildcard tests/support/*.c)) $(call archives_up_to,api)
	@echo "  LINK $@"
	@$(CC) -o $@ -Wl,--start-group $^ -Wl,--end-group $(LDFLAGS_ALL) -lcmocka $(SYSTEM_LIBS)

BENCH_ROUNDS ?= 5
bench: $(BENCH_PROGRAMS) $(BUILD)/egserve ## measure against peers: arithmetic, endpoints, HTTP
	@set -e; for program in $(BENCH_PROGRAMS); do $$program; echo; done
	@EGSERVE=$(BUILD)/egserve /usr/bin/python3 -B bench/bench_http.py --rounds $(BENCH_ROUNDS)
.PHONY: bench

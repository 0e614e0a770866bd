# Benchmarks: each program prints ratios to its peers, measured turn about in one run.
# Others add theirs to BENCH_PROGRAMS and a rule for it.

BENCH_PROGRAMS += $(BUILD)/bench-group

$(BUILD)/bench-group: $(call objects,bench/bench_group.c) $(call archives_up_to,group)
	@echo "  LINK $@"
	@$(CC) -o $@ -Wl,--start-group $^ -Wl,--end-group $(LDFLAGS_ALL) $(SYSTEM_LIBS)

bench: $(BENCH_PROGRAMS) ## measure against peers
	@set -e; for program in $(BENCH_PROGRAMS); do $$program; done
.PHONY: bench

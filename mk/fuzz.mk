# libFuzzer targets: fuzz/fuzz_<decoder>.c, one program each, built by clang with AddressSanitizer and UBSan.
#
#   FUZZ_SECONDS   for each target (default 4)
#   FUZZ_TARGETS   some of them, e.g. FUZZ_TARGETS='json ballot'
#
# Starts from fuzz/corpus/<decoder>, which fuzz/make_corpus.py made from tests/data; what is found on the way stays
# under $(BUILD)-fuzz. An input that crashes a target is written there as well.

FUZZ_SECONDS ?= 4
FUZZ_TARGETS ?= $(patsubst fuzz/fuzz_%.c,%,$(wildcard fuzz/fuzz_*.c))
FUZZ_PROGRAMS = $(patsubst %,$(BUILD)/fuzz/%,$(FUZZ_TARGETS))
FUZZ_MAKE = $(MAKE) --no-print-directory CC=$(CLANG) SAN=address BUILD=$(BUILD)-fuzz \
            EXTRA_CFLAGS=-fsanitize=fuzzer-no-link

fuzz: ## fuzz every decoder for a few seconds (FUZZ_SECONDS=n)
	@test -n "$(CLANG)" || { echo "make fuzz needs clang: scripts/install-deps.sh --dev"; exit 1; }
	@$(FUZZ_MAKE) -j2 fuzz-build
	@tools/run_fuzz $(BUILD)-fuzz/fuzz $(FUZZ_SECONDS) $(FUZZ_TARGETS)

fuzz-build: $(FUZZ_PROGRAMS)

$(BUILD)/obj/fuzz/%.o: CPPFLAGS += -Itests -Ifuzz

# what is looked for lies above the arithmetic, which counting its branches would slow down twentyfold
$(BUILD)/obj/src/group/%.o: override EXTRA_CFLAGS := $(filter-out -fsanitize=fuzzer-no-link,$(EXTRA_CFLAGS))

.SECONDEXPANSION:
$(BUILD)/fuzz/%: $(BUILD)/obj/fuzz/fuzz_%.o $(call objects,fuzz/common.c fuzz/tree.c) $$(call objects,$$(TEST_SUPPORT)) $$(call archives_up_to,api)
	@mkdir -p $(@D)
	@echo "  LINK $@"
	@$(CC) -o $@ -fsanitize=fuzzer -Wl,--start-group $^ -Wl,--end-group $(LDFLAGS_ALL) $(SYSTEM_LIBS)
# of a command: its files alone, since the archive of the commands has a main of its own
$(BUILD)/fuzz/ballot_file: $(call objects,$(addprefix src/client/,ballot_file.c csv_line.c file_text.c plain_row.c plain_votes.c) src/record/layout.c)
$(BUILD)/fuzz/ballot_file: LDFLAGS += -lunistring
$(BUILD)/fuzz/object: $(call objects,$(wildcard src/store/*.c) src/client/curl.c)
$(BUILD)/fuzz/key_file: LDFLAGS += -Wl,--wrap=eg_scrypt
$(BUILD)/fuzz/framing: $(call objects,src/server/http/framing.c)
$(BUILD)/fuzz/combination: $(call objects,$(addprefix fuzz/,plain_verdict.c statement.c statement_changes.c statement_request.c))
$(BUILD)/fuzz/record $(BUILD)/fuzz/record_file $(BUILD)/fuzz/module: $(call objects,$(addprefix fuzz/,record_files.c record_difference.c))
$(BUILD)/fuzz/record: $(call objects,fuzz/record_changes.c)
.PHONY: fuzz fuzz-build
.PRECIOUS: $(BUILD)/obj/%.o

ifneq ($(CLANG),)
EXTRA_SUITES += "fuzz targets" "$(MAKE) --no-print-directory fuzz BUILD=$(BUILD)"
endif

# Unit tests: tests/unit/<layer>/test_<file>.c, one program each, linked with its layer and those below. What several of a
# layer share is in the other files of its folder.

comma := ,
TEST_LIBS := -lcmocka
TEST_SUPPORT := $(wildcard tests/support/*.c)
unit_layer = $(word 3,$(subst /, ,$(1)))
UNIT_SOURCES := $(wildcard tests/unit/*/test_*.c)
unit_shared = $(filter-out $(UNIT_SOURCES),$(wildcard tests/unit/$(1)/*.c))
UNIT_PROGRAMS := $(patsubst tests/unit/%.c,$(BUILD)/tests/%,$(UNIT_SOURCES))

$(BUILD)/obj/tests/%.o: CPPFLAGS += -Itests
$(BUILD)/obj/tests/%.o: WARN += -Wno-missing-prototypes

define unit_rules
$(patsubst tests/unit/%.c,$(BUILD)/tests/%,$(1)): $(call objects,$(1)) $(call objects,$(TEST_SUPPORT) $(call unit_shared,$(call unit_layer,$(1)))) $(call archives_up_to,$(call unit_layer,$(1)))
	@mkdir -p $$(@D)
	@$(CC) -o $$@ -Wl,--start-group $$^ -Wl,--end-group $(LDFLAGS_ALL) $$(TEST_LDFLAGS) $(TEST_LIBS) $(SYSTEM_LIBS) \
	    $(if $(filter client store cluster cli,$(call unit_layer,$(1))),$(CLI_LIBS))
endef
$(foreach t,$(UNIT_SOURCES),$(eval $(call unit_rules,$(t))))

# which makes allocations fail one by one
$(BUILD)/tests/api/test_shortage: TEST_LDFLAGS := $(addprefix -Wl$(comma)--wrap=,eg_buf_grow calloc realloc mmap)

unit: $(UNIT_PROGRAMS) ## build and run the unit tests
	@tools/run_programs $(UNIT_PROGRAMS)
# all tests of one layer: make unit-group
unit-%:
	@$(MAKE) --no-print-directory $(filter $(BUILD)/tests/$*/%,$(UNIT_PROGRAMS))
	@tools/run_programs $(filter $(BUILD)/tests/$*/%,$(UNIT_PROGRAMS))

# known answers: tests/vectors/*.c is the runner, tests/data/vectors the project's own copy of the data
VECTOR_SOURCES := $(wildcard tests/vectors/*.c)
$(BUILD)/run-vectors: $(call objects,$(VECTOR_SOURCES)) $(call archives_up_to,vault)
	@echo "  LINK $@"
	@$(CC) -o $@ -Wl,--start-group $^ -Wl,--end-group $(LDFLAGS_ALL) -ljansson $(SYSTEM_LIBS)
VECTOR_DATA := $(patsubst tests/data/vectors/%.gz,$(BUILD)/vectors/%,$(wildcard tests/data/vectors/*.json.gz))
$(BUILD)/vectors/%.json: tests/data/vectors/%.json.gz
	@mkdir -p $(@D)
	@gunzip -c $< >$@
vectors-data: $(VECTOR_DATA)
vectors: $(BUILD)/run-vectors vectors-data ## check the known answers
	@$(RUN_WITH) $(BUILD)/run-vectors $(BUILD)/vectors
.PHONY: unit vectors vectors-data

# the kernels on CPUs that lack what this one has: not even SSSE3, neither AVX nor ADX, no ADX, ADX but no SSSE3,
# no AVX-512
EMULATED_CPUS := qemu64 Westmere Haswell Skylake-Server,-ssse3 Skylake-Server
emulated: $(addprefix $(BUILD)/tests/group/,test_kernels test_columns) ## the kernels on models of older CPUs, under qemu-user
	@for cpu in $(EMULATED_CPUS); do \
	    for test in $^; do \
	        qemu-x86_64 -cpu $$cpu $$test >$(BUILD)/emulated.log 2>&1 || { cat $(BUILD)/emulated.log; exit 1; }; \
	    done; \
	    echo "$$cpu: passed"; grep ^kernel $(BUILD)/emulated.log | sort -u; done

aarch64: ## unit tests, known answers and elections for AArch64, under qemu-user (five minutes, network)
	@tools/check_aarch64 $(BUILD)-aarch64
.PHONY: emulated aarch64

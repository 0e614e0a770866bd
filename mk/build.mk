# How sources become libraries and programs. Layers are folders of src/, each linked into its own archive.
#
#   BUILD=dir      where everything goes (default build)
#   SAN=address    AddressSanitizer and UBSan;  SAN=thread  ThreadSanitizer
#   EXTRA_CFLAGS   appended last

BUILD ?= build
CC := $(if $(filter default undefined,$(origin CC)),gcc,$(CC))
# The kernels are measurably faster from clang, the portable one by a third; gcc builds them as well.
CLANG := $(shell command -v clang 2>/dev/null)

WARN := -Wall -Wextra -Wconversion -Wshadow -Wsign-conversion -Wmissing-prototypes -Wstrict-prototypes \
        -Wvla -Wundef -Wcast-qual -Wswitch-enum
WERROR ?= -Werror
OPT ?= -O3
HARDEN := -fstack-protector-strong -fPIC -fvisibility=hidden -fno-semantic-interposition \
          -fno-strict-overflow
# Those that this compiler has: a stack that cannot jump over its guard page, branch targets, no variable that begins
# with what the stack held, lengths checked where the compiler can know them.
has = $(shell echo 'int x;' | $(1) -Werror -O2 $(2) -x c -c -o /dev/null - 2>/dev/null && echo '$(2)')
hardening = $(foreach f,-fstack-clash-protection -fcf-protection -mbranch-protection=standard,$(call has,$(1),$(f)))
HARDEN_CC := $(call hardening,$(CC))
HARDEN_CLANG := $(if $(CLANG),$(call hardening,$(CLANG)))
# not in kernels: they write all that they read, and their large arrays are the hot path
INITIALISE := $(call has,$(CC),-ftrivial-auto-var-init=zero)
FORTIFY := $(or $(call has,$(CC),-D_FORTIFY_SOURCE=3),-D_FORTIFY_SOURCE=2)
SANFLAGS :=
ifneq ($(SAN),)
ifeq ($(SAN),thread)
SANFLAGS := -fsanitize=thread
else
# gcc sees uninitialised values where there are none once the sanitizers are in
SANFLAGS := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer \
            $(if $(findstring gcc,$(CC)),-Wno-maybe-uninitialized)
endif
# with less the arithmetic takes most of the time that sanitized tests have
OPT := -O2
FORTIFY :=
INITIALISE :=
endif

VERSION := $(shell cat VERSION)
CPPFLAGS += -Isrc -Iinclude -D_GNU_SOURCE $(FORTIFY)
# version 4: valgrind does not read clang's version 5
DEBUG := -gdwarf-4
# two folders, the same bytes: tools/check_reproducible
SAME_PATHS := -ffile-prefix-map=$(CURDIR)=.
CFLAGS_ALL = -std=c11 $(DEBUG) $(SAME_PATHS) $(OPT) $(WARN) $(WERROR) $(HARDEN) $(HARDEN_OF) $(INITIALISE_IT) $(SANFLAGS) $(CFLAGS) $(EXTRA_CFLAGS)
LDFLAGS_ALL = -pthread -Wl,-z,relro,-z,now $(SANFLAGS) $(LDFLAGS)

# lowest first; a layer links against those before it
LAYERS := base group crypto election wire record vault guardian module report coding api server broker client store cluster cli
# what the commands alone need: Unicode
CLI_LIBS := -lunistring
SYSTEM_LIBS := -lmicrohttpd -lseccomp -lzstd -lz -lyajl -lmpack -linih -lunistring -lssl -lcrypto -lgmp -lm

# kernels of another CPU family are left out whole
MACHINE := $(firstword $(subst -, ,$(shell $(CC) -dumpmachine)))
FOREIGN := $(if $(filter x86_64 amd64,$(MACHINE)),,$(wildcard src/group/kernels/x86_*.c))
sources = $(filter-out $(FOREIGN) $(LEFT_OUT_SOURCES),$(wildcard src/$(1)/*.c src/$(1)/*/*.c))
objects = $(patsubst %.c,$(BUILD)/obj/%.o,$(1))
archive = $(BUILD)/lib/$(1).a
# archives of a layer and all below it, highest first
reverse = $(if $(1),$(call reverse,$(wordlist 2,$(words $(1)),$(1))) $(firstword $(1)))
up_to = $(call reverse,$(if $(filter $(1),$(firstword $(2))),$(1),$(firstword $(2)) $(call up_to_,$(1),$(wordlist 2,$(words $(2)),$(2)))))
up_to_ = $(if $(2),$(firstword $(2)) $(if $(filter $(1),$(firstword $(2))),,$(call up_to_,$(1),$(wordlist 2,$(words $(2)),$(2)))))
archives_up_to = $(foreach l,$(call up_to,$(1),$(LAYERS)),$(call archive,$(l)))

build: $(BUILD)/egserve ## build everything (default)
.PHONY: build

define layer_rules
$(call archive,$(1)): $(call objects,$(call sources,$(1)))
	@mkdir -p $$(@D)
	@rm -f $$@
	@$(AR) rcs $$@ $$^
endef
$(foreach l,$(LAYERS),$(eval $(call layer_rules,$(l))))

# per-file flags: kernels name the instruction sets that they are allowed to use
$(BUILD)/obj/src/group/kernels/%_adx.o: KERNEL_FLAGS := -mbmi2 -madx -mssse3
$(BUILD)/obj/src/group/kernels/%_fma.o: KERNEL_FLAGS := -mavx2 -mfma -mbmi2 -ffp-contract=off
$(BUILD)/obj/src/group/kernels/%_ifma.o: KERNEL_FLAGS := -mavx512f -mavx512vl -mavx512dq -mavx512bw -mavx512ifma -mbmi2
ifeq ($(FOREIGN),) # elsewhere clang may be another machine's
$(BUILD)/obj/src/group/kernels/%.o: OBJ_CC = $(if $(and $(CLANG),$(if $(SAN),,1)),$(CLANG),$(CC))
endif
OBJ_CC = $(CC)
HARDEN_OF = $(if $(filter $(CLANG),$(OBJ_CC)),$(HARDEN_CLANG),$(HARDEN_CC))
$(BUILD)/obj/src/group/kernels/%.o: INITIALISE_IT :=
INITIALISE_IT = $(INITIALISE)
$(BUILD)/obj/src/cli/%.o: CPPFLAGS += -DEG_VERSION='"$(VERSION)"'
$(BUILD)/obj/src/api/%.o: CPPFLAGS += -DEG_VERSION='"$(VERSION)"'
$(BUILD)/obj/src/server/%.o: CPPFLAGS += -DEG_VERSION='"$(VERSION)"'
$(BUILD)/obj/src/module/%.o $(BUILD)/obj/tests/unit/module/%.o: CPPFLAGS += -DEG_VERSION='"$(VERSION)"'
$(BUILD)/obj/src/report/%.o: CPPFLAGS += -DEG_VERSION='"$(VERSION)"'

$(BUILD)/obj/%.o: %.c
	@mkdir -p $(@D)
	@echo "  CC   $<"
	@$(OBJ_CC) $(CPPFLAGS) $(CFLAGS_ALL) $(KERNEL_FLAGS) -MMD -MP -c $< -o $@

$(BUILD)/egserve: $(call archives_up_to,cli)
	@echo "  LINK $@"
	@$(CC) -o $@ -Wl,--start-group $^ -Wl,--end-group $(LDFLAGS_ALL) -pie $(SYSTEM_LIBS) $(CLI_LIBS)

-include $(shell find $(BUILD)/obj -name '*.d' 2>/dev/null)

clean: ## remove everything built
	rm -rf build build-* dist
.PHONY: clean

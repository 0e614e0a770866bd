# Does time depend on a secret? Twice: tests/ctime under valgrind, in builds of its own, and tests/ctime/trace on the CPU
# itself, with the objects of this build (docs/decisions/0017-traces.md).
#
#   CTIME_KERNELS   of valgrind; default: those that take seconds; the fma kernel takes minutes
#   TRACE_ARGS      --operations leaves out whole powers

CTIME_BUILD ?= $(BUILD)-ctime
CTIME_KERNELS ?= portable adx
CTIME_LAYERS := base group crypto election vault

CTIME_SOURCES := $(filter-out $(if $(PORTABLE),tests/ctime/kem.c),$(wildcard tests/ctime/*.c))

# Debug information that valgrind 3.19 can read from gcc and clang alike. ML-KEM is PQClean's here, whatever is installed:
# OpenSSL's own is OpenSSL's to check.
ctime: ## constant time: secrets undefined under valgrind, as make builds
	@$(MAKE) --no-print-directory -j2 BUILD=$(CTIME_BUILD) ML_KEM=pqclean EXTRA_CFLAGS="-DEG_CTIME -gdwarf-4" $(CTIME_BUILD)/ctime
	@tools/run_ctime $(CTIME_BUILD)/ctime $(CTIME_KERNELS)

# what WebAssembly has in place of the libraries, and its kernel
ctime-portable: ## the same of the stand-ins and the kernel of WebAssembly
	@$(MAKE) --no-print-directory ctime PORTABLE=1 CTIME_BUILD=$(BUILD)-ctime-portable CTIME_KERNELS=simd128

$(BUILD)/ctime: $(call objects,$(CTIME_SOURCES)) $(foreach l,$(CTIME_LAYERS),$(call archive,$(l)))
	@$(CC) -o $@ -Wl,--start-group $^ -Wl,--end-group $(LDFLAGS_ALL) -lcrypto -lgmp -lm

TRACE_ARGS ?=
TRACE_LAYERS := base group crypto election
$(BUILD)/ctime-trace: $(call objects,$(wildcard tests/ctime/trace/*.c)) $(foreach l,$(TRACE_LAYERS),$(call archive,$(l)))
	@echo "  LINK $@"
	@$(CC) -o $@ -Wl,--start-group $^ -Wl,--end-group $(LDFLAGS_ALL) -lZydis -lcrypto -lgmp -lm

ctime-trace: $(if $(FOREIGN),,$(BUILD)/ctime-trace) ## constant time: traces compared, for every kernel of this CPU
ifeq ($(FOREIGN),)
	@$(BUILD)/ctime-trace $(TRACE_ARGS)
else
	@echo "  not run: it follows x86-64 alone"; echo "0 passed, 0 failed"
endif

# What compilers make of it differs: both of them, from no optimisation to the most.
ctime-all: ## both for gcc and clang at -O0, -Os, -O2 and -O3, and valgrind with the fma kernel
	@for cc in gcc clang; do for opt in O0 Os O2 O3; do \
	    echo "$$cc -$$opt"; \
	    $(MAKE) --no-print-directory ctime CC=$$cc CLANG= OPT=-$$opt FORTIFY= CTIME_BUILD=$(BUILD)-ctime-$$cc-$$opt || exit 1; \
	    $(MAKE) --no-print-directory -j2 ctime-trace CC=$$cc CLANG= OPT=-$$opt FORTIFY= \
	        BUILD=$(BUILD)-trace-$$cc-$$opt TRACE_ARGS=--operations || exit 1; \
	done; done
	@$(MAKE) --no-print-directory ctime CTIME_KERNELS=fma
.PHONY: ctime ctime-portable ctime-trace ctime-all

EXTRA_SUITES += "constant time" "$(MAKE) --no-print-directory ctime BUILD=$(BUILD)"
BESIDE_SUITES += "constant time, stand-ins" "$(MAKE) --no-print-directory ctime-portable BUILD=$(BUILD)"
EXTRA_SUITES += "constant time, traced" "$(MAKE) --no-print-directory -j2 ctime-trace BUILD=$(BUILD)"

# Does time depend on a secret? tests/ctime under valgrind, in builds of its own.
#
#   CTIME_KERNELS   default: those that take seconds; the fma kernel takes minutes

CTIME_BUILD ?= $(BUILD)-ctime
CTIME_KERNELS ?= portable adx
CTIME_LAYERS := base group crypto election vault

# Debug information that valgrind 3.19 can read from gcc and clang alike. ML-KEM is PQClean's here, whatever is installed:
# OpenSSL's own is OpenSSL's to check.
ctime: ## constant time: secrets undefined under valgrind, as make builds
	@$(MAKE) --no-print-directory -j2 BUILD=$(CTIME_BUILD) ML_KEM=pqclean EXTRA_CFLAGS="-DEG_CTIME -gdwarf-4" $(CTIME_BUILD)/ctime
	@tools/run_ctime $(CTIME_BUILD)/ctime $(CTIME_KERNELS)

$(BUILD)/ctime: $(call objects,$(wildcard tests/ctime/*.c)) $(foreach l,$(CTIME_LAYERS),$(call archive,$(l)))
	@$(CC) -o $@ -Wl,--start-group $^ -Wl,--end-group $(LDFLAGS_ALL) -lcrypto -lgmp -lm

# What compilers make of it differs: both of them, from no optimisation to the most.
ctime-all: ## the same for gcc and clang at -O0, -Os, -O2 and -O3, and with the fma kernel
	@for cc in gcc clang; do for opt in O0 Os O2 O3; do \
	    echo "$$cc -$$opt"; \
	    $(MAKE) --no-print-directory ctime CC=$$cc CLANG= OPT=-$$opt FORTIFY= CTIME_BUILD=$(BUILD)-ctime-$$cc-$$opt || exit 1; \
	done; done
	@$(MAKE) --no-print-directory ctime CTIME_KERNELS="fma ifma"
.PHONY: ctime ctime-all

EXTRA_SUITES += "constant time" "$(MAKE) --no-print-directory ctime BUILD=$(BUILD)"

# Where ML-KEM-1024 comes from: OpenSSL when the one installed is 3.5 or newer, else PQClean's portable sources,
# which the pinned npm package pqclean carries (docs/decisions).
#
#   ML_KEM=openssl|pqclean   takes one whatever is found

ML_KEM := $(or $(ML_KEM),$(if $(shell pkg-config --atleast-version=3.5 libcrypto 2>/dev/null && echo yes),openssl,pqclean))
ifeq ($(filter $(ML_KEM),openssl pqclean),)
$(error ML_KEM is '$(ML_KEM)'; it must be openssl or pqclean)
endif
BUILD ?= build

ifeq ($(ML_KEM),openssl)
LEFT_OUT_SOURCES += src/vault/ml_kem_pqclean.c $(if $(PORTABLE),,src/vault/pqclean_heap.c)
else
LEFT_OUT_SOURCES += src/vault/ml_kem_openssl.c

PQCLEAN := node_modules/pqclean/deps/PQClean
PQCLEAN_KEM := $(PQCLEAN)/crypto_kem/ml-kem-1024/clean
PQCLEAN_SOURCES := $(addprefix $(PQCLEAN_KEM)/,cbd.c indcpa.c kem.c ntt.c poly.c polyvec.c reduce.c \
    symmetric-shake.c verify.c) $(PQCLEAN)/common/fips202.c
PQCLEAN_OBJECTS := $(patsubst %.c,$(BUILD)/obj/%.o,$(PQCLEAN_SOURCES))

$(BUILD)/obj/src/vault/ml_kem_pqclean.o: CPPFLAGS += -isystem $(PQCLEAN_KEM) -isystem $(PQCLEAN)/common
$(BUILD)/obj/src/vault/ml_kem_pqclean.o: | $(PQCLEAN_SOURCES)
$(BUILD)/lib/vault.a: $(PQCLEAN_OBJECTS)

# not our code: its own warnings; its heap blocks are wiped when freed
$(PQCLEAN_OBJECTS): $(BUILD)/obj/%.o: %.c src/vault/pqclean_heap.h
	@mkdir -p $(@D)
	@echo "  CC   $<"
	@$(CC) -std=c99 -g $(SAME_PATHS) $(OPT) -w $(HARDEN) $(SANFLAGS) $(FORTIFY) $(CFLAGS) $(EXTRA_CFLAGS) -I$(PQCLEAN)/common \
	    -include src/vault/pqclean_heap.h -MMD -MP -c $< -o $@

$(PQCLEAN_SOURCES): $(NODE_PARTS) ;
endif

# its test counts the runs of scrypt
$(BUILD)/tests/vault/test_credential: TEST_LDFLAGS := -Wl,--wrap=EVP_PBE_scrypt
$(BUILD)/tests/guardian/test_key_file: TEST_LDFLAGS := -Wl,--wrap=eg_scrypt

check-ml-kem-openssl: ## the known answers of ML-KEM with OpenSSL 3.5 (downloads a Node.js that has it)
	@tools/check_ml_kem_openssl
.PHONY: check-ml-kem-openssl

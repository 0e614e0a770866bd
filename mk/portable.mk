# What stands in for the libraries under base, group, crypto and election where there are none, as in WebAssembly
# (docs/decisions/0030-seams.md): SHA-256, comparing secrets, numbers beyond the arithmetic mod p and q; AES-256-GCM and
# scrypt of guardians' key files.
#
#   PORTABLE=1   takes it, in a BUILD of its own; the tests are the same

BUILD ?= build
PORTABLE ?=
# of WebAssembly alone (mk/wasm.mk): without threads, pages and MessagePack
LEFT_OUT_SOURCES += src/base/pages_plain.c src/record/parallel_plain.c src/wire/msgpack_parser_none.c src/module/wasm.c src/module/wasm_kernel.c
ifeq ($(PORTABLE),)
LEFT_OUT_SOURCES += src/base/sha256_pqclean.c src/base/secret_plain.c src/group/public_plain.c \
    $(addprefix src/group/kernels/,limbs28.c simd128.c simd128_windows.c) \
    src/vault/aead_portable.c src/vault/scrypt_portable.c
else
CPPFLAGS += -DEG_SIMD128
LEFT_OUT_SOURCES += src/base/sha256_openssl.c src/base/secret_openssl.c src/group/public_gmp.c src/wire/json_parser_yajl.c \
    src/vault/aead_openssl.c src/vault/kdf_openssl.c
$(BUILD)/lib/wire.a: $(BUILD)/obj/src/wire/json_parser_rapidjson.o
$(BUILD)/obj/%.o: %.cpp
	@mkdir -p $(@D)
	@echo "  CXX  $<"
	@$(CXX) -x c++ -std=c++17 -fno-exceptions -fno-rtti $(CPPFLAGS) -g $(OPT) -Wall -Wextra $(WERROR) $(HARDEN) $(SANFLAGS) $(EXTRA_CFLAGS) -MMD -MP -c $< -o $@
PQCLEAN_SHA2 := node_modules/pqclean/deps/PQClean/common/sha2.c
$(BUILD)/obj/src/base/sha256_pqclean.o: CPPFLAGS += -isystem $(dir $(PQCLEAN_SHA2))
$(BUILD)/obj/src/base/sha256_pqclean.o: | $(PQCLEAN_SHA2)
$(BUILD)/lib/base.a: $(BUILD)/obj/$(PQCLEAN_SHA2:.c=.o)
PQCLEAN_AES := node_modules/pqclean/deps/PQClean/common/aes.c
$(BUILD)/obj/src/vault/aead_portable.o: CPPFLAGS += -isystem $(dir $(PQCLEAN_AES))
$(BUILD)/obj/src/vault/aead_portable.o: | $(PQCLEAN_AES)
$(BUILD)/lib/vault.a: $(BUILD)/obj/$(PQCLEAN_AES:.c=.o)
# not our code: its own warnings; what it has on the heap is wiped when freed
$(BUILD)/obj/$(PQCLEAN_AES:.c=.o): PQCLEAN_HEAP := -include src/vault/pqclean_heap.h
$(patsubst %.c,$(BUILD)/obj/%.o,$(PQCLEAN_SHA2) $(PQCLEAN_AES)): $(BUILD)/obj/%.o: %.c
	@mkdir -p $(@D)
	@echo "  CC   $<"
	@$(CC) -std=c99 -g $(OPT) -w $(HARDEN) $(SANFLAGS) $(FORTIFY) $(CFLAGS) $(EXTRA_CFLAGS) $(if $(PQCLEAN_HEAP),-Isrc) $(PQCLEAN_HEAP) \
	    -MMD -MP -c $< -o $@
$(PQCLEAN_SHA2) $(PQCLEAN_AES): $(NODE_PARTS) ;
endif

# what the tests hold against GMP and OpenSSL
portable: ## the seams without OpenSSL, GMP and yajl: tests of what stands there
	@$(MAKE) --no-print-directory -j2 PORTABLE=1 BUILD=$(BUILD)-portable portable-tests
PORTABLE_PROGRAMS = $(addprefix $(BUILD)/tests/,base/test_sha256 group/test_modp group/test_public_numbers group/test_kernels group/test_fixed_base group/test_pow crypto/test_hash \
    wire/test_tree wire/test_body vault/test_sealing guardian/test_key_file)
portable-tests: $(PORTABLE_PROGRAMS)
	@tools/run_programs $(PORTABLE_PROGRAMS)
.PHONY: portable portable-tests

EXTRA_SUITES += "without OpenSSL, GMP and yajl" "$(MAKE) --no-print-directory portable BUILD=$(BUILD)"

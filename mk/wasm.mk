# The WebAssembly module (docs/module.md): the sources from base to module by clang and Debian's wasi-libc, with what stands
# in for OpenSSL, GMP and yajl (docs/decisions/0030-seams.md). The kernel with SIMD is a module of its own.

WASM := build/wasm
WASM_CC ?= clang
WASM_LD ?= wasm-ld
WASM_TARGET := --target=wasm32-wasi
WASM_SYSTEM := /usr/include/wasm32-wasi
WASM_LIB := /usr/lib/wasm32-wasi
# of the compiler's own version: C++ headers for RapidJSON, arithmetic that the machine has not
wasm_resources = $(shell $(WASM_CC) -print-resource-dir)
wasm_cxx = $(firstword $(wildcard $(WASM_SYSTEM)/c++/v1 $(abspath $(wasm_resources)/../../..)/include/wasm32-wasi/c++/v1))
wasm_builtins = $(firstword $(wildcard $(wasm_resources)/lib/wasi/libclang_rt.builtins-wasm32.a $(wasm_resources)/lib/wasm32-unknown-wasi/libclang_rt.builtins.a))

WASM_LAYERS := base group crypto election wire record vault guardian module
# what needs an operating system, or a library
WASM_LEFT_OUT := $(addprefix src/base/,sha256_openssl.c secret_openssl.c pages.c core_dumps.c library.c) src/group/public_gmp.c \
    src/wire/json_parser_yajl.c src/wire/msgpack_parser.c src/wire/name_hint.c src/record/parallel.c src/record/verification.c \
    src/record/source_open.c src/record/source_folder.c src/record/source_zip.c src/record/zip_library.c src/record/zip_write.c \
    $(addprefix src/vault/,aead_openssl.c kdf_openssl.c credential.c ml_kem_openssl.c ml_kem_pqclean.c) \
    $(wildcard src/group/kernels/x86_*.c src/group/kernels/*simd128*.c src/group/kernels/limbs*.c) src/module/wasm_kernel.c
WASM_KERNEL := $(addprefix src/,group/kernels/limbs28.c group/kernels/simd128.c group/kernels/simd128_windows.c group/constants.c base/secret.c base/secret_plain.c module/wasm_kernel.c)
WASM_SOURCES := $(filter-out $(WASM_LEFT_OUT),$(foreach l,$(WASM_LAYERS),$(wildcard src/$(l)/*.c src/$(l)/*/*.c)))
WASM_OBJECTS = $(WASM_SOURCES:%.c=$(WASM)/obj/%.o) $(WASM)/obj/src/wire/json_parser_rapidjson.o $(WASM_PQCLEAN:%.c=$(WASM)/obj/%.o)
WASM_PQCLEAN := $(addprefix node_modules/pqclean/deps/PQClean/common/,sha2.c aes.c)

WASM_FLAGS = $(WASM_TARGET) -nostdlibinc -isystem $(WASM_SYSTEM) -Isrc -D_GNU_SOURCE -DEG_NO_THREADS -DEG_VERSION='"$(VERSION)"' \
    -isystem $(dir $(firstword $(WASM_PQCLEAN))) -fvisibility=hidden -ffunction-sections -fdata-sections -fno-strict-overflow $(SAME_PATHS) -MMD -MP
# the numbers take the time, all else the bytes
WASM_OPT = -Os
$(WASM)/obj/src/group/%.o $(WASM)/kernel/%.o: WASM_OPT = -O3
# not our code: its own warnings; what it has on the heap is wiped when freed
$(WASM)/obj/node_modules/%.o: WASM_WARN = -w
$(WASM)/obj/%/aes.o: WASM_FLAGS += -include src/vault/pqclean_heap.h
WASM_WARN = $(filter-out -Wundef,$(WARN)) $(WERROR)

$(WASM)/obj/%.o: %.c | $(NODE_PARTS)
	@mkdir -p $(@D)
	@echo "  WASM $<"
	@$(WASM_CC) -std=c11 $(WASM_FLAGS) $(WASM_OPT) $(WASM_WARN) -c $< -o $@
# an include path with RapidJSON alone: the headers of this machine's C library must not be found
$(WASM)/obj/%.o: %.cpp
	@mkdir -p $(@D) $(WASM)/include
	@ln -sfn /usr/include/rapidjson $(WASM)/include/rapidjson
	@echo "  WASM $<"
	@$(WASM_CC) -x c++ -std=c++17 -fno-exceptions -fno-rtti $(WASM_TARGET) -nostdlibinc -isystem $(wasm_cxx) $(filter-out $(WASM_TARGET) -nostdlibinc,$(WASM_FLAGS)) \
	    -isystem $(WASM)/include $(WASM_OPT) -Wall -Wextra $(WERROR) -c $< -o $@
$(WASM)/kernel/%.o: %.c
	@mkdir -p $(@D)
	@echo "  WASM $<"
	@$(WASM_CC) -std=c11 $(WASM_FLAGS) -DEG_SIMD128 -msimd128 -mbulk-memory $(WASM_OPT) $(WASM_WARN) -c $< -o $@

WASM_LINK = --gc-sections $(if $(WASM_NAMES),,--strip-all) --no-entry
$(WASM)/electionguard.wasm: $(WASM_OBJECTS)
	@echo "  LINK $@"
	@$(WASM_LD) $(WASM_LINK) -z stack-size=1048576 --stack-first --max-memory=2147483648 --export-table --growable-table --export=_initialize \
	    -o $@ $(WASM_LIB)/crt1-reactor.o $^ -L$(WASM_LIB) -lc $(wasm_builtins)
# linked to the addresses that the other keeps for it
$(WASM)/simd128.wasm: $(WASM_KERNEL:%.c=$(WASM)/kernel/%.o) $(WASM)/electionguard.wasm tools/wasm_kernel_room.mjs
	@echo "  LINK $@"
	@read -r from end < <(node tools/wasm_kernel_room.mjs $(WASM)/electionguard.wasm) && \
	$(WASM_LD) $(WASM_LINK) -z stack-size=32768 --global-base=$$from --import-memory --export-table --export=__heap_base \
	    -o $@ $(filter %.o,$^) -L$(WASM_LIB) -lc $(wasm_builtins) && node tools/wasm_kernel_room.mjs $@ $$from $$end
$(WASM)/simd128.wasm: SHELL := /bin/bash

wasm: $(WASM)/electionguard.wasm $(WASM)/simd128.wasm ## the WebAssembly module
.PHONY: wasm
-include $(shell find $(WASM)/obj $(WASM)/kernel -name '*.d' 2>/dev/null)

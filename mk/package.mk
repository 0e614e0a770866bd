# The npm package of packages/electionguard: TypeScript by tsc, the WebAssembly module inside (docs/decisions/0034-the-npm-package.md).

PACKAGE := build/package
PACKAGE_SOURCES := $(wildcard packages/electionguard/src/*.ts) packages/electionguard/package.json packages/electionguard/tsconfig.json \
    packages/electionguard/README.md packages/electionguard/LICENSES

$(PACKAGE)/package.json: $(PACKAGE_SOURCES) $(WASM)/electionguard.wasm $(WASM)/simd128.wasm VERSION LICENSE tools/make_package $(NODE_PARTS)
	@tools/make_package
package: $(PACKAGE)/package.json ## the npm package (build/package/electionguard-VERSION.tgz)
.PHONY: package

# tests/package by Node.js's own runner; PACKAGE_TESTS=some of them
PACKAGE_TESTS ?= $(wildcard tests/package/*.test.mjs)
package-test: package $(BUILD)/egserve ## tests of the npm package in Node.js 20
	@if node -e 'process.exit(process.versions.node.split(".")[0] < 20 ? 1 : 0)'; then \
	    EGSERVE=$(abspath $(BUILD))/egserve node --test --test-reporter=./tests/package/reporter.mjs $(PACKAGE_TESTS); \
	else echo "the package needs Node.js 20: 0 passed, 0 failed"; fi
.PHONY: package-test
BESIDE_SUITES += "npm package" "$(MAKE) --no-print-directory package-test BUILD=$(BUILD)"

# The known answers by the module's own objects: the runner's sources are those of mk/test.mk, and tests/vectors/wasm has what
# stands for jansson, GMP and OpenSSL. ML-KEM is not in the module.
WASM_VECTORS := $(PACKAGE)-vectors
WASM_VECTOR_SOURCES := $(filter-out tests/vectors/ops_ml_kem.c,$(VECTOR_SOURCES))
WASM_VECTOR_OBJECTS = $(WASM_VECTOR_SOURCES:%.c=$(WASM)/obj/%.o) $(filter-out %/module/wasm.o,$(WASM_OBJECTS))
WASM_KERNEL_OBJECTS = $(addprefix $(WASM)/kernel/src/group/kernels/,limbs28.o simd128.o simd128_windows.o)
$(WASM)/obj/tests/vectors/%.o $(WASM)/obj/tests/vectors/wasm/%.o: WASM_FLAGS += -Itests -isystem tests/vectors/wasm
$(WASM)/obj/tests/vectors/%.o: WASM_WARN = -w
$(WASM)/obj/tests/vectors/wasm/instead_simd128.o: tests/vectors/wasm/instead.c | $(NODE_PARTS)
	@mkdir -p $(@D)
	@echo "  WASM $@"
	@$(WASM_CC) -std=c11 $(WASM_FLAGS) -Itests -isystem tests/vectors/wasm -DEG_SIMD128 -DVECTORS_SIMD128 $(WASM_OPT) $(WASM_WARN) -c $< -o $@
$(WASM_VECTORS)/portable.wasm: $(WASM)/obj/tests/vectors/wasm/instead.o
$(WASM_VECTORS)/simd128.wasm: $(WASM)/obj/tests/vectors/wasm/instead_simd128.o $(WASM_KERNEL_OBJECTS)
$(WASM_VECTORS)/portable.wasm $(WASM_VECTORS)/simd128.wasm: $(WASM_VECTOR_OBJECTS)
	@mkdir -p $(@D)
	@echo "  LINK $@"
	@$(WASM_LD) --gc-sections -z stack-size=4194304 --stack-first --export=malloc -o $@ $(WASM_LIB)/crt1-command.o $^ -L$(WASM_LIB) -lc $(wasm_builtins)
package-vectors: $(WASM_VECTORS)/portable.wasm $(WASM_VECTORS)/simd128.wasm vectors-data
package-test: package-vectors
.PHONY: package-vectors

$(WASM)/obj/bench/wasm_products.o: WASM_FLAGS += -DEG_SIMD128
$(WASM_VECTORS)/products.wasm: $(WASM)/obj/bench/wasm_products.o $(WASM_KERNEL_OBJECTS) $(filter-out %/module/wasm.o,$(WASM_OBJECTS))
	@mkdir -p $(@D)
	@echo "  LINK $@"
	@$(WASM_LD) --gc-sections --no-entry --export=_initialize -o $@ $(WASM_LIB)/crt1-reactor.o $^ -L$(WASM_LIB) -lc $(wasm_builtins)
bench-module: package $(BUILD)/egserve $(WASM_VECTORS)/products.wasm ## the npm package's two kernels against each other
	@EGSERVE=$(abspath $(BUILD))/egserve node bench/bench_module.mjs
.PHONY: bench-module

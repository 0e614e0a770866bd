# The npm package of packages/electionguard: TypeScript by tsc, the WebAssembly module inside (docs/decisions/0034-the-npm-package.md).

PACKAGE := build/package
PACKAGE_SOURCES := $(wildcard packages/electionguard/src/*.ts) packages/electionguard/package.json packages/electionguard/tsconfig.json \
    packages/electionguard/README.md

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
EXTRA_SUITES += "npm package" "$(MAKE) --no-print-directory package-test BUILD=$(BUILD)"

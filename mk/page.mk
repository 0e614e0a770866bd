# The page for voters, guardians and verifiers (docs/page.md): apps/page, the package and the WebAssembly module in one file.
# The service answers it at /app.
#
#   CAST_URL=https://host/path   a page that may post cast ballots there: build/egserve-cast.html
#   PAGE_LANGUAGE=xx             one with other texts, of apps/page/src/texts: build/egserve-xx.html

CAST_URL ?=
PAGE_LANGUAGE ?= en
PAGE_SOURCES := $(shell find apps/page -type f ! -name README.md) $(wildcard packages/electionguard/src/*.ts) LICENSE VERSION
PAGE_NEEDS := $(PAGE_SOURCES) $(WASM)/electionguard.wasm $(WASM)/simd128.wasm $(NODE_PARTS)
make_page = node apps/page/build.mjs --out $@ --wasm $(WASM) --version $(VERSION)

# a source archive (make dist) has the page that the program carries
ifeq ($(wildcard node_modules/.egserve-vendored),)
PAGE := build/egserve.html
$(PAGE): $(PAGE_NEEDS)
	@echo "  PAGE $@"
	@$(make_page)
else
PAGE := node_modules/.egserve-page/egserve.html
endif

# one of another language, or that may post: never the program's
OTHER_PAGE := build/egserve$(addprefix -,$(filter-out en,$(PAGE_LANGUAGE)))$(if $(CAST_URL),-cast).html
ifneq ($(OTHER_PAGE),build/egserve.html)
$(OTHER_PAGE): $(PAGE_NEEDS) FORCE
	@echo "  PAGE $@"
	@$(make_page) --language $(PAGE_LANGUAGE) --cast-url '$(CAST_URL)'
FORCE:
app: $(OTHER_PAGE)
else
app: $(PAGE) ## the page for voters, guardians and verifiers, and its SHA-256
endif
	@sha256sum $<
.PHONY: app FORCE

$(BUILD)/obj/src/api/docs/docs_files.o: CPPFLAGS += -DEG_PAGE='"$(PAGE)"'
$(BUILD)/obj/src/api/docs/docs_files.o: $(PAGE)

# what needs no browser, in Node.js 20; the rest in Chromium, from a file; PAGE_ARGS: further arguments of pytest, e.g. PAGE_ARGS='-k vote'
PAGE_ARGS ?=
page-test: $(PAGE) $(BUILD)/egserve $(BUILD)/examples/guardian-shared ## tests of the page in a browser
	@node_modules/.bin/tsc -p apps/page
	@if node -e 'process.exit(Number(process.versions.node.split(".")[0] < 20))'; then node tests/page/logic/run.mjs; fi
	@EGSERVE=$(abspath $(BUILD))/egserve EGSERVE_PAGE=$(abspath $(PAGE)) $(PYTEST) -q -p no:cacheprovider tests/page $(PAGE_ARGS)
.PHONY: page-test
BESIDE_SUITES += "page" "$(MAKE) --no-print-directory page-test BUILD=$(BUILD)"

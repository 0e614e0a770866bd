# The tests of stores in S3, beside a server of their own: tests/store, with pytest. Folders: tests/unit/store.
#
#   STORE_ARGS    further arguments of pytest, e.g. STORE_ARGS='-k secret'

STORE_ARGS ?=

$(BUILD)/store-tool: $(call objects,tests/store/store_tool.c) $(call archives_up_to,store)
	@echo "  LINK $@"
	@$(CC) -o $@ -Wl,--start-group $^ -Wl,--end-group $(LDFLAGS_ALL) $(SYSTEM_LIBS) $(CLI_LIBS)

store: $(BUILD)/store-tool $(NODE_PARTS) ## tests of objects in S3, beside a server that checks signatures
	@STORE_TOOL=$(abspath $(BUILD))/store-tool $(PYTEST) -q -p no:cacheprovider tests/store $(STORE_ARGS)
.PHONY: store

EXTRA_SUITES += "objects in S3" "$(MAKE) --no-print-directory store BUILD=$(BUILD)"

# The description of the API: docs/openapi.json and the page that shows it, built into the program.

SWAGGER_UI := node_modules/swagger-ui-dist
UPLOT := node_modules/uplot
$(BUILD)/obj/src/api/docs/docs_files.o: CPPFLAGS += -DEG_SWAGGER_UI='"$(SWAGGER_UI)"' -DEG_UPLOT='"$(UPLOT)"'
$(BUILD)/obj/src/api/docs/docs_files.o: docs/openapi.json $(wildcard src/api/docs/docs_page/*) $(NODE_PARTS)

# the rows of the route table, for the test of docs/openapi.json
$(BUILD)/print-routes: $(call objects,tests/http/print_routes.c) $(call archives_up_to,api)
	@echo "  LINK $@"
	@$(CC) -o $@ -Wl,--start-group $^ -Wl,--end-group $(LDFLAGS_ALL) $(SYSTEM_LIBS)
http http-short: $(BUILD)/print-routes

openapi-examples: ## write the recorded exchanges into docs/openapi.json
	@/usr/bin/python3 -B tools/openapi_examples
.PHONY: openapi-examples

docs: ## check the links, paths and names in the documentation
	@tools/check_docs
.PHONY: docs
EXTRA_SUITES += "documentation" tools/check_docs

# the page of `egserve report`
$(BUILD)/obj/src/report/page.o: $(wildcard src/report/page/*)

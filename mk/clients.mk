# The example clients of clients/, run against a service: tests/clients, with pytest.

CLIENT_C := $(BUILD)/clients/example
$(CLIENT_C): clients/c/eg_client.c clients/c/example.c clients/c/eg_client.h
	@mkdir -p $(@D)
	@echo "  CC   $@"
	@$(CC) -std=c11 -D_GNU_SOURCE -g -O2 -Wall -Wextra -Wconversion $(WERROR) $(SANFLAGS) -o $@ \
	    clients/c/eg_client.c clients/c/example.c -lcurl -ljansson

clients: $(BUILD)/egserve $(CLIENT_C) ## tests of the example clients
	@EGSERVE=$(abspath $(BUILD))/egserve CLIENT_C=$(abspath $(CLIENT_C)) \
	    $(PYTEST) -q -p no:cacheprovider tests/clients
.PHONY: clients

EXTRA_SUITES += "clients" "$(MAKE) --no-print-directory clients BUILD=$(BUILD)"

# The example clients of clients/, run against a service: tests/clients, with pytest.

CLIENT_C := $(BUILD)/clients/example
CONTESTS_C := $(BUILD)/clients/contests
$(CLIENT_C) $(CONTESTS_C): $(BUILD)/clients/%: clients/c/eg_client.c clients/c/%.c clients/c/eg_client.h
	@mkdir -p $(@D)
	@echo "  CC   $@"
	@$(CC) -std=c11 -D_GNU_SOURCE -g -O2 -Wall -Wextra -Wconversion $(WERROR) $(SANFLAGS) -o $@ \
	    $(filter %.c,$^) -lcurl -ljansson

clients: $(BUILD)/egserve $(CLIENT_C) $(CONTESTS_C) ## tests of the example clients
	@EGSERVE=$(abspath $(BUILD))/egserve CLIENT_C=$(abspath $(CLIENT_C)) CONTESTS_C=$(abspath $(CONTESTS_C)) \
	    $(PYTEST) -q -p no:cacheprovider tests/clients
.PHONY: clients

EXTRA_SUITES += "clients" "$(MAKE) --no-print-directory clients BUILD=$(BUILD)"

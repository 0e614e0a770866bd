# The tests of workers and coordinators, with a RabbitMQ of their own: tests/cluster, with pytest.
#
#   CLUSTER_ARGS    further arguments of pytest, e.g. CLUSTER_ARGS='-k poisoned'

CLUSTER_ARGS ?=

cluster: build ## tests of workers and coordinators, with a RabbitMQ of their own
	@EGSERVE=$(abspath $(BUILD))/egserve $(PYTEST) -q -p no:cacheprovider tests/cluster $(CLUSTER_ARGS)
.PHONY: cluster

EXTRA_SUITES += "workers and coordinators" "$(MAKE) --no-print-directory cluster BUILD=$(BUILD)"

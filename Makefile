# egserve: the front door. `make help` lists the verbs.
.DEFAULT_GOAL := build

include mk/npm.mk
include mk/portable.mk
include mk/vault.mk
include mk/build.mk
include mk/library.mk
include mk/wasm.mk
include mk/page.mk
include mk/test.mk
include mk/package.mk
include mk/docs.mk
include mk/http.mk
include mk/cli.mk
include mk/store.mk
include mk/cluster.mk
include mk/clients.mk
include mk/load.mk
include mk/peer.mk
include mk/deploy.mk
include mk/bench.mk
include mk/ctime.mk
include mk/fuzz.mk
include mk/quality.mk
include mk/release.mk

help: ## list the verbs
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sort | sed -E 's/^([a-z-]+):.*## /  \1\t/' | expand -t 24
.PHONY: help

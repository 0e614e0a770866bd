# Parts from npm: what package-lock.json pins, install scripts off.

NODE_PARTS := node_modules/.egserve-complete
# a source archive (make dist) has those that are built in
ifeq ($(wildcard node_modules/.egserve-vendored),)
$(NODE_PARTS): package.json package-lock.json
	@echo "  NPM"
	@npm ci --ignore-scripts --no-audit --no-fund --loglevel=error || \
	    { echo 'npm could not install what package-lock.json pins; scripts/install-deps.sh installs npm itself' >&2; false; }
	@touch $@
else
NODE_PARTS := node_modules/.egserve-vendored
endif

# What people deploy with: tests/deploy.

deploy-files: $(BUILD)/egserve ## check Dockerfile, compose, systemd, Kubernetes and start scripts
	@EGSERVE=$(abspath $(BUILD))/egserve $(PYTEST) -q -p no:cacheprovider tests/deploy
.PHONY: deploy-files

EXTRA_SUITES += "deployment files" "$(MAKE) --no-print-directory deploy-files BUILD=$(BUILD)"

check-image: ## follow the Dockerfile in bare Debian systems (five minutes, root, debootstrap, network)
	@/usr/bin/python3 -B tests/deploy/image.py
.PHONY: check-image

RELEASE ?= trixie
check-bare: ## all of CI in a bare Debian system, RELEASE=trixie or bookworm (half an hour, root, debootstrap, network)
	@tools/check_bare $(RELEASE)
.PHONY: check-bare

# What people deploy with: tests/deploy.

deploy-files: $(BUILD)/egserve ## check Dockerfile, compose, systemd, Kubernetes and start scripts
	@EGSERVE=$(abspath $(BUILD))/egserve $(PYTEST) -q -p no:cacheprovider tests/deploy
.PHONY: deploy-files

EXTRA_SUITES += "deployment files" "$(MAKE) --no-print-directory deploy-files BUILD=$(BUILD)"

check-image: ## follow the Dockerfile in bare Debian systems (five minutes, root, debootstrap, network)
	@/usr/bin/python3 -B tests/deploy/image.py
.PHONY: check-image

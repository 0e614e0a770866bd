# What is given away: a source archive, a Debian package, a list of parts. All of it goes to dist/.

dist: $(NODE_PARTS) $(PAGE) ## source archive with the npm parts inside (dist/egserve-VERSION.tar.gz)
	@tools/make_dist

deb: dist ## Debian package for this release of Debian (dist/*.deb; needs debhelper)
	@tools/make_deb $(DEB_ARGS)

sbom: $(BUILD)/egserve ## list of parts in CycloneDX (dist/egserve-VERSION.cdx.json)
	@tools/make_sbom $(BUILD)/egserve

check-release: ## what a release must pass beside make check (root, debootstrap, network; half an hour)
	@tools/run_suites "the same bytes" tools/check_reproducible \
	    "packages in bare systems" tools/check_package \
	    "OpenAPI, for other tools" tools/check_openapi
.PHONY: dist deb sbom check-release

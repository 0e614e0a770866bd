# electionguard-python itself beside the service: not part of `make check`, since it comes from elsewhere.
#
#   ELECTIONGUARD_PYTHON   a checkout of electionguard-python 1.4
#   PEER_ARGS              further arguments of pytest

PEER_ARGS ?=

check-peer: $(BUILD)/egserve ## compare with a checkout of electionguard-python 1.4 (ELECTIONGUARD_PYTHON=dir; three minutes)
	@test -d "$(ELECTIONGUARD_PYTHON)/src/electionguard" || \
	    { echo "ELECTIONGUARD_PYTHON must name a checkout of electionguard-python 1.4; it needs the packages" \
	        "python3-pydantic python3-dacite python3-dateutil python3-psutil" >&2; exit 1; }
	@EGSERVE=$(BUILD)/egserve ELECTIONGUARD_PYTHON=$(ELECTIONGUARD_PYTHON) $(PYTEST) -q -p no:cacheprovider tests/peer $(PEER_ARGS)
.PHONY: check-peer

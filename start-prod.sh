#!/usr/bin/env bash
# Installs what is missing, builds, and serves on port 5000. Settings: the environment, egserve.conf beside this file,
# or flags given here; see docs/operations.md.
set -euo pipefail
cd "$(dirname "$0")"

scripts/install-deps.sh
make -s -j"$(nproc)" build/egserve
export EGSERVE_BIND="${EGSERVE_BIND:-0.0.0.0:5000}"
exec build/egserve serve "$@"

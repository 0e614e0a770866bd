#!/usr/bin/env bash
# Installs what is missing, builds, and serves on port 5000. Settings: flags given here are passed on; see
# docs/operations.md.
set -euo pipefail
cd "$(dirname "$0")"

scripts/install-deps.sh
make -s -j"$(nproc)" build/egserve
exec build/egserve serve --bind "${EGSERVE_BIND:-0.0.0.0:5000}" "$@"

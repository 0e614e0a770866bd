#!/usr/bin/env bash
# Installs what is missing, builds, and serves on port 5000 of all addresses. Settings: flags given here, the environment,
# egserve.conf beside this file; see docs/operations.md. Only this machine: ./start-prod.sh --bind 127.0.0.1:5000
set -euo pipefail
cd "$(dirname "$0")"

scripts/install-deps.sh
make -s -j"$(nproc)" build/egserve
# where neither of them says where to listen
if build/egserve serve "$@" --print-config 2>/dev/null | grep -q '^bind = .*; default'; then
    export EGSERVE_BIND=0.0.0.0:5000
fi
exec build/egserve serve "$@"

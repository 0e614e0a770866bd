#!/usr/bin/env bash
# Installs the packages that egserve needs. The one list: README, CI, Docker and start-prod.sh all call this.
#
#   scripts/install-deps.sh            to build and to run
#   scripts/install-deps.sh --runtime  only to run a binary built elsewhere
#   scripts/install-deps.sh --dev      also for tests, benchmarks, fuzzing and documentation
#   scripts/install-deps.sh --cross    to build for AArch64 and run that here
#   scripts/install-deps.sh --print-libraries  names the libraries to build the program and its tests with
#
# Debian 12 or newer. Packages that are there already are left alone.
set -euo pipefail

runtime=(libmicrohttpd12 libssl3 libyajl2 libmpack0 libinih1 libgmp10 libsystemd0 libcurl4 libunistring2
    ca-certificates)
build=(gcc make libc6-dev libmicrohttpd-dev libssl-dev libgmp-dev libyajl-dev libmpack-dev libinih-dev
    libsystemd-dev libcurl4-openssl-dev libunistring-dev pkg-config clang nodejs npm)
test_libraries=(libcmocka-dev libjansson-dev libzydis-dev)
dev=("${test_libraries[@]}" g++ clang-format libclang-rt-14-dev valgrind qemu-user curl git
    python3 python3-pytest python3-requests python3-msgpack python3-gmpy2 python3-cryptography python3-yaml
    python3-jsonschema python3-pyflakes jq
    haproxy nginx-light shellcheck chromium chromium-driver python3-selenium)
cross=(gcc-aarch64-linux-gnu qemu-user)

# Vendored sources from npm: pinned by package-lock.json, install scripts off.
npm_root() {
    cd "$(dirname "$0")/.."
    if [ node_modules/.egserve-complete -nt package-lock.json ]; then
        return
    fi
    npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
    touch node_modules/.egserve-complete
}

want=("${build[@]}")
case "${1:-}" in
    "") ;;
    --runtime) want=("${runtime[@]}") ;;
    --dev) want+=("${dev[@]}") ;;
    --cross) want=("${cross[@]}") ;;
    --print-libraries)
        printf '%s\n' "${build[@]}" "${test_libraries[@]}" | grep -- '^lib.*-dev$'
        exit
        ;;
    *)
        echo "usage: $0 [--runtime | --dev | --cross | --print-libraries]" >&2
        exit 2
        ;;
esac

missing=()
for package in "${want[@]}"; do
    # npm and nodejs may come from elsewhere than Debian: what counts is that they are there
    case "$package" in
        nodejs) command -v node >/dev/null && continue ;;
        npm) command -v npm >/dev/null && continue ;;
        gcc | make | clang | git | curl | valgrind) command -v "$package" >/dev/null && continue ;;
    esac
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
done

if [ "${#missing[@]}" -gt 0 ]; then
    sudo=()
    if [ "$(id -u)" -ne 0 ]; then
        sudo=(sudo)
    fi
    echo "installing: ${missing[*]}"
    "${sudo[@]}" apt-get update -qq
    "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
        "${missing[@]}" >/dev/null
fi

if [ "${1:-}" != "--runtime" ]; then
    npm_root
fi

#!/usr/bin/env bash
# Installs the packages that egserve needs. The one list: README, CI, Docker and start-prod.sh all call this.
#
#   scripts/install-deps.sh            to build and to run
#   scripts/install-deps.sh --runtime  only to run a binary built elsewhere
#   scripts/install-deps.sh --dev      also for tests, benchmarks, fuzzing and documentation
#   scripts/install-deps.sh --cross    to build for AArch64 and run that here
#   scripts/install-deps.sh --print-libraries  names the libraries to build the program and its tests with
#
# Debian 12 and 13. Packages that are there already are left alone. a|b: the name that this release has.
set -euo pipefail

runtime=('libmicrohttpd12t64|libmicrohttpd12' libseccomp2 libzstd1 zlib1g 'libssl3t64|libssl3' libyajl2 libmpack0 libinih1
    'libgmp10t64|libgmp10' 'libcurl4t64|libcurl4' librabbitmq4 'libunistring5|libunistring2' 'libzip5|libzip4' ca-certificates)
build=(gcc make libc6-dev libmicrohttpd-dev libseccomp-dev libzstd-dev zlib1g-dev libssl-dev libgmp-dev libyajl-dev libmpack-dev libinih-dev
    libcurl4-openssl-dev librabbitmq-dev libunistring-dev libzip-dev pkg-config clang nodejs npm
    lld wasi-libc libclang-rt-dev-wasm32 libc++-dev-wasm32 rapidjson-dev)
test_libraries=(libcmocka-dev libjansson-dev libzydis-dev)
dev=("${test_libraries[@]}" g++ clang-format libclang-rt-dev valgrind qemu-user curl git
    python3 python3-pytest python3-requests python3-zstandard python3-msgpack python3-gmpy2 python3-cryptography python3-yaml
    python3-jsonschema python3-pyflakes jq
    haproxy nginx-light prometheus rabbitmq-server python3-pika shellcheck chromium chromium-driver python3-selenium)
cross=(gcc-aarch64-linux-gnu qemu-user)

# A source archive (make dist) has the parts from npm that are built in and the page, and builds with gcc alone.
cd "$(dirname "$0")/.."
vendored=node_modules/.egserve-vendored
if [ -e "$vendored" ]; then
    mapfile -t build < <(printf '%s\n' "${build[@]}" | grep -vxE 'clang|nodejs|npm|lld|wasi-libc|libclang-rt-dev-wasm32|libc\+\+-dev-wasm32|rapidjson-dev')
fi

# Vendored sources from npm: pinned by package-lock.json, install scripts off.
npm_root() {
    if [ -e "$vendored" ] || [ node_modules/.egserve-complete -nt package-lock.json ]; then
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

is_installed() {
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# Whether one of the names of an entry is there.
is_there() {
    local name
    local -a names
    # these may come from elsewhere than Debian
    case "$1" in
        nodejs) command -v node >/dev/null && return ;;
        npm | gcc | make | clang | git | curl | valgrind) command -v "$1" >/dev/null && return ;;
    esac
    IFS='|' read -ra names <<<"$1"
    for name in "${names[@]}"; do
        is_installed "$name" && return
    done
    return 1
}

# The name of an entry that this release has; the last one when it has none, for apt to complain of.
available() {
    local name
    local -a names
    IFS='|' read -ra names <<<"$1"
    for name in "${names[@]}"; do
        [ -n "$(apt-cache show --no-all-versions "$name" 2>/dev/null)" ] && break
    done
    echo "$name"
}

missing=()
for entry in "${want[@]}"; do
    is_there "$entry" || missing+=("$entry")
done

if [ "${#missing[@]}" -gt 0 ]; then
    sudo=()
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null || {
            echo "these packages are missing: ${missing[*]}; run $0 as root, or install sudo" >&2
            exit 1
        }
        sudo=(sudo)
    fi
    "${sudo[@]}" apt-get update -qq
    packages=()
    for entry in "${missing[@]}"; do
        packages+=("$(available "$entry")")
    done
    echo "installing (this may take minutes): ${packages[*]}"
    "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
        "${packages[@]}" >/dev/null
fi

if [ "${1:-}" != "--runtime" ]; then
    npm_root
fi

#!/bin/sh
# sh cmake/install_packages.sh GROUP...
# Installs those Debian packages of the groups that are missing; does nothing if none is. As root, or through sudo.
set -eu

packages_of() {
    case $1 in
        build) echo g++ make cmake ;;
        checks) echo catch2 clang-14 clang-19 clang-format-14 clang-tidy-14 g++-12-multilib libclang-rt-14-dev \
            libcli11-dev pkgconf qemu-user shellcheck universal-ctags valgrind ;;
        kernels) echo g++-aarch64-linux-gnu g++-riscv64-linux-gnu gcc-arm-none-eabi libstdc++-arm-none-eabi-newlib \
            qemu-system-arm qemu-system-misc qemu-system-x86 ;;
        programs) echo bash cmake coreutils g++ git jq mawk perl pigz python3 sqlite3 squashfs-tools tar xz-utils zstd ;;
        bench) echo libbenchmark-dev libboost-dev libcli11-dev libgoogle-perftools-dev libjemalloc-dev libmimalloc-dev \
            libxxhash-dev libzstd-dev nlohmann-json3-dev pkgconf python3-matplotlib valgrind ;;
        *)
            echo "install_packages.sh: no group is called '$1'; there are: build checks kernels programs bench" >&2
            return 2
            ;;
    esac
}

is_installed() { dpkg-query --show --showformat='${db:Status-Abbrev}' "$1" 2>/dev/null | grep -q '^ii'; }

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        echo "install_packages.sh: run as root, or install sudo, or install by hand:$missing" >&2
        return 1
    fi
}

wanted=
for group in "$@"; do
    packages=$(packages_of "$group")
    wanted="$wanted $packages"
done
missing=
for package in $wanted; do
    is_installed "$package" || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

echo "==> installing:$missing"
as_root apt-get update -qq
# shellcheck disable=SC2086  # a list of packages
as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing

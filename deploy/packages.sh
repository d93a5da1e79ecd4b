# Sourced by deploy/quickstart and tests/run: installs the Debian packages that are missing, and only those.

# make: without it the link uses one processor and says so.
build_packages=(g++ make cmake ninja-build ccache mold git libboost1.81-dev libboost-json1.81-dev libboost-url1.81-dev
    libspdlog-dev libfmt-dev libtomlplusplus-dev libcli11-dev libsqlite3-dev libpqxx-dev libpq-dev libssl-dev
    libmimalloc-dev prometheus-cpp-dev libc-ares-dev libhowardhinnant-date-dev
    zlib1g-dev libbrotli-dev libzstd-dev)

say() { printf '%s\n' "$*"; }
die() {
    printf '%s\n' "$*" >&2
    exit 1
}

missing_packages() {
    local name
    for name in "$@"; do
        [[ $(dpkg-query -W -f='${db:Status-Status}' "$name" 2>/dev/null) == installed ]] || printf '%s\n' "$name"
    done
}

# install_packages NAME...
install_packages() {
    local missing as_root=() log
    mapfile -t missing < <(missing_packages "$@")
    ((${#missing[@]})) || return 0
    command -v apt-get >/dev/null || die "These Debian packages are needed, and apt-get is not here: ${missing[*]}"
    if ((EUID != 0)); then
        command -v sudo >/dev/null || die "Run this as root or install sudo; missing packages: ${missing[*]}"
        as_root=(sudo)
    fi
    say "Installing ${#missing[@]} Debian packages: ${missing[*]}"
    log=$(mktemp)
    if ! apt_quietly "$log" install "${missing[@]}"; then
        # The package lists of a fresh machine are empty or old.
        apt_quietly "$log" update || true
        apt_quietly "$log" install "${missing[@]}" || {
            tail -n 20 "$log" >&2
            rm -f "$log"
            die "apt-get could not install these packages. Check the package sources and the network, then try again."
        }
    fi
    rm -f "$log"
}

# apt_quietly LOG update | install NAME...
apt_quietly() {
    local log=$1 action=$2 options=()
    shift 2
    [[ $action == install ]] && options=(-y --no-install-recommends)
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q "${options[@]}" -o DPkg::Lock::Timeout=300 \
        "$action" "$@" >>"$log" 2>&1 </dev/null
}

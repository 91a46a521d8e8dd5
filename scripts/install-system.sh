#!/bin/sh
# Installs the programs of the system that the tests or the benchmark use: with apt when we are root, otherwise
# it says what is missing and lets go on. What needs a missing program is skipped with the reason.
# usage: install-system.sh test|bench
set -u
case "${1:-}" in
# scripts/ceph-s3.sh starts a real S3 server with seven of them, scripts/docker-engine.sh an engine with the last five.
test) wanted="git:git strace:strace chromium:chromium ceph:ceph-common ceph-mgr:ceph-mgr ceph-mon:ceph-mon ceph-osd:ceph-osd radosgw:radosgw curl:curl openssl:openssl pg_ctlcluster:postgresql dockerd:docker.io debootstrap:debootstrap iptables:iptables ip:iproute2 docker-registry:docker-registry" ;;
bench) wanted="git:git restic:restic borg:borgbackup" ;;
*)
    echo "usage: install-system.sh test|bench" >&2
    exit 2
    ;;
esac

# The packages of those programs (program:package) that are not here, each with a space behind.
missing() {
    for pair in $wanted; do
        command -v "${pair%%:*}" >/dev/null || printf '%s ' "${pair#*:}"
    done
}

packages=$(missing)
[ -z "$packages" ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing ${packages% } ..."
    export DEBIAN_FRONTEND=noninteractive
    get() { apt-get -qq -o DPkg::Lock::Timeout=600 "$@" >/dev/null 2>&1 </dev/null; }
    # shellcheck disable=SC2086 # one word a package
    install() { get install -y --no-install-recommends $packages; }
    # The lists of packages may be missing or old: they are fetched only when it does not work without.
    install || { get update && install; }
fi
packages=$(missing)
[ -z "$packages" ] && exit 0
echo "Not on this machine: ${packages% }; what needs them is left out ('sudo apt-get install ${packages% }' brings them)." >&2

#!/bin/sh
# Installs the programs of the system that the tests or the benchmarks use: with apt when we are root,
# otherwise it says what is missing and lets go on. What needs a missing program is skipped with the reason.
# usage: install-system.sh test|bench
set -u
case "${1:-}" in
test) wanted="git:git strace:strace ceph-mon:ceph-mon ceph-osd:ceph-osd ceph-mgr:ceph-mgr ceph:ceph-common radosgw:radosgw" ;;
bench) wanted="git:git restic:restic borg:borgbackup" ;;
*)
    echo "usage: install-system.sh test|bench" >&2
    exit 2
    ;;
esac

# The packages of those programs (program:package) that are not here.
missing() {
    for pair in $wanted; do
        command -v "${pair%%:*}" >/dev/null || printf '%s ' "${pair#*:}"
    done
}

packages=$(missing)
[ -z "$packages" ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing $packages..."
    export DEBIAN_FRONTEND=noninteractive
    # shellcheck disable=SC2086 # one word a package
    { apt-get update && apt-get install -y --no-install-recommends $packages; } >/dev/null </dev/null
fi
packages=$(missing)
[ -z "$packages" ] && exit 0
echo "Not on this machine: ${packages% }; what needs them is left out (sudo apt-get install ${packages% } brings them)." >&2

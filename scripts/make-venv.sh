#!/bin/sh
# Makes a virtual environment with whatever Python this machine has.
# usage: make-venv.sh DIRECTORY        (PYTHON=/path/to/python chooses one)
set -u
directory=${1:?usage: make-venv.sh DIRECTORY}

fits() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null; }
# Debian leaves ensurepip out of its python3 package.
complete() { "$1" -c 'import ensurepip, venv' 2>/dev/null; }

python=
for candidate in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11 python3.10}; do
    if fits "$candidate"; then
        python=$candidate
        break
    fi
done
if [ -z "$python" ]; then
    echo "jupyter-repro needs Python 3.10 or later and found none: install it, or name one with PYTHON=/path/to/python3." >&2
    exit 1
fi

if ! complete "$python"; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        echo "Installing python3-venv, which $python lacks ..."
        export DEBIAN_FRONTEND=noninteractive
        get() { apt-get -qq -o DPkg::Lock::Timeout=600 "$@" >/dev/null 2>&1 </dev/null; }
        get install -y --no-install-recommends python3-venv ||
            { get update && get install -y --no-install-recommends python3-venv; }
    fi
    if ! complete "$python"; then
        echo "$python cannot make virtual environments: install the package python3-venv (sudo apt-get install python3-venv) and try again." >&2
        exit 1
    fi
fi

echo "Making $directory with $("$python" -V) ..."
"$python" -m venv --clear "$directory"

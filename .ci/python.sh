#!/bin/sh
# Make the virtual environment $2 with the Python $1, or with the first on the PATH that is new enough.
set -eu
able='import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))'
for python in ${1:-python3 python3.13 python3.12 python3.11 python3.14}; do
    if "$python" -c "$able" >/dev/null 2>&1; then
        echo "Building $2 with $("$python" -V)"
        exec "$python" -m venv --clear "$2"
    fi
done
echo "No Python 3.11 or newer with venv was found. Install one (Debian: apt-get install python3-venv), or name it: make ... PYTHON=/path/to/python3" >&2
exit 1

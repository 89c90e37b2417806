#!/usr/bin/env bash
# The tests of the Python package, over the library that WATCHWORD_LIBRARY names.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
: "${WATCHWORD_LIBRARY:?names the library under test}"
export PYTHONPATH=$root/bindings/python PYTHONDONTWRITEBYTECODE=1
# A library with sanitizers wants their run-time first, in a program that was built without.
if grep -q '^WATCHWORD_SANITIZE:BOOL=ON' "$(dirname "$WATCHWORD_LIBRARY")/CMakeCache.txt"; then
    export LD_PRELOAD="$(g++ -print-file-name=libasan.so) $(g++ -print-file-name=libubsan.so) $(g++ -print-file-name=libstdc++.so)"
    export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0
fi
python3 -X dev -W error "$root/tests/bindings/watchword_test.py"

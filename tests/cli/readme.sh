#!/usr/bin/env bash
# The policy that README.md shows compiles, and its test passes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
awk '/^```watch$/ { on = 1; next } /^```$/ { on = 0 } on' "$WATCHWORD_ROOT/README.md" >"$folder/readme.watch"
[[ -s $folder/readme.watch ]] || { echo "README.md shows no policy" && exit 1; }
"$WATCHWORD" check "$folder/readme.watch"
"$WATCHWORD" test "$folder/readme.watch"

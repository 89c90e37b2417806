#!/usr/bin/env bash
# The script that executes the documentation's examples finds what is wrong with the page `broken.md`: all nine faults.
set -euo pipefail
folder=$(cd "$(dirname "$0")" && pwd)
if found=$(python3 "$folder/run.py" "$folder/broken.md"); then
  echo "a broken page passes" && exit 1
fi
grep -q '; 9 failed$' <<<"$found" || { echo "not the nine faults of broken.md:"; echo "$found"; exit 1; }
echo "found what is broken"

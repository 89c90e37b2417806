# A small simulated company, and whether the explanation of each of its alerts is whole.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$WATCHWORD" -q simulate --seed 5 --people 400 --days 75 --out "$work"
"$1" it1003 "$work"

#!/usr/bin/env bash
# The shared library shows what its header declares, and nothing else. Usage: exports.sh LIBRARY HEADER
set -euo pipefail
library=${1:?the library} header=${2:?its header}
declared=$(grep -o '\bww_[a-z_]*(' "$header" | tr -d '(' | sort -u)
shown=$(nm -D --defined-only "$library" | awk '$2 != "A" { sub(/@.*/, "", $3); print $3 }' | sort -u)
[[ -n $declared ]] || { echo "the header declares nothing" && exit 1; }
diff <(echo "$declared") <(echo "$shown") || { echo "< declared, > shown" && exit 1; }
echo "$(wc -l <<<"$shown") functions, all declared"

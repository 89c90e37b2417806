# Each policy of examples/ is broken by mutation in the script of its folder: a new example cannot forget to ask.
set -euo pipefail
cd "${1:?the root of the sources}"
status=0
while read -r file; do
    script=$(dirname "$file")/test
    asked=$(grep -c "^[^#]*mutate.py\" *\(\"\$here/$(basename "$file")\"\)\?\$" "$script" || true)
    if ((asked == 0)); then
        echo "$file: no script breaks its policy: call examples/matrix/mutate.py with it in $script"
        status=1
    fi
done < <(grep -lE '^policy ' examples/*/*.watch)
((status)) || echo "every policy is mutated"
exit $status

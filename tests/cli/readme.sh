#!/usr/bin/env bash
# The policy that README.md shows compiles, its test passes, and the command that README.md shows puts it to work.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
awk '/^```watch$/ { on = 1; next } /^```$/ { on = 0 } on' "$WATCHWORD_ROOT/README.md" >"$folder/leaver.watch"
[[ -s $folder/leaver.watch ]] || { echo "README.md shows no policy" && exit 1; }
"$WATCHWORD" check "$folder/leaver.watch"
"$WATCHWORD" test "$folder/leaver.watch"

command=$(sed -n 's,^    build/watchword \(run leaver.watch .*\),\1,p' "$WATCHWORD_ROOT/README.md")
[[ -n $command ]] || { echo "README.md shows no run of its policy" && exit 1; }
cd "$folder"
echo '{"type":"file.copy","time":"2025-03-04T18:00:00Z","user":"u1","host":"pc7","path":"/x.zip","bytes":150000000,"removable":true}' |
    gzip >events.jsonl.gz
printf '%s\n' HRScenario,UserPrincipalName,ResignationDate,LastWorkingDate \
    Resignation,u1,2025-03-03T09:00:00Z,2025-03-31T00:00:00Z >hr.csv
printf '%s\n' id,group 'u1,R&D' >employees.csv
read -ra arguments <<<"$command"
"$WATCHWORD" "${arguments[@]}" >alerts.ndjson
[[ $(wc -l <alerts.ndjson) == 1 ]] || { echo "one alert was to come of README's command" && cat alerts.ndjson && exit 1; }
grep -q '"level":"medium"' alerts.ndjson

# The alert that it shows is one of those that the demo it names gives, but for what an installation's own key makes.
read -ra company < <(sed -n 's/^From `\.\/dev demo \([^`]*\)`.*/\1/p' "$WATCHWORD_ROOT/README.md")
((${#company[@]})) || { echo "README.md does not say where its alert is from" && exit 1; }
"$WATCHWORD" simulate --out demo "${company[@]}" >/dev/null
"$WATCHWORD" run it1003 --roster demo/roster.jsonl -i demo/hr.jsonl -i demo/events.jsonl.gz --key demo/key \
    --output table -q >alerts.txt
python3 - "$WATCHWORD_ROOT/README.md" alerts.txt <<'PY'
import re, sys
def masked(path):
    return re.sub(r"\bp-[0-9a-f]{16}\b|\b[0-9a-f]{32}\b", "*", open(path, encoding="utf-8").read())
shown = re.search(r"^```\n(HIGH .*?\n)```$", masked(sys.argv[1]), re.S | re.M)
assert shown, "README.md shows no alert"
assert shown[1] in masked(sys.argv[2]), "the demo gives no such alert:\n" + shown[1]
PY

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

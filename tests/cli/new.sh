# A starter project checks, formats, tests and runs as it is, with sources for logs as people have them.
. "$(dirname "$0")/expect.bash"

# project FOLDER ARGUMENTS…: makes it, and tries what it says can be done with it.
project() {
  local folder=$1
  run 0 new "$@"
  (cd "$folder" && "$command" check --strict . && "$command" fmt --check . && "$command" test .) >out.txt 2>err.txt ||
    fail "new $*: the project is not in order"
}
project first
err_has "4 tests passed"
(cd first && "$command" run first.watch -i sample/hr.jsonl -i sample/events.jsonl --key ../key -o ndjson) >out.txt 2>err.txt ||
  fail "the project does not run"
json 'len(lines) == 2 and lines[1]["level"] == "high"'
run 3 new first
err_has "there already"
run 3 new hr
err_has "standard module"

cat >vpn.csv <<'CSV'
Zeitpunkt;Konto;Adresse;Dauer;Ergebnis
03.03.2025 09:00:00;anna;10.0.0.1;17;ok
03.03.2025 10:00:00;bert;10.0.0.2;;"nicht; ok"
31.03.2025 23:59:59;anna;10.0.0.1;4;ok
CSV
cat >app.jsonl <<'JSON'
{"ts":1741000000,"actor":{"name":"anna","dept":"Optics"},"action":"export","bytes":1200,"ok":true,"and":"x","note":"a"}
{"ts":1741000100,"actor":{"name":"bert","dept":"Sales"},"action":"view","bytes":12,"ok":false,"and":"y","note":null}
JSON
run 3 new second --from vpn.csv
err_has "--person COLUMN"
[ ! -e second ] || fail "a project that could not be made left something behind"
run 3 new second --from app.jsonl --person actor.nam
err_has "did you mean \`actor.name\`"
project second --from vpn.csv --person Konto
grep -q 'parse_time(zeitpunkt, "%d.%m.%Y %H:%M:%S")' second/vpn_log.watch || fail "the time's form is not seen"
grep -q 'dauer int?' second/vpn_log.watch || fail "an empty cell does not make a field optional"
run 0 -q run second/second.watch -i vpn_log=vpn.csv --key key --summary summary.json
grep -q '"rejected":0' summary.json && grep -q '"events":3' summary.json || fail "the source does not read its sample"

# A date and a time of day in columns of their own belong together; which is day and which is month is said where it could
# be either.
cat >desk.csv <<'CSV'
Date,Time,User,Bytes
03/04/2025,9:15:00,anna,100
03/04/2025,18:00:10,bert,200
CSV
run 0 new noted --from desk.csv
err_has "%m/%d/%Y and %d/%m/%Y fit"
project dated --from desk.csv
grep -q 'time: parse_time(date + " " + time, "%m/%d/%Y %H:%M:%S")' dated/desk_log.watch || fail "date and time of day stay apart"
run 0 -q run dated/dated.watch -i desk_log=desk.csv --key key --summary summary.json
grep -q '"rejected":0' summary.json && grep -q '"last":"2025-03-04T18:00:10Z"' summary.json || fail "the time of day is lost"

run 3 new third --from app.jsonl --person actor.dept --time actor.dept
project third --from app.jsonl --from vpn.csv --person Konto
grep -q 'from "actor.name"' third/app_log.watch || fail "a nested name is not seen"
run 0 -q run third/third.watch -i app_log=app.jsonl --key key --summary summary.json
grep -q '"rejected":0' summary.json && grep -q '"events":2' summary.json || fail "the source does not read its sample"

# Values and keys of the sample are texts of the policy, whatever stands in them.
python3 - <<'PYTHON'
import json
op = 'A\n}\nsignal Injected on file.copy\nevent x.y {'
with open("hostile.jsonl", "w") as out:
    for i in range(20):
        out.write(json.dumps({"user": "anna", "time": f"2025-03-04T09:{i:02}:00Z", "op": op if i % 2 else 'b"\\\x07',
                              "c\nd": "x"}) + "\n")
PYTHON
run 0 new hostile --from hostile.jsonl
grep -q '^signal Injected' hostile/*.watch && fail "the sample has written policies"
run 0 check hostile

printf 'not json\n' >words.txt
printf '{"a":1}\n{"a":\n' >half.jsonl
: >nothing.csv
printf 'user,time\n' >header.csv
printf 'user,time\n"anna,2025-01-01\n' >quote.csv
printf '\377\376x\n' >latin.csv
for sample in words.txt half.jsonl nothing.csv header.csv quote.csv latin.csv absent.csv .; do
  run 3 new fifth --from "$sample"
  [ -s err.txt ] || fail "no word about $sample"
done
finish

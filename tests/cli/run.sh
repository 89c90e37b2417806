# Policy text in, alert out: formats, pseudonyms, reveal, inputs, limits, exit status.
. "$(dirname "$0")/expect.bash"

run 0 run leaver.watch -i events.jsonl --summary summary.json
json 'len(lines) == 2'
json '[line["level"] for line in lines] == ["low", "medium"]'
json 'lines[0]["time"] == "2025-03-03T09:00:00Z" and lines[0]["contributions"][0]["hits"][0]["lookback"]'
json 'lines[1]["score"] == 60 and lines[1]["time"] == "2025-03-04T18:00:00Z"'
json 'sum(c["points"] for c in lines[1]["contributions"]) == lines[1]["score"]'
json 'lines[1]["event"] == "e2" and lines[1]["watch"]["triggers"][0]["event"] == "n1"'
json 'all(line["subject"].startswith("p-") and len(line["subject"]) == 18 for line in lines)'
out_lacks maria
out_lacks plans
err_has "Leaver: 1 medium, 1 low"
err_lacks maria
cp out.txt first.txt

# Stable: the same input, the same bytes; the key was made for its owner alone.
run 0 run leaver.watch -i events.jsonl
cmp -s out.txt first.txt || fail "a second run gives other bytes"
[ "$(stat -c %a config/watchword/key)" = 600 ] || fail "the key file can be read by others"
# Another key, other pseudonyms and ids.
run 0 run leaver.watch -i events.jsonl --key other.key
! cmp -s out.txt first.txt || fail "another key gives the same bytes"

# What is named as a file of events is an input, wherever it stands.
run 0 run leaver.watch events.jsonl
cmp -s out.txt first.txt || fail "an input without -i"
run 3 why-not
err_has '`explain --why-not`'

# Policies after inputs, a folder of policies, several inputs, gzip, standard input: the same alerts.
run 0 run -i events.jsonl leaver.watch
cmp -s out.txt first.txt || fail "policies after the inputs"
mkdir policies && cp leaver.watch policies/
run 0 run policies -i events.jsonl
cmp -s out.txt first.txt || fail "a folder of policies"
sed -n 1,2p events.jsonl >one.jsonl && sed -n 3,4p events.jsonl | gzip >two.jsonl.gz
run 0 run leaver.watch -i two.jsonl.gz -i one.jsonl
cmp -s out.txt first.txt || fail "two inputs, one of them gzip"
run 0 run leaver.watch -i two.jsonl.gz one.jsonl
cmp -s out.txt first.txt || fail "two inputs after one -i"
"$command" run leaver.watch -i - <events.jsonl >out.txt 2>err.txt
cmp -s out.txt first.txt || fail "standard input"
"$command" run - -i events.jsonl <leaver.watch >out.txt 2>err.txt
cmp -s out.txt first.txt || fail "policies from standard input"
tac events.jsonl >reversed.jsonl
run 0 run leaver.watch -i reversed.jsonl
cmp -s out.txt first.txt || fail "a file out of order is put in order"

# Formats.
run 0 run leaver.watch -i events.jsonl --output table
out_has "MEDIUM  Leaver watch  p-"
out_has "because of hr.notice"
out_has "BulkCopy"
run 0 run leaver.watch -i events.jsonl --output ocsf
json 'all(line["class_uid"] == 2004 and line["type_uid"] == 200401 for line in lines)'
run 0 run leaver.watch -i events.jsonl --output table --color always
out_has $'\033['

# Revealing is asked for with a reason and is written down.
run 0 run leaver.watch -i events.jsonl --reveal --reason "case 17"
json 'lines[0]["subject"] == "maria"'
python3 -c '
import json
entry, = [json.loads(line) for line in open("config/watchword/reveal.log")]
assert entry["reason"] == "case 17" and entry["user"] and "--reveal" in entry["command"], entry' || fail "the reveal log"
[ "$(stat -c %a config/watchword/reveal.log)" = 600 ] || fail "the reveal log can be read by others"
run 3 run leaver.watch -i events.jsonl --reveal --reason "case 18" --reveal-log /dev/null/reveal.log
[ -z "$out" ] || fail "revealed without a log"

# Exit status.
run 1 run leaver.watch -i events.jsonl --fail-on-alert medium
run 0 run leaver.watch -i events.jsonl --fail-on-alert high
run 4 run leaver.watch -i events.jsonl -i nowhere.jsonl
json 'len(lines) == 2'
err_has "nowhere.jsonl"
(cat events.jsonl; echo '{"type":"file.copy","time":"2025-03-05T00:00:00Z"}'; echo 'not json') >bad.jsonl
# A record of a clock that is wrong does not make all others late.
{ echo '{"type":"file.copy","time":"2999-01-01T00:00:00Z","id":"f","user":"maria","host":"a","path":"x","bytes":1}'; cat events.jsonl; } >ahead.jsonl
run 0 run leaver.watch -i events.jsonl
cp out.txt plain.txt
for how in "" --sorted "--threads 2"; do
  run 0 run leaver.watch -i ahead.jsonl $how --dead-letter ahead.dead
  cmp -s out.txt plain.txt || fail "a record from the future ($how): other alerts"
  err_has "too far in the future"
  grep -q '"line":1,' ahead.dead || fail "a record from the future ($how) is no dead letter"
done
run 0 run leaver.watch -i ahead.jsonl --ahead 500000d --sorted
err_lacks "future"
err_has "late"
# What is ahead is told by the clock as it is when the record comes.
{ sleep 2; printf '{"type":"hr.notice","time":"%s","user":"maria"}\n' "$(date -u +%FT%TZ)"; } |
  "$command" run leaver.watch -i - --ahead 1s >out.txt 2>err.txt || fail "a record of now is rejected"
err_lacks "future"
run 3 run leaver.watch -i ahead.jsonl --ahead soon
err_has "--ahead"

run 0 run leaver.watch -i bad.jsonl --dead-letter dead.jsonl
json 'len(lines) == 2'
err_has "bad.jsonl:5"
err_has "bad.jsonl:6"
[ "$(wc -l <dead.jsonl)" = 2 ] || fail "two dead letters"
run 4 run leaver.watch -i bad.jsonl --on-error stop
run 4 run leaver.watch -i bad.jsonl --max-rejected 1
run 0 run leaver.watch -i bad.jsonl --max-rejected 2

# Of which nothing at all comes: that was meant otherwise. Not if it is one of two events of a record.
echo 'no record' >nothing.jsonl
run 4 run leaver.watch -i nothing.jsonl
err_has "every record was rejected"
echo '{"group":"R&D"}' >nobody.jsonl
run 4 run leaver.watch -i events.jsonl --roster nobody.jsonl
err_has "roster: every record of \`nobody.jsonl\` was rejected"
cat >notices.watch <<'WATCH'
use hr
source notices from json {
  text user
  time at
  emit hr.layoff { time: at, user: user }
}
WATCH
run 4 run leaver.watch notices.watch -i events.jsonl --roster notices=events.jsonl
err_has "the source \`notices\` of \`events.jsonl\` has no \`emit employee\`"
cat >twice.watch <<'WATCH'
event act { user person }
source twice from json {
  emit act { time: parse_time(t), user: u }
  emit act { time: parse_time(other ?? ""), user: u }
}
signal Act on act
policy P { purpose "p" basis "b" owner "o" opens always because "a test" score { +10 for Act halves every 1d } alert low at 10 }
WATCH
echo '{"t":"2025-03-04T09:00:01Z","u":"anna"}' >twice.jsonl
run 0 run twice.watch -i twice=twice.jsonl
json 'len(lines) == 1'

# Of a key that stands twice the first counts, and it is said; of keys that no column reads nothing.
echo '{"t":"2025-03-04T09:00:01Z","u":"anna","x":1,"u":"bert","x":2}' >keys.jsonl
for threads in 1 2; do
    for how in '' --sorted; do
        run 0 run twice.watch -i twice=keys.jsonl --threads $threads $how
        json 'len(lines) == 1'
        err_has "keys.jsonl: \`u\` stands more than once in a record; the first one counts"
        err_lacks "\`x\` stands"
    done
done

# What no policy reads is looked at only when asked: fields, missing ones, records of other types, foreign records.
cat >other.watch <<'WATCH'
event door.open { user person, door text, times int = 1 }
source doors from csv { emit door.open { user: who, time: parse_time(at), door: door, times: parse_int(times) } }
WATCH
cat >strict.jsonl <<'EVENTS'
{"type":"hr.notice","time":"2025-03-03T09:00:00Z","user":"maria","last_day":"soon"}
{"type":"door.open","time":"2025-03-03T10:00:00Z","user":"maria","door":"4","times":"often"}
{"type":"door.open","time":"2025-03-03T10:00:00Z","user":"maria"}
{"type":"door.open","time":"2025-03-03T10:00:00Z","user":"maria","door":"4"}
EVENTS
printf 'who,at,door,times\nmaria,2025-03-03 11:00,4,2\nmaria,2025-03-03 11:00,,2\n' >doors.csv
run 0 run leaver.watch other.watch -i strict.jsonl -i doors=doors.csv
err_lacks "rejected"
run 0 run leaver.watch other.watch -i strict.jsonl -i doors=doors.csv --strict
err_has '`last_day` is not a time in the years 0001 to 9999, first strict.jsonl:1'
err_has '`times` is not a whole number within 64 bits, first strict.jsonl:2'
err_has '`door` is missing, first strict.jsonl:3'
err_has '`door` of `door.open` is missing or is not a text, first doors.csv:3'
err_has "rejected      4 records"
run 0 run leaver.watch -i events.jsonl --strict
cmp -s out.txt first.txt || fail "sound records are the same with --strict"
for _ in $(seq 10); do cat events.jsonl; done >long.jsonl # memory is weighed every now and then
run 5 run leaver.watch -i long.jsonl --memory 1B
echo 'policy Broken {' >broken.watch
run 2 run broken.watch -i events.jsonl
[ -z "$out" ] || fail "diagnostics on standard output"
err_has "broken.watch"

# A roster: strangers are counted, named by pseudonym, and the notice about one by file and line.
echo '{"id":"john"}' >roster.jsonl
run 0 run leaver.watch -i events.jsonl --roster roster.jsonl --summary summary.json
json 'lines == []'
err_has "unknown person"
err_has "events.jsonl:2"
err_lacks maria
python3 -c '
import json
summary = json.load(open("summary.json"))
assert summary["unknown_people"] == 3 and summary["policies"]["Leaver"]["opened"] == 0, summary' || fail "the summary as JSON"

# Kept history for which half of the memory is full goes to a file, and what comes of it is the same.
awk 'BEGIN {
  for (i = 0; i < 60000; ++i)
    printf "{\"type\":\"file.copy\",\"time\":\"2025-03-%02dT%02d:%02d:%02dZ\",\"user\":\"u1\",\"host\":\"pc1\",\"bytes\":%d,\"id\":\"e%d\"}\n",
      1 + i / 4320, i / 180 % 24, i / 3 % 60, i % 3 * 20, i * 7919 % 100000, i
  print "{\"type\":\"hr.resignation\",\"time\":\"2025-03-20T00:00:00Z\",\"user\":\"u1\",\"id\":\"left\"}"
}' >copies.jsonl
cat >kept.watch <<'EOF'
module kept
use hr, activity
signal Much on file.copy when sum(bytes) over 1d > 1MB
policy P {
  purpose "p" basis "b" owner "o"
  opens on hr.resignation
  looks back 30d
  closes after 30d
  score { +10 for Much }
  alert low at 10
}
EOF
run 0 run kept.watch -i copies.jsonl
json 'len(lines) == 1'
cp out.txt in_memory.txt
err_lacks 'in a temporary file'
run 0 run kept.watch -i copies.jsonl --memory 700kB --summary summary.json
cmp -s out.txt in_memory.txt || fail "history in a file gives other bytes"
err_has 'kept in a temporary file'
python3 -c 'import json; assert json.load(open("summary.json"))["history_file_bytes"] > 400000' || fail "its size in the summary"
run 5 run kept.watch -i copies.jsonl --memory 700kB --temporary /nonexistent
err_has 'cannot make a temporary file in `/nonexistent`'

# Persons among the arguments of an action are who the roster says they are, under their pseudonyms.
sed 's/^policy Leaver/action tell(who person, all list<person>) state\n&/; s/^\(  alert low .*\)$/\1 do tell("BOSS@corp.example", ["boss", "nobody"])/' leaver.watch >told.watch
printf '%s\n' '{"id":"maria"}' '{"id":"boss","accounts":["boss@corp.example"]}' >told.jsonl
run 0 run told.watch -i events.jsonl --roster told.jsonl
json 'lines[0]["actions"][0]["arguments"]["who"].startswith("p-")'
out_lacks boss
run 0 run told.watch -i events.jsonl --roster told.jsonl --reveal --reason "a test"
json 'lines[0]["actions"][0]["arguments"] == {"who": "boss", "all": "[boss, nobody]"}'
run 0 run told.watch -i events.jsonl --roster told.jsonl -o table --reveal --reason "a test"
out_has 'tell(boss, [boss, nobody])'
run 0 run told.watch -i events.jsonl --roster told.jsonl -o ocsf --reveal --reason "a test"
out_has 'tell(boss, [boss, nobody])'

# A state is begun once and ends once; an alert that finds it in force says which one began it.
sed 's/^policy Leaver/action lock(what text) state\n&/; s/^  alert low .*$/& do lock("usb")/; s/^  alert medium .*$/& do lock("usb"), lock("vpn")/' leaver.watch >locks.watch
run 0 -q run locks.watch -i events.jsonl --until 2025-05-01
json '[a.get("begun_by") for a in lines[1]["actions"]] == [lines[0]["id"], None] and "begun_by" not in lines[0]["actions"][0]'
json 'sorted((l["id"], l["actions"][0]["arguments"]["what"]) for l in lines[2:]) == sorted([(lines[0]["id"], "usb"), (lines[1]["id"], "vpn")])'
run 0 -q run locks.watch -i events.jsonl -o table
out_has 'lock(usb), in force already, lock(vpn)'

# Quiet is quiet; alerts reach a reader who waits at the other end of a pipe before the input ends.
run 0 -q run leaver.watch -i events.jsonl
[ -z "$err" ] || fail "-q is not quiet"
mkfifo pipe
"$command" run leaver.watch -i - <pipe >out.txt 2>err.txt &
exec 3>pipe
sed -n 1,3p events.jsonl >&3
for _ in $(seq 100); do [ "$(wc -l <out.txt)" -ge 1 ] && break; sleep 0.1; done
[ "$(wc -l <out.txt)" -ge 1 ] || fail "an alert waits for the end of the input"
exec 3>&-
wait
finish

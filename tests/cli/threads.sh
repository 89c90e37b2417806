# Any number of threads gives the same bytes: alerts, summary, dead letters.
. "$(dirname "$0")/expect.bash"

# same NAME ARGUMENTS…: runs with one, two and four threads; out.txt is then that of one. Standard input is $stdin.
stdin=/dev/null
same() {
  local name=$1 threads
  shift
  for threads in 1 2 4; do
    "$command" run "$@" --key key --threads $threads --summary summary.$threads --dead-letter dead.$threads >alerts.$threads 2>err.txt <"$stdin"
    echo $? >status.$threads
    sed -i 's/"seconds": *[0-9.e-]*/"seconds":0/' summary.$threads
  done
  for threads in 2 4; do
    cmp -s alerts.1 alerts.$threads || fail "$name: other alerts with $threads threads: $(diff alerts.1 alerts.$threads | head -c 600)"
    cmp -s summary.1 summary.$threads || fail "$name: another summary with $threads threads: $(diff summary.1 summary.$threads | head -c 600)"
    cmp -s dead.1 dead.$threads || fail "$name: other dead letters with $threads threads"
    cmp -s status.1 status.$threads || fail "$name: another exit status with $threads threads"
  done
  cp alerts.1 out.txt
}

"$command" simulate --out company --people 200 --days 60 --seed 5 >/dev/null 2>&1 || fail "simulate"
cp company/events.jsonl.gz .
zcat events.jsonl.gz >events.jsonl
same "a company" it1003 --roster company/roster.jsonl -i company/hr.jsonl -i events.jsonl
[ -s out.txt ] || fail "no alerts to compare"
same "a company, streamed" it1003 --roster company/roster.jsonl -i company/hr.jsonl -i events.jsonl --sorted --lateness 5m
# what cannot be told at a glance stands between what can, over many pieces of the file
python3 - <<'PYTHON'
import random
random.seed(8)
lines = open("events.jsonl").read().splitlines()
for _ in range(300):
    i = random.randrange(len(lines))
    lines[i] = random.choice([lines[i][: len(lines[i]) // 2], "", "{}", lines[i] + "x", lines[i].replace('"type"', '"t\\u0079pe"'),
                              lines[i].replace('"user"', '"\\u0075ser"'), lines[i].replace("{", "{ ", 1), lines[i] + "\r", lines[i] * 2])
open("broken.jsonl", "w").write("\n".join(lines))
PYTHON
[ "$(wc -c <broken.jsonl)" -gt 1000000 ] || fail "the file is one piece"
same "a company with broken lines" it1003 --roster company/roster.jsonl -i company/hr.jsonl -i broken.jsonl
grep -q '"rejected":[1-9]' summary.1 || grep -q '"rejected": *[1-9]' summary.1 || fail "nothing was rejected"
same "one file with broken lines, streamed" it1003 --roster company/roster.jsonl -i broken.jsonl --sorted
shuf --random-source=broken.jsonl broken.jsonl >shuffled.jsonl
same "a company in disorder" it1003 --roster company/roster.jsonl -i company/hr.jsonl -i shuffled.jsonl
# Lines that are cut off behind a late time, in a file that is not in order: their time is told or not, by what came before.
cat >cut.watch <<'WATCH'
event hr.notice { user person }
event file.copy { user person, bytes size }
signal Big on file.copy where bytes > 900B
policy Open { purpose "p" basis "b" owner "o" opens on hr.notice closes after 5d score { +10 for Big halves every 1d } alert high on Big }
WATCH
cat >cut.jsonl <<'JSON'
{"type":"hr.notice","time":"2025-03-01T00:00:00Z","user":"a","id":"n1"}
{"type":"hr.notice","time":"2025-03-01T00:00:00Z","user":"b","id":"n2"}
{"type": "file.open", "time": "2025-03-01T23:00:00Z", "user": "a", "id": "o1", "bytes": 309}
{"type": "file.copy", "time": "2025-03-03T04:00:00Z", "user"
{"type":"file.copy","time":"2025-03-02T01:00:00Z","user":"a","id":"c1","bytes":962}
{"type": "file.open", "time": "2025-03-03T14:00:00Z", "user"
{"type":"file.copy","time":"2025-03-02T13:00:00Z","user":"b","id":"c2","bytes":953}
{"type": "file.copy", "time": "2025-03-02T13:00:01Z", "user": "b", "id": "c3", "bytes": 447}
JSON
same "lines cut off, in disorder" cut.watch -i cut.jsonl
json '[line["event"] for line in lines] == ["c1", "c2"]'
stdin=broken.jsonl
same "a company through a pipe" it1003 --roster company/roster.jsonl -i company/hr.jsonl -i -
same "a company through a pipe, with lateness" it1003 --roster company/roster.jsonl -i company/hr.jsonl -i - --lateness 1h
stdin=/dev/null
same "a company, until later" it1003 --roster company/roster.jsonl -i company/hr.jsonl -i events.jsonl --until 2030-01-01
same "a company whose people nobody knows" it1003 -i company/hr.jsonl -i events.jsonl

# Most people are in no roster, and some are hired while it runs: they are strangers until then, in whatever letters.
python3 - <<'PYTHON'
import json, random
random.seed(4)
people = [json.loads(line) for line in open("company/roster.jsonl")]
events = [json.loads(line) for line in open("events.jsonl")]
hr = [json.loads(line) for line in open("company/hr.jsonl")]
with open("few.jsonl", "w") as out:
    for one in people[::3]:
        out.write(json.dumps(one) + "\n")
names = sorted({e["user"] for e in events if "user" in e})
middle = events[len(events) // 2]["time"]
hr += [{"id": f"hire{i}", "time": middle, "type": "hr.hire", "user": name.upper() if i % 2 else name, "starts": middle}
       for i, name in enumerate(names) if i % 4 == 0]
hr += [{"id": f"out{i}", "time": middle, "type": "hr.termination", "user": name} for i, name in enumerate(names) if i % 8 == 0]
with open("hiring.jsonl", "w") as out:
    for one in sorted(hr, key=lambda one: one["time"]):
        out.write(json.dumps(one) + "\n")
for one in events:
    if "user" in one and random.random() < 0.1:
        one["user"] = one["user"].upper()
with open("letters.jsonl", "w") as out:
    for one in events:
        out.write(json.dumps(one, separators=(",", ":")) + "\n")
PYTHON
same "a company that hires" it1003 --roster few.jsonl -i hiring.jsonl -i letters.jsonl
grep -q '"unknown_people": *[1-9][0-9][0-9][0-9]' summary.1 || fail "there are hardly any strangers: $(head -c 2000 summary.1)"
grep -q "hr.termination" out.txt || fail "nobody who was hired is watched"
same "a company that hires, streamed" it1003 --roster few.jsonl -i hiring.jsonl -i letters.jsonl --sorted

# A run that stops at a record that is rejected has told what came before it, and dead letters are in the file's order:
# those of records that cannot be read among those of people whom nobody knows.
python3 - <<'PYTHON'
import json
lines = open("letters.jsonl").read().splitlines()
people = [json.loads(line)["id"] for line in open("few.jsonl")]
for i in range(20000, 24000, 30):
    lines[i] = lines[i][:60]
    other = json.loads(lines[i + 15])
    lines[i + 15] = json.dumps({"type": "hr.pip", "id": f"pip{i}", "time": other["time"], "user": f"stranger{i}"})
open("letters_lost.jsonl", "w").write("\n".join(lines) + "\n")
PYTHON
for order in "" --sorted; do
  same "dead letters in order $order" it1003 --roster few.jsonl -i letters_lost.jsonl $order
  python3 - <<'PYTHON' || fail "dead letters are not in the order of the file"
import json, sys
lines = [json.loads(line)["line"] for line in open("dead.2")]
sys.exit(lines != sorted(lines) or len(lines) < 200)
PYTHON
  same "stopped at the first rejected record $order" it1003 --roster few.jsonl -i hiring.jsonl -i letters_lost.jsonl $order --on-error stop
  [ "$(cat status.2)" = 4 ] || fail "it did not stop"
  same "stopped later $order" it1003 --roster few.jsonl -i hiring.jsonl -i letters_lost.jsonl $order --max-rejected 70
done

# Records of another program, with kinds that nobody wants, that are of no type that is read, and that give two events.
cat >mapped.watch <<'WATCH'
module mapped
use hr, activity
source log from json {
  text? kind from "type"
  text? id
  time? time
  text? user
  text? host
  text? path
  size? bytes
  text? site
  emit file.copy     when kind == "file.copy"     { id: id, time: time, user: user, host: host, path: path, bytes: bytes }
  emit file.download when kind == "file.download" { id: id, time: time, user: user, host: host, path: path, bytes: bytes }
  emit file.open     when kind in ["file.open", "file.download"] { id: id, time: time, user: user, host: host, path: path, bytes: bytes }
  emit web.visit     when kind == "web.visit"     { id: id, time: time, user: user, site: site, bytes: bytes }
}
signal Copies on file.copy when count() over 1h > 3
signal Loads  on file.download when count() over 1h > 5
signal Opens  on file.open when count() over 1h > 6
policy Busy {
  purpose "a" basis "b" owner "c"
  opens always because "x"
  score { +20 for Copies  +20 for Loads  +20 for Opens  halves every 1d }
  alert high at 40
}
WATCH
same "another program's records" mapped.watch -i log=broken.jsonl
[ -s out.txt ] || fail "no alerts to compare"
grep -q '"unmatched": *[1-9]' summary.1 || fail "some kind is wanted by every emit"
same "another program's records, streamed" mapped.watch -i log=broken.jsonl --sorted
same "another program's records in disorder" mapped.watch -i log=shuffled.jsonl
same "another program's records and native ones" mapped.watch -i log=broken.jsonl -i events.jsonl
same "another program's records through a pipe" mapped.watch -i log=events.jsonl.gz --sorted

# What concerns several people: a notice for a group, a wave of resignations, changes of the roster, a record about
# everybody, accounts in different letters, actions that end with the watch, absence, and risk over policies.
cat >wave.watch <<'WATCH'
module wave
subject employee { team text = "none", manager person? }
event hr.layoff      { team text }
event hr.resignation { user person, team text }
event hr.move        { user person, team text } updates employee { team: team }
event hr.all_clear   { note text? }
event file.copy      { user person, by person?, bytes size }
action limit_access(level text) state

signal Copies on file.copy when count() over 1h >= 3
signal Silence sequence within 2h { file.copy  no file.copy }
signal Wave on hr.resignation across team when distinct(user) over 7d >= 3

policy Laid_off {
  purpose "p" basis "b" owner "o"
  opens on hr.layoff as n for employee.team == n.team
  closes after 20d, or on hr.all_clear
  looks back 2d
  score { +30 for Copies, at most 60 +5 for Silence, at most 20 times 2 when employee.team == "red" halves every 1d at most 100 }
  alert low on open do limit_access("some")
  alert medium at 20
  alert high at 50
}
policy Leaving {
  purpose "p" basis "b" owner "o"
  opens on signal Wave
  closes after 3d
  score { +25 for Copies at most 100 }
  alert medium at 25
}
policy Follow {
  purpose "p" basis "b" owner "o"
  opens on alert Laid_off at medium
  closes after 1d
  score { +40 for Copies at most 100 }
  alert high at 40
}
WATCH
python3 - <<'PYTHON'
import json, random
random.seed(3)
from datetime import datetime, timedelta
start, lines = datetime(2025, 3, 3), []
people = [f"u{i}" for i in range(40)]
for i in range(6000):
    t = start + timedelta(minutes=i * 3 + random.randrange(3))
    who = random.choice(people)
    who = random.choice([who, who.upper(), who, "X\\" + who])
    r = random.random()
    if r < 0.004: e = {"type": "hr.layoff", "team": random.choice(["red", "blue"])}
    elif r < 0.02: e = {"type": "hr.resignation", "user": who, "team": random.choice(["red", "blue", "green"])}
    elif r < 0.03: e = {"type": "hr.move", "user": who, "team": random.choice(["red", "blue"])}
    elif r < 0.031: e = {"type": "hr.all_clear"}
    else: e = {"type": "file.copy", "user": who, "by": random.choice(people), "bytes": random.randrange(10**7)}
    e["time"] = t.strftime("%Y-%m-%dT%H:%M:00Z")
    if random.random() < 0.01: e["user"] = random.choice(["", "stranger", None])
    if random.random() < 0.01: e["bytes"] = "many"
    lines.append(json.dumps(e))
open("wave.jsonl", "w").write("\n".join(lines) + "\n")
open("wave_roster.jsonl", "w").write("".join(json.dumps({"id": p, "accounts": ["X\\" + p], "team": ["red", "blue"][i % 2]}) + "\n" for i, p in enumerate(people)))
PYTHON
run 0 check wave.watch
same "a wave" wave.watch -i wave.jsonl
[ "$(wc -l <out.txt)" -gt 100 ] || fail "few alerts to compare"
same "a wave with a roster" wave.watch -i wave.jsonl --roster wave_roster.jsonl
same "a wave with a roster, shown in clear" wave.watch -i wave.jsonl --roster wave_roster.jsonl --reveal --reason test --reveal-log log
same "a wave, in clear" wave.watch -i wave.jsonl --reveal --reason test --reveal-log log
same "a wave until the first fault" wave.watch -i wave.jsonl --on-error stop

# No event is about several people, and nobody has a roster: each engine finds out who its people are.
cat >apart.watch <<'WATCH'
module apart
event file.copy { user person, bytes size }
signal Copies on file.copy where bytes > 1MB when count() over 4h > 3
policy Everybody {
  purpose "p" basis "b" owner "o"
  opens always because "test"
  score { +25 for Copies halves every 1d at most 100 }
  alert medium at 25
}
WATCH
run 0 check apart.watch
same "people apart" apart.watch -i wave.jsonl
[ "$(wc -l <out.txt)" -gt 5 ] || fail "few alerts of people apart"
# Nor is anybody counted whom some engine alone has to know.
sed 's/^module.*/use hr, activity/; /^event/d; s/opens always because "test"/opens on hr.termination closes after 9d/' apart.watch >few.watch
cat >few.jsonl <<'JSON'
{"type":"hr.termination","time":"2025-03-01T00:00:00Z","user":"a"}
{"type":"file.copy","time":"2025-03-01T01:00:00Z","user":"b","bytes":2000000}
{"type":"file.copy","time":"2025-03-01T02:00:00Z","user":"c","bytes":2000000}
JSON
run 0 check few.watch
same "few people watched" few.watch -i few.jsonl

# Alerts reach a reader before the input ends, also where what there is of it makes whole batches, of 256 events.
mkfifo pipe
for batches in 1 2 4 5; do
  "$command" run apart.watch -i - --threads 2 -q <pipe >out.txt 2>err.txt &
  exec 3>pipe
  for ((i = 0; i < 256 * batches; ++i)); do
    printf '{"type":"file.copy","time":"2025-03-01T%02d:%02d:00Z","user":"p%d","bytes":2000000}\n' $((i / 60 % 24)) $((i % 60)) $((i % 8))
  done >&3
  for _ in $(seq 200); do [ "$(wc -l <out.txt)" -ge 8 ] && break; sleep 0.1; done
  [ "$(wc -l <out.txt)" -ge 8 ] || fail "$(wc -l <out.txt) alerts of $batches batches before the input ends"
  exec 3>&-
  wait $! || fail "a run over a pipe ends with $?"
done

# A number of threads is one.
run 3 run wave.watch -i wave.jsonl --threads 0
finish

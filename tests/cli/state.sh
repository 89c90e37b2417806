# A run that is stopped and goes on: nothing lost, nothing changed, whatever stopped it; a state that does not fit is
# refused.
. "$(dirname "$0")/expect.bash"

"$command" -q simulate --people 200 --days 60 --out sim || fail "simulate"
python3 - <<'PYTHON'
import gzip, json
# everybody HR speaks of, and a tenth of the others: enough to alert, little to read
hr = open("sim/hr.jsonl").readlines()
flagged = {json.loads(line).get("user") for line in hr}
lines = gzip.open("sim/events.jsonl.gz", "rt").readlines()
some = [line for number, line in enumerate(lines) if number % 10 == 0 or json.loads(line).get("user") in flagged]
open("activity.jsonl", "w").writelines(some)
open("merged.jsonl", "w").writelines(sorted(hr + some, key=lambda line: json.loads(line)["time"]))
months = {}
for name, part in (("hr", hr), ("activity", some)):
    for line in part: months.setdefault(json.loads(line)["time"][:7], {}).setdefault(name, []).append(line)
for number, month in enumerate(sorted(months)):
    for name in ("hr", "activity"): open(f"part{number}-{name}.jsonl", "w").writelines(months[month].get(name, []))
PYTHON
common=(it1003 --roster sim/roster.jsonl -q)
whole=("${common[@]}" -i sim/hr.jsonl -i activity.jsonl)
run 0 run "${whole[@]}"
cp out.txt full.txt
[ "$(wc -l <full.txt)" -gt 5 ] || fail "the company raises too few alerts to show anything"

# stop_after SIGNAL COUNT STATE ARGUMENTS…: a run that gets the signal when COUNT alerts of it were read. Its output goes
# through a pipe that holds few alerts, so that it waits there, however fast it is; what is in the pipe is read too.
stop_after() {
  python3 - "$1" "$2" "$command" run "${@:4}" --state "$3" --state-every 1ms --summary summary.json <<'PYTHON'
import fcntl, signal, subprocess, sys
name, count, *command = sys.argv[1:]
least = 4096 # bytes in a pipe
with open("err.txt", "wb") as errors, open("out.txt", "wb") as out:
    run = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, bufsize=0)
    fcntl.fcntl(run.stdout, fcntl.F_SETPIPE_SZ, least)
    lines = b""
    while lines.count(b"\n") < int(count) and (more := run.stdout.read(512)): lines += more
    if lines.count(b"\n") >= int(count): run.send_signal(signal.Signals["SIG" + name])
    while more := run.stdout.read(65536): lines += more
    out.write(lines if lines.endswith(b"\n") or not lines else lines + b"\n") # what is cut is a line of its own
status = run.wait()
sys.exit(status if status >= 0 else 128 - status)
PYTHON
  status=$?
}

# Killed without warning, again and again: the alerts in their order, some of them more than once, under the same ids.
rm -f all.txt
for round in $(seq 100); do
  stop_after KILL "$round" killed.state "${whole[@]}"
  cat out.txt >>all.txt
  [ $status = 0 ] && break
done 2>/dev/null
[ "$status" = 0 ] || fail "100 rounds do not suffice"
[ "$round" -gt 2 ] || fail "it was hardly killed"
python3 - <<'PYTHON' || fail "killed and gone on: other alerts than in one run"
full = open("full.txt").read().splitlines()
seen = {}
for line in open("all.txt").read().splitlines():
    if line in full: seen.setdefault(line)  # a line cut by the kill comes again whole
assert list(seen) == full, (len(seen), len(full))
PYTHON
run 0 run "${whole[@]}" --state killed.state
[ -z "$out" ] || fail "everything was processed already"
[ "$(stat -c %a killed.state)" = 600 ] || fail "the state can be read by others"

# Told to stop, it stops in order: no alert twice.
rm -f all.txt
for round in $(seq 100); do
  stop_after TERM 1 told.state "${whole[@]}"
  [ $status = 0 ] || fail "told to stop: exit $status"
  cat out.txt >>all.txt
  grep -q '"end":"cancelled"' summary.json || break
done
[ "$round" -gt 2 ] || fail "it was hardly told to stop"
cmp -s all.txt full.txt || fail "told to stop and gone on: other alerts than in one run"

# A file that grows, now and then in the middle of a line.
rm -f all.txt
size=$(stat -c %s merged.jsonl)
for part in 1 2 3 4 5; do
  head -c $((size * part / 5)) merged.jsonl >grown.jsonl
  run 0 run "${common[@]}" -i grown.jsonl --state grown.state --summary summary.json
  cat out.txt >>all.txt
done
cmp -s all.txt full.txt || fail "a file that grows: other alerts than in one run"
python3 - <<'PYTHON' || fail "the summary tells of all runs together"
import json
summary = json.load(open("summary.json"))
assert summary["alerts"] == len(open("full.txt").read().splitlines()), summary["alerts"]
PYTHON

# A file a month of each kind, some of them compressed.
rm -f all.txt
for hr in part?-hr.jsonl; do
  gzip -kf "${hr/hr/activity}"
  run 0 run "${common[@]}" -i "$hr" -i "${hr/hr/activity}.gz" --state days.state
  cat out.txt >>all.txt
done
cmp -s all.txt full.txt || fail "a file a month: other alerts than in one run"
run 0 run "${common[@]}" -i part0-hr.jsonl -i part0-activity.jsonl.gz --state days.state
[ -z "$out" ] || fail "the first files again bring something"

# Streams: what waits for its turn when the run is told to stop is not lost.
run 0 run leaver.watch -i events.jsonl
cp out.txt first.txt
mkfifo pipe
rm -f all.txt
"$command" run leaver.watch -i - --lateness 3d --state pipe.state <pipe >out.txt 2>err.txt &
child=$!
exec 7>pipe
head -2 events.jsonl >&7
sed -n 3p events.jsonl | head -c 40 >&7
python3 -c '
import fcntl, termios
while fcntl.ioctl(7, termios.FIONREAD, bytes(4)) != bytes(4): pass'
kill -TERM $child
wait $child || fail "a pipe that is told to stop: exit $?"
exec 7>&-
[ -s out.txt ] && fail "nothing is ripe yet"
(sed -n 3p events.jsonl | tail -c +41; sed -n 4p events.jsonl) | "$command" run leaver.watch -i - --lateness 3d --state pipe.state >out.txt 2>err.txt
cmp -s out.txt first.txt || fail "a pipe, stopped in the middle of a record, and another one that goes on"
for line in 1 2 3 4; do
  head -$line events.jsonl >sorted.jsonl
  run 0 run leaver.watch -i sorted.jsonl --sorted --state sorted.state
  cat out.txt >>all.txt
done
cmp -s all.txt first.txt || fail "a sorted file that grows"

# A log that is rotated, named otherwise, or compressed meanwhile is not read twice.
head -2 events.jsonl >app.jsonl
run 0 run leaver.watch -i app.jsonl --state rotated.state
cp out.txt all.txt
mv app.jsonl app.jsonl.1
tail -2 events.jsonl >app.jsonl
run 4 run leaver.watch -i app.jsonl --state rotated.state
err_has "moved away"
run 0 run leaver.watch -i app.jsonl.1 -i app.jsonl --state rotated.state
err_has "app.jsonl.1 is what was read as app.jsonl before"
cat out.txt >>all.txt
cmp -s all.txt first.txt || fail "a rotated log: other alerts than in one run"
gzip app.jsonl.1
run 0 run leaver.watch -i ./app.jsonl.1.gz -i "$PWD/app.jsonl" --state rotated.state
[ -z "$out" ] || fail "a file under another name was read again"

# Rotated again and again, in whatever order the files are named.
for order in "2 1 0" "0 1 2" "1 0 2" "0 2 1"; do
  rm -f turn.* all.txt
  log() { [ "$1" = 0 ] && echo turn.log || echo "turn.log.$1"; }
  sed -n 1p events.jsonl >turn.log
  run 0 run leaver.watch -i turn.log --state turn.state && cat out.txt >>all.txt
  mv turn.log turn.log.1 && sed -n 2p events.jsonl >turn.log
  run 0 run leaver.watch -i turn.log.1 -i turn.log --state turn.state && cat out.txt >>all.txt
  mv turn.log.1 turn.log.2 && mv turn.log turn.log.1 && sed -n 3,4p events.jsonl >turn.log
  words=()
  for number in $order; do words+=(-i "$(log "$number")"); done
  run 0 run leaver.watch "${words[@]}" --state turn.state && cat out.txt >>all.txt
  cmp -s all.txt first.txt || fail "logs rotated twice, named in the order $order"
done

# One run at a time has a state.
"$command" run leaver.watch -i - --state held.state <pipe >held.txt 2>&1 &
child=$!
exec 7>pipe
for _ in $(seq 100); do [ -e held.state.lock ] && break; sleep 0.05; done
run 3 run leaver.watch -i events.jsonl --state held.state
err_has "another run uses the state"
# told to stop before anything came, it stops in order
kill -TERM $child
wait $child || fail "told to stop while nothing came: exit $?"
exec 7>&-
run 0 run leaver.watch -i events.jsonl --state held.state
cmp -s out.txt first.txt || fail "a state that was free again"
ls | grep -q 'held.state.[ln]' && fail "a lock or a half state is left behind"
"$command" run leaver.watch -i pipe --state nobody.state >held.txt 2>&1 &
child=$!
for _ in $(seq 100); do [ -e nobody.state.lock ] && break; sleep 0.05; done
kill -TERM $child
wait $child || fail "told to stop while nobody wrote to the pipe: exit $?"
mkdir folder.state
run 3 run leaver.watch -i events.jsonl --state folder.state
err_has "it is a folder"
ln -s real.state link.state
run 0 run leaver.watch -i events.jsonl --state link.state
[ -L link.state ] && [ -s real.state ] || fail "a link to a state was replaced"

# Lists, tables and the like may change between two runs.
cat >listed.watch <<'WATCH'
module listed
event hr.notice { user person }
event web { user person, site text }
list bad from "bad.txt"
signal Bad on web where site in bad
policy L { purpose "p" basis "b" owner "o" opens on hr.notice closes after 30d score { +10 for Bad } alert low at 10 }
WATCH
visit() { echo "{\"type\":\"web\",\"time\":\"2025-03-0$1T09:00:00Z\",\"user\":\"u1\",\"site\":\"b.example\"}" >"v$1.jsonl"; }
visit 2 && visit 3
echo '{"type":"hr.notice","time":"2025-03-01T09:00:00Z","user":"u1"}' >n.jsonl
echo a.example >bad.txt
run 0 run listed.watch -i n.jsonl -i v2.jsonl --state listed.state
[ -z "$out" ] || fail "it is not listed yet"
echo b.example >>bad.txt
run 0 run listed.watch -i n.jsonl -i v2.jsonl -i v3.jsonl --state listed.state
json 'len(lines) == 1 and lines[0]["score"] == 10'

# Dead letters are on the disk before the state, and those that a kill has torn come again whole.
head -c 60 events.jsonl >torn.jsonl
{ echo 'no record'; cat events.jsonl; } >some.jsonl
run 0 run leaver.watch -i some.jsonl --state letters.state --dead-letter letters.jsonl
cp letters.jsonl letters.full
printf '{"file":"half a let' >>letters.jsonl
run 0 run leaver.watch -i some.jsonl --state letters.state --dead-letter letters.jsonl
cmp -s letters.jsonl letters.full || fail "a torn dead letter"

# A roster that has changed is read again, an unchanged one is not.
cat >roster_watch.watch <<'WATCH'
module groups
subject employee { group text = "none" }
event hr.notice { user person }
event hr.moved { user person, group text } updates employee { group: group }
event file.copy { user person }
signal Copy on file.copy
policy Sales { purpose "p" basis "b" owner "o" covers employee.group == "sales" opens on hr.notice closes after 30d
  score { +10 for Copy } alert low at 10 alert info on open }
WATCH
echo '{"id":"u1","group":"sales"}' >roster.jsonl
notice() { echo "{\"type\":\"hr.notice\",\"time\":\"2025-03-0$1T09:00:00Z\",\"user\":\"u1\"}" >"n$1.jsonl"; }
notice 1 && notice 3 && notice 5
echo '{"type":"hr.moved","time":"2025-03-02T09:00:00Z","user":"u1","group":"it"}' >moved.jsonl
policy=(roster_watch.watch --roster roster.jsonl --state groups.state)
run 0 run "${policy[@]}" -i moved.jsonl
run 0 run "${policy[@]}" -i n3.jsonl
[ -z "$out" ] || fail "the unchanged roster undid what an event had said"
echo '{"id":"u1","group":"sales" }' >roster.jsonl
run 0 run "${policy[@]}" -i n5.jsonl
json 'len(lines) == 1 and lines[0]["level"] == "info"'
run 0 run "${policy[@]}" -i n1.jsonl --dead-letter dead.jsonl -v
err_has "late"

# What does not fit is refused, and the state stays as it is.
cp killed.state before.state
run 3 run leaver.watch -i events.jsonl --state killed.state
err_has "other policies"
run 3 run "${whole[@]}" --state killed.state --key other.key
err_has "another key"
head -c 5000 killed.state >short.state
run 3 run "${whole[@]}" --state short.state
err_has "damaged"
echo "my notes" >notes.state
run 3 run "${whole[@]}" --state notes.state
err_has "not a snapshot"
[ "$(cat notes.state)" = "my notes" ] || fail "a file that is no state was overwritten"
sed -i '3s/"user":"[^"]*"/"user":"nobody"/' activity.jsonl
run 4 run "${whole[@]}" --state killed.state
err_has "has changed"
cmp -s killed.state before.state || fail "a refusal changed the state"
run 3 run "${whole[@]}" --state nowhere/at.state
err_has "cannot write"
run 3 run "${whole[@]}" --state x.state --state-every soon
err_has "--state-every"
finish

# `rosters`: directories published whole, as the events between them; whatever cannot be one is refused.
. "$(dirname "$0")/expect.bash"

cat >staff.watch <<'WATCH'
use hr
source staff from csv { emit employee { id: who, department: team, manager: boss, privileged: admin == "yes" } }
WATCH
printf 'who,team,boss,admin\nann,Optics,zoe,no\nbob,Optics,zoe,no\ncid,Sales,,no\n' >staff-2025-01.csv
printf 'who,team,boss,admin\nBOB,Optics,ann,yes\ncid,Sales,,no\ndee,Sales,cid,no\n' >staff-2025-02.csv
printf 'who,team,boss,admin\nbob,Optics,ann,yes\ndee,Sales,,no\n' >staff-2025-02-15.csv
run 0 rosters staff.watch --source staff --roster staff-2025-01.csv staff-2025-02.csv staff-2025-02-15.csv
json '[(e["time"][:10], e["type"], e["user"]) for e in lines] == [
  ("2025-02-01", "hr.hire", "dee"), ("2025-02-01", "hr.profile", "BOB"), ("2025-02-01", "hr.termination", "ann"),
  ("2025-02-15", "hr.termination", "cid")]'
json 'lines[0]["department"] == "Sales" and lines[0]["manager"] == "cid" and lines[0]["privileged"] is False'
json '(lines[1]["manager"], lines[1]["privileged"]) == ("ann", True) and "department" not in lines[1]'
json 'len({e["id"] for e in lines}) == 4'

# They are what a run reads: who is missing opens a watch.
cp out.txt hr.jsonl
cat >gone.watch <<'WATCH'
use hr
policy Gone {
  purpose "Show departures" basis "An example" owner "o@corp.example"
  opens on hr.termination where has employee.manager and employee.manager == "zoe"
  closes after 9d
  alert low on open
}
WATCH
run 0 run staff.watch gone.watch --roster staff=staff-2025-01.csv -i hr.jsonl --reveal --reason test
json '[(a["subject"], a["time"]) for a in lines] == [("ann", "2025-02-01T00:00:00Z")]'

# Native rosters need no source; other events may be named.
echo '{"id":"ann","group":"R&D"}' >day-2025-03-01.jsonl
echo '{"id":"bob","group":"R&D"}' >day-2025-03-02.jsonl
run 0 rosters hr --roster day-2025-03-01.jsonl --roster day-2025-03-02.jsonl --departure hr.resignation
json '[(e["type"], e["user"], e.get("group")) for e in lines] == [("hr.hire", "bob", "R&D"), ("hr.resignation", "ann", None)]'

run 3 rosters hr --roster day-2025-03-01.jsonl
err_has "two files"
run 3 rosters hr --roster day-2025-03-02.jsonl day-2025-03-01.jsonl
err_has "oldest comes first"
cp day-2025-03-01.jsonl today.jsonl
run 3 rosters hr --roster day-2025-03-01.jsonl today.jsonl
err_has "no date"
cp day-2025-03-01.jsonl day-2025-13-01.jsonl
run 3 rosters hr --roster day-2025-03-01.jsonl day-2025-13-01.jsonl
err_has "no date"
run 3 rosters hr --roster day-2025-03-01.jsonl day-2025-03-02.jsonl --hire hr.hirre
err_has "did you mean \`hr.hire\`"
run 3 rosters hr --roster other=day-2025-03-01.jsonl day-2025-03-02.jsonl
err_has "other"
run 4 rosters hr --roster day-2025-03-01.jsonl day-2025-03-03.jsonl
err_has "day-2025-03-03.jsonl"
echo 'no json' >>day-2025-03-02.jsonl
run 4 rosters hr --roster day-2025-03-01.jsonl day-2025-03-02.jsonl
err_has "day-2025-03-02.jsonl:2"
[ -z "$out" ] || fail "events from half a directory"
: >day-2025-03-04.jsonl
run 4 rosters hr --roster day-2025-03-01.jsonl day-2025-03-04.jsonl
err_has "nobody is in it"
cat >alien.watch <<'WATCH'
event alien.landed { place text }
WATCH
run 3 rosters hr alien.watch --roster day-2025-03-01.jsonl day-2025-03-04.jsonl --hire alien.landed
err_has "about nobody"
finish

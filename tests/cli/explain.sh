# Why and why not: pseudonyms, formats, places, the change that fires, and how mistakes are answered.
. "$(dirname "$0")/expect.bash"

# A condition over a sensitive field, and a threshold that john's copies miss.
sed -i 's/  where removable$/  where removable and path startswith "\/plans"/; s/> 100MB/> 200MB/; s/+10 for/+5 for/' leaver.watch
cat >>events.jsonl <<'JSON'
{"type":"hr.notice","time":"2025-03-05T09:00:00Z","id":"n2","user":"john","last_day":"2025-03-31T00:00:00Z"}
{"type":"file.copy","time":"2025-03-05T10:00:00Z","id":"e4","user":"john","host":"PC8","path":"/plans/d.zip","bytes":190000000,"removable":true}
{"type":"file.copy","time":"2025-03-06T10:00:00Z","id":"e5","user":"maria","host":"PC8","path":"/plans/d.zip","bytes":250000000,"removable":true}
JSON
run 0 run leaver.watch -i events.jsonl -q
json '[line["level"] for line in lines] == ["low", "low", "medium"]'
id=$(python3 -c 'import json; print([json.loads(l)["id"] for l in open("out.txt")][-1])')
person=$(python3 -c 'import json; print([json.loads(l)["subject"] for l in open("out.txt")][-1])')

# An alert, by its id or the beginning of it; nobody is named.
run 0 explain leaver.watch "$id" -i events.jsonl
out_has "MEDIUM  Leaver watch  p-"
out_has "e5 (events.jsonl:7)"
out_has "sum(bytes) over 1h > 200MB   sum(bytes) over 1h = 250MB  leaver.watch:1"
out_has 'path startswith "/plans"   path = s-'
out_lacks maria
out_lacks d.zip
cp out.txt whole.txt
run 0 explain leaver.watch -i events.jsonl "$id"
out_has "$id"
run 0 explain leaver.watch "${id:0:10}" -i events.jsonl
cmp -s out.txt whole.txt || fail "the beginning of an id is enough"
run 0 explain leaver.watch "$id" -i events.jsonl --format json
json 'sum(c["points"] for c in lines[0]["explanations"][0]["contributions"]) == lines[0]["explanations"][0]["score"]'
json '[e["id"] for e in lines[0]["explanations"][0]["events"]] == ["e1", "e2", "e5"]'
out_lacks maria
run 0 explain leaver.watch "$id" -i events.jsonl --format html
out_has "</html>"
out_lacks maria
out_lacks d.zip
run 0 explain leaver.watch "$id" -i events.jsonl --reveal --reason "case 17"
out_has maria
out_has /plans/d.zip
grep -q "case 17" config/watchword/reveal.log || fail "revealing is written down"

# A person at a time, by pseudonym or id.
run 0 explain leaver.watch --subject "$person" --at 2025-03-05 -i events.jsonl
out_has "SCORE  Leaver watch  $person"
cp out.txt whole.txt
run 0 explain leaver.watch --subject Maria --at 2025-03-05 -i events.jsonl
cmp -s out.txt whole.txt || fail "a person by id"
run 0 explain leaver.watch --subject maria --at 2025-01-01 -i events.jsonl
err_has "no watch of this person is open"

# Why not: the clause, its values, and a change with which it does fire.
sed -i 's/alert low    at 10/alert low at 20/' leaver.watch
run 0 explain leaver.watch --subject john --why-not Leaver -i events.jsonl
out_has 'sum(bytes) over 1h = 190MB'
out_has '`189MB` in place of `200MB` would fire; the least change is to `189.999999MB`'
out_lacks john
sed 's/> 200MB/> 189MB/' leaver.watch >changed.watch
run 0 run changed.watch -i events.jsonl -q --reveal --reason "does it fire"
json 'any(line["subject"] == "john" for line in lines)'
run 0 explain leaver.watch --subject maria --why-not Leaver -i events.jsonl
err_has "the policy did fire"

# Mistakes.
run 3 explain leaver.watch -i events.jsonl
err_has "say what to explain"
run 3 explain leaver.watch 0123456789abcdef -i events.jsonl
err_has 'raise no alert `0123456789abcdef`'
run 3 explain leaver.watch --subject nobody --why-not Leaver -i events.jsonl
err_has 'no event and no roster entry is about `nobody`'
run 3 explain leaver.watch --subject john --why-not Leavr -i events.jsonl
err_has 'did you mean `Leaver`'
run 3 explain leaver.watch --subject john --at soon -i events.jsonl
err_has '`soon` is not a time'
run 3 explain events.jsonl --subject john --why-not Leaver -i events.jsonl
err_has 'no policies'
# What was outside of the watch has no part in the answer, be it of a type that closes or opens watches; who has done
# nothing but that is as unknown as somebody who did nothing.
cat >bound.watch <<'WATCH'
event hr.notice { user person }
event file.copy { user person, bytes size }
event file.wipe { user person }
signal Copy on file.copy
signal Wipe on file.wipe
policy P { purpose "p" basis "b" owner "o" opens on hr.notice closes on file.wipe, after 10d score { +10 for Copy +1 for Wipe } alert low at 20 }
policy Q { purpose "p" basis "b" owner "o" opens on file.copy where bytes > 1TB closes after 1d score { +1 for Copy } alert low at 20 }
WATCH
cat >inside.jsonl <<'JSON'
{"type":"hr.notice","id":"n1","time":"2025-03-03T09:00:00Z","user":"maria"}
{"type":"file.copy","id":"c1","time":"2025-03-04T09:00:00Z","user":"maria","bytes":1}
{"type":"file.wipe","id":"w1","time":"2025-03-05T09:00:00Z","user":"maria"}
{"type":"hr.notice","id":"n2","time":"2025-04-05T09:00:00Z","user":"john"}
JSON
cat >outside.jsonl <<'JSON'
{"type":"file.wipe","id":"w0","time":"2025-03-02T09:00:00Z","user":"maria"}
{"type":"file.copy","id":"c2","time":"2025-03-06T09:00:00Z","user":"maria","bytes":2}
{"type":"file.wipe","id":"w2","time":"2025-03-06T10:00:00Z","user":"maria"}
{"type":"file.copy","id":"c3","time":"2025-03-06T11:00:00Z","user":"bob","bytes":2}
JSON
for policy in P Q; do
  run 0 explain bound.watch -i inside.jsonl --key key --subject maria --why-not "$policy"
  cp out.txt alone.txt
  run 0 explain bound.watch -i inside.jsonl -i outside.jsonl --key key --subject maria --why-not "$policy"
  cmp -s out.txt alone.txt || fail "what was outside shows in why-not of $policy"
done
run 3 explain bound.watch -i inside.jsonl -i outside.jsonl --key key --subject bob --why-not P
cp err.txt unknown.txt
run 3 explain bound.watch -i inside.jsonl -i outside.jsonl --key key --subject eve --why-not P
[ "$(sed "s/\`eve\`/\`bob\`/" err.txt)" = "$(cat unknown.txt)" ] || fail "it can be asked whether somebody did anything"
run 0 explain bound.watch -i inside.jsonl -i outside.jsonl --key key --subject maria --why-not P --outside --reveal --reason "a test"
out_has "w2"
run 3 explain bound.watch -i inside.jsonl --key key --subject maria --why-not P --outside
err_has "needs --reveal"
# A closing `no` that was broken, one whose deadline the events do not reach, and a watch that has not begun.
cat >closing.watch <<'WATCH'
event hr.notice { user person, last_day time? }
event badge.out { user person }
event file.copy { user person, bytes size }
signal Left_open sequence within 2h { file.copy  no badge.out }
policy Open { purpose "p" basis "b" owner "o" opens on hr.notice closes after 5d score { +50 for Left_open } alert high at 50 }
policy Short { purpose "p" basis "b" owner "o" opens on hr.notice closes after 2h score { +50 for Left_open } alert high at 50 }
policy Later { purpose "p" basis "b" owner "o" opens on hr.notice at last_day closes after 5d score { +50 for Left_open } alert high at 50 }
WATCH
cat >open.jsonl <<'JSON'
{"type":"hr.notice","id":"n1","time":"2025-03-01T09:00:00Z","user":"ann","last_day":"2025-03-20T00:00:00Z"}
{"type":"file.copy","id":"c1","time":"2025-03-01T10:00:00Z","user":"ann","bytes":100}
JSON
cp open.jsonl broken.jsonl
echo '{"type":"badge.out","id":"b1","time":"2025-03-01T10:30:00Z","user":"ann"}' >>broken.jsonl
run 0 explain closing.watch -i broken.jsonl --key key --subject ann --why-not Open
out_has "Left_open: a forbidden record came between"
out_has "b1 (broken.jsonl:3)"
run 0 explain closing.watch -i open.jsonl --key key --subject ann --why-not Open
out_has "nothing broke it, but its deadline is on 2025-03-01 12:00:00, and the events end before"
out_has "c1 (open.jsonl:2)"
run 0 explain closing.watch -i open.jsonl --key key --subject ann --why-not Short
out_has "its deadline on 2025-03-01 12:00:00 lies outside of the watch"
run 0 explain closing.watch -i open.jsonl --key key --subject ann --why-not Later
out_has "the watch begins on 2025-03-20 00:00:00, and nothing came so late"
run 0 explain closing.watch -i open.jsonl --key key --subject ann --why-not Later --until 2025-04-01
out_lacks "nothing came so late"
# Time passes behind the last event for whoever explains, compares and reports, as it does in a run.
run 0 run closing.watch -i open.jsonl --key key --until 2025-03-02
id=$(sed 's/{"id":"\([^"]*\)".*/\1/' out.txt)
run 0 explain closing.watch -i open.jsonl --key key --alert "$id" --until 2025-03-02
out_has "HIGH  Open"
run 0 explain closing.watch -i open.jsonl --key key --subject ann --why-not Open --until 2025-03-02
out_has "$id"
run 0 explain closing.watch -i open.jsonl --key key --subject ann --why-not Open --at 2025-03-02
out_has "$id"
sed 's/within 2h/within 1h/' closing.watch >sooner.watch
run 1 diff closing.watch sooner.watch -i open.jsonl --key key --until 2025-03-02
out_has '"before":{"id":"'"$id"
run 0 report closing.watch -i open.jsonl --key key --until 2025-03-02 --out report.html
grep -q "2025-03-01 12:00" report.html || grep -q "2025-03-01T12:00" report.html || fail "the report lacks the alert"
run 0 audit closing.watch -i open.jsonl --until 2025-03-02
cp out.txt with.txt
run 0 audit closing.watch -i open.jsonl
cmp -s out.txt with.txt && fail "the audit does not count the alert"
# A deadline at the watch's end, after its end, and at the very time to which the events or `--until` go.
sed 's/closes after 2h/closes after 3h/' closing.watch >edge.watch
run 0 explain edge.watch -i open.jsonl --key key --subject ann --why-not Short --until 2025-03-02
out_has "its deadline on 2025-03-01 12:00:00 lies outside of the watch"
cp open.jsonl other.jsonl
echo '{"type":"badge.out","id":"b2","time":"2025-03-01T12:00:00Z","user":"bob"}' >>other.jsonl
run 0 run closing.watch -i other.jsonl --key key --until 2025-03-01T12:00:00Z
id=$(sed 's/{"id":"\([^"]*\)".*/\1/' out.txt)
[ -n "$id" ] || fail "no alert to explain"
run 0 explain closing.watch -i other.jsonl --key key --alert "$id" --until 2025-03-01T12:00:00Z
run 0 explain closing.watch -i other.jsonl --key key --subject ann --why-not Open --until 2025-03-01T12:00:00Z
out_has "$id"
# Watches that are closed before they begin, that begin earlier or later than was first said, and that follow each other.
cat >moved.watch <<'WATCH'
event hr.notice { user person, last_day time? }
event badge.out { user person }
event file.copy { user person, bytes size }
signal Copy on file.copy
policy Later {
  purpose "p" basis "b" owner "o"
  opens on hr.notice at last_day
  closes on badge.out, or after 5d
  retrigger restarts
  score { +50 for Copy }
  alert high at 50
}
WATCH
notice() { printf '{"type":"hr.notice","id":"%s","time":"%s","user":"ann","last_day":"%s"}\n' "$@"; }
{ notice n1 2025-03-01T09:00:00Z 2025-03-20T00:00:00Z; echo '{"type":"badge.out","id":"b1","time":"2025-03-05T10:00:00Z","user":"ann"}'; } >cancelled.jsonl
run 0 explain moved.watch -i cancelled.jsonl --key key --subject ann --why-not Later
out_has "the watch was closed before it began on 2025-03-20 00:00:00"
{ notice n1 2025-03-01T09:00:00Z 2025-03-20T00:00:00Z; notice n2 2025-03-02T09:00:00Z 2025-03-25T00:00:00Z; } >later.jsonl
run 0 explain moved.watch -i later.jsonl --key key --subject ann --why-not Later --until 2025-03-22
out_has "the watch begins on 2025-03-25 00:00:00"
{ notice n1 2025-03-01T09:00:00Z 2025-03-20T00:00:00Z; notice n2 2025-03-02T09:00:00Z 2025-03-04T00:00:00Z; } >sooner.jsonl
run 0 explain closing.watch -i sooner.jsonl --key key --subject ann --why-not Later --until 2025-03-06
out_lacks "begins"
{ cat open.jsonl; notice n2 2025-03-01T11:00:00Z 2025-03-20T00:00:00Z; } >again.jsonl
sed 's/on hr.notice closes after 5d/on hr.notice closes after 5d retrigger restarts/' closing.watch >again.watch
run 0 explain again.watch -i again.jsonl --key key --subject ann --why-not Open --until 2025-03-03
out_has "its deadline on 2025-03-01 12:00:00 lies outside of the watch"
finish

# `diff`: what a change of policies does to the alerts, and by which clause.
. "$(dirname "$0")/expect.bash"
compare() { local status=$1; shift; run "$status" diff leaver.watch changed.watch -i events.jsonl --key key "$@"; }

cp leaver.watch changed.watch
compare 0
json 'lines == [{"summary": {"added": 0, "removed": 0, "moved": 0, "rescored": 0, "unchanged": 2, "changed_clauses": 0}}]'

# Another threshold removes the alert of medium: the copy then raises nothing new.
sed -i 's/over 1h > 100MB/over 1h > 200MB/' changed.watch
compare 1
json 'lines[0]["change"] == "removed" and lines[0]["before"]["level"] == "medium"'
json 'lines[0]["clauses"][0]["before"] == ["  when  sum(bytes) over 1h > 100MB"] or "100MB" in lines[0]["clauses"][0]["before"][0]'
json 'len(lines[0]["clauses"]) == 1 and lines[-1]["summary"]["changed_clauses"] == 1'

# Comments, tests and layout change nothing.
{ echo '# about leavers'; cat leaver.watch; echo 'test "t" { at 2025-03-03 hr.notice { user: "maria" } expect no alert Leaver high }'; } >changed.watch
compare 0

# Two changes, of which one matters for each alert.
sed 's/sum(bytes) over 1h > 100MB/sum(bytes) over 1h > 10MB/; s/alert low    at 10/alert low at 5/; s/looks back 7d/looks back 1d/' leaver.watch >changed.watch
compare 1 -o table
out_has "- removed"
out_has "\`looks back 7d\` became \`looks back 1d\`"
out_lacks "sum(bytes) over 1h > 10MB"

# A level that only two changes together reach.
sed 's/+40 for BulkCopy, once/+60 for BulkCopy, once/; s/alert medium at 40/alert medium at 40\n  alert high at 65/' leaver.watch >changed.watch
compare 1 -o table
out_has "moved"
out_has "together"

# A threshold that moves under an alert that stays where it is: nothing has changed. Levels are not mixed up.
sed 's/alert medium at 40/alert medium at 45/' leaver.watch >changed.watch
compare 0
json 'lines[-1]["summary"]["unchanged"] == 2'
sed 's/alert low    at 10/alert low at 45/; s/alert medium at 40/alert medium at 50/' leaver.watch >changed.watch
compare 1
json '[line["change"] for line in lines[:-1]] == ["removed"] and lines[0]["before"]["level"] == "low"'
json 'lines[-1]["summary"]["unchanged"] == 1'

# What one change takes away and another one adds has not moved.
sed 's/^  alert low /  alert info on open\n&/' leaver.watch >opening.watch
sed 's/+40 for BulkCopy, once/+60 for BulkCopy, once/; s/alert medium at 40/alert medium at 40\n  alert high at 65/' leaver.watch >changed.watch
run 1 diff opening.watch changed.watch -i events.jsonl --key key -o table
out_has "- removed  Leaver"
out_has "by  changed.watch: \`alert info on open\` was removed"
grep -A1 'removed  Leaver' out.txt | grep -q 'alert info on open' || fail "the removed alert is blamed on something else"

# Two alerts of one event are told apart by their cause.
cat >two_signals.watch <<'WATCH'
event hr.notice { user person }
event file.copy { user person, bytes size = 0B }
signal A on file.copy
signal B on file.copy where bytes > 1MB
policy P { purpose "p" basis "b" owner "o" opens on hr.notice closes after 30d score { +1 for A +1 for B } alert low on A alert low on B }
WATCH
sed 's/alert low on B//; s/owner "o"/owner "somebody else"/' two_signals.watch >changed.watch
run 1 diff two_signals.watch changed.watch -i events.jsonl --key key
json 'lines[0]["change"] == "removed" and len(lines[0]["clauses"]) == 1 and "on B" in str(lines[0]["clauses"])'

# What a source makes of foreign records is a change like any other, alone and beside others.
cat >foreign.csv <<'CSV'
when,who,kind,amount
2025-03-04 18:00,maria,copied,1000
2025-03-04 19:00,maria,moved,150000000
CSV
{ cat leaver.watch; cat <<'WATCH'
source log from csv {
  size? amount
  emit file.copy when kind == "copied" { time: parse_time(when), user: who, host: "pc", path: "x", bytes: amount, removable: true }
}
WATCH
} >leaver_log.watch
sed 's/kind == "copied"/kind in ["copied", "moved"]/; s/tags    "leaver"/tags    "leavers"/; s/+10 for UsbCopy, at most 30/+12 for UsbCopy, at most 30/' leaver_log.watch >changed.watch
head -2 events.jsonl >two.jsonl
run 1 diff leaver_log.watch changed.watch -i two.jsonl -i log=foreign.csv --key key -o table
out_has '+ added'
grep -A 1 '+ added' out.txt | grep -qF 'kind in ["copied", "moved"]' || fail "the source is not blamed for the added alert"
out_lacks together
sed 's/kind == "copied"/kind == "moved"/' leaver_log.watch >changed.watch
run 1 diff leaver_log.watch changed.watch -i two.jsonl -i log=foreign.csv --key key -o table
out_has 'kind == "moved"'

# Pseudonyms are those of `run`; names only for a reason.
run 0 -q run leaver.watch -i events.jsonl --key key -o ndjson
subject=$(python3 -c 'import json; print(json.loads(open("out.txt").readline())["subject"])')
sed 's/over 1h > 100MB/over 1h > 200MB/' leaver.watch >changed.watch
compare 1
out_has "$subject"
out_lacks maria
compare 1 --reveal --reason "a test"
out_has maria
grep -q "a test" reveal.log || fail "the reveal is not in the log"

run 3 diff leaver.watch changed.watch
run 3 diff leaver.watch

# Records that cannot be used are named, as by `run`: what they would have changed is not known.
{ cat events.jsonl; echo '{"type":"file.copy","time":"2025-03-05T18:00:00Z","user":"maria","bytes":"many"}'; } >worse.jsonl
"$command" diff leaver.watch leaver.watch -i worse.jsonl --key key >out.txt 2>err.txt || fail "a rejected record ends diff"
err_has "rejected 1 ×"
err_has "worse.jsonl:5"

# Versions that read the same fields share one reading, of a pipe as well; others do not, and say so.
"$command" diff leaver.watch changed.watch -i - --key key <events.jsonl >piped.txt 2>err.txt
[ $? = 1 ] || fail "diff of a pipe"
compare 1
cmp -s out.txt piped.txt || fail "a pipe gives other differences"
sed 's/where removable and bytes/where removable and host != "" and bytes/; s/  where removable$/  where removable and host != "x"/' leaver.watch >changed.watch
run 3 diff leaver.watch changed.watch -i -
err_has "read twice"
echo 'policy' >>changed.watch
compare 2
finish

# `check`, `test` and `disasm` from outside: exit status and formats.
. "$(dirname "$0")/expect.bash"

run 0 check leaver.watch
cat >wrong.watch <<'WATCH'
module wrong
use leaver
signal Copies on file.copy where removeable
signal Other on file.copi
WATCH
run 2 check wrong.watch
out_has "removeable"
out_has "did you mean \`removable\`"
out_has "wrong.watch:3"
out_has "wrong.watch:4"
run 2 check wrong.watch --format json
python3 -c '
import json
text = open("out.txt").read()
try: json.loads(text)
except json.JSONDecodeError: [json.loads(line) for line in text.splitlines()]' || fail "json that is not JSON"
run 2 check wrong.watch --format sarif
python3 -c '
import json
report = json.load(open("out.txt"))
assert report["version"] == "2.1.0" and report["runs"][0]["results"], report' || fail "sarif that is not SARIF"
run 2 check wrong.watch --format github
out_has "::error"
run 2 --format short check wrong.watch
out_has "wrong.watch:3:"

cat leaver.watch - >tested.watch <<'WATCH'
test "a bulk copy after the notice reaches medium" {
  at 2025-03-03 09:00 hr.notice { user: "maria" }
  at 2025-03-04 18:00 file.copy { user: "maria", host: "pc7", path: "/x.zip", bytes: 150MB, removable: true }
  expect alert Leaver medium for "maria" at 2025-03-04 18:00
  expect score Leaver for "maria" at 2025-03-04 18:00 == 50
  expect nothing else
}
test "a copy without a notice is nobody's business" {
  at 2025-03-04 18:00 file.copy { user: "maria", host: "pc7", path: "/x.zip", bytes: 150MB, removable: true }
  expect no alert Leaver
}
WATCH
run 0 test tested.watch
err_has "2 tests passed"
run 0 test tested.watch -k "without a notice"
err_has "1 test passed"
run 3 test tested.watch -k "no such thing"
sed 's/medium for "maria"/low for "maria"/; s/== 50/== 51/' tested.watch >failing.watch
run 1 test failing.watch
out_has "expected"
out_has "the score is 50"
out_has "file.copy"
err_has "1 test failed, 1 passed"

run 0 disasm leaver.watch
out_has "Leaver"

# Canonical text says the same, and is left alone the second time.
cp leaver.watch formatted.watch
printf '\n\n# a comment   \nlet   spare=1\n' >>formatted.watch
run 1 fmt --check formatted.watch
out_has "formatted.watch"
run 0 fmt formatted.watch
grep -q "# a comment" formatted.watch || fail "fmt lost a comment"
run 0 fmt --check formatted.watch
[ -z "$out" ] || fail "fmt is not idempotent"
run 0 run leaver.watch -i events.jsonl
cp out.txt before.txt
run 0 run formatted.watch -i events.jsonl
cmp -s out.txt before.txt || fail "fmt changed the meaning"
cp wrong.watch broken.watch
echo 'signal {' >>broken.watch
run 2 fmt broken.watch
cmp -s <(cat wrong.watch; echo 'signal {') broken.watch || fail "fmt touched a file with errors"

run 0 explain-code W0203
out_has "unknown field"
run 0 explain-code
out_has "W0203"
run 3 explain-code W9999
# What is sound is not warned about, however much it looks like a contradiction.
cat >sound.watch <<'WATCH'
use hr, activity
event note { user person, address ip, n int, m int }
list corp = ["10.0.0.0/8", "192.168.0.0/16"]
list lab  = ["10.1.0.0/16"]
list risky = ["file.copy", "file.delete"]
signal Both    on note where address in corp and address in lab
signal Host    on note where address in ["10.0.0.0/8"] and address == "10.0.0.1"
signal Either  on note where address not in corp or address not in lab
signal Spread  on note when usual(count() per day, past 30d).mean > 5 and usual(count() per day, past 30d).stddev < 4
signal Sudden  on note when deviation(count() per day, past 30d) > 3 and usual(count() per day, past 30d).mean < 2
signal Shared  on file.copy where type in risky
signal Large   on note where n == 9007199254740993 and n != 9007199254740992
policy P { purpose "a" basis "b" owner "c" opens on hr.resignation looks back 31d closes after 30d
  score { +1 for Both +1 for Host +1 for Either +1 for Spread +1 for Sudden +1 for Shared +1 for Large } alert low at 2 }
WATCH
run 0 check sound.watch --format short
[ "$(grep -c 'W05' out.txt)" = 1 ] || fail "sound conditions are warned about" # P has no test

# What follows `--` may be a part of the condition: the fix does not throw it away.
cat >minus.watch <<'WATCH'
event note { user person, a int, b int, removable bool }
signal B on note where a > b --3 && removable
WATCH
run 0 check minus.watch --fix
grep -q '\-\-3 and removable' minus.watch || fail "a fix took a condition away: $(cat minus.watch)"
finish

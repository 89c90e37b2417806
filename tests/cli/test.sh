# `test` from outside: each kind of expectation notices when it is wrong, and what the flags do.
. "$(dirname "$0")/expect.bash"

# wrong NAME: appends the test on standard input to the policies; it must fail, and nothing else.
wrong() {
  { cat leaver.watch; cat; } >wrong.watch
  run 1 test wrong.watch
  out_has "FAIL  $1"
  err_has "1 test failed"
}
scenario='
  at 2025-03-03 09:00 hr.notice { user: "maria" }
  at 2025-03-04 18:00 file.copy { user: "maria", host: "pc7", path: "/x.zip", bytes: 150MB, removable: true }'
expect_wrong() { wrong "$1" <<<"test \"$1\" { $scenario
  expect $1
}"; out_has "expected  expect $1"; out_has "what happened"; out_has "file.copy"; out_has "score of Leaver"; }
expect_wrong 'alert Leaver low'
out_has "the nearest is Leaver medium"
expect_wrong 'alert Leaver medium x 2'
expect_wrong 'no alert Leaver'
expect_wrong 'no alert because BulkCopy'
expect_wrong 'nothing else'
wrong "another score" <<<"test \"another score\" { $scenario
  expect score Leaver for \"maria\" at 2025-03-04 18:00 == 49 }"
out_has "the score is 50"
wrong "another person" <<<"test \"another person\" { $scenario
  expect alert Leaver for \"john\" }"
wrong "another time" <<<"test \"another time\" { $scenario
  expect alert Leaver at 2025-03-04 18:01 }"
wrong "no watch" <<<"test \"no watch\" { $scenario
  expect no watch Leaver for \"maria\" at 2025-03-05 }"
wrong "a reason that is none" <<<'test "a reason that is none" {
  at 2025-03-03 09:00 hr.notice { user: "maria" }
  at 2025-03-04 18:00 file.copy { user: "maria", host: "pc7", path: "/x.zip", bytes: 1MB, removable: true }
  expect alert Leaver low because BulkCopy
}'
out_has "nearest   sum(bytes) over 1h was 1MB, needs more than 100MB (BulkCopy, 2025-03-04T18:00:00Z)"
wrong "nearly" <<<'test "nearly" {
  at 2025-03-03 09:00 hr.notice { user: "maria" }
  at 2025-03-04 17:30 file.copy { user: "maria", host: "pc7", path: "/x.zip", bytes: 50MB, removable: true }
  at 2025-03-04 18:00 file.copy { user: "maria", host: "pc7", path: "/x.zip", bytes: 46MB, removable: true }
  expect alert Leaver medium
}'
out_has "nearest   sum(bytes) over 1h was 96MB, needs more than 100MB"
wrong "too early" <<<'test "too early" {
  at 2025-02-03 18:00 file.copy { user: "maria", host: "pc7", path: "/x.zip", bytes: 460MB, removable: true }
  at 2025-03-03 09:00 hr.notice { user: "maria" }
  expect alert Leaver
}'
out_has "nearest   no record that its signals look at came within the watch"
wrong "no notice" <<<'test "no notice" {
  at 2025-03-04 18:00 file.copy { user: "maria", host: "pc7", path: "/x.zip", bytes: 460MB, removable: true }
  expect alert Leaver
}'
out_has "nearest   no record of a kind that opens a watch came"
wrong "sizes: large" <<<'test "sizes" {
  at 2025-03-03 09:00 hr.notice { user: "maria" }
  at 2025-03-04 18:00 file.copy { user: "maria", host: "pc7", path: "/x.zip", bytes: amount, removable: true }
  case "small" { amount: 1MB } expect alert Leaver low
  case "large" { amount: 200MB } expect alert Leaver low
}'
wrong "compiles after all" <<<'test "compiles after all" refuses W0203 {
signal Fine on file.copy where removable
}'
out_has "it compiles"
wrong "refused for another reason" <<<'test "refused for another reason" refuses W0301 {
signal Misspelt on file.copy where removeable
}'
out_has "W0203 in line"

# A case that lacks a column, and a code that nobody knows, do not compile.
{ cat leaver.watch; echo 'test "cases" { at 2025-03-03 09:00 hr.notice { user: who }
  case { who: "maria" } expect no alert
  case { whom: "maria" } expect no alert }'; } >bad.watch
run 2 test bad.watch
err_has 'the first case gives no `whom`'
{ cat leaver.watch; echo 'test "codes" refuses W9999 { }'; } >bad.watch
run 2 test bad.watch
err_has "there is no diagnostic"

# Brackets in what must not compile have to end, and may not nest without end.
{ cat leaver.watch; printf 'test "deep" refuses W0101 {'; printf '{%.0s' $(seq 1 60000); printf '}%.0s' $(seq 1 60001); } >bad.watch
run 2 test bad.watch
err_has "nested"
{ cat leaver.watch; echo 'test "open" refuses W0101 { signal S on'; } >bad.watch
run 2 test bad.watch
err_has "bad.watch:"

# Snapshots: written on demand, compared from then on.
{ cat leaver.watch; echo "test \"whole alerts\" { $scenario
  expect alerts from \"whole/alerts.txt\" }"; } >snapshot.watch
run 1 test snapshot.watch
out_has "--update writes it"
run 0 test snapshot.watch --update
out_has "wrote"
grep -q 'BulkCopy' whole/alerts.txt || fail "the snapshot does not name the signal"
run 0 test snapshot.watch
run 0 test snapshot.watch --update
out_lacks "wrote"
sed -i 's/+40 for BulkCopy/+41 for BulkCopy/' snapshot.watch
run 1 test snapshot.watch
out_has "in the file and"

# Many at once give what one by one gives.
{ cat leaver.watch
  for i in $(seq 1 40); do echo "test \"number $i\" { $scenario expect alert Leaver medium }"; done
  echo 'test "odd one out" { at 2025-03-03 09:00 hr.notice { user: "maria" } expect alert Leaver }'; } >many.watch
run 1 test -v many.watch
cp out.txt one.txt
run 1 test -v -j 4 many.watch
cmp -s out.txt one.txt || fail "-j 4 says something else"
run 0 test many.watch -k 'NUMBER 1?'
err_has "10 tests passed"
run 0 test leaver.watch --junit none.xml
err_has "there are no tests"
err_lacks "passed"
run 1 test many.watch --junit results.xml
python3 - <<'PYTHON' || fail "the JUnit file is not what it should be"
import xml.etree.ElementTree as tree
root = tree.parse("results.xml").getroot()
cases = root.findall(".//testcase")
failed = [one.get("name") for one in cases if one.find("failure") is not None]
assert root.get("tests") == "41" and root.get("failures") == "1" and len(cases) == 41 and failed == ["odd one out"], failed
PYTHON

# Records out of order: what the test's lateness covers makes no difference, what it does not is lost.
{ cat leaver.watch; cat <<'WATCH'
test "copies in a row" {
  at 2025-03-03 09:00 hr.notice { user: "maria" }
  at 2025-03-04 18:00 file.copy { user: "maria", host: "pc7", path: "/x", bytes: 30MB, removable: true } x 6 every 7m
  expect alert Leaver medium for "maria" at 2025-03-04 18:21
}
WATCH
} >order.watch
for seed in 1 2 3 4 5; do run 0 test order.watch --shuffle 30m --seed $seed; done
sed 's/test "copies in a row" {/&\n  lateness 1m/' order.watch >strict.watch
lost=0
for seed in 1 2 3 4 5; do "$command" test strict.watch --shuffle 30m --seed $seed >/dev/null 2>&1 || lost=$((lost + 1)); done
[ "$lost" -gt 0 ] || fail "a lateness of a minute covers half an hour"
run 3 test order.watch --shuffle soon

# A policy without a test is shown by --min-tests alone.
run 0 test many.watch -k number
run 1 test many.watch -k number --min-tests
err_has "W0513"
{ cat leaver.watch; echo "test \"at work\" { $scenario expect alert Leaver }
test \"silent\" { at 2025-03-03 09:00 hr.notice { user: \"maria\" } expect no alert Leaver }"; } >enough.watch
run 0 test enough.watch --min-tests

# --watch runs again when the file changes.
cp enough.watch watched.watch
"$command" test watched.watch --watch >watch_out.txt 2>watch_err.txt </dev/null &
watcher=$!
wait_for() { for _ in $(seq 1 200); do grep -q "$1" watch_err.txt && return; sleep 0.1; done; fail "--watch does not say: $1"; }
wait_for "2 tests passed"
sed -i 's/expect no alert Leaver/expect alert Leaver/' watched.watch
wait_for "1 test failed, 1 passed"
kill "$watcher"
wait "$watcher" 2>/dev/null
finish

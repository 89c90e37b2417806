# A bundle is one file that runs as its policies do, wherever it lies, and that says when it is not what it was.
. "$(dirname "$0")/expect.bash"

mkdir -p policies/lists
cat >policies/own.watch <<'WATCH'
module own
let big = 100MB
WATCH
printf 'PC7\nPC8\n' >policies/lists/hosts.txt
sed -e '1a use own\nlist kiosks from "lists/hosts.txt"' -e 's/where removable$/where removable and host in kiosks/' \
  -e 's/sum(bytes) over 1h > 100MB/sum(bytes) over 1h > own.big/' leaver.watch >policies/leaver.watch
cat >>policies/leaver.watch <<'WATCH'

test "a bulk copy after the notice"  {
  at 2025-03-03 09:00 hr.notice { user: "u1" }
  at 2025-03-04 18:00 file.copy { user: "u1", host: "pc7", path: "/x", bytes: 150MB, removable: true }
  expect alert Leaver medium for "u1"
}
test "nothing without a notice" {
  at 2025-03-04 18:00 file.copy { user: "u1", host: "pc7", path: "/x", bytes: 150MB, removable: true }
  expect no alert Leaver
}
WATCH

run 0 build policies/leaver.watch -o leaver.bundle
err_has "1 policy in 3 files, 2 tests passed; program "
err_has "wrote leaver.bundle"
cp leaver.bundle first.bundle
run 0 build policies/leaver.watch
cmp -s out.txt leaver.bundle || fail "the same files make another bundle"

# It runs elsewhere, without the files, and gives the same bytes.
run 0 run policies/leaver.watch -i events.jsonl --key key -o ndjson --sorted
json 'len(lines) == 2'
cp out.txt expected.txt
mkdir elsewhere && mv policies gone
(cd elsewhere && "$command" run ../leaver.bundle -i ../events.jsonl --key ../key -o ndjson --sorted) >out.txt 2>err.txt || fail "the bundle does not run"
cmp -s out.txt expected.txt || fail "the bundle's alerts are others"
err_lacks "not the same"
id=$(sed -n '2s/.*"id":"\([0-9a-f]*\)".*/\1/p' expected.txt)
run 0 explain leaver.bundle "$id" -i events.jsonl --key key
out_has "leaver.bundle/policies/leaver.watch:"
run 0 audit leaver.bundle
out_has "Leaver"
run 0 check leaver.bundle
run 0 test leaver.bundle
err_has "2 tests passed"
run 0 inspect leaver.bundle
out_has "Leaver"
run 0 diff leaver.bundle first.bundle -i events.jsonl --key key

# Whoever runs from the files goes on from the bundle, and the other way round.
mv gone policies
head -n 2 events.jsonl >begin.jsonl && tail -n +3 events.jsonl >end.jsonl
run 0 run policies/leaver.watch -i begin.jsonl --key key -o ndjson --state state
run 0 run leaver.bundle -i begin.jsonl -i end.jsonl --key key -o ndjson --state state
json 'len(lines) == 1 and lines[0]["level"] == "medium"'

# A bundle can be built from a bundle, and beside other policies.
run 0 build leaver.bundle -o second.bundle
run 0 run second.bundle -i events.jsonl --key key -o ndjson --sorted
cmp -s out.txt expected.txt || fail "a bundle of a bundle is another"
run 0 build it1003 -o standard.bundle
grep -qx 'standard it1003' standard.bundle || fail "a standard module is not named"
run 0 check standard.bundle

# Only what compiles and passes is built.
sed 's/expect alert Leaver medium/expect alert Leaver low/' policies/leaver.watch >policies/wrong.watch
run 1 build policies/wrong.watch -o wrong.bundle
err_has 'the test "a bulk copy after the notice" fails (policies/wrong.watch:'
[ ! -e wrong.bundle ] || fail "a failed test is built"
run 0 build policies/wrong.watch --untested -o wrong.bundle
err_has "not tested"
echo 'signal' >policies/broken.watch
run 2 build policies/broken.watch -o broken.bundle
err_has "policies/broken.watch:1"
rm policies/lists/hosts.txt
run 2 build policies/leaver.watch -o broken.bundle
[ ! -e broken.bundle ] || fail "what does not compile is built"
run 3 build nowhere.watch
run 3 build leaver.bundle -o no/folder/out.bundle

# What was changed in it, cut off, or is of another format is refused; what another version made of it is said.
sed 's/100MB/900MB/' leaver.bundle >changed.bundle
run 3 run changed.bundle -i events.jsonl --key key
err_has "changed.bundle: the bundle is cut off or damaged: its checksum is wrong"
size=$(stat -c %s leaver.bundle)
for length in 18 19 60 $((size / 2)) $((size - 1)); do
  head -c "$length" leaver.bundle >short.bundle
  run 3 run short.bundle -i events.jsonl --key key
  [ -s err.txt ] || fail "no word about a bundle of $length bytes"
done
sed '1s/1$/2/' leaver.bundle >other.bundle
run 3 check other.bundle
err_has "another version of the format"
run 2 repl leaver.bundle
err_has "is a bundle"
run 3 fmt leaver.bundle
err_has "is a bundle"
(cd policies && printf 'PC7\nPC8\n' >lists/hosts.txt)
run 0 build ./policies/../policies/leaver.watch -o plain.bundle
cmp -s plain.bundle first.bundle || fail "the same files, named in another way, make another bundle"
"$command" check - <first.bundle >out.txt 2>err.txt || fail "a bundle on standard input"
echo 'use hr' >more.watch
run 0 build it1003 more.watch -o more.bundle
run 0 check more.bundle standard.bundle
finish

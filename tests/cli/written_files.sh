#!/usr/bin/env bash
# Files that the command writes: whole or not at all, where links lead, with the mode that they have.
. "$(dirname "${BASH_SOURCE[0]}")/expect.bash"

# cannot FILE ARGUMENTS…: the command may write no byte into a file, as on a full disk; FILE stays as it is.
cannot() {
  local file=$1
  shift
  cp "$file" before
  (
    trap '' XFSZ
    ulimit -f 0
    "$command" "$@" </dev/null
  ) 2>&1 | cat >err.txt
  : >out.txt
  err_has "cannot write \`$file\`: File too large"
  cmp -s "$file" before || fail "$* changed $file"
  [ -z "$(find . -name '*.new')" ] || fail "$* left something beside $file"
}

printf 'module  m\nlet a=1\n' >untidy.watch
cannot untidy.watch fmt untidy.watch
sed 's/where removable/where removeable/' leaver.watch >wrong.watch
cannot wrong.watch check --fix wrong.watch
echo old >leaver.watchc
cannot leaver.watchc build leaver.watch -o leaver.watchc
head -c 32 /dev/urandom | base64 >key && chmod 600 key
echo old >report.html
cannot report.html report leaver.watch --key key -i events.jsonl --sorted --out report.html
echo old >summary.json
cannot summary.json run leaver.watch --key key -i events.jsonl --sorted --summary summary.json

# where a link leads, with the mode of what is there
mkdir real
mv untidy.watch real/policy.watch
chmod 640 real/policy.watch
ln -s real/policy.watch linked.watch
run 0 fmt linked.watch
[ -L linked.watch ] || fail "the link is gone"
[ "$(cat real/policy.watch)" = "module m

let a = 1" ] || fail "what the link leads to was not formatted"
[ "$(stat -c %a real/policy.watch)" = 640 ] || fail "another mode"

# what is no file
run 0 run leaver.watch -i events.jsonl --sorted --summary /dev/stdout -q
out_has '"alerts"'
run 3 run leaver.watch -i events.jsonl --sorted --summary /dev/full -q
err_has "cannot write \`/dev/full\`: No space left on device"
run 3 run leaver.watch -i events.jsonl --sorted --summary nowhere/summary.json -q
err_has "cannot write \`nowhere/summary.json\`: No such file or directory"
ln -s loop loop
run 3 run leaver.watch -i events.jsonl --sorted --summary loop -q
err_has "cannot write \`loop\`: Too many levels of symbolic links"
[ -L loop ] || fail "the link is gone"
finish

#!/usr/bin/env bash
# `check --fix` mends what is sure, `check --watch` looks again when a file changes.
. "$(dirname "${BASH_SOURCE[0]}")/expect.bash"

cat >wrong.watch <<'WATCH'
module wrong
use leaver
list hosts from "hosts.txt"
signal Copies on file.copy where removeable and host in hosts
signal More on file.copi where bytess > 1MB
WATCH
printf 'pc7\n' >hosts.txt
run 0 check --fix wrong.watch
err_has "mended"
grep -qF "where removable and host in hosts" wrong.watch || fail "the field is not mended"
grep -qF "on file.copy where bytes > 1MB" wrong.watch || fail "the event and its field are not mended"
out_has "W0506" # what is not sure stays
run 0 check --fix wrong.watch
err_lacks "mended"

# What a standard module says stays as it is, and a mistake without a sure fix stays an error.
cat >unsure.watch <<'WATCH'
use leaver
signal Copies on file.copy where size_of_everything > 5
WATCH
cp unsure.watch before.watch
run 2 check --fix unsure.watch
cmp -s unsure.watch before.watch || fail "changed without being sure"

"$command" check --watch --format short wrong.watch >out.txt 2>err.txt </dev/null &
watching=$!
seen() { # waits for a text in the output
  local tries=0
  until grep -qF -- "$1" out.txt || [ $((tries += 1)) -gt 300 ]; do sleep 0.1; done
  out_has "$1"
}
seen "W0506"
sed -i 's/removable and/removabel and/' wrong.watch
seen "W0203"
rm hosts.txt # a file that the policies name is watched as well
seen "W0901"
kill "$watching"
wait "$watching" 2>/dev/null
finish

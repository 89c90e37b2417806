#!/usr/bin/env bash
# `watchword lsp` as an editor sees it: whole sessions, texts that do not parse, places in UTF-16, and bytes of all kinds.
here=$(cd "$(dirname "$0")" && pwd)
. "$here/expect.bash"
export XDG_CACHE_HOME="$folder/cache"
export PYTHONDONTWRITEBYTECODE=1

for part in session typing text hostile; do
  python3 "$here/lsp_$part.py" "$command" >out.txt 2>err.txt || fail "lsp_$part.py"
done
run 0 lsp --help
out_has "language server"
run 1 lsp # the input ends without `exit`
out_lacks "Content-Length"
finish

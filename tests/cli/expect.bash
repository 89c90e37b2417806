# What the scripts about the command share: a folder of their own, a policy with its events, and words for expectations.
# WATCHWORD is the command under test.
set -u
command=${WATCHWORD:-}
: "${command:?WATCHWORD names the command under test}"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1
export XDG_CONFIG_HOME="$folder/config" NO_COLOR=1
for name in "${!WATCHWORD@}"; do unset "$name"; done
failures=0

# run STATUS ARGUMENTS…: runs the command; its output is in $out, its messages in $err.
run() {
  local expected=$1 status
  shift
  "$command" "$@" >out.txt 2>err.txt </dev/null
  status=$?
  out=$(cat out.txt) err=$(cat err.txt)
  [ "$status" = "$expected" ] || fail "watchword $*: exit $status, expected $expected"
}
fail() {
  failures=$((failures + 1))
  printf 'FAIL %s\n--- out\n%s\n--- err\n%s\n' "$1" "$(head -c 3000 out.txt)" "$(head -c 3000 err.txt)"
}
out_has() { grep -qF -- "$1" out.txt || fail "standard output lacks: $1"; }
out_lacks() { ! grep -qF -- "$1" out.txt || fail "standard output has: $1"; }
err_has() { grep -qF -- "$1" err.txt || fail "standard error lacks: $1"; }
err_lacks() { ! grep -qF -- "$1" err.txt || fail "standard error has: $1"; }
# json EXPRESSION: a Python expression over `lines`, the JSON Lines of standard output, that must hold.
json() {
  python3 - "$1" <<'PYTHON' || fail "does not hold: $1"
import json, sys
lines = [json.loads(line) for line in open("out.txt", encoding="utf-8")]
sys.exit(0 if eval(sys.argv[1]) else 1)
PYTHON
}
finish() {
  [ "$failures" = 0 ] && echo "all as expected"
  exit $((failures != 0))
}

cat >leaver.watch <<'WATCH'
module leaver

event hr.notice { user person, last_day time? }
event file.copy { user person, host host, sensitive path text, bytes size, removable bool = false }

signal UsbCopy "Copied to removable media"
  on    file.copy
  where removable

signal BulkCopy "Bulk copy to removable media"
  on    file.copy
  where removable
  when  sum(bytes) over 1h > 100MB

policy Leaver "Leaver watch" {
  purpose "Protect company data when people leave"
  basis   "Works agreement 2024-11"
  owner   "insider-threat@corp.example"
  version "1.0"
  tags    "leaver"
  opens on hr.notice as notice
  looks back 7d
  closes after 30d
  score {
    +10 for UsbCopy, at most 30
    +40 for BulkCopy, once
  }
  alert low    at 10
  alert medium at 40
}
WATCH
cat >events.jsonl <<'JSON'
{"type":"file.copy","time":"2025-03-01T10:00:00Z","id":"e1","user":"maria","host":"PC7","path":"/plans/a.zip","bytes":1000,"removable":true}
{"type":"hr.notice","time":"2025-03-03T09:00:00Z","id":"n1","user":"maria","last_day":"2025-03-31T00:00:00Z"}
{"type":"file.copy","time":"2025-03-04T18:00:00Z","id":"e2","user":"maria","host":"PC7","path":"/plans/b.zip","bytes":150000000,"removable":true}
{"type":"file.copy","time":"2025-03-04T18:01:00Z","id":"e3","user":"john","host":"PC8","path":"/plans/c.zip","bytes":150000000,"removable":true}
JSON

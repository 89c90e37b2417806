# `repl` in a pipe: a script in, answers out; and in a real terminal: editing, history, completion, multi-line.
. "$(dirname "$0")/expect.bash"
export XDG_STATE_HOME="$folder/state"

# talk STATUS ARGUMENTS…: the script comes from standard input.
talk() {
  local expected=$1 status
  shift
  "$command" repl "$@" >out.txt 2>err.txt
  status=$?
  [ "$status" = "$expected" ] || fail "repl $*: exit $status, expected $expected"
}

talk 0 leaver.watch -i events.jsonl <<'SCRIPT'
:run until alert
:who
:why
:set weight UsbCopy 5
:seek 2025-03-02
:timeline maria
:quit
never read
SCRIPT
out_has "leaver.watch: 1 policies"
out_has "4 records of 2 people"
out_has "#1 LOW Leaver p-"
out_has "weight UsbCopy: 10 → 5"
out_has "- LOW Leaver p-"
out_lacks maria
out_lacks plans

talk 1 <<'SCRIPT'
2 * 3
:hlep
signal Odd
  on file.copy
  where bytes > 1GB
7 * 6
SCRIPT
out_has "6 : int"
out_has "signal Odd"
out_has "42 : int"
err_has 'no command `:hlep`; did you mean `:help`?'
# Over the record played last and its person; also a field that no policy reads.
talk 1 leaver.watch -i events.jsonl <<'SCRIPT'
bytes > 1GB
:run
bytes > 1GB
bytes + 1MB
:prev 2
:type bytes
employee.group
bytes
:prev
byts
host
:type bytes
SCRIPT
out_has "false : bool"
out_has "false  bytes > 1GB   bytes = 150MB"
out_has "151MB : size"
out_has "pc7 : host"
out_has "size"
err_has "once a record has been played"
err_has 'unknown field `bytes` on event `hr.notice`'
err_has 'unknown attribute `group`'
err_has 'did you mean `bytes`?'
talk 0 events.jsonl <<<":run"
out_has '3 of types that no policy reads'
echo 'policy' >broken.watch
talk 2 broken.watch
talk 4 leaver.watch -i nowhere.jsonl
talk 0 leaver.watch -i events.jsonl --reveal --reason "case 17" <<<":run"
out_has maria
[ ! -e "$XDG_STATE_HOME" ] || fail "a script leaves a history"

command -v tmux >/dev/null || { echo "no tmux here" && finish; }
unset TMUX
terminal() { tmux -S "$folder/socket" -f /dev/null "$@"; }
screen() { terminal capture-pane -p -t repl >out.txt; }
# shows TEXT: waits until it is on the screen.
shows() {
  for _ in $(seq 200); do
    screen 2>/dev/null
    grep -qF -- "$1" out.txt && return
    sleep 0.05
  done
  fail "the terminal does not show: $1"
  finish
}
shows_twice() {
  for _ in $(seq 200); do
    screen 2>/dev/null
    [ "$(grep -cF -- "$1" out.txt)" -ge 2 ] && return
    sleep 0.05
  done
  fail "the terminal does not show twice: $1"
  finish
}
keys() { terminal send-keys -t repl "$@"; }
terminal new-session -d -s repl -x 100 -y 40 \
  "env LC_ALL=C.UTF-8 XDG_STATE_HOME='$XDG_STATE_HOME' XDG_CONFIG_HOME='$XDG_CONFIG_HOME' TERM=screen '$command' repl leaver.watch"
trap 'terminal kill-server 2>/dev/null; rm -rf "$folder"' EXIT
shows "watchword>"
keys "10 + 3" BSpace "4" Home Delete Delete "20" Enter
shows "24 : int"
keys ":sche" Tab "file.co" Tab Enter
shows "user person"
shows "(sensitive)"
shows "watchword> :schema file.copy"
keys ":w" Tab Tab
shows ":why-not"
# what is typed behind Ctrl-C before it is seen is thrown away by the terminal
keys C-c
shows "^C"
keys "policy Other {" Enter
shows "       ..."
keys 'purpose "p" basis "b" owner "o" opens on hr.notice' Enter 'closes after 5d score { +10 for Usb' Tab '}' Enter 'alert low at 10 }' Enter
shows "policy Other"
keys "lower(" Enter
keys C-c
shows_twice "^C"
keys C-r "20 +" Enter
shows_twice "24 : int"
keys Up Up Up
shows "alert low at 10 }"
keys C-u "40 + 2" Enter
shows "42 : int"
keys ":quit" Enter
for _ in $(seq 200); do terminal has-session -t repl 2>/dev/null || break; sleep 0.05; done
history="$XDG_STATE_HOME/watchword/repl_history"
[ "$(stat -c %a "$history")" = 600 ] || fail "the history can be read by others"
grep -q '20.040+.0404' "$history" || fail "the history lacks a line"
terminal new-session -d -s repl -x 100 -y 40 \
  "env LC_ALL=C.UTF-8 XDG_STATE_HOME='$XDG_STATE_HOME' XDG_CONFIG_HOME='$XDG_CONFIG_HOME' TERM=screen '$command' repl leaver.watch"
shows "watchword>"
keys C-r "20 +" Enter
shows "24 : int"
finish

# Work over a second says on a terminal how far it is, and takes that away again; in a pipe it says nothing.
. "$(dirname "$0")/expect.bash"

slow() { # NAME: a stream whose second half comes later
  rm -f slow.jsonl && mkfifo slow.jsonl
  { sed -n 1,3p events.jsonl; sleep 3; sed -n 4p events.jsonl; } >slow.jsonl &
}
slow
run 0 report leaver.watch -i slow.jsonl --out page.html
err_lacks events

command -v tmux >/dev/null || { echo "no tmux here" && finish; }
unset TMUX
terminal() { tmux -S "$folder/socket" -f /dev/null "$@"; }
shows() {
  for _ in $(seq 200); do
    terminal capture-pane -p -t work >screen.txt 2>/dev/null
    grep -qE -- "$1" screen.txt && return
    sleep 0.05
  done
  fail "the terminal does not show: $1 ($(cat screen.txt))"
}
terminal new-session -d -s work -x 120 -y 40 bash --norc
for verb in "report --out page.html" "audit --out page.html" "bench"; do
  slow
  terminal send-keys -t work "clear; '$command' ${verb%% *} leaver.watch -i slow.jsonl ${verb#${verb%% *}} >out.txt; echo e''nd" Enter
  shows "reading events|a second, at"
  shows "^end"
  ! grep -qE "reading events|a second, at|█" screen.txt || fail "$verb leaves its progress on the screen"
done
# `run` too, and of a pipe nobody knows how much is left.
rm -f slow.jsonl && mkfifo slow.jsonl
python3 -c 'import time
time.sleep(1.5)
for i in range(10000):
    print("""{"type":"file.copy","time":"2025-03-01T%02d:%02d:%02dZ","user":"maria","host":"pc","path":"/","bytes":1}"""
          % (i // 3600, i // 60 % 60, i % 60), flush=i == 9999)
time.sleep(3)' >slow.jsonl &
terminal send-keys -t work "clear; '$command' run leaver.watch -i slow.jsonl -o ndjson >out.txt; echo e''nd" Enter
shows "events, .* a second, at 2025-03-01"
! grep -q "█" screen.txt || fail "the end of a pipe is foretold"
shows "^end"
terminal kill-server
finish

# `inspect`: how much there is of what, what needs what, plans with and without code.
. "$(dirname "$0")/expect.bash"

cat leaver.watch - >two.watch <<'WATCH'
event hr.stop { user person }
signal Chain "Two copies" on signal BulkCopy, UsbCopy when count() over 1d >= 2
policy Later "Escalated" {
  purpose "Show what needs what"
  basis   "An example"
  owner   "o@corp.example"
  opens   on alert Leaver at medium
  closes  on hr.stop, after 9d
  score { +10 for Chain }
  alert low at 10
}
WATCH
run 0 inspect two.watch
for heading in "# program" "# dependencies" "# plan"; do out_has "$heading"; done
out_lacks "# bytecode"
out_lacks "load_field"
out_has "policies       2"
out_has "opened by     alerts of Leaver, medium or above"
out_has "closed by     hr.stop"
out_has "opens         Later"
out_has "signal Chain listens to signal BulkCopy, signal UsbCopy"
out_has "signal BulkCopy listens to file.copy(bytes, removable"
run 0 inspect two.watch --part bytecode --of Chain
out_has "signal Chain"
out_has "load_window"
out_lacks "opens on"
run 0 inspect two.watch --part plan,dependencies --of Later
out_has "policy Later"
out_lacks "policy Leaver"
run 3 inspect two.watch --of Chian
err_has "did you mean \`Chain\`"
run 3 inspect two.watch --part everything
err_has "everything"
echo 'policy Broken {' >broken.watch
run 2 inspect broken.watch
[ -z "$out" ] || fail "diagnostics on standard output"
finish

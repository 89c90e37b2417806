# The reference: found by name, and what is committed of it is what the tool writes today.
root=$(cd "$(dirname "$0")/../.." && pwd)
. "$(dirname "$0")/expect.bash"

run 0 doc
out_has "diagnostics"
run 0 doc functions
out_has "function \`domain\`"
run 0 doc sum
out_has "sum(bytes) over 1h"
run 0 doc module windows
out_has "Sysmon"
out_lacks "windowed value"
run 0 doc windows
out_has "Sysmon"
out_has "usual" && out_has "percentile"
run 0 doc domain
out_has "domain(address text)" && out_has "\"corp.example\""
run 0 doc file.copy
out_has "| \`path\` | \`text\` | \`\"\"\` | yes |" && out_lacks "file.delete"
run 0 doc activity.file.copy
out_has "event \`file.copy\`"
run 0 doc events hr.resignation
out_has "event \`hr.resignation\`"
run 0 doc w0203
out_has "W0203" && out_has "good:"
run 0 doc load_field
out_has "field b of the event"
run 0 doc BulkToRemovable
out_has "signal BulkToRemovable" && out_has "use it1003"
run 0 doc lints
out_has "W0503" && out_lacks "W0203"
run 3 doc domian
err_has "did you mean \`domain\`"
run 3 doc functoins domain
err_has "did you mean \`functions\`"
run 3 doc functions file.copy
run 3 doc a b c

run 0 doc --write fresh
diff -r "$root/docs/generated" fresh >difference.txt || {
  head -40 difference.txt
  echo "docs/generated is stale: watchword doc --write docs/generated"
  failures=$((failures + 1))
}
finish

# Coverage of tests: what they have not shown, as text, page and lcov tracefile.
. "$(dirname "$0")/expect.bash"

cat >tested.watch <<'WATCH'
module tested
event hr.notice { user person }
event file.copy { user person, bytes size, removable bool = false }
signal UsbCopy on file.copy where removable and bytes > 1MB
policy Leaver {
  purpose "p" basis "b" owner "o"
  opens on hr.notice
  closes after 30d
  score { +40 for UsbCopy }
  alert medium at 40
}
test "a copy" {
  employee "u1" { }
  at 2025-03-03 09:00  hr.notice { user: "u1" }
  at 2025-03-04 18:00  file.copy { user: "u1", bytes: 2MB, removable: true }
  expect alert Leaver medium for "u1"
}
WATCH
run 0 test tested.watch --coverage -q
out_has "Leaver: conditions 0 of 2, triggers 1 of 1, ends 0 of 1, levels 1 of 1"
out_has "tested.watch:4: condition never false: bytes > 1MB"
cat >>tested.watch <<'WATCH'
test "no copy" {
  employee "u1" { }
  at 2025-03-03 09:00  hr.notice { user: "u1" }
  at 2025-03-04 18:00  file.copy { user: "u1", bytes: 2MB }
  at 2025-03-04 18:00  file.copy { user: "u1", bytes: 1MB, removable: true }
  expect no watch Leaver for "u1" at 2025-05-04 18:00
}
WATCH
run 0 test tested.watch --coverage -q --lcov cover.info --coverage-page cover.html
out_has "5 of 5 covered (100.0 %)"
grep -q '^BRDA:4,1,1,1$' cover.info || fail "lcov lacks a branch"
grep -q 'alert medium at 40' cover.html || fail "the page lacks a clause"
# Conditions within windows, and of signals over several people, count as well.
cat >deep.watch <<'WATCH'
module deep
event hr.notice { user person, kind text }
event file.copy { user person, bytes size, removable bool = false }
subject employee { department text = "" }
signal Wave
  on hr.notice
  where kind == "layoff"
  across employee.department
  when distinct(user) over 7d >= 2
signal Many
  on file.copy
  when count(where removable and bytes > 1MB) over 1h >= 2
policy Leaver {
  purpose "p" basis "b" owner "o"
  opens on signal Wave
  closes after 30d
  score { +40 for Many }
  alert medium at 40
}
test "a wave" {
  employee "u1" { department: "Sales" }
  employee "u2" { department: "Sales" }
  at 2025-03-03 09:00  hr.notice { user: "u1", kind: "layoff" }
  at 2025-03-03 10:00  hr.notice { user: "u2", kind: "layoff" }
  at 2025-03-04 18:00  file.copy { user: "u1", bytes: 2MB, removable: true } x 2 every 1m
  expect alert Leaver medium for "u1"
}
WATCH
run 0 test deep.watch --coverage -q
out_has "Leaver: conditions 2 of 5"
out_has 'deep.watch:7: condition never false: kind == "layoff"'
out_has "deep.watch:12: condition never false: bytes > 1MB"
out_has "deep.watch:12: condition never false: removable"
out_lacks "distinct(user)"
cat >>deep.watch <<'WATCH'
test "nothing that counts" {
  employee "u1" { department: "Sales" }
  at 2025-03-03 09:00  hr.notice { user: "u1", kind: "transfer" }
  expect no watch Leaver for "u1"
}
test "small copies" {
  employee "u1" { department: "Sales" }
  employee "u2" { department: "Sales" }
  at 2025-03-03 09:00  hr.notice { user: "u1", kind: "layoff" }
  at 2025-03-03 10:00  hr.notice { user: "u2", kind: "layoff" }
  at 2025-03-04 18:00  file.copy { user: "u1", bytes: 1MB, removable: true }
  at 2025-03-04 18:01  file.copy { user: "u1", bytes: 2MB }
  expect no alert Leaver medium for "u1"
}
WATCH
run 0 test deep.watch --coverage -q
out_has "Leaver: conditions 5 of 5"

# A failing test still fails.
sed -i 's/expect no watch/expect watch/' tested.watch
run 1 test tested.watch --coverage
finish

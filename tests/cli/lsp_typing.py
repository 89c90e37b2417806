"""Completion and signatures in texts that do not parse, as they are while somebody types."""
import sys

from lsp_client import Editor, place, uri_of

command = sys.argv[1]
path = "typing.watch"
base = """module typing

use hr, activity, actions
use purview_hr as feeds

list usb_ok = ["YubiKey"]
let bulk = 100MB
define is_zip(path text, deep int = 3) = path like "*.zip" and deep > 0
calendar office { days mon..fri hours 08:00..18:00 }

signal Copy "Copied"
  on    file.copy, file.move
  where removable
  when  sum(bytes) over 1h > bulk

policy Leaver "Leaver" {
  purpose "p"
  basis   "b"
  owner   "o"
  opens on hr.layoff as n at n.last_day where n.status == notified
  closes after 30d
  score {
    +10 for Copy, at most 30
  }
  alert medium at 10 do notify("x")
}

source feed from csv {
  person Email
  emit hr.resignation { user: Email, time: parse_time(Date) }
}

test "t" {
  employee "u1" { group: "R&D", status: active }
  at 2025-03-03 09:00 hr.layoff { user: "u1", status: notified }
  expect alert Leaver for "u1"
}
"""
editor = Editor(command)
editor.initialize()
editor.open(path, base)


def proposed(written, instead_of=None):
    """Labels in their order, where `|` stands in what is written at the end or in place of a line."""
    text = base.replace(instead_of, written, 1) if instead_of else base + written
    assert text != base
    line, character = place(text, "|", -1)
    editor.change(path, {"text": text.replace("|", "", 1)})
    answer = editor.request("textDocument/completion", editor.at(path, line, character))
    return [one["label"] for one in sorted(answer, key=lambda one: one["sortText"])]


def has(written, words, lacks="", instead_of=None):
    labels = proposed(written, instead_of)
    missing = [word for word in words.split() if word not in labels]
    wrong = [word for word in lacks.split() if word in labels]
    assert not missing and not wrong, (written, missing, wrong, labels)


def begins(written, words, instead_of=None):
    labels = proposed(written, instead_of)
    assert labels[:len(words.split())] == words.split(), (written, labels)


opens = "  opens on hr.layoff as n at n.last_day where n.status == notified"
closes, term, alert = "  closes after 30d", "    +10 for Copy, at most 30", '  alert medium at 10 do notify("x")'
emit = "  emit hr.resignation { user: Email, time: parse_time(Date) }"
at, employee = '  at 2025-03-03 09:00 hr.layoff { user: "u1", status: notified }', '  employee "u1" { group: "R&D", status: active }'
expect = '  expect alert Leaver for "u1"'

# declarations
has("\n|", "signal policy test list event", "where Copy bytes")
has("\npol|", "policy")
has("use |", "hr activity it1003", "Copy", "use hr, activity, actions")
has("use hr, |", "activity windows", "signal", "use hr, activity, actions")
has("\nevent x.y {\n  user |", "person text size", "user bytes")
has("\nevent x.y { user person } updates employee { |", "group status", "bytes")
has("\nlet x = |", "bulk lower", "removable")
has("\ncalendar c { |", "days hours zone")
has("\nrisk { |", "combine high")
has("\nsource s from |", "csv json feed")
# signals
has("\nsignal X\n  |", "on where sequence", "file.copy")
has("\nsignal X\n  on |", "file.copy file.* hr.hire signal", "where Leaver bytes")
has("\nsignal X\n  on file.|", "file.copy file.*")
has("\nsignal X\n  on file.copy\n  |", "where when by as", "file.copy")
has("\nsignal X\n  on file.copy\n  where |", "bytes removable employee bulk usb_ok is_zip lower not during", "status sum")
has("\nsignal X\n  on file.copy\n  where rem|", "removable")
has("\nsignal X\n  on file.copy\n  where bytes |", "and in where when", "removable")
has("\nsignal X\n  on file.copy\n  where employee.|", "group privileged status", "bytes")
begins("\nsignal X\n  on auth.logon\n  where outcome == |", "failure success")
begins("\nsignal X\n  on auth.logon\n  where outcome in [success, |", "failure success")
begins("\nsignal X\n  on file.copy\n  where employee.status != |", "active left on_leave suspended")
has("\nsignal X\n  on file.copy as c\n  where c.|", "bytes path", "employee bulk")
has("\nsignal X\n  on file.copy\n  where during |", "office", "bytes")
has("\nsignal X\n  on file.copy\n  when |", "sum count usual bytes")
has("\nsignal X(limit int)\n  on file.copy\n  when count() over 1h > |", "limit bulk")
has("\nsignal X\n  sequence within 2h by host {\n    |", "file.archive file.*")
has("\nsignal X\n  sequence within 2h {\n    file.archive as a\n    file.copy where host == a.|", "bytes encrypted", "removabl")
# policies
has("  |", "opens closes score alert", "file.copy", "  basis   \"b\"")
has("  opens on |", "hr.layoff alert signal", "bytes", opens)
has("  opens on alert |", "Leaver", "Copy", opens)
has("  opens on hr.layoff where |", "status last_day employee", "bytess", opens)
has("  closes 14d after n.|", "last_day status", "employee", closes)
has("  covers employee.|", "group", "", closes)
has("    +10 for |", "Copy", "Leaver", term)
has("    +10 for Copy when |", "employee n lookback", "removable", term)
has("  alert |", "low high on", "", alert)
has("  alert medium at 10 do |", "notify restrict", "Copy", alert)
# sources and tests
has("  emit |", "hr.resignation employee", "Copy", emit)
has("  emit hr.resignation { |", "user last_day time", "Email", emit)
has("  emit hr.resignation { user: |", "Email parse_time", "last_day", emit)
has("  at 2025-03-03 09:00 |", "hr.layoff employee", "Copy", at)
has("  at 2025-03-03 09:00 hr.layoff { |", "user status", "notified lower", at)
begins('  at 2025-03-03 09:00 hr.layoff { user: "u1", status: |', "executed notified planned", at)
has('  employee "u1" { |', "group accounts", "user", employee)
begins('  employee "u1" { status: |', "active left", employee)
has("  expect |", "alert no score watch", "", expect)
has("  expect alert |", "Leaver medium", "Copy", expect)
has("  expect alert Leaver medium because |", "Copy", "Leaver", expect)
# nothing where prose is written
for prose in ["\n# comment |", '\nsignal X "title |', '\nsignal X "title |"', "\nlet x = 10|"]:
    assert proposed(prose) == [], prose

# the edit replaces what was typed, a dotted name as a whole
text = base + "\nsignal X on file.co"
editor.change(path, {"text": text})
line, character = place(text, "on file.co")
found = [one for one in editor.request("textDocument/completion", editor.at(path, line, character)) if one["label"] == "file.copy"]
assert found[0]["textEdit"] == {"newText": "file.copy", "range": {
    "start": {"line": line, "character": character - 7}, "end": {"line": line, "character": character}}}
found = [one for one in editor.request("textDocument/completion", editor.at(path, 0, 0)) if one["label"] == "policy"]
assert found[0]["insertTextFormat"] == 2 and "${1:Name}" in found[0]["textEdit"]["newText"]

# what the broken declaration was is still known elsewhere
text = base.replace("  where removable\n", "  where removable and (\n")
editor.change(path, {"text": text})
assert "Copy" in [one["label"] for one in editor.request("textDocument/completion", editor.at(path, *place(text, "+10 for ")))]
assert "+10 for Cop" in text and editor.diagnostics(path)
# and names in it mean what they mean alone
text = base + "\nsignal X\n  on file.copy\n  where usb_ok is_zip (\n"
editor.change(path, {"text": text})
for marked, said, where in [("signal X\n  on file.co", "event `file.copy`", "activity.watch"), ("where usb_o", "list usb_ok", path), ("usb_ok is_z", "define is_zip", path)]:
    spot = editor.at(path, *place(text, marked))
    assert said in editor.request("textDocument/hover", spot)["contents"]["value"], marked
    assert editor.request("textDocument/definition", spot)[0]["uri"].endswith(where), marked


def signature(written):
    text = base + written
    editor.change(path, {"text": text})
    return editor.request("textDocument/signatureHelp", editor.at(path, *place(text, written)))


help_of = signature("\nsignal X on file.copy where replace(path, ")
assert help_of["signatures"][0]["label"].startswith("replace(text text") and help_of["activeParameter"] == 1
assert [one["label"] for one in help_of["signatures"][0]["parameters"]] == ["text text", "part text", "by text"]
assert signature("\nsignal X on file.copy where is_zip(lower(path), ")["signatures"][0]["label"] == "is_zip(path text, deep int = 3)"
assert signature("\nsignal X on file.copy where is_zip(lower(")["signatures"][0]["label"].startswith("lower(")
assert signature("\nsignal X on file.copy when sum(")["signatures"][0]["label"] == "sum(x [where C]) WINDOW"
assert signature("\npolicy P { alert low at 5 do notify(")["signatures"][0]["label"].startswith("notify(")
assert signature("\nsignal X on file.copy where (") is None
assert signature('\nsignal X on file.copy where lower("a(') is None

# every beginning of the file, as if it were typed from the start
for end in range(0, len(base), 7):
    editor.change(path, {"text": base[:end]})
    line, character = place(base, base[:end]) if end else (0, 0)
    for method in ["completion", "hover", "signatureHelp", "definition", "documentHighlight"]:
        editor.request("textDocument/" + method, editor.at(path, line, character))
    for method in ["documentSymbol", "foldingRange", "semanticTokens/full"]:
        editor.request("textDocument/" + method, {"textDocument": {"uri": uri_of(path)}})
assert editor.end() == 0
print("typing")

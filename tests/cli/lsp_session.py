"""What an editor can ask about policies that are in order, across files, and about standard modules."""
import os
import sys

from lsp_client import Editor, Refused, place, uri_of

command = sys.argv[1]
os.makedirs("work/sub") # fails in a folder that is not its own
shared = """## What the others use.
module shared

use hr, activity

## Hosts that everybody uses.
list kiosks = ["k1", "k2"]

## A session on a machine.
event session.start {
  ## Whose it is.
  user  person
  ## Kind of session.
  kind  enum(local, remote) = local
  host  host
}

signal Remote "Worked from afar"
  on    session.start as s
  where s.kind == remote and host not in kiosks
  when  count() over 1h > 2
"""
leaver = """module leaver

use shared, hr, activity, actions

define is_far(what text, least int = 1) = what == "x" and least > 0

policy Leaver "Leaver" {
  purpose   "why"
  basis     "agreement"
  owner     "team@corp.example"
  opens     on hr.resignation as notice
  closes    14d after notice.last_day, or after 90d
  score {
    +40 for Remote, at most 80
  }
  alert medium at 40 do notify("team")
}

test "a leaver" {
  employee "u1" { group: "R&D" }
  at 2025-03-03 09:00 hr.resignation { user: "u1" }
  at 2025-03-04 09:00 session.start { user: "u1", kind: remote, host: "pc" } x 3 every 1m
  expect alert Leaver medium for "u1" because Remote
}

test "a quiet leaver" {
  at 2025-03-03 09:00 hr.resignation { user: "u1" }
  expect no alert Leaver
}
"""
paths = {"shared": "work/shared.watch", "leaver": "work/leaver.watch"}
for name, text in {"shared": shared, "leaver": leaver}.items():
    with open(paths[name], "w", encoding="utf-8") as file:
        file.write(text)
with open("work/sub/other.watch", "w", encoding="utf-8") as file:
    file.write('module other\nuse activity\nsignal Remote "another of the name" on file.copy\n')

editor = Editor(command)
able = editor.initialize("work")["capabilities"]
assert able["positionEncoding"] == "utf-16" and able["textDocumentSync"]["change"] == 2
L, S = paths["leaver"], paths["shared"]
editor.open(L)
assert editor.diagnostics(L) == [], editor.diagnostics(L)


def at(text, marked, path=L, **more):
    return editor.at(path, *place(text, marked), **more)


def hover(marked, text=leaver, path=L):
    answer = editor.request("textDocument/hover", at(text, marked, path))
    return answer["contents"]["value"] if answer else ""


def definition(marked, text=leaver, path=L):
    answer = editor.request("textDocument/definition", at(text, marked, path))
    return [(one["uri"], one["range"]["start"]["line"]) for one in answer]


# --- hover -----------------------------------------------------------------------------------------------------------
assert "signal Remote" in hover("for Rem") and "count() over 1h" in hover("for Rem")
assert "Somebody gives notice" in hover("on hr.res") and "| `last_day` |" in hover("on hr.res")
assert "last_day" in hover("notice.las") and "Of event `hr.resignation`" in hover("notice.las")
assert "A session on a machine." in hover("09:00 session.st") and "Kind of session." in hover('"u1", ki')
assert "enum(local, remote)" in hover("kind: rem")
assert "group       text" in hover("{ gro") and "Of the employee." in hover("{ gro")
assert "policy Leaver" in hover("expect alert Leav")
assert "action notify" in hover("do noti")
assert "What the others use." in hover("use sha")
assert "least int = 1" in hover("and lea")
assert "closes 14d after" in hover("clos") and "after`, `on`" in hover("clos")
assert hover('purpose   "w') == ""
editor.open(S)
assert "a person's time" not in hover("where s.kind == remote and hos", shared, S)
assert "list kiosks" in hover("host not in kio", shared, S) and "Hosts that everybody uses." in hover("not in kio", shared, S)
assert "How many events" in hover("when  cou", shared, S)
assert "somebody, by any of their names" in hover("user  per", shared, S)
refusing = shared + 'test "a misspelt field" refuses W0203 { signal T on session.start where userr == "a" }\n'
editor.change(S, {"text": refusing})
assert "error W0203" in hover("refuses W02", refusing, S)
editor.change(S, {"text": shared})
print("hover")

# --- definition ------------------------------------------------------------------------------------------------------
assert definition("for Rem") == [(uri_of(S), shared[:shared.index("signal Remote")].count("\n"))]
assert definition('"u1", ki') == [(uri_of(S), shared[:shared.index("kind  enum")].count("\n"))]
assert definition("after noti")[0] == (uri_of(L), leaver[:leaver.index("opens     on")].count("\n"))
module, line = definition("on hr.res")[0]
assert module == uri_of(os.path.join(os.environ["XDG_CACHE_HOME"], "watchword/modules/hr.watch"))
written = os.path.join(os.environ["XDG_CACHE_HOME"], "watchword/modules/hr.watch")
with open(written, encoding="utf-8") as file:
    hr = file.read()
assert hr.split("\n")[line].startswith("event hr.resignation") and not os.stat(written).st_mode & 0o222
editor.open(written)
assert editor.diagnostics(written) == []
assert "subject" in hover("\nsub", hr, written) and definition("\nevent hr.hi", hr, written)[0][0] == uri_of(written)
try:
    editor.request("textDocument/rename", {**at(hr, "\nevent hr.hi", written), "newName": "hr.hired"})
    assert False
except Refused as refused:
    assert "standard module" in refused.message
print("definition")

# --- references, highlights, rename ----------------------------------------------------------------------------------
def references(marked, with_declaration=True, text=leaver, path=L):
    answer = editor.request("textDocument/references",
                            at(text, marked, path, context={"includeDeclaration": with_declaration}))
    return sorted((os.path.basename(one["uri"]), one["range"]["start"]["line"]) for one in answer)


def lines(text, *marked):
    return [text[:text.index(one)].count("\n") for one in marked]


expected = [("leaver.watch", line) for line in lines(leaver, "+40 for Remote", "because Remote")]
assert references("for Rem", False) == expected
assert references("for Rem") == expected + [("shared.watch", lines(shared, "signal Remote")[0])]
assert len(references("notice.las")) == 2 # the use, and the declaration in the standard module
marks = editor.request("textDocument/documentHighlight", at(leaver, "policy Lea"))
assert [mark["kind"] for mark in marks] == [3, 2, 2] and marks[0]["range"]["start"]["line"] == 6

assert editor.request("textDocument/prepareRename", at(leaver, "for Rem"))["placeholder"] == "Remote"
changes = editor.request("textDocument/rename", {**at(leaver, "for Rem"), "newName": "Afar"})["changes"]
assert sorted((os.path.basename(uri), len(edits)) for uri, edits in changes.items()) == [
    ("leaver.watch", 2), ("shared.watch", 1)]
field = editor.request("textDocument/rename", {**at(leaver, '"u1", ki'), "newName": "sort"})["changes"]
assert sorted((os.path.basename(uri), len(edits)) for uri, edits in field.items()) == [
    ("leaver.watch", 1), ("shared.watch", 2)]
word = editor.request("textDocument/rename", {**at(leaver, "kind: rem"), "newName": "far"})["changes"]
assert len(word[uri_of(S)]) == 2 and len(word[uri_of(L)]) == 1
event = editor.request("textDocument/rename", {**at(leaver, "session.sta"), "newName": "desk.start"})["changes"]
assert len(event[uri_of(S)]) == 2
alias = editor.request("textDocument/rename", {**at(leaver, "after noti"), "newName": "end"})["changes"]
assert [len(edits) for edits in alias.values()] == [2]
for marked, name, why in [("for Rem", "in", "language"), ("for Rem", "a b", "no word"), ("for Rem", "kiosks", "something else"),
                          ("hr.resig", "hr.end", "standard module"), ("{ gro", "team", "standard module"),
                          ("use sha", "common", "file"), ("notice.las", "day", "standard module")]:
    try:
        editor.request("textDocument/rename", {**at(leaver, marked), "newName": name})
        assert False, (marked, name)
    except Refused as refused:
        assert why in refused.message, (marked, name, refused.message)
print("references and renaming")

# --- outlines, folds, colours ----------------------------------------------------------------------------------------
symbols = editor.request("textDocument/documentSymbol", {"textDocument": {"uri": uri_of(S)}})
assert [one["name"] for one in symbols] == ["shared", "hr, activity", "kiosks", "session.start", "Remote"]
assert [one["name"] for one in symbols[3]["children"]] == ["user", "kind", "host"]
assert symbols[4]["detail"] == "Worked from afar"
found = editor.request("workspace/symbol", {"query": "remo"})
assert sorted(os.path.basename(one["location"]["uri"]) for one in found) == ["other.watch", "shared.watch"]
folds = editor.request("textDocument/foldingRange", {"textDocument": {"uri": uri_of(L)}})
starts = {fold["startLine"] for fold in folds}
assert {lines(leaver, "policy Leaver")[0], lines(leaver, "  score {")[0], lines(leaver, 'test "a leaver"')[0]} <= starts
legend = able["semanticTokensProvider"]["legend"]
data = editor.request("textDocument/semanticTokens/full", {"textDocument": {"uri": uri_of(S)}})["data"]
row, column, marks = 0, 0, {}
shared_lines = shared.split("\n")
for index in range(0, len(data), 5):
    down, right, length, kind, modifiers = data[index:index + 5]
    row, column = row + down, right if down else column + right
    marks.setdefault(shared_lines[row][column:column + length], []).append((legend["tokenTypes"][kind], modifiers))
assert marks["signal"] == [("keyword", 0)] and marks["Remote"] == [("interface", 1)]
assert marks["kiosks"] == [("variable", 1), ("variable", 0)] and marks["kind"] == [("property", 1), ("property", 0)]
assert marks["count"] == [("function", 2)] and marks["person"] == [("type", 2)] and marks["1h"] == [("number", 0)]
assert marks["remote"] == [("enumMember", 1), ("enumMember", 0)] and marks["not"][0][0] == "keyword"
print("outlines and colours")

# --- what is wrong, and its mending ----------------------------------------------------------------------------------
right = shared + 'signal Extra on session.start where host == "x"\n'
wrong = right.replace("in kiosks", "in kioks").replace("host ==", "hosst ==")
editor.change(S, {"text": wrong})
told = editor.diagnostics(S)
assert [one["code"] for one in told] == ["W0201", "W0203"], told
assert told[0]["severity"] == 1 and "did you mean" in told[0]["message"]
assert told[1]["relatedInformation"][0]["location"]["uri"] == uri_of(S)
assert wrong.split("\n")[told[1]["range"]["start"]["line"]][told[1]["range"]["start"]["character"]:].startswith("hosst")
whole = {"start": {"line": 0, "character": 0}, "end": {"line": 99, "character": 0}}
actions = editor.request("textDocument/codeAction", {"textDocument": {"uri": uri_of(S)}, "range": whole,
                                                     "context": {"diagnostics": []}})
assert [one["kind"] for one in actions] == ["quickfix", "quickfix", "source.fixAll.watchword"]
assert actions[0]["title"] == "Write `kiosks`" and actions[0]["isPreferred"]
only = editor.request("textDocument/codeAction", {"textDocument": {"uri": uri_of(S)}, "range": whole,
                                                  "context": {"diagnostics": [], "only": ["source.fixAll"]}})
assert [one["kind"] for one in only] == ["source.fixAll.watchword"]


def mended(text, edits):
    rows = text.split("\n")
    for edit in reversed(edits):
        start, end = edit["range"]["start"], edit["range"]["end"]
        before = "\n".join(rows[:start["line"]] + [rows[start["line"]][:start["character"]]])
        after = "\n".join([rows[end["line"]][end["character"]:]] + rows[end["line"] + 1:])
        rows = (before + edit["newText"] + after).split("\n")
    return "\n".join(rows)


assert mended(wrong, only[0]["edit"]["changes"][uri_of(S)]) == right
assert mended(wrong, actions[0]["edit"]["changes"][uri_of(S)]) == right.replace("host ==", "hosst ==")
# what uses the file is looked at anew
editor.change(S, {"text": shared.replace("signal Remote", "signal Distant")})
assert any("unknown signal `Remote`" in one["message"] for one in editor.diagnostics(L))
editor.change(S, {"text": shared})
assert editor.diagnostics(L) == []
# a file that is used and not open tells its mistakes too, and they go when they are mended
editor.notify("textDocument/didClose", {"textDocument": {"uri": uri_of(S)}})
with open(S, "w", encoding="utf-8") as file:
    file.write(wrong)
editor.notify("workspace/didChangeWatchedFiles", {"changes": [{"uri": uri_of(S), "type": 2}]})
assert len(editor.diagnostics(S)) == 2
with open(S, "w", encoding="utf-8") as file:
    file.write(shared)
editor.notify("textDocument/didSave", {"textDocument": {"uri": uri_of(S)}})
assert editor.diagnostics(S) == [] and editor.diagnostics(L) == []
print("diagnostics")

# --- formatting ------------------------------------------------------------------------------------------------------
ragged = leaver.replace('  purpose   "why"', 'purpose "why"').replace("expect no alert", "expect   no alert")
editor.change(L, {"text": ragged})
options = {"tabSize": 2, "insertSpaces": True}
edits = editor.request("textDocument/formatting", {"textDocument": {"uri": uri_of(L)}, "options": options})
assert len(edits) == 2 and mended(ragged, edits) == leaver, edits # the other lines are left alone
part = editor.request("textDocument/rangeFormatting", {"textDocument": {"uri": uri_of(L)}, "options": options,
                                                       "range": {"start": {"line": 5, "character": 0},
                                                                 "end": {"line": 9, "character": 0}}})
assert len(part) == 1 and part[0]["range"]["start"]["line"] == lines(ragged, "purpose \"why")[0]
editor.change(L, {"text": leaver + "policy {"})
assert editor.request("textDocument/formatting", {"textDocument": {"uri": uri_of(L)}, "options": options}) is None
assert editor.end() == 0
print("formatting")

"""Whatever bytes come, the server answers as the protocol says or ends with a message; it never crashes and never hangs."""
import json
import random
import subprocess
import sys

command = sys.argv[1]


def framed(content):
    content = content if isinstance(content, bytes) else json.dumps(content).encode()
    return b"Content-Length: %d\r\n\r\n" % len(content) + content


def call(method, number=None, **params):
    message = {"jsonrpc": "2.0", "method": method, "params": params}
    return message if number is None else {**message, "id": number}


def talk(data, seconds=120):
    ended = subprocess.run([command, "lsp"], input=data, capture_output=True, timeout=seconds)
    assert ended.returncode in (0, 1, 4), (ended.returncode, data[:300], ended.stderr[-3000:])
    answers, rest = [], ended.stdout
    while rest:
        head, _, rest = rest.partition(b"\r\n\r\n")
        length = int(head.split(b":")[1])
        answers.append(json.loads(rest[:length]))
        rest = rest[length:]
    return ended.returncode, answers, ended.stderr.decode()


def session(*messages, end=True):
    all_of_it = [call("initialize", 1, capabilities={}), call("initialized"), *messages]
    if end:
        all_of_it += [call("shutdown", 99), call("exit")]
    return b"".join(framed(one) for one in all_of_it)


def codes(answers):
    return [one["error"]["code"] for one in answers if "error" in one]


# --- the protocol's own rules ----------------------------------------------------------------------------------------
assert talk(session())[0] == 0
assert talk(session(end=False))[0] == 1
assert talk(session(call("exit"), end=False))[0] == 1
assert talk(b"") == (1, [], "")
assert codes(talk(framed(call("textDocument/hover", 5)))[1]) == [-32002]
assert codes(talk(framed(call("exit")))[1]) == []
status, answers, _ = talk(session(call("shutdown", 7), call("textDocument/hover", 8), call("initialize", 9), call("exit"), end=False))
assert status == 0 and codes(answers) == [-32600, -32600]
assert codes(talk(session(call("initialize", 2)))[1]) == [-32600]
status, answers, _ = talk(session(call("textDocument/nothing", "a"), call("$/nothing"), call("nothing")))
assert status == 0 and codes(answers) == [-32601] and [one for one in answers if "error" in one][0]["id"] == "a"
for bad in [b"{", b"", b"nul", b'{"a":1}}', b"\xff\xfe", b'"\xc3"', b"[" * 100000, b'{"a":' * 5000, b"\0" * 50]:
    status, answers, _ = talk(session(bad))
    assert status == 0 and codes(answers) == [-32700], (bad[:20], status, answers)
for bad in [[], 1, "a", None, [call("shutdown", 3)], {}, {"id": 4}, {"id": 5, "method": 6}, {"id": {}, "method": "shutdown"},
            {"id": [1], "method": "x"}, {"id": None, "method": "shutdown"}]:
    status, answers, _ = talk(session(bad))
    assert status == 0 and codes(answers) == [-32600], (bad, status, answers)
assert codes(talk(session({"id": 6, "result": None}, {"id": 7, "error": {"code": 1, "message": ""}}))[1]) == []

# --- headers ---------------------------------------------------------------------------------------------------------
for head, why in [(b"Content-Length: 99999999999\r\n\r\n", "bytes"), (b"Content-Length: 67108865\r\n\r\n", "67108865"),
                  (b"Content-Length: -1\r\n\r\n", "no number"), (b"Content-Length: 1e3\r\n\r\n", "no number"),
                  (b"Content-Length: 99999999999999999999999\r\n\r\n", "no number"), (b"Content-Length:\r\n\r\n", "no number"),
                  (b"Content-Length: \xda\r\n\r\n", "no number"),
                  (b"Content-Type: x\r\n\r\n{}", "Content-Length"), (b"\r\n\r\n", "Content-Length"), (b"x" * 10000, "no messages")]:
    status, answers, told = talk(head)
    assert status == 4 and answers == [] and why in told and told.startswith("watchword: "), (head[:40], status, told)
for cut in [b"C", b"Content-Length: 10", b"Content-Length: 10\r\n", b"Content-Length: 10\r\n\r\n{}"]:
    assert talk(cut) == (1, [], ""), cut
odd = b"content-type: x\r\nCONTENT-LENGTH:  %d \r\n\r\n%s"
content = json.dumps(call("textDocument/hover", 5)).encode()
assert codes(talk(odd % (len(content), content))[1]) == [-32002]

# --- params of every wrong kind --------------------------------------------------------------------------------------
requests = ["textDocument/hover", "textDocument/definition", "textDocument/references", "textDocument/documentHighlight",
            "textDocument/documentSymbol", "workspace/symbol", "textDocument/completion", "textDocument/signatureHelp",
            "textDocument/foldingRange", "textDocument/semanticTokens/full", "textDocument/formatting",
            "textDocument/rangeFormatting", "textDocument/codeAction", "textDocument/prepareRename", "textDocument/rename"]
notes = ["textDocument/didOpen", "textDocument/didChange", "textDocument/didClose", "textDocument/didSave",
         "workspace/didChangeWatchedFiles", "workspace/didChangeWorkspaceFolders"]
uri = "file:///nowhere/a.watch"
opened = call("textDocument/didOpen", textDocument={"uri": uri, "languageId": "watchword", "version": 1, "text": "use hr\nlet a = 1\n"})
document = {"uri": uri}
values = [None, 1, "x", [], {}, {"uri": 1}, {"uri": ""}, {"uri": "file://"}, {"uri": "file:///%00%zz"}, {"uri": "x" * 3000}, document]
messages = [opened]
for method in requests + notes:
    for value in values:
        for position in [None, {"line": -1, "character": -5}, {"line": 2**40, "character": 2**62}, {"line": 1.5}, {"line": 1, "character": 4}]:
            params = {"textDocument": value, "position": position, "range": {"start": position, "end": position}, "query": value,
                      "newName": value, "contentChanges": [{"text": "let b = 1"}, {"range": position, "text": "#"}, value],
                      "context": {"only": value}, "event": {"added": [value], "removed": value}}
            messages.append({**call(method), "params": params, **({"id": len(messages)} if method in requests else {})})
    messages.append({"jsonrpc": "2.0", "method": method, "params": [1], **({"id": 1} if method in requests else {})})
    messages.append({"jsonrpc": "2.0", "method": method, **({"id": 2} if method in requests else {})})
status, answers, _ = talk(session(*messages))
assert status == 0 and {code for code in codes(answers)} <= {-32803}, codes(answers)[:10]
assert sum("id" in one for one in answers) == sum("id" in one for one in messages) + 2

# --- texts of all kinds ----------------------------------------------------------------------------------------------
texts = ["", "\r", "\0", "#", '"', "`", "{" * 100000, "(" * 100000 + ")" * 100000, "signal S on file.copy where " + "not " * 50000,
         "use " + "hr," * 20000, "let a = " + "1+" * 50000 + "1", "event a." * 20000, "\n" * 300000, "é" * 100000, "𝄞" * 50000,
         "signal S on " + ", ".join(["file.*"] * 3000) + " where bytes > 1", "a" * 1000000,
         "use hr, activity\nsignal S on file.copy where " + " and ".join(["bytes > 1"] * 3000),
         "event a.b { " + " ".join(f"f{n} int" for n in range(3000)) + " }",
         "event a.b { f enum(" + ",".join(f"w{n}" for n in range(20000)) + ") }",
         "use a\nmodule a\nuse a as a\nsignal a on signal a", "subject employee { a int } subject employee { a text }"]
for text in texts:
    messages = [call("textDocument/didOpen", textDocument={"uri": uri, "text": text})]
    for number, method in enumerate(requests):
        for line, character in [(0, 0), (0, len(text)), (0, len(text) // 2)]:
            where = {"line": line, "character": character}
            messages.append(call(method, 100 + number, textDocument=document, position=where, newName="other", query="",
                                 range={"start": where, "end": where}, context={}))
    status, answers, _ = talk(session(*messages))
    assert status == 0, text[:50]

# --- a valid session with bytes changed at random --------------------------------------------------------------------
source = """module m
use hr, activity
list l = ["a", "b"]
signal S "s" on file.copy as c where c.removable and host in l when count() over 1h > 2
policy P "p" { purpose "p" basis "b" owner "o" opens on hr.layoff as n closes after 3d score { +4 for S } alert low at 4 }
test "t" { at 2025-03-03 09:00 hr.layoff { user: "u", status: notified } expect no alert P }
"""
messages = [call("textDocument/didOpen", textDocument={"uri": uri, "languageId": "watchword", "version": 1, "text": source})]
for number, method in enumerate(requests):
    where = {"line": 3 + number % 3, "character": 4 + 3 * number}
    messages.append(call(method, 200 + number, textDocument=document, position=where, newName="other", query="S",
                         range={"start": {"line": 0, "character": 0}, "end": where}, context={"includeDeclaration": True}))
    messages.append(call("textDocument/didChange", textDocument=document, contentChanges=[
        {"range": {"start": where, "end": {"line": 4, "character": 30}}, "text": " in "}]))
valid = session(*messages)
contents = [framed(one) for one in [call("initialize", 1, capabilities={}), *messages, call("shutdown", 99), call("exit")]]
chance = random.Random(20250303)
for _ in range(150): # anywhere, headers too
    data = bytearray(valid)
    for _ in range(chance.randint(1, 8)):
        at = chance.randrange(len(data))
        kind = chance.randrange(3)
        if kind == 0:
            data[at] = chance.randrange(256)
        elif kind == 1:
            del data[at:at + chance.randint(1, 30)]
        else:
            data[at:at] = bytes(chance.randrange(256) for _ in range(chance.randint(1, 10)))
    talk(bytes(data))
for _ in range(150): # inside of messages, whose lengths stay right
    changed = []
    for one in chance.sample(contents, len(contents)) if chance.random() < 0.3 else contents:
        content = bytearray(one.partition(b"\r\n\r\n")[2])
        if chance.random() < 0.4:
            at = chance.randrange(len(content))
            content[at:at + chance.randint(0, 3)] = chance.choice([b'"', b"{", b"}", b"1", b"\\u0000", b"null", b"e", b" ", b"\\n", b"{ ", b"file."])
        changed.append(framed(bytes(content)))
    talk(b"".join(changed))
print("hostile")

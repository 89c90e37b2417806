"""A small editor for the tests of `watchword lsp`: sends messages, takes answers, keeps what is published."""
import json
import os
import select
import subprocess
import urllib.parse


class Refused(Exception):
    def __init__(self, error):
        super().__init__(f"{error['code']}: {error['message']}")
        self.code, self.message = error["code"], error["message"]


class Editor:
    def __init__(self, command, environment=None):
        self.process = subprocess.Popen([command, "lsp"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        env={**os.environ, **(environment or {})})
        self.next_id, self.buffer, self.published, self.asked = 1, b"", {}, []

    def send(self, message):
        content = json.dumps(message).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(content) + content)
        self.process.stdin.flush()

    def read_message(self, seconds=60):
        while True:
            head, separator, rest = self.buffer.partition(b"\r\n\r\n")
            if separator:
                length = int(head.split(b":")[1])
                if len(rest) >= length:
                    self.buffer = rest[length:]
                    return json.loads(rest[:length])
            if not select.select([self.process.stdout], [], [], seconds)[0]:
                raise TimeoutError("no answer")
            more = os.read(self.process.stdout.fileno(), 1 << 16)
            if not more:
                raise EOFError("the server has ended")
            self.buffer += more

    def take(self, message):
        if message.get("method") == "textDocument/publishDiagnostics":
            self.published[message["params"]["uri"]] = message["params"]["diagnostics"]
        elif "method" in message:
            self.asked.append(message)

    def request(self, method, params=None):
        number, self.next_id = self.next_id, self.next_id + 1
        self.send({"jsonrpc": "2.0", "id": number, "method": method, "params": params or {}})
        while True:
            message = self.read_message()
            if message.get("id") == number and "method" not in message:
                if "error" in message:
                    raise Refused(message["error"])
                return message["result"]
            self.take(message)

    def notify(self, method, params=None):
        self.send({"jsonrpc": "2.0", "method": method, "params": params or {}})

    def initialize(self, folder=None, encodings=None, **capabilities):
        general = {"positionEncodings": encodings} if encodings else {}
        text = {"completion": {"completionItem": {"snippetSupport": True}},
                "documentSymbol": {"hierarchicalDocumentSymbolSupport": True}, "rename": {"prepareSupport": True}}
        result = self.request("initialize", {
            "processId": None, "rootUri": None,
            "workspaceFolders": [{"uri": uri_of(folder), "name": "w"}] if folder else None,
            "capabilities": {"general": general, "textDocument": text, **capabilities}})
        self.notify("initialized")
        return result

    def open(self, path, text=None):
        if text is None:
            text = open(path, encoding="utf-8", newline="").read()
        self.notify("textDocument/didOpen", {"textDocument": {
            "uri": uri_of(path), "languageId": "watchword", "version": 1, "text": text}})

    def change(self, path, *changes):
        self.notify("textDocument/didChange", {"textDocument": {"uri": uri_of(path), "version": 2},
                                               "contentChanges": list(changes)})

    def diagnostics(self, path):
        """What is known of the file once the server has nothing more to say."""
        self.request("workspace/symbol", {"query": "no declaration is called so"})
        # it publishes when no message waits, so behind the answer
        try:
            while True:
                self.take(self.read_message(0.5))
        except TimeoutError:
            pass
        return self.published.get(uri_of(path), [])

    def at(self, path, line, character, **more):
        return {"textDocument": {"uri": uri_of(path)}, "position": {"line": line, "character": character}, **more}

    def end(self):
        self.request("shutdown")
        self.notify("exit")
        self.process.stdin.close()
        return self.process.wait(60)


def uri_of(path):
    return "file://" + urllib.parse.quote(os.path.abspath(path))


def place(text, marked, offset=0):
    """Line and UTF-16 character of the place behind `marked`, where it stands first."""
    before = text[:text.index(marked) + len(marked) + offset]
    line = before.count("\n")
    return line, len(before[before.rfind("\n") + 1:].encode("utf-16-le")) // 2

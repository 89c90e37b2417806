#!/usr/bin/env python3
"""Executes the examples of the documentation: the fenced blocks of README.md and docs/*.md, with the command given in
$WATCHWORD (default build/watchword). Prints `file:line: what` for each example that does not do what its page says.

    tests/docs/run.py [-v] [FILE.md ...]

A block's first line says what it is:

    watch [NAME]            a complete policy file: compiles without a warning, its tests pass
    watch-fragment          declarations and tests; a policy `Example` is put around them, one point a hit of each signal
    watch-fragment fresh    the same, without look-back
    watch-fragment policy   clauses of a policy, then tests; the head of the policy and two signals are put around them
    watch-error CODE [...]  does not compile; exactly these errors. Complete or a fragment (`watch-error policy CODE`)
    watch-warning CODE ...  compiles with exactly these warnings
    watch-true              one expression a line, each of them true for one `file.copy`; see PROBE
    csv|jsonl|text NAME     a file, there for the examples after it on the page
    console                 commands after `$ `, and what they print; a line `…` stands for any lines

Anything else, such as a block without a word, is not executed. Each row of a table with the columns `example` and `gives`
is executed like `watch-true`. Links to files are checked as well.
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
PRELUDE = "use hr, activity, actions\n"
# Warnings that a short example may leave standing: it need not test the policy both ways, a module need not use its signals.
EXCUSED = {"W0506", "W0512", "W0513"}
EXCUSED_IN_FRAGMENTS = EXCUSED | {"W0502", "W0503", "W0504", "W0505", "W0508", "W0509"}
HEAD = {
    "purpose": 'purpose "Show the language"',
    "basis": 'basis "An example"',
    "owner": 'owner "docs@corp.example"',
    "opens": "opens on hr.resignation as notice",
    "closes": "closes after 90d",
}
POLICY_SIGNALS = """
signal UsbCopy "Copied to removable media" on file.copy where removable
signal Logon "Logged on" on auth.logon
"""
# What `watch-true` expressions see: a Tuesday, for an employee of research in Berlin.
PROBE = """
policy Example {{
  purpose "Show the language" basis "An example" owner "docs@corp.example"
  opens on hr.resignation
  closes after 90d
  score {{ +1 for UsbCopy }}
  alert info at 1000
{alerts}
}}
signal UsbCopy on file.copy where removable
"""
PROBE_TEST = """
test "{name}" {{
  employee "anna" {{ group: "R&D", department: "Optics", zone: "{zone}", manager: "maria", hired: 2020-01-07 }}
  at 2025-03-04 17:00  hr.resignation {{ user: "anna", last_day: 2025-03-31 }}
  at 2025-03-04 17:30  file.copy {{ user: "anna", host: "PC7", path: "C:\\\\Users\\\\anna\\\\Plans.zip", bytes: 150MB, removable: true }}
  expect alert Example info because {name}
}}
"""

# A value of each type that no example gives, for results that can be absent.
OTHER = {"int": "-999", "real": "-999.0", "bool": "false", "time": "1901-01-01", "time_of_day": "23:59",
         "duration": "999w", "size": "999TB", "text": '"absent"'}


class Block:
    def __init__(self, page, line, info, text):
        self.page, self.line, self.text = page, line, text
        words = info.split()
        self.kind, self.words = (words[0] if words else ""), words[1:]


def blocks_of(page):
    fence = None
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
        start = re.match(r"(\s*)(```+)(.*)$", line)
        if fence is None and start:
            fence, info, first, lines, indent = start[2], start[3], number, [], len(start[1])
        elif fence is not None and line.strip() == fence:
            yield Block(page, first, info, "\n".join(lines) + "\n")
            fence = None
        elif fence is not None:
            lines.append(line[indent:] if line[:indent].isspace() else line)
    if fence is not None:
        yield Block(page, first, "unclosed", "")


def clauses_and_rest(text):
    """A fragment of a policy: its indented clauses, and the declarations after them."""
    at = re.search(r"^[a-z]", text, re.M)
    return (text, "") if at is None else (text[: at.start()], text[at.start():])


def wrapped(text, policy_mode, counting=True, look_back="looks back 30d"):
    """The text as a complete file, and by how many lines it moved down."""
    prelude = "" if re.search(r"^(module|use) ", text, re.M) else PRELUDE
    if re.search(r"^policy ", text, re.M):
        return prelude + text, len(prelude.splitlines())
    if policy_mode:
        declarations, rest = clauses_and_rest(text)
        has = lambda word: re.search(rf"^\s*{word}\b", declarations, re.M)
        head = [clause for word, clause in HEAD.items() if not has(word)]
        if re.search(r"^\s*opens always", declarations, re.M):
            head = [clause for clause in head if not clause.startswith("closes")]
        tail = [] if has("score") else ["score { +10 for UsbCopy }"]
        tail += [] if has("alert") else ["alert low at 10"]
        opening = "policy Example { " + " ".join(head) + "\n"
        return prelude + opening + declarations + "\n".join(tail) + "\n}\n" + rest + POLICY_SIGNALS, len(
            (prelude + opening).splitlines())
    # One point a hit of every signal that needs no argument and watches one person.
    names = []
    for part in re.split(r"^(?=signal |test )", text, flags=re.M):
        found = re.match(r"signal\s+(\w+)", part)
        if found and not re.search(r"^\s*across\b", part, re.M):
            names.append(found[1])
    outcome = "alert info on open"
    if names and counting:
        outcome = "score { " + " ".join(f"+1 for {name}" for name in names) + " } alert low at 1"
    policy = f"\npolicy Example {{ {' '.join(HEAD.values())} {look_back} {outcome} }}\n"
    return prelude + text + policy, len(prelude.splitlines())


class Runner:
    def __init__(self, command, verbose):
        self.command, self.verbose = command, verbose
        self.failures, self.executed = 0, {}

    def fail(self, block, what, line=None):
        self.failures += 1
        page = block.page.relative_to(ROOT) if block.page.is_relative_to(ROOT) else block.page
        print(f"{page}:{line or block.line}: {what}")

    def call(self, arguments, folder):
        try:
            done = subprocess.run([self.command, "--format", "short", "--color", "never", *arguments], cwd=folder,
                                  stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                  timeout=120)
        except subprocess.TimeoutExpired:
            return 124, "it took more than two minutes"
        return done.returncode, done.stdout.decode("utf-8", "replace")

    def codes(self, output, severity):
        return set(re.findall(rf"\b{severity}\[(W\d+)\]", output))

    def relocated(self, output, name, block, moved):
        """Lines of the file as lines of the page."""
        def line(match):
            return f"line {int(match[1]) - moved + block.line}:"
        return re.sub(r"(?:\S*/)?" + re.escape(name) + r":(\d+)(?::\d+)?(?=[:)\s]):?", line, output).strip()

    def compile(self, block, folder, text, moved, name, excused):
        (folder / name).write_text(text, encoding="utf-8")
        has_tests = re.search(r'^test "', text, re.M)
        status, output = self.call(["test" if has_tests else "check", name], folder)
        shown = self.relocated(output, name, block, moved)
        if status != 0:
            self.fail(block, "does not hold:\n    " + shown.replace("\n", "\n    "))
        elif self.codes(output, "warning") - excused:
            self.fail(block, "is warned about:\n    " + shown.replace("\n", "\n    "))

    def rejected(self, block, folder, severity):
        codes = {word for word in block.words if re.fullmatch(r"W\d{4}", word)}
        text, moved = wrapped(block.text, "policy" in block.words, severity != "error")
        (folder / "example.watch").write_text(text, encoding="utf-8")
        status, output = self.call(["check", "example.watch"], folder)
        found = self.codes(output, severity)
        if severity == "warning":
            found -= EXCUSED_IN_FRAGMENTS - codes
        if found != codes or (severity == "error") != (status == 2):
            shown = self.relocated(output, "example.watch", block, moved)
            self.fail(block, f"expected {severity} {' '.join(sorted(codes))}, got "
                             f"{' '.join(sorted(found)) or 'none'}:\n    " + shown.replace("\n", "\n    "))

    def true_lines(self, block, folder):
        self.true(block, folder, [(number, line.split("   #")[0].strip()) for number, line in
                                  enumerate(block.text.splitlines(), 1)
                                  if line.strip() and not line.lstrip().startswith("#")], "Europe/Berlin")

    def table(self, page, folder):
        """The table of functions: signature, sentence, example, what it gives."""
        rows, on = [], False
        for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
            cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
            on = (on and bool(cells)) or cells[-2:] == ["example", "gives"]
            if not on or len(cells) < 3 or cells[-1] in ("gives", "---"):
                continue
            signature, example, gives = (cell.strip("`").replace("\\|", "|") for cell in (cells[0], cells[-2], cells[-1]))
            result = signature.split()[-1]
            if result.endswith("?") and example.startswith(signature.split("(")[0] + "("):
                example = f"({example} ?? {OTHER.get(result[:-1], OTHER['text'])})"
            if result.startswith("list<"):
                example, gives = f'join({example}, ";")', f'join({gives}, ";")'
            rows.append((number, f"{example} == {gives}"))
        if rows:
            self.true(Block(page, 0, "", ""), folder, rows, "UTC")
            self.executed["watch-true"] = self.executed.get("watch-true", 0) + 1

    def true(self, block, folder, expressions, zone):
        name = lambda number: f"Line{block.line + number}"
        alerts = "\n".join(f"  alert info on {name(number)}" for number, _ in expressions)
        text = PRELUDE + PROBE.format(alerts=alerts)
        for number, expression in expressions:
            text += f"signal {name(number)} on file.copy where ({expression})\n"
            text += PROBE_TEST.format(name=name(number), zone=zone)
        (folder / "example.watch").write_text(text, encoding="utf-8")
        status, output = self.call(["test", "example.watch"], folder)
        if status == 2:
            lines = text.splitlines()
            for at, message in re.findall(r"^example\.watch:(\d+):\d+: (error.*)$", output, re.M):
                found = re.match(r"signal Line(\d+) ", lines[int(at) - 1])
                self.fail(block, message, int(found[1]) if found else None)
        elif status != 0:
            wrong = [line for line in sorted({int(n) for n in re.findall(r"^FAIL +Line(\d+)", output, re.M)})]
            for line in wrong:
                self.fail(block, "is not true", line)
            if not wrong:
                self.fail(block, output)

    def console(self, block, folder, bin_folder):
        environment = dict(os.environ, PATH=f"{bin_folder}:{os.environ['PATH']}", WATCHWORD_COLOR="never",
                           WATCHWORD_KEY=str(folder / ".key"), NO_COLOR="1", LC_ALL="C.UTF-8")
        command, expected, commands = None, [], []
        for number, line in enumerate(block.text.splitlines(), 1):
            if line.startswith("$ "):
                command, expected = line[2:], []
                commands.append((block.line + number, command, expected))
            elif command is not None:
                expected.append(line.rstrip())
        for line, command, expected in commands:
            done = subprocess.run(["bash", "-c", command], cwd=folder, env=environment, stdin=subprocess.DEVNULL,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120)
            printed = [part.rstrip() for part in done.stdout.decode("utf-8", "replace").splitlines()]
            pattern = "".join(r"(?:.*\n)*?" if part == "…" else re.escape(part).replace("…", ".*") + r"\n"
                              for part in expected)
            if not re.fullmatch(pattern, "".join(part + "\n" for part in printed)):
                self.fail(block, f"`{command}` prints:\n    " + "\n    ".join(printed), line)

    def page(self, page):
        with tempfile.TemporaryDirectory() as name:
            folder, bin_folder = pathlib.Path(name) / "page", pathlib.Path(name) / "bin"
            folder.mkdir()
            bin_folder.mkdir()
            (folder / ".key").write_text("00" * 32 + "\n")
            os.chmod(folder / ".key", 0o600)
            (bin_folder / "watchword").symlink_to(self.command)
            for block in blocks_of(page):
                before = self.failures
                self.block(block, folder, bin_folder)
                self.executed[block.kind] = self.executed.get(block.kind, 0) + 1
                if self.verbose:
                    print(f"{page.name}:{block.line}: {block.kind} {'ok' if self.failures == before else 'FAILED'}")
            self.table(page, folder)
        self.links(page)

    def block(self, block, folder, bin_folder):
        policy = "policy" in block.words
        if block.kind == "watch":
            name = block.words[0] if block.words else "example.watch"
            self.compile(block, folder, block.text, 0, name, EXCUSED)
        elif block.kind == "watch-fragment":
            text, moved = wrapped(block.text, policy, look_back="" if "fresh" in block.words else "looks back 30d")
            self.compile(block, folder, text, moved, "example.watch", EXCUSED_IN_FRAGMENTS)
        elif block.kind in ("watch-error", "watch-warning"):
            self.rejected(block, folder, block.kind.removeprefix("watch-"))
        elif block.kind == "watch-true":
            self.true_lines(block, folder)
        elif block.kind == "console":
            self.console(block, folder, bin_folder)
        elif block.kind in ("csv", "jsonl", "text") and block.words:
            target = folder / block.words[0]
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(block.text, encoding="utf-8")
        elif block.kind == "unclosed" or block.kind.startswith("watch"):
            self.fail(block, f"what is a block `{block.kind}`?")

    def links(self, page):
        for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
            for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", line):
                if not (page.parent / target).exists():
                    self.fail(Block(page, number, "", ""), f"link to {target}, which is not there")


def main():
    arguments = sys.argv[1:]
    verbose = "-v" in arguments
    pages = [pathlib.Path(name).resolve() for name in arguments if name != "-v"]
    pages = pages or [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
    command = shutil.which(os.environ.get("WATCHWORD", str(ROOT / "build" / "watchword")))
    if command is None:
        sys.exit("tests/docs/run.py: no command; set WATCHWORD to the built `watchword`")
    runner = Runner(str(pathlib.Path(command).resolve()), verbose)
    for page in pages:
        runner.page(page)
    done = ", ".join(f"{count} {kind}" for kind, count in sorted(runner.executed.items()) if kind.startswith("watch")
                     or kind == "console")
    print(f"{len(pages)} pages: {done}; {runner.failures} failed")
    sys.exit(1 if runner.failures else 0)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Breaks each policy of the folder in many small ways and asks whether its tests notice.

A mutant is the file with one `where`, `when`, `by`, `until`, `except`, look-back, booster or sequence step taken out, one
comparison or membership turned round, one edge moved (`>` for `>=`, 5 for 6), one window or the bound of a retrigger halved
or doubled, one `and` for `or`, one `~` dropped, one repetition changed, one weight made nothing, one cap or `once` taken
out, one level put out of reach. It is killed when `watchword test` fails or the text no longer compiles; what survives is
printed, and the exit status is then 1. Knows the shape of the text only, nothing of its meaning.
"""
import argparse
import concurrent.futures
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

TOKEN = re.compile(
    r'(?P<blank>\s+|#[^\n]*)'
    r'|(?P<text>r"[^"\n]*"|"(?:\\.|[^"\\\n])*")'
    r'|(?P<number>\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d)?)?|\d+:\d\d|(?:\d+(?:ms|[wdhms]))+\b|\d[\d_]*(?:\.\d+)?(?:[KMGT]i?B|B|%)?)'
    r'|(?P<name>[A-Za-z_]\w*(?:\.(?:\w+|\*))*)'
    r'|(?P<sign>[=!]=~?|<=|>=|\.\.|\?\?|~|.)', re.S)
DECLARATION = re.compile(
    r'^(?:module|use|event|subject|list|table|let|define|calendar|baseline|action|signal|policy|risk|source|test)\b', re.M)
BETWEEN_OPERANDS = {"and", "or", "in", "mod", "contains", "startswith", "endswith", "like", "matches", "overlaps", "over",
                    "per", "then", "else"}
BEFORE_OPERAND = {"not", "if", "has", "during", "any", "every"}
SECONDS = {"w": 604800, "d": 86400, "h": 3600, "m": 60, "s": 1}


class Token:
    def __init__(self, kind, text, start):
        self.kind, self.text, self.start, self.end = kind, text, start, start + len(text)


def tokens_of(text, start, end):
    found = []
    for match in TOKEN.finditer(text, start, end):
        if match.lastgroup != "blank":
            found.append(Token(match.lastgroup, match.group(), match.start()))
    return found


def expression_end(tokens, index):
    """Index behind the expression that begins at index: two operands side by side never belong to one."""
    depth, complete = 0, False
    while index < len(tokens):
        token = tokens[index]
        following = tokens[index + 1].text if index + 1 < len(tokens) else ""
        if token.text in "([{":
            if token.text == "{" and depth == 0:
                return index
            depth += 1
            complete = False
        elif token.text in ")]}":
            if depth == 0:
                return index
            depth -= 1
            complete = True
        elif depth == 0 and token.text == ",":
            return index
        elif depth == 0 and complete and token.text == "+":
            return index
        elif depth == 0 and complete and token.kind in ("name", "number", "text"):
            if token.text == "not" and following.startswith("in"):
                complete = False
            elif token.text in BETWEEN_OPERANDS:
                complete = False
            else:
                return index
        elif token.kind in ("name", "number", "text"):
            complete = token.text not in BEFORE_OPERAND and token.text not in BETWEEN_OPERANDS
        else:
            complete = False
        index += 1
    return index


def halved_and_doubled(duration):
    total = sum(int(n) * SECONDS[u] for n, u in re.findall(r"(\d+)([wdhms])", duration))
    return [f"{total // 2}s", f"{total * 2}s"]


def shifted(number):
    match = re.fullmatch(r"(\d[\d_]*)(\.\d+)?([A-Za-z%]*)", number)
    if not match or ":" in number or "-" in number:
        return []
    value, rest, unit = int(match[1].replace("_", "")), match[2] or "", match[3]
    return [f"{value + 1}{rest}{unit}"] + ([f"{value - 1}{rest}{unit}"] if value > 0 else [])


FLIPPED = {">": [">=", "<="], ">=": [">", "<"], "<": ["<=", ">="], "<=": ["<", ">"], "==": ["!="], "!=": ["=="],
           "==~": ["!=~", "=="], "!=~": ["==~", "!="], "and": ["or"], "or": ["and"]}


def steps_of(tokens, index, text):
    """The steps of the block whose brace is at index, one a line, with the lines that go on."""
    steps, depth, begin = [], 0, index + 1
    index += 1
    while depth > 0 or tokens[index].text != "}":
        depth += (tokens[index].text in "([{") - (tokens[index].text in ")]}")
        following = tokens[index + 1]
        new_line = "\n" in text[tokens[index].end:following.start]
        goes_on = following.text in BETWEEN_OPERANDS | {"where", "by", "times", "as"} or tokens[index].text in ("and", "or")
        if depth == 0 and new_line and not goes_on:
            steps.append((tokens[begin].start, tokens[index].end))
            begin = index + 1
        index += 1
    return steps


LEVELS = ("info", "low", "medium", "high", "critical")


def token_begins_line(text, token):
    """A term of a score stands at the beginning of a line, or behind the brace."""
    return text[:token.start].rstrip(" \t")[-1:] in ("\n", "{")


def mutants_of_declaration(text, tokens):
    """(start, end, replacement, what) of each mutant."""
    in_quantifier = False
    for i, token in enumerate(tokens):
        before = tokens[i - 1].text if i else ""
        following = tokens[i + 1].text if i + 1 < len(tokens) else ""
        if token.text in ("where", "when") or (token.text == "by" and tokens[0].text == "signal"):
            end = expression_end(tokens, i + 1)
            yield token.start, tokens[end - 1].end, "", "without this clause"
        elif token.text == "until" and tokens[0].text == "signal" and before == "}":
            end = i + 2
            if end < len(tokens) and tokens[end].text == "where":
                end = expression_end(tokens, end + 1)
            yield token.start, tokens[end - 1].end, "", "without this clause"
        elif token.text == "except" and following.startswith('"'):
            end = i
            while end < len(tokens) and tokens[end].text != "}":
                end += 1
            yield token.start, tokens[min(end, len(tokens) - 1)].end, "", "without this clause"
        elif token.text == "times" and tokens[0].text == "policy":
            yield token.start, tokens[expression_end(tokens, i + 3) - 1].end, "", "without this clause"
        elif token.text == "looks" and following == "back":
            yield token.start, tokens[i + 2].end, "", "without this clause"
        elif tokens[0].text == "policy" and token.text == "+" and token_begins_line(text, token) \
                and tokens[i + 1].kind == "number":
            yield tokens[i + 1].start, tokens[i + 1].end, "0", "worth nothing"
        elif tokens[0].text == "policy" and token.text == "," and following == "once":
            yield token.start, tokens[i + 1].end, "", "without once"
        elif tokens[0].text == "policy" and token.text == "," and following == "at":
            if before == "extends":
                # Without its bound a watch may last twice the largest `after`, and the bound may say just that.
                for other in halved_and_doubled(tokens[i + 3].text):
                    yield tokens[i + 3].start, tokens[i + 3].end, other, f"{other} in place of {tokens[i + 3].text}"
            else:
                yield token.start, tokens[i + 3].end, "", "without the cap"
        elif tokens[0].text == "policy" and token.text == "alert" and following in LEVELS and tokens[i + 2].text == "at":
            yield tokens[i + 3].start, tokens[i + 3].end, "1000000", f"{following} out of reach"
        elif token.text == "retrigger":
            yield token.start, tokens[i + 1].end, "retrigger ignores", "ignores in place of another retrigger"
        elif token.text == "sequence":
            brace = next(k for k in range(i, len(tokens)) if tokens[k].text == "{")
            for start, end in steps_of(tokens, brace, text):
                yield start, end, "", "without this step"
        elif token.text in ("any", "every"):
            in_quantifier = True
        elif token.text == "in":
            if in_quantifier:
                in_quantifier = False
            elif before == "not":
                yield tokens[i - 1].start, token.end, "in", "turned round"
            else:
                yield token.start, token.end, "not in", "turned round"
        elif token.text in FLIPPED and token.kind in ("sign", "name"):
            for other in FLIPPED[token.text]:
                yield token.start, token.end, other, f"{other} in place of {token.text}"
        elif token.text == "not" and following not in ("in",):
            yield token.start, token.end, "", "without not"
        elif token.text == "~":
            yield token.start, token.end, "", "without ~"
        if token.kind == "number":
            if before in (">", ">=", "<", "<=", "==", "!=") or (before == "times" and tokens[0].text == "signal"):
                for other in shifted(token.text):
                    yield token.start, token.end, other, f"{other} in place of {token.text}"
            elif before in ("over", "within"):
                for other in halved_and_doubled(token.text):
                    yield token.start, token.end, other, f"{other} in place of {token.text}"


def mutants_of(text):
    starts = [match.start() for match in DECLARATION.finditer(text)] + [len(text)]
    for start, end in zip(starts, starts[1:]):
        tokens = tokens_of(text, start, end)
        if tokens and tokens[0].text in ("signal", "policy", "define"):
            yield from mutants_of_declaration(text, tokens)


PASSED, FAILED, REFUSED = 0, 1, 2


def status_of(watchword, folder, name, text):
    """Exit status of the file's own tests; anything but the three above is a fault of the program under test."""
    path = folder / f"mutant-{os.getpid()}-{name}"
    path.write_text(text)
    try:
        return subprocess.run([watchword, "-q", "test", str(path)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                              timeout=60).returncode
    finally:
        path.unlink()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", type=pathlib.Path, help="policies; all of the folder if none is named")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="try one of N mutants")
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    here = pathlib.Path(__file__).resolve().parent
    watchword = os.environ.get("WATCHWORD", str(here.parent.parent / "build" / "watchword"))
    files = options.files or sorted(here.glob("*.watch"))
    survivors = tried = 0
    with tempfile.TemporaryDirectory() as place, concurrent.futures.ThreadPoolExecutor(options.jobs) as workers:
        for file in files:
            folder = pathlib.Path(place) / file.stem
            shutil.copytree(file.resolve().parent, folder)
            text = file.read_text()
            if status_of(watchword, folder, "whole.watch", text) != PASSED:
                sys.exit(f"{file}: its own tests fail; nothing to mutate")
            mutants = list(mutants_of(text))[::options.every]
            results = workers.map(
                lambda job: status_of(watchword, folder, f"{job[0]}.watch",
                                      text[:job[1][0]] + job[1][2] + text[job[1][1]:]), enumerate(mutants))
            for (start, end, _, what), status in zip(mutants, results):
                tried += 1
                if status in (FAILED, REFUSED):
                    continue
                survivors += 1
                fate = "survives" if status == PASSED else f"ends with status {status}"
                line = text.count("\n", 0, start) + 1
                print(f"{file.name}:{line}: {fate}: {' '.join(text[start:end].split())}: {what}", flush=True)
    print(f"{tried} mutants of {len(files)} files, {survivors} survive")
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""The words of the language in the editors' own files, held against the grammar: `editors/keywords.py` prints what is
missing or unknown, and fails if something is. What counts is dsl/grammar.hpp; functions come from the command."""
import json
import os
import re
import subprocess
import sys

root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def read(path):
    with open(os.path.join(root, path), encoding="utf-8") as file:
        return file.read()


def grammar_words():
    text = read("dsl/grammar.hpp")
    words = set(re.findall(r'\bWORD\("([a-z_]+)"\)', text)) | set(re.findall(r'TAO_PEGTL_KEYWORD\("([a-z_]+)"\)', text))
    types = re.search(r'CONTEXT\(type, "a type", "([^"]*)"', read("dsl/syntax_contexts.def")).group(1)
    return words | set(types.split())


def functions(command):
    text = subprocess.run([command, "doc", "functions"], capture_output=True, text=True, check=True).stdout
    return set(re.findall(r"^## function `(\w+)`", text, re.M))


def words_in(pattern_text):
    """Words of the alternatives `\\b(a|b|c)\\b` of a grammar."""
    found = set()
    for group in re.findall(r"\((?:\?:)?([a-z0-9_|]+)\)", pattern_text):
        found |= set(group.split("|"))
    return found


def textmate():
    grammar = json.loads(read("editors/vscode/syntaxes/watchword.tmLanguage.json"))
    words, calls = set(), set()
    for name, rule in grammar["repository"].items():
        for pattern in rule.get("patterns", [rule]):
            found = words_in(pattern.get("match", ""))
            if name == "functions":
                calls |= found
            elif name in ("keywords", "operators", "constants", "levels", "types", "windows"):
                words |= found
    return words, calls


def vim():
    words, calls = set(), set()
    for line in read("editors/vim/syntax/watchword.vim").splitlines():
        match = re.match(r"syn keyword (\w+) (.*)", line)
        if match:
            (calls if match.group(1) == "watchwordFunction" else words).update(match.group(2).split())
    return words, calls


def server():
    text = read("desk/editor/keywords.cpp")
    rows = text[text.index("rows{{"):text.index("}};", text.index("rows{{"))]
    return set(" ".join(re.findall(r'"([^"]*)"', rows)).split())


def main():
    command = sys.argv[1] if len(sys.argv) > 1 else os.path.join(root, "build", "watchword")
    wanted, calls = grammar_words(), functions(command)
    faults = 0

    def compare(who, found, expected):
        nonlocal faults
        for word in sorted(expected - found):
            print(f"{who} lacks `{word}`")
            faults += 1
        for word in sorted(found - expected):
            print(f"{who} has `{word}`, which the language has not")
            faults += 1

    for who, (words, functions_there) in {"editors/vscode": textmate(), "editors/vim": vim()}.items():
        compare(who, words, wanted)
        compare(who, functions_there, calls)
    compare("desk/editor/keywords.cpp", server(), wanted)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())

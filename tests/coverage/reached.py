#!/usr/bin/env python3
"""Which grammar rules (clauses are rules), opcodes and diagnostics no case of the tree reaches; fails if there are any.

  reached.py GRAMMAR_COVERAGE      WATCHWORD names the command

A rule is reached when it matches in some policy file, an opcode when some policy file compiles to it, a diagnostic when
some golden has it. Which clauses decide something, the random cases count: oracle_test --clauses 1.
"""
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
WATCHWORD = os.environ["WATCHWORD"]

# Rules that cannot match, or only in text that no file can hold.
NEVER = {
    "known_unit": "fails on purpose: it carries the message for an unknown unit",
    "unknown_unit": "ends in known_unit",
    "lone_expression": "an expression without a file, of a session",
    "end_of_expression": "of a lone expression",
    "disjunction": "what `condition` and others are; these match under their own names",
}


def policy_files():
    files = []
    for folder in ("tests/cases", "examples", "stdlib/modules", "bench"):
        files += sorted((ROOT / folder).rglob("*.watch"))
    return files


def unreached_rules(program):
    declared = re.findall(r"\bstruct (\w+);", (ROOT / "dsl/grammar.hpp").read_text())
    result = subprocess.run([program, *map(str, policy_files())], capture_output=True, text=True, check=True)
    matched = set(result.stdout.split())
    if not matched <= set(declared):
        sys.exit(f"not declared at the head of dsl/grammar.hpp: {sorted(matched - set(declared))}")
    return [rule for rule in declared if rule not in matched and rule not in NEVER]


def unreached_opcodes():
    names = set(re.findall(r"^OPCODE\((\w+)", (ROOT / "runtime/opcodes.def").read_text(), re.M))
    for file in policy_files():
        if "diagnostics" in file.parts or "syntax" in file.parts:
            continue
        listing = subprocess.run([WATCHWORD, "disasm", str(file)], capture_output=True, text=True).stdout
        names -= set(re.findall(r"^ +\d+  (\w+)", listing, re.M))
    return sorted(names)


def unreached_diagnostics():
    codes = dict(re.findall(r'^DIAGNOSTIC\((\w+), "(W\d+)"', (ROOT / "dsl/diagnostics.def").read_text(), re.M))
    seen = set()
    for golden in (ROOT / "tests/cases").rglob("*.expected"):
        seen |= set(re.findall(r"\[(W\d+)\]", golden.read_text(errors="replace")))
    return sorted(f"{code} {name}" for name, code in codes.items() if code not in seen)


def main():
    missing = {"grammar rules": unreached_rules(sys.argv[1]), "opcodes": unreached_opcodes(),
               "diagnostics": unreached_diagnostics()}
    for what, names in missing.items():
        print(f"{what}: " + ("all are reached" if not names else f"{len(names)} are reached by no case"))
        for name in names:
            print(f"  {name}")
    return 1 if any(missing.values()) else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""Writes docs/coverage-of-detections.md from classification.tsv: what says each of the matrix's 197 detections.

`--check` writes nothing and fails if the page is not what would be written, if a named example is missing, or if the
classification names other detections than the matrix's own table, where that is at hand.
"""
import csv
import os
import pathlib
import re
import sys

here = pathlib.Path(__file__).resolve().parent
page = here.parent.parent / "docs" / "coverage-of-detections.md"

# feature: (how the language says it, example that shows it)
FEATURES = {
    "condition": ("a condition over one record", "it1044_logging_with_exception"),
    "label": ("a content label that the record carries", "it1020_attachment_to_stick"),
    "list": ("a list", "it1005_job_sites"),
    "networks": ("a list of networks", "it1009_rival_network"),
    "table": ("a table of pairs", "it1012_outside_role"),
    "text": ("patterns of text", "it1037_words"),
    "quantifier": ("`any`, `every` over a list", "it1009_competitor_mail"),
    "count": ("a count in a window", "it1011_page_views"),
    "sum": ("a sum in a window", "it1018_large_download"),
    "distinct": ("distinct values in a window", "it1015_two_of_four"),
    "per-day": ("a civil day or week", "it1028_printing"),
    "by": ("keys within the person", "it1018_large_download"),
    "first-seen": ("`new`", "it1048_new_addresses"),
    "usual": ("`usual`", "it1020_unusual_mail"),
    "deviation": ("`deviation`", "it1040_sharing_spike"),
    "peers": ("`peers`", "it1035_overtime"),
    "roster": ("the roster's attributes", "it1012_outside_role"),
    "other-person": ("attributes of another person", "it1015_former_colleague"),
    "calendar": ("`during` a calendar", "it1013_off_hours"),
    "sequence": ("a sequence", "it1046_visits_then_letter"),
    "times": ("a repeated step", "it1046_visits_then_letter"),
    "by-step": ("a key of a step's own", "it1023_backup_to_stick"),
    "no-first": ("a forbidden first step", "it1014_account_without_approval"),
    "no-between": ("a forbidden step between", "it1020_attachment_to_stick"),
    "absence": ("a forbidden last step", "it1035_no_activity"),
    "until": ("`until`", "it1047_badge_refused"),
    "signals": ("signals of signals", "it1015_two_of_four"),
    "parameters": ("a signal's parameters", "it1011_page_views"),
    "trigger": ("HR's trigger", "it1005_job_sites"),
    "group-trigger": ("a trigger for a group", "it1008_restructuring"),
    "look-back": ("looking back", "it1042_before_departure"),
    "escalation": ("`opens on alert`", "it1007_escalation"),
    "across": ("`across`", "it1042_mass_resignation"),
    "risk": ("`risk`", "it1006_risk"),
    "except": ("`except`", "it1044_logging_with_exception"),
}

# examples that say a detection itself, beside those whose first line names it
ELSEWHERE = {("IT1003", title): "../stdlib/modules/it1003.watch"
             for title in ["HR Flagged Employee Alert", "Layoff Watchlist Alert", "Termination Monitoring"]}


def said_here():
    """(technique, detection): example, from the first lines of the policies."""
    found = dict(ELSEWHERE)
    for file in sorted(here.glob("*.watch")):
        first = file.read_text().splitlines()[0]
        match = re.fullmatch(r"## (IT\d+), (.*?)\. Shows: .*", first) or sys.exit(f"{file.name}: first line")
        for title in match[2].split(" and "):
            found[match[1], title] = f"../examples/matrix/{file.name}"
    return found


def rows_of(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def link(path):
    return f"[{pathlib.PurePosixPath(path).stem}]({path})"


def page_text():
    rows, direct = rows_of(here / "classification.tsv"), said_here()
    known = {(row["technique"], row["detection"]) for row in rows}
    for key in direct:
        if key not in known:
            sys.exit(f"no detection of the matrix is called {key}")
    used, unsayable, lines = {}, 0, []
    for row in rows:
        key = row["technique"], row["detection"]
        if row["not_sayable_because"]:
            unsayable += 1
            lines.append(f"| {key[0]} | {key[1]} | not sayable, because: {row['not_sayable_because']} | |")
            continue
        features = row["features"].split(", ")
        for feature in features:
            used[feature] = used.get(feature, 0) + 1
        said = ", ".join(FEATURES[feature][0] for feature in features)
        if key in direct:
            shown = f"**{link(direct[key])}**"
        else:
            examples = dict.fromkeys(FEATURES[feature][1] for feature in features)
            shown = ", ".join(link(f"../examples/matrix/{name}.watch") for name in examples)
        lines.append(f"| {key[0]} | {key[1]} | {said} | {shown} |")
    text = f"""# What says the detections of the Insider Threat Matrix

Made by `examples/matrix/coverage.py` from `examples/matrix/classification.tsv`; do not edit it. The matrix
(`Insider-Threat/Insider-Threat`, MIT licence) names {len(rows)} detections; {len(rows) - unsayable} can be said and {unsayable} cannot. {len(direct)} have
an example of their own, with tests, which stands in bold. For the others the examples are those that show the features. "Can be
said" is a judgement about the detection's meaning: it supposes that records of such acts, with the person in them, are
at hand. Every one of them is looked for only in a watch that HR's word has opened.

| feature | detections | shown by |
|---|---|---|
"""
    for feature, (said, example) in FEATURES.items():
        text += f"| {said} | {used.get(feature, 0)} | {link(f'../examples/matrix/{example}.watch')} |\n"
    text += "\n| technique | detection | said by | example |\n|---|---|---|---|\n" + "\n".join(lines) + "\n"
    return text


def check_against_matrix():
    data = os.environ.get("WATCHWORD_TEST_DATA", str(here.parent.parent.parent / "shared" / "data"))
    matrix = pathlib.Path(data) / "insider-threat-matrix" / "detections.tsv"
    if not matrix.exists():
        return
    theirs = [(row["ttp_id"], row["detection"]) for row in rows_of(matrix)]
    ours = [(row["technique"], row["detection"]) for row in rows_of(here / "classification.tsv")]
    if theirs != ours:
        sys.exit("classification.tsv and the matrix name different detections")


def main():
    text = page_text()
    for _, example in FEATURES.values():
        if not (here / f"{example}.watch").exists():
            sys.exit(f"there is no {example}.watch")
    if sys.argv[1:] != ["--check"]:
        page.write_text(text, encoding="utf-8")
        return
    check_against_matrix()
    if not page.exists() or page.read_text(encoding="utf-8") != text:
        sys.exit(f"{page.name} is not up to date: run examples/matrix/coverage.py")


if __name__ == "__main__":
    main()

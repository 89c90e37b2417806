#!/usr/bin/env python3
"""Turns the monthly LDAP files of the CERT dataset into HR events: who came, who changed, who is gone.

  ldap_months.py LDAP/2009-12.csv LDAP/2010-01.csv … > hr.jsonl

The first file is the roster that a run begins with (`--roster cert_ldap=LDAP/2009-12.csv`). Of each later one, what differs
from the one before it becomes known on the first of its month: `hr.hire`, `hr.profile`, and `hr.termination` for somebody
whom the file has no longer, which is all that the dataset says of a departure.
"""
import csv
import json
import pathlib
import re
import sys

ATTRIBUTES = {"role": "role", "department": "department", "group": "functional_unit"}


def people_of(path):
    with open(path, encoding="utf-8-sig", newline="") as file:
        return {row["user_id"]: row for row in csv.DictReader(file)}


def attributes_of(row):
    attributes = {name: row[column] for name, column in ATTRIBUTES.items() if row.get(column)}
    return {**attributes, "privileged": row.get("role") == "ITAdmin"}


def changes(before, after):
    for user in sorted(after.keys() - before.keys()):
        yield {"type": "hr.hire", "user": user, **attributes_of(after[user])}
    for user in sorted(after.keys() & before.keys()):
        now, then = attributes_of(after[user]), attributes_of(before[user])
        if now != then:
            yield {"type": "hr.profile", "user": user, **{name: now[name] for name in now if now[name] != then.get(name)}}
    for user in sorted(before.keys() - after.keys()):
        yield {"type": "hr.termination", "user": user}


def main():
    months = sorted(sys.argv[1:], key=lambda path: pathlib.Path(path).name)
    if len(months) < 2:
        sys.exit(__doc__)
    for month in months:
        if not re.fullmatch(r"\d{4}-\d{2}\.csv", pathlib.Path(month).name):
            sys.exit(f"{month}: the name says no month, such as 2010-01.csv")
    before = people_of(months[0])
    for month in months[1:]:
        after = people_of(month)
        for number, event in enumerate(changes(before, after)):
            name = pathlib.Path(month).stem
            print(json.dumps({"time": f"{name}-01T00:00:00Z", "id": f"ldap-{name}-{number}", **event}))
        before = after


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Watchword inside a Python program. From a checkout that is built:

    PYTHONPATH=bindings/python python3 examples/embedding/monitor.py
"""
import datetime
import json
import sys

import watchword

POLICY = """
use hr, activity
signal Copied "Copied much to removable media" on file.copy where removable when sum(bytes) over 1h > 100MB
policy Leaver "Takes files along" {
  purpose "Protect company data while people who have given notice still work here"
  basis   "Works agreement 2024-11"
  owner   "insider-threat@corp.example"
  opens   on hr.resignation
  closes  after 60d
  score { +50 for Copied halves every 14d }
  alert medium at 40
}
"""

NOTICE = {"type": "hr.resignation", "time": datetime.datetime(2025, 3, 3, 9, tzinfo=datetime.timezone.utc), "user": "anna.lee"}
LOG = b"""\
{"type":"file.copy","time":"2025-03-04T18:00:00Z","user":"ANNA.LEE","host":"pc7","path":"/plans.zip","bytes":150000000,"removable":true}
{"type":"file.copy","time":"yesterday"}
"""


def main() -> None:
    try:
        policies = watchword.Policies.compile({"leaver.watch": POLICY})
    except watchword.CompileError as error:
        sys.exit(error.messages)
    print(policies.warnings, end="", file=sys.stderr)  # what is worth a second look
    key = "0123456789abcdef"  # from a safe place
    with watchword.Monitor(policies, key=key) as monitor:
        monitor.enter({"id": "E-17", "accounts": ["anna.lee"], "group": "R&D"})
        monitor.push(NOTICE)
        result = monitor.push_lines(LOG)
        if result.rejected:
            print(f"line {result.first_rejected}: {result.problem}", file=sys.stderr)
        for alert in monitor.alerts():
            print(json.dumps(alert))
        saved = monitor.save()

    # what is known survives the process
    with watchword.Monitor(policies, key=key) as monitor:
        monitor.restore(saved)
        print("score of Leaver for anna.lee:", monitor.score("Leaver", "anna.lee"))


if __name__ == "__main__":
    main()

"""The Python package as a program uses it and as one should not."""
import copy
import datetime
import gc
import json
import os
import pathlib
import random
import pickle
import subprocess
import sys
import tempfile
import threading
import unittest

import watchword
from watchword import CompileError, LimitError, Monitor, Outcome, Policies, RestoreError

LEAVER = """
use hr, activity
signal Copied on file.copy where removable
policy Leaver { purpose "p" basis "b" owner "o" opens on hr.resignation closes after 30d
  score { +10 for Copied }
  alert low at 10
  alert high at 30 }
"""
READING = LEAVER + 'list ok from "ok.txt"\nsignal Other on file.copy where (device ?? "") in ok\n'
KEY = "0123456789abcdef"
UTC = datetime.timezone.utc
NOTICE = {"type": "hr.resignation", "time": "2025-03-03T09:00:00Z", "user": "anna"}
COPIED = {"type": "file.copy", "time": "2025-03-04T09:00:00Z", "user": "anna", "host": "pc7", "path": "/x", "bytes": 1,
          "removable": True}


def compiled(text=LEAVER):
    return Policies.compile({"leaver.watch": text})


class PoliciesTest(unittest.TestCase):
    def test_errors_are_an_exception_with_what_check_shows(self):
        with self.assertRaises(CompileError) as caught:
            Policies.compile({"bad.watch": "signal S on nothing.at_all"})
        self.assertIn("W0202", caught.exception.messages)
        self.assertIn("bad.watch:1:13", str(caught.exception))
        for hostile in (b"\0\xff\xfe", "\0", "policy", "(" * 100_000):
            with self.assertRaises(CompileError):
                Policies.compile({"hostile.watch": hostile})

    def test_warnings_are_kept(self):
        self.assertEqual(Policies.standard("it1003").warnings, "")
        self.assertIn("warning", compiled(LEAVER + "signal Idle on file.copy\n").warnings)

    def test_policies_come_from_their_makers(self):
        with self.assertRaises(TypeError):
            Policies()
        with self.assertRaises(CompileError):
            Policies.standard("no_such_module")
        with self.assertRaises(TypeError):
            Policies.compile({"a.watch": 7})
        with self.assertRaises(TypeError):
            Monitor("leaver.watch")

    def test_files_and_what_they_name(self):
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            (folder / "leaver.watch").write_text(READING)
            with self.assertRaises(CompileError):
                Policies.from_files(folder / "leaver.watch")
            (folder / "ok.txt").write_text("stick1\n")
            Policies.from_files(folder / "leaver.watch")
            Policies.from_files(str(folder / "leaver.watch"))
            with self.assertRaises(FileNotFoundError):
                Policies.from_files(folder / "missing.watch")

    def test_a_reader_is_asked(self):
        asked = []

        def read(name, asker):
            asked.append((name, asker))
            return "stick1\n"

        Policies.compile({"p.watch": READING}, read=read)
        self.assertEqual(asked, [("ok.txt", "p.watch")])
        Policies.compile({"p.watch": READING}, read=lambda name, asker: b"stick1\n")
        with self.assertRaises(CompileError) as caught:
            Policies.compile({"p.watch": READING}, read=lambda name, asker: None)
        self.assertIn("ok.txt", caught.exception.messages)

    def test_what_a_reader_raises_comes_out(self):
        def raising(error):
            def read(name, asker):
                raise error
            return read

        for error in (PermissionError("not for you"), KeyboardInterrupt(), SystemExit(3)):
            with self.assertRaises(type(error)) as caught:
                Policies.compile({"p.watch": READING}, read=raising(error))
            self.assertIs(caught.exception, error)
        with self.assertRaises(TypeError):
            Policies.compile({"p.watch": READING}, read=lambda name, asker: 7)


class MonitorTest(unittest.TestCase):
    def test_records_in_alerts_out(self):
        with Monitor(compiled()) as monitor:
            self.assertEqual(monitor.push(NOTICE), Outcome.TAKEN)
            self.assertEqual(monitor.push(json.dumps(COPIED)), Outcome.TAKEN)
            (alert,) = monitor.alerts()
            self.assertEqual((alert["policy"], alert["level"], alert["score"], alert["subject"]),
                             ("Leaver", "low", 10, "anna"))
            self.assertEqual(monitor.alerts(), [])
            self.assertEqual(monitor.score("Leaver", "ANNA"), 10)
            self.assertEqual(monitor.score("Nobody", "anna"), 0)
            self.assertEqual(monitor.push({"type": "print.job", "time": COPIED["time"], "user": "anna"}), Outcome.UNUSED)
            self.assertEqual(monitor.push({**COPIED, "time": "2025-03-04T08:00:00Z"}), Outcome.LATE)
            self.assertIn("later", monitor.problem)
            unread = {"type": "print.job", "time": "2025-03-04T10:00:00Z", "user": "anna"}
            self.assertEqual(monitor.push(unread), Outcome.UNUSED)
            self.assertEqual(monitor.push({**COPIED, "time": "2025-03-04T09:59:00Z"}), Outcome.LATE)
            self.assertEqual(monitor.watches(), [{
                "policy": "Leaver", "subject": "anna", "active": True, "anchor": "2025-03-03T09:00:00Z",
                "from": "2025-03-03T09:00:00Z", "to": "2025-04-02T09:00:00Z", "score": 10}])
            self.assertEqual(monitor.advance(datetime.datetime(2025, 4, 5, tzinfo=UTC)), Outcome.TAKEN)
            self.assertEqual((monitor.score("Leaver", "anna"), monitor.watches()), (0, []))

    def test_people_are_pseudonyms_unless_revealed(self):
        subjects = []
        for options in ({"key": KEY}, {"key": KEY.encode()}, {"key": KEY, "reveal": True}):
            monitor = Monitor(compiled(), **options)
            self.assertEqual(monitor.enter({"id": "E-17", "accounts": ["anna"]}), Outcome.TAKEN)
            self.assertEqual(monitor.enter({"id": "E-18", "accounts": ["anna"]}), Outcome.TAKEN_IN_PART)
            self.assertIn("E-17", monitor.problem)
            self.assertEqual(monitor.enter("nonsense"), Outcome.REJECTED)
            monitor.push(NOTICE), monitor.push(COPIED)
            (alert,) = monitor.alerts()
            (watch,) = monitor.watches()
            self.assertEqual(alert["subject"], watch["subject"])
            subjects.append(alert["subject"])
        self.assertEqual(subjects[0], subjects[1])
        self.assertTrue(subjects[0].startswith("p-"))
        self.assertEqual(subjects[2], "E-17")

    def test_lines_are_counted(self):
        with Monitor(compiled()) as monitor:
            many = "\n".join([json.dumps(NOTICE), "", json.dumps(COPIED), "{", json.dumps(COPIED), "null"])
            result = monitor.push_lines(many)
            self.assertEqual((result.lines, result.taken, result.unused, result.late, result.rejected), (6, 3, 0, 0, 2))
            self.assertEqual(result.first_rejected, 4)
            self.assertNotEqual(result.problem, "")
            self.assertEqual(monitor.push_lines(b"").lines, 0)
            self.assertEqual(monitor.push_lines(b"\n" * 100_000).lines, 100_000)
            self.assertEqual(monitor.push_lines((json.dumps(COPIED) + "\n").encode() * 10_000).taken, 10_000)
            self.assertEqual(monitor.score("Leaver", "anna"), 100_020)

    def test_times_know_their_zone(self):
        naive = datetime.datetime(2025, 3, 4, 9)
        berlin = datetime.timezone(datetime.timedelta(hours=1))
        with Monitor(compiled()) as monitor:
            monitor.push(NOTICE)
            for call in (lambda: monitor.advance(naive), lambda: monitor.allow_until(naive),
                         lambda: monitor.push({**COPIED, "time": naive}), lambda: Monitor(compiled(), latest=naive),
                         lambda: monitor.advance(2**63)):
                self.assertRaises(ValueError, call)
            for wrong in ("2025-03-04", 1.5, True, None):
                self.assertRaises(TypeError, monitor.advance, wrong)
            self.assertEqual(monitor.push({**COPIED, "time": naive.replace(tzinfo=berlin)}), Outcome.TAKEN)
            self.assertEqual(monitor.alerts()[0]["time"], "2025-03-04T08:00:00Z")
            monitor.allow_until(datetime.datetime(2027, 1, 1, tzinfo=UTC))
            self.assertEqual(monitor.advance(2**63 - 1), Outcome.REJECTED)
            self.assertEqual(monitor.push({**COPIED, "time": "2028-01-01T00:00:00Z"}), Outcome.REJECTED)
        with Monitor(compiled(), latest=datetime.datetime(2025, 1, 1, tzinfo=UTC)) as monitor:
            self.assertEqual(monitor.push(NOTICE), Outcome.REJECTED)
            self.assertIn("future", monitor.problem)

    def test_a_datetime_says_what_its_text_says(self):
        ids = []
        for time in (NOTICE["time"], datetime.datetime(2025, 3, 3, 9, tzinfo=UTC)):
            with Monitor(compiled(), key=KEY) as monitor:
                monitor.push({**NOTICE, "time": time}), monitor.push(COPIED)
                ids.append(monitor.alerts()[0]["watch"]["triggers"][0]["event"])
        self.assertEqual(ids[0], ids[1])

    def test_no_record_breaks_it(self):
        with Monitor(compiled(), key=KEY) as monitor:
            for hostile in ("", " ", "{", "null", "[]", "{}", b"\xff\xfe{}", b"\0\0\0", "[" * 100_000, b"x" * (17 << 20),
                            json.dumps(NOTICE) + "\0", json.dumps(NOTICE) * 2, {}, {"type": "\ud800"}, {"type": None}):
                self.assertEqual(monitor.push(hostile), Outcome.REJECTED)
                self.assertNotEqual(monitor.problem, "")
                self.assertEqual(monitor.enter(hostile), Outcome.REJECTED)
            for wrong in (None, 7, [NOTICE], {"time": object()}):
                self.assertRaises(TypeError, monitor.push, wrong)
            self.assertRaises(ValueError, monitor.push, {**COPIED, "bytes": float("nan")})
            self.assertRaises(ValueError, monitor.push, "\ud800")
            self.assertRaises(TypeError, monitor.score, "Leaver", None)
            self.assertEqual(monitor.score("Leaver\0", "anna\0"), 0)
            self.assertEqual(monitor.push(NOTICE), Outcome.TAKEN)

    def test_memory_that_is_used_up_is_an_exception(self):
        with Monitor(compiled(), memory_bytes=1) as monitor:
            with self.assertRaises(LimitError):
                for _ in range(3):
                    monitor.push(NOTICE)
            with self.assertRaises(LimitError) as caught:
                monitor.push_lines("\n" + json.dumps(NOTICE) + "\n" + json.dumps(NOTICE))
            self.assertEqual((caught.exception.lines.lines, caught.exception.lines.taken), (2, 0))
        for wrong in (0, -1, 2**64):
            self.assertRaises(ValueError, Monitor, compiled(), memory_bytes=wrong)

    def test_neither_is_copied(self):
        with Monitor(compiled()) as monitor:
            for one in (monitor, compiled()):
                for way in (copy.copy, copy.deepcopy, pickle.dumps):
                    self.assertRaises(TypeError, way, one)

    def test_what_is_known_survives(self):
        policies = compiled()
        first, second = Monitor(policies, key=KEY), Monitor(policies, key=KEY)
        first.push(NOTICE), first.push(COPIED)
        saved = first.save()
        second.restore(saved)
        self.assertEqual(second.save(), saved)
        self.assertEqual(second.score("Leaver", "anna"), 10)
        with self.assertRaisesRegex(RestoreError, "another key"):
            Monitor(policies, key="another key, quite").restore(saved)
        chance = random.Random(1)
        for _ in range(500):
            damaged = bytearray(saved)
            damaged[chance.randrange(len(saved))] ^= 1 << chance.randrange(8)
            self.assertRaises(RestoreError, second.restore, bytes(damaged))
            self.assertRaises(RestoreError, second.restore, saved[:chance.randrange(len(saved))])
        self.assertEqual(second.save(), saved)
        self.assertRaises(TypeError, second.restore, "text")

    def test_a_closed_monitor_says_so(self):
        monitor = Monitor(compiled())
        monitor.close()
        monitor.close()
        for call in (monitor.alerts, monitor.watches, monitor.save, monitor.__enter__, lambda: monitor.push(NOTICE),
                     lambda: monitor.enter("{}"), lambda: monitor.push_lines(""), lambda: monitor.problem,
                     lambda: monitor.restore(b""), lambda: monitor.advance(0), lambda: monitor.score("a", "b")):
            self.assertRaisesRegex(ValueError, "closed", call)

    def test_policies_may_go_before_their_monitor(self):
        policies = compiled()
        monitor = Monitor(policies)
        del policies
        gc.collect()
        monitor.push(NOTICE), monitor.push(COPIED)
        self.assertEqual(len(monitor.alerts()), 1)

    def test_threads_share_policies(self):
        policies = compiled()
        alerts = []

        def work():
            with Monitor(policies, key=KEY) as monitor:
                monitor.push(NOTICE)
                monitor.push_lines((json.dumps(COPIED) + "\n") * 1000)
                alerts.append(monitor.alerts())

        run_together([work] * 4)
        self.assertEqual(len(alerts), 4)
        self.assertTrue(all(one == alerts[0] and len(one) == 2 for one in alerts))

    def test_threads_wait_for_a_monitor(self):
        with Monitor(compiled()) as monitor:
            monitor.push(NOTICE)
            alerts = []

            def work():
                for _ in range(500):
                    monitor.push(COPIED)
                    alerts.extend(monitor.alerts())

            run_together([work] * 4)
            self.assertEqual(monitor.score("Leaver", "anna"), 20_000)
            self.assertEqual([alert["level"] for alert in alerts], ["low", "high"])


class LibraryTest(unittest.TestCase):
    def test_it_says_its_version(self):
        package = pathlib.Path(watchword.__file__).parents[1] / "pyproject.toml"
        self.assertIn(f'\nversion = "{watchword.version()}"\n', package.read_text())

    def test_a_library_that_is_not_there_is_an_import_that_fails(self):
        for place in ("/nowhere/libwatchword.so", "libc.so.6"):
            done = subprocess.run([sys.executable, "-c", "import watchword"], capture_output=True, text=True,
                                  env={**os.environ, "WATCHWORD_LIBRARY": place}, check=False)
            self.assertNotEqual(done.returncode, 0)
            self.assertIn("$WATCHWORD_LIBRARY", done.stderr)


def run_together(works):
    threads = [threading.Thread(target=work) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    unittest.main()

"""Watchword inside a Python program: policies as text, records as dicts or JSON, alerts as dicts.

    import watchword

    policies = watchword.Policies.from_files("leaver.watch")
    with watchword.Monitor(policies, key=key) as monitor:
        monitor.push({"type": "hr.resignation", "time": "2025-03-03T09:00:00Z", "user": "anna.lee"})
        for alert in monitor.alerts():
            print(alert["policy"], alert["level"], alert["subject"])

Policies may be used by any number of threads. A monitor does one thing at a time: calls of several threads wait for each
other, and while the library works other threads of Python run.
"""
from __future__ import annotations

import ctypes
import dataclasses
import datetime
import enum
import json
import os
import threading
from typing import Any, Callable, Dict, List, Mapping, NoReturn, Optional, Union

from . import _library

__all__ = ["CompileError", "Error", "LimitError", "Lines", "Monitor", "Outcome", "Policies", "RestoreError", "version"]

Time = Union[datetime.datetime, int]
Record = Union[Mapping[str, Any], str, bytes]
Reader = Callable[[str, str], Union[str, bytes, None]]

_no_limit = 2**63 - 1
_epoch = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
_ww = _library.load()


class Error(Exception):
    """What Watchword refuses. Arguments that make no sense are a ValueError or a TypeError, as elsewhere."""


class CompileError(Error):
    """The policies do not compile; `messages` is what `watchword check` would show."""

    def __init__(self, messages: str):
        super().__init__(messages.rstrip("\n"))
        self.messages = messages


class LimitError(Error):
    """`memory_bytes` are used up, or the system has no more memory. The monitor processes nothing any more."""

    lines: Optional[Lines] = None  #: of `push_lines`: what came of the records up to the one at which it happened


class RestoreError(Error):
    """Saved bytes are damaged or of another version, other policies or another key. Everything is as it was."""


class Outcome(enum.IntEnum):
    """What came of a record or an employee. `Monitor.problem` says more of all but TAKEN and UNUSED."""

    TAKEN = 0
    TAKEN_IN_PART = 1  #: an employee, but for an account that is somebody else's already
    UNUSED = 2  #: of a type that no policy reads
    LATE = 3  #: before the newest one, of a type that may be dropped; not processed
    REJECTED = 4  #: not usable


@dataclasses.dataclass(frozen=True)
class Lines:
    """What came of several records."""

    lines: int  #: looked at, empty ones too
    taken: int
    unused: int
    late: int
    rejected: int
    first_rejected: int  #: the line, from 1, of the first that was; 0: none was
    problem: str  #: why that one was


def version() -> str:
    """Of the library."""
    return _ww.ww_version().decode()


class Policies:
    """Compiled policies: by `compile`, `from_files` or `standard`. They never change."""

    def __init__(self) -> None:
        raise TypeError("policies are made by Policies.compile, Policies.from_files or Policies.standard")

    @classmethod
    def compile(cls, files: Mapping[str, Union[str, bytes]], *, read: Optional[Reader] = None) -> Policies:
        """Compiles texts by their names, which see one another; CompileError if there are errors.

        What lists and tables name is read from the disk, beside the file that names it, or by `read(name, from_name)`,
        which gives the content, or None: there is no such file. What `read` raises comes out here."""
        array = _policy_files(files)
        options = _library.PolicyOptions(size=ctypes.sizeof(_library.PolicyOptions))
        asking = None
        if read is not None:
            asking = _Asking(read)
            options.read = asking.function
        handle = ctypes.c_void_p()
        status = _ww.ww_policies_compile(array, len(array), ctypes.byref(options), ctypes.byref(handle))
        made = cls._made(handle)
        if asking is not None and asking.raised is not None:
            raise asking.raised
        return made._checked(status)

    @classmethod
    def from_files(cls, *paths: Union[str, os.PathLike[str]]) -> Policies:
        """Compiles files of the disk."""
        files = {}
        for path in paths:
            with open(path, "rb") as file:
                files[os.fsdecode(path)] = file.read()
        return cls.compile(files)

    @classmethod
    def standard(cls, module: str) -> Policies:
        """A module of the language as it is, such as `it1003`."""
        handle = ctypes.c_void_p()
        status = _ww.ww_policies_standard(_library.given(_bytes(module)), ctypes.byref(handle))
        return cls._made(handle)._checked(status)

    @property
    def warnings(self) -> str:
        """As `watchword check` shows them; empty if there are none."""
        return _ww.ww_policies_messages(self._handle).bytes().decode(errors="replace")

    @classmethod
    def _made(cls, handle: ctypes.c_void_p) -> Policies:
        made = object.__new__(cls)
        made._handle = handle
        return made

    def _checked(self, status: int) -> Policies:
        if status == _library.NOT_COMPILED:
            raise CompileError(self.warnings)
        _raise(status, "the policies cannot be compiled")
        return self

    def __reduce__(self) -> NoReturn:
        raise TypeError("policies and monitors cannot be copied or pickled; `Monitor.save` gives bytes")

    def __del__(self) -> None:
        handle = getattr(self, "_handle", None)
        if handle:
            self._handle = None
            _ww.ww_policies_free(handle)


class Monitor:
    """Watches people by policies. To be closed, or used in a `with`; its memory is given back then."""

    def __init__(self, policies: Policies, *, key: Union[str, bytes] = b"", reveal: bool = False,
                 memory_bytes: Optional[int] = None, latest: Optional[Time] = None):
        """`key`: of pseudonyms and of alert ids; the same one gives the same ones. Kept secret and not short, for
        whoever guesses it can undo the pseudonyms; empty: names are shown in clear, which is for tests.
        `reveal`: names are shown in clear although there is a key.
        `memory_bytes`: that watches and kept history may take; None: 8 GiB.
        `latest`: records of later times are rejected, see `allow_until`."""
        self._lock = threading.Lock()
        self._handle: Optional[ctypes.c_void_p] = None
        if not isinstance(policies, Policies):
            raise TypeError("policies are made by Policies.compile, Policies.from_files or Policies.standard")
        if memory_bytes is not None and not 0 < memory_bytes < 2**64:
            raise ValueError("memory_bytes is a number of bytes above 0")
        options = _library.MonitorOptions(
            size=ctypes.sizeof(_library.MonitorOptions), key=_library.given(_bytes(key)), reveal=1 if reveal else 0,
            memory_bytes=memory_bytes or 0)
        handle = ctypes.c_void_p()
        _raise(_ww.ww_monitor_new(policies._handle, ctypes.byref(options), ctypes.byref(handle)), "no monitor was made")
        self._handle = handle
        if latest is not None:
            self.allow_until(latest)

    def enter(self, employee: Record) -> Outcome:
        """An employee as in a roster file: `{"id": "u1", "accounts": ["anna.lee"], "group": "R&D"}`. Once there is one,
        only employees are people. At any time; what changes holds from the newest record on."""
        return self._outcome(_ww.ww_monitor_enter, employee)

    def push(self, record: Record) -> Outcome:
        """One record, a dict or one line of JSON: `{"type": "file.copy", "time": …, "user": "u1", …}`. Times do not fall:
        a trigger or closer that comes late takes its place now, others are LATE. A datetime must know its zone."""
        return self._outcome(_ww.ww_monitor_push, record)

    def push_lines(self, records: Union[str, bytes]) -> Lines:
        """Records as JSON Lines, each as by `push`, whatever came of those before it: the fast way for many."""
        content = _bytes(records)
        result = _library.Lines(size=ctypes.sizeof(_library.Lines))
        with self._lock:
            status = _ww.ww_monitor_push_lines(self._open(), _library.given(content), ctypes.byref(result))
            lines = Lines(result.lines, result.taken, result.unused, result.late, result.rejected,
                          result.first_rejected, result.problem.bytes().decode(errors="replace"))
            try:
                if status != _library.INPUT:
                    self._raise(status)
            except LimitError as error:
                error.lines = lines
                raise
        return lines

    def allow_until(self, latest: Time) -> None:
        """Records of later times are rejected from now on, for one from a clock that is wrong would make all that come
        after it late."""
        time = _microseconds(latest)
        with self._lock:
            self._raise(_ww.ww_monitor_allow_until(self._open(), time))

    def advance(self, time: Time) -> Outcome:
        """Time passes without a record, up to and including `time` (a datetime that knows its zone, or microseconds
        since 1970, UTC). REJECTED: it is later than `allow_until` says."""
        until = _microseconds(time)
        with self._lock:
            status = _ww.ww_monitor_advance(self._open(), until)
            if status == _library.INPUT:
                return Outcome.REJECTED
            self._raise(status)
        return Outcome.TAKEN

    def alerts(self) -> List[Dict[str, Any]]:
        """The alerts since the last call, and ends of actions, as docs/alerts.md says."""
        return _lines(self._text(_ww.ww_monitor_take_alerts))

    def score(self, policy: str, account: str) -> float:
        """Points of the person's watch of a policy now; 0 if there is none or no such policy."""
        names = _library.given(_bytes(policy)), _library.given(_bytes(account))
        score = ctypes.c_double()
        with self._lock:
            self._raise(_ww.ww_monitor_score(self._open(), *names, ctypes.byref(score)))
        return score.value

    def watches(self) -> List[Dict[str, Any]]:
        """Who is watched now, as docs/alerts.md says. Looks at all who are known."""
        return _lines(self._text(_ww.ww_monitor_open_watches))

    def save(self) -> bytes:
        """All that is known, to go on from in another process. Alerts that were not taken are not in it."""
        return self._text(_ww.ww_monitor_save)

    def restore(self, saved: bytes) -> None:
        """Takes the place of all that is known. RestoreError: these bytes cannot, and everything is as it was."""
        if not isinstance(saved, (bytes, bytearray)):
            raise TypeError("what was saved is bytes")
        content = bytes(saved)
        with self._lock:
            status = _ww.ww_monitor_restore(self._open(), _library.given(content))
            if status == _library.INPUT:
                raise RestoreError(self._problem())
            self._raise(status)

    @property
    def problem(self) -> str:
        """What was wrong with the last call that was not fine; a sentence."""
        with self._lock:
            self._open()
            return self._problem()

    def close(self) -> None:
        """Gives the memory back; may be called again."""
        with self._lock:
            handle, self._handle = self._handle, None
        if handle:
            _ww.ww_monitor_free(handle)

    def __enter__(self) -> Monitor:
        with self._lock:
            self._open()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __reduce__(self) -> NoReturn:
        raise TypeError("policies and monitors cannot be copied or pickled; `Monitor.save` gives bytes")

    def __del__(self) -> None:
        if getattr(self, "_handle", None):
            self.close()

    def _open(self) -> ctypes.c_void_p:
        if not self._handle:
            raise ValueError("the monitor is closed")
        return self._handle

    def _outcome(self, function: Callable[..., int], record: Record) -> Outcome:
        line = _json(record)
        outcome = ctypes.c_int32()
        with self._lock:
            status = function(self._open(), _library.given(line), ctypes.byref(outcome))
            if status != _library.INPUT:
                self._raise(status)
        return Outcome(outcome.value)

    def _text(self, function: Callable[..., int]) -> bytes:
        text = _library.Text()
        with self._lock:
            self._raise(function(self._open(), ctypes.byref(text)))
            return text.bytes()

    def _problem(self) -> str:
        return _ww.ww_monitor_problem(self._handle).bytes().decode(errors="replace")

    def _raise(self, status: int) -> None:
        if status != _library.FINE:
            _raise(status, self._problem())


class _Asking:
    """A reader as the library calls it. Its answers live as long as this; what it raises waits here."""

    def __init__(self, read: Reader):
        self.raised: Optional[BaseException] = None
        self._read = read
        self._answers: List[bytes] = []
        self.function = _library.Read(self._ask)

    def _ask(self, _user: Any, name: _library.Text, asker: _library.Text, content: Any) -> int:
        try:
            answer = None if self.raised else self._read(name.bytes().decode(errors="surrogateescape"),
                                                         asker.bytes().decode(errors="surrogateescape"))
            if answer is None:
                return 1
            self._answers.append(_bytes(answer))
            content[0] = _library.given(self._answers[-1])
            return 0
        except BaseException as raised:  # nothing may pass through the library; `compile` raises it again
            self.raised = raised
            return 1


def _policy_files(files: Mapping[str, Union[str, bytes]]) -> Any:
    array = (_library.PolicyFile * len(files))()
    for place, (name, content) in enumerate(files.items()):
        array[place] = _library.PolicyFile(_library.given(name.encode(errors="surrogateescape")),
                                           _library.given(_bytes(content)))
    return array


def _bytes(content: Union[str, bytes]) -> bytes:
    if isinstance(content, str):
        return content.encode()
    if isinstance(content, (bytes, bytearray, memoryview)):
        return bytes(content)
    raise TypeError(f"text or bytes are needed, not {type(content).__name__}")


def _json(record: Record) -> bytes:
    if isinstance(record, Mapping):
        return json.dumps(dict(record), default=_plain, allow_nan=False).encode()
    return _bytes(record)


def _plain(value: Any) -> Any:
    """What JSON does not know."""
    if isinstance(value, datetime.datetime):
        # as logs write it, for what a record says is part of its id
        return _aware(value).astimezone(datetime.timezone.utc).isoformat().replace("+00:00", "Z")
    if isinstance(value, datetime.date):
        return value.isoformat()
    raise TypeError(f"a {type(value).__name__} cannot be part of a record")


def _aware(time: datetime.datetime) -> datetime.datetime:
    if time.utcoffset() is None:
        raise ValueError("a datetime without a zone says no time: give it a tzinfo")
    return time


def _microseconds(time: Time) -> int:
    if isinstance(time, datetime.datetime):
        return (_aware(time) - _epoch) // datetime.timedelta(microseconds=1)
    if isinstance(time, bool) or not isinstance(time, int):
        raise TypeError("a time is a datetime, or microseconds since 1970 as an int")
    if not -(2**63) <= time <= _no_limit:
        raise ValueError("a time in microseconds since 1970 has 64 bits")
    return time


def _lines(text: bytes) -> List[Dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def _raise(status: int, problem: str) -> None:
    if status == _library.FINE:
        return
    if status == _library.LIMIT:
        raise LimitError(problem)
    raise ValueError(problem) if status == _library.USAGE else Error(problem)

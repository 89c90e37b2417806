"""The shared library: where it is, and its functions as ctypes sees them. Nothing of it is for users of the package."""
from __future__ import annotations

import ctypes
import ctypes.util
import os
import pathlib
from typing import Iterator, Optional

# ww_status
FINE, NOT_COMPILED, USAGE, INPUT, LIMIT, INTERNAL = 0, 2, 3, 4, 5, 70


class Text(ctypes.Structure):
    """A text that the library gives."""

    _fields_ = [("data", ctypes.c_void_p), ("length", ctypes.c_size_t)]

    def bytes(self) -> bytes:
        return ctypes.string_at(self.data, self.length) if self.length else b""


class Given(ctypes.Structure):
    """A text that the library is given; as Text, but made in less time, and it keeps what it points to."""

    _fields_ = [("data", ctypes.c_char_p), ("length", ctypes.c_size_t)]


def given(content: bytes) -> Given:
    return Given(content, len(content))


class PolicyFile(ctypes.Structure):
    _fields_ = [("name", Given), ("text", Given)]


Read = ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_void_p, Text, Text, ctypes.POINTER(Given))


class PolicyOptions(ctypes.Structure):
    _fields_ = [("size", ctypes.c_size_t), ("read", Read), ("user", ctypes.c_void_p)]


class MonitorOptions(ctypes.Structure):
    _fields_ = [("size", ctypes.c_size_t), ("key", Given), ("reveal", ctypes.c_int32),
                ("memory_bytes", ctypes.c_uint64), ("latest", ctypes.c_int64)]


class Lines(ctypes.Structure):
    _fields_ = [("size", ctypes.c_size_t), ("lines", ctypes.c_uint64), ("taken", ctypes.c_uint64),
                ("unused", ctypes.c_uint64), ("late", ctypes.c_uint64), ("rejected", ctypes.c_uint64),
                ("first_rejected", ctypes.c_uint64), ("problem", Text)]


_handle, _status = ctypes.c_void_p, ctypes.c_int32
_of_text, _of_handle = ctypes.POINTER(Text), ctypes.POINTER(ctypes.c_void_p)
_outcome = ctypes.POINTER(ctypes.c_int32)

# name: what it returns, what it takes
_functions = {
    "ww_version": (ctypes.c_char_p, []),
    "ww_policies_compile": (_status, [ctypes.POINTER(PolicyFile), ctypes.c_size_t, ctypes.POINTER(PolicyOptions),
                                      _of_handle]),
    "ww_policies_standard": (_status, [Given, _of_handle]),
    "ww_policies_messages": (Text, [_handle]),
    "ww_policies_free": (None, [_handle]),
    "ww_monitor_new": (_status, [_handle, ctypes.POINTER(MonitorOptions), _of_handle]),
    "ww_monitor_free": (None, [_handle]),
    "ww_monitor_enter": (_status, [_handle, Given, _outcome]),
    "ww_monitor_push": (_status, [_handle, Given, _outcome]),
    "ww_monitor_push_lines": (_status, [_handle, Given, ctypes.POINTER(Lines)]),
    "ww_monitor_allow_until": (_status, [_handle, ctypes.c_int64]),
    "ww_monitor_advance": (_status, [_handle, ctypes.c_int64]),
    "ww_monitor_take_alerts": (_status, [_handle, _of_text]),
    "ww_monitor_score": (_status, [_handle, Given, Given, ctypes.POINTER(ctypes.c_double)]),
    "ww_monitor_open_watches": (_status, [_handle, _of_text]),
    "ww_monitor_save": (_status, [_handle, _of_text]),
    "ww_monitor_restore": (_status, [_handle, Given]),
    "ww_monitor_problem": (Text, [_handle]),
}


def _places() -> Iterator[str]:
    """Where the library may be, in this order; $WATCHWORD_LIBRARY, if it is set, is the only one."""
    chosen = os.environ.get("WATCHWORD_LIBRARY")
    if chosen:
        yield chosen
        return
    package = pathlib.Path(__file__).resolve().parent
    folders = [package]
    if package.parent.name == "python" and package.parent.parent.name == "bindings":
        folders.append(package.parents[2] / "build")
    for folder in folders:
        for name in ("libwatchword.so.0", "libwatchword.so"):
            if (folder / name).is_file():
                yield str(folder / name)
    yield "libwatchword.so.0"
    found: Optional[str] = ctypes.util.find_library("watchword")
    if found:
        yield found


def load() -> ctypes.CDLL:
    """OSError: it is not there, or is not this library."""
    problems = []
    for place in _places():
        try:
            library = ctypes.CDLL(place)
            for name, (result, arguments) in _functions.items():
                function = getattr(library, name)
                function.restype, function.argtypes = result, arguments
            return library
        except (OSError, AttributeError) as problem:
            problems.append(str(problem))
    raise OSError("Watchword's library cannot be loaded; $WATCHWORD_LIBRARY may say where it is: " + "; ".join(problems))

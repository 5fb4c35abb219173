"""What a solver prints is kept off our stdout, what it prints from C as well.

HiGHS 1.16 greets on stdout whatever `output_flag` says: JSON after a greeting is no JSON.
"""

from __future__ import annotations

import functools
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

#: The file descriptor C and Python take for stdout.
STDOUT = 1

_changing = threading.Lock()
_inside = 0
_kept: int | None = None


@contextmanager
def kept_off_stdout() -> Iterator[None]:
    """Send what is written to stdout meanwhile nowhere; what we wrote before comes out as ever.

    The whole process has one stdout, so that it counts for every thread: the first to come in turns
    it away, the last to leave turns it back. Around solver calls only, where none of ours writes.
    """
    _enter()
    try:
        yield
    finally:
        _leave()


def _enter() -> None:
    global _inside, _kept  # noqa: PLW0603 (as many as the process has stdouts: one)
    with _changing:
        _inside += 1
        if _inside == 1:
            _kept = _turned_away()


def _leave() -> None:
    global _inside, _kept  # noqa: PLW0603
    with _changing:
        _inside -= 1
        if _inside == 0 and _kept is not None:
            _flush_python()
            _flush_c()
            os.dup2(_kept, STDOUT)
            os.close(_kept)
            _kept = None


def _turned_away() -> int | None:
    """Point stdout at nothing and give what it was; None where there is none to keep clean."""
    if not _flush_python():
        return None  # ours can't be written, and must not be flushed to nowhere afterwards
    _flush_c()
    try:
        kept = os.dup(STDOUT)
    except OSError:
        return None  # closed: whatever is printed goes nowhere already
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, STDOUT)
    os.close(nowhere)
    return kept


def _flush_python() -> bool:
    """Write out what Python holds back; whether that went well."""
    for stream in (sys.stdout, sys.__stdout__):
        if stream is None or stream.closed:
            continue
        try:
            stream.flush()
        except (OSError, ValueError):
            return False
    return True


def _flush_c() -> None:
    """Write out what C holds back: without a terminal it writes in blocks, long after printing."""
    with suppress(OSError):
        _c_flush()()


@functools.cache
def _c_flush() -> Callable[[], object]:
    """`fflush(stdout)` of the C library in use; of stdout alone, as another stream may be locked."""
    import ctypes

    try:
        if sys.platform == "win32":
            library = ctypes.CDLL("ucrtbase")
            library.__acrt_iob_func.restype = ctypes.c_void_p
            stream = ctypes.c_void_p(library.__acrt_iob_func(STDOUT))
        else:
            library = ctypes.CDLL(None)
            name = "__stdoutp" if sys.platform == "darwin" else "stdout"
            stream = ctypes.c_void_p.in_dll(library, name)
        return functools.partial(library.fflush, stream)
    except (OSError, AttributeError, ValueError):
        return lambda: None  # a C library we don't know

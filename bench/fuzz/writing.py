"""A process that writes files over and over, to be ended at any moment."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

FILES = tuple(f"{k}.csv" for k in range(8))
SIZE = 120_000
_WRITER = f"""
import signal, sys
from pathlib import Path
from portfolio.report.files import write_all
from portfolio.workflows.interrupt import ended_in_order
# A shell may have set them aside, or whoever was to outlive it (nohup).
signal.signal(signal.SIGINT, signal.default_int_handler)
if hasattr(signal, "SIGHUP"):
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
folder, number = Path(sys.argv[1]), 0
try:
    with ended_in_order():
        while True:
            number += 1
            write_all(folder, dict.fromkeys({FILES!r}, b"%06d" % number * {SIZE // 6}))
            print("written", flush=True)
except KeyboardInterrupt:
    sys.exit(130)
"""


def started(folder: Path) -> subprocess.Popen[bytes]:
    """The process, once it has written all files for the first time."""
    process = subprocess.Popen([sys.executable, "-c", _WRITER, str(folder)], stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    return process


def held(folder: Path) -> list[bytes]:
    """What the files hold."""
    return [(folder / name).read_bytes() for name in FILES]


def ended(process: subprocess.Popen[bytes], number: int) -> int:
    """End the process by a signal and wait; its code."""
    process.send_signal(number)
    process.communicate()
    return process.returncode

"""LibreOffice, where it is installed: one set of its settings for all conversions of a process."""

from __future__ import annotations

import atexit
import functools
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from tempfile import mkdtemp

SOFFICE = shutil.which("soffice") or shutil.which("libreoffice")
if SOFFICE is None and os.environ.get("PORTFOLIO_REQUIRE_SOFFICE"):
    raise RuntimeError("LibreOffice is required here and not installed")
#: Seconds after which it hangs for certain; no machine is so slow.
HANGS = 3_600


@functools.cache
def _profile() -> Path:
    """Settings of its own for this process: the first start makes them, which takes longest."""
    folder = Path(mkdtemp(prefix="soffice-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def convert(paths: Sequence[Path], to: str, folder: Path) -> None:
    """Convert files in one start of LibreOffice; what is made goes into a folder."""
    assert SOFFICE is not None
    subprocess.run(
        [
            SOFFICE,
            f"-env:UserInstallation={_profile().as_uri()}",
            "--headless",
            "--convert-to",
            to,
            "--outdir",
            str(folder),
            *map(str, paths),
        ],
        check=True,
        capture_output=True,
        timeout=HANGS,
    )

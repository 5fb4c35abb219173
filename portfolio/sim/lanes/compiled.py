"""The kernel compiled by Numba for this machine, once for a state of its sources, and kept on disk."""

from __future__ import annotations

import os
import platform
import shutil
import tempfile
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from hashlib import blake2b
from pathlib import Path
from types import FunctionType
from typing import Any

from llvmlite.binding import get_host_cpu_name
from numba import __version__ as numba_version
from numba import config as numba_config
from numba import int64, njit, void

from portfolio.sim.lanes import arenas, inputs, kernel, machine_vectors, vectors
from portfolio.sim.lanes.arenas import Play
from portfolio.sim.lanes.machine_vectors import WIDTH, Bundle

CONFIG: Any = numba_config
#: `_nrt`: nothing is allocated in compiled code, so arrays need no counting of references.
OPTIONS: dict[str, Any] = {"nogil": True, "error_model": "numpy", "_nrt": False}
#: What only compiled code calls needs no way in from Python, and has nothing to be rewritten.
INNER: dict[str, Any] = {
    **OPTIONS, "no_cpython_wrapper": True, "no_cfunc_wrapper": True, "no_rewrites": True,
}  # fmt: skip
#: Of `_play`.
SIGNATURE = void(int64[::1], int64, int64)
#: Functions that take or give these are compiled into their callers: in memory they would cost.
LANE_VALUES = ("Lanes", "Flags", "Places")
#: So are these: done in every quarter, they cost less than a call and the loads after it.
SMALL = ("alive", "pay", "draw_loans")
#: What the compiled kernel is made of.
SOURCES = (arenas, inputs, kernel, machine_vectors, vectors)
#: The list of what is kept, with sums; written last.
SEAL = "seal.txt"
_LOCK = threading.Lock()


def play_blocks(play: Play, start_path: int, stop_path: int) -> None:
    """`kernel.play_blocks`, compiled; arenas are as wide as machine vectors."""
    bundle = Bundle(play)
    ready()(bundle.listed, start_path, stop_path)


def ready() -> Callable[..., None]:
    """The compiled kernel: as it is in this process, as kept on disk, or compiled now and kept."""
    with _LOCK:
        return _ready()


def is_kept() -> bool:
    """Whether the kernel need not be compiled first: it was in this process, or is kept whole."""
    return bool(_ready.cache_info().currsize) or any(
        _is_whole(folder / "kept") for folder in homes()
    )


@cache
def _ready() -> Callable[..., None]:
    for home in homes():
        kept = home / "kept"
        if _is_whole(kept):
            with suppress(Exception):  # whatever the files make Numba stumble over: new ones
                return _compiled(kept)
        shutil.rmtree(kept, ignore_errors=True)
    for home in homes():
        # Full, read-only or taken from under our feet, in Numba's words or in ours: the next place.
        with suppress(Exception):
            return _compiled_and_kept(home)
    return _compiled(None)


def homes() -> list[Path]:
    """Where compiled code may be kept, the best place first.

    Where Numba is told to keep things, beside the sources, or the user's own folder; in each a
    folder of its own for every state of the sources, release of Numba and kind of processor.
    """
    of = (numba_version, get_host_cpu_name(), platform.machine(), WIDTH)
    state = blake2b(repr(of).encode())
    for source in SOURCES:
        state.update(Path(str(source.__file__)).read_bytes())
    name = f"lanes-{state.hexdigest()[:16]}"
    bases = [Path(CONFIG.CACHE_DIR)] if CONFIG.CACHE_DIR else []
    bases.append(Path(__file__).parent / "__pycache__")
    with suppress(RuntimeError):  # a container's user may have no home
        user = Path(os.environ.get("LOCALAPPDATA") or Path("~/.cache").expanduser())
        bases.append(user / "portfolio")
    return [base / name for base in bases]


def _compiled_and_kept(home: Path) -> Callable[..., None]:
    """Compile into a folder of this process, and put it in its place when it is whole.

    Raises
    ------
    OSError
        Nothing can be kept there.
    """
    home.mkdir(parents=True, exist_ok=True)
    new = Path(tempfile.mkdtemp(prefix="new-", dir=home))
    try:
        found = _compiled(new)
        (new / SEAL).write_text(_sums(new), encoding="utf-8")
        with suppress(OSError):  # another process was first
            new.rename(home / "kept")
        return found
    finally:
        shutil.rmtree(new, ignore_errors=True)


def _is_whole(folder: Path) -> bool:
    """Whether the files are those that were sealed."""
    try:
        return (folder / SEAL).read_text(encoding="utf-8") == _sums(folder)
    except (OSError, UnicodeError):
        return False


def _sums(folder: Path) -> str:
    files = sorted(path for path in folder.rglob("*.nb?") if path.is_file())
    return "".join(f"{path.name} {blake2b(path.read_bytes()).hexdigest()}\n" for path in files)


def _compiled(folder: Path | None) -> Callable[..., None]:
    """The compiled kernel, kept in a folder: taken from there if it is there."""
    names = _names()
    before = CONFIG.CACHE_DIR
    CONFIG.CACHE_DIR = str(folder or before)
    try:
        compiler = njit(SIGNATURE, **OPTIONS, cache=folder is not None)
        return compiler(_renamed(_play, names))  # type: ignore[no-any-return]
    finally:
        CONFIG.CACHE_DIR = before


def lowered() -> tuple[str, str]:
    """The kernel in LLVM's language as Numba lowers it, and before that the name of its way in.

    Nothing but the kernel: no way in from Python, nothing kept.
    """
    made: Any = njit(SIGNATURE, **INNER)(_renamed(_play, _names()))
    of: Any = made.overloads[made.signatures[0]]
    return of.fndesc.llvm_func_name, of.library.get_llvm_str()


def _names() -> dict[str, Any]:
    """What the names of the kernel stand for when it is compiled."""
    machine_vectors.register()
    names = {**vars(kernel), "as_play": machine_vectors.unbundled(Play), "WIDTH": WIDTH}
    for name, function in vars(kernel).items():
        if isinstance(function, FunctionType) and function.__module__ == kernel.__name__:
            kinds = map(str, function.__annotations__.values())
            inlined = name in SMALL or any(value in kind for kind in kinds for value in LANE_VALUES)
            names[name] = njit(**INNER, forceinline=inlined)(_renamed(function, names))
    return names


def _renamed(function: Any, names: dict[str, Any]) -> FunctionType:
    """A copy in which names stand for other things; the kernel itself stays plain Python."""
    copy = FunctionType(function.__code__, names, function.__name__, function.__defaults__)
    copy.__module__, copy.__qualname__ = function.__module__, function.__name__
    return copy


def _play(listed, start_path, stop_path):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """What Python calls: the names are those of `_compiled`."""
    play_blocks(as_play(listed), start_path, stop_path, WIDTH)  # type: ignore  # noqa: F821

"""The kernel as WebAssembly, for the page that plays: `engine.wasm`, built from the rules' one source.

    python -m tools.build_wasm [FILE]

Numba types and lowers the kernel as for this machine, with the lanes of a WebAssembly vector and
before any optimisation; LLVM then makes it over for `wasm32`, and LLD, out of the wheel `ziglang`
(extra `wasm`), links it. Neither is needed where the page is written or read. The same versions on
the same kind of machine give the same bytes: `tests/tools/test_build_wasm.py` compares.

No instruction of it fuses a product and a sum: those of relaxed SIMD stay off, so a number is what
it is everywhere.
"""

from __future__ import annotations

import os
import platform
import re
import subprocess
import sys
import tempfile
from hashlib import blake2b
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

SHIPPED = Path(__file__).parent.parent / "portfolio" / "report" / "assets" / "engine.wasm"
#: A vector of WebAssembly holds two float64.
LANES = 2
TRIPLE = "wasm32-unknown-unknown"
#: As LLVM lays out data for that target.
LAYOUT = "e-m:e-p:32:32-p10:8:8-p20:8:8-i64:64-i128:128-n32:64-S128-ni:1:10:20"
FEATURES = "+simd128,+bulk-memory,+nontrapping-fptoint,+sign-ext,+mutable-globals"
STACK = 65_536
#: Name of the section that says what the file was made of.
MADE_OF = "made-of"
#: What the kernel is made of.
SOURCES = ("arenas", "compiled", "inputs", "kernel", "machine_vectors", "vectors")
#: Numba asks these at its import. `generic`: what it lowers is the same on every machine of a kind.
NUMBA = {"NUMBA_CPU_NAME": "generic", "NUMBA_CPU_FEATURES": "", "NUMBA_OPT": "0"}
WAY_IN = """
define i32 @play(i32 %listed, i32 %start, i32 %stop) {{
  %result = alloca ptr
  %raised = alloca ptr
  %data = inttoptr i32 %listed to ptr
  %first = zext i32 %start to i64
  %after = zext i32 %stop to i64
  %status = call i32 @{name}(ptr %result, ptr %raised, ptr null, ptr null, i64 0, i64 8, ptr %data, i64 0, i64 8, i64 %first, i64 %after)
  ret i32 %status
}}
"""


def sources() -> str:
    """A sum of all that decides what the module does."""
    from portfolio.sim.lanes import vectors

    lanes = Path(vectors.__file__).parent
    state = blake2b(digest_size=16)
    for path in (*(lanes / f"{name}.py" for name in SOURCES), Path(__file__)):
        state.update(path.read_bytes().replace(b"\r\n", b"\n"))
    return state.hexdigest()


def tools() -> str | None:
    """The versions that decide the bytes; None where the linker is not installed."""
    try:
        of = [f"{name} {version(name)}" for name in ("llvmlite", "numba", "ziglang")]
    except PackageNotFoundError:
        return None
    return ", ".join(
        (f"Python {sys.version_info[0]}.{sys.version_info[1]}", platform.machine(), *of)
    )


def made_of(wasm: bytes) -> tuple[str, str]:
    """What a built file says it was made of: `sources()` and `tools()` as they were then."""
    found = wasm.rpartition(MADE_OF.encode())[2].decode()
    source, _, of = found.partition("\n")
    return source, of


def build() -> bytes:
    """The module.

    Raises
    ------
    RuntimeError
        The linker is missing, or the kernel was loaded before for this machine.
    """
    of = tools()
    if of is None:
        raise RuntimeError("the linker is missing: pip install -e .[wasm]")
    with tempfile.TemporaryDirectory() as folder:
        compiled, linked = Path(folder, "engine.o"), Path(folder, "engine.wasm")
        compiled.write_bytes(_object(_lowered()))
        _link(compiled, linked)
        return linked.read_bytes() + _section(f"{sources()}\n{of}")


def _lowered() -> str:
    """The kernel in LLVM's language for no machine in particular, with `WAY_IN`."""
    if "numba" in sys.modules:
        raise RuntimeError("the kernel is built in a process of its own")
    from portfolio.sim.lanes.vectors import LANES_ASKED

    os.environ.update(NUMBA, **{LANES_ASKED: str(LANES)})
    from portfolio.sim.lanes.compiled import lowered

    name, text = lowered()
    changes = (
        (r"^target datalayout = .*$", f'target datalayout = "{LAYOUT}"'),
        (r"^target triple = .*$", f'target triple = "{TRIPLE}"'),
        (r"= common global", "= internal global"),
        (r"^define (linkonce_odr )?", "define internal "),
    )
    for old, new in changes:
        text = re.sub(old, new, text, flags=re.MULTILINE)
    return text + WAY_IN.format(name=name)


def _object(text: str) -> bytes:
    """Optimised and compiled for WebAssembly."""
    import llvmlite.binding as llvm

    llvm.initialize_all_targets()
    llvm.initialize_all_asmprinters()
    module = llvm.parse_assembly(text)
    module.verify()
    machine = llvm.Target.from_triple(TRIPLE).create_target_machine(
        cpu="generic", features=FEATURES, opt=3, reloc="static"
    )
    options = llvm.create_pipeline_tuning_options(speed_level=2)
    builder = llvm.create_pass_builder(machine, options)
    builder.getModulePassManager().run(module, builder)
    found: Any = machine.emit_object(module)
    return bytes(found)


def _link(compiled: Path, linked: Path) -> None:
    options = ["--no-entry", "--export=play", "--export=__heap_base", "--import-memory"]
    options += ["--stack-first", "-z", f"stack-size={STACK}", "--gc-sections", "--strip-all"]
    words = [sys.executable, "-m", "ziglang", "wasm-ld", *options, str(compiled), "-o", str(linked)]
    subprocess.run(words, check=True)


def _section(text: str) -> bytes:
    """A section that says something and does nothing."""
    name, content = MADE_OF.encode(), text.encode()
    body = bytes([len(name)]) + name + content
    return b"\0" + _leb128(len(body)) + body


def _leb128(number: int) -> bytes:
    found = bytearray()
    while True:
        number, low = number >> 7, number & 127
        found.append(low | (128 if number else 0))
        if not number:
            return bytes(found)


if __name__ == "__main__":
    file = Path(sys.argv[1]) if len(sys.argv) > 1 else SHIPPED
    file.write_bytes(build())

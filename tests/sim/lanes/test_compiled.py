"""The compiled kernel as kept on disk: whole and of this state of the sources, or made anew."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from portfolio.sim.lanes.many_paths import compiler_missing

pytestmark = pytest.mark.skipif(compiler_missing(), reason="Numba is missing")


class Compiler:
    """Stands for Numba: keeps two files in a folder, or finds them there."""

    def __init__(self) -> None:
        self.compiled: list[Path | None] = []
        self.loaded: list[Path] = []
        self.stumbles = False

    def __call__(self, folder: Path | None) -> Callable[..., None]:
        if folder is not None and (folder / "deep" / "play.nbi").exists():
            if self.stumbles:
                raise EOFError("Ran out of input")
            self.loaded.append(folder)
        else:
            self.compiled.append(folder)
            if folder is not None:
                (folder / "deep").mkdir()
                (folder / "deep" / "play.nbi").write_bytes(b"index")
                (folder / "deep" / "play.1.nbc").write_bytes(b"code" * 50)
        return lambda *_: None


@pytest.fixture
def compiler(monkeypatch: pytest.MonkeyPatch) -> Iterator[Compiler]:
    from portfolio.sim.lanes import compiled

    found = Compiler()
    monkeypatch.setattr(compiled, "_compiled", found)
    compiled._ready.cache_clear()
    yield found
    compiled._ready.cache_clear()


def ready(monkeypatch: pytest.MonkeyPatch, *homes: Path) -> None:
    """As a new process would find it."""
    from portfolio.sim.lanes import compiled

    monkeypatch.setattr(compiled, "homes", lambda: list(homes))
    compiled._ready.cache_clear()
    compiled.ready()
    assert compiled.is_kept()


def test_it_is_compiled_once_and_then_taken_from_where_it_is_kept(compiler, monkeypatch, tmp_path):
    ready(monkeypatch, tmp_path / "a", tmp_path / "b")
    assert (len(compiler.compiled), compiler.loaded) == (1, [])
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["kept"]
    ready(monkeypatch, tmp_path / "a", tmp_path / "b")
    assert (len(compiler.compiled), compiler.loaded) == (1, [tmp_path / "a" / "kept"])
    assert not (tmp_path / "b").exists()


@pytest.mark.parametrize("name", ["deep/play.nbi", "deep/play.1.nbc", "seal.txt"])
@pytest.mark.parametrize("damage", [b"", b"\xff\x00 something else"])
def test_a_damaged_or_half_written_file_is_dropped_and_renewed(
    name: str, damage: bytes, compiler, monkeypatch, tmp_path
):
    ready(monkeypatch, tmp_path)
    whole = (tmp_path / "kept" / name).read_bytes()
    (tmp_path / "kept" / name).write_bytes(damage)
    ready(monkeypatch, tmp_path)
    assert (len(compiler.compiled), compiler.loaded) == (2, [])
    assert (tmp_path / "kept" / name).read_bytes() == whole
    ready(monkeypatch, tmp_path)
    assert compiler.loaded == [tmp_path / "kept"]


def test_a_file_that_is_gone_makes_it_new(compiler, monkeypatch, tmp_path):
    ready(monkeypatch, tmp_path)
    (tmp_path / "kept" / "deep" / "play.1.nbc").unlink()
    ready(monkeypatch, tmp_path)
    assert len(compiler.compiled) == 2


def test_what_numba_stumbles_over_is_renewed(compiler, monkeypatch, tmp_path):
    ready(monkeypatch, tmp_path)
    compiler.stumbles = True
    ready(monkeypatch, tmp_path)
    compiler.stumbles = False
    assert (len(compiler.compiled), compiler.loaded) == (2, [])
    ready(monkeypatch, tmp_path)
    assert compiler.loaded == [tmp_path / "kept"]


def test_where_nothing_can_be_written_the_next_place_is_taken(compiler, monkeypatch, tmp_path):
    barred = tmp_path / "file"
    barred.write_text("not a folder")
    ready(monkeypatch, barred / "a", tmp_path / "b")
    assert (tmp_path / "b" / "kept" / "seal.txt").exists()
    ready(monkeypatch, barred / "a")
    assert compiler.compiled[-1] is None  # kept nowhere
    assert barred.read_text() == "not a folder"


def test_a_full_disk_leaves_no_half_of_it(compiler, monkeypatch, tmp_path):
    from portfolio.sim.lanes import compiled

    def full(folder: Path) -> str:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(compiled, "_sums", full)
        ready(patch, tmp_path)
    assert compiler.compiled[-1] is None
    assert list(tmp_path.iterdir()) == []


def test_two_at_once_leave_one_whole_of_it(monkeypatch, tmp_path):
    """The slower of two processes finds the other's in its place, and both can play."""
    from portfolio.sim.lanes import compiled

    class Overtaken(Compiler):
        def __call__(self, folder: Path | None) -> Callable[..., None]:
            made = super().__call__(folder)
            if len(self.compiled) == 1 and folder is not None:
                compiled._compiled_and_kept(tmp_path)  # by the other, meanwhile
            return made

    slower = Overtaken()
    monkeypatch.setattr(compiled, "_compiled", slower)
    ready(monkeypatch, tmp_path)
    assert len(slower.compiled) == 2
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]
    ready(monkeypatch, tmp_path)
    assert slower.loaded == [tmp_path / "kept"]
    compiled._ready.cache_clear()


def test_without_a_home_there_are_the_other_places(monkeypatch, tmp_path):
    """A container's user may have neither HOME nor an entry among the users."""
    from portfolio.sim.lanes import compiled

    def nobody(_: Path) -> Path:
        raise RuntimeError("Could not determine home directory.")

    before = compiled.homes()
    monkeypatch.delenv("LOCALAPPDATA", raising=False)
    monkeypatch.setattr(Path, "expanduser", nobody)
    assert compiled.homes() == before[:-1] != []


def test_every_state_of_the_sources_has_a_place_of_its_own(monkeypatch, tmp_path):
    from portfolio.sim.lanes import compiled

    before = compiled.homes()
    monkeypatch.setattr(compiled, "numba_version", "0.1")
    assert not set(before) & set(compiled.homes())

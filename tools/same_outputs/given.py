"""The files all cases of a record are given: the workbook, the scenarios, damaged ones of both."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import openpyxl

from tools.same_outputs.scenario_texts import HEAD, REFUSED_CHANGES, REFUSED_FILES, VERBS
from tools.same_outputs.workbook_damages import damaged_workbooks

WORKBOOK = "十大工程.xlsx"
BAD_WORKBOOKS, BAD_SCENARIOS, VERB_SCENARIOS = "坏表", "坏情景", "动作"
MIXED = "混合"


@dataclass(frozen=True, kw_only=True)
class GivenFiles:
    """Files by their names below one folder, and what is to be known of the workbook."""

    files: dict[str, bytes]
    workbook_sha256: str
    sheets: tuple[str, ...]

    def below(self, folder: str) -> list[str]:
        """The names of the files of a folder."""
        return sorted(name for name in self.files if name.startswith(f"{folder}/"))

    def scenarios(self) -> list[str]:
        """The names of the shipped scenarios."""
        names = (Path(name) for name in self.below("scenarios"))
        return [path.stem for path in names if path.suffix == ".yaml"]

    def brought(self, brings: tuple[str, ...]) -> dict[str, bytes]:
        """What a case finds in its folder: a file by its own name, a folder's files below it."""
        found: dict[str, bytes] = {}
        for name in brings:
            if name in self.files:
                found[Path(name).name] = self.files[name]
            found |= {each: self.files[each] for each in self.below(name)}
        return found


def given_files(
    inputs: dict[str, bytes], scenarios: dict[str, bytes], made: Mapping[str, bytes] | None = None
) -> GivenFiles:
    """The files of a tree, what is made from them, and what its program made up.

    Raises
    ------
    ValueError
        If the workbook is not among them.
    """
    if WORKBOOK not in inputs:
        raise ValueError(f"there is no {WORKBOOK}")
    workbook = inputs[WORKBOOK]
    files = {f"inputs/{name}": content for name, content in inputs.items()}
    files |= {f"scenarios/{name}": content for name, content in scenarios.items()}
    files |= {f"{BAD_WORKBOOKS}/{k}": v for k, v in damaged_workbooks(workbook)}
    files |= scenario_cases()
    files |= made or {}
    book = openpyxl.load_workbook(io.BytesIO(workbook), read_only=True)
    return GivenFiles(
        files=files,
        workbook_sha256=hashlib.sha256(workbook).hexdigest(),
        sheets=tuple(book.sheetnames),
    )


def scenario_cases() -> dict[str, bytes]:
    """Scenario files of one verb each, and faulty ones."""
    files: dict[str, bytes] = {}
    for number, text in enumerate(VERBS):
        files[f"{VERB_SCENARIOS}/v{number:02d}.yaml"] = f"{HEAD}  - {text}\n".encode()
    for number, text in enumerate(REFUSED_CHANGES):
        files[f"{BAD_SCENARIOS}/c{number:03d}.yaml"] = f"{HEAD}{text}".encode()
    for number, text in enumerate(REFUSED_FILES):
        files[f"{BAD_SCENARIOS}/f{number:02d}.yaml"] = text.encode()
    files[f"{BAD_SCENARIOS}/gbk.yaml"] = "# abc\n标题: 试\n变更: []\n".encode("gbk")
    files[f"{BAD_SCENARIOS}/utf16.yaml"] = "标题: 试\n变更: []\n".encode("utf-16")
    files[f"{BAD_SCENARIOS}/long.yaml"] = ("标题: 试\n" + "# 长\n" * 300_000).encode()
    files[f"{BAD_SCENARIOS}/deep.yaml"] = b"[" * 5000
    for name, parent in (("甲", "乙"), ("乙", "丙"), ("丙", "甲")):
        text = f"标题: {name}\n继承: {parent}\n变更: []\n"
        files[f"{MIXED}/{name}.yaml"] = text.encode()
    child = "标题: 子\n继承: 专项债收紧\n变更:\n  - 渠道额度: {渠道: SPB, 年份: 2024, 变动: -10%}\n"
    files[f"{MIXED}/子.yaml"] = child.encode()
    return files

"""The text of a scenario file: UTF-8 or a problem that says how to save it so."""

from __future__ import annotations

from pathlib import Path

from portfolio.model.problems import Problem
from portfolio.read.scenario_tree import Sink

LARGEST_FILE_BYTES = 1_000_000
UTF8_FIX = "请用记事本打开，“另存为”时编码选 UTF-8"


def decoded(path: Path, sink: Sink) -> str | None:
    """The file's text; what can't be read as UTF-8 is a problem."""
    try:
        if path.is_dir():
            sink.problems.append(_of_file(path, "是文件夹，不是文件", "请写到具体的 .yaml 文件"))
            return None
        if path.exists() and not path.is_file():  # a pipe would be waited for
            sink.problems.append(
                _of_file(path, "不是普通文件（是管道或设备）", "请写到具体的 .yaml 文件")
            )
            return None
        if path.stat().st_size > LARGEST_FILE_BYTES:
            sink.problems.append(_of_file(path, "超过 1 MB，不像情景文件", "请核对是否选错了文件"))
            return None
        data = path.read_bytes()
    except FileNotFoundError:
        sink.problems.append(_of_file(path, "文件不存在", "请核对文件名和所在文件夹"))
        return None
    except OSError:
        sink.problems.append(_of_file(path, "文件打不开", "请关闭占用它的程序，或核对权限"))
        return None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        sink.refuse(line, f"文件编码是 {_encoding(data)}，不是 UTF-8", UTF8_FIX)
        return None


def _encoding(data: bytes) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "UTF-16"
    try:
        data.decode("gb18030")
    except UnicodeDecodeError:
        return "未知"
    return "GBK"


def _of_file(path: Path, found: str, fix: str) -> Problem:
    return Problem(place=path.name, found=found, fix=fix)

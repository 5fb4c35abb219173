"""Take the pictures of a returned workbook anew: `python -m tests.report.month_pictures docs/pictures`.

Makes up a workbook, sends out a unit's sheets, fills them in with rows added and some figures
wrong, prints them by LibreOffice and keeps the parts that are shown (`pdftoppm` draws them).
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from pypdf import PdfReader

from portfolio import workflows
from portfolio.workflows.month.collect import write_collected
from tests.report.office import convert
from tests.returned_sheets import Form, filled

MONTH, UNIT = "2026-11", "市民政局"
DOTS = 75
#: Sheet, the words of a header that its page has, picture, and how much of the page is kept.
SHOWN = (
    ("专项债券", "已拨付", "month-bonds.png", (20, 20, 1000, 260)),
    ("资金台账", "检查", "month-purses.png", (20, 20, 790, 540)),
)


def _filled_in(form: Form) -> None:
    """Two figures wrong, four rows added, two of them wrongly."""
    purses = form.rows("资金台账")
    payable = form.cell("资金台账", purses[1], "累计应付")
    payable.value *= 10
    paid = form.cell("资金台账", purses[2], "累计支付")
    paid.value -= 9
    code = form.cell("填报", form.rows("填报")[0], "项目代码").value
    new = {"项目代码": code, "资金渠道": "一般公共预算", "级次": "市本级", "现行预算": 6_000}
    form.add("资金台账", new | {"指标已下达": 4_000, "说明": "示例：调整预算新增"})
    form.add("资金台账", new | {"项目代码": "P99-001"})
    bond = {"债券编码": "SL260002", "债券名称": "示例2026年专项债券（2期）", "项目代码": code}
    form.add("专项债券", bond | {"本期债券金额": 50_000, "已拨付": 20_000, "已支出": 15_000})
    form.add("专项债券", bond | {"债券编码": "SL260003", "已拨付": 20_000, "已支出": 21_000})


def take(folder: Path) -> list[Path]:
    """Write the pictures into a folder."""
    taken = []
    with TemporaryDirectory() as place:
        made = Path(place)
        (book,) = workflows.example(out=made, projects=200)
        write_collected(workflows.collect(workbook=book, month=MONTH), made / "发")
        filled(made / "发", made / "好")
        path = Path(shutil.copy(made / "好" / f"{MONTH} {UNIT}.xlsx", made / "sheet.xlsx"))
        form = Form(path)
        _filled_in(form)
        form.book.save(path)
        convert([path], "pdf", made)
        pages = [page.extract_text() for page in PdfReader(made / "sheet.pdf").pages]
        for sheet, head, name, part in SHOWN:
            number = next(
                k for k, text in enumerate(pages, 1) if f"\n{sheet}" in text and head in text
            )
            taken.append(_drawn(made / "sheet.pdf", number, part, folder / name))
    return taken


def _drawn(file: Path, page: int, part: tuple[int, int, int, int], path: Path) -> Path:
    """A part of a page, in dots: left, top, width, height."""
    options = [f"-{key}" for key in ("x", "y", "W", "H")]
    cut = [str(each) for pair in zip(options, part, strict=True) for each in pair]
    subprocess.run(
        ["pdftoppm", "-r", str(DOTS), "-f", str(page), "-l", str(page), *cut, "-png", "-singlefile",
         str(file), str(path.with_suffix(""))],
        check=True,
    )  # fmt: skip
    return path


if __name__ == "__main__":
    print(*take(Path(sys.argv[1])), sep="\n")

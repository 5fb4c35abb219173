"""The house rules, held by reading the source: directions, library homes, names, circles, width."""

from __future__ import annotations

import ast
import fnmatch
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

import networkx as nx
import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "portfolio"

#: What a part may import of ours besides itself. `cli` stands for cli/ and __main__.py.
MAY_IMPORT = {
    "model": set(),
    "read": {"model"},
    "sim": {"model"},
    "optimize": {"model"},
    "report": {"model"},
    "workflows": {"model", "read", "sim", "optimize", "report", "version"},
    "cli": {"model", "report", "version", "workflows"},
    "version": set(),
    "__init__": {"model", "version", "workflows"},
}
#: A library and the only files (below portfolio/) that may import it.
HOMES = {
    "click": ("cli/*",),
    "dask": ("sim/cluster.py",),
    "distributed": ("sim/cluster.py",),
    "docx": ("report/briefing/document.py",),
    "highspy": ("optimize/warm_model.py",),
    "lxml": ("report/rows_in_place.py",),
    "jinja2": ("report/page/__init__.py",),
    "matplotlib": ("report/briefing/charts.py",),
    "networkx": ("model/gates.py",),
    "numpy": ("model/*", "sim/*", "optimize/*", "report/*", "workflows/hedge.py"),
    "llvmlite": ("sim/lanes/compiled.py", "sim/lanes/machine_vectors.py"),
    "numba": ("sim/lanes/*",),
    "numpy.random": ("sim/luck/*",),
    "openpyxl": ("read/*",),
    "pandas": ("report/tables/render.py",),
    "pulp": ("optimize/solver.py",),
    "random": ("sim/luck/__init__.py",),
    "rich": ("report/screen/*", "cli/*"),
    "ruamel": ("read/scenario/*",),
    "scipy": ("model/plan.py", "model/record/*", "model/study/*", "sim/luck/*"),
    "secrets": (),
    "simpy": ("sim/one_path.py",),
    "xlsxwriter": ("report/*",),
    "yaml": (),
}
#: Where plays are started: only there may a workflow ask what an engine needs of a portfolio.
STARTS_PLAYS = {"workflows/run.py"}
#: The module of `derive`.
DERIVES = "portfolio.model.rules.parameters"
#: What an engine notes of each quarter lost: only the model counts causes by it.
LEDGER = {"lost", "lost_to"}
NAMES_NOT_FOUND = {"utils", "util", "common", "helpers", "helper", "core", "misc", "lib"}
#: Files side by side in a folder, its __init__.py not counted.
WIDEST_FOLDER = 15


@dataclass(frozen=True, kw_only=True)
class Imported:
    """An import: the file below portfolio/, the line, the module named in full."""

    file: str
    line: int
    module: str

    def __str__(self) -> str:
        return f"portfolio/{self.file}:{self.line} imports {self.module}"


def _modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def _part(file: str) -> str:
    """The part of the house a file or module below portfolio/ belongs to."""
    head = file.replace(".", "/").split("/")[0]
    return "cli" if head == "__main__" else head


def _imports(path: Path, source: str) -> list[Imported]:
    """Every import of a file, wherever it stands; `from a import b` names a and a.b."""
    file = path.relative_to(PACKAGE).as_posix()
    here = ("portfolio", *path.relative_to(PACKAGE).parent.parts)
    found = []
    for node in ast.walk(ast.parse(source)):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            above = here[: len(here) - node.level + 1] if node.level else ()
            base = ".".join([*above, *([node.module] if node.module else [])])
            names = [base, *(f"{base}.{alias.name}" for alias in node.names)]
        elif isinstance(node, ast.Call) and ast.unparse(node.func) in (
            "__import__",
            "importlib.import_module",
            "import_module",
        ):
            first = node.args[0] if node.args else None
            names = [
                str(first.value) if isinstance(first, ast.Constant) else "computed at run time"
            ]
        elif isinstance(node, ast.Attribute) and ast.unparse(node) in (
            "np.random",
            "numpy.random",
        ):
            names = ["numpy.random"]
        found += [
            Imported(file=file, line=getattr(node, "lineno", 0), module=name) for name in names
        ]
    return found


def _all_imports() -> list[Imported]:
    return [
        found for path in _modules() for found in _imports(path, path.read_text(encoding="utf-8"))
    ]


def _wrong_way(imports: list[Imported]) -> list[str]:
    """Imports of ours that the directions don't allow."""
    wrong = []
    for found in imports:
        head, _, rest = found.module.partition(".")
        if head != "portfolio":
            continue
        own, other = _part(found.file), _part(rest) if rest else ""
        if other in ("", "__version__", own):
            continue
        if other not in MAY_IMPORT.get(own, set()) and other in {*MAY_IMPORT, *_parts()}:
            wrong.append(str(found))
    return wrong


def _parts() -> set[str]:
    return {_part(path.relative_to(PACKAGE).as_posix().removesuffix(".py")) for path in _modules()}


def _away_from_home(imports: list[Imported]) -> list[str]:
    wrong = []
    for found in imports:
        for library, homes in HOMES.items():
            if found.module != library and not found.module.startswith(f"{library}."):
                continue
            if not any(fnmatch.fnmatch(found.file, home) for home in homes):
                wrong.append(str(found))
    return wrong


def _findings_made(path: Path, source: str) -> list[str]:
    """Where report or workflows work a finding out: by `derive`, or by counting what was lost."""
    file = path.relative_to(PACKAGE).as_posix()
    if _part(file) not in ("report", "workflows"):
        return []
    wrong = [
        str(found)
        for found in _imports(path, source)
        if (found.module.startswith(DERIVES) and file not in STARTS_PLAYS)
        or found.module.split(".")[-1] == "Lost"
    ]
    return wrong + [
        f"portfolio/{file}:{node.lineno} reads .{node.attr}"
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Attribute) and node.attr in LEDGER
    ]


def test_imports_follow_the_directions():
    assert _wrong_way(_all_imports()) == []


def test_every_part_has_its_directions():
    assert _parts() <= set(MAY_IMPORT)


def test_each_library_stays_in_its_home():
    assert _away_from_home(_all_imports()) == []


def test_every_library_imported_has_a_home_or_comes_with_python():
    known = set(sys.stdlib_module_names) | set(HOMES) | {"portfolio"}
    strangers = [str(found) for found in _all_imports() if found.module.split(".")[0] not in known]
    assert strangers == []


def test_libraries_imported_are_declared():
    names = {"docx": "python-docx", "ruamel": "ruamel.yaml"}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    entries = [*project["dependencies"], *project["optional-dependencies"]["cluster"]]
    declared = {entry.split(">")[0].split("[")[0].strip() for entry in entries}
    used = {found.module.split(".")[0] for found in _all_imports()} - set(sys.stdlib_module_names)
    assert {names.get(name, name) for name in used - {"portfolio"}} == declared


@pytest.mark.parametrize(
    ("file", "source"),
    [
        ("model/plan.py", "from portfolio.read import workbook"),
        ("model/plan.py", "from portfolio import report"),
        ("model/plan.py", "if TYPE_CHECKING:\n    from portfolio.sim.one_path import play"),
        ("model/scenarios/draft.py", "from ...read import workbook"),
        ("read/workbook/items.py", "from portfolio.report.words.run import x"),
        ("sim/one_path.py", "def f():\n    from portfolio.read.workbook import read_workbook"),
        ("report/files.py", "from portfolio import workflows"),
        ("report/screen/run.py", "import portfolio.sim.one_path"),
        ("workflows/run.py", "from portfolio.cli import main"),
        ("cli/__init__.py", "from portfolio.read.workbook import read_workbook"),
    ],
)
def test_an_import_the_wrong_way_is_noticed(file, source):
    assert _wrong_way(_imports(PACKAGE / file, source))


@pytest.mark.parametrize(
    ("file", "source"),
    [
        ("model/plan.py", "import networkx as nx"),
        ("report/tables/render.py", "import openpyxl.styles"),
        ("read/workbook.py", "from xlsxwriter import Workbook"),
        ("sim/one_path.py", "import random"),
        ("sim/one_path.py", "from numpy import random"),
        ("sim/one_path.py", "import numpy as np\nx = np.random.default_rng(1)"),
        ("model/rules/allotment.py", "from numpy.random import default_rng"),
        ("report/files.py", "import pandas"),
        ("workflows/run.py", "import click"),
        ("model/quarters.py", "def f():\n    import simpy"),
    ],
)
def test_a_library_away_from_home_is_noticed(file, source):
    assert _away_from_home(_imports(PACKAGE / file, source))


def test_findings_are_made_by_the_model():
    found = [
        wrong
        for path in _modules()
        for wrong in _findings_made(path, path.read_text(encoding="utf-8"))
    ]
    assert found == []


@pytest.mark.parametrize(
    ("file", "source"),
    [
        ("report/words/meeting.py", "from portfolio.model.rules.parameters import derive"),
        ("report/words/meeting.py", "from portfolio.model.rules import parameters"),
        (
            "workflows/reallocate.py",
            "def f():\n    from portfolio.model.rules.parameters import derive",
        ),
        ("report/words/reallocation.py", "from portfolio.model.outcome import Lost"),
        ("workflows/run.py", "from portfolio.model.outcome import Lost"),
        ("report/briefing/attention.py", "x = outcome.lost[3, 0]"),
    ],
)
def test_a_finding_made_outside_the_model_is_noticed(file, source):
    assert _findings_made(PACKAGE / file, source)


def test_no_module_is_named_for_want_of_a_name():
    names = {path.stem for path in _modules()} | {path.parent.name for path in _modules()}
    assert names & NAMES_NOT_FOUND == set()


def test_folders_stay_narrow():
    wide = {
        folder.relative_to(ROOT).as_posix(): files
        for folder in {path.parent for path in _modules()}
        if (files := len(list(folder.glob("*.py"))) - 1) > WIDEST_FOLDER
    }
    assert wide == {}


def _circles(imports: list[Imported]) -> list[list[str]]:
    """Modules that import one another round in a circle, at run time or for types only."""
    modules = {_module_of(path) for path in _modules()}
    # `from package import module` asks for the module, not for what the package's file says.
    folders = {
        (found.file, found.line, found.module.rpartition(".")[0])
        for found in imports
        if found.module in modules
    }
    graph: nx.DiGraph[str] = nx.DiGraph()
    for found in imports:
        own = _module_of(PACKAGE / found.file)
        asked = found.module in modules and found.module != own
        if asked and (found.file, found.line, found.module) not in folders:
            graph.add_edge(own, found.module)
    return [sorted(circle) for circle in nx.strongly_connected_components(graph) if len(circle) > 1]


def _module_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def test_no_module_imports_itself_by_way_of_others():
    assert _circles(_all_imports()) == []


def test_a_circle_is_noticed():
    there = Imported(file="model/plan.py", line=1, module="portfolio.model.gates")
    back = Imported(file="model/gates.py", line=1, module="portfolio.model.plan")
    assert _circles([there, back]) == [["portfolio.model.gates", "portfolio.model.plan"]]


def test_packages_are_found_by_the_build():
    """Every folder with modules is a package, and packages listed by name are there."""
    folders = {path.parent for path in _modules()}
    assert [str(folder) for folder in folders if not (folder / "__init__.py").exists()] == []
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    setuptools = tomllib.loads(text)["tool"]["setuptools"]
    packages = setuptools.get("packages", [])
    if isinstance(packages, list):
        places = setuptools.get("package-dir", {})
        listed = {ROOT / places.get(name, name.replace(".", "/")) for name in packages}
        assert folders - listed == set()
        assert [str(folder) for folder in listed if not folder.is_dir()] == []


def test_libraries_that_take_long_are_not_loaded_by_the_command_line():
    """`--help` stays quick: heavy imports wait inside the functions that need them."""
    eager = {
        "docx",
        "highspy",
        "jinja2",
        "matplotlib",
        "numpy",
        "networkx",
        "openpyxl",
        "pandas",
        "pulp",
        "rich",
        "scipy",
        "simpy",
        "xlsxwriter",
    }
    found = []
    paths = [PACKAGE / "__init__.py", PACKAGE / "__main__.py"]
    paths += [*PACKAGE.glob("cli/*.py"), *PACKAGE.glob("workflows/*.py")]
    for path in paths:
        name, tree = path.name, ast.parse(path.read_text(encoding="utf-8"))
        for node in tree.body:
            if isinstance(node, ast.Import | ast.ImportFrom):
                names = [alias.name for alias in node.names]
                names.append(getattr(node, "module", None) or "")
                found += [(name, word) for word in names if word.split(".")[0] in eager]
    assert found == []

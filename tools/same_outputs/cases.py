"""The cases: every command on the shipped scenarios, and everything that is refused."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tools.same_outputs.case import Case
from tools.same_outputs.given import (
    BAD_SCENARIOS,
    BAD_WORKBOOKS,
    MIXED,
    VERB_SCENARIOS,
    GivenFiles,
)
from tools.same_outputs.office import FOLDER, office_cases

OUT = ("-o", "out")
COMMANDS = ("check", "run", "explain", "compare", "stress", "replay", "reallocate", "report",
            "graph", "init", "example", "backtest", "score", "diff", "forms", "brief", "collect", "close",
            "approve", "verify", "due", "selftest", "pipeline")  # fmt: skip
BASE = "基准"
#: Those the quick form takes for what is slow.
QUICK_SCENARIOS = ("三碰头", "专项债大幅收紧", "土地出让断崖", "目标4200", "停工两季度", "轨道事故")
QUICK_STRESS = ("-n", "64", "--no-leverage")
#: Without what stops by the clock, and with all the time a busy machine may need.
QUICK_REPAIR = ("--no-prices", "--cells-time", "0", "--time", "3000")
GOOD_SETS = ("专项债券:2023=-30%", "专项债券:2023=+5.5%", "土地出让:2023-2025=0.7", "SPB:2023=70%",
             "SPB:2024=120亿", "SPB:2024=1,200.5亿元", "SPB:2024=-20亿", "SPB:2024=5000万",
             "SPB:2044起=0", " 专项债券：2023 ＝ －30% ", "一般公共预算:2022-2024=0",
             "CBI:2023=-50%", "企业自筹:2023-2024=0.8", "银行贷款:2023=0.5")  # fmt: skip
BAD_SETS = ("专项债券2023=-30%", "专项债券:2023", "专项债券:2023=", ":2023=0.7", "",
            "专项债券:23=-30%", "专项债券:2019=-30%", "专项债券:2025-2023=-30%",
            "专项债券:2023=少三成", "专项债券:2023=-30", "专项债券:2023=30",
            "专项债券:2023=-130%", "专项债券:2023=0.00001亿", "专项债券:2023=0.70001",
            "专项债券:2023=nan", "a", "b:c=d", "专项债卷:2023=0.7", "银行贷款:2023=5亿",
            "专项债券:1999=0.5")  # fmt: skip
BAD_SWEEPS = ("专项债券:2023", "2023=-50%..0%/10", "专项债券:2023=-50%", "专项债券:2023=-50%..0%/0",
              "专项债券:2023=-50%..0%/十", "专项债券:2023=-150%..0%/3", "专项债券:2023=-5%..-5%/3",
              "专项债券:2023=-0.02%..0%/10", "专项债券:2036=-5%..0%/5", "专项债券:2023=-5..0/5",
              "专项债券=1", "专项债券")  # fmt: skip
NO_PLAN = ("一般公共预算:2024=-95%", "专项债券:2024=-95%", "土地出让:2024=-95%")
USAGE = (
    "rum", "run --sett a", "run -s", "run --json=1", "run 多余", "explain", "init", "compare",
    "compare -s 基准", "graph --json", "--verson", "--version", "-h", "", "replay", "stress -n 1.5",
    "stress --paths xlsx", "stress --precison 1%", "stress --tails 厚", "replay --path 1 -n 很多",
    "replay --path 1 --year 明年", "reallocate --time abc", "reallocate --time -1",
    "reallocate --hedge 20 --frontier", "reallocate --reschedule --frontier",
    "reallocate --hedge 5 --stress 20", "explain 22 --year 2024", "report -n x",
    "check a.xlsx b.xlsx",
)  # fmt: skip
EMPTY_PATHS = (("run", "-o", ""), ("check", ""), ("init", ""), ("stress", "-w", " "))
REFUSED = (
    "run -s 专项债收緊", "run -s 没有.yaml", "explain 重大科技基础设使", "explain 99", "explain 0",
    "check 没有.xlsx", "run -w 没有.xlsx --json", "compare -s 基准 -s 专项债收緊", "explain 轨道",
    "graph -w 没有.xlsx", "stress -n 0", "stress --seed -1", "stress --workers 0",
    "stress --precision 1%", "stress --about P(2026>=3800)",
    "stress --precision 很准 --about P(2026>=3800)", "stress --fail-if P(2026>=3800)",
    "stress --precision 1% --about P(2026>=3800) --sobol", "stress --fail-if P(99按期)<0.5",
    "stress -s 专项债收緊", "stress --year 2040", "stress --fail-if P(2030>=3800)<0.5",
    "stress -n 0 -s 没有 -w 没有.xlsx", "replay --path 最坏", "replay --path 0", "replay --path -3",
    "replay --path 1 -n 0", "replay --path 1 --year 2050 -n 40", "replay --path 1 -s 专项债收緊",
    "replay --path 65 -n 40 --sobol", "reallocate --asof 2050Q9", "reallocate --reverse 1999",
    "reallocate -s 没有", "report --asof 2024", "report --asof 2040Q1 -n 0", "report -n -1",
    "explain 20 --reallocate --year 1999", "init scenarios", "check scenarios", "check inputs",
    "run -o inputs/十大工程.xlsx", "graph -o inputs/十大工程.xlsx",
)  # fmt: skip
CODE_PAGES = ({"PYTHONIOENCODING": "ascii"}, {"PYTHONIOENCODING": "gbk"}, {"COLUMNS": "200"})


def all_cases(given: GivenFiles) -> list[Case]:
    """Every case, the cheap ones first."""
    names = given.scenarios()
    parts: Sequence[Iterator[Case]] = (
        _helps(),
        _refusals(),
        _bad_workbooks(given),
        _bad_scenarios(given),
        _plays(names),
        _verbs(given),
        _sets(),
        _own_places(),
        _stresses(names),
        _repairs(names),
        _other_questions(),
        _reports(names),
        office_cases(given.below(FOLDER)),
    )
    return [case for part in parts for case in part]


def _of(words: str, *more: str) -> tuple[str, ...]:
    return (*words.split(), *more)


def _helps() -> Iterator[Case]:
    for command in COMMANDS:
        yield Case(group="help", words=(command, "--help"))
    yield Case(group="help", words=("--help",), cold=True)


def _refusals() -> Iterator[Case]:
    for words in USAGE:
        yield Case(group="usage", words=_of(words))
    for empty in EMPTY_PATHS:
        yield Case(group="usage", words=empty)
    for words in REFUSED:
        yield Case(group="refused", words=_of(words))
    for command in ("run", "graph", "init"):
        where = ("长" * 300,) if command == "init" else ("-o", "长" * 300)
        yield Case(group="refused", words=(command, *where))
    for sweep in BAD_SWEEPS:
        yield Case(group="refused", words=("reallocate", "--sweep", sweep, *OUT))


def _bad_workbooks(given: GivenFiles) -> Iterator[Case]:
    for number, name in enumerate(given.below(BAD_WORKBOOKS)):
        file = name.removeprefix(f"{BAD_WORKBOOKS}/")
        kinds = [["check", file]]
        if number % 8 == 0:
            kinds += [["check", file, "--json"], ["run", "-w", file, *OUT]]
        for words in kinds:
            quick = number % 2 == 0 or not file.startswith("cell")
            yield Case(group="bad workbook", words=words, brings=(name,), quick=quick)
    worst = f"{BAD_WORKBOOKS}/many kinds.xlsx"
    scenario = f"{BAD_SCENARIOS}/c000.yaml"
    words = ["run", "-w", "many kinds.xlsx", "-s", "c000.yaml", "--set", "专项债券", *OUT]
    yield Case(group="bad workbook", words=words, brings=(worst, scenario))


def _bad_scenarios(given: GivenFiles) -> Iterator[Case]:
    for number, name in enumerate(given.below(BAD_SCENARIOS)):
        file = name.removeprefix(f"{BAD_SCENARIOS}/")
        yield Case(group="bad scenario", words=("run", "-s", file, *OUT), brings=(name,))
        if number % 20 == 0:
            two = ("compare", "-s", file, "-s", "没有", "--set", "x", *OUT)
            yield Case(group="bad scenario", words=two, brings=(name,))
    for child in ("甲", "子"):
        words = ["run", "-s", f"{MIXED}/{child}.yaml", *OUT]
        yield Case(group="bad scenario", words=words, brings=(MIXED,))


def _plays(names: Sequence[str]) -> Iterator[Case]:
    for alone in ("check", "check --json", "check -o out", "graph -o out", "init 新"):
        yield Case(group="play", words=_of(alone))
    for name in names:
        scenario = ("-s", name)
        yield Case(group="play", words=("run", *scenario, *OUT))
        yield Case(group="play", words=("run", *scenario, "--json", *OUT), quick=name == BASE)
        yield Case(group="play", words=("compare", "-s", BASE, *scenario, *OUT), quick=False)
        for item in ("1", "22", "轨道交通线网", "58"):
            quick = item == "22" or name in QUICK_SCENARIOS[:2]
            yield Case(group="play", words=("explain", item, *scenario), quick=quick)
    several = tuple(word for name in names[:4] for word in ("-s", name))
    yield Case(group="play", words=("compare", *several, *OUT))
    yield Case(group="play", words=("compare", *several, "--json", *OUT))
    yield Case(group="play", words=("run", *several, *OUT))
    for number in range(1, 59):
        yield Case(
            group="play", words=("explain", str(number), "-s", "三碰头"), quick=number % 9 == 0
        )
    yield Case(group="play", words=("explain", "22", "-s", "三碰头", "--json"))
    yield Case(group="play", words=("explain", "22", "-s", "三碰头", *OUT))
    for page in CODE_PAGES:
        yield Case(group="play", words=("run", *OUT), cold=True, environment=page)


def _verbs(given: GivenFiles) -> Iterator[Case]:
    for name in given.below(VERB_SCENARIOS):
        file = name.removeprefix(f"{VERB_SCENARIOS}/")
        yield Case(group="verb", words=("run", "-s", file, *OUT), brings=(name,))


def _sets() -> Iterator[Case]:
    for option in GOOD_SETS:
        yield Case(group="set", words=("run", "--set", option, *OUT))
    for option in BAD_SETS:
        yield Case(group="set", words=("run", "--set", option, "--set", "SPB:2022=0.9", *OUT))
    twice = ("--set", "SPB:2023=0.7", "--set", "专项债券:2022-2023=0.8")
    yield Case(group="set", words=("run", *twice, *OUT))
    yield Case(group="set", words=("run", "-s", "专项债收紧", "--set", "SPB:2023=0.7", *OUT))
    yield Case(group="set", words=("compare", "--set", "SPB:2023=0.7", *OUT))


def _own_places() -> Iterator[Case]:
    """Processes of their own, in an empty folder: the program's own workbook, its own names."""
    for words in ("check", "run", "run -s 专项债收紧", "explain 22", "compare -s 基准 -s 三碰头",
                  "graph", "init 新城"):  # fmt: skip
        yield Case(group="own place", words=_of(words), cold=True, given=False)


def _stresses(names: Sequence[str]) -> Iterator[Case]:
    for name in names:
        few = name in QUICK_SCENARIOS
        words = ["stress", "-s", name, *QUICK_STRESS, *OUT]
        yield Case(group="stress", words=words, engine=True, quick=few)
        words = ["stress", "-s", name, "-n", "500", *OUT]
        yield Case(group="stress", words=words, engine=True, quick=False)
        for path in ("3", "最差"):
            words = ["replay", "--path", path, "-n", "64", "-s", name]
            yield Case(group="replay", words=words, engine=True, quick=few and path == "最差")
    for more in ("--json", "--tails t5", "--sobol", "--paths csv", "--year 2026", "--workers 1",
                 "--fail-if P(2026>=3800)<0.8", "--seed 2", "-s 专项债收紧 -s 土地出让断崖",
                 "--precision 2% --about P(2026>=1)", "--set 专项债券:2023=-30%"):  # fmt: skip
        words = ["stress", *QUICK_STRESS, *_of(more), *OUT]
        yield Case(group="stress", words=words, engine=True)
    yield Case(group="stress", words=("stress", "-n", "64", *OUT), engine=True)
    for more in ("--json", "--tails t5", "--sobol", "--year 2026", "-o out", "--seed 2",
                 "-s 专项债收紧 -s 土地出让断崖"):  # fmt: skip
        words = ["replay", "--path", "中位", "-n", "64", *_of(more)]
        yield Case(group="replay", words=words, engine=True)


def _repairs(names: Sequence[str]) -> Iterator[Case]:
    for name in names:
        words = ["reallocate", "-s", name, *QUICK_REPAIR, *OUT]
        yield Case(group="reallocate", words=words, quick=name in QUICK_SCENARIOS[:4])
        yield Case(group="reallocate", words=("reallocate", "-s", name, *OUT), quick=False)
    shock = ("-s", "专项债大幅收紧")
    for more in ("--json", "--asof 2023Q4", "--asof 2022Q2", "--reschedule --time 120"):
        words = ["reallocate", *shock, *QUICK_REPAIR, *_of(more), *OUT]
        yield Case(group="reallocate", words=words, quick="--reschedule" not in more)
    sets = tuple(word for option in NO_PLAN for word in ("--set", option))
    yield Case(group="reallocate", words=("reallocate", *sets, *QUICK_REPAIR, *OUT))
    words = ["reallocate", *shock, *QUICK_REPAIR, "--stress", "64", *OUT]
    yield Case(group="reallocate", words=words, engine=True)
    for more in ("20 --year 2024", "20", "24 --json", "22 -o out"):
        words = ["explain", *_of(more), *shock, "--reallocate"]
        yield Case(group="reallocate", words=words, quick="--year" in more)


def _other_questions() -> Iterator[Case]:
    for more, quick in (
        ("--sweep 专项债券:2024=-40%..0%/4", True),
        ("--sweep 专项债券:2024=-40%..0%/4 --json", False),
        ("--sweep 专项债券:2024=-40%..0%/2 --sweep 土地出让:2024=-40%..0%/2", False),
        ("--frontier -s 专项债大幅收紧", False),
        ("--frontier -s 专项债收紧 --json", False),
        ("--reverse 2024", False),
        ("--hedge 5 -s 专项债收紧", True),
        ("--hedge 5 -s 专项债大幅收紧 --json", False),
    ):
        yield Case(group="other question", words=("reallocate", *_of(more), *OUT), quick=quick)


def _reports(names: Sequence[str]) -> Iterator[Case]:
    for name in names:
        words = ["report", "-s", name, "--asof", "2024Q3", "-n", "64", "--no-reallocate", *OUT]
        quick = name in QUICK_SCENARIOS[:2]
        yield Case(group="report", words=words, engine=True, quick=quick)
        words = ["report", "-s", name, "--asof", "2024Q3", "-n", "64", *OUT]
        yield Case(group="report", words=words, engine=True, quick=False)
    words = ["report", "--asof", "2023Q4", "-n", "0", "--json", *OUT]
    yield Case(group="report", words=words)
    several = tuple(word for name in QUICK_SCENARIOS[:3] for word in ("-s", name))
    words = ["report", *several, "--asof", "2024Q4", "-n", "0", "--no-reallocate", *OUT]
    yield Case(group="report", words=words)

"""What each command can be asked, declared once: fields a workflow takes, options that ask for them.

A field made by `option` is an option of the command line under the words it is declared with; a
plain one can be given through the Python API alone. The command line makes its options of these
classes (`cli.options.asking`), and a function of one is called with its fields (`taking`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import KW_ONLY, MISSING, Field, dataclass, field, fields
from functools import wraps
from inspect import signature
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, ParamSpec, TypeVar

from portfolio.model.problems import Problem
from portfolio.read.bundled_files import WORKBOOK_NAME

if TYPE_CHECKING:
    from portfolio.model.dossier import Dossier
    from portfolio.model.measures.results import RunResult
    from portfolio.workflows.interrupt import Stop

P = ParamSpec("P")
A = TypeVar("A")
R = TypeVar("R")

#: Told what is being done.
Progress = Callable[[str], None]
#: Told what is being done, how much of it is done, and of how much.
Told = Callable[[str, int, int], None]
#: Told a sentence a user should know.
Say = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class Option:
    """How the command line asks for a field.

    words : as they are typed, the long one last
    kind : of the value typed
    many : may be repeated: a sequence
    choices : words it must be one of
    flag : what the bare word stands for; None: a value follows
    bare : what the word stands for where no value follows; None: one must
    unset : what the field is where it isn't written
    bounds : least and most, judged by `bounds_problems`, and what is said beside them
    """

    words: tuple[str, ...]
    metavar: str
    about: str
    kind: str
    many: bool
    choices: tuple[str, ...]
    flag: Any
    bare: Any
    unset: Any
    bounds: tuple[int, int, str] | None

    @property
    def name(self) -> str:
        """The word as a name of Python."""
        return self.words[-1].strip("-").replace("-", "_")


def asks(usage: str, about: str, **more: Any) -> dict[str, Any]:
    """What is noted of a field that an option asks for; `usage` is as help shows it."""
    return {"usage": usage, "about": about, **more}


def option(default: Any, usage: str, about: str, **more: Any) -> Any:
    """A field with a default that an option asks for."""
    return field(default=default, metadata=asks(usage, about, **more))


def options_of(kind: type) -> dict[str, Option]:
    """The options of a class by its fields: their kind of value is the field's own."""
    return {f.name: _option(f) for f in fields(kind) if f.metadata}


def _option(of: Field[Any]) -> Option:
    noted = of.metadata
    words = str(noted["usage"]).replace(",", "").split()
    return Option(
        words=tuple(word for word in words if word.startswith("-")),
        metavar=" ".join(word for word in words if not word.startswith("-")),
        about=noted["about"],
        kind=str(of.type).split(" |")[0],
        many=str(of.type).startswith("Sequence"),
        choices=noted.get("choices", ()),
        flag=noted.get("flag", (not of.default) if of.type == "bool" else None),
        bare=noted.get("bare"),
        unset=noted.get("unset", of.default),
        bounds=noted.get("bounds"),
    )


def taking(kind: Callable[P, A]) -> Callable[[Callable[[A], R]], Callable[P, R]]:
    """Let a function of what is asked be called with the fields of it."""

    def decorate(function: Callable[[A], R]) -> Callable[P, R]:
        @wraps(function)
        def called(*args: P.args, **kwargs: P.kwargs) -> R:
            return function(kind(*args, **kwargs))

        returned = function.__annotations__["return"]
        called.__dict__["__signature__"] = signature(kind).replace(return_annotation=returned)
        return called

    return decorate


def bounds_problems(asked: Any) -> list[Problem]:
    """What is out of its bounds, or none of its choices."""
    found = []
    for name, one in options_of(type(asked)).items():
        value, place = getattr(asked, name), one.words[0]
        if one.bounds and value is not None:
            low, high, fix = one.bounds
            if not low <= value <= high:
                said = f"{value} 不在 {low:,} 至 {high:,} 之间"
                found.append(Problem(place=place, found=said, fix=fix))
        elif one.choices and value is not None and value not in one.choices:
            fix = f"可用 {' 或 '.join(one.choices)}"
            found.append(Problem(place=place, found=f"没有“{value}”", fix=fix))
    return found


def silent(*_told: object) -> None:
    """Tell nobody."""


# --- What is read: scenarios merged into one, or each apart


WORKBOOK = asks("-w, --workbook 工作簿", f"输入工作簿（默认 inputs/{WORKBOOK_NAME}）")
SCENARIOS = asks("-s, --scenario 情景", "情景名或 YAML 文件，可重复")
SETS = asks(
    "--set 设定",
    "临时设定，如 专项债券:年份=-30%、土地出让:首年-末年=0.7、"
    "一般公共预算:年份=120亿；年份可写 T+1（明年），写季度 TQ3 为今年三季度发生的冲击；"
    "金额不到原来的 1/100 或超过 100 倍的须在后面加“!”；可重复，最后生效",
)


#: With facts every command takes its as-of so; what it means without them is said by who has it.
OF_FACTS = "有月度执行时，执行数截至哪个月，如 年份-10，也可写 年份Q3（默认数据齐全的最后一月）"


def _asof(without_facts: str = "") -> Any:
    """The field of the as-of, last in every class; `without_facts` says what it means then."""
    about = f"{OF_FACTS}；没有月度执行时，{without_facts}" if without_facts else OF_FACTS
    return field(default=None, kw_only=True, metadata=asks("--asof 截至月", about))


#: Years of records.
OF_YEARS = (1990, 2200, "请写四位数的年份")


@dataclass(frozen=True)
class OfWorkbook:
    """A workbook alone."""

    workbook: Path | None = field(default=None, metadata=WORKBOOK)


@dataclass(frozen=True)
class Check(OfWorkbook):
    """Of `check`."""

    asof: str | None = _asof()


@dataclass(frozen=True)
class Fix:
    """Of `check` that mends a copy."""

    fix: bool = option(
        False,
        "--fix",
        "另写一份改好的 <工作簿名>-改.xlsx：只有一种读法的（文本数字、单位、表头、合计行、空格等）"
        "照样表改好，逐处列出；有两种读法的不改。原文件不动",
    )


@dataclass(frozen=True)
class Merged:
    """Scenarios laid over one another."""

    #: Whether an as-of means something without facts too.
    asof_without_facts: ClassVar[bool] = False

    workbook: Path | None = field(default=None, metadata=WORKBOOK)
    scenarios: Sequence[str] = field(default=(), metadata=SCENARIOS)
    sets: Sequence[str] = field(default=(), metadata=SETS)
    asof: str | None = _asof()


@dataclass(frozen=True)
class Apart:
    """Scenarios each played alone."""

    #: Whether an as-of means something without facts too.
    asof_without_facts: ClassVar[bool] = False

    scenarios: Sequence[str] = field(default=(), metadata=SCENARIOS)
    workbook: Path | None = field(default=None, metadata=WORKBOOK)
    sets: Sequence[str] = field(default=(), metadata=SETS)
    asof: str | None = _asof()


@dataclass(frozen=True)
class Backtest(OfWorkbook):
    """Of `backtest`."""

    _: KW_ONLY
    until: int | None = option(
        None, "--until 年份", "只用到这一年为止的数，如同站在那一年年末", bounds=OF_YEARS
    )
    fail_if: Sequence[str] = option(
        (), "--fail-if 条件", "条件成立时退出码为 6，如 '覆盖80<0.5'、'CRPS>0.08'；可重复"
    )
    progress: Progress | None = None


#: What `diff` can be told to end with a code of its own for.
REWRITTEN = "改写过去"


@dataclass(frozen=True)
class Diff:
    """Of `diff`: the workbook of before and that of now."""

    old: Path
    new: Path
    _: KW_ONLY
    fail_if: str | None = option(
        None,
        f"--fail-if {REWRITTEN}",
        "过去月份（第一个工作簿截至月及以前）的执行数有增、删、改时退出码为 6",
        choices=(REWRITTEN,),
    )
    asof: str | None = option(
        None,
        "--asof 截至月",
        "两个工作簿的执行数都只取到这个月，如 年份-10，也可写 年份Q3（默认各取数据齐全的最后一月）；"
        "这个月及以前的算过去月份",
    )
    progress: Progress | None = None


@dataclass(frozen=True)
class Example:
    """Of `example`: where it goes, and whether projects are made up too."""

    out: Path | None = None
    _: KW_ONLY
    projects: int | None = option(
        None,
        "--projects 个数",
        "另编造这么多个项目、14 个责任单位，执行数按项目填（写出 示例-项目.xlsx，供试用 collect、close）",
        bounds=(1, 2_000, "请写 1 至 2,000 的整数"),
    )


@dataclass(frozen=True)
class Collect(OfWorkbook):
    """Of `collect`: the month that is asked for."""

    _: KW_ONLY
    month: str | None = option(
        None, "--month 月份", "要收的月份，如 年份-11（默认数据齐全的最后一月的下一月）"
    )


@dataclass(frozen=True)
class _OfMonth:
    month: str
    returned: Sequence[Path]


@dataclass(frozen=True)
class Close(OfWorkbook, _OfMonth):
    """Of `close`: the month and the returned files."""

    _: KW_ONLY
    without: Sequence[str] = option(
        (),
        "--without 责任单位",
        "这个单位没有交，当月暂列 0（下月报累计数时补上）；写“全部”即所有没有交的；可重复",
    )
    reopen: bool = option(
        False, "--reopen", "重开最后一个结过账的月份，用这次的回收表代替；须写理由"
    )
    reason: str | None = option(None, "--reason 理由", "重开的理由，写入结账记录")
    progress: Progress | None = None


@dataclass(frozen=True)
class Approve(OfWorkbook):
    """Of `approve`: which plan, by which document, from when on."""

    _: KW_ONLY
    year: int | None = option(None, "--year 年度", "批准的是哪一年的计划")
    number: str | None = option(None, "--number 文号", "批准文号，须写")
    date: str | None = option(None, "--date 日期", "批准日期，写 年-月-日，须写")
    authority: str | None = option(None, "--authority 机关", "批准机关，如 市人民政府")
    adjust: bool = option(False, "--adjust", "批准为调整计划：按工作簿现在的计划")
    source: Path | None = field(
        default=None,
        metadata=asks(
            "--from 调整方案.xlsx",
            "按 portfolio reallocate 写出的这份方案批准：还没开始、没有版本的年度为年初计划，其余为调整计划",
        ),
    )
    effective: str | None = option(
        None,
        "--effective 月份",
        "何时起生效，如 年份-07（默认年初计划从该年 1 月起，调整计划从批准的那个月起）",
    )
    preview: bool = option(False, "--preview", "只看会改变什么，不写出")
    progress: Progress | None = None


@dataclass(frozen=True)
class Due(OfWorkbook):
    """Of `due`: from which day on, and how far ahead."""

    _: KW_ONLY
    on: str | None = option(None, "--on 日期", "从哪一天起看，写 年-月-日（默认电脑上的今天）")
    days: int = option(
        45, "--days 天数", "看多少天以内的（默认 45）", bounds=(0, 400, "请写 0 至 400 的整数")
    )


#: The scenario whose forecasts are scored where none is named: that of the plan itself.
SCORED = "基准"


@dataclass(frozen=True)
class _OfFolder:
    folder: Path


@dataclass(frozen=True)
class Score(OfWorkbook, _OfFolder):
    """Of `score`: the folder of kept forecasts, and the facts that they are held against."""

    _: KW_ONLY
    scenario: str = option(
        SCORED,
        "-s, --scenario 情景",
        f"给哪个情景的预测打分（默认 {SCORED}）；别的情景没有发生，不计",
    )
    asof: str | None = _asof()


@dataclass(frozen=True)
class ArchiveFolder:
    """Of `write_run` and `write_stress`: where the forecast is kept."""

    archive: Path | None = field(
        default=None,
        metadata=asks(
            "--archive 文件夹",
            "另把预测存进这个文件夹，每个截至月、每个情景一份 JSON，供 score 事后打分；须有月度执行",
        ),
    )


# --- Plays


@dataclass(frozen=True)
class Run(Merged):
    """Of `run`."""

    progress: Progress | None = None


@dataclass(frozen=True)
class Compare(Apart):
    """Of `compare`."""

    progress: Progress | None = None


@dataclass(frozen=True)
class _OfItem:
    item: str


@dataclass(frozen=True)
class Explain(Merged, _OfItem):
    """Of `explain`: the item's number, its name or a part of that."""


@dataclass(frozen=True)
class Init:
    """Of `init`: what is said of a new workbook's calendar, as written."""

    folder: Path
    _: KW_ONLY
    first_year: int | None = option(None, "--first-year 首年", "第一个计划年，计划期从这一年起")
    period: str | None = option(None, "--period 首年-末年", "计划期的首年与末年；默认从首年起五年")
    name: str | None = option(None, "--name 名称", "计划期的名称，用在表头与文字中")
    list_name: str | None = option(None, "--list 名称", "清单的名称，用在标题中")
    place: str | None = option(None, "--place 地点", "清单属于哪个市（县、区）")


# --- Paths of chance


PATHS, SEED = 2_000, 1
MOST_PATHS = 1_000_000
#: Words of `--tails`, and what the draws call them.
TAILS = {"正态": "gauss", "t5": "t5"}
OF_PATHS = (1, MOST_PATHS, "路径数通常取 2000 至 100000")
#: Of form 1: so many tell P10 and P90 in about a second; 0 leaves them out.
FORM_PATHS = 500
OF_FORM_PATHS = (0, 20_000, "路径数通常取 500，0 为不做")
OF_SEED = (0, 2**63 - 1, "种子为非负整数，默认 1")
OF_MOVES = (1, 1_000, "少动的方案通常写 3 至 20 笔")
OF_WORKERS = (1, 256, "默认用全部处理器核")
#: What `--cluster` without an address stands for.
CLUSTER_HERE = "本机"


def _ways() -> Any:
    return option(True, "--no-ways", "不求另外两种做法，较快")


def _cluster() -> Any:
    return option(
        None,
        "--cluster [地址]",
        "由多个进程推演，不影响结果：不写地址为本机的进程，"
        "写 tcp://主机:端口 为已有的 Dask 集群（须装 cluster 附加包）",
        bare=CLUSTER_HERE,
    )


def _paths(about: str) -> Any:
    return option(PATHS, "-n 路径数", about, bounds=OF_PATHS)


@dataclass(frozen=True)
class Forms(Merged):
    """Of `forms`: the forms by number, all that can be made without one."""

    _: KW_ONLY
    numbers: Sequence[str] = ()
    units: Sequence[str] = option(
        (),
        "--unit 责任单位",
        "每个单位自己的一页：项目、灯、缺口与时限、应付未付；可以写几次，全部单位写 全部",
    )
    template: Path | None = field(
        default=None,
        metadata=asks("--template 文件.xlsx", "用本单位表样的栏名和顺序印（按栏名对应，不按位置）"),
    )
    paths: int = option(
        FORM_PATHS,
        "-n, --paths 路径数",
        f"表1 的 P10—P90 推演几条路径（默认 {FORM_PATHS}；0 为不做）",
        bounds=OF_FORM_PATHS,
    )
    seed: int = option(
        SEED, "--seed 种子", f"表1 的 P10—P90 的随机数种子（默认 {SEED}）", bounds=OF_SEED
    )
    progress: Progress | None = None


@dataclass(frozen=True)
class Drawing(Apart):
    """How the luck is drawn."""

    n: int = PATHS
    seed: int = option(
        SEED,
        "--seed 种子",
        "随机数种子（默认 1）；同一种子、同一路径号得到同一条路径",
        bounds=OF_SEED,
    )
    workers: int | None = option(
        None,
        "--workers 线程数",
        "同时推演的线程数（默认全部处理器核），不影响结果",
        bounds=OF_WORKERS,
    )
    _: KW_ONLY
    cluster: str | None = _cluster()
    tails: str = option(
        "正态",
        "--tails 正态|t5",
        "各风险如何相关：正态（默认），或 t5（坏事更常同时发生）",
        choices=tuple(TAILS),
    )
    sobol: bool = option(
        False, "--sobol", "拟随机抽样：8 组独立的 Sobol 序列，并与普通抽样比较误差"
    )
    progress: Told | None = None
    say: Say | None = None


@dataclass(frozen=True)
class Stress(Drawing):
    """Of `stress`."""

    n: int = _paths("路径数（默认 2000）；与 --precision 同用时为起始数")
    _: KW_ONLY
    precision: str | None = option(
        None, "--precision 精度", "算到多准为止，如 1%、50亿、1季；须给 --about"
    )
    about: str | None = option(
        None, "--about 量", "要算准的量，如 P(年份>=3800)、P80(总造价)、P80(22)"
    )
    year: int | None = option(
        None, "--year 年份", "杠杆、龙卷风和路径排位看哪一年（默认最该先担心的年份）"
    )
    fail_if: Sequence[str] = option(
        (),
        "--fail-if 条件",
        "条件成立时退出码为 6，如 'P(年份>=3800)<0.8'；有名单计划的年份，P 是名单的把握，"
        "按范围的下端判断；可重复",
    )
    levers: bool = option(False, "--levers", "另做“逐项去除风险”的附加推演，较慢")
    leverage: bool = option(False, "--leverage", "另算“渠道杠杆”：某渠道某年少 1 亿元的后果，较慢")
    most: int | None = None
    stop: Stop | None = None
    runs: Sequence[RunResult] | None = None


@dataclass(frozen=True)
class PathFile:
    """Of `write_stress`: the kind of file the paths themselves are written as."""

    paths_as: str | None = option(
        None, "--paths csv|parquet", "另写出逐条路径的结果", choices=("csv", "parquet")
    )


@dataclass(frozen=True)
class _OfPath:
    path: str | int = option(
        MISSING,
        "--path 路径号|最差|中位|最好",
        "路径号（从 1 起），或按最该担心年份的折市重点投资取 P5、P50、P95 处的一条",
        unset=None,
    )


@dataclass(frozen=True)
class Replay(Drawing, _OfPath):
    """Of `replay`: a path's number, counted from 1, or what it is."""

    n: int = _paths("在前多少条路径中排位（默认 2000），须与 stress 相同才能选到同一条")
    _: KW_ONLY
    year: int | None = option(
        None, "--year 年份", "最差、中位、最好按哪一年排位（默认最该先担心的年份）"
    )


# --- Repairs


def _stress_seed() -> Any:
    return option(SEED, "--seed 种子", "--stress 的随机数种子（默认 1）")


#: Of repairs, where the workbook holds no facts.
DECIDED = "决策时已过去的最后一个季度，写作 年份Q4（默认冲击开始前一年的年末）"


@dataclass(frozen=True)
class OpenCase(Merged):
    """Of `open_case`: the last quarter past, and whether starts may be moved too."""

    asof_without_facts = True

    _: KW_ONLY
    asof: str | None = _asof(DECIDED)
    reschedule: bool = option(
        False, "--reschedule", "开工年份也可推迟、建设期也可拉长，并以完整的年度目标为准"
    )
    progress: Progress | None = None


@dataclass(frozen=True)
class Reallocate(OpenCase):
    """Of `reallocate`."""

    _: KW_ONLY
    seconds: float | None = option(
        None,
        "--time 秒",
        "求解最多多久（默认按固定的工作量，每次结果相同）；到时给出已找到的最好方案和差距，结果随机器而异",
    )
    way: str | None = option(
        None,
        "--way 做法",
        "要哪个方案：少动、折中或完全修复（默认：少动推演得够好就是少动，否则折中）；写了 --moves 就是少动",
        choices=("少动", "折中", "完全修复"),
    )
    most_moves: int | None = option(
        None,
        "--moves 笔数",
        "少动的方案至多改几笔（默认 10；规则要求的更多时按规则）",
        bounds=OF_MOVES,
    )
    ways: bool = _ways()
    alternatives: bool = option(
        False,
        "--alternatives",
        "另求哪些渠道年份、大项不论怎样调都要动，哪些可以不动，和几个同样好而尽量不同的方案，较慢",
    )
    price_seconds: float | None = option(
        None, "--no-prices", "不计算“再多 1 亿元能换来什么”，较快", flag=0.0
    )
    paths: int = option(
        0, "--stress 路径数", "另把调整前后的计划放到同样的运气下各推演多少条路径，逐条相减"
    )
    seed: int = _stress_seed()


@dataclass(frozen=True)
class Keep(Merged, _OfItem):
    """Of `keep`: the item, and the year it is asked of."""

    _: KW_ONLY
    year: int | None = option(
        None, "--year 年份", "与 --reallocate 同用：只问这一年（默认可调整的各年）"
    )
    seconds: float | None = None
    progress: Progress | None = None


# --- Other questions of a repair's model


@dataclass(frozen=True)
class Sweep(Merged):
    """Of `sweep`."""

    sweeps: Sequence[str] = option(
        (),
        "--sweep 范围",
        "改做扫描：一串冲击各求一次，如 '专项债券:年份=-50%..0%/10'；可重复，成网格",
    )
    _: KW_ONLY
    kinks: bool = True
    seconds: float | None = None
    progress: Progress | None = None


@dataclass(frozen=True)
class Frontier(Merged):
    """Of `frontier`."""

    _: KW_ONLY
    points: int = option(10, "--frontier", "改求前沿：少动多少资金，缺口就多多少", flag=10, unset=0)
    seconds: float | None = None
    progress: Progress | None = None


@dataclass(frozen=True)
class Reverse(Merged):
    """Of `reverse`."""

    _: KW_ONLY
    cut: str = option(
        MISSING,
        "--reverse 年份",
        "改做反向压力测试：这些年的渠道砍到多少，目标就再也达不到；写年份或 首年-末年",
        unset=None,
    )
    targets: str | None = None
    seconds: float | None = None
    progress: Progress | None = None


#: Samples of a hedge, and fresh ones to compare with.
SAMPLES, FRESH = 100, 500


@dataclass(frozen=True)
class Hedge(Merged):
    """Of `hedge`."""

    asof_without_facts = True

    _: KW_ONLY
    samples: int = option(
        SAMPLES,
        "--hedge 情形数",
        "改求稳健方案：现在先定一年，对许多种可能的到位率都不太差（两阶段，CVaR）",
        unset=0,
    )
    years: int = 1
    alpha: float = 0.8
    weight: float = 0.5
    seed: int = _stress_seed()
    fresh: int = FRESH
    seconds: float | None = None
    asof: str | None = _asof(DECIDED)
    progress: Progress | None = None


# --- Filling the targets of years to come


@dataclass(frozen=True)
class Pipeline(Merged):
    """Of `pipeline`."""

    _: KW_ONLY
    first: int | None = option(
        None, "--first 年份", "新项目最早哪一年开工（默认截至月的下一年）", bounds=OF_YEARS
    )
    hold: int | None = option(
        None, "--hold 年份", "从哪一年起目标必须守住（默认守得住的最早一年）", bounds=OF_YEARS
    )
    aim: str = option(
        "峰值",
        "--aim 峰值|总量|市级资金",
        "同样守住目标时求什么最小：年度最高新开工（默认）、新开工总量、统筹渠道的钱",
        choices=("峰值", "总量", "市级资金"),
    )
    cap: int = option(
        110,
        "--cap 百分数",
        "统筹渠道新旧项目合计不超过计划期年均的百分之几（默认 110；0 为不限）",
        bounds=(0, 1_000, "请写 0 至 1,000 的整数"),
    )
    in_hand: float = option(2.0, "--in-hand 年数", "最后一年末在手的投资够几年的目标（默认 2）")
    progress: Progress | None = None


# --- What a meeting looks at


#: Paths of a report's stress test: enough for a fan; `portfolio stress` takes more by default.
REPORT_PATHS = 1_000


@dataclass(frozen=True)
class Brief(Merged):
    """Of `brief`."""

    _: KW_ONLY
    repair: bool = option(
        False, "--repair", "另求一个调整方案，“谁定、何时定”按方案的各笔列（较慢）"
    )
    seconds: float | None = None
    progress: Progress | None = None


@dataclass(frozen=True)
class Report(Apart):
    """Of `report`."""

    asof_without_facts = True

    _: KW_ONLY
    asof: str | None = _asof(
        "简报截至哪个季度末，写作 年份Q3（默认首个受冲击年度之前的季末；没有冲击则为首年一季度）"
    )
    paths: int = option(
        REPORT_PATHS,
        "-n, --paths 路径数",
        f"压力测试的路径数（默认 {REPORT_PATHS}；0 为不做）",
        bounds=OF_PATHS,
    )
    seed: int = option(SEED, "--seed 种子", f"压力测试的随机数种子（默认 {SEED}）", bounds=OF_SEED)
    workers: int | None = option(
        None, "--workers 线程数", "压力测试同时用几个线程（默认全部处理器核）", bounds=OF_WORKERS
    )
    cluster: str | None = _cluster()
    repair: bool = option(True, "--no-reallocate", "不求调整方案，较快")
    ways: bool = _ways()
    seconds: float | None = None
    progress: Told | None = None
    played: Callable[[Sequence[Dossier]], object] | None = None

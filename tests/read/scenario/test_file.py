"""Scenario files: what is read, and what is refused with line, value found and fix."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import jsonschema
import pytest
from ruamel.yaml import YAML

from portfolio.model.calendar import SHIPPED
from portfolio.model.gates import GateType
from portfolio.model.items import Carry, Item, Profile, TargetKind
from portfolio.model.problems import InputError, Problem
from portfolio.model.reallocation.settings import Aim, Way
from portfolio.model.rules.approval import Short
from portfolio.model.scenarios.verbs import (
    EVERY_ITEM,
    AddedShare,
    AddItem,
    AddRisk,
    Amount,
    CancelItem,
    Change,
    EnvelopeChange,
    Factor,
    GateDrop,
    GateSet,
    Increase,
    Part,
    Pick,
    PickBy,
    PlannedMoney,
    Selector,
)
from portfolio.read.scenario.file import find_scenario, read_scenario
from portfolio.read.scenario.schema import scenario_schema
from portfolio.read.scenario.verbs import verbs_of
from tests.model.scenarios.sample_changes import P, gate_set, put

HEAD = "标题: 试\n变更:\n"


def written(folder: Path, text: str, name: str = "x.yaml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def refused(path: Path, folder: Path | None = None) -> tuple[Problem, ...]:
    with pytest.raises(InputError) as caught:
        read_scenario(path, folder)
    return caught.value.problems


SPB, Y = ("专项债券",), (2023, 2024)
READ: list[tuple[str, Change]] = [
    (
        "渠道额度: {渠道: 专项债券, 年份: 2023-2024, 系数: 0.7}",
        EnvelopeChange(place=P, channels=SPB, years=Y, revisions=(Factor(bps=7000),)),
    ),
    (
        "渠道额度: {渠道: [CBI, UP], 年份: [2023, 2025], 变动: [-30%, +20亿], 大项: 22, 部分: 额度}",
        EnvelopeChange(
            place=P,
            channels=("CBI", "UP"),
            years=(2023, 2025),
            revisions=(Factor(bps=7000), Increase(wan=200_000)),
            part=Part.ASK,
            selector=Selector.items(22),
        ),
    ),
    (
        "渠道额度: {渠道: 专项债券, 年份: 2023, 金额: 120.5, 部分: 待分配资金}",
        EnvelopeChange(
            place=P,
            channels=SPB,
            years=(2023,),
            revisions=(Amount(wan=1_205_000),),
            part=Part.RESERVE,
        ),
    ),
    (
        "渠道延迟: {渠道: 专项债券, 年份: 全部, 季度数: 2}",
        put("渠道延迟", names=SPB, years=tuple(SHIPPED.play_years), delay_quarters=2),
    ),
    (
        "下达节奏: {渠道: 专项债券, 年份: 2023-2024, 各季: [15%, 22%, 0.26, 37%]}",
        put("下达节奏", names=SPB, years=Y, release_bps=(1500, 2200, 2600, 3700)),
    ),
    (
        "贷款到位: {渠道: 专项债券, 年份: 2023-2024, 系数: [90%, 0.95]}",
        put("贷款到位", names=SPB, years=Y, credit_bps=(9000, 9500)),
    ),
    (
        "结转规则: {渠道: 专项债券, 规则: 至竣工}",
        put("结转规则", names=SPB, carry=Carry.TO_FINISH),
    ),
    (
        "造价: {大项: [22, 24-27, 国铁干线], 变动: +7%}",
        put("造价", selector=Selector.items(22, "24-27", "国铁干线"), cost_bps=10_700),
    ),
    (
        "工期: {大项: {风险类别: [rail_urban, hub], 标签: 续建}, 系数: 1.2}",
        put(
            "工期",
            selector=Selector(
                alternatives=tuple(
                    (
                        Pick(by=PickBy.RISK_CLASS, text=key),
                        Pick(by=PickBy.TAG, text="续建"),
                    )
                    for key in ("rail_urban", "hub")
                )
            ),
            duration_bps=12_000,
        ),
    ),
    (
        "推迟开工: {大项: 29, 季度数: 4}",
        put("推迟开工", selector=Selector.items(29), start_delay_quarters=4),
    ),
    (
        "停工: {大项: 全部, 自: 2022Q1, 季度数: 2}",
        put("停工", selector=EVERY_ITEM, first_quarter=SHIPPED.quarter_of(2022), quarters=2),
    ),
    (
        "施工进度: {大项: 全部, 自: 2022q3, 季度数: 2, 系数: 60%}",
        put(
            "施工进度",
            selector=EVERY_ITEM,
            first_quarter=SHIPPED.quarter_of(2022, 3),
            quarters=2,
            pace_bps=6000,
        ),
    ),
    (
        "优先级: {大项: 31, 级别: 4}",
        put("优先级", selector=Selector.items(31), priority=4),
    ),
    ("取消大项: [29, 51]", CancelItem(place=P, selector=Selector.items(29, 51))),
    (
        "新增大项: {编号: 59, 名称: 新机场, 工程: 交通枢纽工程, 总投资: 300, 十四五投资: 100亿, "
        "优先级: 1, 风险类别: airport, 阶段: 可研, 投资节奏: 新开工, "
        "资金结构: {专项债券: 40%, 银行贷款: [60%, 80%]}, 年度计划: {2026: 30亿}, 标签: 交通}",
        AddItem(
            place=P,
            item=Item(
                no=59,
                name="新机场",
                work="交通枢纽工程",
                category=None,
                total_wan=3_000_000,
                plan_wan=1_000_000,
                earlier_wan=0,
                priority=1,
                tags=("交通",),
                risk_class="airport",
                stage="可研",
                profile=Profile.NEW_START,
                yearly_cap_wan=None,
                min_duration_years=1,
                contract_share_bps=0,
                min_capital_share_bps=2000,
                group=None,
                provenance="",
            ),
            shares=(
                AddedShare(channel="专项债券", share_bps=4000, max_share_bps=4000),
                AddedShare(channel="银行贷款", share_bps=6000, max_share_bps=8000),
            ),
            known_years_wan=((2026, 300_000),),
        ),
    ),
    (
        "前置条件: {前项: 22, 后项: 27, 类型: PROGRESS, 前项达到: 25%, 后项上限: 0.5, "
        "滞后季度: 2, 强度: 软, 原因: 接轨}",
        gate_set(
            pred="22",
            succ="27",
            type=GateType.PROGRESS,
            fraction_bps=2500,
            holds_bps=5000,
            lag_quarters=2,
            hard=False,
            reason="接轨",
        ),
    ),
    ("取消前置条件: [E046, 22→27]", GateDrop(place=P, gates=("E046", "22→27"))),
    ("软前置条件: 生效", put("软前置条件", soft_gates_bind=True)),
    ("软前置条件: false", put("软前置条件", soft_gates_bind=False)),
    ("分配方式: 按顺序", put("分配方式", in_order=True)),
    ("资金替代: 可替代", put("资金替代", substitution=True)),
    ("短收处理: 总支出不减", put("短收处理", short=Short.MADE_GOOD)),
    (
        "年度目标: {年份: 2023-2024, 金额: 3800亿, 类型: 区间, 上限金额: 4200亿}",
        put("年度目标", years=Y, target_wan=38_000_000, kind=TargetKind.BAND, upper_wan=42_000_000),
    ),
    (
        "入列系数: {年份: 2023-2024, 系数: [0.7, 0.715]}",
        put("入列系数", years=Y, inclusion_bps=(7000, 7150)),
    ),
    (
        "目标顺序: {顺序: [滞后, 缺口, 调整量], 权重: [8, 4, 2, 1]}",
        put("目标顺序", aims=(Aim.DELAY, Aim.SHORTFALL, Aim.MOVEMENT), class_weights=(8, 4, 2, 1)),
    ),
    (
        "目标顺序: {取舍: 依次}",
        put("目标顺序", way=Way.STRICT),
    ),
    (
        "目标顺序: {缺口余地: 2%, 滞后折算: 0.05, 调整余地: 0}",
        put("目标顺序", slack_bps=200, delay_rate_bps=500, cost_slack_bps=0),
    ),
    ("目标顺序: {权重: [1, 1, 1, 1]}", put("目标顺序", class_weights=(1, 1, 1, 1))),
    (
        "调整规则: {民生下限: 80%, 合同递减: 0.6, 连续下限: 0}",
        put("调整规则", livelihood_bps=8000, contract_decay_bps=6000, continuity_bps=0),
    ),
    (
        "调整规则: {份额幅度: 20%, 最小调整: 0.1亿, 预算转债: 允许}",
        put("调整规则", yearly_band_bps=2000, least_move_wan=1000, livelihood_debt=True),
    ),
    (
        "合同锁定比例: {大项: {标签: 续建}, 比例: 50%}",
        put(
            "合同锁定比例",
            selector=Selector(alternatives=((Pick(by=PickBy.TAG, text="续建"),),)),
            contract_share_bps=5000,
        ),
    ),
    (
        "最低资本金比例: {大项: 24, 比例: 0.25}",
        put("最低资本金比例", selector=Selector.items(24), min_capital_share_bps=2500),
    ),
    (
        "年度上限: {大项: [22, 24], 金额: 120}",
        put("年度上限", selector=Selector.items(22, 24), yearly_cap_wan=1_200_000),
    ),
    (
        "计划安排: {大项: 24, 渠道: 专项债券, 年份: 2023-2024, 金额: [30亿, 0]}",
        PlannedMoney(
            place=P,
            selector=Selector.items(24),
            channel="专项债券",
            years=Y,
            amounts_wan=(300_000, 0),
        ),
    ),
    (
        "风险参数: {风险类别: [rail_urban, 医院], 极端超支概率: 20%, 一般超支均值: -0.05, "
        "超支上限: 3, 工期对数均值: -0.1, 停工次数: 0.1, 平均停工季度: 2.5}",
        put(
            "风险参数",
            names=("rail_urban", "医院"),
            p_tail=0.2,
            body_mu=-0.05,
            cost_cap=3.0,
            sched_ln_mu=-0.1,
            stoppages_per_year=0.1,
            stoppage_mean_quarters=2.5,
        ),
    ),
    (
        "到位率: {渠道: [LAND, 专项债券], 均值: 70%, 离散: 0.15, 延续性: 0.6, 上限: 110%}",
        put("到位率", names=("LAND", "专项债券"), mean=0.7, sd=0.15, persistence=0.6, high=1.1),
    ),
    ("落地率: {均值: 80%}", put("落地率", names=("备案",), mean=0.8)),
    (
        "阶段系数: {阶段: 概算, 造价系数: 0.6}",
        put("阶段系数", names=("概算",), cost_factor=0.6),
    ),
    (
        "相关系数: {全局: 0.25, 造价与工期: -0.1}",
        put("相关系数", global_correlation=0.25, cost_time_correlation=-0.1),
    ),
    (
        "渠道相关: {渠道: LAND, 与: SPB, 相关系数: -0.4}",
        put("渠道相关", names=("LAND", "SPB"), correlation=-0.4),
    ),
    (
        "新增风险: {编号: R1, 名称: 台风, 概率: 0.2, 大项: [22, 24], 造价: [-1%, 0.02, 5%], 工期: 2}",
        AddRisk(
            place=P,
            id="R1",
            name="台风",
            probability=0.2,
            selector=Selector.items(22, 24),
            cost=(-0.01, 0.02, 0.05),
            quarters=(2.0, 2.0, 2.0),
            provenance="",
        ),
    ),
]


@pytest.mark.parametrize(("text", "change"), READ, ids=[text[:12] for text, _ in READ])
def test_verb_is_read(tmp_path: Path, text: str, change: Change):
    assert read_scenario(written(tmp_path, f"{HEAD}  - {text}\n")).changes == (change,)


@pytest.mark.parametrize("text", [text for text, _ in READ], ids=[text[:12] for text, _ in READ])
def test_what_is_read_fits_the_schema(text: str):
    value = YAML(typ="safe", pure=True).load(StringIO(f"{HEAD}  - {text}\n"))
    value = _with_text_keys(value)
    jsonschema.Draft202012Validator(scenario_schema()).validate(value)


def _with_text_keys(value: object) -> object:
    """As editors do: YAML's number keys (2026: 30亿) are JSON's text keys."""
    if isinstance(value, dict):
        return {str(key): _with_text_keys(held) for key, held in value.items()}
    return [_with_text_keys(held) for held in value] if isinstance(value, list) else value


def test_every_verb_is_tried():
    assert {text.partition(":")[0] for text, _ in READ} == {verb.key for verb in verbs_of(SHIPPED)}


def test_head_is_read(tmp_path: Path):
    scenario = read_scenario(
        written(
            tmp_path,
            "标题: 试一试\n摘要: |\n  两行\n  的话\n来源: 财政部\n未涵盖: [甲, 乙]\n变更: []\n",
            "试.yaml",
        )
    )
    assert (scenario.name, scenario.title, scenario.summary) == ("试", "试一试", "两行\n的话")
    assert (scenario.source, scenario.omits) == ("财政部", ("甲", "乙"))
    assert scenario.layers == ()


def test_byte_order_mark_and_windows_lines_are_taken(tmp_path: Path):
    path = tmp_path / "x.yaml"
    path.write_bytes("标题: 试\r\n变更:\r\n  - 取消大项: 29\r\n".encode("utf-8-sig"))
    assert read_scenario(path).changes[0].place == P


E = "  - 渠道额度: {渠道: 专项债券, 年份: 2023, 系数: 0.7}\n"
DAMAGED: list[tuple[str, int, str, str]] = [
    ("", 1, "文件是空的", "标题"),
    ("# 只有注释\n", 1, "文件是空的", "变更"),
    ("- 甲\n- 乙\n", 1, "文件应由“键: 值”组成，却是一个列表", "标题、摘要"),
    ("标题：试\n", 1, "文件应由“键: 值”组成", "冒号请用半角"),
    ("变更: []\n", 1, "缺少“标题”", "一句话"),
    ("标题: 试\n", 1, "缺少“变更”", "变更: []"),
    ("标题: 试\n变动: []\n变更: []\n", 2, "没有名为“变动”的键", "是否为“变更”？"),
    ("标题: 试\n标题: 再试\n变更: []\n", 2, "键“标题”重复，第 1 行已写过", "只保留一个"),
    ("标题: [甲]\n变更: []\n", 1, "此处应为文字，却是一个列表", "请写文字"),
    ("标题:\n变更: []\n", 1, "此处应为文字，却是空", "请写文字"),
    ("标题: 试\n变更:\n", 2, "“变更”应为列表，却是空", "变更: []"),
    ("标题: 试\n变更:\n  渠道额度: {}\n", 3, "“变更”应为列表，却是一组键值", "- "),
    (HEAD + "  - 渠道限额: {}\n", 3, "没有名为“渠道限额”的键", "是否为“渠道额度”？"),
    (HEAD + "  - 取消大项\n", 3, "一处变更应为“动作: 内容”，却是“取消大项”", "渠道延迟"),
    (HEAD + "  - 取消大项：29\n", 3, "却是“取消大项：29”", "冒号请用半角"),
    (HEAD + "  - 取消大项:29\n", 3, "却是“取消大项:29”", "冒号后请空一格"),
    (HEAD + "  - 取消大项: 29\n    优先级: {大项: 1, 级别: 2}\n", 3, "写了 2 个键", "只写一个动作"),
    (HEAD + "  - 造价: 1.2\n", 3, "“造价”后应为一组键值，却是“1.2”", "大项、系数"),
    (HEAD + "  - 造价:\n    大项: 22\n    系数: 1.2\n", 3, "“造价”的内容没有缩进", "“大项”等各行再缩进两格"),
    (HEAD + "  - 渠道额度: {年份: 2023, 系数: 0.7}\n", 3, "缺少“渠道”", "请补上"),
    (HEAD + E.replace("系数: 0.7", "系数: 0.7, 金额: 3"), 3, "同时写了 系数、金额", "只写一个"),
    (HEAD + E.replace(", 系数: 0.7", ""), 3, "“渠道额度”没有写要变多少", "系数、变动、金额"),
    (HEAD + E.replace("系数: 0.7", "系數: 0.7"), 3, "没有名为“系數”的键", "是否为“系数”？"),
    (HEAD + E.replace("0.7", "七成"), 3, "“七成”不是系数", "0.7 或 70%"),
    (HEAD + E.replace("0.7", "30"), 3, "系数“30”超出 0–10", "是否为“30%”？"),
    (HEAD + E.replace("0.7", "-0.3"), 3, "系数“-0.3”超出 0–10", "1 为不变"),
    (HEAD + E.replace("0.7", "0.70001"), 3, "比 0.01% 还细", "四位小数"),
    (HEAD + E.replace("0.7", ".nan"), 3, "“.nan”不是系数", "0.7"),
    (HEAD + E.replace("0.7", "true"), 3, "“true”不是系数", "0.7"),
    (HEAD + E.replace("0.7", "[]"), 3, "此处是空列表", "每年一个数"),
    (HEAD + E.replace("系数: 0.7", "变动: -30"), 3, "“-30”不是变动", "是否为“-30%”？"),
    (HEAD + E.replace("系数: 0.7", "变动: -130%"), 3, "超出 -100%", "-30%"),
    (HEAD + E.replace("系数: 0.7", "金额: 120元"), 3, "“120元”不是金额", "120亿"),
    (HEAD + E.replace("系数: 0.7", "金额: -5"), 3, "“-5”超出范围", "0 以上"),
    (HEAD + E.replace("系数: 0.7", "金额: 0.00001"), 3, "不足一万元", "最细到万元"),
    (HEAD + E.replace("2023", "23"), 3, "“23”不是年份", "2023-2025"),
    (HEAD + E.replace("2023", "2012"), 3, "年份“2012”不在推演期内", "2021–2045"),
    (HEAD + E.replace("2023", "2025-2023"), 3, "前大后小", "是否为“2023-2025”？"),
    (HEAD + E.replace("2023", "[2023, 2022-2024]"), 3, "年份 2023 写了两次", "只写一次"),
    (HEAD + E.replace("2023", "[]"), 3, "年份是空列表", "2023"),
    (HEAD + E.replace("专项债券", "[SPB, SPB]"), 3, "“SPB”写了两次", "只写一次"),
    (HEAD + E.replace("}", ", 部分: 全额}"), 3, "“全额”不在可选的", "额度"),
    (HEAD + "  - 停工:\n      大项: 22\n      自: 2022年1季度\n      季度数: 2\n", 5, "不是推演期内的季度", "2026Q1"),
    (HEAD + "  - 停工:\n      大项: 22\n      自: 2022Q1\n      季度数: 1.5\n", 6, "“1.5”不是1–100 的整数", "整数"),
    (HEAD + "  - 停工:\n      大项: 22\n      大项: 23\n      自: 2022Q1\n      季度数: 1\n", 5, "键“大项”重复，第 4 行已写过", "只保留一个"),
    (HEAD + "  - 造价: {大项: {工成: 交通}, 系数: 1.1}\n", 3, "没有名为“工成”的键", "是否为“工程”？"),
    (HEAD + "  - 造价: {大项: [], 系数: 1.1}\n", 3, "没有选大项", "{工程: …}"),
    (HEAD + "  - 造价: {大项: {}, 系数: 1.1}\n", 3, "没有选大项", "全部"),
    (HEAD + "  - 下达节奏: {渠道: SPB, 年份: 2023, 各季: [50%, 50%]}\n", 3, "一个列表（2 项）", "37%"),
    (HEAD + "  - 下达节奏: {渠道: SPB, 年份: 2023, 各季: [50%, 50%, 1%, 0]}\n", 3, "合计 101%", "100%"),
    (HEAD + "  - 渠道延迟: {渠道: SPB, 年份: 2023, 季度数: 8}\n", 3, "“8”不是0–4 的整数", "“渠道额度”减少"),
    (HEAD + "  - 软前置条件: 是\n", 3, "“是”不在可选的 生效、不生效", "生效"),
    (HEAD + "  - 分配方式: 按次序\n", 3, "“按次序”不在可选的", "是否为“按顺序”？"),
    (HEAD + "  - 取消前置条件: []\n", 3, "此处是空列表", "至少写一个"),
    (HEAD + "  - 前置条件: {编号: E046, 类型: SF}\n", 3, "“SF”不在可选的 同步开工（SS）", "是否为“同步开工（SS）”？"),
    (HEAD + "  - 风险参数: {类别: 医院, 极端超支概率: 0.2}\n", 3, "没有名为“类别”的键", "是否为“风险类别”？"),
    (HEAD + "  - 风险参数: {风险类别: 医院, 曲线参数 a: 2}\n", 3, "没有名为“曲线参数 a”的键", "可用的有"),
    (HEAD + "  - 风险参数: {风险类别: 医院, 极端超支概率: 20}\n", 3, "“20”超出 0%–100%", "是否为“20%”？"),
    (HEAD + "  - 风险参数: {风险类别: 医院, 停工次数: 10%}\n", 3, "“10%”不是数", "不带单位"),
    (HEAD + "  - 风险参数: {风险类别: 医院, 停工次数: 30}\n", 3, "“30”超出 0–20", "0–20 之间的数"),
    (HEAD + "  - 到位率: {渠道: SPB, 均值: 七成}\n", 3, "“七成”不是数", "0.12 或 12%"),
    (HEAD + "  - 到位率: {渠道: SPB, 延续性: 1}\n", 3, "“1”超出 0–0.9999", "之间的数"),
    (HEAD + "  - 落地率: {阶段: 备按, 均值: 0.8}\n", 3, "“备按”不在可选的", "是否为“备案”？"),
    (HEAD + "  - 相关系数: {全局: 1.5}\n", 3, "“1.5”超出 -0.9999–0.9999", "之间的数"),
    (HEAD + "  - 相关系数: {同组: 0.2}\n", 3, "没有名为“同组”的键", "是否为“同组附加”？"),
    (HEAD + "  - 渠道相关: {渠道: LAND, 相关系数: 0.2}\n", 3, "“渠道相关”缺少“与”", "请补上"),
    (HEAD + "  - 新增风险: {编号: R1, 名称: 甲, 概率: 0, 大项: 22, 工期: 1}\n", 3, "“0”超出 0.01%–100%", "之间的数"),
    (HEAD + "  - 新增风险: {编号: R1, 名称: 甲, 概率: 0.1, 大项: 22, 工期: [1, 2]}\n", 3, "一个列表（2 项）", "[0, 2, 5]"),
    (HEAD + "  - 新增风险: {编号: R1, 名称: 甲, 概率: 0.1, 大项: 22, 造价: [0, 9%, 5%]}\n", 3, "没有由小到大", "最低"),
    (HEAD + "  - 目标顺序: {顺序: 滞后}\n", 3, "此处应为一个列表，却是“滞后”", "[缺口, 滞后, 调整量]"),
    (HEAD + "  - 目标顺序: {顺序: [滞后, 缺口]}\n", 3, "缺少 调整量", "各写一次"),
    (HEAD + "  - 目标顺序: {顺序: [滞后, 缺口, 调整量, 滞后]}\n", 3, "有的写了两次", "各写一次"),
    (HEAD + "  - 目标顺序: {顺序: [滞候, 缺口, 调整量]}\n", 3, "“滞候”不在可选的", "是否为“滞后”？"),
    (HEAD + "  - 目标顺序: {权重: [8, 4, 2]}\n", 3, "应为 4 个数，却是一个列表（3 项）", "[8, 4, 2, 1]"),
    (HEAD + "  - 目标顺序: {权重: [8, 4, 2, 0]}\n", 3, "“0”不是1–1000 的整数", "1–1000"),
    (HEAD + "  - 调整规则: {民生下限: 80}\n", 3, "系数“80”超出", "是否为“80%”？"),
    (HEAD + "  - 调整规则: {连续下限: 5}\n", 3, "比例“5”超出 0–100%", "是否为“5%”？"),
    (HEAD + "  - 调整规则: {合同递减: 120%}\n", 3, "比例“120%”超出 0–100%", "0–100%"),
    (HEAD + "  - 调整规则: {民生底线: 80%}\n", 3, "没有名为“民生底线”的键", "是否为“民生下限”？"),
    (HEAD + "  - 合同锁定比例: {大项: 24}\n", 3, "“合同锁定比例”缺少“比例”", "请补上"),
    (HEAD + "  - 年度上限: {大项: 24, 金额: -3}\n", 3, "“-3”超出范围", "0 以上"),
    (HEAD + "  - 计划安排: {大项: 24, 渠道: SPB, 年份: 2023, 金额: 0.00001}\n", 3, "不足一万元", "最细到万元"),
    (HEAD + "  - 计划安排: {大项: 24, 年份: 2023}\n", 3, "缺少“渠道”“金额”", "请补上"),
    ("标题: 试\n继承: 甲.xlsx\n变更: []\n", 2, "“甲.xlsx”是工作簿，不能继承", "-s"),
    (HEAD + "\t- 取消大项: 29\n", 3, "用了制表符（Tab）", "空格"),
    (HEAD + "  - 取消大项: 29\n   - 取消大项: 30\n", 4, "缩进不齐：“- 取消大项: 30”", "左端对齐"),
    (HEAD + "  - 造价: {大项: 22, 系数: 1.1\n  - 取消大项: 29\n", 3, "方括号或花括号没有成对", "补上括号"),
    (HEAD + "  - 造价: {大项: '22, 系数: 1.1}\n  - 取消大项: 29\n", 3, "引号没有成对", "另一半引号"),
    ("标题：试\n变更: []\n", 1, "键后是全角冒号：“标题：试”", "半角冒号加一个空格"),
    (HEAD + "  - &a 取消大项: 29\n", 3, "用了 & 锚点（a）", "继承"),
    (HEAD + "  - 取消大项: *a\n", 3, "用了 * 别名", "继承"),
    (HEAD + "  - 取消大项: !!python/name:os.system 29\n", 3, "用了 ! 标记", "去掉标记"),
    (HEAD + "  - ? [甲]\n    : 1\n", 3, "键是一个列表", "键请写文字"),
    ("标题: 试\n变更: []\n---\n标题: 再试\n变更: []\n", 3, "两份情景", "分成两个文件"),
    ("标题: @试\n变更: []\n", 1, "不能出现在开头的符号", "加上引号"),
    ("标题: 试\x00\n变更: []\n", 1, "YAML 不认的内容", "删去"),
    ("[" * 5000, 1, "", ""),
    ("标题: 试\n继承: 没有的\n变更: []\n", 2, "没有名为“没有的”的情景可继承", "可用的有"),
    ("标题: 试\n继承: x\n变更: []\n", 2, "继承成环：x → x", "去掉其中一处"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "line", "found", "fix"),
    DAMAGED,
    ids=[f"{k}-{d[2][:20]}" for k, d in enumerate(DAMAGED)],
)
def test_damaged_file(tmp_path: Path, text: str, line: int, found: str, fix: str):
    path = written(tmp_path, text)
    problems = refused(path)
    assert any(
        problem.place == f"x.yaml 第 {line} 行" and found in problem.found and fix in problem.fix
        for problem in problems
    ), "\n".join(map(str, problems))
    assert path.read_text(encoding="utf-8") == text


STRUCTURAL = [
    "变更: []\n",
    "标题: 试\n",
    "标题: 试\n变动: []\n变更: []\n",
    "标题: 试\n变更:\n  渠道额度: {}\n",
    HEAD + "  - 渠道限额: {}\n",
    HEAD + "  - 取消大项\n",
    HEAD + "  - 取消大项: 29\n    优先级: {大项: 1, 级别: 2}\n",
    HEAD + "  - 造价: 1.2\n",
    HEAD + "  - 渠道额度: {年份: 2023, 系数: 0.7}\n",
    HEAD + E.replace("系数: 0.7", "系数: 0.7, 金额: 3"),
    HEAD + E.replace(", 系数: 0.7", ""),
    HEAD + E.replace("0.7", "七成"),
    HEAD + E.replace("0.7", "30"),
    HEAD + E.replace("系数: 0.7", "变动: -30"),
    HEAD + E.replace("2023", "2012"),
    HEAD + "  - 停工: {大项: 22, 自: 2022年1季度, 季度数: 2}\n",
    HEAD + "  - 造价: {大项: {工成: 交通}, 系数: 1.1}\n",
    HEAD + "  - 下达节奏: {渠道: SPB, 年份: 2023, 各季: [50%, 50%]}\n",
    HEAD + "  - 分配方式: 按次序\n",
    HEAD + "  - 优先级: {大项: 1, 级别: 7}\n",
    HEAD + "  - 目标顺序: {顺序: [滞后, 缺口]}\n",
    HEAD + "  - 目标顺序: {顺序: [滞后, 滞后, 缺口]}\n",
    HEAD + "  - 目标顺序: {权重: [8, 4, 2, 0]}\n",
    HEAD + "  - 调整规则: {连续下限: 5}\n",
    HEAD + "  - 计划安排: {大项: 24, 年份: 2023, 金额: 1}\n",
]


@pytest.mark.parametrize("text", STRUCTURAL)
def test_structural_damage_is_seen_by_the_schema_too(tmp_path: Path, text: str):
    value = YAML(typ="safe", pure=True).load(StringIO(text))
    assert list(jsonschema.Draft202012Validator(scenario_schema()).iter_errors(value))
    assert refused(written(tmp_path, text))


def test_every_problem_comes_at_once(tmp_path: Path):
    text = (
        "标题: 试\n来原: 甲\n变更:\n"
        "  - 造价: {大项: 22, 系数: 七成}\n"
        "  - 渠道额度: {渠道: SPB, 年份: 2012, 变动: -30, 备注: 无}\n"
        "  - 停工:\n      大项: 22\n      自: 明年\n"
    )
    problems = refused(written(tmp_path, text))
    assert [(problem.place.split()[-2], problem.found[:12]) for problem in problems] == [
        ("2", "情景文件没有名为“来原”"),
        ("4", "“七成”不是系数"),
        ("5", "“渠道额度”没有名为“备"),
        ("5", "年份“2012”不在推演"),
        ("5", "“-30”不是变动"),
        ("6", "“停工”缺少“季度数”"),
        ("8", "“明年”不是推演期内的季"),
    ]


def test_gbk_file_says_how_to_save_it(tmp_path: Path):
    path = tmp_path / "x.yaml"
    path.write_bytes("# abc\n标题: 试\n变更: []\n".encode("gbk"))
    (problem,) = refused(path)
    assert problem.place == "x.yaml 第 2 行"
    assert problem.found == "文件编码是 GBK，不是 UTF-8"
    assert "另存为" in problem.fix


def test_utf16_file_says_how_to_save_it(tmp_path: Path):
    path = tmp_path / "x.yaml"
    path.write_bytes("标题: 试\n变更: []\n".encode("utf-16"))
    assert "UTF-16" in refused(path)[0].found


def test_folder_missing_and_huge_files(tmp_path: Path):
    assert "是文件夹" in refused(tmp_path)[0].found
    assert "文件不存在" in refused(tmp_path / "没有.yaml")[0].found
    assert "超过 150 kB" in refused(written(tmp_path, "标题: 试\n" + "# 长\n" * 30_000))[0].found


def test_parents_come_first_and_their_problems_are_told(tmp_path: Path):
    written(tmp_path, HEAD + E, "父.yaml")
    child = written(tmp_path, "标题: 子\n继承: 父\n" + "变更:\n" + E, "子.yaml")
    scenario = read_scenario(child)
    assert scenario.extends == ("父",)
    assert [layer.name for layer in scenario.layers] == ["父", "子"]
    written(tmp_path, HEAD + E.replace("0.7", "七成"), "父.yaml")
    (problem,) = refused(child)
    assert problem.place == "父.yaml 第 3 行"


def test_cycle_of_parents_is_named_as_a_path(tmp_path: Path):
    for name, parent in (("甲", "乙"), ("乙", "丙"), ("丙", "甲")):
        written(tmp_path, f"标题: {name}\n继承: {parent}\n变更: []\n", f"{name}.yaml")
    (problem,) = refused(tmp_path / "甲.yaml")
    assert problem.place == "丙.yaml 第 2 行"
    assert problem.found == "继承成环：甲 → 乙 → 丙 → 甲"


def test_parent_by_file_and_in_the_shipped_folder(tmp_path: Path):
    shipped, own = tmp_path / "scenarios", tmp_path / "own"
    shipped.mkdir()
    own.mkdir()
    written(shipped, HEAD + E, "父.yaml")
    child = written(own, "标题: 子\n继承: 父\n变更: []\n", "子.yaml")
    assert [layer.name for layer in read_scenario(child, shipped).layers] == ["父"]
    assert "没有名为“父”的情景可继承" in refused(child)[0].found
    by_file = written(own, "标题: 子\n继承: ../scenarios/父.yaml\n变更: []\n", "孙.yaml")
    assert read_scenario(by_file).extends == ("父",)


def test_find_scenario(tmp_path: Path):
    path = written(tmp_path, "", "专项债收紧.yaml")
    assert find_scenario("专项债收紧", tmp_path) == path
    assert find_scenario("专项债收紧.yaml", tmp_path) == path
    assert find_scenario(str(path), tmp_path / "elsewhere") == path
    with pytest.raises(InputError, match=r"情景“专项债受紧”.*是否为“专项债收紧”？"):
        find_scenario("专项债受紧", tmp_path)
    with pytest.raises(InputError, match=r"没有这个情景名，也没有这个文件"):
        find_scenario("别处/专项债收紧.yaml", tmp_path)


@pytest.mark.parametrize("word", ["完成后开工（FS）", "完成后开工(fs)", "完成后开工", "FS", "fs"])
@pytest.mark.parametrize("strength", ["硬约束", "硬"])
def test_gates_are_written_as_in_the_workbook_or_by_code(tmp_path: Path, word: str, strength: str):
    text = f"  - 前置条件: {{前项: 22, 后项: 27, 类型: {word}, 强度: {strength}}}\n"
    (change,) = read_scenario(written(tmp_path, HEAD + text)).changes
    assert isinstance(change, GateSet)
    assert (change.type, change.hard) == (GateType.FS, True)


@pytest.mark.parametrize(
    ("text", "fix"),
    [
        ("类型: 完成以后开工", "是否为“完成后开工（FS）”？"),
        ("类型: PROGRES", "是否为“达到进度（PROGRESS）”？"),
        ("强度: 硬性约束", "是否为“硬约束”？"),
        ("强度: 软性", "是否为“软约束”？"),
    ],
)
def test_a_choice_mistyped_is_offered_in_chinese(tmp_path: Path, text: str, fix: str):
    (problem,) = refused(written(tmp_path, HEAD + f"  - 前置条件: {{编号: E046, {text}}}\n"))
    assert problem.fix == fix

"""Every assumption by name, and what it is moved to, to see how much of the answer hangs on it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from portfolio.model.money import BPS
from portfolio.model.pipeline.settings import Aim, StartSettings


@dataclass(frozen=True, kw_only=True)
class Assumption:
    """An assumption: its name, what it is, what it is moved to in words and as settings."""

    name: str
    now: str
    then: str
    settings: StartSettings


def _times(bps: int) -> str:
    return f"{bps / BPS:g} 倍"


def moved_assumptions(now: StartSettings) -> Iterator[Assumption]:
    """Assumptions moved one at a time."""

    def one(name: str, was: str, then: str, **values: object) -> Assumption:
        return Assumption(name=name, now=was, then=then, settings=replace(now, **values))  # type: ignore[arg-type]

    for bps in (10_000, 15_000):
        yield one("建设期（最短工期的倍数）", _times(now.stretch_bps), _times(bps), stretch_bps=bps)
    band = f"{now.low_bps / BPS:g}—{_times(now.high_bps)}"
    yield one("类别构成（现清单的倍数）", band, "与现清单相同", low_bps=BPS, high_bps=BPS)
    yield one("类别构成（现清单的倍数）", band, "0.25—2 倍", low_bps=2_500, high_bps=20_000)
    cap = "不限" if now.cap_bps is None else _times(now.cap_bps)
    for limit in (10_000, 12_000, None):
        if limit != now.cap_bps:
            said = "不限" if limit is None else _times(limit)
            yield one("统筹渠道上限（计划期年均的倍数）", cap, said, cap_bps=limit)
    hand = f"{now.in_hand_bps / BPS:g} 年"
    for years in (0, 1, 3):
        if years * BPS != now.in_hand_bps:
            yield one("期末在手（够几年的目标）", hand, f"{years} 年", in_hand_bps=years * BPS)
    for bps in (9_000, 11_000):
        yield one("入列系数", "各年所填", f"各年 × {bps / BPS:g}", inclusion_bps=bps)
    for bps in (9_500, 10_500):
        yield one("年度目标", "各年所填", f"各年 × {bps / BPS:g}", target_bps=bps)
    yield one("年内何时开工", "四个季度均匀", "全在一季度", quarters=1)
    yield one("资金结构", "同类大项计划期以后的", "同类大项全部年份的", later_mix=False)
    yield one("现清单以后年份完成", "按推演", "按计划", old_as_planned=True)
    for aim in Aim:
        if aim is not now.aim:
            yield one("求什么最小", f"年度最高新开工（{now.aim}）" if now.aim is Aim.PEAK else str(now.aim),
                      str(aim), aim=aim)  # fmt: skip

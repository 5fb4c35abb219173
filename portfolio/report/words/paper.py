"""Who made a paper, when, and the number of what it is about, in the words of every output."""

from __future__ import annotations

from collections.abc import Sequence

from portfolio.model.paper import Paper

UNIT, AUTHOR, REVIEWER, MADE_ON, NUMBER = "编制单位", "编制人", "复核人", "编制时间", "方案编号"
TO_SIGN = "________"
#: More numbers than this are counted, not listed, where there is one line.
LISTED_NUMBERS = 3
#: So many, with their names, fit on a line of the screen.
ON_A_LINE = 2
SPACE = "　"

Named = tuple[str, Paper]


def paper_pairs(*papers: Named) -> tuple[tuple[str, str], ...]:
    """What is known of papers of one making, by its name: who, when, each scenario's number."""
    first = papers[0][1]
    pairs = ((UNIT, first.unit), (AUTHOR, first.author), (REVIEWER, first.reviewer),
             (MADE_ON, first.made_on), (NUMBER, number_text(papers)))  # fmt: skip
    return tuple((label, said) for label, said in pairs if said)


def number_text(papers: Sequence[Named]) -> str:
    """The scenarios' numbers; which is whose is said where there are several."""
    numbered = [(name, paper.number) for name, paper in papers if paper.number]
    if len({number for _, number in numbered}) < 2:
        return numbered[0][1] if numbered else ""
    return "、".join(number + _of(name) for name, number in numbered)


def _of(name: str) -> str:
    return f"（{name}）" if name else ""


def number_line(*papers: Named) -> str:
    """The last line of a command; empty where there is no number."""
    numbers = number_text(papers)
    if len(papers) > ON_A_LINE:
        name, first = papers[0]
        numbers = first.number and f"{first.number}{_of(name)}等 {len(papers)} 个，见 run.json"
    return f"{NUMBER} {numbers}" if numbers else ""


def paper_line(papers: Sequence[Paper]) -> str:
    """All that is known in a line, for the foot of a page; of many numbers only the first ones."""
    if not papers:
        return ""
    numbers = list(dict.fromkeys(paper.number for paper in papers if paper.number))
    more = f" 等 {len(numbers)} 个" if len(numbers) > LISTED_NUMBERS else ""
    told = dict(paper_pairs(("", papers[0])))
    if numbers:
        told[NUMBER] = "、".join(numbers[:LISTED_NUMBERS]) + more
    return SPACE.join(f"{label}：{said}" for label, said in told.items())


def signing_line(paper: Paper) -> str:
    """The line of a paper that is signed: what isn't known is left to be filled in."""
    pairs = ((UNIT, paper.unit), (AUTHOR, paper.author), (REVIEWER, paper.reviewer))
    told = [(label, said or TO_SIGN) for label, said in pairs]
    told += [(MADE_ON, paper.made_on or TO_SIGN)]
    told += [(NUMBER, paper.number)] if paper.number else []
    return (SPACE * 2).join(f"{label}：{said}" for label, said in told)

"""Risk-of-bias tables in the form of robvis: one row per study, a column per domain, and the whole."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from synthesis.certainty.rob_tools import ROB_TOOLS, RobTool
from synthesis.errors import ImportProblem
from synthesis.evidence.study import Study
from synthesis.exchange.bibliography.model import clean
from synthesis.exchange.csv_reading import NOTHING, Table, plain
from synthesis.exchange.review import BiasMark, Losses, Review, ReviewStudy
from synthesis.exchange.tables import Cell

OVERALL = "Overall"
_ROBINS = {"moderate", "serious", "critical"}


def looks(table: Table) -> bool:
    """Whether a table has a column of studies and domains D1, D2 ..."""
    return table.column("Study") is not None and table.column("D1") is not None


def read(table: Table) -> Review:
    """The judgements in a table.

    Raises
    ------
    ImportProblem
        If its domains are those of no tool that is known.
    """
    losses = Losses()
    label = table.column("Study")
    assert label is not None
    domains = [heading for heading in table.headings if re.fullmatch(r"D[1-9][0-9]?", heading.strip(), re.IGNORECASE)]
    overall = table.column("Overall", "Overall risk of bias")
    tool = _tool(table, domains)
    studies = []
    for index, line in enumerate(table.rows):
        marks = []
        for heading in [*domains, *([overall] if overall else [])]:
            text = clean(line[heading]).removeprefix("'")
            level = _level(tool, text)
            if level is None:
                if text.lower() not in NOTHING:
                    losses.add(f"column {heading}", table.place(index), f"{text!r} is no level of {tool.name}")
                continue
            marks.append(BiasMark(domain=OVERALL if heading == overall else heading.strip().upper(), level=level))
        name = clean(line[label]).removeprefix("'")
        year = re.search(r"(1[89]|20)[0-9]{2}", name)
        studies.append(
            ReviewStudy(
                name=name or f"Study {index + 1}",
                year=int(year.group()) if year else None,
                place=table.place(index),
                bias=tuple(marks),
            )
        )
    table.unused({label, overall, *domains}, losses)
    return Review(
        title=table.name,
        file=table.name,
        studies=tuple(studies),
        tool=tool.key,
        lost=losses.found(),
        remarks=(table.remark,) if table.remark else (),
    )


def _tool(table: Table, domains: list[str]) -> RobTool:
    """The tool with this many domains; of those with as many, the one that has the levels that are used."""
    used = {plain(line[heading]) for line in table.rows for heading in domains}
    fits = [tool for tool in ROB_TOOLS.values() if len(tool.domains) == len(domains)]
    if not fits:
        counts = ", ".join(f"{tool.name} {len(tool.domains)}" for tool in ROB_TOOLS.values())
        raise ImportProblem(f"{table.name} has {len(domains)} domains; tools that are known have: {counts}")
    return max(fits, key=lambda tool: sum(_level(tool, word) is not None for word in used))


def _level(tool: RobTool, text: str) -> str | None:
    words = plain(text).removesuffix("riskofbias").removesuffix("risk")
    for level in tool.levels:
        if words in {plain(level.key), plain(level.name).removesuffix("risk")}:
            return level.key
    return None


def columns(tool: RobTool) -> tuple[str, ...]:
    """Headings of the table of one tool."""
    return ("Study", *(domain.key for domain in tool.domains), OVERALL)


def rows(studies: Iterable[Study], tool: RobTool) -> list[Mapping[str, Cell]]:
    """One row per study that was judged with ``tool``; a study judged twice has two."""
    found: list[Mapping[str, Cell]] = []
    for study in studies:
        for judged in study.risk_of_bias:
            if judged.tool == tool.key:
                names = {key: _name(tool, item.level) for key, item in judged.domains.items()}
                found.append({"Study": study.label, **names, OVERALL: _name(tool, judged.overall.level)})
    return found


def _name(tool: RobTool, level: str) -> str:
    return tool.level(level).name.removesuffix(" risk")

"""Reporting standards as a table: each item, whether it is met, and where that can be seen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from synthesis.analysis.model import Analysis
from synthesis.briefing.standards import standard
from synthesis.briefing.standards.assess import Answer, assess, sections_of
from synthesis.briefing.standards.needs import Subject
from synthesis.document.elements import Column, Line, Row, Span, Table, line
from synthesis.errors import UsageError
from synthesis.evidence.collection import Evidence
from synthesis.evidence.project import open_standards
from synthesis.evidence.question import Briefing

COLUMNS = (
    Column(label="Item", width=0.6),
    Column(label="What it asks", width=3),
    Column(label="Met?", width=0.9),
    Column(label="Where, or why not", width=3),
)
WORDS = {"met": "Met", "not met": "Not met", "not applicable": "Does not apply"}


def held_to(evidence: Evidence, briefing: Briefing, analyses: Iterable[Analysis]) -> tuple[Answer, ...]:
    """Every item of the standards that a briefing is held to; see ``assess``.

    Raises
    ------
    UsageError
        If the briefing has no ``standards.yaml``.
    """
    root = evidence.root.resolve().parent
    declared = open_standards(briefing.id, root)
    if declared is None:
        raise UsageError(
            f"briefings/{briefing.id}/standards.yaml is not there; write one with a key for each standard, "
            "as docs/how-to/write-a-briefing.md shows"
        )
    subject = Subject(briefing=briefing, evidence=evidence, analyses={item.question: item for item in analyses})
    return assess(declared, subject, sections=sections_of(briefing, root), root=root)


def standards_table(evidence: Evidence, briefing: Briefing, analyses: Iterable[Analysis]) -> Table:
    """The standards that a briefing is held to, item by item, for its annex if it has one and else for itself.

    Parameters
    ----------
    evidence : Evidence
    briefing : Briefing
    analyses : iterable of Analysis
        Of the briefing's questions.

    Raises
    ------
    UsageError
        If the briefing has no ``standards.yaml``.
    """
    answers = held_to(evidence, briefing, analyses)
    here = Path(briefing.annex or briefing.notebook).name
    keys = list(dict.fromkeys(answer.standard for answer in answers))
    return Table(
        id="standards",
        caption="Reporting standards, item by item",
        columns=COLUMNS,
        rows=tuple(_rows(answers, here)),
        notes=(
            line(
                "Items are described in our words. Whether one is met is worked out from the records where it can be."
            ),
            *(line(f"{standard(key).title}: {standard(key).reference}. {standard(key).transcribed}") for key in keys),
        ),
    )


def counts(answers: Iterable[Answer]) -> dict[str, Counter[str]]:
    """How many items of each standard are met, not met, or do not apply."""
    found: dict[str, Counter[str]] = {}
    for answer in answers:
        found.setdefault(answer.standard, Counter())[answer.status] += 1
    return found


def summary(key: str, found: Counter[str]) -> str:
    """One line on one standard: its title and the counts."""
    given = ", ".join(f"{found[status]} {status}" for status in WORDS if found[status])
    return f"{standard(key).title} ({standard(key).what}): {given}"


def _rows(answers: tuple[Answer, ...], here: str) -> Iterator[Row]:
    counted = counts(answers)
    for index, answer in enumerate(answers):
        if index == 0 or answers[index - 1].standard != answer.standard:
            yield Row(cells=(line(summary(answer.standard, counted[answer.standard])),), style="group")
        asks = line(Span(text=answer.item.topic, style="strong"), f". {answer.item.asks}")
        yield Row(cells=(line(answer.item.id), asks, line(WORDS[answer.status]), _where(answer, here)))


def _where(answer: Answer, here: str) -> Line:
    section = answer.section
    if section is not None:
        file = "" if section.notebook == here else section.notebook
        return line(Span(text=section.title, style="link", target=f"{file}#{section.id}"))
    if answer.record:
        return line(Span(text=answer.record, style="code"))
    return line(f"{answer.why[:1].upper()}{answer.why[1:]}")

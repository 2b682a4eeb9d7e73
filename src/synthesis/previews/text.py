"""A preview as Markdown, ready for a pull request: what it comes to first, then what to do, then the details."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from synthesis.analysis.phrases import upper_first
from synthesis.changes.words import lines, records_text, tells_otherwise, version_text
from synthesis.errors import Problem
from synthesis.formatting import plural
from synthesis.previews.entries import StudyPreview
from synthesis.previews.markdown import escaped, folded, table_lines
from synthesis.previews.model import FailingClaim, Preview, StaleJudgement
from synthesis.previews.report import details_lines
from synthesis.tables.changes import changes_table

NO_IMPACT = (
    "**No evidence impact.** No record, question, definition or claim says anything else than before, so every "
    "conclusion stands as it did."
)
ONLY_PROBLEMS = (
    "**Nothing to compare yet.** What differs has problems and is left out here; everything else says what it said "
    "before. Mend the problems below to see what the change does."
)
# More rows than this are folded away.
SHOWN = 12


def preview_text(found: Preview) -> str:
    """The preview as Markdown, with a line end at its end."""
    return "\n".join(_lines(found)).rstrip() + "\n"


def _lines(found: Preview) -> Iterator[str]:
    yield from (f"## What this change does to “{escaped(found.title)}”", "")
    before = found.report.before
    against = (
        "This version compared with has no such briefing" if before is None else f"Compared with {version_text(before)}"
    )
    yield from (f"{escaped(against)}.", "")
    if found.impact:
        yield from (f"- {text}" for text in _summary(found))
    else:
        yield ONLY_PROBLEMS if found.aside else NO_IMPACT
    yield ""
    yield from _checks(found)
    if not found.impact:
        return
    yield from _studies(found.studies)
    yield from _conclusions(found)
    yield from _claims(found.claims)
    yield from _judgements(found.judgements)
    yield from _relations(found)
    yield from _forests(found)
    yield from details_lines(found.report)


def _summary(found: Preview) -> Iterator[str]:
    """The lines of the report without the name of what it is compared with; then what stands in the way."""
    report = found.report
    if report.before is None:
        yield "Everything in it is new."
    else:
        first, *rest = lines(report)
        counts = first.removeprefix(f"Compared with {version_text(report.before)}: ")
        records = records_text(report)
        yield escaped(upper_first(counts))
        yield from (escaped(text) for text in (*(text for text in rest if text != records), records))
    yield from (escaped(note) for note in report.notes)
    blocked = "; ".join(_blocked(found))
    yield f"**Before the next edition**: {blocked}." if blocked else "Nothing stands in the way of a build."


def _blocked(found: Preview) -> Iterator[str]:
    if found.problems:
        yield f"{plural(len(found.problems), 'problem')} in the records to mend"
    if found.claims:
        yield f"{plural(len(found.claims), 'claim')} to read again and reword"
    if found.judgements:
        questions = len({item.question for item in found.judgements})
        yield f"certainty to judge again in {plural(questions, 'question')}"
    if found.relations:
        yield f"{plural(len(found.relations), 'relation')} to what others say to look at again"


def _checks(found: Preview) -> Iterator[str]:
    yield from ("### Checks", "")
    if not found.problems:
        yield from (f"0 problems in {found.checked}.", "")
        return
    yield from (f"{plural(len(found.problems), 'problem')}. `synthesis check` reports the same.", "")
    yield from (f"- {_problem(problem)}" for problem in found.problems)
    yield ""
    for name, what in sorted(found.aside.items()):
        yield f"- In this preview `{_code(name)}` is {what}."
    yield ""


def _problem(problem: Problem) -> str:
    where = f"`{_code(f'{problem.file}:{problem.line}')}`"
    field = f" `{_code(problem.field)}`" if problem.field else ""
    said = f"found {problem.found}; allowed: {problem.allowed}; {problem.fix}"
    return f"{where}{field} ({escaped(problem.code)}): {escaped(said)}"


def _code(text: str) -> str:
    return text.replace("`", "'").replace("\n", " ")


def _studies(studies: tuple[StudyPreview, ...]) -> Iterator[str]:
    if not studies:
        return
    yield from ("### Where each study goes", "")
    for study in studies:
        yield from _study(study)


def _study(study: StudyPreview) -> Iterator[str]:
    yield from (f"**{escaped(study.label)}** (`{study.study}`, {study.status})", "")
    for entry in study.entries:
        title = f"*{escaped(entry.title)}*"
        yield (
            f"- enters {title} with {escaped(entry.text)}"
            if entry.used
            else (f"- does not enter {title}: {escaped(entry.text)}")
        )
    if study.nowhere:
        yield f"- {escaped(study.nowhere)}"
    for influence in study.influences:
        title, with_it, without = (escaped(text) for text in (influence.title, influence.with_it, influence.without_it))
        yield f"- *{title}* with it {with_it}, without it {without}"
    yield ""


def _conclusions(found: Preview) -> Iterator[str]:
    """Those that are not what they were, or say it with other numbers; the others are counted."""
    report = found.report
    moved = tuple(item for item in report.questions if item.label != "unchanged" or tells_otherwise(item))
    yield from ("### Conclusions before and now", "")
    if moved:
        table = changes_table(replace(report, questions=moved, notes=()))
        yield from table_lines(replace(table, notes=()))
        yield ""
    rest = len(report.questions) - len(moved)
    if rest:
        stand = "stands as it did" if rest == 1 else "stand as they did"
        yield from (
            f"{plural(rest, 'other conclusion' if moved else 'conclusion')} {stand}, with the same numbers.",
            "",
        )


def _claims(claims: tuple[FailingClaim, ...]) -> Iterator[str]:
    if not claims:
        return
    yield from ("### Claims that no longer hold", "")
    for claim in claims:
        already = "" if claim.new else " (did not hold before either)"
        yield f"- **{escaped(claim.claim)}** in `{_code(claim.place)}`{already}: {escaped(claim.says)}"
        yield from (f"  - {escaped(reason)}" for reason in claim.reasons)
        yield from (f"  - *{escaped(title)}* now reads: {escaped(text)}" for title, text in claim.allowed)
    yield ""


def _judgements(judgements: tuple[StaleJudgement, ...]) -> Iterator[str]:
    if not judgements:
        return
    yield from ("### Judgements made on other facts", "")
    yield "Look at each again, then sign with `synthesis judge`. Facts that did not change are not shown."
    yield ""
    rows = list(_judgement_rows(judgements))
    head = ["| Question | Domain | Fact | When judged | Now |", "| --- | --- | --- | --- | --- |"]
    if len(rows) > SHOWN:
        yield from folded(f"{plural(len(rows), 'fact')} in {plural(len(judgements), 'judgement')}", [*head, *rows])
    else:
        yield from (*head, *rows)
    yield ""


def _judgement_rows(judgements: tuple[StaleJudgement, ...]) -> Iterator[str]:
    for item in judgements:
        already = "" if item.new else " (stale before)"
        for name, seen, now in item.facts:
            cells = (item.title, f"{item.domain}{already}", name, seen or "–", now or "–")
            yield f"| {' | '.join(escaped(cell) for cell in cells)} |"


def _relations(found: Preview) -> Iterator[str]:
    if not found.relations:
        return
    yield from ("### What others say, to look at again", "")
    for item in found.relations:
        yield f"- `{_code(item.place)}`: {escaped(item.says)}"
        yield f"  - judged: {escaped(item.judged)}"
        yield f"  - computed now: {escaped(item.now)}"
    yield ""


def _forests(found: Preview) -> Iterator[str]:
    if not found.forests:
        return
    yield from ("### Forest plots", "")
    for title, plot in found.forests.items():
        yield from (f"{escaped(title)}:", "", "```text", *(line.replace("`", "'") for line in plot), "```", "")

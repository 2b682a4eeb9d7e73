"""The change report as tables: conclusions before and after, what moved each, and the sentences that read otherwise."""

from __future__ import annotations

from collections.abc import Iterator

from synthesis.changes.model import Cause, ChangeReport, ClaimChange, Difference, QuestionChange, Shift
from synthesis.changes.words import (
    CAUSE_WORDS,
    DEFINITIONS,
    LABEL_WORDS,
    because_text,
    full_text,
    moves_text,
    shift_text,
)
from synthesis.document.elements import Column, Line, Row, Table, line
from synthesis.formatting import integer, plural
from synthesis.tables.records import empty_row, sentence

NONE = "–"
NO_EARLIER = "There is no earlier edition to compare with."
# Of one class of change in one question; the rest are counted.
DETAILS = 4
SHIFTS_NOTE = (
    "By itself: the class of change alone, made to the earlier records. In turn: after the classes above it. Shifts in "
    "turn add up to the whole; those by themselves do with what classes do only together. The first two columns are on "
    "the scale of analysis, which is logarithmic for ratios; – stands where the two sides cannot be compared."
)


def changes_table(report: ChangeReport) -> Table:
    """One row per conclusion: before, now, what the change is called, and what moved it."""
    name = "no earlier edition" if report.before is None else report.before.name
    return Table(
        id="changes",
        caption=f"Conclusions before and now, compared with {name}" if report.before else "Conclusions of this edition",
        columns=(
            Column(label="Conclusion", width=1.6),
            Column(label="Before", width=2.2),
            Column(label="Now", width=2.2),
            Column(label="Change", width=1.5),
            Column(label="What moved it", width=1.6),
        ),
        rows=tuple(Row(cells=_conclusion(item, report)) for item in report.questions),
        notes=tuple(line(note) for note in (*report.notes, *(() if report.before is None else (DEFINITIONS,)))),
    )


def _conclusion(item: QuestionChange, report: ChangeReport) -> tuple[Line, ...]:
    before = NONE if report.before is None else full_text(item.before)
    label = NONE if report.before is None else LABEL_WORDS[item.label]
    moves = moves_text(item)
    texts = (item.title, before, full_text(item.after), f"{label}: {moves}" if moves else label)
    return (*(line(text) for text in texts), line(because_text(item) or NONE))


def causes_table(report: ChangeReport) -> Table:
    """What each class of change does to each conclusion that anything reached: shifts, and the records behind them.

    Questions that were added or dropped have nothing to compare and are not in it.
    """
    rows = tuple(row for item in report.questions if both_asked(item) for row in _causes(item))
    return Table(
        id="change-causes",
        caption="What moved each conclusion, and how far",
        columns=(
            Column(label="Class of change", width=1.5),
            Column(label="By itself", align="right", width=0.9),
            Column(label="In turn", align="right", width=0.9),
            Column(label="By itself, per 1,000", align="right", width=1),
            Column(label="In turn, per 1,000", align="right", width=1),
            Column(label="Records and fields", width=3),
        ),
        rows=rows or (Row(cells=empty_row(6, _if_later(report, "Nothing that reaches a conclusion has changed."))),),
        notes=(line(SHIFTS_NOTE),),
    )


def both_asked(item: QuestionChange) -> bool:
    """Whether a question is asked on both sides."""
    return item.before is not None and item.after is not None


def _causes(item: QuestionChange) -> Iterator[Row]:
    if not item.causes:
        return
    yield Row(cells=(line(f"{item.title}: {LABEL_WORDS[item.label]}"),), style="group")
    for cause in item.causes:
        yield _shifts(CAUSE_WORDS[cause.key].capitalize(), cause.alone, cause.in_turn, _details(cause))
    if item.together.moves:
        yield _shifts("Together, beyond these", item.together, None, "interaction: in none of them alone")
    if len(item.causes) > 1 and (item.total.estimate, item.total.people) != (None, None):
        yield _shifts("All", item.total, item.total, "", total=True)


def _shifts(name: str, alone: Shift, turn: Shift | None, details: str, *, total: bool = False) -> Row:
    texts = [name]
    for people in (False, True):
        texts += [shift_text(alone, people=people), NONE if turn is None else shift_text(turn, people=people)]
    return Row(cells=(*(line(text) for text in texts), line(details)), style="total" if total else "body")


def _details(cause: Cause) -> str:
    shown = cause.details if len(cause.details) <= DETAILS else cause.details[: DETAILS - 1]
    rest = len(cause.details) - len(shown)
    text = "; ".join((*shown, f"{integer(rest)} more") if rest else shown)
    return text if cause.moves else f"no effect ({text})"


def changed_claims_table(report: ChangeReport) -> Table:
    """Every bound sentence that reads otherwise, or is gone; new ones stand in the text and are counted."""
    changed = [item for item in report.claims if item.before != item.after and item.before]
    new = sum(not item.before for item in report.claims)
    rows = tuple(
        Row(cells=(line(item.claim), line(item.before), line(item.after or NONE), line(_claim_label(item))))
        for item in changed
    )
    notes = ["A sentence has the label of the conclusion it rests on, if that changed."] if changed else []
    if new:
        notes.append(f"{plural(new, 'new sentence')}, to be read in the text, not listed here.")
    return Table(
        id="changed-claims",
        caption="Sentences that read otherwise",
        columns=(
            Column(label="Claim", width=1.2),
            Column(label="Before", width=3),
            Column(label="Now", width=3),
            Column(label="Change", width=1),
        ),
        rows=rows or (Row(cells=empty_row(4, _if_later(report, "Every earlier sentence reads as it did."))),),
        notes=tuple(line(note) for note in notes),
    )


def _if_later(report: ChangeReport, text: str) -> str:
    return NO_EARLIER if report.before is None else text


def _claim_label(item: ClaimChange) -> str:
    return "other numbers" if item.label == "unchanged" else LABEL_WORDS[item.label]


def differences_table(report: ChangeReport) -> Table:
    """Everything in the records that says something else."""
    rows = tuple(Row(cells=_difference(item)) for item in report.differences)
    return Table(
        id="record-differences",
        caption="What differs in the records",
        columns=(
            Column(label="Record", width=1.6),
            Column(label="Class", width=1.2),
            Column(label="Field", width=2),
            Column(label="Before", width=1.6),
            Column(label="Now", width=1.6),
        ),
        rows=rows or (Row(cells=empty_row(5, _if_later(report, "The records say the same."))),),
        notes=(line(sentence("Layout, comments and the order of fields are no difference")),),
    )


def _difference(item: Difference) -> tuple[Line, ...]:
    cause = "wording" if item.cause == "wording" else CAUSE_WORDS[item.cause]
    texts = (item.record, cause, item.field or "whole record", item.before or NONE, item.after or NONE)
    return tuple(line(text) for text in texts)

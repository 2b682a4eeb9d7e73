"""What would change a conclusion: how large a new trial would have to be, and what it would have to find."""

from __future__ import annotations

from synthesis.analysis.model import Analysis, NeededTrial, WhatWouldChange
from synthesis.analysis.phrases import SIDES, tau2_value
from synthesis.document.elements import Column, Line, Row, Table, line
from synthesis.effects.measures import MEASURES
from synthesis.formatting import effect, integer, plural
from synthesis.tables.records import empty_row

COLUMNS = (
    Column(label="New evidence", width=2.6),
    Column(label="People needed", align="right", width=1.2),
    Column(label="It finds", align="right", width=1),
    Column(label="The interval then lies", width=2.4),
)
NAMED = {
    "as pooled": "A trial that finds what the studies found together",
    "no difference": "A trial that finds no difference",
    "the opposite": "A trial that finds the opposite",
}


def what_would_change_table(analysis: Analysis) -> Table:
    """What would move the interval of one question to another side of no difference.

    Parameters
    ----------
    analysis : Analysis
        A question in which nothing was pooled gets a row that says so.

    Returns
    -------
    Table
    """
    found = analysis.what_would_change
    return Table(
        id=f"what-would-change-{analysis.question}",
        caption=f"{analysis.title}: what would change the conclusion",
        columns=COLUMNS,
        rows=_rows(analysis, found) if found is not None else (_nothing(),),
        notes=_notes(analysis, found) if found is not None else (),
    )


def _nothing() -> Row:
    return Row(cells=empty_row(len(COLUMNS), "Nothing was pooled, so any study that can be would be the first."))


def _rows(analysis: Analysis, found: WhatWouldChange) -> tuple[Row, ...]:
    rows = [_trial(analysis, "The smallest trial, whatever studies like these may find", found.smallest)]
    rows += [_trial(analysis, label, found.named.get(name)) for name, label in NAMED.items()]
    count = found.trials_without_effect
    text = "None would do" if count is None else plural(count, "trial")
    label = "Trials of median size that find no difference"
    rows.append(Row(cells=(line(label), line(text), line(), line())))
    return tuple(rows)


def _trial(analysis: Analysis, label: str, trial: NeededTrial | None) -> Row:
    if trial is None:
        return Row(cells=(line(label), line("No plausible single study"), line(), line()))
    measure = MEASURES[analysis.measure]
    finds = f"{measure.short} {effect(measure.to_natural(trial.effect), measure.axis)}"
    return Row(cells=(line(label), line(integer(trial.n)), line(finds), line(SIDES[trial.side])))


def _notes(analysis: Analysis, found: WhatWouldChange) -> tuple[Line, ...]:
    notes = [
        line(
            f"The interval now lies {SIDES[found.side]}. Each line is found by pooling again with the new trial. "
            f"Trials of more than {integer(found.largest)} people, and more than {integer(found.most_trials)} trials, "
            "are not looked for."
        )
    ]
    pooled, trial = analysis.pooled, found.smallest
    if pooled is None or trial is None:
        return tuple(notes)
    known = [row.n for row in analysis.effects if row.n is not None]
    if trial.n < min(known, default=0):
        text = (
            "The smallest trial is smaller than any here. With it the variance between studies is estimated as "
            f"{tau2_value(trial.tau2)} instead of {tau2_value(pooled.tau2.value)}: with so few studies the conclusion "
            "hangs on that estimate more than on the new trial."
        )
        notes.append(line(text))
    return tuple(notes)

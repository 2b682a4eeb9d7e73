"""Summary of findings: one row per question, in the columns of chapter 14 of the Cochrane Handbook."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from synthesis.analysis.directions import by_study
from synthesis.analysis.model import Analysis, DomainCertainty, PerThousand
from synthesis.analysis.phrases import effect_text, lower_first, span_of_months, times
from synthesis.certainty.wording import KEY
from synthesis.document.elements import Column, Line, Row, Span, Table, line
from synthesis.effects.measures import MEASURES
from synthesis.formatting import integer, interval, plural, shortest
from synthesis.tables.certainty_table import change_text
from synthesis.tables.records import RECALLED_NOTE, certainty, dagger, fact, letter, sentence, stacked
from synthesis.tables.sentences import meaning

COLUMNS = (
    Column(label="Outcome and follow-up", width=1.7),
    Column(label="Without, per 1,000", align="right", width=1),
    Column(label="With, per 1,000", align="right", width=1.35),
    Column(label="Relative effect (95% CI)", width=1.45),
    Column(label="People (studies)", width=1.15),
    Column(label="Certainty", width=1.15),
    Column(label="What these studies show", width=4),
)
NONE = "–"
CERTAINTY_NOTE = "Certainty is a judgement that people make and sign. Letters give the reasons for changing it."


def summary_of_findings(analyses: Iterable[Analysis]) -> Table:
    """A summary-of-findings table.

    Parameters
    ----------
    analyses : iterable of Analysis
        One row each, in this order. A question without evidence keeps its row; results that point different ways
        stand beside each other.

    Returns
    -------
    Table
    """
    done = tuple(analyses)
    letters = _letters(done)
    return Table(
        id="summary-of-findings",
        caption="Summary of findings",
        columns=COLUMNS,
        rows=tuple(_rows(done, letters)),
        notes=_notes(done, letters),
    )


def _rows(analyses: tuple[Analysis, ...], letters: Mapping[str, str]) -> Iterator[Row]:
    """Each analysis under a heading with its comparison; neighbours with the same one share it."""
    heading = ""
    for analysis in analyses:
        compared = f"{analysis.intervention} against {lower_first(analysis.comparator)}"
        if compared != heading:
            heading = compared
            yield Row(cells=(line(heading),), style="group")
        yield _row(analysis, letters)


def _row(analysis: Analysis, letters: Mapping[str, str]) -> Row:
    without, with_ = _absolute(analysis)
    return Row(
        cells=(
            _outcome(analysis),
            without,
            with_,
            _relative(analysis),
            _people(analysis),
            _certainty(analysis, letters),
            line(meaning(analysis)),
        )
    )


def _letters(analyses: tuple[Analysis, ...]) -> dict[str, str]:
    """A letter for each reason for a change of certainty, in the order of the rows; equal reasons share one."""
    found: dict[str, str] = {}
    for analysis in analyses:
        for item in analysis.certainty.domains:
            if item.change:
                found.setdefault(_reason(item), letter(len(found)))
    return found


def _reason(item: DomainCertainty) -> str:
    return f"{item.label}, {lower_first(change_text(item.change or 0))}. {sentence(item.reason)}"


def _certainty(analysis: Analysis, letters: Mapping[str, str]) -> Line:
    """The level with the letters of its reasons."""
    marks = [letters[_reason(item)] for item in analysis.certainty.domains if item.change]
    span = certainty(analysis.certainty.word)
    return stacked([(span,), line(", ".join(marks))]) if marks else (span,)


def _outcome(analysis: Analysis) -> Line:
    time = followup(analysis)
    return stacked([line(analysis.outcome), *([line(f"at {time}")] if time else [])])


def followup(analysis: Analysis) -> str:
    """When the outcome was measured in the studies used; "" where none says or there are none."""
    if analysis.effects.rows:
        return times(analysis.effects)
    return span_of_months(row.timepoint_months for row in analysis.directions)


def _absolute(analysis: Analysis) -> tuple[Line, Line]:
    people = analysis.per_thousand
    if people is None:
        return line(NONE), line(NONE)
    name = analysis.question
    low, high = _bounds(people)
    return (
        line(fact(integer(people.baseline), f"{name}.baseline-per-1000")),
        stacked(
            [
                line(fact(integer(people.intervention), f"{name}.with-per-1000")),
                line(fact(f"({interval(integer(low), integer(high))})", f"{name}.with-range-per-1000")),
            ]
        ),
    )


def _bounds(people: PerThousand) -> tuple[float, float]:
    """People per 1,000 with the intervention at the limits of the interval."""
    return people.baseline + people.low, people.baseline + people.high


def _relative(analysis: Analysis) -> Line:
    name = analysis.question
    if analysis.pooled is not None:
        recalled = any(not row.read for row in analysis.effects)
        return (*line(fact(effect_text(analysis.pooled), f"{name}.effect")), *dagger(recalled))
    if not analysis.directions:
        return line("Not estimated")
    ways = list(by_study(analysis.directions).values())
    lines = [
        line("Not pooled"),
        line(
            fact(integer(ways.count("better")), f"{name}.studies-better"),
            " of ",
            fact(integer(len(ways)), f"{name}.direction-studies"),
            f" {'study points' if len(ways) == 1 else 'studies point'} to better",
        ),
    ]
    ratios = sorted(row.ratio for row in analysis.directions if row.ratio is not None)
    if ratios:
        text = f"{shortest(ratios[0])} to {shortest(ratios[-1])}"
        lines.append(line("printed ratios ", fact(text, f"{name}.ratio-range")))
    return stacked(lines)


def _people(analysis: Analysis) -> Line:
    name = analysis.question
    if analysis.pooled is not None:
        pooled = analysis.pooled
        people = line("not known for every study") if pooled.n is None else line(fact(integer(pooled.n), f"{name}.n"))
        studies = plural(pooled.k, "study", "studies")
        return (*people, *line(" (", fact(integer(pooled.k), f"{name}.k"), f" {studies.split(' ', 1)[1]})"))
    count = len({row.study for row in analysis.directions})
    if count == 0:
        return line("0 (0 studies)")
    studies = plural(count, "study", "studies")
    return line("not added up (", fact(integer(count), f"{name}.direction-studies"), f" {studies.split(' ', 1)[1]})")


def _notes(analyses: tuple[Analysis, ...], letters: Mapping[str, str]) -> tuple[Line, ...]:
    notes = []
    baselines = [
        f"{analysis.outcome}: {sentence(analysis.per_thousand.baseline_source)}"
        for analysis in analyses
        if analysis.per_thousand is not None
    ]
    if baselines:
        notes.append(
            line(
                "Without and with: of 1,000 people, how many have the outcome with the comparator and with the "
                "intervention. The second follows from the first and the relative effect; the first is from one "
                f"group and may differ elsewhere. {' '.join(baselines)}"
            )
        )
    notes.extend(line(f"{analysis.title}: {note.text}") for analysis in analyses for note in analysis.notes)
    if letters:
        notes.append(line(CERTAINTY_NOTE))
    notes.extend(line(Span(text=mark, style="strong"), f" {text}") for text, mark in letters.items())
    if any(analysis.certainty.status == "judged" for analysis in analyses):
        notes.append(line(KEY))
    if any(analysis.certainty.status == "not-yet-judged" for analysis in analyses):
        notes.append(line("Certainty is a judgement that people make. “Not yet judged” means that nobody has made it."))
    if any(not row.read for analysis in analyses for row in analysis.effects):
        notes.append(line(RECALLED_NOTE))
    used = {analysis.pooled.measure for analysis in analyses if analysis.pooled is not None}
    names = [f"{key}: {measure.label}" for key, measure in MEASURES.items() if key in used]
    notes.append(line("; ".join(["CI: confidence interval", *names]) + "."))
    return tuple(notes)

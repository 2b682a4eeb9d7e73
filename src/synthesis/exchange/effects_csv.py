"""Tables of effects as R's metafor and meta use them: yi and vi, or counts and means by group, one row per study."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial

from synthesis.errors import ImportProblem
from synthesis.exchange.bibliography.model import clean, doi_in
from synthesis.exchange.csv_reading import NOTHING, Table, number
from synthesis.exchange.review import Group, Losses, Review, ReviewAnalysis, ReviewStudy, Row

# Headings for each number, in metafor's names first, then meta's, then those of its data sets.
STUDY = ("study", "studlab", "slab", "label", "trial", "author", "authors")
NUMBERS: Mapping[str, tuple[str, ...]] = {
    "yi": ("yi", "TE", "effect", "es", "g", "d", "logOR", "logRR"),
    "vi": ("vi", "variance", "var"),
    "sei": ("sei", "seTE", "se", "std_error"),
    "events1": ("ai", "event.e", "tpos", "events1", "intervention_events"),
    "other1": ("bi", "tneg"),
    "n1": ("n1i", "n.e", "n1", "intervention_n"),
    "events2": ("ci", "event.c", "cpos", "events2", "comparator_events"),
    "other2": ("di", "cneg"),
    "n2": ("n2i", "n.c", "n2", "comparator_n"),
    "mean1": ("m1i", "mean.e", "mean1"),
    "sd1": ("sd1i", "sd.e", "sd1"),
    "mean2": ("m2i", "mean.c", "mean2"),
    "sd2": ("sd2i", "sd.c", "sd2"),
}
ABOUT = ("experimental", "control", "subgroup", "measure", "outcome", "year", "doi", "note")

Value = Callable[[str], float | None]


def looks(table: Table) -> bool:
    """Whether a table has a column of studies and the numbers of effects."""
    has = {name for name, headings in NUMBERS.items() if table.column(*headings)}
    effects = "yi" in has and bool({"vi", "sei"} & has)
    counts = {"events1", "events2"} <= has and ({"n1", "n2"} <= has or {"other1", "other2"} <= has)
    means = {"mean1", "mean2", "n1", "n2"} <= has
    return table.column(*STUDY) is not None and (effects or counts or means)


def read(table: Table, measure: str | None) -> Review:
    """The table as a review with one analysis for each outcome.

    Parameters
    ----------
    table : Table
    measure : str or None
        What ``yi`` is; needed where the table has neither counts or means, nor a column ``measure``.

    Raises
    ------
    ImportProblem
        If a number is not one, or nothing says what ``yi`` is.
    """
    losses = Losses()
    columns = _columns(table)
    studies: dict[str, ReviewStudy] = {}
    rows: dict[tuple[str, str, str, str], list[Row]] = {}
    for index, line in enumerate(table.rows):
        place = table.place(index)
        said = {name: columns.text(line, name) for name in ABOUT}
        name = clean(line[columns.label]).removeprefix("'") or f"Study {index + 1}"
        base = Row(study=name, place=place, subgroup=said["subgroup"], note=said["note"])
        row, kind = _row(base, partial(columns.value, line, place))
        if row is None:
            losses.add("row", place, "a number that its effect needs is missing")
            continue
        named = _measure(kind, said["measure"] or measure or "", place)
        rows.setdefault((said["outcome"], named, said["experimental"], said["control"]), []).append(row)
        studies.setdefault(row.study, _study(row.study, said["year"], said["doi"], place))
    _note_unused(table, columns, losses)
    return Review(
        title=table.name,
        file=table.name,
        studies=tuple(studies.values()),
        analyses=tuple(_analyses(table, rows)),
        lost=losses.found(),
        remarks=(table.remark,) if table.remark else (),
    )


def _analyses(table: Table, rows: Mapping[tuple[str, str, str, str], list[Row]]) -> Iterator[ReviewAnalysis]:
    for position, ((outcome, measure, one, other), own) in enumerate(rows.items(), start=1):
        yield ReviewAnalysis(
            number=f"1.{position}",
            title=outcome or table.name.rpartition(".")[0] or table.name,
            comparison="",
            measure=measure,
            experimental=one or "Experimental",
            control=other or "Control",
            model="random",
            tau2="REML",
            rows=tuple(own),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Columns:
    """Headings of a table: of the studies, of each number, and of what else is read; None where there is none."""

    label: str
    numbers: Mapping[str, str | None]
    about: Mapping[str, str | None]

    def text(self, line: Mapping[str, str], name: str) -> str:
        heading = self.about[name]
        found = clean(line[heading]).removeprefix("'") if heading else ""
        return "" if found.lower() in NOTHING else found

    def value(self, line: Mapping[str, str], place: str, name: str) -> float | None:
        heading = self.numbers[name]
        return number(line[heading], place, heading) if heading else None


def _columns(table: Table) -> _Columns:
    label = table.column(*STUDY)
    assert label is not None
    about = {name: table.column(name) for name in ABOUT}
    about["experimental"] = table.column("experimental", "intervention")
    about["control"] = table.column("control", "comparator")
    return _Columns(label=label, numbers={name: table.column(*names) for name, names in NUMBERS.items()}, about=about)


def _note_unused(table: Table, columns: _Columns, losses: Losses) -> None:
    """Columns that are not read; effects beside counts or means follow from them."""
    raw = columns.numbers["events1"] or columns.numbers["mean1"]
    for name in ("yi", "vi", "sei"):
        heading = columns.numbers[name]
        if raw and heading and any(row[heading] for row in table.rows):
            losses.add(f"column {heading}", table.name, "computed again from counts or means")
    table.unused({columns.label, *columns.numbers.values(), *columns.about.values()}, losses)


def _row(base: Row, value: Value) -> tuple[Row | None, str]:
    """One row with what its numbers are: counts, means or an effect."""
    sides = [_counts(value, side) for side in ("1", "2")]
    if None not in sides:
        return replace(base, experimental=sides[0], control=sides[1]), "counts"
    sides = [_mean(value, side) for side in ("1", "2")]
    if None not in sides:
        return replace(base, experimental=sides[0], control=sides[1]), "means"
    estimate, variance, se = value("yi"), value("vi"), value("sei")
    if variance is not None and variance > 0:
        se = variance**0.5
    if estimate is None or se is None or se <= 0:
        return None, ""
    return replace(base, estimate=estimate, se=se), "effect"


def _counts(value: Value, side: str) -> Group | None:
    events, n, other = value(f"events{side}"), value(f"n{side}"), value(f"other{side}")
    if n is None and other is not None and events is not None:
        n = events + other
    return None if events is None or n is None or n < events or n <= 0 else Group(n=n, events=events)


def _mean(value: Value, side: str) -> Group | None:
    mean, n = value(f"mean{side}"), value(f"n{side}")
    return None if mean is None or not n else Group(n=n, mean=mean, sd=value(f"sd{side}"))


def _measure(kind: str, given: str, place: str) -> str:
    from synthesis.effects.measures import MEASURES

    allowed = {"counts": ("OR", "RR", "RD", "PETO"), "means": ("MD", "SMD"), "effect": tuple(MEASURES)}[kind]
    if given in allowed:
        return given
    if given:
        raise ImportProblem(f"{place}: measure {given!r} does not go with {kind}; allowed: {', '.join(allowed[:12])}")
    if kind == "effect":
        raise ImportProblem(f"{place}: nothing says what yi is: give --measure, for example OR or SMD (ratios logged)")
    return allowed[0]


def _study(name: str, year: str, doi: str, place: str) -> ReviewStudy:
    found = re.search(r"(1[89]|20)[0-9]{2}", year or name)
    reference = {"doi": doi_in(doi)} if doi_in(doi) else {}
    return ReviewStudy(name=name, year=int(found.group()) if found else None, place=place, reference=reference)

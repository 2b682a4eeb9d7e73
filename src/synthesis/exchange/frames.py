"""The evidence as tidy data frames: one row per study, result, printed number or source.

What each column holds stands in the tables at the head of this module, on a reference page, and in
``frame.attrs["columns"]``. Numbers are as printed; nothing is converted here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from synthesis.evidence.source import Source
from synthesis.evidence.study import BeforeAfter, Contrast, Correlation, Counts, Means, Percents, Printed, Result, Study

if TYPE_CHECKING:
    import pandas

    from synthesis.evidence.collection import Evidence

Row = dict[str, Any]

STUDY_COLUMNS = {
    "study": "id of the record",
    "label": "as named in print",
    "design": "key in the vocabulary",
    "randomised": "whether the design is randomised",
    "year": "of the main report",
    "countries": "ISO 3166 codes, with spaces between",
    "setting": "in words",
    "population": "in words",
    "participants": "people who took part; empty where not known",
    "arms": "number of arms",
    "results": "number of results",
    "family": "shared by records about the same people",
    "read": "whether at least an abstract was read",
    "demonstration": "whether the record is made up",
    "doi": "of the main report",
    "pmid": "of the main report",
    "added": "date of the record",
}

RESULT_COLUMNS = {
    "study": "id of the record",
    "label": "study as named in print",
    "result": "id of the result in the record",
    "name": "in words",
    "outcome": "key in the vocabulary",
    "domain": "what the outcome is about, from the vocabulary",
    "timepoint_months": "months from baseline; empty where not known",
    "forms": "forms in which it is printed, with spaces between",
    "poolable": "the extractor's judgement",
    "read": "whether it was read at its place",
    "place": "page, table or section",
    "quote": "the words that carry it",
    "demonstration": "whether the record is made up",
}

NUMBER_COLUMNS = {
    "study": "id of the record",
    "result": "id of the result in the record",
    "outcome": "key in the vocabulary",
    "timepoint_months": "months from baseline; empty where not known",
    "form": "counts, percent, means, contrast, correlation or before-after",
    "arm": "id of the arm or group; both sides with 'against' between for a contrast",
    "category": "of the arm, from the vocabulary; empty for groups and contrasts",
    "events": "people with the event",
    "n": "people",
    "percent": "percentage as printed",
    "mean": "as printed",
    "sd": "standard deviation",
    "se": "standard error",
    "measure": "of a published comparison",
    "estimate": "as printed, ratios not logged",
    "low": "lower confidence limit as printed",
    "high": "upper confidence limit as printed",
    "p": "p value as printed, as text",
    "demonstration": "whether the record is made up",
}

SOURCE_COLUMNS = {
    "source": "id of the record",
    "short_name": "as named in print",
    "type": "kind of source",
    "body": "who issued it",
    "year": "of publication",
    "statements": "number of statements recorded",
    "estimates": "number of published pooled results recorded",
    "conclusion": "in our words",
    "read": "whether it was read",
    "demonstration": "whether the record is made up",
}


# Types do not depend on what happens to be in the records: a column without a value has that of one with values.
_WHOLE = frozenset({"year", "participants", "arms", "results", "statements", "estimates", "events", "n"})
_REAL = frozenset({"timepoint_months", "percent", "mean", "sd", "se", "estimate", "low", "high"})
_FLAGS = frozenset({"randomised", "read", "demonstration"})


def studies_frame(evidence: Evidence) -> pandas.DataFrame:
    """Every study as a row of a data frame.

    Parameters
    ----------
    evidence : Evidence

    Returns
    -------
    pandas.DataFrame
        One row per study, in order of id; columns are those of ``STUDY_COLUMNS``.
    """
    designs = evidence.vocabulary.designs
    return _frame(
        (_study(study, designs[study.design].randomised) for study in evidence.studies.values()), STUDY_COLUMNS
    )


def results_frame(evidence: Evidence) -> pandas.DataFrame:
    """Every result of every study as a row of a data frame.

    Parameters
    ----------
    evidence : Evidence

    Returns
    -------
    pandas.DataFrame
        One row per result, in order of study and record; columns are those of ``RESULT_COLUMNS``.
    """
    outcomes = evidence.vocabulary.outcomes
    rows = (
        _result(study, result, outcomes[result.outcome].domain)
        for study in evidence.studies.values()
        for result in study.results
    )
    return _frame(rows, RESULT_COLUMNS)


def numbers_frame(evidence: Evidence) -> pandas.DataFrame:
    """Every printed number of every result, by arm, as a row of a data frame.

    Parameters
    ----------
    evidence : Evidence

    Returns
    -------
    pandas.DataFrame
        One row per arm, or published comparison, of each printed form; columns are those of ``NUMBER_COLUMNS``.
        Findings in words and bare p values have no row. Nothing is converted.
    """
    rows = (
        {**_place(study, result), "form": item.form, **cells}
        for study in evidence.studies.values()
        for result in study.results
        for item in result.printed
        for cells in _numbers(study, item)
    )
    return _frame(rows, NUMBER_COLUMNS)


def sources_frame(evidence: Evidence) -> pandas.DataFrame:
    """Every guideline, review and report as a row of a data frame.

    Parameters
    ----------
    evidence : Evidence

    Returns
    -------
    pandas.DataFrame
        One row per source, in order of id; columns are those of ``SOURCE_COLUMNS``.
    """
    return _frame((_source(source) for source in evidence.sources.values()), SOURCE_COLUMNS)


def _frame(rows: Iterable[Row], columns: Mapping[str, str]) -> pandas.DataFrame:
    """Rows as a frame with these columns; whole numbers stay whole where some are not known."""
    import pandas

    frame = pandas.DataFrame(list(rows), columns=list(columns)).astype({name: _type(name) for name in columns})
    frame.attrs["columns"] = dict(columns)
    return frame


def _type(column: str) -> str:
    if column in _WHOLE:
        return "Int64"
    return "Float64" if column in _REAL else "boolean" if column in _FLAGS else "string"


def _study(study: Study, randomised: bool) -> Row:
    main = study.reports[0]
    return {
        "study": study.id,
        "label": study.label,
        "design": study.design,
        "randomised": randomised,
        "year": study.year,
        "countries": " ".join(study.countries),
        "setting": study.setting,
        "population": study.population,
        "participants": study.participants.value if study.participants else None,
        "arms": len(study.arms),
        "results": len(study.results),
        "family": study.family,
        "read": study.read,
        "demonstration": study.demonstration,
        "doi": main.doi,
        "pmid": main.pmid,
        "added": study.added,
    }


def _result(study: Study, result: Result, domain: str) -> Row:
    return {
        **_place(study, result),
        "label": study.label,
        "name": result.name,
        "domain": domain,
        "forms": " ".join(dict.fromkeys(item.form for item in result.printed)),
        "poolable": result.poolable,
        "read": result.where.read,
        "place": result.where.place,
        "quote": result.where.quote,
    }


def _place(study: Study, result: Result) -> Row:
    return {
        "study": study.id,
        "result": result.id,
        "outcome": result.outcome,
        "timepoint_months": result.timepoint_months,
        "demonstration": study.demonstration,
    }


def _numbers(study: Study, item: Printed) -> Iterator[Row]:
    if isinstance(item, Counts | Percents | Means):
        names = ("events", "n", "percent", "mean", "sd", "se")
        for arm, cell in item.arms.items():
            held = {name: getattr(cell, name) for name in names if hasattr(cell, name)}
            yield {"arm": arm, "category": _category(study, arm), **held}
    elif isinstance(item, Contrast):
        sides = " against ".join(" ".join(side) for side in item.arms) if item.arms else item.contrast
        low, high = item.ci or (None, None)
        yield {
            "arm": sides, "measure": item.measure, "estimate": item.estimate, "low": low, "high": high, "se": item.se,
            "p": item.p,
        }  # fmt: skip
    elif isinstance(item, Correlation):
        if item.estimate is not None:
            yield {"measure": "r", "estimate": item.estimate, "p": item.p}
        for arm, value in item.arms.items():
            yield {"arm": arm, "category": _category(study, arm), "measure": "r", "estimate": value, "p": item.p}
    elif isinstance(item, BeforeAfter):
        for when, value in (("baseline", item.baseline), ("follow-up", item.followup)):
            yield {"arm": f"{item.group or 'all'}, {when}", "mean": value, "p": item.p}


def _category(study: Study, arm_id: str) -> str | None:
    arm = study.arm(arm_id)
    return arm.category if arm else None


def _source(source: Source) -> Row:
    return {
        "source": source.id,
        "short_name": source.short_name,
        "type": source.type,
        "body": source.body,
        "year": source.year,
        "statements": len(source.statements),
        "estimates": len(source.estimates),
        "conclusion": source.conclusion,
        "read": source.read,
        "demonstration": source.demonstration,
    }


FRAMES: dict[str, Mapping[str, str]] = {
    "studies_frame": STUDY_COLUMNS,
    "results_frame": RESULT_COLUMNS,
    "numbers_frame": NUMBER_COLUMNS,
    "sources_frame": SOURCE_COLUMNS,
}

"""Data packages of Review Manager on the web: zips with analyses, study data and references as CSV and RIS."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Literal

from synthesis.errors import ImportProblem
from synthesis.exchange.archives import unpack
from synthesis.exchange.bibliography import ris
from synthesis.exchange.bibliography.model import Entry, clean
from synthesis.exchange.bundle.archive import to_zip
from synthesis.exchange.csv_reading import NOTHING, Table, number, read_table
from synthesis.exchange.reading import decoded
from synthesis.exchange.review import (
    BiasMark,
    Group,
    Losses,
    Review,
    ReviewAnalysis,
    ReviewStudy,
    Row,
    with_non_events,
)
from synthesis.exchange.tables import to_csv

ROWS, SETTINGS, SUBGROUPS = "-data-rows.csv", "-overall-estimates-and-settings.csv", "-subgroup-estimates.csv"
INFORMATION, BIAS, REFERENCES = "-study-information.csv", "-risk-of-bias.csv", ".ris"

MEASURES = {
    "odds ratio": "OR", "risk ratio": "RR", "risk difference": "RD", "peto odds ratio": "PETO", "mean difference": "MD",
    "std. mean difference": "SMD", "standardised mean difference": "SMD", "std mean difference": "SMD",
    "hazard ratio": "HR", "rate ratio": "IRR",
}  # fmt: skip
WRITTEN = {
    "OR": "Odds Ratio", "RR": "Risk Ratio", "RD": "Risk Difference", "PETO": "Peto Odds Ratio", "MD": "Mean Difference",
    "SMD": "Std. Mean Difference", "HR": "Hazard Ratio", "IRR": "Rate Ratio",
}  # fmt: skip

ROW_COLUMNS = (
    "Analysis group", "Analysis number", "Analysis name", "Subgroup", "Applicability", "Study", "Study year",
    "GIV Mean", "GIV SE", "Experimental mean", "Experimental SD", "Experimental cases", "Experimental N",
    "Control mean", "Control SD", "Control cases", "Control N", "O-E", "Variance", "Weight", "Mean", "CI start",
    "CI end", "Footnotes",
)  # fmt: skip
SETTING_COLUMNS = (
    "Analysis group", "Analysis number", "Analysis name", "Analysis group name", "Data source",
    "Data source eligibility", "Data type", "Log-scale data", "Outcome", "Experimental group label",
    "Control group label", "Statistical method", "Effect measure", "Unit of effect measure", "Analysis model",
    "Heterogeneity estimator", "CI method", "Subgroup estimates", "Overall estimates", "Test for subgroup differences",
    "Swap event and non-event", "Study CI", "Estimate CI", "Mean", "CI start", "CI end",
)  # fmt: skip


def looks(data: bytes, name: str) -> bool:
    """Whether a file is a zip that holds data rows of a review, directly or in a zip inside it."""
    if not data.startswith(b"PK\x03\x04") or name.lower().endswith((".xlsx", ".xlsm", ".docx")):
        return False
    try:
        return any(path.endswith(ROWS) for path in unpack(data, name))
    except ImportProblem:
        # What is wrong with it is said when it is read.
        return b"[Content_Types].xml" not in data[:2_000]


def read(data: bytes, name: str) -> Review:
    """The review in a data package.

    Raises
    ------
    ImportProblem
        If the package is unsafe, damaged, or one of a review of diagnostic tests.
    """
    files = unpack(data, name)
    losses = Losses()
    if any(path.endswith("-parameters.csv") for path in files):
        raise ImportProblem(f"{name} is of a review of diagnostic tests, which is not supported")
    rows, settings = _table(files, ROWS), _table(files, SETTINGS)
    if rows is None or settings is None:
        lacking = ROWS if rows is None else SETTINGS
        raise ImportProblem(f"{name} holds no file that ends in {lacking}: it is no data package of a review")
    analyses = _analyses(settings, rows, losses)
    remarks = [table.remark for table in (rows, settings) if table.remark]
    for path in files:
        if not path.endswith((ROWS, SETTINGS, INFORMATION, BIAS, REFERENCES)):
            why = "computed again from the rows" if path.endswith(SUBGROUPS) else "not read"
            losses.add(f"file {path.rpartition('/')[2]}", path, why)
    studies = _studies(files, rows, losses)
    return Review(
        title=name.rpartition(".")[0] or name,
        file=name,
        studies=tuple(studies),
        analyses=tuple(analyses),
        lost=losses.found(),
        remarks=tuple(remarks),
    )


def _table(files: Mapping[str, bytes], ending: str) -> Table | None:
    path = next((path for path in sorted(files) if path.endswith(ending)), None)
    if path is None:
        return None
    if not files[path].strip():
        return None
    return read_table(files[path], path.rpartition("/")[2])


def _cell(row: Mapping[str, str], heading: str) -> str:
    text = clean(row.get(heading, "")).removeprefix("'")
    return "" if text.lower() in NOTHING else text


def _analyses(settings: Table, rows: Table, losses: Losses) -> list[ReviewAnalysis]:
    found = []
    # How the program shows an analysis, and where it had the numbers from.
    shown = {"Data source", "Data source eligibility", "Subgroup estimates", "Overall estimates"}
    shown |= {"Test for subgroup differences"}
    used = {*SETTING_COLUMNS, "CI/PI level"} - shown
    for index, line in enumerate(settings.rows):
        place = settings.place(index)
        key = (_cell(line, "Analysis group"), _cell(line, "Analysis number"))
        kind = _cell(line, "Data type").lower()
        measure = MEASURES.get(_cell(line, "Effect measure").lower())
        if measure is None:
            measure = "MD" if kind.startswith("cont") else "OR"
            losses.add("Effect measure", place, f"{_cell(line, 'Effect measure')!r} is not known; taken for {measure}")
        model: Literal["common", "random"] = "random" if "random" in _cell(line, "Analysis model").lower() else "common"
        method = _cell(line, "Statistical method").lower()
        swapped = _cell(line, "Swap event and non-event").lower() in {"true", "yes"}
        own = [
            _row(row, rows.place(number_), kind, losses, swapped=swapped)
            for number_, row in enumerate(rows.rows)
            if (_cell(row, "Analysis group"), _cell(row, "Analysis number")) == key
        ]
        level = _cell(line, "Estimate CI") or _cell(line, "CI/PI level")
        found.append(
            ReviewAnalysis(
                number=".".join(key),
                title=_cell(line, "Analysis name") or f"Analysis {'.'.join(key)}",
                comparison=_cell(line, "Analysis group name"),
                measure=measure,
                experimental=_cell(line, "Experimental group label") or "Experimental",
                control=_cell(line, "Control group label") or "Control",
                method="mantel-haenszel" if "mantel" in method else "peto" if "peto" in method else "inverse-variance",
                model=model,
                tau2=_tau2(_cell(line, "Heterogeneity estimator")),
                interval=_interval(_cell(line, "CI method")),
                level=_level(level),
                published=_published(line, place),
                unit=_cell(line, "Unit of effect measure"),
                rows=tuple(row for row in own if row is not None),
            )
        )
    settings.unused(used, losses, "false", "no")
    rows.unused({*ROW_COLUMNS}, losses, "0", "0.0")
    return found


def _level(text: str) -> float:
    """A level such as "95%" as a share."""
    found = re.fullmatch(r"([5-9][0-9](\.[0-9]+)?) ?%?", text)
    return float(found[1]) / 100 if found else 0.95


def _year(text: str) -> int | None:
    found = re.fullmatch(r"((1[5-9]|20|21)[0-9]{2})(\.0*)?", text)
    return int(found[1]) if found else None


def _interval(text: str) -> str:
    return "hartung-knapp" if re.search("hartung|hksj|hakn", text, re.IGNORECASE) else "wald"


def _tau2(text: str) -> str:
    return "REML" if "reml" in text.lower() or "restricted" in text.lower() else "DL"


def _published(line: Mapping[str, str], place: str) -> tuple[float, float, float] | None:
    values = [number(_cell(line, name), place, name) for name in ("Mean", "CI start", "CI end")]
    estimate, low, high = values
    return None if estimate is None or low is None or high is None or low == high else (estimate, low, high)


def _row(line: Mapping[str, str], place: str, kind: str, losses: Losses, *, swapped: bool) -> Row | None:
    def value(heading: str) -> float | None:
        return number(_cell(line, heading), place, heading)

    row = Row(
        study=_cell(line, "Study") or "Unnamed study",
        place=place,
        subgroup=_cell(line, "Subgroup"),
        note=_cell(line, "Footnotes"),
    )
    if kind.startswith("dich"):
        sides = [_counts(value, side) for side in ("Experimental", "Control")]
    elif kind.startswith("cont") and not kind.startswith("contrast"):
        sides = [_mean(value, side) for side in ("Experimental", "Control")]
    else:
        estimate, se = value("GIV Mean"), value("GIV SE")
        if kind.startswith("o-e"):
            observed, variance = value("O-E"), value("Variance")
            estimate, se = (observed / variance, variance**-0.5) if observed is not None and variance else (None, None)
        if estimate is None or not se or se < 0:
            losses.add("data row", place, "the effect or its standard error is missing")
            return None
        return replace(row, estimate=estimate, se=se)
    if None in sides:
        losses.add("data row", place, "a number of a group is missing")
        return None
    row = replace(row, experimental=sides[0], control=sides[1])
    return with_non_events(row) if swapped else row


def _counts(value: Any, side: str) -> Group | None:
    events, n = value(f"{side} cases"), value(f"{side} N")
    return Group(n=n, events=events) if events is not None and n else None


def _mean(value: Any, side: str) -> Group | None:
    mean, sd, n = value(f"{side} mean"), value(f"{side} SD"), value(f"{side} N")
    return Group(n=n, mean=mean, sd=sd) if mean is not None and n else None


def _studies(files: Mapping[str, bytes], rows: Table, losses: Losses) -> list[ReviewStudy]:
    information, bias = _table(files, INFORMATION), _table(files, BIAS)
    references = _references(files)
    marks = _marks(bias) if bias else {}
    years = {_cell(row, "Study"): _cell(row, "Study year") for row in rows.rows}
    found: dict[str, ReviewStudy] = {}
    for table in (information, rows):
        for index, line in enumerate(table.rows if table else ()):
            name = _cell(line, "Study")
            if not name or name in found or table is None:
                continue
            year = _cell(line, "Year") or years.get(name, "")
            about = {
                heading.removeprefix("Char: ").lower(): _cell(line, heading)
                for heading in table.headings
                if heading.startswith("Char: ") and _cell(line, heading)
            }
            found[name] = ReviewStudy(
                name=name,
                year=_year(year),
                place=table.place(index),
                reference=references.get(name, {}),
                about=about,
                bias=tuple(marks.get(name, ())),
            )
    if information:
        known = {"Study", "Year", *(heading for heading in information.headings if heading.startswith("Char: "))}
        information.unused(known, losses)
    return list(found.values())


def _marks(table: Table) -> dict[str, list[BiasMark]]:
    found: dict[str, list[BiasMark]] = {}
    for line in table.rows:
        for heading in table.headings:
            if heading.startswith("Domain (judgement): ") and _cell(line, heading):
                domain = heading.removeprefix("Domain (judgement): ")
                mark = BiasMark(
                    domain=domain,
                    level=_cell(line, heading).lower().removesuffix(" risk").removesuffix(" risk of bias"),
                    support=_cell(line, f"Domain (support): {domain}"),
                )
                found.setdefault(_cell(line, "Study"), []).append(mark)
    return found


def _references(files: Mapping[str, bytes]) -> dict[str, Mapping[str, Any]]:
    """Fields of references by study; packages name the study in a label or custom field of RIS."""
    found: dict[str, Mapping[str, Any]] = {}
    for path, data in files.items():
        if not path.endswith(REFERENCES):
            continue
        entries: list[Entry] = ris.read(decoded(data).text)[0]
        for entry in entries:
            name = entry.left.get("label") or entry.left.get("custom1") or entry.left.get("short_title")
            if name:
                found.setdefault(name, entry.reference)
    return found


def write(review: Review, stem: str) -> bytes:
    """A data package that holds ``review``; the same bytes for the same review.

    Parameters
    ----------
    review : Review
    stem : str
        What its files are called after.
    """
    rows, settings = [], []
    for analysis in review.analyses:
        group, _, place = analysis.number.partition(".")
        head = {"Analysis group": group, "Analysis number": place or "1", "Analysis name": analysis.title}
        settings.append(head | _setting(analysis))
        years = {study.name: study.year for study in review.studies}
        rows += [head | _written_row(row, years.get(row.study)) for row in analysis.rows]
    information = [
        {
            "Study": study.name,
            "Year": study.year,
            **{f"Char: {key.capitalize()}": text for key, text in study.about.items()},
        }
        for study in review.studies
    ]
    headings = list(dict.fromkeys(heading for line in information for heading in line))
    inner = to_zip(
        {
            f"{stem}-analysis-data/{stem}{ROWS}": to_csv(rows, ROW_COLUMNS).encode(),
            f"{stem}-analysis-data/{stem}{SETTINGS}": to_csv(settings, SETTING_COLUMNS).encode(),
            f"{stem}-analysis-data/{stem}{SUBGROUPS}": b"Analysis group,Analysis number,Subgroup number,Subgroup\n",
            f"{stem}-study-data/{stem}{INFORMATION}": to_csv(information, headings or ["Study"]).encode(),
        }
    )
    return to_zip({f"{stem}-files/{stem}-data.zip": inner})


def _setting(analysis: ReviewAnalysis) -> dict[str, Any]:
    groups = analysis.rows and analysis.rows[0].experimental
    kind = "Contrast level" if not groups else "Dichotomous" if groups.events is not None else "Continuous"
    estimate, low, high = analysis.published or (None, None, None)
    random = analysis.model == "random"
    return {
        "Analysis group name": analysis.comparison,
        "Data type": kind,
        "Outcome": analysis.title,
        "Log-scale data": "TRUE" if analysis.measure in {"OR", "RR", "HR", "IRR", "PETO"} else "FALSE",
        "Experimental group label": analysis.experimental,
        "Control group label": analysis.control,
        "Statistical method": {"mantel-haenszel": "Mantel-Haenszel", "peto": "Peto"}.get(
            analysis.method, "Inverse variance"
        ),
        "Effect measure": WRITTEN[analysis.measure],
        "Unit of effect measure": analysis.unit or None,
        "Analysis model": "Random effect" if random else "Fixed effect",
        "Heterogeneity estimator": analysis.tau2 if random else None,
        "CI method": ("HKSJ" if analysis.interval == "hartung-knapp" else "Wald-type") if random else None,
        "Subgroup estimates": "FALSE",
        "Overall estimates": "TRUE",
        "Test for subgroup differences": "FALSE",
        "Swap event and non-event": "FALSE",
        "Study CI": "95%",
        "Estimate CI": f"{analysis.level * 100:g}%",
        "Mean": estimate,
        "CI start": low,
        "CI end": high,
    }


def _written_row(row: Row, year: int | None) -> dict[str, Any]:
    cells: dict[str, Any] = {"Subgroup": row.subgroup or None, "Study": row.study, "Study year": year,
                             "GIV Mean": row.estimate, "GIV SE": row.se, "Footnotes": row.note or None}  # fmt: skip
    for side, group in (("Experimental", row.experimental), ("Control", row.control)):
        if group is not None:
            cells |= {
                f"{side} cases": group.events,
                f"{side} N": group.n,
                f"{side} mean": group.mean,
                f"{side} SD": group.sd,
            }
    return {
        key: int(value) if isinstance(value, float) and value.is_integer() else value for key, value in cells.items()
    }

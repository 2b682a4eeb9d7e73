"""Counts of a search in the form of the R package PRISMA2020: one row per box of the flow diagram."""

from __future__ import annotations

import re
from pathlib import Path

from synthesis.analysis.flow import Flow, Screening
from synthesis.errors import ImportProblem
from synthesis.exchange.csv_reading import NOTHING, Table, read_table
from synthesis.exchange.reading import read_limited
from synthesis.exchange.review import Losses, Lost
from synthesis.exchange.tables import to_csv

# Fields of Screening by the keys that are added up for it.
BOXES = {
    "databases": ("database_results",),
    "registers": ("register_results",),
    "other_methods": ("website_results", "organisation_results", "citations_results"),
    "removed": ("duplicates", "excluded_automatic", "excluded_other"),
    "screened": ("records_screened",),
    "screened_out": ("records_excluded",),
    "sought": ("dbr_sought_reports", "other_sought_reports"),
    "not_retrieved": ("dbr_notretrieved_reports", "other_notretrieved_reports"),
    "assessed": ("dbr_assessed", "other_assessed"),
}
REASONS = ("dbr_excluded", "other_excluded")
COLUMNS = ("data", "node", "box", "description", "boxtext", "tooltips", "url", "n")


def looks(table: Table) -> bool:
    """Whether a table has the columns of a flow diagram."""
    return all(table.column(name) is not None for name in ("data", "boxtext", "n"))


def read_screening(path: str | Path) -> Screening:
    """Counts of a search from a file of the R package PRISMA2020, for ``study_flow``.

    Raises
    ------
    ImportProblem
        If it is no such file, or a count is not a whole number.
    """
    table = read_table(read_limited(Path(path)), Path(path).name)
    if not looks(table):
        raise ImportProblem(f"{table.name} has no columns data, boxtext and n, which hold a flow diagram")
    return screening(table)[0]


def screening(table: Table) -> tuple[Screening, dict[str, Lost]]:
    """The counts in a table, and which boxes are not carried."""
    losses = Losses()
    key, n = table.column("data"), table.column("n")
    assert key is not None and n is not None
    found: dict[str, str] = {}
    for index, row in enumerate(table.rows):
        name, text = row[key].strip(), row[n].strip().removeprefix("'")
        if name in _KEYS:
            found[name] = text
        elif name and text.lower() not in NOTHING:
            losses.add(f"box {name}", table.place(index), "no count of a search; studies are counted from records")
    counts = {field: _sum(found, keys, table.name) for field, keys in BOXES.items()}
    reasons = [pair for name in REASONS for pair in _reasons(found.get(name, ""), table.name)]
    table.unused({key, n, "node", "box", "description", "boxtext", "tooltips", "url"}, losses)
    return Screening(**counts, excluded=tuple(reasons) or None), losses.found()


def _sum(found: dict[str, str], keys: tuple[str, ...], name: str) -> int | None:
    values = [_whole(found[key], f"{name}, {key}") for key in keys if found.get(key, "").lower() not in NOTHING]
    return sum(values) if values else None


def _whole(text: str, place: str) -> int:
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise ImportProblem(f"{place}: {text[:40]!r} is not a count")
    return int(text)


def _reasons(text: str, name: str) -> list[tuple[str, int]]:
    """Pairs from "Reason1, 3; Reason2, 5"; a number alone has no reason."""
    if text.lower() in NOTHING:
        return []
    pairs = []
    for part in re.split(r";\s*", text):
        reason, comma, count = part.rpartition(",")
        if part.strip():
            number = _whole((count if comma else part).strip(), name)
            pairs.append((reason.strip() if comma else "No reason given", number))
    return pairs


def written(flow: Flow) -> str:
    """The flow as such a file. Boxes that hold sums of several have the first of them; the others are "NA"."""
    counts = flow.screening
    rows = []
    for field, keys in BOXES.items():
        value = getattr(counts, field)
        shown = "NA" if value is None else str(value)
        rows += [{"data": key, "n": shown if key == keys[0] else "NA"} for key in keys]
    reasons = "; ".join(f"{reason.replace(';', ',')}, {count}" for reason, count in counts.excluded or ())
    rows += [{"data": "dbr_excluded", "n": reasons or "NA"}, {"data": "other_excluded", "n": "NA"}]
    rows += [{"data": "new_studies", "n": str(flow.included)}, {"data": "total_studies", "n": str(flow.held)}]
    return to_csv(rows, COLUMNS)


_KEYS = frozenset(key for keys in (*BOXES.values(), REASONS) for key in keys)

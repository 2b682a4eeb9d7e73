"""Formats of other programs: what each one reads, writes and can carry. A format is one entry in ``FORMATS``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from synthesis.analysis.model import Analysis
from synthesis.errors import ImportProblem, UsageError
from synthesis.evidence.collection import Evidence
from synthesis.exchange import (
    covidence_csv,
    effects_csv,
    from_records,
    prisma_csv,
    revman5,
    revman_package,
    robvis_csv,
    workbook,
)
from synthesis.exchange.csv_reading import Table, read_table
from synthesis.exchange.reading import read_limited
from synthesis.exchange.review import Lost, Review
from synthesis.registry import Registry

Read = Callable[[bytes, str, str | None], Review]
Write = Callable[[Evidence, Sequence[Analysis]], dict[str, bytes]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """A format of another program.

    Attributes
    ----------
    key, label : str
    looks : callable or None
        Content and name of a file -> whether it is in this format; None if it is only written.
    read : callable or None
        Content, name and measure -> what the file holds, with what is not carried.
    write : callable or None
        Evidence and analyses -> files by name.
    carries : tuple of str
        Parts of results (``from_records.PARTS``) that are written.
    returns : tuple of str
        What comes back unchanged when a file is imported, exported and imported again.
    """

    key: str
    label: str
    looks: Callable[[bytes, str], bool] | None = None
    read: Read | None = None
    write: Write | None = None
    carries: tuple[str, ...] = ()
    returns: tuple[str, ...] = ()


def read_file(path: Path, *, form: str | None = None, measure: str | None = None) -> tuple[Format, Review]:
    """What a file of another program holds.

    Parameters
    ----------
    path : Path
    form : str or None
        Key of its format; None: told from its content.
    measure : str or None
        What the effects are, where the file does not say.

    Raises
    ------
    ImportProblem
        If it cannot be read, or not safely.
    UsageError
        If its format cannot be told, or is one that is only written.
    """
    data = read_limited(path)
    if form is None:
        chosen = recognised(data, path.name)
    else:
        chosen = FORMATS[form]
        if chosen.read is None:
            raise UsageError(f"{chosen.label} is only written; formats that are read: {', '.join(readable())}")
    assert chosen.read is not None
    return chosen, chosen.read(data, path.name, measure)


def recognised(data: bytes, name: str) -> Format:
    """The format of a file, by its content.

    Raises
    ------
    UsageError
        If none fits.
    """
    for form in FORMATS.values():
        if form.looks is not None and form.looks(data, name):
            return form
    raise UsageError(
        f"{name} is in no format that is known. Read are: "
        + "; ".join(f"{key} ({FORMATS[key].label})" for key in readable())
        + ". A bibliographic file becomes a record with synthesis add study --from"
    )


def readable() -> tuple[str, ...]:
    """Keys of the formats that are read."""
    return tuple(key for key, form in FORMATS.items() if form.read is not None)


def writable() -> tuple[str, ...]:
    """Keys of the formats that are written."""
    return tuple(key for key, form in FORMATS.items() if form.write is not None)


def _in_table(test: Callable[[Table], bool]) -> Callable[[bytes, str], bool]:
    def looks(data: bytes, name: str) -> bool:
        if data.startswith((b"PK", b"<", b"%PDF", b"{", b"[")):
            return False
        try:
            return test(read_table(_headings(data), name))
        except ImportProblem:
            return False

    return looks


def _headings(data: bytes) -> bytes:
    """The first line that says something, which is all that is needed to tell a table."""
    return next((line for line in data[:200_000].splitlines() if line.strip(b" \t,;\xef\xbb\xbf")), b"")


def _read_prisma(data: bytes, name: str, measure: str | None) -> Review:
    table = read_table(data, name)
    if not prisma_csv.looks(table):
        raise ImportProblem(f"{name} has no columns data, boxtext and n, which hold a flow diagram")
    found, lost = prisma_csv.screening(table)
    counts = [f"{field}: {getattr(found, field)}" for field in prisma_csv.BOXES if getattr(found, field) is not None]
    reasons = [f"excluded, {reason}: {count}" for reason, count in found.excluded or ()]
    hint = f'in a notebook: syn.study_flow(evidence, analyses, screening=syn.read_screening("{name}"))'
    return Review(title=name, file=name, lost=lost, remarks=(*counts, *reasons, hint))


def _read_workbook(data: bytes, name: str, measure: str | None) -> Review:
    """The first sheet of each kind; the others are listed."""
    found: dict[str, Review] = {}
    lost: dict[str, Lost] = {}
    for table in workbook.read_sheets(data, name):
        kind = next((key for key, (looks, _) in TABLES.items() if looks(table)), None)
        if kind is None or kind in found:
            why = "a second table of its kind" if kind else "no table of a kind that is known"
            lost[f"sheet {table.name.rpartition('sheet ')[2]}"] = Lost(count=1, place=table.name, why=why)
        else:
            found[kind] = TABLES[kind][1](table, measure)
    if not found:
        raise ImportProblem(f"{name} has no sheet with effects, judgements of bias, or studies of Covidence")
    # Judgements go to the studies whose effects were read, by name.
    reviews = list(found.values())
    marks = {study.name: study.bias for review in reviews for study in review.studies if study.bias}
    studies = {study.name: study for review in reviews for study in review.studies}
    return Review(
        title=name, file=name,
        studies=tuple(replace(study, bias=marks.get(key, study.bias)) for key, study in studies.items()),
        analyses=tuple(analysis for review in reviews for analysis in review.analyses),
        tool=next((review.tool for review in reviews if review.tool), None),
        lost={**lost, **{key: item for review in reviews for key, item in review.lost.items()}},
    )  # fmt: skip


def _table(key: str) -> Read:
    def read(data: bytes, name: str, measure: str | None) -> Review:
        table = read_table(data, name)
        looks, read_it = TABLES[key]
        if not looks(table):
            raise ImportProblem(
                f"{name} has not the columns of {FORMATS[key].label}; it has: {', '.join(table.headings[:20])}"
            )
        return read_it(table, measure)

    return read


# Tables that are recognised in text files and in the sheets of a workbook alike.
TABLES: dict[str, tuple[Callable[[Table], bool], Callable[[Table, str | None], Review]]] = {
    "covidence": (covidence_csv.looks, lambda table, _: covidence_csv.read(table)),
    "metafor": (effects_csv.looks, effects_csv.read),
    "robvis": (robvis_csv.looks, lambda table, _: robvis_csv.read(table)),
}

_EFFECTS = ("study names and years", "groups: counts, means and SDs", "effects and standard errors", "group labels",
            "outcome", "measure")  # fmt: skip

FORMATS = Registry(
    "format",
    [
        Format(
            key="revman5",
            label="Review Manager 5 (.rm5)",
            looks=revman5.looks,
            read=lambda data, name, _: revman5.read(data, name),
        ),
        Format(
            key="revman",
            label="Review Manager Web data package (.zip)",
            looks=revman_package.looks,
            read=lambda data, name, _: revman_package.read(data, name),
            write=from_records.revman,
            carries=("effects", "groups", "pooled"),
            returns=(*_EFFECTS, "model", "estimator of heterogeneity", "interval method", "confidence level"),
        ),
        Format(
            key="excel",
            label="Excel (.xlsx)",
            looks=workbook.looks,
            read=_read_workbook,
            write=from_records.excel,
            carries=(
                "effects",
                "groups",
                "pooled",
                "directions",
                "left-out",
                "variants",
                "steps",
                "quotations",
                "bias",
            ),
            returns=(*_EFFECTS, "risk of bias"),
        ),
        Format(
            key="prisma2020",
            label="PRISMA 2020 flow (.csv of the R package PRISMA2020)",
            looks=_in_table(prisma_csv.looks),
            read=_read_prisma,
            write=from_records.prisma,
            returns=("counts of a search", "reasons for exclusion"),
        ),
        Format(
            key="covidence",
            label="Covidence export (.csv)",
            looks=_in_table(covidence_csv.looks),
            read=_table("covidence"),
        ),
        Format(
            key="metafor",
            label="effects for R's metafor (.csv, with a script)",
            looks=_in_table(effects_csv.looks),
            read=_table("metafor"),
            write=from_records.metafor,
            carries=("effects", "groups", "pooled"),
            returns=_EFFECTS,
        ),
        Format(
            key="robvis",
            label="risk of bias for robvis (.csv)",
            looks=_in_table(robvis_csv.looks),
            read=_table("robvis"),
            write=from_records.robvis,
            carries=("bias",),
            returns=("study names", "levels of each domain", "overall level"),
        ),
        Format(key="ris", label="references as RIS", write=from_records.ris, carries=("references",)),
        Format(key="csl-json", label="references as CSL-JSON", write=from_records.csl_json, carries=("references",)),
    ],
)

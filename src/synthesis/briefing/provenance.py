"""Where every number that prose may cite was read: the last step of the way from a printed number to the page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from synthesis.analysis.model import Analysis
from synthesis.evidence.base import Where
from synthesis.evidence.source import Source
from synthesis.evidence.study import Study


class EvidenceLike(Protocol):
    @property
    def studies(self) -> Mapping[str, Study]: ...
    @property
    def sources(self) -> Mapping[str, Source]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where one result, estimate or statement was read.

    Attributes
    ----------
    record, label : str
        Id of the study or source, which is also its reference key, and its name in print.
    what : str
        The outcome, estimate or statement.
    place, quote, note, address : str
        As recorded; "" where nothing is.
    read : bool
        False if it is recalled.
    """

    record: str
    label: str
    what: str
    place: str
    quote: str = ""
    note: str = ""
    address: str = ""
    read: bool = True


def places(evidence: EvidenceLike) -> dict[str, Place]:
    """Places by the start of the names of the numbers read there: ``<study>.<result>``, ``<source>.<part>``.

    ``<study>`` and ``<source>`` alone stand for what the record states about itself.
    """
    found: dict[str, Place] = {}
    for study in evidence.studies.values():
        found[study.id] = Place(
            record=study.id, label=study.label, what="about the study", place="the study's record", read=study.read
        )
        for result in study.results:
            found[f"{study.id}.{result.id}"] = _place(study.id, study.label, result.name, result.where)
    for source in evidence.sources.values():
        found[source.id] = Place(
            record=source.id, label=source.short_name, what="about the review or guideline", read=source.read,
            place="what it says of itself", address=source.where_seen or "",
        )  # fmt: skip
        for estimate in source.estimates:
            found[f"{source.id}.{estimate.id}"] = _place(source.id, source.short_name, estimate.outcome, estimate.where)
        for statement in source.statements:
            found[f"{source.id}.{statement.id}"] = _place(
                source.id, source.short_name, statement.says.rstrip("."), statement.where
            )
    return found


def _place(record: str, label: str, what: str, where: Where) -> Place:
    return Place(
        record=record,
        label=label,
        what=what,
        place=where.place + (", second-hand" if where.secondary else ""),
        quote=where.quote or "",
        note=where.quote_note or "",
        address=where.address or "",
        read=where.read,
    )


def coverage(evidence: EvidenceLike, analyses: Iterable[Analysis]) -> tuple[int, int]:
    """Study results behind the pooled headlines: how many there are, and how many carry a quotation that was read.

    A result counts as quoted if it was read where the quotation stands and the quotation holds at least one of the
    printed numbers (which `synthesis check` verifies).
    """
    used = {(row.study, row.result) for analysis in analyses for row in analysis.effects.rows}
    quoted = 0
    for study, result_id in used:
        where = next(result.where for result in evidence.studies[study].results if result.id == result_id)
        quoted += where.read and where.quote is not None and where.quote_covers != "none"
    return len(used), quoted

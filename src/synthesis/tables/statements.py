"""What guidelines, reviews and reports recommend, conclude, find or define, each with the words that carry it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Literal

from synthesis.analysis.model import Analysis
from synthesis.analysis.relations import relation_of
from synthesis.document.elements import Line, Span, StatementItem, Statements, line, plain
from synthesis.errors import UsageError
from synthesis.evidence.source import Basis, Source, Statement
from synthesis.formatting import integer, plural
from synthesis.tables.records import RECALLED, Records, certainty, chosen, cite, fact, sentence

Kind = Literal["recommendation", "conclusion", "finding", "definition"]

BASES = {
    "systematic-review": "Systematic review",
    "consensus": "Expert consensus",
    "cited-evidence": "Evidence it cites",
    "policy": "Policy",
    "not-stated": "Basis not stated",
}


def statements(
    evidence: Records,
    *,
    sources: Iterable[str] | None = None,
    kind: Kind | None = None,
    topic: str | None = None,
    analyses: Iterable[Analysis] = (),
) -> Statements:
    """Statements of sources.

    Parameters
    ----------
    evidence : Evidence
    sources : iterable of str or None
        Ids of sources, in the order wanted; None for all.
    kind : {"recommendation", "conclusion", "finding", "definition"} or None
    topic : str or None
        Key in the vocabulary's topics.
    analyses : iterable of Analysis
        Questions whose evidence is set beside the statements it bears on.

    Raises
    ------
    UnknownKeyError
        If an id is not that of a source.
    UsageError
        If no statement is left.
    """
    picked = chosen("source", evidence.sources, sources)
    if topic is not None:
        chosen("topic", evidence.vocabulary.topics, [topic])
    held = {analysis.question: analysis for analysis in analyses}
    items = tuple(
        _item(evidence, source, statement, held)
        for source in picked.values()
        for statement in source.statements
        if kind in (None, statement.kind) and topic in (None, statement.topic)
    )
    if not items:
        wanted = " ".join(part for part in (kind or "statement", f"on {topic}" if topic else "") if part)
        raise UsageError(f"no {wanted} in {', '.join(picked) or 'any source'}; record one or ask for less")
    return Statements(items=_said_once(items))


def _said_once(items: tuple[StatementItem, ...]) -> tuple[StatementItem, ...]:
    """Who speaks, on what basis and how the source stands, without saying again what the statement before it said."""
    said = []
    for before, item in zip((None, *items), items, strict=False):
        if before is None or before.cite != item.cite:
            said.append(item)
            continue
        # Their numbers have names of their own, so that equal words are compared.
        basis = () if plain(before.basis) == plain(item.basis) else item.basis
        status = () if before.status == item.status else item.status
        said.append(replace(item, body="", year="", kind=item.kind.capitalize(), cite="", basis=basis, status=status))
    return tuple(said)


def _item(evidence: Records, source: Source, statement: Statement, analyses: Mapping[str, Analysis]) -> StatementItem:
    where = statement.where
    place = where.place + ("" if where.read else f" ({RECALLED} recalled, to be checked)")
    return StatementItem(
        body=source.short_name, year=_year(source), kind=statement.kind,
        says=line(statement.says), quote=where.quote or "", place=place,
        basis=_basis(evidence, f"{source.id}.{statement.id}", statement.basis), status=_status(evidence, source),
        ours=_ours(evidence, statement, analyses), cite=source.id,
    )  # fmt: skip


def _ours(evidence: Records, statement: Statement, analyses: Mapping[str, Analysis]) -> Line:
    """How our evidence stands to the statement, for each question that bears on it.

    What a person wrote about the relation is shown only while the relation is the one that person saw.
    """
    parts: list[str | Span] = []
    for bearing in statement.bears_on:
        analysis = analyses.get(bearing.question)
        if analysis is None:
            continue
        relation = relation_of(bearing.asserts, analysis, evidence.questions[bearing.question].thresholds)
        judged = f" {sentence(bearing.says)}" if relation.key == bearing.relation else ""
        parts.append(f"{' ' if parts else ''}{relation.words}.{judged}")
        if analysis.certainty.level is not None:
            parts += [" ", certainty(analysis.certainty.level), " certainty."]
    return line(*parts)


def _year(source: Source) -> str:
    """The year, unless the short name says it already."""
    return "" if source.year is None or str(source.year) in source.short_name else str(source.year)


def _basis(evidence: Records, name: str, basis: Basis) -> Line:
    """On what the statement says it rests: how many studies and people, which ones, and whether that is confirmed."""
    parts: list[str | Span] = [BASES[basis.kind]]
    if basis.studies is not None:
        noun = plural(basis.studies, "study", "studies").split(" ", 1)[1]
        parts += [": ", fact(integer(basis.studies), f"{name}.studies"), f" {noun}"]
    if basis.participants is not None:
        mark = f" {RECALLED} recalled" if basis.participants_known == "recalled" else ""
        parts += [", " if basis.studies is not None else ": "]
        parts += [fact(integer(basis.participants), f"{name}.participants"), f" people{mark}"]
    if basis.identified:
        parts.append("; named: ")
        for index, key in enumerate(basis.identified):
            known = evidence.studies.get(key)
            parts.append(", " if index else "")
            parts += [key] if known is None else [f"{known.label} ", cite(key)]
    if basis.studies is not None and not basis.confirmed:
        parts.append(" (which studies these are is not confirmed)")
    text = list(line(*parts, "."))
    if basis.note:
        text.extend(line(f" {sentence(basis.note)}"))
    return tuple(text)


def _status(evidence: Records, source: Source) -> Line:
    """Whether the source still stands, as far as that was looked at."""
    updates = source.updates
    if updates is None:
        return line()
    parts: list[str | Span] = []
    if updates.superseded_by is not None:
        newer = evidence.sources.get(updates.superseded_by)
        parts.append("Superseded by ")
        parts += [updates.superseded_by] if newer is None else [f"{newer.short_name} ", cite(newer.id)]
        parts.append(". ")
    if updates.note is not None:
        parts.append(sentence(updates.note))
    elif updates.checked is not None:
        parts.append(f"Last checked {updates.checked}.")
    return line(*parts)

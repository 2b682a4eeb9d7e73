"""The parts of a briefing that are made from its definition: named numbers, masthead, key messages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any, Protocol

from synthesis.analysis.model import Analysis
from synthesis.briefing.claims import bound
from synthesis.briefing.facts import Fact, Facts, facts_of
from synthesis.briefing.life import Life, life_of
from synthesis.briefing.provenance import coverage, places
from synthesis.document.elements import Masthead
from synthesis.evidence.claim import ClaimFile
from synthesis.evidence.edition import EditionType, issue_date, last_day
from synthesis.evidence.question import Briefing, Vocabulary
from synthesis.evidence.source import Source
from synthesis.evidence.study import Study
from synthesis.formatting import integer, long_date, plural
from synthesis.tables.sentences import meaning


class EvidenceLike(Protocol):
    @property
    def studies(self) -> Mapping[str, Study]: ...
    @property
    def sources(self) -> Mapping[str, Source]: ...
    @property
    def vocabulary(self) -> Vocabulary: ...


def briefing_facts(
    evidence: EvidenceLike,
    briefing: Briefing,
    analyses: Iterable[Analysis],
    *,
    claims: ClaimFile | None = None,
    issued: str | None = None,
    part: str = "",
) -> Facts:
    """Everything the prose of a briefing may cite: named numbers, references, and the document's own data.

    Parameters
    ----------
    evidence : Evidence
    briefing : Briefing
    analyses : iterable of Analysis
    claims : ClaimFile or None
        Sentences that may be said only while their conditions hold; with them, prose is held to saying nothing else.
    issued : str or None
        ISO date of issue; see ``issue_date`` for what None means.
    part : str
        What this document is if it is not the briefing itself, such as "Annex"; it is added to the title.

    Raises
    ------
    ClaimError
        With every claim that the evidence does not support.
    """
    done = tuple(analyses)
    day = issue_date(issued, briefing.date)
    references: list[dict[str, Any]] = [study.reports[0].csl(study.id) for study in evidence.studies.values()]
    references += [source.reference.csl(source.id) for source in evidence.sources.values()]
    document = {
        "title": _title(briefing, part),
        "language": briefing.language,
        "date": day,
        "metadata": {
            "briefing": briefing.id,
            "edition": briefing.edition,
            "edition-type": briefing.issue.type,
            "status": (life := life_of(briefing, issued=day)).status,
            "status-on": life.on.isoformat(),
            "review-due": life.review_due.isoformat(),
            "subject": briefing.question,
            "author": briefing.owner,
            "keywords": ", ".join(briefing.keywords),
            **({"notice": notice} if (notice := _notice(evidence)) else {}),
        },
    }
    facts = named_numbers(evidence, done)
    said = None
    if claims is not None:
        reads = {analysis.question: meaning(analysis) for analysis in done}
        said = bound(claims, facts, issued=day, allowed=reads)
    return Facts(facts, analyses=done, references=references, claims=said, places=places(evidence), document=document)


def named_numbers(evidence: EvidenceLike, analyses: Iterable[Analysis]) -> dict[str, Fact]:
    """Every named number that prose and claims of a briefing may cite."""
    done = tuple(analyses)
    return facts_of(evidence, done) | _coverage_facts(evidence, done)


def _notice(evidence: EvidenceLike) -> str:
    """What stands at the head of a document that made-up records have gone into; "" where none has."""
    records: tuple[Study | Source, ...] = (*evidence.studies.values(), *evidence.sources.values())
    made_up = sum(record.demonstration for record in records)
    if not made_up:
        return ""
    which = "the" if made_up == len(records) else f"{integer(made_up)} of {integer(len(records))}"
    return f"Demonstration data: {which} studies and sources are made up. Nothing in this document is evidence."


def _coverage_facts(evidence: EvidenceLike, analyses: Iterable[Analysis]) -> dict[str, Fact]:
    used, quoted = coverage(evidence, analyses)
    counts = {"evidence.headline-results": used, "evidence.headline-results-quoted": quoted}
    return {name: Fact(name=name, text=integer(value), value=value, records=()) for name, value in counts.items()}


def _title(briefing: Briefing, part: str) -> str:
    return f"{briefing.title}: {part}" if part else briefing.title


def masthead(evidence: EvidenceLike, briefing: Briefing, *, issued: str | None = None, part: str = "") -> Masthead:
    """Title, question and the facts that tell a reader whether the briefing is current.

    Parameters
    ----------
    issued : str or None
        ISO date of issue; see ``issue_date`` for what None means.
    part : str
        As for ``briefing_facts``.
    """
    day = issue_date(issued, briefing.date)
    life = life_of(briefing, issued=day)
    studies = plural(len(evidence.studies), "study", "studies")
    sources = plural(len(evidence.sources), "review or guideline", "reviews and guidelines")
    rows = (
        *_label(briefing),
        ("Edition", _edition(briefing)),
        *_about_edition(briefing),
        ("Issued", long_date(_parse(day))),
        *_searched(briefing),
        ("Status", life.words),
        *_next(briefing, life),
        ("Evidence held", f"{studies}, {sources}"),
        ("For", briefing.audience),
        ("Owner", briefing.owner),
    )
    return Masthead(title=_title(briefing, part), question=briefing.question, rows=rows)


# What each kind of edition is called in print.
TYPES: Mapping[EditionType, str] = {
    "new-evidence": "new evidence",
    "amendment": "amendment, without a new search",
    "correction": "correction of a mistake",
    "retirement": "the last one",
}


def _edition(briefing: Briefing) -> str:
    return f"{briefing.edition} ({TYPES[briefing.issue.type]})" if briefing.issue.label is None else briefing.edition


def _label(briefing: Briefing) -> Iterator[tuple[str, str]]:
    """What a reader must know of this edition before anything else."""
    if briefing.issue.label is not None:
        yield "What this is", briefing.issue.label


def _about_edition(briefing: Briefing) -> Iterator[tuple[str, str]]:
    """What is new about this edition."""
    if briefing.issue.nothing_new:
        yield "Search", f"Searched to {long_date(_parse(briefing.evidence_to))}; nothing new was found"
    if briefing.issue.note is not None:
        yield "This edition", briefing.issue.note


def _searched(briefing: Briefing) -> Iterator[tuple[str, str]]:
    """Up to when evidence was looked for, or had to be published."""
    limit = briefing.issue.scope.published_to
    if limit is None:
        yield "Evidence recorded to", long_date(_parse(briefing.evidence_to))
    else:
        yield "Evidence up to", long_date(last_day(limit))


def _next(briefing: Briefing, life: Life) -> Iterator[tuple[str, str]]:
    """When the evidence is looked at again, or why it no longer is."""
    if life.status not in ("retired", "past"):
        yield "Review due", long_date(life.review_due)
    elif briefing.retired is not None:
        yield "Why", briefing.retired.reason
        if briefing.retired.instead is not None:
            yield "Read instead", briefing.retired.instead


def _parse(text: str) -> date:
    return date.fromisoformat(text)

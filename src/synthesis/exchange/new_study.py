"""From a publication to the record of a study: its id, whether it is there already, and what is still missing."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from synthesis.errors import EvidenceError, UsageError
from synthesis.evidence.canonical import canonical_text
from synthesis.evidence.collection import Evidence
from synthesis.evidence.comments import END, Comment
from synthesis.evidence.fields import fields_of_model
from synthesis.evidence.question import Question, Vocabulary
from synthesis.evidence.record_files import decode, read_bytes
from synthesis.evidence.save import record_path
from synthesis.evidence.selection import select
from synthesis.evidence.study import Study
from synthesis.evidence.yaml_lines import parse
from synthesis.exchange.bibliography.model import Entry

# Titles this alike (of 100, words in any order) are of one publication, but for spelling and subtitles.
SAME_TITLE = 93
# With the same first author and nearly the same year, less will do: the second report of a trial.
LIKE_TITLE = 75


@dataclass(frozen=True, slots=True, kw_only=True)
class Duplicate:
    """A study that is there already, and why it seems to be the same.

    ``certain`` where an identifier agrees or the title is the same; otherwise it may be another report of the study.
    """

    study: str
    why: str
    certain: bool


def propose_id(entry: Entry, taken: Iterable[str]) -> str:
    """First author and year, as records are named; a letter from b on is added where that is taken.

    Raises
    ------
    UsageError
        If the publication names no author or no year.
    """
    if not entry.first_author or entry.year is None:
        lacking = "author" if not entry.first_author else "year of publication"
        raise UsageError(f"{entry.place} names no {lacking}, so no id can be made: give one with --id")
    words = re.split(r"[^a-z0-9]+", plain_words(entry.first_author))
    group = "literal" in entry.reference["author"][0]
    stem = "".join(words[:1] if group and len(words) > 2 else words)[:60] or "study"
    names = [f"{stem}{entry.year}", *(f"{stem}{entry.year}{letter}" for letter in "bcdefghijklmnopqrstuvwxyz")]
    known = set(taken)
    free = next((name for name in names if name not in known), None)
    if free is None:
        raise UsageError(f"every id from {names[0]} to {names[-1]} is taken: give one with --id")
    return free


def duplicates(entry: Entry, evidence: Evidence) -> tuple[Duplicate, ...]:
    """Studies that may be the one that ``entry`` reports, the most certain first."""
    from rapidfuzz.fuzz import token_sort_ratio

    own = entry.reference
    found: list[tuple[float, Duplicate]] = []
    for held in _publications(evidence):
        kind = next((name for name in ("doi", "pmid") if own.get(name) and own[name] == held.identifiers[name]), None)
        if kind is not None:
            why = f"{kind.upper()} {own[kind]} is that of its report {held.report!r}"
            found.append((200, Duplicate(study=held.study, why=why, certain=True)))
            continue
        # Two publications with two identifiers of one kind are two publications, whatever their titles.
        differ = bool(held.identifiers["doi"] and own.get("doi"))
        likeness = token_sort_ratio(plain_words(held.title), plain_words(str(own["title"])))
        same_people = bool(entry.first_author) and held.author == plain_words(entry.first_author)
        near = entry.year is not None and held.year is not None and abs(held.year - entry.year) <= 5
        if likeness >= SAME_TITLE or (same_people and near and likeness >= LIKE_TITLE):
            why = f"its title is {'the same' if likeness >= 99 else 'nearly the same'}: {held.title}"
            certain = likeness >= SAME_TITLE and not differ
            found.append((likeness, Duplicate(study=held.study, why=why, certain=certain)))
    best: dict[str, Duplicate] = {}
    for _, item in sorted(found, key=lambda pair: (-pair[0], pair[1].study)):
        best.setdefault(item.study, item)
    return tuple(best.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class _Publication:
    study: str
    report: str
    title: str
    author: str
    year: int | None
    identifiers: Mapping[str, str | None]


def _publications(evidence: Evidence) -> Iterator[_Publication]:
    """Every report of every study, of records that are not complete yet too."""
    for study in evidence.studies.values():
        for item in study.reports:
            yield _publication(study.id, item.model_dump(mode="json"))
        for related in study.related_reports:
            yield _publication(study.id, {"id": "related report", "doi": related.doi, "title": related.citation})
    for name in evidence.unusable:
        if not name.startswith("studies/"):
            continue
        path = evidence.root / name
        try:
            data = parse(decode(read_bytes(path, root=evidence.root, file=name), name), name)[0].data
        except EvidenceError:
            continue
        reports = data.get("reports")
        for report in reports if isinstance(reports, list) else []:
            if isinstance(report, dict):
                yield _publication(path.stem, report)


def _publication(study: str, report: Mapping[str, Any]) -> _Publication:
    people = report.get("author")
    first = people[0] if isinstance(people, list) and people and isinstance(people[0], dict) else {}
    issued = str(report.get("issued") or "")[:4]
    doi = str(report.get("doi") or "").lower()
    return _Publication(
        study=study,
        report=str(report.get("id") or ""),
        title=str(report.get("title") or ""),
        author=plain_words(str(first.get("family") or first.get("literal") or "")),
        year=int(issued) if re.fullmatch(r"[0-9]{4}", issued) else None,
        identifiers={"doi": doi or None, "pmid": str(report.get("pmid") or "") or None},
    )


def draft(entry: Entry, record_id: str, added: str, vocabulary: Vocabulary, known: Mapping[str, Any]) -> str:
    """The text of a new record: what is known, and a comment for each thing that is missing.

    Parameters
    ----------
    entry : Entry
        The first report of the study.
    record_id : str
    added : str
        Date, YYYY-MM-DD.
    vocabulary : Vocabulary
        Says which words may be used.
    known : mapping
        Further fields of the record that somebody has given.
    """
    data: dict[str, Any] = {
        "schema_version": 1,
        "id": record_id,
        "year": entry.year,
        "registration": entry.registration,
        "reports": [{"id": "main", **entry.reference}],
        "read": False,
        "added": added,
        **known,
    }
    wanted = _missing(data, vocabulary)
    comments = [Comment(field="reports", text=f"# {line}", beside=False) for line in wanted]
    comments += [Comment(field=END, text=f"# {line}".rstrip(), beside=False) for line in _RESULTS]
    comments += [
        Comment(field=END, text=f"# In {entry.place}, without a field here: {name}: {value}", beside=False)
        for name, value in entry.left.items()
    ]
    return canonical_text(data, Study, comments=comments)


def without_prompts(text: str, data: Mapping[str, Any], vocabulary: Vocabulary) -> str:
    """A record's text without those comments of ``draft`` that ask for what ``data`` has by now; others stay."""
    prompts = _prompts(vocabulary)
    told = {f"# {name}: {words}" for name, words in prompts.items() if data.get(name) is not None}
    if told and all(data.get(name) is not None for name in prompts if f"# {name}: {prompts[name]}" in text):
        told.add(f"# {_STILL_MISSING}")
    if data.get("results"):
        told |= {f"# {line}" for line in _RESULTS}
    reports = data.get("reports")
    report = reports[0] if isinstance(reports, list) and reports and isinstance(reports[0], Mapping) else {}
    lines = text.splitlines(keepends=True)
    kept = (line for line in lines if line.rstrip("\n") not in told and not _answered(line, report))
    return "".join(kept)


def _answered(line: str, report: Mapping[str, Any]) -> bool:
    """Whether a comment asks for parts of the report that are all there by now."""
    asked = line.strip().removeprefix(f"# {_WITHOUT}")
    return asked != line.strip() and all(report.get(name) for name in asked.rstrip(".").split(", "))


def with_report(text: str, entry: Entry) -> str:
    """A study's file with one more report of it.

    Raises
    ------
    EvidenceError
        If the file cannot be read.
    """
    tree, problems = parse(text, "the study")
    if problems:
        raise EvidenceError(problems)
    reports = tree.data.get("reports")
    held = reports if isinstance(reports, list) else []
    ids = {item.get("id") for item in held if isinstance(item, dict)}
    stem = f"{plain_words(entry.first_author).replace(' ', '')}{entry.year or ''}" or "report"
    name = next(name for name in [stem, *(f"{stem}{letter}" for letter in "bcdefghij")] if name not in ids)
    data = {**tree.data, "reports": [*held, {"id": name, **entry.reference}]}
    return canonical_text(data, Study, like=text)


def questions_entered(study: Study, evidence: Evidence) -> list[tuple[str, str]]:
    """Every question with what it makes of a study: ``enters``, or the reason why it does not; else not listed."""
    assert evidence.vocabulary is not None
    lines = []
    for key, question in evidence.questions.items():
        selection = select([study], question, evidence.vocabulary)
        if selection.candidates:
            lines.append((key, "enters"))
        elif selection.left_out:
            lines.append((key, f"left out: {selection.left_out[0].reason}"))
    return lines


def questions_open(known: Mapping[str, Any], evidence: Evidence) -> list[tuple[str, str]]:
    """Every question with what a study that is not filled in yet needs to enter it."""
    vocabulary = evidence.vocabulary
    return [] if vocabulary is None else [
        (key, _needs(question, known, vocabulary)) for key, question in evidence.questions.items()
    ]  # fmt: skip


def check_id(record_id: str, evidence: Evidence) -> str:
    """``record_id``, if a new record may have it.

    Raises
    ------
    UsageError
        If it may not, or is taken.
    """
    record_path(evidence.root / "studies", record_id)
    if record_id in evidence.studies or (evidence.root / "studies" / f"{record_id}.yaml").exists():
        raise UsageError(f"{record_id!r} is taken by studies/{record_id}.yaml: choose another --id")
    return record_id


def _needs(question: Question, known: Mapping[str, Any], vocabulary: Vocabulary) -> str:
    design = known.get("design")
    designs = " or ".join(
        vocabulary.designs[key].label.lower() for key in question.designs if key in vocabulary.designs
    )
    if design is not None and design not in question.designs:
        return f"takes another design: {designs}"
    low, high = question.window_months
    when = f"{low:g}" if low == high else f"{low:g} to {high:g}"
    needs = [] if design else [designs]
    needs += [f"an arm of {question.intervention.label.lower()} and one of {question.comparator.label.lower()}"]
    needs += [f"{question.outcome_label[:1].lower()}{question.outcome_label[1:]} at {when} months"]
    return f"needs {'; '.join(needs)}"


_STILL_MISSING = "Still missing. Take away the # and fill in; synthesis check says what may stand there."

_WITHOUT = "The report below is without: "
_WANTED = ("author", "container_title", "issued", "doi", "pmid")


def _prompts(vocabulary: Vocabulary) -> dict[str, str]:
    """What may stand in the fields that a citation does not fill."""
    return {
        "design": f"one of {', '.join(vocabulary.designs)}",
        "design_as_described": "as the authors put it, for example parallel randomised controlled trial",
        "countries": "two capital letters each, for example [GB]",
        "setting": "where people were treated or found, for example outpatient clinic, London",
        "population": "who took part",
        "substances": f"any of [{', '.join(vocabulary.substances)}]",
        "participants": "how many took part, for example {value: 120}",
        "followup_months": "when outcomes were measured, in months from baseline, for example [3, 12]",
    }


def _missing(data: Mapping[str, Any], vocabulary: Vocabulary) -> list[str]:
    words = _prompts(vocabulary)
    order = [name for name in fields_of_model(Study) if name in words and data.get(name) is None]
    report = data["reports"][0]
    absent = [name for name in _WANTED if not report.get(name)]
    lines = [_STILL_MISSING] if order else []
    lines += [f"{name}: {words[name]}" for name in order]
    return lines + ([f"{_WITHOUT}{', '.join(absent)}."] if absent else [])


def plain_words(text: str) -> str:
    """Small letters without accents; whatever is no letter or digit becomes a space between words."""
    special = "".join(_LETTERS.get(sign, sign) for sign in text)
    plain = unicodedata.normalize("NFKD", special).encode("ascii", "ignore").decode().lower()
    return " ".join(re.sub(r"[^a-z0-9]+", " ", plain).split())


# Letters that are not a plain one with an accent.
_LETTERS = {"ø": "o", "Ø": "o", "ß": "ss", "æ": "ae", "Æ": "ae", "œ": "oe", "ł": "l", "Ł": "l", "đ": "d", "ı": "i"}

# Nothing stands where something has to be filled in, so that the check finds what was forgotten.
_RESULTS = (
    "Arms and results come next. Take away the first # of each line and copy what is printed, as it is printed:",
    "arms:",
    "  - id: active",
    "    label:  # what this group had",
    "    category:  # a word under arm_categories in vocabulary.yaml",
    "    role: intervention",
    "    n_randomised:  # how many were assigned, if that is printed",
    "  - id: usual",
    "    label:  # what the others had",
    "    category:",
    "    role: comparator",
    "    n_randomised:",
    "results:",
    "  - id: main-outcome",
    "    name:  # what was measured, in your words",
    "    outcome:  # a word under outcomes in vocabulary.yaml",
    "    timepoint_months:  # from baseline",
    "    printed:",
    "      - form: counts",
    "        arms:",
    "          active: {events: , n: }",
    "          usual: {events: , n: }",
    "    where:",
    "      place:  # table and page",
    "      quote:  # the words that carry the numbers, exactly, at most 25",
    "      read: true",
    "    poolable: 'yes'",
    "Other forms (percentages, means, odds ratios, words) and a complete example: docs/how-to/add-a-study.md",
)

"""The records and fields behind one class of change in one question, in print."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from synthesis.analysis.model import Certainty
from synthesis.certainty.domains import DOMAINS
from synthesis.changes.model import Difference
from synthesis.changes.records import Records
from synthesis.evidence.judgement import CertaintyJudgement
from synthesis.evidence.selection import select
from synthesis.evidence.study import Study
from synthesis.formatting import integer

_BESIDE = re.compile(r"(^|\.)(where|notes?|known|remarks|to_fetch|poolable_note)\b")


def details(
    before: Records, after: Records, key: str, found: tuple[Difference, ...], *, moves: bool
) -> tuple[str, ...]:
    """The records and fields behind one class, as far as they reach the question."""
    texts: dict[str, None] = {}
    studies = {name for name in (*before.studies, *after.studies) if name in _studies_in(found)}
    results = {name: reached(before, key, name) | reached(after, key, name) for name in studies}
    about = [item for item in found if _concerns(item, key, results, moves)]
    for item in about:
        kind, _, name = item.record.partition("/")
        if kind == "studies":
            if not (_beside(item) and any(other.record == item.record and not _beside(other) for other in about)):
                texts[_study_text(item, after.studies.get(name) or before.studies[name])] = None
        elif item.cause == "judgement":
            texts |= dict.fromkeys(_judged(before.questions[key].certainty, after.questions[key].certainty))
        else:
            texts[_field_text(item) if kind == "questions" else f"vocabulary: {_field_text(item)}"] = None
    return tuple(texts)


def _judged(old: CertaintyJudgement, new: CertaintyJudgement) -> Iterator[str]:
    """What differs between two judgements: the level, where it starts, each domain, and what was only signed again."""
    words = [Certainty(status=judged.status, level=judged.level).word for judged in (old, new)]
    if words[0] != words[1]:
        yield f"certainty {words[0]} → {words[1]}"
    starts = [judged.start.level if judged.start else "" for judged in (old, new)]
    if starts[0] != starts[1] and all(starts):
        yield f"starts {starts[0]} → {starts[1]}"
    if not (old.domains and new.domains):
        return
    for key in dict.fromkeys((*old.domains, *new.domains)):
        one, two = (judged.domains.get(key) for judged in (old, new))
        if one == two:
            continue
        changes = [integer(rating.change) if rating else "not rated" for rating in (one, two)]
        name = DOMAINS[key].label.lower()
        yield f"{name} signed again" if changes[0] == changes[1] else f"{name} {changes[0]} → {changes[1]}"


def _studies_in(found: Iterable[Difference]) -> frozenset[str]:
    return frozenset(item.record.removeprefix("studies/") for item in found if item.record.startswith("studies/"))


def _concerns(item: Difference, key: str, results: Mapping[str, frozenset[str]], moves: bool) -> bool:
    """Whether a difference is about this question: its own record, a study it reaches, words that move it."""
    kind, _, name = item.record.partition("/")
    if kind == "studies":
        return bool(results[name]) and _about(item, results[name])
    return (kind == "questions" and name == key and bool(item.field)) or (kind == "vocabulary" and moves)


def _beside(item: Difference) -> bool:
    """Whether a difference in a study is about where a number was read, or a remark, and not about the number."""
    return bool(_BESIDE.search(item.field))


def _about(item: Difference, results: frozenset[str]) -> bool:
    """Whether a difference in a study can be about one of these results of it."""
    part, _, rest = item.field.partition(".")
    return part != "results" or rest.split(".")[0].split("[")[0] in results


def _study_text(item: Difference, study: Study) -> str:
    if not item.field:
        return study.label if item.after else f"{study.label} withdrawn"
    return f"{study.label}: {_field_text(item)}"


def _field_text(item: Difference) -> str:
    return f"{item.field.removeprefix('results.')}: {item.before or 'nothing'} → {item.after or 'nothing'}"


def reached(records: Records, key: str, study: str) -> frozenset[str]:
    """The results of a study that a question's rule reaches, used or left out."""
    if study not in records.studies or key not in records.questions:
        return frozenset()
    found = select([records.studies[study]], records.questions[key], records.vocabulary)
    used = (candidate.result.id for candidates in found.candidates for candidate in candidates)
    return frozenset((*used, *(out.result.id for out in found.left_out)))

"""Two states of the records: what differs, which class each difference belongs to, and states in between.

Records are compared as the models hold them, not as they are written, so that layout, comments and the order of fields
are no difference.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any, Literal

from synthesis.changes.model import CauseKey, Difference
from synthesis.evidence.base import Record
from synthesis.evidence.question import Briefing, Question, Vocabulary
from synthesis.evidence.source import Source
from synthesis.evidence.study import Study

Class = CauseKey | Literal["wording"]

# The class of a change in a field of a question. ``category`` and ``label`` of a side are told apart below.
QUESTION_FIELDS: Mapping[str, Class] = {
    "schema_version": "wording", "id": "wording", "title": "wording", "question": "wording", "outcome_label": "wording",
    "added": "wording", "notes": "wording",
    "population": "scope", "intervention": "scope", "comparator": "scope", "outcome": "scope",
    "window_months": "scope", "timepoint_unknown": "scope", "designs": "scope", "exclude": "scope",
    "plan": "method", "sensitivity": "method", "choices": "method", "thresholds": "method", "baseline_risk": "method",
    "compare_with": "method",
    "certainty": "judgement",
}  # fmt: skip
# In a study; every other field is data.
JUDGED = "risk_of_bias"
SHOWN = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """The records of one state that a comparison looks at, each by its id; ``briefing`` says what is asked."""

    studies: Mapping[str, Study]
    sources: Mapping[str, Source]
    questions: Mapping[str, Question]
    vocabulary: Vocabulary
    briefing: Briefing

    @property
    def asked(self) -> tuple[str, ...]:
        """The questions of the briefing that there are, in its order."""
        return tuple(key for key in self.briefing.questions if key in self.questions)


def mixed(before: Records, after: Records, classes: Collection[CauseKey]) -> Records:
    """The earlier state with some classes of change applied, and the others not.

    Words that only the later vocabulary has are in every state: nothing uses them but the records that need them.
    """
    scope = "scope" in classes
    return Records(
        studies=_studies(before, after, classes),
        sources=after.sources if "corrections" in classes else before.sources,
        questions={key: _question(before, after, key, classes) for key in before.questions},
        vocabulary=after.vocabulary if scope else _with_new_words(before.vocabulary, after.vocabulary),
        briefing=before.briefing,
    )


def _studies(before: Records, after: Records, classes: Collection[CauseKey]) -> dict[str, Study]:
    found: dict[str, Study] = {}
    for key in sorted({*before.studies, *after.studies}):
        old, new = before.studies.get(key), after.studies.get(key)
        if old is None:
            if new is not None and "new-studies" in classes:
                found[key] = new
        elif new is None:
            if "corrections" not in classes:
                found[key] = old
        else:
            data = new if "corrections" in classes else old
            judged = new if "judgement" in classes else old
            found[key] = data.model_copy(update={JUDGED: judged.risk_of_bias})
    return found


def _question(before: Records, after: Records, key: str, classes: Collection[CauseKey]) -> Question:
    old, new = before.questions[key], after.questions.get(key)
    if new is None:
        return old
    return old.model_copy(
        update={name: getattr(new, name) for name, cause in QUESTION_FIELDS.items() if cause in classes}
    )


def _with_new_words(before: Vocabulary, after: Vocabulary) -> Vocabulary:
    tables = (name for name in type(before).model_fields if name != "schema_version")
    return before.model_copy(update={name: {**getattr(after, name), **getattr(before, name)} for name in tables})


def differences(before: Records, after: Records) -> tuple[Difference, ...]:
    """Every field that says something else, by record: briefing, questions, vocabulary, studies, sources."""
    return tuple(_differences(before, after))


def _differences(before: Records, after: Records) -> Iterator[Difference]:
    yield from _changed("briefing", before.briefing, after.briefing, _briefing_class)
    yield from _kept_and_not("questions", before.questions, after.questions, "scope", _question_class)
    yield from _changed("vocabulary", before.vocabulary, after.vocabulary, _vocabulary_class)
    yield from _kept_and_not("studies", before.studies, after.studies, "new-studies", _study_class)
    yield from _kept_and_not("sources", before.sources, after.sources, "new-studies", _source_class)


def _kept_and_not(
    kind: str, before: Mapping[str, Any], after: Mapping[str, Any], added: Class, class_of: Any
) -> Iterator[Difference]:
    removed: Class = "corrections" if added == "new-studies" else added
    for key in sorted({*before, *after}):
        name = f"{kind}/{key}"
        if key not in before:
            yield Difference(record=name, field="", cause=added, before="", after="added")
        elif key not in after:
            yield Difference(record=name, field="", cause=removed, before="withdrawn", after="")
        else:
            yield from _changed(name, before[key], after[key], class_of)


def _changed(name: str, before: Record, after: Record, class_of: Any) -> Iterator[Difference]:
    if before == after:
        return
    for path, old, new in _walk((), before.model_dump(mode="json"), after.model_dump(mode="json")):
        field = ".".join(path).replace(".[", "[")
        yield Difference(record=name, field=field, cause=class_of(path), before=_text(old), after=_text(new))


def _walk(path: tuple[str, ...], old: Any, new: Any) -> Iterator[tuple[tuple[str, ...], Any, Any]]:
    if old == new:
        return
    if isinstance(old, list) and isinstance(new, list):
        old, new = _keyed(old, new)
    if isinstance(old, dict) and isinstance(new, dict):
        for key in [*old, *(key for key in new if key not in old)]:
            yield from _walk((*path, str(key)), old.get(key), new.get(key))
    else:
        yield path, old, new


def _keyed(old: list[Any], new: list[Any]) -> tuple[Any, Any]:
    """Two lists as mappings: by the ids of their items, else by place; lists of single values stay lists."""
    if all(isinstance(item, dict) and "id" in item for item in (*old, *new)):
        return {item["id"]: item for item in old}, {item["id"]: item for item in new}
    if not all(isinstance(item, dict | list) for item in (*old, *new)):
        return old, new
    pairs = list(zip_longest(old, new))
    return {f"[{at}]": one for at, (one, _) in enumerate(pairs)}, {f"[{at}]": two for at, (_, two) in enumerate(pairs)}


def _text(value: Any) -> str:
    if value is None:
        return ""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"


def _question_class(path: tuple[str, ...]) -> Class:
    if path[0] in ("intervention", "comparator") and path[-1] == "label":
        return "wording"
    return QUESTION_FIELDS[path[0]]


def _study_class(path: tuple[str, ...]) -> Class:
    return "judgement" if path[0] == JUDGED else "corrections"


def _source_class(path: tuple[str, ...]) -> Class:
    """Whether a source still stands is news about it, and no correction of what it says."""
    return "wording" if path[0] == "updates" else "corrections"


def _briefing_class(path: tuple[str, ...]) -> Class:
    return "scope" if path[0] == "questions" else "wording"


def _vocabulary_class(path: tuple[str, ...]) -> Class:
    return "wording" if path[-1] in ("label", "note", "schema_version") else "scope"

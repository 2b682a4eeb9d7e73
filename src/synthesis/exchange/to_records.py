"""A review from elsewhere becomes records: studies with their results, a question for each analysis, and the words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from synthesis.certainty.rob_tools import ROB_TOOLS
from synthesis.effects.measures import MEASURES
from synthesis.evidence.canonical import canonical_text
from synthesis.evidence.question import Question, Vocabulary
from synthesis.evidence.record_files import RESERVED
from synthesis.evidence.save import LONGEST_ID
from synthesis.evidence.study import Study
from synthesis.exchange.new_study import plain_words
from synthesis.exchange.review import Group, Review, ReviewAnalysis, ReviewStudy, Row
from synthesis.exchange.robvis_csv import OVERALL

# Used where a file does not say how studies were designed.
NOT_STATED = "not-stated"
# Designs that a folder without a vocabulary of its own is given.
DESIGNS: Mapping[str, Mapping[str, str]] = {
    NOT_STATED: {"label": "Design not stated", "randomised": "false"},
    "rct": {"label": "Randomised trial", "randomised": "true"},
    "quasi-randomised": {"label": "Quasi-randomised trial", "randomised": "false"},
    "quasi-experimental": {"label": "Quasi-experimental study", "randomised": "false"},
    "cohort": {"label": "Cohort study", "randomised": "false"},
    "cross-sectional": {"label": "Cross-sectional study", "randomised": "false"},
}
# The longest text a field of a record takes.
_LONGEST = 3_900

Fields = dict[str, Any]


@dataclass(slots=True, kw_only=True)
class Imported:
    """Records made from a review, not yet written.

    Attributes
    ----------
    studies, questions : dict
        Text of each file, by id.
    words : dict of str to dict
        New entries of the vocabulary, by section.
    bias : dict of str to list
        Risk-of-bias entries for studies that are there already, by id.
    """

    studies: dict[str, str] = field(default_factory=dict)
    questions: dict[str, str] = field(default_factory=dict)
    words: dict[str, Fields] = field(default_factory=dict)
    bias: dict[str, list[Fields]] = field(default_factory=dict)


def to_records(
    review: Review,
    *,
    on: str,
    design: str = NOT_STATED,
    held: Mapping[str, Study] | None = None,
    questions: Mapping[str, Question] | None = None,
) -> Imported:
    """The records that hold what ``review`` says.

    Every number says which element or row of the file it came from, and that it was read there and not in the study's
    own report. What the file does not say is worded as not stated.

    Parameters
    ----------
    review : Review
    on : str
        Date, YYYY-MM-DD.
    design : str
        Design of its studies, a word of the vocabulary.
    held : mapping of str to Study, optional
        Studies that are there: judgements of bias of a study that is named like one of them are added to it.
    questions : mapping of str to Question, optional
        Questions that are there; one that was made from the same analysis before keeps its id.
    """
    made = Imported()
    if design in DESIGNS:
        made.words["designs"] = {design: dict(DESIGNS[design])}
    ids = _ids(review, {key for key, study in (held or {}).items() if not _is_from(study.known, review)})
    outcomes: dict[str, str] = {}
    for analysis in review.analyses:
        key = _distinct(_slug(analysis.title) or "outcome", outcomes.values())
        outcomes[analysis.number] = key
        made.words.setdefault("outcomes", {})[key] = {
            "label": analysis.title[:_LONGEST],
            "direction": analysis.good or "mixed",
            "domain": "imported",
        }
        for side in (analysis.experimental, analysis.control):
            made.words.setdefault("arm_categories", {})[_category(side)] = {"label": side[:_LONGEST]}
    by_label = {study.label: study.id for study in (held or {}).values()}
    for study in review.studies:
        same = by_label.get(study.name) if not _results_of(study, review) else None
        if same is not None:
            made.bias[same] = [_bias(study, review, on, ())]
            continue
        name = ids[study.name]
        data = _study(study, name, review, outcomes, design, on)
        needed = {"countries", "substances"}
        said = {key: value for key, value in data.items() if value not in (None, [], "") or key in needed}
        made.studies[name] = canonical_text(said, Study)
    for analysis in review.analyses:
        notes = _notes(analysis, review)
        others = [key for key, question in (questions or {}).items() if question.notes != notes]
        name = _distinct(_slug(analysis.title) or "analysis", [*made.questions, *others])
        data = _question(analysis, name, review, outcomes[analysis.number], design, on)
        made.questions[name] = canonical_text(data, Question)
    return made


def with_words(text: str, words: Mapping[str, Fields]) -> str:
    """A vocabulary's file with further words; those it has are left as they are."""
    from synthesis.evidence.yaml_lines import parse

    data: Fields = dict(parse(text, "vocabulary.yaml")[0].data) if text else {"schema_version": "1"}
    for section in Vocabulary.model_fields:
        if section != "schema_version":
            known: Fields = data.get(section) or {}
            new = {key: value for key, value in words.get(section, {}).items() if key not in known}
            data[section] = {**known, **new}
    return canonical_text(data, Vocabulary, like=text)


def _is_from(known: str | None, review: Review) -> bool:
    """Whether a record was made from the same file before."""
    return (known or "").startswith(f"As entered in {review.file} (")


def _ids(review: Review, taken: Iterable[str]) -> dict[str, str]:
    """An id for each study: its name and year."""
    found: dict[str, str] = {}
    for study in review.studies:
        words = plain_words(study.name)
        # "Kelly 2009b" has its year; "MRC-1" has not, and a number before the year is kept apart from it.
        dated = re.fullmatch(r"(.*?) ?((?:1[89]|20)[0-9]{2}[a-z]?)", words)
        stem, year = (dated[1], dated[2]) if dated else (words, str(study.year or ""))
        name = "-".join(stem.split())[: LONGEST_ID - 8] or "study"
        joined = f"{name}-{year}" if name[-1:].isdigit() and year else f"{name}{year}"
        found[study.name] = _distinct(joined, [*found.values(), *taken])
    return found


def _slug(text: str) -> str:
    return "-".join(plain_words(text).split())[:60].strip("-")


def _category(label: str) -> str:
    return _slug(label) or "unnamed-group"


def _distinct(name: str, taken: Any) -> str:
    known = {str(item) for item in taken}
    names = [name, *(f"{name}-{number}" for number in range(2, 10_000))]
    return next(one for one in names if one not in known and one not in RESERVED)


def _results_of(study: ReviewStudy, review: Review) -> list[tuple[ReviewAnalysis, Row]]:
    return [(analysis, row) for analysis in review.analyses for row in analysis.rows if row.study == study.name]


def _study(study: ReviewStudy, name: str, review: Review, outcomes: Mapping[str, str], design: str, on: str) -> Fields:
    own = _results_of(study, review)
    year = study.year or 1900
    sides = list(
        dict.fromkeys(
            (label, role)
            for analysis, _ in own
            for label, role in ((analysis.experimental, "intervention"), (analysis.control, "comparator"))
        )
    )
    # A group on both sides of different analyses keeps the role it has first.
    roles = dict(reversed(sides))
    arms = {label: _category(label) for label in reversed(roles)}
    results: list[Fields] = []
    for analysis, row in own:
        taken = [item["id"] for item in results]
        result = _distinct(f"analysis-{analysis.number.replace('.', '-')}", taken)
        results.append(_result(analysis, row, result, outcomes[analysis.number], arms))
    said = {key: text for key, text in study.about.items() if key not in {"methods", "participants"}}
    remarks = [{"source": review.file, "statement": f"{key}: {text}"[:_LONGEST]} for key, text in said.items()]
    known = review.tool is not None
    remarks += [
        {"source": review.file, "statement": _mark(mark.domain, mark.level, mark.support)[:_LONGEST]}
        for mark in (() if known else study.bias)
    ]
    return {
        "schema_version": 1,
        "id": name,
        "design": design,
        "design_as_described": study.about.get("methods", f"Not stated in {review.file}")[:_LONGEST],
        "countries": [],
        "setting": f"Not stated in {review.file}",
        "population": study.about.get("participants", f"Not stated in {review.file}")[:_LONGEST],
        "substances": [],
        "year": year,
        "reports": [_report(study, review, year)],
        "arms": [{"id": key, "label": label, "category": key, "role": roles[label]} for label, key in arms.items()],
        "results": results,
        "risk_of_bias": [_bias(study, review, on, [item["id"] for item in results])] if known and study.bias else [],
        "remarks": remarks,
        "read": True,
        "added": on,
        "known": f"As entered in {review.file} ({study.place}); the study's own reports were not read.",
        **({} if study.year else {"notes": "The year is not stated; 1900 stands for it."}),
    }


def _mark(domain: str, level: str, support: str) -> str:
    return f"Risk of bias, {domain}: {level}" + (f". {support}" if support else "")


def _report(study: ReviewStudy, review: Review, year: int) -> Fields:
    given = dict(study.reference)
    name = re.sub(r"\s*(1[89]|20)[0-9]{2}[a-z]?$", "", study.name) or study.name
    standard = {
        "id": "main",
        "type": "article-journal",
        "title": f"{study.name} (no title in {review.file})",
        "author": [{"literal": name}],
        "issued": str(year),
    }
    return {**standard, **given}


def _result(analysis: ReviewAnalysis, row: Row, name: str, outcome: str, arms: Mapping[str, str]) -> Fields:
    one, other = arms[analysis.experimental], arms[analysis.control]
    if row.experimental is not None and row.control is not None:
        form = "counts" if row.experimental.events is not None else "means"
        printed: Fields = {"form": form, "arms": {one: _cell(row.experimental), other: _cell(row.control)}}
        if form == "means" and analysis.unit:
            printed["unit"] = analysis.unit
    else:
        assert row.estimate is not None
        printed = {
            "form": "contrast",
            "measure": analysis.measure,
            "arms": [[one], [other]],
            "estimate": MEASURES[analysis.measure].to_natural(row.estimate),
            "se": row.se,
            "note": "se on the analysis scale (log for ratios), as in the file",
        }
    title = f"{analysis.title}, {row.subgroup}" if row.subgroup else analysis.title
    return {
        "id": name,
        "name": title[:_LONGEST],
        "outcome": outcome,
        "printed": [printed],
        "where": {
            "place": row.place[:_LONGEST],
            "quote_covers": "none",
            "quote_note": "numbers of the file, without words around them",
            "read": True,
            "secondary": True,
        },
        "poolable": "yes",
        "note": row.note[:_LONGEST] or None,
    }


def _cell(group: Group) -> Fields:
    values = {"events": group.events, "mean": group.mean, "sd": group.sd, "n": group.n}
    return {key: value for key, value in values.items() if value is not None}


def _bias(study: ReviewStudy, review: Review, on: str, results: Sequence[str]) -> Fields:
    tool = ROB_TOOLS[review.tool or ""]
    given = {mark.domain: mark for mark in study.bias}
    said = {
        key: {"level": mark.level, "reason": mark.support or f"Not given in {review.file}"}
        for key, mark in given.items()
    }
    worst = max((mark.level for mark in study.bias), key=[level.key for level in tool.levels].index)
    overall = said.pop(OVERALL, {"level": worst, "reason": f"The worst of the domains; not given in {review.file}"})
    return {
        "tool": tool.key,
        "tool_version": tool.version,
        "results": list(results),
        "domains": said,
        "overall": overall,
        "by": f"As entered in {review.file} ({study.place})",
        "on": on,
    }


def _question(analysis: ReviewAnalysis, name: str, review: Review, outcome: str, design: str, on: str) -> Fields:
    random = analysis.model == "random"
    plan: Fields = {"measure": analysis.measure, "model": analysis.model}
    if random:
        plan |= {"tau2": analysis.tau2}
    # The two rules that Review Manager has had: since 2025, and before.
    plan["profile"] = "cochrane-2025" if random and analysis.interval == "hartung-knapp" else "revman-5"
    if analysis.level != 0.95:
        plan["level"] = analysis.level
    return {
        "schema_version": 1,
        "id": name,
        "title": analysis.title[:_LONGEST],
        "question": f"{analysis.experimental} compared with {analysis.control}: {analysis.title}"[:_LONGEST],
        "population": f"As in {review.file}",
        "intervention": {"category": [_category(analysis.experimental)], "label": analysis.experimental[:_LONGEST]},
        "comparator": {"category": [_category(analysis.control)], "label": analysis.control[:_LONGEST]},
        "outcome": [outcome],
        "outcome_label": analysis.title[:_LONGEST],
        "window_months": [0, 1200],
        "timepoint_unknown": "include",
        "designs": [design],
        "plan": plan,
        "notes": _notes(analysis, review),
        "added": on,
    }


def _notes(analysis: ReviewAnalysis, review: Review) -> str:
    """Which analysis a question was made from; by this it is known again."""
    methods = {"mantel-haenszel": "the Mantel-Haenszel method", "peto": "Peto's method"}
    pooled = methods.get(analysis.method)
    about = [f"Analysis {analysis.number} of {review.title}", analysis.comparison]
    notes = ", ".join(part for part in about if part)
    return (notes + (f". There it was pooled by {pooled}; here by inverse variance." if pooled else "."))[:_LONGEST]

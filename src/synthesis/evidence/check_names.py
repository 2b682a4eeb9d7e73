"""Checks of names: every id is unique and matches its file, every name that is used exists."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from itertools import chain

from synthesis.errors import Problem
from synthesis.evidence.collection import VOCABULARY_FILE, Evidence, RecordFile
from synthesis.evidence.explain import nearest, shorten
from synthesis.evidence.question import Question
from synthesis.evidence.source import Source
from synthesis.evidence.study import BeforeAfter, Contrast, Narrative, Printed, Result, Study, Test

# A name that is used, and the path of the field it stands in.
Use = tuple[str, str]


def id_not_file(evidence: Evidence) -> Iterator[Problem]:
    """Records whose file is not named after their id."""
    for file, record in _records(evidence):
        if record.id != file.stem:
            yield file.problem(
                "id",
                "id-not-file",
                found=f"id {record.id!r} in a file named {file.stem!r}",
                allowed="a file named after the id",
                fix=f"rename the file to {record.id}.yaml, or correct the id",
            )


def duplicate_id(evidence: Evidence) -> Iterator[Problem]:
    """Ids that occur twice: records of one kind, and arms, results, reports and so on inside one record."""
    first: dict[tuple[type, str], str] = {}
    for file, record in _records(evidence):
        other = first.setdefault((type(record), record.id), file.file)
        if other != file.file:
            yield _duplicate(file, "id", record.id, other)
        for namespace in _namespaces(record):
            seen: dict[str, str] = {}
            for name, path in namespace:
                other = seen.setdefault(name, path)
                if other != path:
                    yield _duplicate(file, path, name, f"line {file.tree.line(other)}")


def unknown_arm(evidence: Evidence) -> Iterator[Problem]:
    """Arms or groups named in a result, a group or an extractor's check that the record does not define."""
    for file, study in evidence.of(Study):
        arms = [arm.id for arm in study.arms]
        both = arms + [group.id for group in study.groups]
        combined = (
            (arm, f"groups[{i}].combines[{j}]")
            for i, group in enumerate(study.groups)
            for j, arm in enumerate(group.combines)
        )
        yield from _unknown(file, combined, arms, "unknown-arm", "an arm")
        for i, result in enumerate(study.results):
            yield from _unknown(file, _arms_used(result, f"results[{i}]"), both, "unknown-arm", "an arm or group")


def unknown_report(evidence: Evidence) -> Iterator[Problem]:
    """Reports named as the place where something was read that the record does not list."""
    for file, study in evidence.of(Study):
        reports = [report.id for report in study.reports]
        yield from _unknown(file, _reports_used(study), reports, "unknown-report", "a report")


def unknown_result(evidence: Evidence) -> Iterator[Problem]:
    """Results named in a judgement of risk of bias, or in a question's exception, that the study does not have."""
    for file, study in evidence.of(Study):
        results = [result.id for result in study.results]
        judged = (
            (result, f"risk_of_bias[{i}].results[{j}]")
            for i, judgement in enumerate(study.risk_of_bias)
            for j, result in enumerate(judgement.results)
        )
        yield from _unknown(file, judged, results, "unknown-result", "a result")
    for file, question in evidence.of(Question):
        for i, exception in enumerate(question.exclude):
            named = evidence.studies.get(exception.study)
            if named is not None and exception.result is not None:
                results = [result.id for result in named.results]
                use = [(exception.result, f"exclude[{i}].result")]
                yield from _unknown(file, use, results, "unknown-result", f"a result of {exception.study}")


def unknown_word(evidence: Evidence) -> Iterator[Problem]:
    """Words that the vocabulary does not have. Not looked for while the vocabulary itself cannot be read."""
    if VOCABULARY_FILE not in evidence.files:
        return
    words = evidence.vocabulary
    lists: dict[str, Collection[str]] = {
        "an outcome": words.outcomes,
        "an arm category": words.arm_categories,
        "a design": words.designs,
        "a substance": words.substances,
        "a topic": words.topics,
        "a review": words.reviews,
    }
    for file, kind, use in chain(_study_words(evidence), _source_words(evidence), _question_words(evidence)):
        yield from _unknown(file, [use], lists[kind], "unknown-word", kind, "vocabulary.yaml")
    broader = (
        (word.broader, f"arm_categories.{key}.broader") for key, word in words.arm_categories.items() if word.broader
    )
    file = evidence.files[VOCABULARY_FILE]
    yield from _unknown(file, broader, words.arm_categories, "unknown-word", "an arm category", "vocabulary.yaml")


def broader_cycle(evidence: Evidence) -> Iterator[Problem]:
    """Arm categories that lie, by way of others, under themselves."""
    words = evidence.vocabulary.arm_categories
    for key in words:
        chain_up, at = [key], words[key].broader
        while at in words and at not in chain_up:
            chain_up.append(at)
            at = words[at].broader
        if at == key:
            yield evidence.files[VOCABULARY_FILE].problem(
                f"arm_categories.{key}.broader",
                "broader-cycle",
                found=" under ".join([*chain_up, key]),
                allowed="a tree",
                fix="take the broader from one of them",
            )


def unknown_study(evidence: Evidence) -> Iterator[Problem]:
    """Studies that a source, a question or another study names, but for which there is no record."""
    known = evidence.studies.keys() | evidence.unread_ids("studies")
    for file, uses in _studies_used(evidence):
        yield from _unknown(file, uses, known, "unknown-study", "a study with a record")


def unknown_source(evidence: Evidence) -> Iterator[Problem]:
    """Sources that are named as replacing another, or for comparison, but for which there is no record or estimate."""
    known = evidence.sources.keys() | evidence.unread_ids("sources")
    for file, source in evidence.of(Source):
        if source.updates is not None and source.updates.superseded_by is not None:
            use = [(source.updates.superseded_by, "updates.superseded_by")]
            yield from _unknown(file, use, known, "unknown-source", "a source with a record")
    for file, question in evidence.of(Question):
        for i, key in enumerate(question.compare_with):
            name, _, estimate = key.partition("/")
            path = f"compare_with[{i}]"
            yield from _unknown(file, [(name, path)], known, "unknown-source", "a source with a record")
            named = evidence.sources.get(name)
            if named is not None:
                estimates = [item.id for item in named.estimates]
                yield from _unknown(file, [(estimate, path)], estimates, "unknown-source", f"an estimate of {name}")


def unknown_question(evidence: Evidence) -> Iterator[Problem]:
    """Questions that are said to bear on a statement, but for which there is no record."""
    known = evidence.questions.keys() | evidence.unread_ids("questions")
    for file, source in evidence.of(Source):
        uses = [
            (bearing.question, f"statements[{i}].bears_on[{j}].question")
            for i, statement in enumerate(source.statements)
            for j, bearing in enumerate(statement.bears_on)
        ]
        yield from _unknown(file, uses, known, "unknown-question", "a question with a record")


def family_of_one(evidence: Evidence) -> Iterator[Problem]:
    """Families with one member. Not looked for while a study cannot be read: the other member may be that one."""
    if any(file.startswith("studies/") for file in evidence.unusable):
        return
    sizes = Counter(study.family for study in evidence.studies.values() if study.family)
    families = [family for family, size in sizes.items() if size > 1]
    for file, study in evidence.of(Study):
        if study.family and sizes[study.family] == 1:
            near = nearest(study.family, families)
            yield file.problem(
                "family",
                "family-of-one",
                found=f"{study.family!r}, which no other study has",
                allowed="a family that two or more studies share",
                fix=f"did you mean {near!r}?" if near else "leave the field out, or give it to the related study too",
            )


def _records(evidence: Evidence) -> Iterator[tuple[RecordFile, Study | Source | Question]]:
    return chain(evidence.of(Study), evidence.of(Source), evidence.of(Question))


def _duplicate(file: RecordFile, path: str, name: str, other: str) -> Problem:
    return file.problem(
        path, "duplicate-id", found=f"{name!r}, also in {other}", allowed="each id once", fix="rename one of the two"
    )


def _unknown(
    file: RecordFile, uses: Iterable[Use], known: Collection[str], code: str, kind: str, home: str = ""
) -> Iterator[Problem]:
    """A problem for each use of a name that is not ``known``; ``home`` is the file that lists them, if another."""
    for name, path in uses:
        if name in known:
            continue
        near = nearest(name, list(known))
        listed = ", ".join(sorted(known)) if len(known) <= 12 else f"{kind} listed in {home}" if home else kind
        yield file.problem(
            path,
            code,
            found=shorten(name),
            allowed=listed or f"{kind}; there is none",
            fix=f"did you mean {near!r}?" if near else f"correct the name, or add {kind} of this name",
        )


def _namespaces(record: Study | Source | Question) -> Iterator[list[Use]]:
    """Lists of ids, with their paths, in each of which an id may occur once. Arms and groups share one."""
    if isinstance(record, Study):
        arms = [(arm.id, f"arms[{i}].id") for i, arm in enumerate(record.arms)]
        yield arms + [(group.id, f"groups[{i}].id") for i, group in enumerate(record.groups)]
        yield [(result.id, f"results[{i}].id") for i, result in enumerate(record.results)]
        yield [(report.id, f"reports[{i}].id") for i, report in enumerate(record.reports)]
    elif isinstance(record, Source):
        yield [(statement.id, f"statements[{i}].id") for i, statement in enumerate(record.statements)]
        yield [(estimate.id, f"estimates[{i}].id") for i, estimate in enumerate(record.estimates)]
    else:
        yield [(variant.id, f"sensitivity[{i}].id") for i, variant in enumerate(record.sensitivity)]
        yield [(choice.id, f"choices[{i}].id") for i, choice in enumerate(record.choices)]
        for i, choice in enumerate(record.choices):
            yield [(item.id, f"choices[{i}].alternatives[{j}].id") for j, item in enumerate(choice.alternatives)]


def _arms_used(result: Result, path: str) -> Iterator[Use]:
    for i, item in enumerate(result.printed):
        yield from _arms_of(item, f"{path}.printed[{i}]")
    for i, worked in enumerate(result.worked_out):
        yield from _arms_of(worked.data, f"{path}.worked_out[{i}].data")
    for i, own in enumerate(result.checks):
        yield from ((arm, f"{path}.checks[{i}].counts.{arm}") for arm in own.counts)
    if result.baseline is not None:
        yield from _arms_of(result.baseline, f"{path}.baseline")


def _arms_of(item: Printed, path: str) -> Iterator[Use]:
    if isinstance(item, Contrast):
        for i, side in enumerate(item.arms or ()):
            yield from ((arm, f"{path}.arms[{i}][{j}]") for j, arm in enumerate(side))
    elif isinstance(item, BeforeAfter):
        if item.group is not None:
            yield item.group, f"{path}.group"
    elif not isinstance(item, Test | Narrative):
        yield from ((arm, f"{path}.arms.{arm}") for arm in item.arms)


def _reports_used(study: Study) -> Iterator[Use]:
    for i, result in enumerate(study.results):
        yield result.where.report, f"results[{i}].where.report"
        items = [(f"printed[{j}]", item) for j, item in enumerate(result.printed)]
        items += [("baseline", result.baseline)] if result.baseline is not None else []
        for path, item in items:
            if item.where is not None:
                yield item.where.report, f"results[{i}].{path}.where.report"
    for i, concern in enumerate(study.concerns):
        yield concern.where.report, f"concerns[{i}].where.report"


def _studies_used(evidence: Evidence) -> Iterator[tuple[RecordFile, list[Use]]]:
    for file, study in evidence.of(Study):
        yield file, [(r.study, f"related_reports[{i}].study") for i, r in enumerate(study.related_reports) if r.study]
    for file, source in evidence.of(Source):
        for i, statement in enumerate(source.statements):
            path = f"statements[{i}].basis.identified"
            yield file, [(name, f"{path}[{j}]") for j, name in enumerate(statement.basis.identified)]
        yield file, [(n.study, f"named_studies[{i}].study") for i, n in enumerate(source.named_studies) if n.study]
    for file, question in evidence.of(Question):
        yield file, [(exception.study, f"exclude[{i}].study") for i, exception in enumerate(question.exclude)]
        for i, variant in enumerate(question.sensitivity):
            yield file, [(name, f"sensitivity[{i}].without[{j}]") for j, name in enumerate(variant.without)]
            yield file, [(name, f"sensitivity[{i}].only[{j}]") for j, name in enumerate(variant.only)]
        for i, choice in enumerate(question.choices):
            for j, item in enumerate(choice.alternatives):
                path = f"choices[{i}].alternatives[{j}].without"
                yield file, [(name, f"{path}[{m}]") for m, name in enumerate(item.without)]
        if question.baseline_risk is not None and question.baseline_risk.study is not None:
            yield file, [(question.baseline_risk.study, "baseline_risk.study")]


def _study_words(evidence: Evidence) -> Iterator[tuple[RecordFile, str, Use]]:
    for file, study in evidence.of(Study):
        yield file, "a design", (study.design, "design")
        for i, substance in enumerate(study.substances):
            yield file, "a substance", (substance, f"substances[{i}]")
        for review in study.included_in:
            yield file, "a review", (review, f"included_in.{review}")
        for i, arm in enumerate(study.arms):
            yield file, "an arm category", (arm.category, f"arms[{i}].category")
        for i, result in enumerate(study.results):
            yield file, "an outcome", (result.outcome, f"results[{i}].outcome")
            for j, category in enumerate(result.comparison or ()):
                yield file, "an arm category", (category, f"results[{i}].comparison[{j}]")


def _source_words(evidence: Evidence) -> Iterator[tuple[RecordFile, str, Use]]:
    for file, source in evidence.of(Source):
        for i, statement in enumerate(source.statements):
            yield file, "a topic", (statement.topic, f"statements[{i}].topic")
        for i, estimate in enumerate(source.estimates):
            if estimate.outcome_key is not None:
                yield file, "an outcome", (estimate.outcome_key, f"estimates[{i}].outcome_key")


def _question_words(evidence: Evidence) -> Iterator[tuple[RecordFile, str, Use]]:
    for file, question in evidence.of(Question):
        for i, outcome in enumerate(question.outcome):
            yield file, "an outcome", (outcome, f"outcome[{i}]")
        for side in ("intervention", "comparator"):
            for i, category in enumerate(getattr(question, side).category):
                yield file, "an arm category", (category, f"{side}.category[{i}]")
        for i, design in enumerate(question.designs):
            yield file, "a design", (design, f"designs[{i}]")
        for i, variant in enumerate(question.sensitivity):
            for j, design in enumerate(variant.designs or ()):
                yield file, "a design", (design, f"sensitivity[{i}].designs[{j}]")
        for i, choice in enumerate(question.choices):
            for j, item in enumerate(choice.alternatives):
                for m, design in enumerate(item.designs or ()):
                    yield file, "a design", (design, f"choices[{i}].alternatives[{j}].designs[{m}]")

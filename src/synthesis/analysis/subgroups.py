"""The studies of an analysis in groups that share something, each group pooled by the plan's rules."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Protocol

from synthesis.analysis.gaps import population
from synthesis.analysis.model import Analysis
from synthesis.diagnostics.subgroups import Subgroups, subgroups
from synthesis.document.results import Result
from synthesis.effects.model import EffectRow
from synthesis.errors import UnknownKeyError, UsageError
from synthesis.evidence.countries import country
from synthesis.evidence.question import Question, Vocabulary
from synthesis.evidence.study import Study
from synthesis.registry import Registry


class Records(Protocol):
    """What is needed of the evidence."""

    @property
    def studies(self) -> Mapping[str, Study]: ...
    @property
    def questions(self) -> Mapping[str, Question]: ...
    @property
    def vocabulary(self) -> Vocabulary: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    """Something that sets studies apart: its key, what it is called, and the group of a study by it."""

    key: str
    label: str
    group: Callable[[EffectRow, Study, Vocabulary], str] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class StudyGroups(Result):
    """The studies of an analysis, grouped.

    Attributes
    ----------
    by, label : str
        Key of the attribute, and what it is called.
    names : tuple of str
        (k,) group of each study, in the order of the analysis.
    result : Subgroups
        Each group pooled, and the test that they do not differ.
    """

    shown_by: ClassVar[str] = "synthesis.analysis.described:study_groups"
    by: str
    label: str
    names: tuple[str, ...]
    result: Subgroups


def subgroup_analysis(analysis: Analysis, evidence: Records, *, by: str) -> StudyGroups:
    """Pool the studies of an analysis in groups.

    Parameters
    ----------
    analysis : Analysis
        With at least two pooled studies.
    evidence : Evidence
        The one it was made from.
    by : str
        Key of an attribute in ``ATTRIBUTES``.

    Raises
    ------
    UnknownKeyError
        For an unknown attribute, or an analysis of another evidence.
    UsageError
        If fewer than two studies were pooled.
    AnalysisError
        If all studies are in one group.

    Notes
    -----
    Groups that differ may differ for another reason than the one they are named by; with few studies in a group the
    comparison says little (Cochrane Handbook 10.11.5).
    """
    attribute = ATTRIBUTES[by]
    if len(analysis.effects) < 2:
        raise UsageError(f"{analysis.question!r} has {len(analysis.effects)} pooled studies; groups need at least 2")
    if analysis.question not in evidence.questions:
        raise UnknownKeyError("question", analysis.question, evidence.questions)
    plan = evidence.questions[analysis.question].plan
    names = tuple(
        attribute.group(row, evidence.studies[row.study], evidence.vocabulary) for row in analysis.effects
    )  # fmt: skip
    found = subgroups(
        analysis.effects, names, model=plan.model, tau2=plan.tau2, ci=plan.profile, level=plan.level
    )  # fmt: skip
    return StudyGroups(by=by, label=attribute.label, names=names, result=found)


def _country(row: EffectRow, study: Study, words: Vocabulary) -> str:
    return ", ".join(country(code) for code in study.countries) or "Not stated"


ATTRIBUTES = Registry(
    "study attribute",
    (
        Attribute(key="design", label="Design", group=lambda row, study, words: words.designs[row.design].label),
        Attribute(key="country", label="Country", group=_country),
        Attribute(key="population", label="Substances", group=lambda row, study, words: population(study)),
        Attribute(
            key="read",
            label="How numbers are known",
            group=lambda row, study, words: "Every number read" if row.read else "Some numbers recalled",
        ),
    ),
)

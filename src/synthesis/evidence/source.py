"""A guideline, review, report or strategy: what it recommends or concludes, on what basis, and what it pooled."""

from __future__ import annotations

from typing import Literal

from synthesis.evidence.base import (
    Count,
    Country,
    Date,
    Flag,
    Known,
    Number,
    PValue,
    Record,
    Reference,
    SchemaVersion,
    Share,
    Slug,
    Text,
    Where,
    Year,
)

SourceType = Literal[
    "guideline",
    "quality-standard",
    "strategy",
    "policy-briefing",
    "practice-guide",
    "commissioning-standard",
    "advisory-report",
    "expert-consensus",
    "evidence-review",
    "cochrane-review",
    "campbell-review",
    "systematic-review",
    "systematic-map",
    "meta-analysis",
    "network-meta-analysis",
    "reanalysis",
    "narrative-review",
    "evaluation",
    "benchmark",
    "annotated-matrix",
]


class Basis(Record):
    """The evidence a statement says it rests on.

    ``confirmed`` is True only if the list of studies was read in the source itself.
    """

    kind: Literal["systematic-review", "consensus", "cited-evidence", "policy", "not-stated"]
    studies: Count | None = None
    participants: Count | None = None
    participants_known: Known = "read"
    identified: tuple[Slug, ...] = ()
    confirmed: Flag = False
    note: Text | None = None


class Statement(Record):
    """What a source recommends, concludes, finds or defines: in our words, with the words that carry it."""

    id: Slug
    kind: Literal["recommendation", "conclusion", "finding", "definition"]
    topic: Slug
    says: Text
    where: Where
    basis: Basis


class Estimate(Record):
    """A result the source published: shown and compared, never pooled again.

    ``outcome`` is in the source's own terms; ``outcome_key`` links to the vocabulary where it fits. Either an
    estimate or a finding in words is given.
    """

    id: Slug
    comparison: Text | None = None
    outcome: Text
    outcome_key: Slug | None = None
    direction: Literal["higher-better", "lower-better"] | None = None
    timepoint: Text | None = None
    measure: Literal["RR", "OR", "MD", "SMD", "B", "percent", "mean", "narrative"]
    unit: Text | None = None
    estimate: Number | None = None
    estimate_text: Text | None = None
    ci: tuple[Number, Number] | None = None
    level: Share = 0.95
    p: PValue | None = None
    finding: Text | None = None
    studies: Count | None = None
    participants: Count | None = None
    counts_known: Known = "read"
    certainty: Literal["high", "moderate", "low", "very-low"] | None = None
    certainty_known: Known = "read"
    where: Where
    note: Text | None = None


class Figure(Record):
    """A number the source states about itself (how many studies, how many people), as stated."""

    what: Literal["studies", "participants", "data-sets", "evaluations", "references-screened", "groups"]
    value: Count
    of: Text | None = None
    known: Known = "read"
    note: Text | None = None


class Named(Record):
    """Studies the source is known to include, so far as its list was seen."""

    name: Text
    study: Slug | None = None
    note: Text | None = None


class BiasSummary(Record):
    """What a review says in general about risk of bias in its studies, in our words."""

    says: Text
    where: Where


class Updates(Record):
    """Whether the source still stands."""

    superseded_by: Slug | None = None
    checked: Date | None = None
    note: Text | None = None


class Source(Record):
    """One source, one file."""

    schema_version: SchemaVersion
    id: Slug
    type: SourceType
    type_as_described: Text
    short_name: Text
    body: Text
    year: Year | None = None
    reference: Reference
    jurisdiction: tuple[Country, ...] = ()
    conclusion: Text
    figures: tuple[Figure, ...] = ()
    design_split: Text | None = None
    searched_to: Date | None = None
    certainty: Text | None = None
    statements: tuple[Statement, ...] = ()
    estimates: tuple[Estimate, ...] = ()
    named_studies: tuple[Named, ...] = ()
    remarks: tuple[Text, ...] = ()
    updates: Updates | None = None
    where_seen: Text | None = None
    also_seen: tuple[Text, ...] = ()
    companions: tuple[Text, ...] = ()
    earlier_version: Text | None = None
    risk_of_bias_summary: BiasSummary | None = None
    read: Flag
    known: Text | None = None
    added: Date
    notes: Text | None = None

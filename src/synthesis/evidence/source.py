"""A guideline, review, report or strategy: what it recommends or concludes, on what basis, and what it pooled."""

from __future__ import annotations

from typing import Literal

from synthesis.evidence.base import (
    Count,
    Country,
    Date,
    Flag,
    FullDate,
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

    Attributes
    ----------
    kind : str
        What it says it rests on.
    studies, participants : int or None
        How many, as stated.
    participants_known : str
        How the number of participants is known.
    identified : tuple of str
        Ids of the study records it rests on, so far as they are known.
    confirmed : bool
        Whether the list of studies was read in the source itself.
    note : str or None
        Anything a reader should know.
    """

    kind: Literal["systematic-review", "consensus", "cited-evidence", "policy", "not-stated"]
    studies: Count | None = None
    participants: Count | None = None
    participants_known: Known = "read"
    identified: tuple[Slug, ...] = ()
    confirmed: Flag = False
    note: Text | None = None


Asserts = Literal["more", "less", "no-difference", "unsettled"]
RelationKey = Literal["supports", "exceeds", "contradicts", "leans-same", "leans-other", "not-tested"]


class Bearing(Record):
    """Which question of ours bears on a statement, and how our evidence stands to it, as a person has judged.

    Attributes
    ----------
    question : str
        Id of the question.
    asserts : {"more", "less", "no-difference", "unsettled"}
        What the statement says, or takes for granted, of the question's outcome with the intervention.
    relation : str
        What was computed when the words were written. Once another is computed, ``synthesis check`` asks for new words.
    says : str
        The relation in words, without numbers: where they fit badly, and why.
    by : str
        Who wrote the words.
    on : str
        The day they were written.
    """

    question: Slug
    asserts: Asserts
    relation: RelationKey
    says: Text
    by: Text
    on: FullDate


class Statement(Record):
    """What a source recommends, concludes, finds or defines: in our words, with the words that carry it.

    Attributes
    ----------
    id : str
        A short name; briefings refer to it.
    kind : str
        What kind of statement it is.
    topic : str
        Key in the vocabulary's topics.
    says : str
        The statement in our words.
    where : Where
        Where it was read, with the words that carry it.
    basis : Basis
        The evidence it names for it.
    bears_on : tuple of Bearing
        Questions of ours whose evidence can be set beside it.
    """

    id: Slug
    kind: Literal["recommendation", "conclusion", "finding", "definition"]
    topic: Slug
    says: Text
    where: Where
    basis: Basis
    bears_on: tuple[Bearing, ...] = ()


class Estimate(Record):
    """A result the source published: shown and compared, never pooled again.

    ``outcome`` is in the source's own terms; ``outcome_key`` links to the vocabulary where it fits. Either an
    estimate or a finding in words is given.

    Attributes
    ----------
    id : str
        A short name; questions refer to it as source/estimate.
    comparison : str or None
        What is compared, in the source's terms.
    outcome : str
        The outcome in the source's terms.
    outcome_key : str or None
        Key in the vocabulary's outcomes, where one fits.
    direction : str or None
        Which way the outcome is good, where the vocabulary does not say.
    timepoint : str or None
        When it was measured, in the source's terms.
    measure : str
        What is printed.
    unit : str or None
        The unit or instrument.
    estimate : float or None
        As printed; a ratio is not logged.
    estimate_text : str or None
        The estimate in words, where it is no single number.
    ci : pair of float or None
        Lower and upper limit of the confidence interval.
    level : float
        Coverage of the interval: 0.95 for 95%.
    p : str or None
        The p value as printed.
    finding : str or None
        The finding in our words, where no number is printed.
    studies, participants : int or None
        How many it rests on, as stated.
    counts_known, certainty_known : str
        How these are known.
    certainty : str or None
        The source's own rating.
    where : Where
        Where it was read.
    note : str or None
        Anything a reader should know.
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
    """A number the source states about itself (how many studies, how many people), as stated.

    Attributes
    ----------
    what : str
        What is counted.
    value : int
        As stated.
    of : str or None
        The part of the source it is about.
    known : str
        How it is known.
    note : str or None
        Anything a reader should know.
    """

    what: Literal["studies", "participants", "data-sets", "evaluations", "references-screened", "groups"]
    value: Count
    of: Text | None = None
    known: Known = "read"
    note: Text | None = None


class Named(Record):
    """Studies the source is known to include, so far as its list was seen.

    Attributes
    ----------
    name : str
        As the source names it.
    study : str or None
        Id of the study record, if there is one.
    note : str or None
        Anything a reader should know.
    """

    name: Text
    study: Slug | None = None
    note: Text | None = None


class BiasSummary(Record):
    """What a review says in general about risk of bias in its studies, in our words.

    Attributes
    ----------
    says : str
        What it says, in our words.
    where : Where
        Where it was read.
    """

    says: Text
    where: Where


class Updates(Record):
    """Whether the source still stands.

    Attributes
    ----------
    superseded_by : str or None
        Id of the source that replaced it.
    checked : str or None
        When that was looked at.
    note : str or None
        What was found.
    """

    superseded_by: Slug | None = None
    checked: Date | None = None
    note: Text | None = None


class Source(Record):
    """One source, one file.

    Attributes
    ----------
    schema_version : int
        Version of this form of record: 1.
    id : str
        The file has the same name.
    type, type_as_described : str
        Its kind, and what it calls itself.
    short_name : str
        How it is named in tables.
    body : str
        Who issued it.
    year : int or None
        Year of publication.
    reference : Reference
        How it is cited.
    jurisdiction : tuple of str
        Countries it is meant for: two capital letters of ISO 3166.
    conclusion : str
        What it concludes, in our words.
    figures : tuple of Figure
        Numbers it states about itself.
    design_split : str or None
        How many studies of which design it holds, in words.
    searched_to : str or None
        Until when it searched.
    certainty : str or None
        What it says about certainty overall.
    statements : tuple of Statement
        What it recommends, concludes, finds or defines.
    estimates : tuple of Estimate
        What it pooled or printed as a result.
    named_studies : tuple of Named
        Studies it is known to include.
    remarks : tuple of str
        What others have said about it.
    updates : Updates or None
        Whether it still stands.
    where_seen : str or None
        Where it was read.
    also_seen, companions : tuple of str
        Other copies that were seen; documents that belong to it.
    earlier_version : str or None
        What it replaced.
    risk_of_bias_summary : BiasSummary or None
        What it says about bias in its studies.
    read : bool
        Whether it was read.
    known : str or None
        How it is known, in words, where it was not read.
    added : str
        When the record was made.
    demonstration : bool
        Whether the record is made up to show how things work; see the same field of a study.
    notes : str or None
        Anything else a reader should know.
    """

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
    demonstration: Flag = False
    notes: Text | None = None

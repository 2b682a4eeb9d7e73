"""Who took the numbers from the reports, and what two people who did so independently saw differently."""

from __future__ import annotations

from typing import Literal

from synthesis.evidence.base import Count, FullDate, Record, Text


class Resolved(Record):
    """A field in which two extractions differed: both values, and whose stands in the record.

    Attributes
    ----------
    field : str
        Path of the field, with the ids of what it lies in: ``results[att].printed[percent].arms.pi.percent``.
    first, second : str or None
        What each of the two had, as YAML; None where they had nothing.
    taken : {"first", "second"}
        Whose value stands in the record.
    by : str
        Who decided.
    on : str
        When.
    note : str or None
        Why.
    """

    field: Text
    first: Text | None = None
    second: Text | None = None
    taken: Literal["first", "second"]
    by: Text
    on: FullDate
    note: Text | None = None


class SecondExtraction(Record):
    """The second of two independent extractions, and how far the two agreed.

    Attributes
    ----------
    by : str
        Who.
    on : str
        When it was compared with the first.
    compared, agreed : int
        Fields that either had, and those in which both had the same.
    """

    by: Text
    on: FullDate
    compared: Count
    agreed: Count


class Extraction(Record):
    """Who extracted the study. Without ``second`` it was one person.

    Attributes
    ----------
    by : str
        Who.
    on : str or None
        When.
    second : SecondExtraction or None
        The other of two people who extracted it independently.
    resolved : tuple of Resolved
        Every field in which they differed; ``synthesis reconcile`` writes it.
    """

    by: Text
    on: FullDate | None = None
    second: SecondExtraction | None = None
    resolved: tuple[Resolved, ...] = ()

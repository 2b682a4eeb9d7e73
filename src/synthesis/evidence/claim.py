"""Claims: sentences a briefing may print only as long as the evidence supports them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pydantic import Field, model_validator

from synthesis.evidence.base import FullDate, Record, SchemaVersion, Slug, Text
from synthesis.evidence.scalars import refuse


class Waiver(Record):
    """A claim whose condition has failed may stand until a date, for a stated reason, which is printed with it.

    Attributes
    ----------
    reason : str
        Why it may stand; printed with the claim.
    by, on : str
        Who allows it, and since when.
    until : str
        Last day on which it may stand.
    """

    reason: Text
    by: Text
    on: FullDate
    until: FullDate


class Claim(Record):
    """One sentence, or a few that belong together.

    Attributes
    ----------
    id : str
        Prose cites the claim as ``{{ claim:<id> }}``.
    says : str
        Markdown; every number in it is a slot.
    when : tuple of str
        Conditions on named numbers, all of which must hold: ``cocaine-abstinence.estimate < 1``. The other side is a
        number, a named number, or a word (for certainty).
    seen : dict of str to str
        What the named numbers in ``when`` were, as printed, when the sentence was written; for the message that says
        what has changed.
    context : str or None
        For a claim without a condition: why none is needed (it describes what was studied, or states a limit).
    waiver : Waiver or None
        Leave for the claim to stand although a condition fails.
    """

    id: Slug
    says: Text
    when: tuple[Text, ...] = ()
    seen: dict[str, Text] = Field(default_factory=dict)
    context: Text | None = None
    waiver: Waiver | None = None

    @model_validator(mode="after")
    def _bound(self) -> Claim:
        if not self.when and self.context is None:
            raise refuse(
                "unbound-claim",
                "neither when nor context",
                allowed="at least one condition, or the reason why none is needed",
                fix="add when with a condition on a named number, or context with the reason",
            )
        return self


class Claims(Record):
    """The claims of one briefing, ``briefings/<id>/claims.yaml``.

    Attributes
    ----------
    schema_version : int
        Version of this form of record: 1.
    claims : tuple of Claim
        The claims.
    """

    schema_version: SchemaVersion
    claims: tuple[Claim, ...] = Field(min_length=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimFile:
    """Claims as they were read: the file's name and the line of each field in it, for messages."""

    claims: Claims
    file: str
    line: Callable[[str], int]

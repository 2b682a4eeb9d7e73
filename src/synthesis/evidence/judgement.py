"""How certain a question's result is (GRADE), as people have judged it: what they saw, what they decided, and why.

The level is never typed. It follows from where the evidence starts and from the changes that people made, so that a
level without its reasons cannot be written down.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from synthesis.evidence.base import FullDate, Record, Text
from synthesis.evidence.scalars import refuse, whole

Level = Literal["high", "moderate", "low", "very-low"]
LEVELS: tuple[Level, ...] = ("very-low", "low", "moderate", "high")

DomainKey = Literal[
    "risk-of-bias", "inconsistency", "indirectness", "imprecision", "publication-bias",
    "large-effect", "dose-response", "confounding",
]  # fmt: skip
RATING_DOWN: tuple[DomainKey, ...] = (
    "risk-of-bias", "inconsistency", "indirectness", "imprecision", "publication-bias",
)  # fmt: skip
RATING_UP: tuple[DomainKey, ...] = ("large-effect", "dose-response", "confounding")

# 64 bits: two sets of facts that differ will not share them.
HASH_LENGTH = 16

Change = Annotated[int, Field(ge=-3, le=2), BeforeValidator(whole)]
FactsHash = Annotated[
    str, Field(pattern=r"^[0-9a-f]{16}$", description="sixteen digits that synthesis judge writes", examples=["0" * 16])
]


def facts_hash(facts: Mapping[str, str]) -> str:
    """A fingerprint of facts as they are printed: the same for the same facts in any order, and for no others."""
    written = json.dumps(dict(facts), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return sha256(written.encode()).hexdigest()[:HASH_LENGTH]


class PastRating(Record):
    """What a rating was before it was signed again.

    Attributes
    ----------
    change : int
        How many levels down (negative) or up.
    reason : str
        Why.
    by, on : str
        Who judged, and when.
    facts_hash : str
        Fingerprint of the facts that were seen.
    """

    change: Change
    reason: Text
    by: Text
    on: FullDate
    facts_hash: FactsHash


class DomainRating(Record):
    """One domain: how many levels down (negative) or up, why, by whom, and the facts that were seen.

    Attributes
    ----------
    facts : dict of str to str
        As they were printed when the rating was signed.
    facts_hash : str
        Their fingerprint.
    history : tuple of PastRating
        Earlier ratings, the latest first.
    change : int
        How many levels down (negative) or up.
    reason : str
        Why.
    by, on : str
        Who judged, and when.
    """

    change: Change
    reason: Text
    by: Text
    on: FullDate
    facts: dict[str, str]
    facts_hash: FactsHash
    history: tuple[PastRating, ...] = ()

    @model_validator(mode="after")
    def _own_facts(self) -> DomainRating:
        expected = facts_hash(self.facts)
        if self.facts_hash != expected:
            raise refuse(
                "inconsistent",
                f"{self.facts_hash!r}",
                allowed=f"{expected!r}, which is the fingerprint of the facts beside it",
                fix="let synthesis judge write both",
                field="facts_hash",
            )
        return self


class Start(Record):
    """Where a body of evidence starts: high for randomised trials, low for other studies.

    Attributes
    ----------
    level : str
        Where it starts.
    reason : str
        Why there.
    """

    level: Literal["high", "low"]
    reason: Text


class CertaintyJudgement(Record):
    """GRADE. Until somebody has judged it, ``status`` says so and no level may be printed.

    Attributes
    ----------
    status : {"not-yet-judged", "judged", "no-evidence"}
        ``no-evidence`` is that there is nothing whose certainty could be judged; ``reason`` says what was looked for.
    start : Start or None
        Where the evidence starts.
    domains : dict of str to DomainRating
        The five for rating down, and any of the three for rating up.
    by, on : str or None
        Who answers for the whole, and since when.
    reason : str or None
        Where there is no evidence: what was looked for.
    """

    status: Literal["not-yet-judged", "judged", "no-evidence"] = "not-yet-judged"
    start: Start | None = None
    domains: dict[DomainKey, DomainRating] = Field(default_factory=dict)
    reason: Text | None = None
    by: Text | None = None
    on: FullDate | None = None

    @property
    def level(self) -> Level | None:
        """The level that follows from start and changes; None unless judged."""
        if self.status != "judged" or self.start is None:
            return None
        reached = LEVELS.index(self.start.level) + sum(rating.change for rating in self.domains.values())
        return LEVELS[min(max(reached, 0), len(LEVELS) - 1)]

    @property
    def reasons(self) -> tuple[tuple[DomainKey, int, str], ...]:
        """Domain, change and reason of every rating that changed the level, in the order of the domains."""
        ordered = (*RATING_DOWN, *RATING_UP)
        rated = ((key, self.domains[key]) for key in ordered if key in self.domains)
        return tuple((key, rating.change, rating.reason) for key, rating in rated if rating.change)

    @model_validator(mode="after")
    def _complete(self) -> CertaintyJudgement:
        if self.status == "judged":
            self._judged()
        elif self.start is not None or self.domains:
            fix = "set the status, or take them out"
            raise _refusal("status", repr(self.status), "'judged' where ratings are given", fix)
        if self.status == "no-evidence" and (self.reason is None or self.by is None or self.on is None):
            fix = "say who found none, and when"
            raise _refusal("status", "'no-evidence' without reason, by and on", "all three", fix)
        return self

    def _judged(self) -> None:
        lacking = [name for name in ("start", "by", "on") if getattr(self, name) is None]
        lacking += [key for key in RATING_DOWN if key not in self.domains]
        if self.start is None or lacking:
            found, allowed = f"a judgement without {', '.join(lacking)}", "start, by, on and the five domains"
            raise _refusal("domains", found, allowed, "let synthesis judge write what is missing")
        for key, rating in self.domains.items():
            if key in RATING_DOWN and rating.change > 0:
                raise _refusal(f"domains.{key}.change", str(rating.change), "0 or less", "correct the change")
            if key in RATING_UP and not 0 <= rating.change <= (0 if self.start.level == "high" else 2):
                allowed = "0 where the evidence starts high, and 0 to 2 where it starts low"
                raise _refusal(f"domains.{key}.change", str(rating.change), allowed, "correct the change")


def _refusal(field: str, found: str, allowed: str, fix: str) -> PydanticCustomError:
    return refuse("inconsistent", found, allowed=allowed, fix=fix, field=field)

"""The change report as plain data: figures, tables and text are made from it, and nothing after it compares anything.

Vocabulary
----------
state : the records, the definition of a briefing and its claims at one time.
conclusion : what one question's result says: which way, how large, how certain, and whether the interval rules out no
    difference.
class of change : new studies, corrections to old data, method, scope, judgement.
alone, in turn : a class applied to the earlier state by itself; applied after the classes before it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal

from pydantic import TypeAdapter

from synthesis.analysis.json_numbers import spelt_out
from synthesis.analysis.model import PerThousand

Label = Literal["reversed", "weaker", "stronger", "new", "withdrawn", "wording-only", "unchanged"]
# In the order in which a reader should hear of them.
LABELS: tuple[Label, ...] = ("reversed", "weaker", "stronger", "new", "withdrawn", "wording-only", "unchanged")

CauseKey = Literal["corrections", "method", "scope", "new-studies", "judgement"]
# The order of replay: what the earlier state would have said with its mistakes mended, then with today's method and
# scope, then with today's studies, then as judged today.
CAUSES: tuple[CauseKey, ...] = ("corrections", "method", "scope", "new-studies", "judgement")

Way = Literal["more", "fewer", "little", "better", "worse", "none"]
Kind = Literal["pooled", "directions", "nothing"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Conclusion:
    """What one question's result says.

    Attributes
    ----------
    kind : {"pooled", "directions", "nothing"}
    measure : str
        "" where nothing was pooled.
    estimate, low, high : float or None
        Analysis scale.
    studies : tuple of str
        Ids of the studies it rests on, in order.
    people : PerThousand or None
    way : Way
        Of a pooled result: more or fewer people with the outcome, or ``little`` where the size is trivial or the
        estimate lies at no difference. Of directions: what more studies point to, better or worse, else ``none``.
    size : str or None
        trivial, small, moderate or large, by the question's thresholds; None where they or the risks are not known.
    certainty : str
        The level in words, "not yet judged" or "no evidence".
    settled : bool
        Whether the interval rules out no difference.
    ways : dict of str to int
        Of directions: how many studies point each way.
    wording : tuple of str
        Everything of the question that is printed and moves no number.
    """

    question: str
    title: str
    kind: Kind
    certainty: str
    measure: str = ""
    estimate: float | None = None
    low: float | None = None
    high: float | None = None
    studies: tuple[str, ...] = ()
    people: PerThousand | None = None
    way: Way = "none"
    size: str | None = None
    settled: bool = False
    ways: dict[str, int] = field(default_factory=dict)
    wording: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One thing about a conclusion that differs: ``sign`` is 1 for stronger, -1 for weaker, 0 for neither."""

    aspect: Literal["certainty", "synthesis", "direction", "size", "interval"]
    before: str
    after: str
    sign: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """How far an estimate moves; None where one side has none, or the measures differ.

    ``estimate`` is on the analysis scale (logarithm for ratios), ``people`` in people per 1,000.
    """

    estimate: float | None
    people: float | None

    @property
    def moves(self) -> bool:
        """Whether there is any shift to speak of."""
        return bool(self.estimate) or bool(self.people)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """What one class of change does to one conclusion.

    Attributes
    ----------
    key : CauseKey
    alone, in_turn : Shift
        The shift it makes by itself on the earlier state, and after the classes before it.
    label : Label
        What it makes of the earlier conclusion by itself.
    moves : bool
        Whether it changes anything of the conclusion: alone, in turn, or as the one class left out of all.
    details : tuple of str
        The records and fields behind it.
    """

    key: CauseKey
    alone: Shift
    in_turn: Shift
    label: Label
    moves: bool
    details: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionChange:
    """One question before and after.

    ``total`` is the whole shift; ``together`` is what it has beyond the causes' shifts alone: the interaction.
    ``causes`` holds the classes with a difference that reaches this question, in the order of replay.
    """

    question: str
    title: str
    label: Label
    before: Conclusion | None
    after: Conclusion | None
    moves: tuple[Move, ...]
    causes: tuple[Cause, ...]
    total: Shift
    together: Shift

    @property
    def because(self) -> tuple[CauseKey, ...]:
        """The classes that move it."""
        return tuple(cause.key for cause in self.causes if cause.moves)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimChange:
    """One bound sentence before and after, as printed ("" where there is none).

    Attributes
    ----------
    questions : tuple of str
        The questions whose numbers its conditions or slots read.
    numbers : dict of str to tuple of str
        The named numbers in it that read otherwise now: before and after.
    """

    claim: str
    label: Label
    before: str
    after: str
    questions: tuple[str, ...]
    numbers: dict[str, tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One field of one record that differs in what it says; ``field`` is "" for a whole record."""

    record: str
    field: str
    cause: CauseKey | Literal["wording"]
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One side of a comparison: "edition 2026-11", a git reference, a folder; ``type`` is an edition's."""

    name: str
    issued: str | None = None
    type: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeReport:
    """What changed between two states of a briefing, conclusion by conclusion. In a notebook it shows its few lines.

    ``before`` is None for a first edition, which has nothing to be compared with. ``notes`` are what a reader must
    know of the comparison itself.
    """

    briefing: str
    before: Version | None
    after: Version
    questions: tuple[QuestionChange, ...] = ()
    claims: tuple[ClaimChange, ...] = ()
    differences: tuple[Difference, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def changed(self) -> tuple[QuestionChange, ...]:
        """The questions whose conclusion is not what it was, the most serious first."""
        moved = (item for item in self.questions if item.label not in ("unchanged", "wording-only"))
        return tuple(sorted(moved, key=lambda item: LABELS.index(item.label)))

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        from synthesis.changes.words import callout

        return callout(self)._repr_mimebundle_(include, exclude)

    def to_dict(self) -> dict[str, Any]:
        """The report as plain JSON data; ``from_dict`` gives an equal one back."""
        data: dict[str, Any] = spelt_out(_adapter().dump_python(self, mode="json"))
        return data

    @classmethod
    def from_dict(cls, data: object) -> ChangeReport:
        """The report that ``to_dict`` turned into ``data``.

        Raises
        ------
        pydantic.ValidationError
            If ``data`` is not a report.
        """
        report: ChangeReport = _adapter().validate_python(data)
        return report


@cache
def _adapter() -> TypeAdapter[ChangeReport]:
    return TypeAdapter(ChangeReport)

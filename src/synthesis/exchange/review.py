"""A review as another program holds it: studies, analyses and what of it our records have no place for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

Direction = Literal["higher-better", "lower-better"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """One side of a comparison: counts where ``events`` is given, otherwise a mean."""

    n: float
    events: float | None = None
    mean: float | None = None
    sd: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One study in one analysis.

    Attributes
    ----------
    study : str
        Name of the study in the review.
    place : str
        Element or row of the file the numbers came from.
    experimental, control : Group or None
    estimate, se : float or None
        On the analysis scale (log for ratios), where the file gives an effect instead of groups.
    subgroup, note : str
    """

    study: str
    place: str
    experimental: Group | None = None
    control: Group | None = None
    estimate: float | None = None
    se: float | None = None
    subgroup: str = ""
    note: str = ""


def with_non_events(row: Row) -> Row:
    """A row of an analysis that swaps events and non-events: people without the event are counted."""
    sides = [
        group if group is None or group.events is None else replace(group, events=group.n - group.events)
        for group in (row.experimental, row.control)
    ]
    note = "people without the event, as the file's analysis swaps events and non-events"
    return replace(
        row, experimental=sides[0], control=sides[1], note="; ".join(part for part in (row.note, note) if part)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewAnalysis:
    """One analysis of a review.

    Attributes
    ----------
    number : str
        For example ``1.1``.
    measure : str
        Key of an effect measure.
    method : str
        ``inverse-variance``, ``mantel-haenszel`` or ``peto``.
    model : {"common", "random"}
    tau2, interval : str
        How heterogeneity was estimated and the interval made, where ``model`` is random.
    published : (estimate, low, high), or None
        The pooled result in the file, on the natural scale.
    good : Direction or None
        Which direction is good, where the labels of the graph say so.
    """

    number: str
    title: str
    comparison: str
    measure: str
    experimental: str
    control: str
    method: str = "inverse-variance"
    model: Literal["common", "random"] = "common"
    tau2: str = "DL"
    interval: str = "wald"
    level: float = 0.95
    published: tuple[float, float, float] | None = None
    good: Direction | None = None
    unit: str = ""
    rows: tuple[Row, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BiasMark:
    """A judgement of one domain in a study, in the review's own words."""

    domain: str
    level: str
    support: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewStudy:
    """A study as the review names it.

    ``reference`` holds fields of our references; ``about`` what the review says of it in words, by heading.
    """

    name: str
    year: int | None
    place: str
    reference: Mapping[str, Any] = field(default_factory=dict)
    about: Mapping[str, str] = field(default_factory=dict)
    bias: tuple[BiasMark, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """What was read from a file.

    ``tool`` is the key of the risk-of-bias tool, where the marks are those of one we know. ``lost`` counts, by name of
    field, what the file holds and nothing here does, with where it stands first.
    """

    title: str
    file: str
    studies: tuple[ReviewStudy, ...] = ()
    analyses: tuple[ReviewAnalysis, ...] = ()
    tool: str | None = None
    lost: Mapping[str, Lost] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """A field that was not carried: how often it is there, where first, and why."""

    count: int
    place: str
    why: str


class Losses:
    """Gathers what is not carried."""

    def __init__(self) -> None:
        self._count: Counter[str] = Counter()
        self._first: dict[str, tuple[str, str]] = {}

    def add(self, name: str, place: str, why: str = "records have no field for it") -> None:
        """Note one value that is not carried."""
        self._count[name] += 1
        self._first.setdefault(name, (place, why))

    def found(self) -> dict[str, Lost]:
        """Everything noted, by name."""
        return {
            name: Lost(count=count, place=self._first[name][0], why=self._first[name][1])
            for name, count in sorted(self._count.items())
        }

"""Every figure there is. A new figure is a module of its own and an entry here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from synthesis.document.elements import Figure
from synthesis.figures.effect_direction import effect_direction
from synthesis.figures.forest import forest
from synthesis.figures.leave_one_out import leave_one_out
from synthesis.registry import Registry


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureKind:
    """A figure: its key, what it is called, what it needs, its function, and what its text alternative says."""

    key: str
    title: str
    needs: str
    function: Callable[..., Figure] = field(repr=False)
    alt: str


FIGURES = Registry(
    "figure",
    (
        FigureKind(
            key="forest",
            title="Forest plot",
            needs="an analysis with at least one pooled study",
            function=forest,
            alt="number of studies, range of estimates and the sides they lie on, pooled result with interval and "
            "position against no difference, prediction interval, the other model, heterogeneity",
        ),
        FigureKind(
            key="leave-one-out",
            title="Leave-one-out plot",
            needs="an analysis with at least two pooled studies",
            function=leave_one_out,
            alt="the result of all studies, the range of results with one left out, and which omission changes "
            "whether the interval includes no difference",
        ),
        FigureKind(
            key="effect-direction",
            title="Effect-direction plot",
            needs="an analysis with results shown as directions",
            function=effect_direction,
            alt="how many results point each way, by study, and the range of printed ratios",
        ),
    ),
)

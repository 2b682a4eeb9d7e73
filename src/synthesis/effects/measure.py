"""What an effect measure is: how it is computed, on which scale it is pooled, and how it is read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from synthesis.effects.model import Floats
from synthesis.effects.scales import SCALES, ScaleKey
from synthesis.errors import UnknownKeyError

Formula = Callable[..., tuple[Floats, Floats]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """An effect measure.

    Attributes
    ----------
    key, label, short : str
        Name in ``MEASURES``, name in prose (``"odds ratio"``), abbreviation in tables (``"OR"``).
    data : str
        Key in ``DATA_KINDS``: what it is computed from. ``contrast-only``: only published contrasts can be used.
    function : callable or None
        (k,) arrays of prepared data -> yi, vi; None for ``contrast-only``.
    scale : str
        Key in ``SCALES``: the analysis scale, seen from the natural one.
    null : float
        "No effect" on the analysis scale; NaN where there is no such value (a single proportion).
    axis : {"log", "linear"}
        How a plot draws the natural scale.
    zero_cells : str
        Key in ``ZERO_CELLS`` of the policy used unless another is asked for.
    reference : str
        Where the formula comes from.
    exceptions : tuple of (law, reason)
        Laws the measure does not obey: ``swap`` (changing the arms round negates yi and keeps vi), ``positive``
        (the variance is above 0 for any possible data).
    variance : str
        Name of the sampling variance that ``function`` gives; empty where there is only one in use.
    variances : tuple of (name, function)
        Other sampling variances by name.
    """

    key: str
    label: str
    short: str
    data: str
    function: Formula | None
    scale: ScaleKey
    null: float
    axis: Literal["log", "linear"]
    reference: str
    zero_cells: str = "only0"
    exceptions: tuple[tuple[str, str], ...] = ()
    variance: str = ""
    variances: tuple[tuple[str, Formula], ...] = ()

    @property
    def null_natural(self) -> float:
        """ "No effect" on the natural scale."""
        return self.to_natural(self.null)

    def formula(self, variance: str | None = None) -> Formula | None:
        """The function with the named sampling variance; None for the measure's own.

        Raises
        ------
        UnknownKeyError
            If the measure has no such variance.
        """
        if variance is None or variance == self.variance:
            return self.function
        others = dict(self.variances)
        if variance not in others:
            raise UnknownKeyError(f"sampling variance of {self.key}", variance, (self.variance, *others))
        return others[variance]

    def to_natural(self, value: float, size: float | None = None) -> float:
        """One number from the analysis scale to the natural scale.

        ``size`` is the number of people (or the person-time) for scales that depend on it, for a pooled value the
        harmonic mean over the studies; without it the limit for large groups is used.
        """
        scale = SCALES[self.scale]
        if size is None or scale.inverse_at is None:
            return scale.inverse(value)
        return scale.inverse_at(value, size)

    def to_analysis(self, value: float) -> float:
        """One number from the natural scale to the analysis scale.

        Raises
        ------
        ValueError
            If the number is out of range, for example a ratio of 0.
        """
        scale = SCALES[self.scale]
        problem = scale.problem(value)
        if problem is not None:
            raise ValueError(problem)
        return scale.forward(value)

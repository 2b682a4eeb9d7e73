"""Pooled effects of subgroups and the test that they do not differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from synthesis.document.results import Result
from synthesis.effects.distributions import chi2_upper_p
from synthesis.effects.model import Effects
from synthesis.effects.rows import refuse_unusable
from synthesis.errors import AnalysisError, UsageError
from synthesis.pooling.model import Note, Pooled
from synthesis.pooling.pool import Model, pool_subset


@dataclass(frozen=True, slots=True, kw_only=True)
class Subgroup:
    """One subgroup: its name and its pooled effect, with its own tau2."""

    name: str
    pooled: Pooled


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Subgroups(Result):
    """Subgroups and the test of subgroup differences.

    Attributes
    ----------
    groups : tuple of Subgroup
        In sorted order of their names.
    q, df, p : float, int, float
        Cochran's Q of the pooled effects of the subgroups, chi-squared with one degree of freedom fewer than groups.
    notes : tuple of Note
    """

    shown_by: ClassVar[str] = "synthesis.diagnostics.described:groups"
    groups: tuple[Subgroup, ...]
    q: float
    df: int
    p: float
    notes: tuple[Note, ...] = ()


def subgroups(
    effects: Effects,
    groups: Sequence[str],
    *,
    model: Model = "random",
    tau2: str | float = "REML",
    ci: str = "cochrane-2025",
    prediction: str = "auto",
    level: float = 0.95,
) -> Subgroups:
    """Pool each subgroup by itself and compare the results.

    Parameters
    ----------
    effects : Effects
        At least one row per subgroup.
    groups : sequence of str
        (k,) name of the subgroup of each row.
    model, tau2, ci, prediction, level
        As for ``pool``, within every subgroup.

    Returns
    -------
    Subgroups
        For one tau2 shared by all subgroups use ``pooling.regression.regress`` with ``indicators``.

    Raises
    ------
    UsageError
        If ``groups`` does not have one name per row.
    AnalysisError
        If there is only one subgroup, or the standard error of one is 0.

    References
    ----------
    Borenstein and Higgins 2013; Cochrane Handbook 10.11.3.1.
    """
    if len(groups) != len(effects):
        raise UsageError(f"groups has {len(groups)} names for {len(effects)} effects; give one per effect")
    names = sorted(set(groups))
    if len(names) < 2:
        raise AnalysisError(f"subgroups cannot be compared: all studies are in {', '.join(names) or 'none'}")
    refuse_unusable(effects.yi, effects.vi)
    found = []
    for name in names:
        rows = tuple(row for row, group in zip(effects, groups, strict=True) if group == name)
        pooled = pool_subset(
            replace(effects, rows=rows), model=model, tau2=tau2, ci=ci, prediction=prediction, level=level
        )
        if pooled.se == 0:
            raise AnalysisError(f"subgroup {name!r} has a standard error of 0; use ci='wald'")
        found.append(Subgroup(name=name, pooled=pooled))
    estimates = np.array([group.pooled.estimate for group in found])
    weights = np.array([group.pooled.se**-2 for group in found])
    df = len(names) - 1
    q = float(weights @ (estimates - weights @ estimates / weights.sum()) ** 2)
    return Subgroups(groups=tuple(found), q=q, df=df, p=chi2_upper_p(q, df), notes=_notes(found))


def _notes(found: Sequence[Subgroup]) -> tuple[Note, ...]:
    single = [group.name for group in found if group.pooled.k == 1]
    if not single:
        return ()
    text = f"Only one study in {', '.join(single)}: differences between subgroups are differences between studies."
    return (Note(code="single-study-subgroup", text=text),)

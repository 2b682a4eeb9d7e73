"""What would change the conclusion of one question, by its own plan and at its own baseline risk."""

from __future__ import annotations

import math
from functools import cache
from statistics import median

import numpy as np

from synthesis.analysis.model import NeededTrial, WhatWouldChange
from synthesis.certainty.absolute import RISKS, risk_with
from synthesis.diagnostics.what_would_change import (
    LARGEST,
    MOST_TRIALS,
    NewTrial,
    Rule,
    Variance,
    conclusion,
    smallest_trial,
    trials_without_effect,
)
from synthesis.effects.measures import MEASURES, from_counts
from synthesis.effects.model import Effects
from synthesis.evidence.question import Question
from synthesis.pooling.model import Pooled

# Effects a new trial may find: this many, evenly spread over what studies have found.
GRID = 11
# Variance is one over the number of people times a constant that this many people give.
PEOPLE = 1000


def what_would_change(question: Question, effects: Effects, pooled: Pooled | None) -> WhatWouldChange | None:
    """The smallest new trial, and the number of trials without effect, that would change the conclusion.

    Parameters
    ----------
    question : Question
    effects : Effects
    pooled : Pooled or None
        Their pooled effect by the plan.

    Returns
    -------
    WhatWouldChange or None
        None where nothing was pooled, or the size of a new trial cannot be turned into a variance.

    Notes
    -----
    A new trial has two groups of one size. Its variance is that of its expected counts at the question's baseline
    risk; for measures that are not of risks it is in proportion to that of the studies. What it may find lies between
    the smallest and the largest estimate of the studies and no difference, so that the smallest trial is one that could
    have been among them.
    """
    if pooled is None:
        return None
    null = MEASURES[pooled.measure].null
    variance = _variance(question, effects)
    if variance is None:
        return None
    plan = question.plan
    rule = Rule(model=plan.model, tau2=plan.tau2, ci=plan.profile, level=plan.level, thresholds=(null,))
    found = [row.yi for row in effects]
    grid = [float(value) for value in np.linspace(min(*found, null), max(*found, null), GRID)]
    named = {"as pooled": pooled.estimate, "no difference": null, "the opposite": 2 * null - pooled.estimate}
    options = [value for value in (*grid, pooled.estimate, null) if math.isfinite(variance(value, PEOPLE))]
    # Of trials of one size the one nearest to what is known counts.
    options.sort(key=lambda value: abs(value - pooled.estimate))
    yi, vi = effects.yi, effects.vi
    smallest = smallest_trial(yi, vi, variance=variance, effects=options, rule=rule)
    trials = {
        name: smallest_trial(yi, vi, variance=variance, effects=[value], rule=rule)
        for name, value in named.items()
        if math.isfinite(variance(value, PEOPLE))
    }
    return WhatWouldChange(
        side=conclusion(yi, vi, rule)[0],
        smallest=_needed("any", smallest),
        named={name: _needed(name, trials.get(name)) for name in named},
        trials_without_effect=trials_without_effect(yi, vi, null=null, rule=rule),
        largest=LARGEST,
        most_trials=MOST_TRIALS,
    )


def _needed(name: str, trial: NewTrial | None) -> NeededTrial | None:
    if trial is None:
        return None
    return NeededTrial(finds=name, effect=trial.effect, vi=trial.vi, n=trial.n, side=trial.after[0], tau2=trial.tau2)


def _variance(question: Question, effects: Effects) -> Variance | None:
    """From effect and number of people to sampling variance; infinite for an effect that no risk can show."""
    measure = effects.measure
    if question.baseline_risk is not None and measure in RISKS:
        baseline = question.baseline_risk.value
        of_counts = cache(lambda effect: _of_counts(measure, effect, baseline))
        return lambda effect, n: of_counts(effect) * PEOPLE / n
    known = [row.vi * row.n for row in effects if row.n]
    if not known or measure in RISKS:
        return None
    each = median(known)
    return lambda effect, n: each / n


def _of_counts(measure: str, effect: float, baseline: float) -> float:
    """Variance of a trial of ``PEOPLE`` people from its expected counts."""
    natural = MEASURES[measure].to_natural(effect)
    risk = risk_with(measure, natural, baseline) if measure != "RR" or natural * baseline < 1 else 1.0
    if not 0 < risk < 1:
        return math.inf
    half = PEOPLE / 2
    return from_counts(measure, half * risk, half, half * baseline, half).vi

"""The plan of a question in words, for the methods annex: every choice, none left to be guessed."""

from __future__ import annotations

from synthesis.effects.contrasts import ROUTES
from synthesis.effects.measures import MEASURES
from synthesis.effects.zero_cells import ZERO_CELLS
from synthesis.evidence.question import Question, Vocabulary
from synthesis.pooling.intervals import INTERVALS
from synthesis.pooling.profiles import PROFILES
from synthesis.pooling.tau2 import ESTIMATORS


def plan_in_words(question: Question, vocabulary: Vocabulary) -> dict[str, str]:
    """Each choice of the plan and of the selection rule, as label and sentence, in the order of a methods section."""
    plan = question.plan
    low, high = question.window_months
    words = {
        "Population": question.population,
        "Intervention": question.intervention.label,
        "Comparator": question.comparator.label,
        "Outcome": question.outcome_label,
        "Designs": ", ".join(vocabulary.designs[key].label.lower() for key in question.designs),
        "Time": f"measured {low:g} to {high:g} months from baseline; the {plan.timepoint} follow-up of a study counts",
    }
    if plan.synthesis == "effect-direction":
        words["Synthesis"] = "not pooled; direction and range of the printed results (SWiM)"
        return words
    estimator = "" if plan.model == "common" else f", tau² by {ESTIMATORS[plan.tau2].label}"
    words["Effect measure"] = f"{MEASURES[plan.measure].label} ({MEASURES[plan.measure].reference})"
    words["Model"] = f"{plan.model} effect{'s' if plan.model == 'random' else ''}{estimator}"
    words["Interval"] = _interval(plan.profile)
    words["Numbers used"] = (
        "only numbers that were read in a source" if plan.inputs == "read" else "also numbers that are recalled"
    )
    words["Routes, best first"] = "; ".join(ROUTES[key].label for key in plan.prefer)
    words["Several arms on a side"] = "combined" if plan.multi_arm == "combine" else "the first only"
    words["Empty cells"] = ZERO_CELLS[plan.zero_cells].reason
    words["The same people"] = "counted once: studies of one cohort share a family, of which one result enters"
    return words


def _interval(key: str) -> str:
    profile = PROFILES[key]
    branches = "; ".join(f"{INTERVALS[branch.interval].label} ({branch.why})" for branch in profile.branches)
    prediction = f"prediction interval from {profile.prediction_from_k} studies"
    return f"{profile.label}: {branches}; {prediction} ({profile.reference})"

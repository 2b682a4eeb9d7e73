"""The facts on each domain of GRADE where results are shown as directions and not pooled."""

from __future__ import annotations

from collections import Counter

from synthesis.certainty.pooled_facts import rob_level
from synthesis.certainty.prompts import HOME, Body
from synthesis.formatting import effect_range, integer, interval, month_number, months

# The order in which ways are listed; any other follows by name.
WAYS = ("better", "worse", "mixed", "unclear", "not-stated")


def risk_of_bias(body: Body) -> dict[str, str]:
    """Results by level of risk of bias, by adjustment, and studies by allocation."""
    levels = Counter(rob_level(body.studies[item.study], item.result) for item in body.directions)
    facts = {f"results: {level}": integer(levels[level]) for level in sorted(levels)}
    adjusted = Counter(item.adjusted for item in body.directions)
    facts["results adjusted, not adjusted, not stated"] = ", ".join(
        integer(adjusted[key]) for key in (True, False, None)
    )
    facts["studies that allocated people at random to what is compared"] = integer(_randomised(body))
    return facts


def inconsistency(body: Body) -> dict[str, str]:
    """Which way the results point."""
    ways = Counter(item.direction for item in body.directions)
    return {"studies": integer(len(_studies(body)))} | {
        f"results that point to {way}": integer(ways[way]) for way in (*WAYS, *sorted(ways.keys() - set(WAYS)))
    }


def indirectness(body: Body) -> dict[str, str]:
    """Who was studied, where and when."""
    studies = [body.studies[key] for key in _studies(body)]
    countries = Counter(country for study in studies for country in study.countries)
    substances = Counter(item for study in studies for item in study.substances)
    times = sorted({item.timepoint_months for item in body.directions if item.timepoint_months is not None})
    return {
        "studies from outside the United Kingdom": integer(sum(HOME not in study.countries for study in studies)),
        "studies by country": _counted(countries),
        "studies by substance": _counted(substances),
        "measured at": interval(month_number(times[0]), months(times[-1])) if times else "not known",
    }


def imprecision(body: Body) -> dict[str, str]:
    """How many people and studies, and the range of what is printed."""
    largest: dict[str, float] = {}
    for item in body.directions:
        largest[item.study] = max(largest.get(item.study, 0.0), item.n or 0.0)
    ratios = [item.ratio for item in body.directions if item.ratio is not None]
    return {
        "studies": integer(len(largest)),
        "studies of known size": integer(sum(n > 0 for n in largest.values())),
        "people in them": integer(sum(largest.values())),
        "printed ratios from, to": effect_range(min(ratios), max(ratios), "log") if ratios else "none",
    }


def publication_bias(body: Body) -> dict[str, str]:
    """Results that may be missing."""
    studies = _studies(body)
    registered = sum(bool(body.studies[key].registration) for key in studies)
    return {
        "studies": integer(len(studies)),
        "studies with a recorded registration": integer(registered),
        "test for a pattern of small studies": "not done where nothing is pooled",
    }


def large_effect(body: Body) -> dict[str, str]:
    """The range of printed ratios."""
    ratios = [item.ratio for item in body.directions if item.ratio is not None]
    return {
        "printed ratios of at least 2": integer(sum(ratio >= 2 for ratio in ratios)),
        "printed ratios": integer(len(ratios)),
    }


def not_computed(body: Body) -> dict[str, str]:
    """Domains on which records hold nothing that code could weigh."""
    return {"studies that allocated people at random to what is compared": integer(_randomised(body))}


def _studies(body: Body) -> list[str]:
    return sorted({item.study for item in body.directions})


def _randomised(body: Body) -> int:
    """Studies whose design allocates at random, unless the people compared were not allocated to what is compared."""
    own = {(item.study, item.result) for item in body.directions}
    found = set()
    for study, result in own:
        record = body.studies[study]
        compared = next((item.comparison for item in record.results if item.id == result), None)
        if compared is None and body.vocabulary.designs[record.design].randomised:
            found.add(study)
    return len(found)


def _counted(counts: Counter[str]) -> str:
    return "; ".join(f"{name} {integer(counts[name])}" for name in sorted(counts))

"""What an analysis, and what is made of one, shows: a line, rows, and sentences from the fit itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from synthesis.analysis import phrases
from synthesis.document.results import Cells, Shown, scalars
from synthesis.formatting import integer, plural
from synthesis.pooling.described import bounds

if TYPE_CHECKING:
    from synthesis.analysis.diagnosis import Diagnosis
    from synthesis.analysis.flow import Flow
    from synthesis.analysis.model import Analysis
    from synthesis.analysis.moderators import Moderated
    from synthesis.analysis.subgroups import StudyGroups

MODELS = {"plan": "as planned", "DL": "DerSimonian-Laird", "common": "common effect"}


def analysis(result: Analysis) -> Shown:
    """The pooled results of one question, its planned one first; results as directions where nothing is pooled."""
    pooled = result.pooled
    if pooled is None:
        ways = len(result.directions)
        rows: list[Cells] = [
            {"study": item.label, "outcome": item.outcome, "direction": item.direction, "printed": item.printed}
            for item in result.directions
        ]
        said = f"{plural(ways, 'result')} as directions" if ways else "nothing to pool"
        return Shown(
            title=f"{result.question}: {said}", rows=rows or [{"study": "No results"}], sentences=_asked(result)
        )
    order = sorted(result.models, key=lambda key: list(MODELS).index(key))
    rows = [
        {
            "model": f"{phrases.model_name(result.models[key])}{', as planned' if key == 'plan' else ''}",
            "k": result.models[key].k,
            **scalars_of(result, key),
        }
        for key in order
    ]
    return Shown(
        title=f"{result.question}: {result.measure} {bounds(pooled.estimate, pooled.ci)} on the analysis scale, "
        f"{plural(pooled.k, 'study', 'studies')}",
        rows=rows,
        sentences=(*_asked(result), *pooled._shown().sentences),
    )


def scalars_of(result: Analysis, key: str) -> Cells:
    """The main numbers of one of its models."""
    pooled = next(model for name, model in result.models.items() if name == key)
    return {
        "estimate": pooled.estimate, "se": pooled.se, "low": pooled.ci.low, "high": pooled.ci.high, "p": pooled.test.p,
        "tau2": pooled.tau2.value, "i2": pooled.heterogeneity.i2,
    }  # fmt: skip


def _asked(result: Analysis) -> tuple[str, ...]:
    return (
        f"{phrases.upper_first(result.population)}: {phrases.lower_first(result.intervention)} compared with "
        f"{phrases.lower_first(result.comparator)}; outcome: {phrases.lower_first(result.outcome)}.",
    )


def diagnosis(result: Diagnosis) -> Shown:
    """What each study does to the result, with its places in the Baujat and in the radial plot."""
    rows: list[Cells] = [
        {**scalars(study), "baujat_x": one.x, "baujat_y": one.y, "radial_x": other.x, "radial_y": other.y}
        for study, one, other in zip(result.influence, result.baujat, result.radial, strict=True)
    ]
    influential = integer(sum(study.influential for study in result.influence))
    return Shown(
        title=f"{result.analysis.question}: {plural(len(rows), 'study', 'studies')}, {influential} influential",
        rows=rows,
        sentences=("Influence was diagnosed by leaving out each study in turn (Viechtbauer and Cheung 2010).",),
    )


def study_groups(result: StudyGroups) -> Shown:
    """The groups, each pooled, and the test that they do not differ."""
    found = result.result._shown()
    return Shown(title=f"by {result.label.lower()}, {found.title}", rows=found.rows, sentences=found.sentences)


def moderated(result: Moderated) -> Shown:
    """The meta-regression on one moderator."""
    found = result.regression._shown()
    return Shown(
        title=f"{result.analysis.question} by {result.moderator.key}: {found.title}", rows=found.rows,
        sentences=found.sentences,
    )  # fmt: skip


def flow(result: Flow) -> Shown:
    """From the records to the analyses, a row for each count."""
    counts = (
        ("Held as records", result.held), ("Reached by a question", result.reached),
        *((f"Left out: {reason}", count) for reason, count in result.left_out),
        ("In at least one analysis", result.included),
        *((f"In the analysis of: {title}", count) for title, count in result.by_question),
    )  # fmt: skip
    rows: list[Cells] = [{"stage": stage, "studies": count} for stage, count in counts]
    return Shown(
        title=f"{plural(result.held, 'study', 'studies')} held, {integer(result.included)} in analyses",
        rows=rows,
        sentences=(f"{plural(result.included, 'study', 'studies')} of {integer(result.held)} entered an analysis.",),
    )

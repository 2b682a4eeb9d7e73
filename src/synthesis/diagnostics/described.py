"""What results of diagnostics show: a line, rows, and the sentences of a methods section."""

from __future__ import annotations

from synthesis.diagnostics.bootstrap import Bootstrap
from synthesis.diagnostics.excess_significance import EXCESS_TESTS, ExcessSignificance
from synthesis.diagnostics.fail_safe import FAIL_SAFE, FailSafe
from synthesis.diagnostics.gosh import Gosh
from synthesis.diagnostics.permutation import PermutationTest
from synthesis.diagnostics.rank_test import RankTest
from synthesis.diagnostics.selection_model import SelectionModel
from synthesis.diagnostics.selection_weights import SELECTION
from synthesis.diagnostics.small_study import SmallStudyTest
from synthesis.diagnostics.subgroups import Subgroups
from synthesis.diagnostics.trim_and_fill import TRIM_ESTIMATORS, TrimAndFill
from synthesis.document.results import Cells, Shown, figures, scalars
from synthesis.formatting import p_value, percent, plural
from synthesis.pooling.described import bounds


def small_study(result: SmallStudyTest) -> Shown:
    """A regression test for small-study effects."""
    names = {"egger": "Egger's regression test", "mixed-effects": "a mixed-effects regression test"}
    return Shown(
        title=f"{result.method}, {plural(result.k, 'study', 'studies')}, slope {figures(result.slope)}, "
        f"p {p_value(result.test.p)}",
        rows=[
            {"quantity": "Slope", "estimate": result.slope, "statistic": result.test.statistic, "df": result.test.df,
             "p": result.test.p},
            {"quantity": "Effect at infinite precision", "estimate": result.limit, "low": result.limit_ci.low,
             "high": result.limit_ci.high},
        ],
        sentences=(
            f"Small-study effects in {plural(result.k, 'study', 'studies')} were looked for with "
            f"{names[result.method]} (Egger et al 1997; Sterne et al 2011).",
        ),
    )  # fmt: skip


def rank(result: RankTest) -> Shown:
    """A rank correlation test."""
    how = "an exact" if result.exact else "an approximate"
    return Shown(
        title=f"{plural(result.k, 'study', 'studies')}, Kendall's tau {figures(result.tau)}, p {p_value(result.p)}",
        rows=[{"quantity": "Kendall's tau", "estimate": result.tau, "p": result.p, "k": result.k}],
        sentences=(f"Small-study effects were looked for with {how} rank correlation test (Begg and Mazumdar 1994).",),
    )


def trim_and_fill(result: TrimAndFill) -> Shown:
    """Trim and fill."""
    pairs = (("Observed", result.observed), ("With mirror images", result.filled))
    rows: list[Cells] = [
        {"quantity": name, "k": p.k, "estimate": p.estimate, "se": p.se, "low": p.ci.low, "high": p.ci.high,
         "tau2": p.tau2.value, "p": p.test.p}
        for name, p in pairs
    ]  # fmt: skip
    return Shown(
        title=f"{plural(result.missing, 'study', 'studies')} filled in on the {result.side}, then "
        f"{bounds(result.filled.estimate, result.filled.ci)}",
        rows=rows,
        sentences=(
            f"Trim and fill ({result.estimator}; {TRIM_ESTIMATORS[result.estimator].reference}) was used as a "
            f"sensitivity analysis; it filled in {plural(result.missing, 'study', 'studies')} on the {result.side}.",
        ),
    )


def selection(result: SelectionModel) -> Shown:
    """A selection model."""
    kind = SELECTION[result.kind]
    rows: list[Cells] = [
        {"quantity": "Pooled effect", "estimate": result.estimate, "se": result.se, "low": result.ci.low,
         "high": result.ci.high, "p": result.test.p},
        {"quantity": "τ²", "estimate": result.tau2, "se": result.tau2_se},
        *({"quantity": p.name, "estimate": p.value, "se": p.se, "p": p.p} for p in result.parameters),
    ]  # fmt: skip
    tested = "" if result.selection is None else f", selection p {p_value(result.selection.p)}"
    return Shown(
        title=f"{result.kind}, {bounds(result.estimate, result.ci)}{tested}",
        rows=rows,
        sentences=(
            f"A selection model with {kind.label} was fitted by maximum likelihood ({kind.reference}); the p values "
            f"are one-sided ({result.alternative}) unless it says two-sided.",
        ),
    )


def excess(result: ExcessSignificance) -> Shown:
    """A test of excess significance."""
    return Shown(
        title=f"{result.observed} significant, {figures(result.expected)} expected, p {p_value(result.p)}",
        rows=[scalars(result)],
        sentences=(
            f"Excess significance was tested by comparing observed with expected significant studies "
            f"({result.test}; {EXCESS_TESTS[result.test].reference}).",
        ),
    )


def fail_safe(result: FailSafe) -> Shown:
    """A fail-safe number."""
    reference = FAIL_SAFE[result.method].reference if result.method in FAIL_SAFE else "Orwin 1983"
    return Shown(
        title=f"{result.method}, {plural(round(result.studies), 'study', 'studies')}",
        rows=[scalars(result)],
        sentences=(f"The fail-safe N is {result.method}'s ({reference}).",),
    )


def groups(result: Subgroups) -> Shown:
    """Subgroups and the test that they do not differ."""
    rows: list[Cells] = [
        {"group": g.name, "k": g.pooled.k, **{key: cell for key, cell in scalars(g).items() if key != "name"}}
        for g in result.groups
    ]
    return Shown(
        title=f"{plural(len(result.groups), 'group')}, difference p {p_value(result.p)}",
        rows=rows,
        sentences=(
            f"{plural(len(result.groups), 'subgroup')} were pooled and compared by a chi-squared test of their pooled "
            "effects (Borenstein and Higgins 2013).",
        ),
    )


def permutation(result: PermutationTest) -> Shown:
    """A permutation test."""
    rows: list[Cells] = [
        {"coefficient": name, "statistic": statistic, "p": p}
        for name, statistic, p in zip(result.names, result.statistics, result.p, strict=True)
    ]
    which = "all" if result.exact else "random"
    return Shown(
        title=f"{plural(result.arrangements, 'arrangement')} ({which}), p {', '.join(p_value(p) for p in result.p)}",
        rows=rows,
        sentences=(
            f"P values are from a permutation test over {plural(result.arrangements, f'{which} arrangement')} "
            "(Higgins and Thompson 2004; Follmann and Proschan 1999).",
        ),
    )


def bootstrap(result: Bootstrap) -> Shown:
    """A bootstrap."""
    rows: list[Cells] = [
        {"quantity": name, "low": interval.low, "high": interval.high}
        for name, interval in (("Pooled effect", result.ci), ("τ²", result.tau2_ci))
    ]
    draws = plural(len(result.estimate), "resample")
    return Shown(
        title=f"{draws} of {result.resampling}, {percent(result.ci.level)} interval {figures(result.ci.low)} to "
        f"{figures(result.ci.high)}",
        rows=rows,
        sentences=(f"Bootstrap intervals rest on {draws} ({result.resampling}).",),
    )


def gosh(result: Gosh) -> Shown:
    """All subsets, or many of them: quantiles of their pooled effects."""
    import numpy as np

    shares = (0.0, 0.25, 0.5, 0.75, 1.0)
    quantiles = {name: np.nanquantile(getattr(result, name), shares) for name in ("estimate", "tau2", "i2")}
    rows: list[Cells] = [
        {"quantile": share, **{name: float(values[index]) for name, values in quantiles.items()}}
        for index, share in enumerate(shares)
    ]
    which = "all" if result.complete else "a random choice of"
    return Shown(
        title=f"{plural(len(result.estimate), 'subset')}, median {figures(float(quantiles['estimate'][2]))}",
        rows=rows,
        sentences=(
            f"{plural(len(result.estimate), 'subset')} ({which} subsets of the studies) were pooled (Olkin, Dahabreh "
            "and Trikalinos 2012).",
        ),
    )

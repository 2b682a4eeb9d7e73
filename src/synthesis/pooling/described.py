"""What results of pooling show: a line, rows, and the sentences of a methods section, from the fit itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from synthesis.document.results import Cell, Cells, Shown, figures, scalars
from synthesis.effects.measures import MEASURES
from synthesis.formatting import p_value, percent, plural
from synthesis.pooling.glmm import GLMM_KINDS, Glmm
from synthesis.pooling.intervals import INTERVALS, PREDICTIONS
from synthesis.pooling.likelihood import Likelihood, LikelihoodRatio
from synthesis.pooling.mantel_haenszel import TABLE_METHODS
from synthesis.pooling.model import Heterogeneity, Interval, Pooled, Tau2, Test
from synthesis.pooling.multilevel import Multilevel
from synthesis.pooling.network import Network
from synthesis.pooling.regression import Coefficient, ModeratorTest, Predicted, Regression
from synthesis.pooling.robust import ROBUST, Robust
from synthesis.pooling.table_tests import TableTests
from synthesis.pooling.tau2 import ESTIMATORS

if TYPE_CHECKING:
    from synthesis.pooling.batch import PooledMany


def pooled(result: Pooled) -> Shown:
    """A pooled effect."""
    effect = bounds(result.estimate, result.ci)
    title = f"{result.model}-effect{'s' * (result.model == 'random')} model, {plural(result.k, 'study', 'studies')}"
    logs = result.measure in MEASURES and MEASURES[result.measure].axis == "log"
    measure = f"{'log ' * logs}{result.measure} " if result.measure else ""
    rows: list[Cells] = [_row("Pooled effect", result.estimate, result.ci, result.test.p, se=result.se)]
    if logs:
        natural = MEASURES[result.measure].to_natural
        shown = Interval(low=natural(result.ci.low), high=natural(result.ci.high), level=result.ci.level, method="")
        rows.append(_row(f"{MEASURES[result.measure].label.capitalize()}", natural(result.estimate), shown))
    if result.prediction is not None:
        rows.append(_row("Effect in a new study", None, result.prediction))
    rows += _spread(result.tau2, result.heterogeneity)
    return Shown(
        title=f"{measure}{effect}, {title}, τ² {figures(result.tau2.value)}, p {p_value(result.test.p)}",
        rows=rows,
        sentences=tuple(_pooled_sentences(result)),
    )


def bounds(estimate: float, interval: Interval) -> str:
    """ "0.35 (95% interval 0.12 to 0.58)", analysis scale."""
    low, high = figures(interval.low), figures(interval.high)
    return f"{figures(estimate)} ({percent(interval.level)} interval {low} to {high})"


def _row(name: str, estimate: float | None, interval: Interval | None, p: float | None = None, **more: Cell) -> Cells:
    low, high = (None, None) if interval is None else (interval.low, interval.high)
    return {"quantity": name, "estimate": estimate, **more, "low": low, "high": high, "p": p}


def _spread(tau2: Tau2, spread: Heterogeneity) -> list[Cells]:
    return [
        _row("τ²", tau2.value, tau2.interval),
        _row("I²", spread.i2, spread.i2_interval),
        _row("H²", spread.h2, spread.h2_interval),
        _row(f"Q ({spread.df} df)", spread.q, None, spread.p),
    ]


def _pooled_sentences(result: Pooled) -> Iterator[str]:
    what = f"{MEASURES[result.measure].label}s" if result.measure in MEASURES else "effects"
    logs = " on the log scale" if result.measure in MEASURES and MEASURES[result.measure].axis == "log" else ""
    number = plural(result.k, "study", "studies")
    if result.ci.method in {entry.name for entry in TABLE_METHODS.values()}:
        entry = TABLE_METHODS[result.measure]
        name = "Peto's" if entry.name == "peto" else "the Mantel-Haenszel"
        yield f"The tables of {number} were pooled by {name} method under a common-effect model ({entry.reference})."
    else:
        model = "random-effects" if result.model == "random" else "common-effect"
        yield f"The {what} of {number} were pooled{logs} by inverse variance under a {model} model."
        yield from tau2_sentences(result.tau2)
        yield from interval_sentences(result.ci, result.k - 1)
    if result.prediction is not None:
        method = PREDICTIONS[result.prediction.method]
        yield (
            f"The {percent(result.prediction.level)} prediction interval for the effect in a new study uses "
            f"{'the ' if method.key == 'normal' else ''}{method.label} ({method.reference})."
        )
    if result.k > 1:
        yield "Heterogeneity is described by Cochran's Q, τ² and I²."


def tau2_sentences(tau2: Tau2) -> Iterator[str]:
    """How the variance between studies was obtained."""
    if tau2.method == "fixed":
        yield f"The variance between studies was held at {figures(tau2.value)}."
    elif tau2.method in ESTIMATORS:
        entry = ESTIMATORS[tau2.method]
        yield f"The variance between studies, τ², was estimated by {entry.label} ({entry.reference})."
        if tau2.interval is not None and tau2.interval.method.startswith("q-profile"):
            yield f"Its {percent(tau2.interval.level)} interval is from the Q profile (Viechtbauer 2007)."


def interval_sentences(interval: Interval, df: int | None) -> Iterator[str]:
    """Which confidence interval was used."""
    method = INTERVALS[interval.method]
    basis = f"t distribution with {plural(df or 0, 'degree')} of freedom" if method.t_based else "normal distribution"
    yield f"The {percent(interval.level)} confidence interval is {method.label}, {basis} ({method.reference})."


def coefficient_rows(coefficients: Iterable[Coefficient]) -> list[Cells]:
    """One row per coefficient."""
    return [
        {
            "coefficient": c.name, "estimate": c.estimate, "se": c.se, "low": c.ci.low, "high": c.ci.high,
            "statistic": c.test.statistic, "df": c.test.df, "p": c.test.p,
        }
        for c in coefficients
    ]  # fmt: skip


def _tested(test: ModeratorTest | None) -> str:
    return "" if test is None else f", moderators p {p_value(test.p)}"


def regression(result: Regression) -> Shown:
    """A meta-regression."""
    moderators = [c.name for c in result.coefficients if c.name != "intercept"]
    explained = "" if result.r2 is None else f", R² {percent(result.r2)}"
    return Shown(
        title=f"{plural(result.k, 'study', 'studies')}, {plural(len(result.coefficients), 'coefficient')}"
        f"{_tested(result.moderators)}, residual τ² {figures(result.tau2.value)}{explained}",
        rows=coefficient_rows(result.coefficients),
        sentences=tuple(_regression_sentences(result, moderators)),
    )


def _regression_sentences(result: Regression, moderators: list[str]) -> Iterator[str]:
    model = "mixed-effects" if result.model == "random" else "common-effect"
    names = ", ".join(moderators) or "the mean only"
    yield f"The effects of {plural(result.k, 'study', 'studies')} were regressed on {names} ({model} meta-regression)."
    yield from tau2_sentences(result.tau2)
    yield from interval_sentences(result.coefficients[0].ci, result.q_df)
    if result.moderators is not None:
        kind = "a chi-squared" if result.moderators.df_residual is None else "an F"
        yield f"The moderators were tested together by {kind} test."
    if result.r2 is not None:
        yield "R² is the share of τ² without moderators that they account for (Raudenbush 1994)."


def multilevel(result: Multilevel) -> Shown:
    """A model of dependent results."""
    parts: list[Cells] = [
        {"coefficient": f"{c.kind} of {c.term}{f' ({c.level})' if c.level else ''}", "estimate": c.value}
        for c in result.components
    ]
    terms = ", ".join(dict.fromkeys(c.term for c in result.components))
    how = {"REML": "restricted maximum likelihood", "ML": "maximum likelihood"}[result.method]
    ci = result.coefficients[0].ci
    return Shown(
        title=f"{plural(result.k, 'effect')}, random terms {terms}{_tested(result.moderators)}",
        rows=[*coefficient_rows(result.coefficients), *parts],
        sentences=(
            f"{plural(result.k, 'effect')} were modelled together with random terms for {terms}, by {how} "
            "(Konstantopoulos 2011; Berkey et al 1998).",
            f"{percent(ci.level)} confidence intervals use the {'t' if ci.method == 't' else 'normal'} distribution.",
        ),
    )


def glmm(result: Glmm) -> Shown:
    """A mixed model of counts."""
    kind, first = GLMM_KINDS[result.kind], result.coefficients[0]
    rows: list[Cells] = [*coefficient_rows(result.coefficients), {"coefficient": "τ²", "estimate": result.tau2.value}]
    if result.study_variance is not None:
        rows.append({"coefficient": "variance of study levels", "estimate": result.study_variance})
    rule = "the Laplace approximation" if result.points == 1 else f"{result.points} points of adaptive quadrature"
    model = "random-effects" if result.model == "random" else "common-effect"
    name = f"log {result.measure}" if MEASURES[result.measure].axis == "log" else result.measure
    return Shown(
        title=f"{name} {bounds(first.estimate, first.ci)}, counts of {plural(result.k, 'study', 'studies')} "
        f"{kind.label}, τ² {figures(result.tau2.value)}",
        rows=rows,
        sentences=(
            f"The counts of {plural(result.k, 'study', 'studies')} were pooled by a generalised linear mixed model "
            f"{kind.label} ({model}; {kind.reference}), by maximum likelihood with {rule} per random effect.",
            "No correction was made for empty cells.",
            f"{percent(first.ci.level)} confidence intervals use the {'t' if first.ci.method == 't' else 'normal'} "
            "distribution.",
        ),
    )


def network(result: Network) -> Shown:
    """A network meta-analysis."""
    return Shown(
        title=f"{plural(len(result.contrasts), 'treatment')} against {result.reference}, "
        f"{plural(result.studies, 'study', 'studies')}, {plural(result.arms, 'arm')}",
        rows=coefficient_rows(result.contrasts),
        sentences=(
            f"{plural(result.arms, 'arm')} of {plural(result.studies, 'study', 'studies')} were compared in an "
            f"arm-based network with {result.reference} as the reference, τ² by restricted maximum likelihood.",
        ),
    )


def robust(result: Robust) -> Shown:
    """Cluster-robust standard errors."""
    entry = ROBUST[result.method]
    return Shown(
        title=f"{result.method}, {plural(result.clusters, 'cluster')}, "
        f"{plural(len(result.coefficients), 'coefficient')}",
        rows=coefficient_rows(result.coefficients),
        sentences=(
            f"Standard errors are robust to dependence within {plural(result.clusters, 'cluster')} ({entry.key}, "
            f"{entry.label}; {entry.reference}).",
        ),
    )


def predicted(result: Predicted) -> Shown:
    """A prediction at given moderators."""
    rows = [_row("Mean effect", result.estimate, result.ci, se=result.se)]
    if result.prediction is not None:
        rows.append(_row("Effect in a new study", None, result.prediction))
    return Shown(
        title=bounds(result.estimate, result.ci),
        rows=rows,
        sentences=(f"The mean effect at the given moderators has a {percent(result.ci.level)} confidence interval.",),
    )


def many(result: PooledMany) -> Shown:
    """Many pooled effects."""
    names = ("k", "estimate", "se", "ci_low", "ci_high", "tau2", "q", "i2", "h2", "converged")
    columns = [getattr(result, name).tolist() for name in names]
    return Shown(
        title=plural(len(result.k), "meta-analysis", "meta-analyses"),
        rows=[dict(zip(names, values, strict=True)) for values in zip(*columns, strict=True)],
        sentences=(f"{plural(len(result.k), 'meta-analysis', 'meta-analyses')} were pooled side by side.",),
    )


def fit(result: Likelihood) -> Shown:
    """How well a model fits."""
    return Shown(
        title=f"log-likelihood {figures(result.log_likelihood)}, {plural(result.parameters, 'parameter')}, "
        f"AIC {figures(result.aic)}",
        rows=[scalars(result)],
        sentences=("The fit is described by the log-likelihood and the criteria of Akaike and Schwarz.",),
    )


def likelihood_ratio(result: LikelihoodRatio) -> Shown:
    """Two nested models and the test that the smaller one will do."""
    test = result.test
    models = (
        ("With the moderators", result.log_likelihood_full, result.tau2_full),
        ("Without them", result.log_likelihood_reduced, result.tau2_reduced),
    )
    rows: list[Cells] = [
        {"quantity": name, "log_likelihood": value, "tau2": tau2, "statistic": None, "df": None, "p": None}
        for name, value, tau2 in models
    ]
    rows.append(
        {
            "quantity": "Likelihood-ratio test", "log_likelihood": None, "tau2": None, "statistic": test.statistic,
            "df": test.df, "p": test.p,
        }
    )  # fmt: skip
    return Shown(
        title=f"{_chi2(test)}, against the model with fewer moderators",
        rows=rows,
        sentences=("Models were compared by a likelihood-ratio test, both fitted by maximum likelihood.",),
    )


def table_tests(result: TableTests) -> Shown:
    """Tests on tables, those that were carried out."""
    tests = (
        ("No effect in any table (Mantel-Haenszel)", result.mantel_haenszel),
        ("No effect in any table (Cochran)", result.cochran),
        ("The same odds ratio in all (Breslow-Day)", result.breslow_day),
        ("The same odds ratio in all (Tarone)", result.tarone),
    )
    rows: list[Cells] = [
        {"test": name, "statistic": test.statistic, "df": test.df, "p": test.p} for name, test in tests if test
    ]
    references = ("Mantel and Haenszel 1959", *(("Breslow and Day 1980",) if result.breslow_day else ()))
    same = f"; the same odds ratio in all: {_chi2(result.breslow_day)}" if result.breslow_day else ""
    return Shown(
        title=f"no effect in any table: {_chi2(result.mantel_haenszel)}{same}",
        rows=rows,
        sentences=(f"Tables were tested without effect sizes in between ({'; '.join(references)}).",),
    )


def _chi2(test: Test) -> str:
    freedom = "" if test.df is None else f" ({figures(test.df)} df)"
    return f"χ² {figures(test.statistic)}{freedom}, p {p_value(test.p)}"


def moderator_test(result: ModeratorTest) -> Shown:
    """The test that some coefficients are all 0."""
    basis = "χ²" if result.df_residual is None else "F"
    return Shown(
        title=f"{', '.join(result.names)}: {basis} {figures(result.statistic)}, p {p_value(result.p)}",
        rows=[{"coefficients": ", ".join(result.names), **scalars(result)}],
        sentences=(f"The coefficients were tested together with the {basis} distribution.",),
    )

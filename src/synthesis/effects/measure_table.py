"""The table of effect measures. One entry in ``MEASURES`` is one measure."""

from __future__ import annotations

import math

from synthesis.effects import association_formulas as association
from synthesis.effects import change_formulas as change
from synthesis.effects import formulas
from synthesis.effects.measure import Formula, Measure
from synthesis.effects.scales import ScaleKey
from synthesis.registry import Registry


def _measure(
    key: str,
    label: str,
    data: str,
    function: Formula | None,
    reference: str,
    *,
    scale: ScaleKey = "identity",
    null: float = 0.0,
    zero_cells: str = "only0",
    exceptions: tuple[tuple[str, str], ...] = (),
    variance: str = "",
    **variances: Formula,
) -> Measure:
    return Measure(
        key=key,
        label=label,
        short=key,
        data=data,
        function=function,
        reference=reference,
        scale=scale,
        null=null,
        axis="log" if scale == "log" else "linear",
        zero_cells=zero_cells,
        exceptions=exceptions,
        variance=variance,
        variances=tuple(variances.items()),
    )


# A proportion, rate or mean of one group has no value that stands for "no effect".
_NO_NULL = math.nan

MEASURES = Registry(
    "effect measure",
    (
        _measure(
            "RR", "risk ratio", "counts", formulas.log_risk_ratio,
            "Cochrane Handbook 6.4.1.2; Katz et al 1978", scale="log",
        ),
        _measure(
            "OR", "odds ratio", "counts", formulas.log_odds_ratio,
            "Cochrane Handbook 6.4.1.2; Woolf 1955", scale="log",
        ),
        _measure("RD", "risk difference", "counts", formulas.risk_difference, "Cochrane Handbook 6.4.1.4"),
        _measure(
            "AS", "arcsine risk difference", "counts", formulas.arcsine_difference,
            "Rücker et al 2009", zero_cells="none",
        ),
        _measure(
            "PETO", "Peto odds ratio", "counts", formulas.peto_log_odds_ratio,
            "Yusuf et al 1985; Cochrane Handbook 10.4.2", scale="log", zero_cells="none",
        ),
        _measure(
            "MD", "mean difference", "means", formulas.mean_difference, "Cochrane Handbook 6.5.1.1",
            variance="LS", HO=formulas.mean_difference_equal_variances,
        ),
        _measure(
            "SMD", "standardized mean difference", "means", formulas.standardized_mean_difference,
            "Hedges 1981; Cochrane Handbook 6.5.1.2; LS2 Borenstein 2009; UB Viechtbauer 2007; AV Hedges 1982",
            variance="LS", LS2=formulas.smd_borenstein_variance, UB=formulas.smd_unbiased_variance,
            AV=formulas.smd_average_variance,
        ),
        _measure(
            "SMDH", "standardized mean difference, unequal variances", "means", formulas.smd_unequal_variances,
            "Bonett 2009",
        ),
        _measure(
            "SMD1", "standardized mean difference, comparator SD", "means", formulas.smd_comparator_sd,
            "Glass 1976; Hedges 1981",
            exceptions=(("swap", "the difference is divided by the SD of the comparator alone"),),
        ),
        _measure(
            "ROM", "ratio of means", "means", formulas.log_ratio_of_means,
            "Hedges et al 1999; Cochrane Handbook 6.5.1.3", scale="log",
            variance="LS", HO=formulas.log_ratio_of_means_equal_variances,
        ),
        _measure(
            "VR", "variability ratio", "means", formulas.log_variability_ratio, "Nakagawa et al 2015", scale="log",
        ),
        _measure(
            "CVR", "ratio of coefficients of variation", "means", formulas.log_cv_ratio,
            "Nakagawa et al 2015", scale="log",
        ),
        _measure(
            "D2ORN", "odds ratio from a mean difference, normal", "means",
            association.normal_difference_as_odds_ratio, "Cox 1970; Sánchez-Meca et al 2003", scale="log",
        ),
        _measure(
            "D2ORL", "odds ratio from a mean difference, logistic", "means",
            association.logistic_difference_as_odds_ratio, "Hasselblad and Hedges 1995; Chinn 2000", scale="log",
        ),
        _measure(
            "RPB", "point-biserial correlation", "means", association.point_biserial_stratified,
            "Tate 1954; Soper 1914", variance="ST", CS=association.point_biserial_cross_sectional,
        ),
        _measure(
            "RBIS", "biserial correlation", "means", association.biserial, "Soper 1914; Jacobs and Viechtbauer 2017",
        ),
        _measure(
            "PHI", "phi coefficient", "counts", association.phi_stratified, "Yule 1912; delta method",
            zero_cells="none", variance="ST", CS=association.phi_cross_sectional,
        ),
        _measure("YUQ", "Yule's Q", "counts", association.yule_q, "Yule 1912"),
        _measure("YUY", "Yule's Y", "counts", association.yule_y, "Yule 1912"),
        _measure(
            "PBIT", "standardized mean difference (probit)", "counts", association.probit_difference,
            "Sánchez-Meca et al 2003",
        ),
        _measure(
            "OR2DN", "standardized mean difference from an odds ratio, normal", "counts",
            association.odds_ratio_as_normal_difference, "Cox 1970; Sánchez-Meca et al 2003",
        ),
        _measure(
            "OR2DL", "standardized mean difference from an odds ratio, logistic", "counts",
            association.odds_ratio_as_logistic_difference, "Hasselblad and Hedges 1995; Chinn 2000",
        ),
        _measure(
            "HR", "hazard ratio", "contrast-only", None, "Cochrane Handbook 6.8.2; Parmar et al 1998", scale="log",
        ),
        _measure(
            "IRR", "incidence rate ratio", "rates", formulas.log_rate_ratio,
            "Cochrane Handbook 6.7.1; Rothman et al 2008", scale="log",
        ),
        _measure("IRD", "incidence rate difference", "rates", formulas.rate_difference, "Rothman et al 2008"),
        _measure(
            "IRSD", "difference of square-root rates", "rates", formulas.sqrt_rate_difference,
            "Rothman et al 2008, variance-stabilising transformation", zero_cells="none",
        ),
        _measure(
            "COR", "correlation", "correlation", association.correlation, "Hotelling 1953; AV Hunter and Schmidt 1990",
            variance="LS", AV=association.correlation_average_variance,
        ),
        _measure(
            "UCOR", "correlation, unbiased", "correlation", association.unbiased_correlation,
            "Olkin and Pratt 1958; UB Hedges 1989", variance="LS",
            UB=association.unbiased_correlation_unbiased_variance, AV=association.unbiased_correlation_average_variance,
        ),
        _measure(
            "ZCOR", "correlation (Fisher z)", "correlation", association.fisher_z, "Fisher 1921", scale="fisher-z",
        ),
        _measure(
            "PCOR", "partial correlation", "t-value", association.partial_correlation, "Aloe and Thompson 2013",
        ),
        _measure(
            "SPCOR", "semi-partial correlation", "t-value-and-r2", association.semipartial_correlation,
            "Aloe and Becker 2012",
            exceptions=(("positive", "a t value that R² does not allow makes the variance negative"),),
        ),
        _measure("MC", "mean change", "change", change.mean_change, "variance of a mean of differences"),
        _measure(
            "SMCC", "standardized mean change, SD of changes", "change", change.change_over_change_sd,
            "Gibbons et al 1993",
        ),
        _measure(
            "SMCR", "standardized mean change, SD of occasion 1", "change", change.change_over_raw_sd, "Becker 1988",
        ),
        _measure(
            "SMCRH", "standardized mean change, unequal variances", "change", change.change_over_raw_sd_unequal,
            "Bonett 2008",
        ),
        _measure(
            "ROMC", "ratio of means, two occasions", "change", change.log_ratio_of_means_change,
            "Lajeunesse 2011", scale="log",
        ),
        _measure(
            "VRC", "variability ratio, two occasions", "change", change.log_variability_ratio_change,
            "Nakagawa et al 2015", scale="log",
        ),
        _measure(
            "CVRC", "ratio of coefficients of variation, two occasions", "change", change.log_cv_ratio_change,
            "Nakagawa et al 2015", scale="log",
        ),
        _measure("PR", "proportion", "proportion", formulas.proportion, "binomial variance", null=_NO_NULL),
        _measure(
            "PLN", "proportion (log)", "proportion", formulas.log_proportion, "delta method",
            scale="log", null=_NO_NULL,
        ),
        _measure(
            "PLO", "proportion (logit)", "proportion", formulas.logit_proportion,
            "Stijnen et al 2010", scale="logit", null=_NO_NULL,
        ),
        _measure(
            "PAS", "proportion (arcsine)", "proportion", formulas.arcsine_proportion,
            "Rücker et al 2009", scale="arcsine", null=_NO_NULL, zero_cells="none",
        ),
        _measure(
            "PFT", "proportion (double arcsine)", "proportion", formulas.double_arcsine_proportion,
            "Freeman and Tukey 1950; Miller 1978", scale="double-arcsine", null=_NO_NULL, zero_cells="none",
        ),
        _measure("IR", "incidence rate", "rate", formulas.rate, "Poisson variance", null=_NO_NULL),
        _measure(
            "IRLN", "incidence rate (log)", "rate", formulas.log_rate, "Stijnen et al 2010",
            scale="log", null=_NO_NULL,
        ),
        _measure(
            "IRS", "incidence rate (square root)", "rate", formulas.sqrt_rate,
            "variance-stabilising transformation", scale="sqrt", null=_NO_NULL, zero_cells="none",
        ),
        _measure(
            "IRFT", "incidence rate (double square root)", "rate", formulas.double_sqrt_rate,
            "Freeman and Tukey 1950", scale="double-sqrt", null=_NO_NULL, zero_cells="none",
        ),
        _measure("MN", "mean", "mean", formulas.mean, "variance of a mean", null=_NO_NULL),
        _measure("MNLN", "mean (log)", "mean", formulas.log_mean, "delta method", scale="log", null=_NO_NULL),
        _measure(
            "SDLN", "standard deviation (log)", "mean", formulas.log_sd, "Nakagawa et al 2015",
            scale="log", null=_NO_NULL,
        ),
        _measure(
            "CVLN", "coefficient of variation (log)", "mean", formulas.log_cv, "Nakagawa et al 2015",
            scale="log", null=_NO_NULL,
        ),
        _measure(
            "ARAW", "Cronbach's alpha", "reliability", formulas.reliability, "van Zyl et al 2000", null=_NO_NULL,
        ),
        _measure(
            "AHW", "Cronbach's alpha (cube root)", "reliability", formulas.cube_root_reliability,
            "Hakstian and Whalen 1976", scale="cube-root-complement", null=_NO_NULL,
        ),
        _measure(
            "ABT", "Cronbach's alpha (log)", "reliability", formulas.log_reliability,
            "Bonett 2002", scale="log-complement", null=_NO_NULL,
        ),
    ),
)  # fmt: skip

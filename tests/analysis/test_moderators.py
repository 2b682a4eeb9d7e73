"""Meta-regression of an analysis: values from records, the plan's model, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest

from synthesis.analysis.moderators import MODERATORS, PLACES, meta_regression, moderated
from synthesis.analysis.run import analyse
from synthesis.errors import AnalysisError, UnknownKeyError
from synthesis.evidence.load import Evidence
from synthesis.pooling.regression import regress

QUESTION = "cocaine-abstinence"


def test_values_come_from_the_records(evidence: Evidence) -> None:
    analysis = analyse(evidence, QUESTION)
    years = meta_regression(analysis, evidence, by="year").values
    assert years == tuple(float(evidence.studies[row.study].year) for row in analysis.effects)
    people = meta_regression(analysis, evidence, by="people").values
    assert people == tuple(row.n for row in analysis.effects)


def test_it_is_the_regression_of_the_plan(evidence: Evidence) -> None:
    analysis = analyse(evidence, QUESTION)
    found = meta_regression(analysis, evidence, by="year")
    years = np.array(found.values, dtype=float)
    plain = regress(analysis.effects.yi, analysis.effects.vi, {"year": years}, tau2="REML")
    slope = found.regression.coefficients[-1]
    assert slope.estimate == pytest.approx(plain.coefficients[-1].estimate, rel=1e-8)
    assert slope.se == pytest.approx(plain.coefficients[-1].se, rel=1e-8)
    assert sum(weight for weight in found.weights if weight is not None) == pytest.approx(1)
    assert len(found.at) == len(found.line) == PLACES
    assert found.line[0].estimate + slope.estimate * (found.at[-1] - found.at[0]) == pytest.approx(
        found.line[-1].estimate
    )


def test_studies_without_a_value_are_left_out(evidence: Evidence) -> None:
    analysis = analyse(evidence, QUESTION)
    with pytest.raises(AnalysisError, match="2 pooled studies with a value of year"):
        moderated(analysis, [1990.0, None, 1991.0], MODERATORS["year"])


def test_what_does_not_fit_is_refused(evidence: Evidence) -> None:
    analysis = analyse(evidence, QUESTION)
    with pytest.raises(UnknownKeyError, match="mood"):
        meta_regression(analysis, evidence, by="mood")
    with pytest.raises(AnalysisError, match="constant"):
        moderated(analysis, [1990.0, 1990.0, 1990.0], MODERATORS["year"])

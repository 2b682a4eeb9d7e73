"""Results for a given tau2 in arithmetic with a hundred digits.

A reference in double precision has no more digits than its way of computing leaves it: a year beside an intercept costs
some, and so does a study with a thousand times the weight of the others. Where the package and the reference differ,
this says which of them is right.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal, localcontext
from functools import cached_property

import numpy as np

Row = list[Decimal]
DIGITS = 100


def _sum(values: Sequence[Decimal]) -> Decimal:
    return sum(values, Decimal(0))


def _solve(matrix: Sequence[Row], right: Sequence[Row]) -> list[Row]:
    """Solve for several right-hand sides, by elimination with pivots."""
    rows = [[*a, *b] for a, b in zip(matrix, right, strict=True)]
    p = len(rows)
    for column in range(p):
        pivot = max(range(column, p), key=lambda row: abs(rows[row][column]))
        rows[column], rows[pivot] = rows[pivot], rows[column]
        rows[column] = [value / rows[column][column] for value in rows[column]]
        for row in range(p):
            if row != column:
                factor = rows[row][column]
                rows[row] = [a - factor * b for a, b in zip(rows[row], rows[column], strict=True)]
    return [row[p:] for row in rows]


class Projection:
    """P = W - W X (X'WX)^-1 X'W of k weights and a (k, p) design."""

    def __init__(self, x: list[Row], weights: Row) -> None:
        self.x, self.weights, self.p = x, weights, range(len(x[0]))
        self.information = self._product(weights)

    def _product(self, between: Row) -> list[Row]:
        """X'DX of a diagonal D."""
        rows = list(zip(self.x, between, strict=True))
        return [[_sum([x[i] * d * x[j] for x, d in rows]) for j in self.p] for i in self.p]

    def inverse(self) -> list[Row]:
        """(X'WX)^-1."""
        return _solve(self.information, [[Decimal(int(i == j)) for j in self.p] for i in self.p])

    def beta(self, y: Row) -> Row:
        """Coefficients of y."""
        rows = list(zip(self.x, self.weights, y, strict=True))
        right = [[_sum([x[i] * w * value for x, w, value in rows])] for i in self.p]
        return [row[0] for row in _solve(self.information, right)]

    def residual(self, y: Row) -> Decimal:
        """y'Py."""
        beta = self.beta(y)
        left = [value - _sum([x[i] * beta[i] for i in self.p]) for x, value in zip(self.x, y, strict=True)]
        return _sum([w * r * r for w, r in zip(self.weights, left, strict=True)])

    def trace(self) -> Decimal:
        """tr(P)."""
        inner = _solve(self.information, self._product([w * w for w in self.weights]))
        return _sum(self.weights) - _sum([inner[i][i] for i in self.p])

    def quadratic_trace(self, m: Row) -> Decimal:
        """tr(PMPM) of a diagonal M."""
        rows = list(zip(self.weights, m, strict=True))
        once = _solve(self.information, self._product([w**2 * d for w, d in rows]))
        twice = _solve(self.information, self._product([w**3 * d**2 for w, d in rows]))
        square = _sum([once[i][j] * once[j][i] for i in self.p for j in self.p])
        return _sum([(w * d) ** 2 for w, d in rows]) - 2 * _sum([twice[i][i] for i in self.p]) + square


class Exact:
    """A model of effects y with variances v and a (k, p) design, at a given tau2; every answer as a rounded double."""

    def __init__(self, y: np.ndarray, v: np.ndarray, x: np.ndarray, tau2: float) -> None:
        self.y, self.v = ([Decimal(float(value)) for value in values] for values in (y, v))
        self.x = [[Decimal(float(value)) for value in row] for row in x]
        self.tau2 = Decimal(tau2)
        self.k, self.df = len(y), len(y) - x.shape[1]

    @cached_property
    def _fixed(self) -> Projection:
        return Projection(self.x, [1 / v for v in self.v])

    @cached_property
    def _final(self) -> Projection:
        return Projection(self.x, [1 / (v + self.tau2) for v in self.v])

    @staticmethod
    def _rounded(compute: Callable[[], Decimal]) -> float:
        with localcontext() as context:
            context.prec = DIGITS
            return float(compute())

    def estimate(self, index: int) -> float:
        """One coefficient."""
        return self._rounded(lambda: self._final.beta(self.y)[index])

    def se(self, index: int, ci: str) -> float:
        """Its standard error under an interval method of the package."""
        return self._rounded(lambda: (self._ratio(ci) * self._final.inverse()[index][index]).sqrt())

    def bound(self, index: int, ci: str, quantile: float) -> float:
        """An end of its interval: so many standard errors from the estimate."""
        return self.estimate(index) + quantile * self.se(index, ci)

    def moderators(self, tested: Sequence[int], ci: str) -> float:
        """Wald test of some coefficients: chi-squared, or F under an interval method with a t distribution."""

        def compute() -> Decimal:
            beta, inverse = self._final.beta(self.y), self._final.inverse()
            part = [[inverse[i][j] for j in tested] for i in tested]
            loads = _solve(part, [[beta[i]] for i in tested])
            statistic = _sum([beta[i] * load[0] for i, load in zip(tested, loads, strict=True)])
            return statistic if ci == "wald" else statistic / len(tested) / self._ratio(ci)

        return self._rounded(compute)

    def _ratio(self, ci: str) -> Decimal:
        ratio = self._final.residual(self.y) / self.df if ci.startswith("hartung-knapp") else Decimal(1)
        return max(ratio, Decimal(1)) if ci == "hartung-knapp-floored" else ratio

    def q(self) -> float:
        """Residual Q, weights 1 / v."""
        return self._rounded(lambda: self._fixed.residual(self.y))

    def h2(self) -> float:
        """tau2 over the typical variance, plus 1."""
        return self._rounded(lambda: self.tau2 * self._fixed.trace() / self.df + 1)

    def i2(self) -> float:
        """In percent, from tau2."""
        return self._rounded(lambda: 100 * self.tau2 / (self.tau2 + self.df / self._fixed.trace()))

    def tau2_se(self, method: str) -> float | None:
        """Standard error of tau2 by one of the estimators for which it depends on the design."""

        def compute() -> Decimal:
            ones, m = [Decimal(1)] * self.k, [v + self.tau2 for v in self.v]
            if method == "REML":
                return (2 / self._final.quadratic_trace(ones)).sqrt()
            if method == "HE":
                return (2 * Projection(self.x, ones).quadratic_trace(m)).sqrt() / self.df
            if method == "SJ":
                mean = _sum(self.y) / self.k
                start = _sum([(y - mean) ** 2 for y in self.y]) / self.k
                first = Projection(self.x, [1 / (v + start) for v in self.v])
                return start * (2 * first.quadratic_trace(m)).sqrt() / self.df
            scale = {"DL": self._fixed.trace, "HS": lambda: _sum(self._fixed.weights)}[method]()
            return (2 * self._fixed.quadratic_trace(m)).sqrt() / scale

        return self._rounded(compute) if method in ("REML", "HE", "SJ", "DL", "HS") else None

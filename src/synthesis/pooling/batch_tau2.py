"""tau2 of many meta-analyses at once.

Paule-Mandel and Q-profile: 1 / Q(tau2) is concave and rises, so that Newton's method on it never overshoots and
converges from anywhere. Likelihoods may have several maxima; a bracketed Newton search finds one, and a test that costs
at most one more pass shows for nearly every analysis that there is no other. The rest are searched on a grid.

Why the test is sufficient. Write d for the variances of the independent contrasts that carry the restricted likelihood
(k - p of them, with squares u^2), so that a_j = sum u^2 / d^j and b_j = sum 1 / d^j in the names of ``Sums``. Twice the
score is a2 - b1, its derivative b2 - 2 a3. Where the score is 0 and not falling, b2 >= 2 a3 >= 2 a2^2 / a1 =
2 b1^2 / a1 by Cauchy-Schwarz, that is a1 >= 2 b1^2 / b2. The left side falls with tau2 and the right side rises: above
the first tau2 at which a1 < 2 b1^2 / b2 there is at most one root. Below it, log a2 and log b1 are convex, so tangents
and a chord bound the score from below. The same holds for the unrestricted likelihood with tr(W), tr(WW).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthesis.effects.distributions import chi2_quantile
from synthesis.effects.model import Floats
from synthesis.pooling.batch_sums import Stack, Sums

# Numbers in one block of an array: a handful of such arrays fit into a core's second-level cache. Half of it costs a
# tenth more time, a quarter twice as much, because starting an operation takes as long as carrying it out.
BLOCK = 1 << 15

_MOST_PASSES = 250
# From this pass on every third step is a bisection, so that the bracket closes whatever the function does.
_PATIENCE = 12
# A Newton step this small, as a share of tau2 + the smallest vi, leaves an error of about its square.
_CLOSE = 1e-9

# Where the test for a single maximum looks: shares of the root, first few then more, and of the logarithmic distance to
# the bound. More points settle more analyses and cost one pass each; those left are searched on the grid.
_HALF = np.array([0.5])
_FINE = np.array([0.1, 0.25, 0.5, 0.75, 0.9])
_WIDE = np.array([0.08, 0.17, 0.27, 0.4, 0.6, 1.0])


@dataclass(frozen=True, slots=True)
class Between:
    """(m,) arrays: tau2, whether it is exact to rounding, and passes over the data after the first."""

    value: Floats
    converged: NDArray[np.bool_]
    iterations: NDArray[np.int_]


def tau2_many(method: str, stack: Stack) -> Between:
    """tau2 of every analysis of ``stack`` by the estimator ``method``, a key of ``tau2.ESTIMATORS``.

    An analysis without residual degrees of freedom gets 0.
    """
    found = _METHODS[method](stack)
    empty = stack.df <= 0
    return Between(np.where(empty, 0.0, found.value), found.converged | empty, found.iterations)


def q_profile_many(stack: Stack, *, level: float) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    """Bounds of the Q-profile interval of tau2 (m,), and where it is empty (both bounds are then 0)."""
    tail = (1 - level) / 2
    low = tau2_at_q(stack, _quantiles(1 - tail, stack.df)).value
    least = _quantiles(tail, stack.df)
    high = tau2_at_q(stack, least).value
    return low, high, stack.q(np.zeros(len(stack)))[0] < least


def tau2_at_q(stack: Stack, target: Floats) -> Between:
    """The tau2 at which generalised Q falls to ``target`` (m,) > 0; 0 where it is below that from the start."""
    m = len(stack)
    tau2, iterations = np.zeros(m), np.zeros(m, dtype=int)
    converged = np.ones(m, dtype=bool)
    where, part, now, wanted = np.arange(m), stack, np.zeros(m), target
    for _ in range(_MOST_PASSES):
        q, slope = part.q(now)
        with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
            step = q * (q - wanted) / (wanted * slope)
        new = now + np.where((q > wanted) & np.isfinite(step), step, 0.0)
        tau2[where] = new
        # Rounding ends the climb: the last steps are no longer positive, or too small to count.
        going = new - now > 4 * np.finfo(float).eps * (new + part.vmin)
        if not going.any():
            return Between(tau2, converged, iterations)
        iterations[where[going]] += 1
        if going.mean() < 0.7:
            where, part, now, wanted = where[going], part.take(going), new[going], wanted[going]
        else:
            now = new
    converged[where] = False
    return Between(tau2, converged, iterations)


def _quantiles(share: float, df: NDArray[np.int_]) -> Floats:
    values, index = np.unique(np.maximum(df, 1), return_inverse=True)
    found: Floats = np.array([chi2_quantile(share, int(value)) for value in values])[index]
    return found


def _closed(value: Floats) -> Between:
    m = len(value)
    return Between(np.maximum(value, 0.0), np.ones(m, dtype=bool), np.zeros(m, dtype=int))


def _share(top: Floats, bottom: Floats) -> Floats:
    return np.divide(top, bottom, out=np.zeros_like(top), where=bottom > 0)


def _total(stack: Stack) -> Floats:
    total: Floats = (1 / stack.v).sum(axis=0)
    return total


def _dersimonian_laird(stack: Stack) -> Between:
    sums = stack.at(np.zeros(len(stack)))
    return _closed(_share(sums.a1 - stack.df, sums.b1))


def _hedges(stack: Stack) -> Between:
    rss, expected = stack.unweighted()
    return _closed(_share(rss - expected, stack.df.astype(float)))


def _hunter_schmidt(stack: Stack) -> Between:
    return _closed((stack.q(np.zeros(len(stack)))[0] - stack.count) / _total(stack))


def _hunter_schmidt_k(stack: Stack) -> Between:
    inflated = _share(stack.count * stack.q(np.zeros(len(stack)))[0], stack.df.astype(float))
    return _closed((inflated - stack.count) / _total(stack))


def _sidik_jonkman(stack: Stack) -> Between:
    spread, _ = (Stack(stack.y, stack.v) if stack.design else stack).unweighted()
    start = spread / stack.count
    return _closed(_share(start * stack.q(start)[0], stack.df.astype(float)))


def _paule_mandel(stack: Stack) -> Between:
    return tau2_at_q(stack, np.maximum(stack.df, 1).astype(float))


def _median_unbiased(stack: Stack) -> Between:
    return tau2_at_q(stack, _quantiles(0.5, stack.df))


def _restricted_ml(stack: Stack) -> Between:
    return _most_likely(stack, restricted=True)


def _ml(stack: Stack) -> Between:
    return _most_likely(stack, restricted=False)


def _most_likely(stack: Stack, *, restricted: bool) -> Between:
    """Global maximum of the (restricted) likelihood over tau2 >= 0."""
    m = len(stack)
    tau2, iterations, converged = np.zeros(m), np.zeros(m, dtype=int), np.ones(m, dtype=bool)
    start = stack.at(np.zeros(m), restricted=restricted)
    usable = stack.df > 0
    rises = np.flatnonzero(usable & (start.a2 > start.b1))
    if rises.size:
        part = stack if rises.size == m else stack.take(rises)
        high = score_bound(part, restricted=restricted)
        found = _root(part, np.zeros(rises.size), high, _newton(np.zeros(m), start)[rises], restricted=restricted)
        tau2[rises], converged[rises], iterations[rises] = found.value, found.converged, found.iterations
    # With one contrast the restricted likelihood has one maximum; otherwise see the module's docstring.
    unsure = np.flatnonzero(usable & ~_single(start) & ~(restricted & (stack.df == 1)))
    if unsure.size:
        part = stack.take(unsure)
        doubtful = np.flatnonzero(~_only_maximum(part, _pick(start, unsure), tau2[unsure], restricted=restricted))
        where = unsure[doubtful]
        if where.size:
            found = _search(part.take(doubtful), tau2[where], restricted=restricted)
            tau2[where], converged[where] = found.value, converged[where] & found.converged
            iterations[where] += found.iterations
    return Between(tau2, converged, iterations)


def _pick(sums: Sums, columns: NDArray[np.intp]) -> Sums:
    return Sums(*(getattr(sums, name)[columns] for name in ("a1", "a2", "a3", "b1", "b2")))


def score_bound(stack: Stack, *, restricted: bool) -> Floats:
    """(m,) tau2 above which the score is negative for certain; see ``GeneralisedQ.score_bound``."""
    per = _share(stack.unweighted()[0], (stack.df if restricted else stack.count).astype(float))
    half = per / 2 - stack.vmin
    discriminant = half**2 - stack.vmin**2 + per * stack.vmax
    bound: Floats = np.maximum(0.0, half + np.sqrt(np.maximum(discriminant, 0.0)))
    # A hair more, so that a bound reached exactly (equal variances) lies inside.
    return bound * (1 + 1e-9)


def _root(stack: Stack, low: Floats, high: Floats, start: Floats, *, restricted: bool) -> Between:
    """Where the score falls through 0 between ``low`` (score > 0) and ``high`` (score <= 0).

    Newton's method on b1 / a2, which is a straight line in tau2 when variances are equal.
    """
    m = len(stack)
    tau2, iterations = np.zeros(m), np.zeros(m, dtype=int)
    converged = np.ones(m, dtype=bool)
    where, part = np.arange(m), stack
    now = np.where((start > low) & (start < high), start, _between(low, high, stack.vmin))
    for turn in range(_MOST_PASSES):
        sums = part.at(now, restricted=restricted)
        score = sums.a2 - sums.b1
        low, high = np.where(score > 0, now, low), np.where(score > 0, high, now)
        new = _newton(now, sums)
        close = np.abs(new - now) <= _CLOSE * (now + part.vmin)
        newton = (new > low) & (new < high)
        if turn >= _PATIENCE and turn % 3 == 0:
            newton[:] = False
        new = np.where(newton | close, np.clip(new, low, high), _between(low, high, part.vmin))
        done = close | (high - low <= 4 * np.finfo(float).eps * high)
        tau2[where] = new
        iterations[where] += 1
        if done.all():
            return Between(tau2, converged, iterations)
        if done.mean() > 0.3:
            keep = np.flatnonzero(~done)
            where, part, now, low, high = where[keep], part.take(keep), new[keep], low[keep], high[keep]
        else:
            now = np.where(done, now, new)
    converged[where] = False
    return Between(tau2, converged, iterations)


def _newton(tau2: Floats, sums: Sums) -> Floats:
    """One step of Newton's method on b1 / a2 = 1; NaN where that does not rise."""
    slope = 2 * sums.b1 * sums.a3 - sums.b2 * sums.a2
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        step: Floats = sums.a2 * (sums.a2 - sums.b1) / np.where(slope > 0, slope, np.nan)
    return tau2 + step


def _between(low: Floats, high: Floats, vmin: Floats) -> Floats:
    """The middle of brackets on the scale of log(vmin + tau2), never outside them."""
    return np.clip(np.sqrt((low + vmin) * (high + vmin)) - vmin, low, high)


def _single(sums: Sums) -> NDArray[np.bool_]:
    """Whether there is at most one root from here on."""
    single: NDArray[np.bool_] = sums.a1 * sums.b2 < 2 * sums.b1**2
    return single


def _only_maximum(stack: Stack, zero: Sums, known: Floats, *, restricted: bool) -> NDArray[np.bool_]:
    """Where the maximum ``known`` (0 or a root) is shown to be the only one, given the sums at 0."""
    shown = np.zeros(len(stack), dtype=bool)
    inner = np.flatnonzero(known > 0)
    for shares in (_HALF, _FINE):
        inner = inner[~shown[inner]]
        if inner.size:
            part = stack.take(inner)
            points = known[inner] * shares[:, None]
            shown[inner] = _one_sign(part, _pick(zero, inner), points, rising=True, restricted=restricted)
    edge = np.flatnonzero(known == 0)
    if edge.size:
        part = stack.take(edge)
        span = np.log1p(score_bound(part, restricted=restricted) / part.vmin)
        points = part.vmin * np.expm1(span * _WIDE[:, None])
        shown[edge] = _one_sign(part, _pick(zero, edge), points, rising=False, restricted=restricted)
    return shown


def _one_sign(stack: Stack, zero: Sums, points: Floats, *, rising: bool, restricted: bool) -> NDArray[np.bool_]:
    """Where the score is shown to keep its sign from 0 to the last of ``points`` (steps, m), with one root at most
    from there on."""
    low, left = np.zeros(len(stack)), zero
    shown = np.ones(len(stack), dtype=bool)
    for high in points:
        right = stack.at(high, restricted=restricted)
        shown &= (high <= low) | _cell(low, left, high, right, rising)
        low, left = high, right
    return shown & _single(left)


def _cell(low: Floats, left: Sums, high: Floats, right: Sums, rising: bool) -> NDArray[np.bool_]:
    """Whether a2 > b1 (``rising``) or a2 < b1 is shown for all tau2 from ``low`` to ``high``, given the sums there."""
    with np.errstate(invalid="ignore", divide="ignore"):
        sign = 1.0 if rising else -1.0
        at_low, at_high = sign * np.log(left.a2 / left.b1), sign * np.log(right.a2 / right.b1)
        # Tangents to the logarithm of the larger at both ends, less the chord of the logarithm of the smaller.
        if rising:
            chord = np.log(right.b1 / left.b1) / (high - low)
            down, up = -2 * left.a3 / left.a2 - chord, -2 * right.a3 / right.a2 - chord
        else:
            chord = np.log(right.a2 / left.a2) / (high - low)
            down, up = -left.b2 / left.b1 - chord, -right.b2 / right.b1 - chord
        # Lowest where the two lines cross.
        cross = np.clip(low + (at_high - at_low - up * (high - low)) / (down - up), low, high)
        lowest = np.maximum(at_low + down * (cross - low), at_high + up * (cross - high))
    shown: NDArray[np.bool_] = (at_low > 0) & (at_high > 0) & (lowest > 0)
    return shown


def _search(stack: Stack, known: Floats, *, restricted: bool) -> Between:
    """The highest of all maxima that a grid finds; ``known`` is one of them for each analysis."""
    m, bound = len(stack), score_bound(stack, restricted=restricted)
    # Features of the likelihood are no narrower than a factor in vi + tau2, so the grid is even in its logarithm.
    span = np.log1p(bound / stack.vmin)
    steps = int(np.clip(np.ceil(span.max(initial=0.0) / 0.1), 16, 500))
    grid = stack.vmin * np.expm1(span * np.linspace(0, 1, steps)[:, None])
    grid[-1] = bound
    positive = _rising(stack, grid, restricted=restricted)
    found = Between(known.copy(), np.ones(m, dtype=bool), np.full(m, steps))
    falls = np.vstack([~positive[0], positive[:-1] & ~positive[1:], positive[-1]])
    many = np.flatnonzero(falls.sum(axis=0) > 1)
    if many.size:
        best = _highest(stack.take(many), grid[:, many], falls[:, many], restricted=restricted)
        found.value[many], found.converged[many] = best.value, best.converged
    return found


def _highest(stack: Stack, grid: Floats, falls: NDArray[np.bool_], *, restricted: bool) -> Between:
    """The highest maximum; ``falls`` marks 0, the cells of ``grid``, and its end, where there is one."""
    step, column = np.nonzero(falls[1:-1])
    part, low, high = stack.take(column), grid[step, column], grid[step + 1, column]
    roots = _root(part, low, high, _between(low, high, part.vmin), restricted=restricted)
    edge, beyond = np.flatnonzero(falls[0]), np.flatnonzero(falls[-1])
    value = np.concatenate([np.zeros(edge.size), roots.value, grid[-1, beyond]])
    exact = np.concatenate([np.ones(edge.size, bool), roots.converged, np.zeros(beyond.size, bool)])
    column = np.concatenate([edge, column, beyond])
    height = stack.take(column).log_likelihood(value, restricted=restricted)
    order = np.lexsort((height, column))
    last = order[np.flatnonzero(np.diff(column[order], append=len(stack)))]
    return Between(value[last], exact[last], np.zeros(len(stack), dtype=int))


def _rising(stack: Stack, grid: Floats, *, restricted: bool) -> NDArray[np.bool_]:
    """Whether the score is positive at each point of ``grid`` (steps, m), many points in one pass."""
    steps, m = grid.shape
    at_once = max(1, BLOCK // (stack.v.shape[0] * m))
    positive = np.empty(grid.shape, dtype=bool)
    for first in range(0, steps, at_once):
        points = grid[first : first + at_once]
        sums = stack.take(np.tile(np.arange(m), len(points))).at(points.ravel(), restricted=restricted)
        positive[first : first + at_once] = (sums.a2 > sums.b1).reshape(points.shape)
    return positive


_METHODS: dict[str, Callable[[Stack], Between]] = {
    "REML": _restricted_ml,
    "DL": _dersimonian_laird,
    "PM": _paule_mandel,
    "ML": _ml,
    "EB": _paule_mandel,
    "PMM": _median_unbiased,
    "HE": _hedges,
    "HS": _hunter_schmidt,
    "HSk": _hunter_schmidt_k,
    "SJ": _sidik_jonkman,
}

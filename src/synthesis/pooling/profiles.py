"""Profiles: published rules for how to pool, held as data. A rule picks the interval by what was found."""

from __future__ import annotations

from dataclasses import dataclass

from synthesis.registry import Registry


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """One line of a rule: ``interval`` (key in ``INTERVALS``) is used if k and tau2 are as stated.

    ``why`` completes the sentence "Confidence interval: ... , because ...".
    """

    interval: str
    smallest_k: int
    needs_tau2: bool
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A rule for pooling.

    Attributes
    ----------
    key, label : str
        Name in ``PROFILES`` and in prose.
    tau2 : str
        The estimator the rule prescribes, a key in ``ESTIMATORS``.
    branches : tuple of Branch
        Tried in order with the random-effects model; the last one always fits. The common-effect model uses the
        last one.
    prediction_from_k : int
        Fewest effects for which a prediction interval is given.
    warn_if_narrower : bool
        Whether it is said when the interval is narrower than the common-effect Wald interval.
    reference : str
        Where the rule is stated.
    """

    key: str
    label: str
    tau2: str
    branches: tuple[Branch, ...]
    prediction_from_k: int
    warn_if_narrower: bool
    reference: str

    @property
    def options(self) -> dict[str, str]:
        """What ``pool`` needs to follow the rule: ``pool(effects, **PROFILES["metafor"].options)``."""
        return {"tau2": self.tau2, "ci": self.key}

    def branch(self, k: int, tau2: float) -> Branch:
        """The first branch that fits ``k`` effects and this ``tau2``."""
        return next(b for b in self.branches if k >= b.smallest_k and (tau2 > 0 or not b.needs_tau2))


PROFILES = Registry(
    "pooling profile",
    (
        Profile(
            key="cochrane-2025",
            label="Cochrane's current policy",
            tau2="REML",
            branches=(
                Branch(
                    interval="hartung-knapp",
                    smallest_k=3,
                    needs_tau2=True,
                    why="there are at least 3 studies and tau² is above 0",
                ),
                Branch(
                    interval="wald",
                    smallest_k=3,
                    needs_tau2=False,
                    why="tau² is 0, where the Hartung-Knapp interval can be too narrow",
                ),
                Branch(
                    interval="wald",
                    smallest_k=1,
                    needs_tau2=False,
                    why="with fewer than 3 studies the Hartung-Knapp interval is too wide to be of use",
                ),
            ),
            prediction_from_k=5,
            warn_if_narrower=True,
            reference="Cochrane Handbook 10.10.4.4; Cochrane random-effects methods policy, 2025",
        ),
        Profile(
            key="metafor",
            label="default of the R package metafor",
            tau2="REML",
            branches=(
                Branch(
                    interval="wald",
                    smallest_k=1,
                    needs_tau2=False,
                    why="this program uses the normal distribution unless told otherwise",
                ),
            ),
            prediction_from_k=2,
            warn_if_narrower=False,
            reference="Viechtbauer 2010, Journal of Statistical Software 36(3); rma.uni without further options",
        ),
        Profile(
            key="revman-5",
            label="Review Manager 5",
            tau2="DL",
            branches=(
                Branch(
                    interval="wald",
                    smallest_k=1,
                    needs_tau2=False,
                    why="this program has the normal distribution only",
                ),
            ),
            prediction_from_k=3,
            warn_if_narrower=False,
            reference="Deeks and Higgins 2010, Statistical algorithms in Review Manager 5 (without a "
            "prediction interval, which is added here)",
        ),
        Profile(
            key="dersimonian-laird-1986",
            label="DerSimonian and Laird's original method",
            tau2="DL",
            branches=(
                Branch(
                    interval="wald",
                    smallest_k=1,
                    needs_tau2=False,
                    why="the method as published uses the normal distribution",
                ),
            ),
            prediction_from_k=3,
            warn_if_narrower=False,
            reference="DerSimonian and Laird 1986, Controlled Clinical Trials 7:177-188 (without a prediction "
            "interval, which is added here)",
        ),
    ),
)

"""Reading reference results and collecting disagreements with them."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from parity.formulas import holds_constant, listed
from synthesis.effects.data import DATA_KINDS
from synthesis.effects.measures import MEASURES, effect_sizes
from synthesis.effects.model import EffectRow, Effects
from synthesis.errors import AnalysisError
from synthesis.pooling.glmm import GLMM_KINDS
from synthesis.pooling.mantel_haenszel import TABLE_METHODS
from synthesis.pooling.tau2 import ESTIMATORS

REFERENCE = Path(__file__).parent / "reference"

# Reference column name -> argument of the data kind. Cells come as events and non-events, or events and totals.
ARGUMENTS = {
    "ai": "events1", "n1i": "n1", "ci": "events2", "n2i": "n2",
    "m1i": "mean1", "sd1i": "sd1", "m2i": "mean2", "sd2i": "sd2",
    "x1i": "events1", "t1i": "time1", "x2i": "events2", "t2i": "time2",
    "xi": "events", "ti": "time", "ni": "n", "mi": "mean", "sdi": "sd", "ri": "correlation",
}  # fmt: skip
# The same letters mean other things for reliabilities (alpha, items) and for regressions (t value, predictors, R²).
RELIABILITY = {"ai": "alpha", "mi": "items", "ni": "n"}
REGRESSION = {"ti": "t", "ni": "n", "mi": "predictors", "r2i": "r_squared"}


def _data_of(call: dict[str, Any], reference: dict[str, Any]) -> dict[str, np.ndarray]:
    columns = {
        name: np.array([np.nan if v is None else v for v in reference["input"]["columns"][column]], dtype=float)
        for name, column in call["columns"].items()
    }
    for events, rest, total in (("ai", "bi", "n1i"), ("ci", "di", "n2i")):
        if rest in columns:
            columns[total] = columns[events] + columns.pop(rest)
    kind = MEASURES[call["measure"]].data
    if call["measure"] == "SMCR":
        # It rests on the spread before; the reference takes the spread after as an option.
        columns.setdefault("sd2i", columns["sd1i"])
    names = RELIABILITY if kind == "reliability" else REGRESSION if kind.startswith("t-value") else ARGUMENTS
    return {names[name]: values for name, values in columns.items()}


@pytest.fixture(scope="session")
def data_of() -> Callable[[dict[str, Any], dict[str, Any]], dict[str, np.ndarray]]:
    """The raw data an analysis was computed from, under this package's names."""
    return _data_of


@cache
def _load(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text(encoding="utf-8"))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "reference_file" in metafunc.fixturenames:
        folder = Path(metafunc.config.getoption("--reference"))
        files = sorted(folder.glob("*.json"))
        if not files:
            raise pytest.UsageError(f"--reference: no .json files in {folder}")
        metafunc.parametrize("reference_file", files, ids=[path.stem for path in files])


@pytest.fixture
def reference(reference_file: Path) -> dict[str, Any]:
    """One reference file, parsed."""
    return _load(reference_file)


@pytest.fixture(scope="session")
def load() -> Callable[[Path], dict[str, Any]]:
    """Parse a reference file; each is parsed once."""
    return _load


@dataclass
class Tally:
    """What was compared of one kind of analysis: which analyses, how many numbers, the worst relative difference."""

    analyses: set[tuple[str, str]] = field(default_factory=set)
    numbers: int = 0
    worst: float = 0.0
    where: str = ""
    # Numbers of which the reference has fewer digits than are asked for, and this package has them all.
    judged: int = 0


TALLIES: dict[str, Tally] = {}


class Disagreements:
    """Differences beyond tolerance, and how many numbers were compared."""

    # The kind of analysis that is being compared.
    kind = ""

    def __init__(self, *, may_judge: bool = True) -> None:
        self.lines: list[str] = []
        self.compared = 0
        self.may_judge = may_judge

    def number(
        self,
        where: str,
        found: float,
        expected: Any,
        *,
        rel: float,
        floor: float = 0.0,
        exact: Callable[[], float | None] | None = None,
        exact_rel: float = 1e-9,
    ) -> bool:
        """Compare one number: relative tolerance with an absolute floor.

        ``exact`` computes it with a hundred digits. It is asked only where the two differ, and only of another folder
        of results than the one in the repository: where the number found is the exact one and the reference is off by
        no more than 1 %, the reference has lost digits, and that is counted. Whether it has is returned.
        """
        self.compared += 1
        tally = TALLIES.setdefault(self.kind, Tally())
        tally.numbers += 1
        if expected is None:
            if not math.isnan(found):
                self.lines.append(f"{where}: found {found!r}, expected undefined")
            return False
        target = float(expected)
        # Where a number is compared absolutely, the difference counts as a share of the floor's tolerance.
        scale = max(abs(target), floor / rel if rel else 0.0)
        share = abs(found - target) / scale if found != target and scale > 0 else 0.0
        within = found == target or abs(found - target) <= max(rel * abs(target), floor)
        if not within and exact is not None and self.may_judge and (right := exact()) is not None:
            bound = exact_rel * abs(right) + min(floor, 1e-9)
            if abs(found - right) <= bound and abs(target - right) <= max(1e-2 * abs(right), 100 * floor):
                tally.judged += 1
                return True
        if share > tally.worst:
            tally.worst, tally.where = share, where
        if within:
            return False
        self.lines.append(f"{where}: found {found!r}, expected {target!r} (difference {found - target:.3g})")
        return False

    def judged(self) -> None:
        """Count a result of which the reference is known to be wrong; none in the repository is."""
        assert self.may_judge
        TALLIES.setdefault(self.kind, Tally()).judged += 1

    def numbers(self, where: str, found: Sequence[float], expected: Sequence[Any], *, rel: float, floor: Any) -> None:
        """Compare two lists; ``floor`` is one number or one per entry."""
        # A single number may stand by itself.
        expected = [expected] if np.ndim(expected) == 0 else expected
        if len(found) != len(expected):
            self.lines.append(f"{where}: found {len(found)} numbers, expected {len(expected)}")
            return
        for index, (a, b, low) in enumerate(zip(found, expected, np.broadcast_to(floor, len(found)), strict=True)):
            self.number(f"{where}[{index}]", float(a), b, rel=rel, floor=0.0 if math.isnan(low) else float(low))

    def p_value(self, where: str, found: float, expected: float) -> None:
        """Compare p values: by logarithm where they are too small for an absolute comparison to mean anything."""
        if min(found, expected) > 1e-200:
            self.number(where, found, expected, rel=1e-6, floor=1e-12)
        elif max(found, expected) > 1e-190:
            self.lines.append(f"{where}: found {found!r}, expected {expected!r}")

    def fail_if_any(self) -> None:
        """One failure that lists everything."""
        shown = "\n".join(self.lines[:40])
        assert not self.lines, f"{len(self.lines)} of {self.compared} numbers disagree\n{shown}"


# Back-transformations of the reference, and the scale they undo.
TRANSFORMS = {
    "exp": "log", "ilogit": "logit", "ztor": "fisher-z", "iarcsin": "arcsine", "iabt": "log-complement",
    "ipft.hm": "double-arcsine", "iirft": "double-sqrt",
}  # fmt: skip
# Kinds whose settings are looked up in a table of the package, and the setting that has to be there.
ESTIMATED = {
    "rma.uni", "tau2_ci", "weights", "leave1out", "meta_regression", "predict", "cumul", "influence", "subgroup",
    "gosh", "permutest", "residuals", "blup", "baujat", "radial", "trimfill", "tes",
}  # fmt: skip
# Kinds of which analyses without a result are run too: they have to end in a message or a result.
WITHOUT_RESULT = {"regtest", "trimfill", "tes", "rma.glmm"}
# Kinds that are read by themselves.
OTHER_KINDS = {
    "rma.uni_fixed_tau2", "rma.uni_weights", "anova_wald", "anova_lrt", "regtest", "ranktest", "fsn", "selmodel",
    "rma.mv", "mv_variance_ci", "network", "robust", "rma.mh", "rma.peto", "rma.glmm", "escalc", "predict_transf",
    "ranef",
}  # fmt: skip


def _no_adapter(analysis: dict[str, Any], reference: dict[str, Any]) -> str | None:
    """What about an analysis no reader knows; None if it is compared. An analysis without a result is compared too:
    this package must then fail with a message, or have an answer."""
    kind, call = analysis["kind"], analysis["call"]
    if kind not in ESTIMATED | OTHER_KINDS:
        return f"kind {kind}"
    tables = "pooled_by" in call or kind in ("rma.mh", "rma.peto")
    if tables:
        return None if call["measure"] in TABLE_METHODS else f"measure {call['measure']}"
    if kind == "escalc":
        known = call["measure"] in MEASURES and MEASURES[call["measure"]].function is not None
        return None if known else f"measure {call['measure']}"
    if kind == "rma.glmm":
        known = any(call["measure"] in entry.measures for entry in GLMM_KINDS.values())
        return None if known else f"measure {call['measure']}"
    if kind == "predict_transf":
        return None if call["transf"] in TRANSFORMS else f"transformation {call['transf']}"
    if kind in ESTIMATED and call["method"] != "EE" and call["method"] not in ESTIMATORS:
        return f"estimator {call['method']}"
    return None


def _problem(call: dict[str, Any], reference: dict[str, Any]) -> str | None:
    """What is impossible about raw data, such as a group of nobody; None if nothing is."""
    kind, data = DATA_KINDS[MEASURES[call["measure"]].data], _data_of(call, reference)
    return kind.problem(tuple(data[name] for name in kind.arguments))


def _part(analysis: dict[str, Any], reference: dict[str, Any]) -> str | None:
    """Why only a part of a result is compared: a key of ``PARTS`` in test_coverage, or None if all of it is."""
    kind, call, result = analysis["kind"], analysis["call"], analysis["result"]
    if (
        "columns" in call
        and kind in ("escalc", "rma.mh", "rma.peto", "rma.glmm", "leave1out")
        and _problem(call, reference)
    ):
        return "impossible rows"
    if result is None:
        return None
    if kind == "meta_regression" and not holds_constant(reference, call, listed(result["coef"])):
        return "no level"
    if kind == "tes" and call["method"] != "EE":
        # The reference integrates over the random effects; the dip in power around 0 is narrower than its steps.
        effects = reference["effects"][call["effects"]]
        mean = sum(effects["yi"]) / len(effects["yi"])
        spread = sum((y - mean) ** 2 for y in effects["yi"]) / len(effects["yi"])
        return "integration" if spread > 2e4 * min(effects["vi"]) else None
    if kind == "trimfill":
        yi = reference["effects"][call["effects"]]["yi"]
        return "equal effects" if max(yi) == min(yi) else None
    if kind == "regtest" and any("perfect fit" in warning for warning in analysis.get("warnings", ())):
        return "perfect fit"
    if kind == "regtest" and len(reference["effects"][call["effects"]]["yi"]) == 2:
        return "two studies"
    return None


@pytest.fixture(scope="session")
def scale_of() -> dict[str, str]:
    """Back-transformation of the reference -> key of the scale it undoes."""
    return TRANSFORMS


@pytest.fixture(scope="session")
def no_adapter() -> Callable[[dict[str, Any], dict[str, Any]], str | None]:
    """The one place that knows which analyses the readers can take."""
    return _no_adapter


@pytest.fixture(scope="session")
def part_of() -> Callable[[dict[str, Any], dict[str, Any]], str | None]:
    """The one place that decides of which results only a part is compared."""
    return _part


@pytest.fixture(scope="session")
def analyses_of() -> Callable[[dict[str, Any], str], Iterator[dict[str, Any]]]:
    """Analyses of one kind; " tables" is added for those on Mantel-Haenszel or Peto."""

    def select(reference: dict[str, Any], kind: str) -> Iterator[dict[str, Any]]:
        for analysis in reference["analyses"]:
            if (
                analysis["kind"] + (" tables" if "pooled_by" in analysis["call"] else "") == kind
                and _no_adapter(analysis, reference) is None
                and (analysis["result"] is not None or kind in WITHOUT_RESULT)
            ):
                TALLIES.setdefault(analysis["kind"], Tally()).analyses.add((reference["dataset"], analysis["id"]))
                Disagreements.kind = analysis["kind"]
                if _part(analysis, reference) == "impossible rows":
                    call = analysis["call"]
                    with pytest.raises(AnalysisError, match="cannot be computed"):
                        effect_sizes(call["measure"], _data_of(call, reference))
                    continue
                yield analysis

    return select


@pytest.fixture
def disagreements(pytestconfig: pytest.Config) -> Disagreements:
    """An empty collection of disagreements; the reference in the repository has all digits that are asked for."""
    return Disagreements(may_judge=Path(pytestconfig.getoption("--reference")).resolve() != REFERENCE.resolve())


@pytest.fixture(scope="session")
def as_effects() -> Callable[[Sequence[float], Sequence[float]], Effects]:
    """Plain yi and vi as an ``Effects`` object."""

    def build(yi: Sequence[float], vi: Sequence[float]) -> Effects:
        rows = (
            EffectRow(
                study=f"study{index}", result="result", label=f"Study {index}", yi=y, vi=v, n=None, route="contrast",
                read=True, design="rct", timepoint_months=None, intervention=None, comparator=None,
            )
            for index, (y, v) in enumerate(zip(yi, vi, strict=True))
        )  # fmt: skip
        return Effects(measure="MD", rows=tuple(rows))

    return build


def _report() -> str:
    """What was compared, kind by kind, as a table in Markdown."""
    lines = ["| Kind | Analyses | Numbers | Worst relative difference | Where |", "|---|---:|---:|---:|---|"]
    for kind, tally in sorted(TALLIES.items()):
        if kind:
            lost = f"; {tally.judged} where the reference has lost digits" if tally.judged else ""
            worst = f"{tally.worst:.0e}" if tally.worst else "0"
            lines.append(f"| `{kind}` | {len(tally.analyses)} | {tally.numbers} | {worst} | {tally.where}{lost} |")
    analyses, numbers = (sum(n) for n in zip(*((len(t.analyses), t.numbers) for t in TALLIES.values()), strict=True))
    lines.append(f"| all | {analyses} | {numbers} | | |")
    return "\n".join(lines)


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    if config.getoption("--parity-report") and TALLIES:
        terminalreporter.write_line("")
        terminalreporter.write_line(_report())

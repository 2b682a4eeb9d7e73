"""Do the default intervals cover what they claim? A simulation over numbers of studies and amounts of heterogeneity.

Run it with ``python validation/coverage.py``; it takes some seconds and writes ``validation/coverage.csv``,
``docs/explanation/coverage.svg`` and the table in ``docs/explanation/coverage.md``. The seed is fixed, so that the
numbers are the same on every run.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from pathlib import Path

import matplotlib
import numpy as np
from matplotlib.figure import Figure
from scipy.special import ndtr

from synthesis.pooling.batch import PooledMany, critical_values, pool_many

ROOT = Path(__file__).resolve().parents[1]
TABLE = Path(__file__).with_suffix(".csv")
PAGE = ROOT / "docs" / "explanation" / "coverage.md"
PICTURE = PAGE.with_suffix(".svg")

SEED = 20261123
DRAWS = 20_000
STUDIES = (2, 3, 5, 10, 20, 50)
SHARES = (0.0, 0.25, 0.5, 0.75, 0.9)
LEVEL = 0.95
RULES = {"cochrane-2025": "default rule", "wald": "Wald", "hartung-knapp": "Hartung–Knapp"}


@dataclass(frozen=True)
class Cell:
    """Coverage, as shares, with ``k`` studies and a true I2 of ``share``.

    ``width`` is the mean width of the confidence interval, in units of the root of the mean sampling variance;
    ``narrower`` the share of default intervals narrower than the Wald interval of the common-effect model.
    """

    k: int
    share: float
    rule: str
    mean: float
    prediction: float
    width: float
    narrower: float


def simulate(k: int, share: float) -> list[Cell]:
    """One cell of the grid, all rules on the same data.

    Sampling variances are log-uniform over a factor of 30, known as meta-analysis takes them to be; tau2 is set in each
    draw so that I2 is exactly ``share``; true effects and errors are normal, and the mean effect is 0.
    """
    generator = np.random.default_rng([SEED, k, round(100 * share)])
    v = np.exp(generator.uniform(np.log(0.02), np.log(0.6), (DRAWS, k)))
    weights = 1 / v
    typical = (k - 1) * weights.sum(axis=1) / (weights.sum(axis=1) ** 2 - (weights**2).sum(axis=1))
    tau2 = share / (1 - share) * typical
    y = generator.standard_normal((DRAWS, k)) * np.sqrt(v + tau2[:, None])
    common = 2 * critical_values(LEVEL, np.array([np.inf])) / np.sqrt(weights.sum(axis=1))
    return [_cell(pool_many(y, v, ci=rule, level=LEVEL), rule, share, tau2, v, common) for rule in RULES]


def _cell(found: PooledMany, rule: str, share: float, tau2: np.ndarray, v: np.ndarray, common: np.ndarray) -> Cell:
    covers = (found.ci_low <= 0) & (found.ci_high >= 0)
    half = critical_values(LEVEL, found.df) * np.sqrt(found.tau2 + found.se**2)
    width = found.ci_high - found.ci_low
    return Cell(
        k=v.shape[1],
        share=share,
        rule=rule,
        mean=float(covers.mean()),
        prediction=float(_new_studies(found.estimate - half, found.estimate + half, tau2).mean()),
        width=float((width / np.sqrt(v.mean(axis=1))).mean()),
        narrower=float((width < common * (1 - 1e-9)).mean()),
    )


def _new_studies(low: np.ndarray, high: np.ndarray, tau2: np.ndarray) -> np.ndarray:
    """Share of true effects in new studies that lie in each interval."""
    if not tau2.any():
        return ((low <= 0) & (high >= 0)).astype(float)
    tau = np.sqrt(tau2)
    return ndtr(high / tau) - ndtr(low / tau)


def as_csv(cells: list[Cell]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["k", "i2", "rule", "mean", "prediction", "width", "narrower"])
    for cell in cells:
        numbers = (f"{value:.4f}" for value in (cell.mean, cell.prediction, cell.width, cell.narrower))
        writer.writerow([cell.k, f"{cell.share:g}", cell.rule, *numbers])
    return text.getvalue()


def as_table(cells: list[Cell]) -> str:
    """Coverage in percent: one row per number of studies and rule, one column per I2."""
    found = {(cell.k, cell.rule, cell.share): cell for cell in cells}
    lines = []
    for title, field in (("the mean effect", "mean"), ("a new study's effect", "prediction")):
        lines += [f"Coverage of {title}, percent; {100 * LEVEL:.0f} is what is claimed.", ""]
        lines += ["| k | interval | " + " | ".join(f"I² {100 * share:.0f}%" for share in SHARES) + " |"]
        lines += ["|--:|---|" + "--:|" * len(SHARES)]
        for k in STUDIES:
            for rule, label in RULES.items():
                values = (f"{100 * getattr(found[k, rule, share], field):.1f}" for share in SHARES)
                lines.append(f"| {k} | {label} | " + " | ".join(values) + " |")
        lines.append("")
    return "\n".join(lines)


def draw(cells: list[Cell]) -> str:
    """Two rows of panels: the mean and a new study; one panel per I2."""
    looks = {
        "cochrane-2025": ("#000000", "o", "-"),
        "wald": ("#b3470f", "s", "--"),
        "hartung-knapp": ("#1f5fa8", "^", ":"),
    }
    figure = Figure(figsize=(9.0, 4.6), layout="constrained")
    panels = figure.subplots(2, len(SHARES), sharex=True, sharey="row", squeeze=False)
    for row, (field, label) in enumerate((("mean", "mean effect"), ("prediction", "new study"))):
        for column, share in enumerate(SHARES):
            panel = panels[row][column]
            panel.axhline(100 * LEVEL, color="#767676", linewidth=0.8)
            for rule, (colour, marker, dashes) in looks.items():
                mine = [cell for cell in cells if cell.rule == rule and cell.share == share]
                values = [100 * getattr(cell, field) for cell in mine]
                panel.plot([cell.k for cell in mine], values, color=colour, marker=marker, markersize=4,
                           linestyle=dashes, linewidth=1.2, label=RULES[rule])  # fmt: skip
            panel.set_xscale("log")
            panel.set_xticks(STUDIES, [str(k) for k in STUDIES])
            panel.minorticks_off()
            panel.tick_params(labelsize=8)
            if row == 0:
                panel.set_title(f"I² {100 * share:.0f}%", fontsize=9)
            else:
                panel.set_xlabel("studies", fontsize=9)
        panels[row][0].set_ylabel(f"coverage of the\n{label}, %", fontsize=9)
    panels[0][0].legend(fontsize=7, frameon=False, loc="lower right")
    text = io.StringIO()
    with matplotlib.rc_context({"svg.hashsalt": "coverage", "svg.fonttype": "path"}):
        figure.savefig(text, format="svg", metadata={"Date": None})
    return re.sub(r"[ \t]+$", "", text.getvalue(), flags=re.MULTILINE)


def main() -> None:
    cells = [cell for k in STUDIES for share in SHARES for cell in simulate(k, share)]
    TABLE.write_text(as_csv(cells), encoding="utf-8")
    PICTURE.write_text(draw(cells), encoding="utf-8")
    page = PAGE.read_text(encoding="utf-8")
    start, end = "<!-- results -->", "<!-- end of results -->"
    before, _, rest = page.partition(start)
    PAGE.write_text(f"{before}{start}\n\n{as_table(cells)}\n{end}{rest.partition(end)[2]}", encoding="utf-8")


if __name__ == "__main__":
    main()

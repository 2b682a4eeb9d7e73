"""Measure meta-analyses in bulk beside metafor, PyMARE and statsmodels: same data, same machine, one run.

Run it with ``make bench-metafor``. It needs R with metafor and jsonlite, on Debian the packages ``r-base-core``,
``r-cran-metafor`` and ``r-cran-jsonlite``; PyMARE and statsmodels are installed into an environment of their own under
``build/``. The result goes to ``benchmarks/metafor.md``. A full run takes some ten minutes, nearly all of it metafor's.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

import synthesis as syn
from synthesis.diagnostics.gosh import gosh_arrays
from synthesis.diagnostics.leave_one_out import leave_one_out, leave_one_out_arrays
from synthesis.diagnostics.permutation import permutation_test
from synthesis.effects.model import EffectRow, Effects
from synthesis.pooling.batch import pool_many
from synthesis.pooling.pool import pool_arrays

ROOT = Path(__file__).resolve().parents[1]
HERE = Path(__file__).resolve().parent
REPORT = Path(__file__).with_suffix(".md")
PEERS = ROOT / "build" / "bench-peers"
RUNS = 5
SEED = 20261123

Arrays = dict[str, Any]

QUESTION = "cocaine-abstinence"

MEMORY = """
import resource, sys
import numpy as np
from synthesis.pooling.batch import pool_many
from synthesis.pooling.pool import pool_arrays
generator = np.random.default_rng(int(sys.argv[1]))
v = np.exp(generator.uniform(np.log(0.02), np.log(0.6), 50_000))
y = generator.normal(0.2, np.sqrt(v + 0.1))
(pool_many if sys.argv[2] == "many" else pool_arrays)(y, v)
sys.stdout.write(str(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024))
"""


@dataclass(frozen=True)
class Row:
    """One line of the table: what was done, in how many seconds by whom, and how that compares."""

    task: str
    ours: float
    other: str
    theirs: float | None
    target: float | None
    remark: str
    one_pass: float | None

    def met(self) -> bool:
        """Whether there is a target and it is reached."""
        return self.theirs is not None and self.target is not None and self.theirs / self.ours >= self.target

    def cells(self) -> tuple[str, ...]:
        ratio = None if self.theirs is None else self.theirs / self.ours
        return (
            self.task,
            seconds(self.ours),
            self.other,
            "" if self.theirs is None else seconds(self.theirs),
            "" if ratio is None else f"{ratio:,.0f}×" if ratio >= 20 else f"{ratio:.1f}×",
            "" if self.target is None else f"{self.target:,.0f}×",
            "" if self.target is None else "yes" if self.met() else "**no**",
            "" if self.one_pass is None else f"{self.ours / self.one_pass:,.0f}",
            self.remark,
        )


def seconds(value: float) -> str:
    return f"{value:.1f} s" if value >= 1 else f"{1e3 * value:.3g} ms"


def simulated(n: int, k: int, stream: int) -> Arrays:
    """``n`` meta-analyses of ``k`` studies: variances over a factor of 30, tau2 from none to considerable."""
    generator = np.random.default_rng([SEED, stream])
    v = np.exp(generator.uniform(np.log(0.02), np.log(0.6), (n, k)))
    tau2 = generator.choice([0.0, 0.05, 0.2], (n, 1))
    return {"y": generator.normal(0.2, np.sqrt(v + tau2)), "v": v}


def one_set(k: int, stream: int) -> Arrays:
    generator = np.random.default_rng([SEED, stream])
    v = np.exp(generator.uniform(np.log(0.02), np.log(0.6), k))
    return {"y": generator.normal(0.2, np.sqrt(v + 0.1)), "v": v}


def median(task: Callable[[], Any]) -> tuple[float, Any]:
    times, result = timed(task)
    return statistics.median(times), result


def timed(task: Callable[[], Any]) -> tuple[list[float], Any]:
    times, result = [], task()
    for _ in range(RUNS):
        start = time.perf_counter()
        result = task()
        times.append(time.perf_counter() - start)
    return times, result


def around(task: Callable[[], Any], others: Callable[[], Any]) -> tuple[float, Any, Any]:
    """The median of runs before and after what it is compared with, so that a busy moment hits both or neither."""
    before, found = timed(task)
    theirs = others()
    after, _ = timed(task)
    return statistics.median([*before, *after]), found, theirs


def reading(*arrays: np.ndarray) -> float:
    """Seconds to read the numbers once: the sum of each array."""
    return median(lambda: [array.sum() for array in arrays])[0]


def other(command: list[str], task: str, data: Arrays) -> dict[str, Any]:
    """Run a task elsewhere, in a process of its own; it says how long the task itself took."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "data.json"), Path(folder, "result.json")
        source.write_text(json.dumps({name: np.asarray(value).tolist() for name, value in data.items()}))
        subprocess.run([*command, task, str(source), str(target)], check=True)
        found: dict[str, Any] = json.loads(target.read_text())
    return found


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def metafor(task: str, data: Arrays) -> dict[str, Any]:
    say(f"metafor: {task}")
    return other(["Rscript", str(HERE / "metafor.R")], task, data)


def peer(task: str, data: Arrays) -> dict[str, Any]:
    say(f"peers: {task}")
    return other([str(PEERS / "bin" / "python"), str(HERE / "metafor_peers.py")], task, data)


def prepare() -> None:
    """Say what is missing; make the environment of the peers."""
    if shutil.which("Rscript") is None:
        sys.exit("Rscript is not on PATH; on Debian: apt install r-base-core r-cran-metafor r-cran-jsonlite")
    if not (PEERS / "bin" / "python").exists():
        venv.create(PEERS, with_pip=True)
    install = [str(PEERS / "bin" / "python"), "-m", "pip", "install", "--quiet", "pymare", "statsmodels"]
    subprocess.run(install, check=True)


def compared(found: np.ndarray, theirs: list[float | None]) -> float:
    """Largest difference where the other program has an answer."""
    values = np.array([np.nan if value is None else value for value in theirs], dtype=float)
    return float(np.nanmax(np.abs(np.ravel(found) - values)))


def many_fits() -> list[Row]:
    data = simulated(10_000, 10, 1)
    once = reading(data["y"], data["v"])
    r = metafor("fits", data)
    ours, found, stacked = around(
        lambda: pool_many(data["y"], data["v"], ci="hartung-knapp"), lambda: peer("stacked", data)
    )
    some = {name: values[:1000] for name, values in data.items()}
    pm, their_pm = median(lambda: pool_many(some["y"], some["v"], tau2="PM"))[0], peer("paule-mandel", some)
    gap = compared(found.estimate, r["values"]["estimate"])
    remark = (
        f"{r['failed']} of 10,000 did not converge there, {int(np.sum(~found.converged))} here; estimates within "
        f"{gap:.0e} where both have one"
    )
    task = "10,000 REML + Hartung–Knapp fits, k = 10"
    tau2 = compared(found.tau2, stacked["tau2"])
    return [
        Row(task, ours, "metafor", r["seconds"], 400, remark, once),
        Row(task, ours, "PyMARE, stacked", stacked["seconds"], 3, f"tau² within {tau2:.0e}", once),
        Row("1,000 Paule–Mandel fits, k = 10", pm, "statsmodels", their_pm["seconds"], None, "it has no REML",
            reading(some["y"], some["v"])),
    ]  # fmt: skip


def subsets() -> list[Row]:
    rows = []
    for k, ask, target in ((13, 8191, 8191), (18, 100_000, 10_000)):
        data = one_set(k, k)
        # Bound as defaults, since the loop goes on; the checker cannot tell their types.
        ours, found = median(lambda data=data, ask=ask: gosh_arrays(data["y"], data["v"], subsets=ask))  # type: ignore[misc]
        full = found.include.astype(float)
        r = metafor("gosh", {**data, "which": target})
        scaled = r["seconds"] * len(found) / r["count"]
        remark = f"{r['failed']} of {r['count']:,} without a result there"
        if len(found) != r["count"]:
            remark += f"; metafor timed on {r['count']:,} ({r['seconds']:.0f} s) and scaled up"
        rows.append(
            Row(f"GOSH (REML), {len(found):,} subsets of k = {k}", ours, "metafor", scaled, 400, remark,
                reading(full, full.copy()))
        )  # fmt: skip
    return rows


def permutations() -> list[Row]:
    data: Arrays = {**one_set(20, 3), "draws": 1000}
    data["x"] = np.random.default_rng([SEED, 33]).normal(size=20)
    r = metafor("permutations", data)
    ours, found, p = around(
        lambda: permutation_test(data["y"], data["v"], {"x": data["x"]}, draws=1000),
        lambda: peer("permutations", data),
    )
    once = reading(np.ones((1000, 20)), np.ones((1000, 20)))
    task = "1,000 permutations, one moderator, k = 20"
    remark = f"p {found.p[1]:.3f}, there {r['values']['p']:.3f} (random)"
    return [
        Row(task, ours, "metafor", r["seconds"], 150, remark, once),
        Row(task, ours, "PyMARE", p["seconds"], 1, f"p there {p['p'][-1]:.3f}", once),
    ]


def omissions() -> list[Row]:
    data = one_set(500, 4)
    rows = tuple(
        EffectRow(
            study=f"s{i}", result="r", label=f"Study {i}", yi=float(y), vi=float(v), n=None, route="contrast",
            read=True, design="rct", timepoint_months=None, intervention=None, comparator=None,
        )
        for i, (y, v) in enumerate(zip(data["y"], data["v"], strict=True))
    )  # fmt: skip
    effects = Effects(measure="MD", rows=rows)
    full, found = median(lambda: leave_one_out(effects, ci="wald"))
    bare, _ = median(lambda: leave_one_out_arrays(data["y"], data["v"], ci="wald"))
    r = metafor("omissions", data)
    gap = compared(np.array([omission.pooled.estimate for omission in found]), r["values"]["estimate"])
    once = reading(np.ones((500, 500)), np.ones((500, 500)))
    return [
        Row("leave-one-out (REML), k = 500", full, "metafor", r["seconds"], 1000,
            f"here with all weights and Q-profile intervals, which it does not give; estimates within {gap:.0e}", once),
        Row("the same numbers as metafor gives, as arrays", bare, "metafor", r["seconds"], 1000, "same run of metafor",
            once),
    ]  # fmt: skip


def large() -> list[Row]:
    data = one_set(3000, 5)
    ours, found = median(lambda: pool_many(data["y"], data["v"], ci="wald"))
    with_interval, _ = median(lambda: pool_arrays(data["y"], data["v"], ci="wald"))
    r, p = metafor("one", data), peer("one", data)
    once, gap = reading(data["y"], data["v"]), compared(found.tau2, [r["values"]["tau2"]])
    huge = one_set(50_000, 6)
    many, _ = median(lambda: pool_many(huge["y"], huge["v"], ci="wald"))
    single, _ = median(lambda: pool_arrays(huge["y"], huge["v"], ci="wald"))
    p_huge, once_huge = peer("one", huge), reading(huge["y"], huge["v"])
    memory = {name: peak(name) for name in ("many", "single")}
    none = "metafor needs 20 GB per matrix here: not run"
    return [
        Row("one REML fit, k = 3,000", ours, "metafor", r["seconds"], 5000, f"tau² within {gap:.0e}", once),
        Row("the same", ours, "PyMARE", p["seconds"], None, "", once),
        Row("`pool`, with the Q-profile interval, k = 3,000", with_interval, "metafor, without it", r["seconds"], None,
            "same run of metafor", once),
        Row("one REML fit, k = 50,000", many, "PyMARE", p_huge["seconds"], None,
            f"peak memory {memory['many']:.0f} MiB with Python and NumPy; {none}", once_huge),
        Row("`pool`, with the Q-profile interval, k = 50,000", single, "none", None, None,
            f"peak memory {memory['single']:.0f} MiB", once_huge),
    ]  # fmt: skip


def peak(which: str) -> float:
    """Peak memory in MiB of a process that fits k = 50,000 once."""
    run = subprocess.run([sys.executable, "-c", MEMORY, str(SEED), which], check=True, capture_output=True, text=True)
    return float(run.stdout)


def cold_start() -> list[Row]:
    effects = syn.analyse(syn.open(ROOT), QUESTION).effects
    data = {"y": effects.yi, "v": effects.vi}
    with tempfile.TemporaryDirectory() as folder:
        source, plot = Path(folder, "data.json"), str(Path(folder, "plot.svg"))
        source.write_text(json.dumps({name: value.tolist() for name, value in data.items()}))
        mine = [sys.executable, str(HERE / "metafor_forest.py"), str(ROOT), QUESTION, plot]
        r = ["Rscript", str(HERE / "metafor_forest.R"), str(source), plot]
        ours, _ = median(lambda: subprocess.run(mine, check=True))
        theirs, _ = median(lambda: subprocess.run(r, check=True))
    remark = "here with every record loaded, checked and analysed; there from yi and vi"
    return [
        Row(f"cold start to first forest plot, k = {len(effects)}", ours, "metafor", theirs, None, remark, None)
    ]  # fmt: skip


def report(rows: list[Row], busy: tuple[float, float, float]) -> str:
    """The table in words a reader can check."""
    r = subprocess.run(
        ["Rscript", "-e", "cat(as.character(packageVersion('metafor')), R.version$minor)"],
        check=True, capture_output=True, text=True,
    ).stdout.split()  # fmt: skip
    peers = json.loads(
        subprocess.run(
            [str(PEERS / "bin" / "python"), "-m", "pip", "list", "--format", "json", "--disable-pip-version-check"],
            check=True, capture_output=True, text=True,
        ).stdout
    )  # fmt: skip
    aimed = [row for row in rows if row.target is not None]
    versions = {item["name"].lower(): item["version"] for item in peers}
    head = ("task", "here", "beside", "there", "ratio", "target", "met", "passes", "remarks")
    lines = [
        "# Meta-analyses in bulk, beside metafor, PyMARE and statsmodels",
        "",
        f"Written by `benchmarks/metafor.py` on {datetime.now(UTC):%Y-%m-%d}. Python {platform.python_version()}, "
        f"NumPy {np.__version__}, metafor {r[0]} (R 4.{r[1]}), PyMARE {versions['pymare']}, statsmodels "
        f"{versions['statsmodels']}; {platform.system()} {platform.machine()}, {os.cpu_count()} processors. All in one "
        f"run, one process at a time. Times here and of PyMARE are medians of {RUNS} runs after a first one, those of "
        "metafor and of statsmodels of a single run. Ratios above 1 mean faster here. *Passes* says how many times "
        "longer a task takes here than summing the numbers it works on once (effects and variances, for every "
        f"analysis). The machine was shared: {busy[0]:.1f} processes were waiting for its processors in the minute "
        f"before the run and {os.getloadavg()[1]:.1f} in its last five, which lengthens every time, and those of long "
        "runs most.",
        "",
        "| " + " | ".join(head) + " |",
        "|---|--:|---|--:|--:|--:|---|--:|---|",
        *("| " + " | ".join(row.cells()) + " |" for row in rows),
        "",
        f"{sum(row.met() for row in aimed)} of {len(aimed)} targets are met.",
        "",
        *NOTES,
    ]
    return "\n".join(lines) + "\n"


NOTES = (
    "The likelihood of a random-effects model can have several maxima. "
    "Every fit here ends in the highest: for most analyses a bound proves that there is only one, the others are "
    "searched on a grid (`src/synthesis/pooling/batch_tau2.py`). The other programs climb from one starting point.",
    "",
    "Why it takes hundreds of passes and not one: a fit evaluates the score some five to ten times, the proof "
    "included; each evaluation is about fourteen operations on whole arrays, which also write and divide and so cost "
    "two to three times as much as reading; and small blocks, which stay in the cache, spend as long on starting an "
    "operation as on carrying it out. A compiled loop would save most of that, at the price of a compiler or a wheel "
    "per platform.",
)


def main() -> None:
    prepare()
    busy = os.getloadavg()
    parts = (cold_start, many_fits, subsets, permutations, large, omissions)
    rows = [row for part in parts for row in part()]
    REPORT.write_text(report(rows, busy), encoding="utf-8")
    say(REPORT.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()

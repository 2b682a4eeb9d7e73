"""Timed tasks in PyMARE and statsmodels; run by metafor.py in an environment of its own, on the same data."""

from __future__ import annotations

import json
import statistics
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pymare
import statsmodels
from pymare import Dataset
from pymare.estimators import VarianceBasedLikelihoodEstimator
from statsmodels.stats.meta_analysis import combine_effects

RUNS = 5


def median(task: Callable[[], Any]) -> tuple[float, Any]:
    seconds = []
    for _ in range(RUNS):
        start = time.perf_counter()
        result = task()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds), result


def stacked(data: dict[str, np.ndarray]) -> tuple[float, dict[str, Any]]:
    y, v = data["y"].T.copy(), data["v"].T.copy()
    x = np.ones((len(y), 1))

    def fit() -> np.ndarray:
        return VarianceBasedLikelihoodEstimator(method="REML").fit(y, v, x).params_["tau2"]

    seconds, tau2 = median(fit)
    return seconds, {"count": y.shape[1], "tau2": np.asarray(tau2).ravel().tolist()}


def one(data: dict[str, np.ndarray]) -> tuple[float, dict[str, Any]]:
    y, v = data["y"][:, None], data["v"][:, None]
    x = np.ones((len(y), 1))

    def fit() -> Any:
        return VarianceBasedLikelihoodEstimator(method="REML").fit(y, v, x).params_["tau2"]

    seconds, tau2 = median(fit)
    return seconds, {"count": 1, "tau2": np.asarray(tau2).ravel().tolist()}


def permutations(data: dict[str, Any]) -> tuple[float, dict[str, Any]]:
    frame = pd.DataFrame({"y": data["y"], "v": data["v"], "x": data["x"]})
    dataset = Dataset(data=frame, y="y", v="v", X=["x"], add_intercept=True)
    results = VarianceBasedLikelihoodEstimator(method="REML").fit_dataset(dataset).summary()
    seconds, found = median(lambda: results.permutation_test(int(data["draws"])))
    return seconds, {"count": int(data["draws"]), "p": np.asarray(found.perm_p["fe_p"]).ravel().tolist()}


def paule_mandel(data: dict[str, np.ndarray]) -> tuple[float, dict[str, Any]]:
    start = time.perf_counter()
    for y, v in zip(data["y"], data["v"], strict=True):
        combine_effects(y, v, method_re="iterated")
    return time.perf_counter() - start, {"count": len(data["y"])}


TASKS = {"stacked": stacked, "one": one, "permutations": permutations, "paule-mandel": paule_mandel}


def main() -> None:
    task, source, target = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    data = {name: np.array(value) for name, value in json.loads(source.read_text()).items()}
    # What their iterations warn about on the way is not what is timed here.
    warnings.simplefilter("ignore")
    seconds, result = TASKS[task](data)
    result |= {"seconds": seconds, "versions": {"PyMARE": pymare.__version__, "statsmodels": statsmodels.__version__}}
    target.write_text(json.dumps(result))


if __name__ == "__main__":
    main()

"""Chunks, workers, progress and stopping."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from multiprocessing import get_context

import numpy as np
import pytest
from distributed import Client, LocalCluster

from synthesis.diagnostics.bootstrap import bootstrap_arrays
from synthesis.diagnostics.gosh import gosh_arrays
from synthesis.diagnostics.permutation import permutation_test
from synthesis.errors import UsageError
from synthesis.pooling import jobs
from synthesis.pooling.jobs import Chunk, chunks, run

RNG = np.random.default_rng(3)
V = RNG.uniform(0.05, 0.5, 9)
Y = RNG.normal(0.2, np.sqrt(V + 0.1))


def numbers(chunk: Chunk) -> list[int]:
    return list(range(chunk.start, chunk.stop))


def drawn(chunk: Chunk) -> tuple[int, list[float]]:
    # Long enough for the other worker to start.
    time.sleep(0.05)
    return os.getpid(), chunk.generator().random(len(chunk)).tolist()


def stop_at_second(done: int, total: int) -> None:
    if done == 2:
        raise KeyboardInterrupt


@pytest.fixture(scope="module")
def processes() -> Iterator[Executor]:
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        yield pool


@pytest.fixture(scope="module")
def cluster() -> Iterator[Executor]:
    """A Dask cluster of two worker processes on this machine's loopback."""
    with (
        LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, host="127.0.0.1", dashboard_address=None
        ) as started,
        Client(started) as client,
    ):
        yield client.get_executor()


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "_CHUNK", 1 << 9)


def test_chunks_cover_everything_and_depend_on_the_work_alone(small_chunks: None) -> None:
    work = chunks(1000, 10, seed=4)
    assert [number for chunk in work for number in numbers(chunk)] == list(range(1000))
    assert len({len(chunk) for chunk in work[:-1]}) == 1 and len(work) > 10
    assert work == chunks(1000, 10, seed=4)
    assert [len(chunk) for chunk in chunks(3, 10**9)] == [1, 1, 1]


def test_streams_differ_by_chunk_and_seed() -> None:
    first = {
        (chunk.index, seed): chunk.generator().random() for seed in (0, 1) for chunk in chunks(3, 10**9, seed=seed)
    }
    assert len(set(first.values())) == 6


def test_a_negative_seed_is_refused() -> None:
    with pytest.raises(UsageError, match="seed is -1"):
        chunks(3, 1, seed=-1)


def test_results_come_in_the_order_of_the_chunks(small_chunks: None) -> None:
    work = chunks(1000, 10)
    with ThreadPoolExecutor(3) as pool:
        spread = run(numbers, work, executor=pool)
    assert spread == run(numbers, work) == [numbers(chunk) for chunk in work]


@pytest.mark.parametrize("where", ["processes", "cluster"])
def test_any_number_of_workers_gives_the_same_bits(
    where: str, request: pytest.FixtureRequest, small_chunks: None
) -> None:
    executor = request.getfixturevalue(where)
    tasks = {
        "gosh": partial(gosh_arrays, Y, V),
        "random gosh": partial(gosh_arrays, Y, V, subsets=300, seed=5),
        "bootstrap": partial(bootstrap_arrays, Y, V, draws=300),
        "parametric": partial(bootstrap_arrays, Y, V, draws=300, resampling="parametric"),
    }
    for name, task in tasks.items():
        here, there = task(), task(executor=executor)
        for field in ("estimate", "tau2"):
            assert np.array_equal(getattr(here, field), getattr(there, field)), (name, field)
    moderator = {"x": np.arange(9.0)}
    here = permutation_test(Y, V, moderator, draws=400)
    assert here == permutation_test(Y, V, moderator, draws=400, executor=executor)


@pytest.mark.parametrize("where", ["processes", "cluster"])
def test_work_is_done_by_two_other_processes(where: str, request: pytest.FixtureRequest, small_chunks: None) -> None:
    work = chunks(1000, 10, seed=2)
    found = run(drawn, work, executor=request.getfixturevalue(where))
    assert os.getpid() not in {process for process, _ in found}
    assert len({process for process, _ in found}) == 2
    assert [values for _, values in found] == [values for _, values in run(drawn, work)]


@pytest.mark.parametrize("threads", [0, 2])
def test_progress_counts_to_the_total(threads: int, small_chunks: None) -> None:
    seen: list[tuple[int, int]] = []
    work = chunks(1000, 10)
    if threads:
        with ThreadPoolExecutor(threads) as pool:
            run(numbers, work, executor=pool, progress=lambda done, total: seen.append((done, total)))
    else:
        run(numbers, work, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(done, len(work)) for done in range(1, len(work) + 1)]


def test_a_stop_cancels_what_has_not_begun(small_chunks: None) -> None:
    begun: list[int] = []
    gate = threading.Event()

    def task(chunk: Chunk) -> int:
        begun.append(chunk.index)
        if chunk.index >= 2:
            gate.wait(10)
        return chunk.index

    def stop(done: int, total: int) -> None:
        if done == 2:
            threading.Timer(0.2, gate.set).start()
            raise KeyboardInterrupt

    work = chunks(1000, 10)
    with ThreadPoolExecutor(1) as pool:
        with pytest.raises(KeyboardInterrupt):
            run(task, work, executor=pool, progress=stop)
        # What had begun was waited for, and the pool can be used again.
        assert len(begun) <= 3 < len(work)
        assert pool.submit(len, "ab").result() == 2
    assert len(begun) <= 3


@pytest.mark.parametrize("where", ["processes", "cluster"])
def test_workers_can_be_used_again_after_a_stop(where: str, request: pytest.FixtureRequest, small_chunks: None) -> None:
    executor = request.getfixturevalue(where)
    work = chunks(2000, 10)
    with pytest.raises(KeyboardInterrupt):
        run(numbers, work, executor=executor, progress=stop_at_second)
    assert run(numbers, work[:3], executor=executor) == [numbers(chunk) for chunk in work[:3]]


def test_a_failing_chunk_stops_the_job(small_chunks: None) -> None:
    def fail(chunk: Chunk) -> None:
        raise ValueError(f"chunk {chunk.index}")

    with ThreadPoolExecutor(1) as pool, pytest.raises(ValueError, match="chunk 0"):
        run(fail, chunks(1000, 10), executor=pool)

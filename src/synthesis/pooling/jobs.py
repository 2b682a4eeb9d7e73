"""Work split into chunks, so that it can be spread over processes or machines and still give the same numbers.

How work is split depends on the work alone, and each chunk draws from a random stream of its own. Who carries a chunk
out, and in which order, therefore changes nothing: one worker or a hundred, the results are the same bit for bit.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future, as_completed, wait
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from synthesis.errors import UsageError

Result = TypeVar("Result")
Progress = Callable[[int, int], None]

# Numbers in one chunk: some hundredths of a second of work, much more than it takes to send it.
_CHUNK = 1 << 17


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """Items ``start`` to ``stop`` (not included) of a job; ``index`` counts chunks from 0."""

    index: int
    start: int
    stop: int
    seed: int

    def __len__(self) -> int:
        return self.stop - self.start

    def generator(self) -> np.random.Generator:
        """The random stream that belongs to this chunk of a job with this seed."""
        return np.random.default_rng(np.random.SeedSequence(self.seed, spawn_key=(self.index,)))


def chunks(n: int, size: int, *, seed: int = 0) -> tuple[Chunk, ...]:
    """``n`` items of ``size`` numbers each, in chunks of a fixed amount of work.

    Raises
    ------
    UsageError
        If the seed is negative.
    """
    if seed < 0:
        raise UsageError(f"seed is {seed}; it must be a whole number of 0 or more")
    step = max(1, _CHUNK // size)
    starts = range(0, n, step)
    return tuple(
        Chunk(index=index, start=start, stop=min(start + step, n), seed=seed) for index, start in enumerate(starts)
    )


def run(
    task: Callable[[Chunk], Result],
    work: Sequence[Chunk],
    *,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> list[Result]:
    """Carry out ``task`` on every chunk.

    Parameters
    ----------
    task : callable
        Chunk -> result; with an executor it and its results must be picklable.
    work : sequence of Chunk
    executor : concurrent.futures.Executor, optional
        Where to run: a ``ProcessPoolExecutor``, a Dask ``Client.get_executor()``, ...; here, one by one, by default.
    progress : callable, optional
        Called as ``progress(done, total)`` in chunks, in this thread. If it raises, the job stops: chunks that have
        not begun are cancelled, and the exception is passed on. The same happens on Ctrl-C.

    Returns
    -------
    list
        One result per chunk, in the order of the chunks.
    """
    if executor is None:
        results = []
        for chunk in work:
            results.append(task(chunk))
            if progress is not None:
                progress(len(results), len(work))
        return results
    futures: list[Future[Result]] = []
    try:
        # One by one, so that a stop while chunks are still being handed over also reaches those handed over.
        for chunk in work:
            futures.append(executor.submit(task, chunk))
        for done, future in enumerate(as_completed(futures), start=1):
            future.result()
            if progress is not None:
                progress(done, len(work))
    except BaseException:
        # What has begun cannot be called back; it is waited for, so that nothing runs on after this call.
        wait([future for future in futures if not future.cancel()])
        raise
    return [future.result() for future in futures]

"""Issue editions in child processes and kill each at a random moment; run as a program by ``test_kills``.

After every kill there is the whole edition or none, and every edition issued before is as it was. Prints how many were
killed before the edition was there, and how many after.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import sys
import time
from pathlib import Path

from editions.tiny_project import make_project, quick_build
from synthesis.editions.issue import Request, issue
from synthesis.editions.read import editions_of
from synthesis.editions.verify import intact

KILLS = 200


def request(edition: str) -> Request:
    return Request(briefing="referral", edition=edition, type="new-evidence", date="2026-01-05")


def forked(root: Path, edition: str) -> int:
    child = os.fork()
    if child == 0:
        try:
            issue(root, request(edition), build=quick_build)
        finally:
            os._exit(0)
    return child


def seconds(root: Path) -> float:
    """How long issuing takes here, from fork to end."""
    started = time.perf_counter()
    os.waitpid(forked(root, "timed"), 0)
    taken = time.perf_counter() - started
    assert [item.id for item in editions_of(root, "referral")] == ["first", "timed"]
    shutil.rmtree(root / "briefings" / "referral" / "timed")
    return taken


def main(root: Path) -> None:
    make_project(root)
    issue(root, request("first"), build=quick_build)
    folder = root / "briefings" / "referral"
    before = {path.name: path.read_bytes() for path in (folder / "first").iterdir()}
    span = max(seconds(root), seconds(root))
    moments = random.Random(1)
    count = {"none": 0, "whole": 0}
    for _ in range(KILLS):
        child = forked(root, "next")
        time.sleep(moments.uniform(0, span))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        found = editions_of(root, "referral")
        assert [item.id for item in found] in (["first"], ["first", "next"]), found
        assert [intact(root, item) for item in found] == [()] * len(found)
        assert {path.name: path.read_bytes() for path in (folder / "first").iterdir()} == before
        assert (folder / "next").exists() == (len(found) == 2)
        count["whole" if len(found) == 2 else "none"] += 1
        # Keeps kills on both sides of the last step, about one in five after it, however busy the machine becomes.
        span *= 0.8 if len(found) == 2 else 1.05
        shutil.rmtree(folder / "next", ignore_errors=True)
    issue(root, request("next"), build=quick_build)
    assert sorted(path.name for path in folder.iterdir()) == ["briefing.yaml", "claims.yaml", "first", "next"]
    assert not (root / "build").exists()
    sys.stdout.write(f"{count['none']} {count['whole']}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))

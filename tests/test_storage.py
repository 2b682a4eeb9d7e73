"""Folders are written whole or not at all, whatever fails and whenever the program is killed; one writer at a time."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from synthesis.errors import BusyError
from synthesis.storage import only_writer, replace_folder, write_folder

# Replacing a folder as a whole

OLD = {"a.txt": b"old a", "b.txt": b"old b"}
NEW = {"a.txt": b"new a", "c.txt": b"new c"}


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def failing(calls: int, real: Any) -> Any:
    """``real``, but the given call (counted from 0) fails."""
    count = iter(range(1000))

    def call(*args: Any, **more: Any) -> Any:
        if next(count) == calls:
            raise OSError("no space left")
        return real(*args, **more)

    return call


def test_a_folder_is_replaced_with_nothing_left_over(tmp_path: Path) -> None:
    folder = tmp_path / "build" / "one"
    for files in (OLD, NEW, {}):
        replace_folder(folder, files)
        assert contents(folder) == files
        assert [path.name for path in folder.parent.iterdir()] == ["one"]
    assert folder.stat().st_mode & 0o777 == 0o755


@pytest.mark.parametrize(
    ("where", "name", "calls"),
    [
        ("os", "fsync", 0),
        ("os", "fsync", 1),
        ("path", "open", 0),
        ("path", "open", 1),
        ("path", "chmod", 0),
        ("path", "rename", 0),
        ("path", "rename", 1),
    ],
)
def test_a_step_that_fails_leaves_the_old_folder_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str, name: str, calls: int
) -> None:
    folder = tmp_path / "one"
    replace_folder(folder, OLD)
    owner: Any = os if where == "os" else Path
    with monkeypatch.context() as broken:
        broken.setattr(owner, name, failing(calls, getattr(owner, name)))
        with pytest.raises(OSError, match="no space left"):
            replace_folder(folder, NEW)
    assert contents(folder) == OLD
    assert [path.name for path in tmp_path.iterdir()] == ["one"]
    replace_folder(folder, NEW)
    assert contents(folder) == NEW


def test_a_first_build_that_fails_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fsync", failing(1, os.fsync))
    with pytest.raises(OSError, match="no space left"):
        replace_folder(tmp_path / "one", NEW)
    assert list(tmp_path.iterdir()) == []


# Counts every call the replacement makes to the file system, and kills the process, as the operating system would, at
# the one that is asked for: before it happens.
KILLED = """
import os, shutil, signal, sys
from pathlib import Path
from synthesis.storage import replace_folder, write_folder
folder, at = Path(sys.argv[1]), int(sys.argv[2])
count = 0
def counted(real):
    def call(*args, **more):
        global count
        if count == at:
            os.kill(os.getpid(), signal.SIGKILL)
        count += 1
        return real(*args, **more)
    return call
for owner, name in ((os, "fsync"), (Path, "open"), (Path, "chmod"), (Path, "rename"), (shutil, "rmtree")):
    setattr(owner, name, counted(getattr(owner, name)))
made = replace_folder if sys.argv[3] == "replace" else write_folder
made(folder, {"a.txt": b"new a", "c.txt": b"new c"})
print(count)
"""


def killed(folder: Path, at: int, how: str = "replace") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", KILLED, str(folder), str(at), how], capture_output=True, text=True, check=False
    )


def test_a_run_that_is_killed_at_any_step_leaves_one_whole_folder_or_is_put_right_by_the_next(tmp_path: Path) -> None:
    steps = killed(tmp_path / "all" / "one", at=-1)
    assert steps.returncode == 0, steps.stderr
    outcomes = set()
    for at in range(int(steps.stdout)):
        folder = tmp_path / str(at) / "one"
        replace_folder(folder, OLD)
        assert killed(folder, at).returncode == -signal.SIGKILL
        if folder.exists():
            assert contents(folder) in (OLD, NEW)
            outcomes.add("old" if contents(folder) == OLD else "new")
        else:
            outcomes.add("between")
            # A next run that fails as well has at least put the old folder back.
            with pytest.raises(TypeError):
                replace_folder(folder, {"a.txt": "not bytes"})  # type: ignore[dict-item]
            assert contents(folder) == OLD
        replace_folder(folder, NEW)
        assert contents(folder) == NEW
        assert not (folder.parent / ".one.old").exists()
    assert outcomes == {"old", "between", "new"}


# Making a folder that is not there yet


def test_a_new_folder_is_made_whole_and_never_twice(tmp_path: Path) -> None:
    folder = tmp_path / "briefings" / "2026-11"
    write_folder(folder, OLD)
    assert contents(folder) == OLD
    with pytest.raises(FileExistsError):
        write_folder(folder, NEW)
    assert contents(folder) == OLD
    assert [path.name for path in folder.parent.iterdir()] == ["2026-11"]


def test_a_kill_at_any_step_leaves_a_whole_new_folder_or_none(tmp_path: Path) -> None:
    steps = killed(tmp_path / "all" / "one", at=-1, how="write")
    assert steps.returncode == 0, steps.stderr
    outcomes = set()
    for at in range(int(steps.stdout)):
        folder = tmp_path / str(at) / "one"
        assert killed(folder, at, how="write").returncode == -signal.SIGKILL
        outcomes.add(folder.exists())
        if folder.exists():
            assert contents(folder) == NEW
        else:
            write_folder(folder, NEW)
        assert [path.name for path in folder.parent.iterdir()] == ["one"]
    assert outcomes == {False, True}


@pytest.mark.parametrize("calls", range(4))
def test_a_full_disk_leaves_no_half_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, calls: int) -> None:
    names = ("fsync", "fsync", "fsync", "rename")
    owner: Any = Path if names[calls] == "rename" else os
    monkeypatch.setattr(owner, names[calls], failing(0 if calls == 3 else calls, getattr(owner, names[calls])))
    with pytest.raises(OSError, match="no space left"):
        write_folder(tmp_path / "one", NEW)
    assert list(tmp_path.iterdir()) == []


# One writer at a time


def test_the_lock_says_who_holds_it_and_is_gone_afterwards(tmp_path: Path) -> None:
    lock = tmp_path / "build" / ".one.lock"
    with (
        only_writer(lock, "a build of one"),
        pytest.raises(BusyError, match=rf"a build of one \(process {os.getpid()}\) is at work here"),
        only_writer(lock, "another"),
    ):
        raise AssertionError("two writers")
    assert list(tmp_path.iterdir()) == []
    with only_writer(lock, "another"):
        assert lock.read_text() == f"another (process {os.getpid()})"


HOLDS = """
import os, signal, sys
from pathlib import Path
from synthesis.storage import only_writer
with only_writer(Path(sys.argv[1]), "a build of one"):
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_the_lock_of_a_killed_program_stands_in_nobodys_way(tmp_path: Path) -> None:
    lock = tmp_path / ".one.lock"
    done = subprocess.run([sys.executable, "-c", HOLDS, str(lock)], capture_output=True, check=False)
    assert done.returncode == -signal.SIGKILL and lock.read_text().startswith("a build of one (process ")
    with only_writer(lock, "another"):
        assert lock.read_text() == f"another (process {os.getpid()})"
    assert not lock.exists()

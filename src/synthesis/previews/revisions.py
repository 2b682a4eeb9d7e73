"""Earlier versions of a project from git, read without touching the working tree, the index or any branch."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from synthesis.errors import UsageError

# Where a default comparison starts from, the first there is.
MAIN = ("main", "origin/main", "master", "origin/master")
# What a state is made of; frozen editions are found by their folder and are not needed again.
HOLDS = ("evidence", "briefings")
SHORT = 7


def merge_base(root: Path) -> str:
    """The commit at which the working tree's history left the main branch.

    Raises
    ------
    UsageError
        If git is not there, the project is not under git, or there is no main branch.
    """
    _inside(root)
    for name in MAIN:
        commit = _commit(root, name)
        if commit is not None:
            found = _git(root, "merge-base", "HEAD", commit)
            if found.returncode:
                raise UsageError(f"this branch and {name} have no commit in common; name one with --against")
            return found.stdout.decode().strip()
    raise UsageError(f"no branch is called {', '.join(MAIN[:-1])} or {MAIN[-1]}; name a commit with --against")


def commit_of(root: Path, name: str) -> str | None:
    """The commit a git reference names; None if it names none.

    Raises
    ------
    UsageError
        If git is not there, or the project is not under git.
    """
    _inside(root)
    return _commit(root, name)


def named(root: Path, name: str) -> str:
    """A reference with its commit, as "main (3f2a91c)"; a commit alone is shortened."""
    commit = _commit(root, name) or name
    short = commit[:SHORT]
    return f"commit {short}" if commit.startswith(name) else f"{name} ({short})"


def unpack(root: Path, commit: str, target: Path) -> Path:
    """Write the records and definitions of a commit into ``target``, and return it.

    Raises
    ------
    UsageError
        If that commit has no project where ``root`` is, or git fails.
    """
    with tempfile.TemporaryDirectory(prefix="synthesis-") as aside:
        # An index of its own: that of the project is not touched.
        own = {"GIT_INDEX_FILE": str(Path(aside) / "index")}
        _done(_git(root, "read-tree", commit, more=own), f"read {commit[:SHORT]}")
        listed = _done(_git(root, "ls-files", "-z", "--", *HOLDS, more=own), "list its files")
        names = b"".join(name + b"\0" for name in listed.split(b"\0") if name.endswith(b".yaml"))
        target.mkdir(parents=True, exist_ok=True)
        for folder in HOLDS:
            (target / folder).mkdir(exist_ok=True)
        if not names:
            raise UsageError(f"{commit[:SHORT]} has no records in {'/ or '.join(HOLDS)}/ of this project")
        prefix = f"--prefix={aside}/files/"
        _done(_git(root, "checkout-index", "-z", "--stdin", prefix, more=own, given=names), "unpack its files")
        below = _done(_git(root, "rev-parse", "--show-prefix"), "find the project").decode().strip()
        shutil.copytree(Path(aside) / "files" / below, target, dirs_exist_ok=True)
    return target


def differs(root: Path, commit: str, path: Path) -> bool:
    """Whether ``path`` is in the repository and is not, in the working tree, what it is in ``commit``."""
    top = _done(_git(root, "rev-parse", "--show-toplevel"), "find the repository").decode().rstrip("\n")
    if not path.resolve().is_relative_to(Path(top).resolve()):
        return False
    return _git(root, "diff", "--quiet", commit, "--", str(path.resolve())).returncode == 1


def _inside(root: Path) -> None:
    if shutil.which("git") is None:
        raise UsageError(
            "git is not installed, so there is no earlier version to compare with; install git, or name a folder: "
            "synthesis changes FOLDER"
        )
    if _git(root, "rev-parse", "--is-inside-work-tree").returncode:
        said = _git(root, "rev-parse", "--is-inside-work-tree").stderr.decode(errors="replace").strip()
        raise UsageError(
            f"{root} is not under git, so there is no earlier version to compare with ({said}); name a folder instead: "
            "synthesis changes FOLDER"
        )


def _commit(root: Path, name: str) -> str | None:
    found = _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
    return found.stdout.decode().strip() if found.returncode == 0 else None


def _git(
    root: Path, *arguments: str, more: Mapping[str, str] | None = None, given: bytes | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Run git in the project. No prompt, no pager, messages in English."""
    environment = {**os.environ, "LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0", **(more or {})}
    return subprocess.run(
        ["git", "-C", str(root), *arguments], input=given, capture_output=True, env=environment, check=False
    )


def _done(found: subprocess.CompletedProcess[bytes], what: str) -> bytes:
    if found.returncode:
        said = found.stderr.decode(errors="replace").strip()
        raise UsageError(f"git could not {what}: {said}")
    return found.stdout

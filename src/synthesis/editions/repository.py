"""What git knows of a project: the commit that is checked out, what differs from it, and files as they once were."""

from __future__ import annotations

import io
import os
import subprocess
import tarfile
from pathlib import Path

from synthesis.editions.model import MANIFEST, Repository
from synthesis.formatting import plural

# More names than this would hide the rest of the message.
_NAMED = 5


def state_of(root: Path) -> tuple[Repository | None, str]:
    """Where a project stands in git, and in words what speaks against issuing an edition from it; "" if nothing does.

    A project that is not under git stands nowhere, and nothing speaks against that. Files of frozen editions count for
    nothing: each is held by its own manifest, and several editions may be issued before they are committed together.
    """
    commit = _git(root, "rev-parse", "--verify", "HEAD")
    tree = _git(root, "rev-parse", "--verify", "HEAD^{tree}")
    if commit is None or tree is None:
        under_git = any((folder / ".git").exists() for folder in (root, *root.resolve().parents))
        return None, "git finds no commit here, or may not read it: see what git status says" if under_git else ""
    changed = tuple(path for path in _changed(root) if not _frozen(root, path))
    listed = ", ".join(changed[:_NAMED]) + (f" and {len(changed) - _NAMED} more" if len(changed) > _NAMED else "")
    reason = f"{plural(len(changed), 'file')} not committed: {listed}; commit first" if changed else ""
    return Repository(commit=commit, tree=tree, dirty=bool(changed)), reason


def tree_of(folder: Path) -> str | None:
    """The git tree that holds exactly what ``folder`` holds; None where it differs or is not under git."""
    if _changed(folder):
        return None
    return _git(folder, "rev-parse", "--verify", "HEAD:./")


def has_tree(root: Path, tree: str) -> bool:
    """Whether the history that ``root`` is part of holds a tree, in whatever commit."""
    return _git(root, "cat-file", "-t", tree) == "tree"


def export(root: Path, tree: str, target: Path) -> None:
    """Write the files of a tree into ``target``."""
    done = subprocess.run(["git", "archive", "--format=tar", tree], cwd=root, env=_environment(), capture_output=True)
    done.check_returncode()
    target.mkdir(parents=True, exist_ok=True)
    with tarfile.open(fileobj=io.BytesIO(done.stdout)) as archive:
        archive.extractall(target, filter="data")


def _changed(folder: Path) -> tuple[str, ...]:
    """Paths below ``folder``, as seen from it, that differ from the commit or are not under git."""
    listed = _git(folder, "status", "--porcelain", "-z", "--untracked-files=all", "--no-renames", "--", ".")
    above = _git(folder, "rev-parse", "--show-prefix")
    if listed is None or above is None:
        return ()
    return tuple(entry[3:].removeprefix(above) for entry in listed.split("\0") if len(entry) > 3)


def _frozen(root: Path, path: str) -> bool:
    parts = Path(path).parts
    if len(parts) < 4 or parts[0] != "briefings":
        return False
    return (root / Path(*parts[:3]) / MANIFEST).is_file()


def _git(folder: Path, *arguments: str) -> str | None:
    """What git prints; None where there is no git, no repository, or nothing of that name."""
    try:
        done = subprocess.run(
            ["git", *arguments], cwd=folder, env=_environment(), capture_output=True, text=True, check=False
        )
    except OSError:
        return None
    return done.stdout.rstrip("\n") if done.returncode == 0 else None


def _environment() -> dict[str, str]:
    """Without what would point git at another repository, as it does within a hook."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return kept | {"GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}

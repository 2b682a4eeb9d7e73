"""Two extractions of the same studies, wherever they are: two files, two folders, or two branches of the repository."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from synthesis.errors import EvidenceError, UsageError
from synthesis.evidence.record_files import MOST_BYTES, decode, read_bytes
from synthesis.evidence.yaml_lines import Node, parse

# Names of branches and commits; nothing that git could take for an option.
_REF = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_./~^@{}-]{0,199}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Extracted:
    """Records of studies from one place, as text by id."""

    place: str
    texts: Mapping[str, str]

    def data(self, study: str) -> dict[str, Node]:
        """The fields of one record.

        Raises
        ------
        EvidenceError
            If it cannot be read.
        """
        tree, problems = parse(self.texts[study], f"{self.place}, {study}")
        if problems:
            raise EvidenceError(problems)
        return tree.data


def find(place: str, project: Path | None) -> Extracted:
    """The records at ``place``: a file, a folder with records or with ``studies/``, or a branch or commit.

    Raises
    ------
    UsageError
        If it is none of them, or holds no record.
    """
    path = Path(place)
    if path.is_file():
        text = _text(path)
        # Two files of one study may be called differently.
        return Extracted(place=place, texts={str(parse(text, path.name)[0].data.get("id") or path.stem): text})
    if path.is_dir():
        folder = next((item for item in (path / "evidence" / "studies", path / "studies") if item.is_dir()), path)
        texts = {item.stem: _text(item) for item in sorted(folder.glob("*.yaml"))}
        if not texts:
            raise UsageError(f"{place} holds no record of a study")
        return Extracted(place=place, texts=texts)
    if project is None or shutil.which("git") is None or not _REF.fullmatch(place):
        raise UsageError(f"{place} is no file and no folder{'' if project else ', and there is no project here'}")
    return _branch(place, project)


def _text(path: Path) -> str:
    return decode(read_bytes(path, root=path.parent, file=path.name), path.name)


def _branch(ref: str, project: Path) -> Extracted:
    commit = _git(project, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}").strip()
    if not commit:
        raise UsageError(f"{ref} is no file, no folder, and no branch or commit of this repository")
    names = _git(project, "ls-tree", "--name-only", "-z", commit, "evidence/studies/").split("\0")
    texts = {}
    for name in names:
        if name.endswith(".yaml"):
            data = _git(project, "show", f"{commit}:./{name}")
            if len(data) > MOST_BYTES:
                raise UsageError(f"{name} on {ref} is too large for a record")
            texts[Path(name).stem] = data
    if not texts:
        raise UsageError(f"{ref} holds no record of a study")
    return Extracted(place=ref, texts=texts)


def _git(project: Path, *words: str) -> str:
    done = subprocess.run(["git", *words], cwd=project, capture_output=True, check=False)
    return done.stdout.decode("utf-8", errors="replace") if done.returncode == 0 else ""

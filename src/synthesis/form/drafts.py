"""Unsaved work, in a hidden folder of the project that version control passes over."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from synthesis.evidence.save import fingerprint, record_path, replace_file
from synthesis.evidence.yaml_lines import Node
from synthesis.form.draft import plain_tree

FOLDER = ".drafts"

LONGEST_NAME = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What stood in the page, and which file it was begun on (None where there was none)."""

    tree: dict[str, Node]
    seen: str | None


class Drafts:
    """The drafts of one project, one for each study, and who makes them.

    Parameters
    ----------
    root : Path
        The project's folder.
    """

    def __init__(self, root: Path) -> None:
        self._folder = root / FOLDER

    def studies(self) -> frozenset[str]:
        """The ids of the studies with unsaved work."""
        return frozenset(path.stem for path in self._folder.glob("*.json"))

    def get(self, study_id: str) -> Draft | None:
        """The draft of a study; None if there is none that can be read."""
        try:
            held = json.loads(self._path(study_id).read_text(encoding="utf-8"))
            seen = held["seen"]
            return Draft(tree=plain_tree(held["tree"]), seen=None if seen is None else str(seen))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def keep(self, study_id: str, tree: Mapping[str, Node], seen: str | None) -> None:
        """Keep what stands in the page, in the place of what was kept before."""
        self._made()
        held = json.dumps({"seen": seen, "tree": tree}, ensure_ascii=False)
        replace_file(self._path(study_id), held.encode("utf-8", "replace"))

    def drop(self, study_id: str) -> None:
        """Let go of a draft."""
        self._path(study_id).unlink(missing_ok=True)

    def put_aside(self, study_id: str, data: bytes) -> str:
        """Keep a version of a file that was given up; where, relative to the project."""
        self._made()
        path = record_path(self._folder, study_id).with_name(f"{study_id}-{fingerprint(data)[:8]}.yaml")
        replace_file(path, data)
        return f"{FOLDER}/{path.name}"

    @property
    def person(self) -> str:
        """Who extracts, as said once; empty if nobody has said."""
        try:
            return (self._folder / "extractor").read_text(encoding="utf-8")[:LONGEST_NAME]
        except (OSError, UnicodeDecodeError):
            return ""

    def name_person(self, name: str) -> None:
        """Remember who extracts."""
        self._made()
        shown = "".join(sign for sign in " ".join(name.split()) if sign.isprintable())
        replace_file(self._folder / "extractor", shown[:LONGEST_NAME].encode("utf-8", "replace"))

    def _path(self, study_id: str) -> Path:
        return record_path(self._folder, study_id).with_suffix(".json")

    def _made(self) -> None:
        self._folder.mkdir(exist_ok=True)
        ignore = self._folder / ".gitignore"
        if not ignore.exists():
            ignore.write_text("*\n", encoding="utf-8")

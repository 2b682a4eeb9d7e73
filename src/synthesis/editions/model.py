"""The manifest of an edition: what went in, what came out, what made it, and which edition came before.

A manifest is its own canonical JSON: sorted, and closed by a checksum of the rest, so that a changed byte anywhere in
the file shows.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from synthesis.errors import EditionError
from synthesis.evidence.edition import EditionType

FORMAT: Literal["synthesis-edition/1"] = "synthesis-edition/1"
MANIFEST = "manifest.json"
INPUTS = "inputs.zip"

Hash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Previous(_Part):
    """The edition before, and the SHA-256 of its manifest file."""

    edition: str
    manifest: Hash


class Repository(_Part):
    """Where the project stood in git: the commit that was checked out, its tree, and whether anything differed."""

    commit: str
    tree: str
    dirty: bool


class Software(_Part):
    """What made an edition.

    Attributes
    ----------
    name, version : str
        Of this package.
    source : str
        SHA-256 over the paths and bytes of the package's files.
    source_tree : str or None
        The git tree that holds them, where they are under git and as committed; found again in any history.
    python, platform : str
    packages : dict of str to str
        Version of every package this one needs.
    """

    name: str
    version: str
    source: Hash
    source_tree: str | None
    python: str
    platform: str
    packages: dict[str, str]


class Manifest(_Part):
    """Everything there is to know about how an edition came to be.

    Attributes
    ----------
    briefing, edition, type, issued : str
    note : str or None
    nothing_new : bool
        A search was done and found nothing new.
    previous : Previous or None
    parameters : dict
        What the notebook was told.
    inputs, outputs : dict of str to str
        SHA-256 by path below the project, and by name in the edition's folder (without the manifest).
    evidence : str
        Hash of the evidence used.
    plans : dict of str to dict
        The plan of every question.
    software : Software
    repository : Repository or None
    """

    format: Literal["synthesis-edition/1"] = FORMAT
    briefing: str
    edition: str
    type: EditionType
    issued: str
    note: str | None
    nothing_new: bool
    previous: Previous | None
    parameters: dict[str, Any]
    inputs: dict[str, Hash]
    outputs: dict[str, Hash]
    evidence: str
    plans: dict[str, dict[str, Any]]
    software: Software
    repository: Repository | None

    def to_bytes(self) -> bytes:
        """The manifest file."""
        data = self.model_dump(mode="json")
        return _written(data | {"checksum": _checksum(data)})

    @classmethod
    def from_bytes(cls, content: bytes, where: str) -> Manifest:
        """The manifest in a file.

        Raises
        ------
        EditionError
            If it is none, or has been changed.
        """
        try:
            data = json.loads(content)
            checksum = data.pop("checksum")
            found = cls.model_validate_json(json.dumps(data))
        except (ValueError, KeyError, AttributeError, TypeError) as error:
            reason = error.errors()[0]["msg"] if isinstance(error, ValidationError) else str(error)
            raise EditionError(f"{where} is not the manifest of an edition: {reason}") from None
        if checksum != _checksum(data) or content != _written(data | {"checksum": checksum}):
            raise EditionError(f"{where} has been changed since the edition was issued")
        return found


def _written(data: dict[str, Any]) -> bytes:
    return f"{json.dumps(data, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False)}\n".encode()


def _checksum(data: dict[str, Any]) -> str:
    return sha256(_written(data)).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """One frozen issue of a briefing.

    Attributes
    ----------
    folder : Path
        ``briefings/<briefing>/<edition>``.
    manifest : Manifest
    """

    folder: Path
    manifest: Manifest

    @property
    def briefing(self) -> str:
        return self.manifest.briefing

    @property
    def id(self) -> str:
        return self.manifest.edition

    @property
    def issued(self) -> str:
        """ISO date."""
        return self.manifest.issued

    @property
    def files(self) -> tuple[Path, ...]:
        """Every file of it but the manifest, in order of name; whether they are intact is for ``verify`` to say."""
        return tuple(self.folder / name for name in sorted(self.manifest.outputs))

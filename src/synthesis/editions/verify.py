"""Is a frozen edition what was issued, and do its inputs give it again, byte for byte?

The first is read off its files. The second is found out by building it: with the program that is running, where that
is the one that made the edition, else with the program as git holds it. What was not built is never said to be
rebuildable; what is lacking is named instead.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Literal

from synthesis.editions.archive import unpack
from synthesis.editions.model import INPUTS, MANIFEST, Edition, Manifest
from synthesis.editions.read import unpack_inputs
from synthesis.editions.rebuild import built_apart
from synthesis.editions.repository import export, has_tree
from synthesis.editions.software import PACKAGE, differences, source_hash
from synthesis.errors import EditionError
from synthesis.execution import Progress


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebuilt:
    """What building an edition again came to.

    Attributes
    ----------
    outcome : {"same", "different", "not-done"}
    how : str
        With which program it was built.
    different : tuple of str
        Files that came out otherwise.
    needs : tuple of str
        What would have to be there to build it, or to build it as it was.
    """

    outcome: Literal["same", "different", "not-done"]
    how: str = ""
    different: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()


def intact(root: Path, edition: Edition) -> tuple[str, ...]:
    """Every way in which an edition's files are not those of its manifest; empty if it is as it was issued.

    Parameters
    ----------
    root : Path
        The project's folder.
    edition : Edition
    """
    return tuple(_damage(root, edition))


def _damage(root: Path, edition: Edition) -> Iterator[str]:
    folder, manifest = edition.folder, edition.manifest
    where = folder.relative_to(root).as_posix()
    here = {path.name for path in folder.iterdir()} - {MANIFEST}
    for name in sorted(here | manifest.outputs.keys()):
        if name not in here:
            yield f"{where}/{name} is missing"
        elif name not in manifest.outputs:
            yield f"{where}/{name} is not part of the edition"
        elif not (folder / name).is_file() or _hash(folder / name) != manifest.outputs[name]:
            yield f"{where}/{name} has been changed since the edition was issued"
        elif name == INPUTS:
            yield from _inputs(folder / name, f"{where}/{name}", manifest)
    if manifest.previous is not None:
        before = folder.with_name(manifest.previous.edition) / MANIFEST
        if not before.is_file():
            yield f"{where}: the edition before it, {manifest.previous.edition}, is missing"
        elif _hash(before) != manifest.previous.manifest:
            yield f"{where}: the edition before it, {manifest.previous.edition}, is not the one it followed"


def _inputs(path: Path, where: str, manifest: Manifest) -> Iterator[str]:
    try:
        held = {name: sha256(content).hexdigest() for name, content in unpack(path.read_bytes(), where).items()}
    except EditionError as error:
        yield str(error)
        return
    for name in sorted(held.keys() | manifest.inputs.keys()):
        if held.get(name) != manifest.inputs.get(name):
            yield f"{where}: {name} is not the input that the manifest names"


def _hash(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()


def rebuilt(root: Path, edition: Edition, *, progress: Progress = lambda text: None) -> Rebuilt:
    """Build an intact edition again, in a folder of its own, from its inputs and the edition before it.

    Parameters
    ----------
    root : Path
        The project's folder, in whose history the program is looked for.
    edition : Edition
    progress : callable
    """
    made_by = edition.manifest.software
    with tempfile.TemporaryDirectory(prefix="synthesis-") as scratch:
        source, how = _program(root, edition, Path(scratch))
        if source is None:
            return Rebuilt(outcome="not-done", needs=(how,))
        project = unpack_inputs(edition.folder, Path(scratch) / "project")
        manifest = edition.manifest
        try:
            files = built_apart(
                project, manifest.briefing, manifest.parameters, _formats(manifest), source=source, progress=progress
            )
        except EditionError as error:
            return _otherwise(how, (f"the build failed: {error}",), differences(made_by))
        return _compared(manifest, files, how)


def _program(root: Path, edition: Edition, scratch: Path) -> tuple[Path | None, str]:
    """The folder that holds the program that made the edition, and its name; or None, and what is lacking."""
    made_by = edition.manifest.software
    if source_hash(PACKAGE) == made_by.source:
        return PACKAGE.parent, "this program"
    tree = made_by.source_tree
    if tree is None:
        return None, f"{made_by.name} {made_by.version} with the source {made_by.source}, which was not under git"
    for place in (root, PACKAGE):
        if has_tree(place, tree):
            export(place, tree, scratch / "source" / PACKAGE.name)
            if source_hash(scratch / "source" / PACKAGE.name) == made_by.source:
                return scratch / "source", f"the program as git holds it in tree {tree[:12]}"
    commit = edition.manifest.repository.commit[:12] if edition.manifest.repository else "unknown"
    return None, (
        f"the program of git tree {tree} (commit {commit} at the time), which this history does not hold; fetch all of "
        "it, for example with git fetch --unshallow"
    )


def _formats(manifest: Manifest) -> tuple[str, ...]:
    found = dict.fromkeys(Path(name).suffix[1:] for name in sorted(manifest.outputs))
    return tuple(name for name in found if name in ("html", "pdf", "docx"))


def _compared(manifest: Manifest, files: dict[str, bytes], how: str) -> Rebuilt:
    hashes = {name: sha256(content).hexdigest() for name, content in files.items()}
    wanted = {name: value for name, value in manifest.outputs.items() if name != INPUTS}
    different = tuple(name for name in sorted(hashes.keys() | wanted.keys()) if hashes.get(name) != wanted.get(name))
    if not different:
        return Rebuilt(outcome="same", how=how)
    return _otherwise(how, different, differences(manifest.software))


def _otherwise(how: str, different: tuple[str, ...], needs: tuple[str, ...]) -> Rebuilt:
    """A build that came out otherwise counts only where everything it was made with is the same."""
    return Rebuilt(outcome="not-done" if needs else "different", how=how, different=different, needs=needs)

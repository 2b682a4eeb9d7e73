"""Read frozen editions, and unpack what they were made from into a project of its own."""

from __future__ import annotations

from pathlib import Path

from synthesis.editions.archive import copy_edition, unpack, write_project
from synthesis.editions.model import INPUTS, MANIFEST, Edition, Manifest
from synthesis.errors import EditionError, UnknownKeyError


def read_edition(root: Path, briefing: str, edition: str) -> Edition:
    """One frozen edition.

    Parameters
    ----------
    root : Path
        The project's folder.
    briefing, edition : str
        ``briefings/<briefing>/<edition>``.

    Raises
    ------
    EditionError
        If its manifest is damaged.
    UnknownKeyError
        If there is no such edition.
    """
    folder = root / "briefings" / briefing / edition
    known = _names(root, briefing)
    if edition not in known:
        raise UnknownKeyError(f"edition of {briefing}", edition, known)
    where = f"briefings/{briefing}/{edition}/{MANIFEST}"
    manifest = Manifest.from_bytes((folder / MANIFEST).read_bytes(), where)
    if (manifest.briefing, manifest.edition) != (briefing, edition):
        raise EditionError(f"{where} is the manifest of {manifest.briefing} {manifest.edition}")
    return Edition(folder=folder, manifest=manifest)


def editions_of(root: Path, briefing: str) -> tuple[Edition, ...]:
    """Every edition of a briefing in order of issue: each after the one its manifest names as previous.

    Raises
    ------
    EditionError
        If a manifest is damaged, or they do not follow one another: one is missing, or two follow the same.
    """
    found = [read_edition(root, briefing, name) for name in _names(root, briefing)]
    after = {edition.manifest.previous.edition if edition.manifest.previous else None: edition for edition in found}
    ordered: list[Edition] = []
    last: str | None = None
    while (edition := after.pop(last, None)) is not None:
        ordered.append(edition)
        last = edition.id
    if len(ordered) != len(found):
        astray = sorted({edition.id for edition in found} - {edition.id for edition in ordered})
        raise EditionError(
            f"the editions of {briefing} do not follow one another: {', '.join(astray)} cannot be reached from the "
            "first; restore what was removed or renamed, for example with git"
        )
    return tuple(ordered)


def latest(root: Path, briefing: str) -> Edition | None:
    """The last edition issued, or None."""
    return (editions_of(root, briefing) or (None,))[-1]


def unpack_inputs(edition_folder: Path, target: Path) -> Path:
    """Everything an edition was made from, as a project in ``target``: evidence/, briefings/, notebooks/.

    Parameters
    ----------
    edition_folder : Path
        ``briefings/<briefing>/<edition>`` of some project. The edition before it is put into the new project too, if
        it is there, because an edition says what changed since.
    target : Path
        A folder that is not there yet, or is empty.

    Returns
    -------
    Path
        ``target``.

    Raises
    ------
    EditionError
        If the archive is damaged.
    """
    where = f"{edition_folder.parent.name}/{edition_folder.name}/{INPUTS}"
    try:
        content = (edition_folder / INPUTS).read_bytes()
    except OSError as error:
        raise EditionError(f"{where} cannot be read: {error.strerror}") from None
    write_project(unpack(content, where), target)
    manifest = Manifest.from_bytes((edition_folder / MANIFEST).read_bytes(), f"{edition_folder.name}/{MANIFEST}")
    if manifest.previous is not None:
        before = edition_folder.with_name(manifest.previous.edition)
        if before.is_dir():
            copy_edition(before, target)
    return target


def _names(root: Path, briefing: str) -> list[str]:
    """Folders with a manifest; hidden ones are being written, or were when a program was killed."""
    found = (path.parent.name for path in (root / "briefings" / briefing).glob(f"*/{MANIFEST}"))
    return sorted(name for name in found if not name.startswith("."))

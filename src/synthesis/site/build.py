"""The site's files: pages, feed, index as data, and every frozen edition as it was issued."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from synthesis.editions.model import MANIFEST
from synthesis.errors import UsageError
from synthesis.formatting import long_date, plural
from synthesis.render.html import page_style
from synthesis.site.shelf import Issued, Shelf, shelves
from synthesis.storage import only_writer, replace_folder

TEMPLATES = Path(__file__).parent / "templates"
FEED = "feed.xml"


def build_site(root: Path, *, folder: Path | None = None, on: str | None = None, address: str | None = None) -> Path:
    """Write the site over all briefings and editions of a project.

    Parameters
    ----------
    root : Path
        The project.
    folder : Path or None
        Where to; None is ``build/site``. It is replaced as a whole.
    on : str or None
        ISO date for which each briefing's status is shown; see ``shelves``.
    address : str or None
        Where the site will stand, starting with ``https://``: feed readers need it for links that work elsewhere.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    EditionError, UsageError
        See ``shelves``; nothing is written then.
    """
    target = folder or root / "build" / "site"
    if folder is not None and folder.exists() and not (folder / "index.html").is_file() and any(folder.iterdir()):
        raise UsageError(f"{folder} holds something that is not a site; name an empty folder or one that is not there")
    files = site_files(root, on=on, address=address)
    with only_writer(target.parent / f".{target.name}.lock", "writing the site"):
        replace_folder(target, files)
    return target


def site_files(root: Path, *, on: str | None = None, address: str | None = None) -> dict[str, bytes]:
    """Every file of the site by path; see ``build_site``."""
    if address is not None and not address.startswith(("https://", "http://")):
        raise UsageError(f"{address!r} is not where a site can stand; give an address that starts with https://")
    base = "" if address is None else address.rstrip("/") + "/"
    held = shelves(root, on)
    files = {
        "index.html": _page("index.html.j2", shelves=held),
        FEED: _page("feed.xml.j2", entries=_entries(held), base=base, title="Briefings", id="urn:synthesis:briefings"),
        "site.json": _json([_data(shelf) for shelf in held]),
        ".nojekyll": b"",
    }
    for shelf in held:
        key = shelf.briefing.id
        files[f"{key}/index.html"] = _page("briefing.html.j2", shelf=shelf)
        files[f"{key}/{FEED}"] = _page(
            "feed.xml.j2", entries=_entries((shelf,)), base=base, title=shelf.briefing.title, id=f"urn:synthesis:{key}"
        )
        for edition, source in shelf.folders.items():
            names = [file.name for item in shelf.editions if item.id == edition for file in item.files]
            files |= {f"{key}/{edition}/{name}": (source / name).read_bytes() for name in names}
    return files


def _entries(held: tuple[Shelf, ...]) -> list[tuple[Shelf, Issued]]:
    found = [(shelf, edition) for shelf in held for edition in shelf.editions]
    return sorted(found, key=lambda pair: pair[1].issued, reverse=True)


def _page(template: str, **values: Any) -> bytes:
    return _templates().get_template(template).render(**values).encode()


def _data(shelf: Shelf) -> dict[str, Any]:
    return {
        "briefing": shelf.briefing.id,
        "title": shelf.briefing.title,
        "question": shelf.briefing.question,
        "identifier": f"urn:synthesis:{shelf.briefing.id}",
        "life": shelf.life.data(),
        "editions": [
            {
                "edition": item.id,
                "issued": item.issued,
                "type": item.type,
                "label": item.label,
                "note": item.note,
                "changes": list(item.changes),
                "manifest": f"{shelf.briefing.id}/{item.id}/{MANIFEST}",
                "files": [f"{shelf.briefing.id}/{item.id}/{file.name}" for file in item.files],
            }
            for item in shelf.editions
        ],
    }


def _json(data: object) -> bytes:
    return f"{json.dumps(data, indent=1, sort_keys=True, ensure_ascii=False)}\n".encode()


@cache
def _templates() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True, keep_trailing_newline=True,
    )  # fmt: skip
    environment.globals["style"] = Markup(page_style() + (TEMPLATES / "site.css").read_text(encoding="utf-8"))
    environment.filters["day"] = long_date
    environment.filters["counted"] = plural
    return environment

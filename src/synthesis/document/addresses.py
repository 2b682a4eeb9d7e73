"""Where a link may lead: a place in the document, the web, or the other documents that are built with it."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from synthesis.document.characters import printable
from synthesis.errors import DocumentError

SCHEMES = ("http", "https", "mailto")

# Notebooks link to one another by file name, so that a link works in JupyterLab and in whatever they are turned into.
_PARTNER = re.compile(r"(?P<name>[A-Za-z0-9_-]+)\.ipynb(?:#(?P<place>[A-Za-z][A-Za-z0-9_.:-]*))?")


def checked_address(address: str) -> str:
    """``address`` if a reader can safely follow it.

    Raises
    ------
    DocumentError
        If it is neither an in-page link nor a notebook beside this one, and its scheme is not one of ``SCHEMES``.
    """
    if (address.startswith("#") and len(address) > 1) or partner(address) is not None:
        return address
    try:
        parts = urlsplit(address)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in SCHEMES or printable(address) != address or any(mark in address for mark in ' "<>'):
        allowed = ", ".join(f"{scheme}:" for scheme in SCHEMES)
        raise DocumentError(
            f"cannot link to {address!r}; allowed: {allowed} addresses, #ids of this document, and notebooks beside it "
            "(name.ipynb or name.ipynb#id)"
        )
    return address


def partner(address: str) -> tuple[str, str] | None:
    """The notebook, without its ending, and the id in it that ``address`` leads to; None if it leads elsewhere."""
    found = _PARTNER.fullmatch(address)
    return None if found is None else (found["name"], found["place"] or "")


def as_file(address: str, ending: str, place: str = "#") -> str:
    """``address`` with the ending a notebook has once it is written (``"html"``); other addresses as they are.

    Parameters
    ----------
    place : str
        What stands before the id in such a file; "" leaves the id out.
    """
    found = partner(address)
    if found is None:
        return address
    name, inside = found
    return f"{name}.{ending}" + (f"{place}{inside}" if inside and place else "")

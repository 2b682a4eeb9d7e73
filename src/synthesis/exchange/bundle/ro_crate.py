"""What a bundle is, for archives and search engines: RO-Crate metadata.

References
----------
RO-Crate 1.1, https://w3id.org/ro/crate/1.1
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

MEDIA_TYPES = {
    "csv": "text/csv",
    "json": "application/json",
    "html": "text/html",
    "pdf": "application/pdf",
    "md": "text/markdown",
    "txt": "text/plain",
    "yaml": "application/yaml",
}


def ro_crate(
    *,
    name: str,
    description: str,
    date: str,
    version: str,
    identifier: str,
    author: str,
    keywords: Iterable[str],
    files: Mapping[str, str],
) -> dict[str, Any]:
    """``ro-crate-metadata.json`` as plain data.

    Parameters
    ----------
    name, description, date, version, identifier, author : str
        Of the edition; ``date`` is ISO, ``identifier`` the same in every edition of a briefing.
    keywords : iterable of str
    files : mapping of str to str
        Path in the bundle to what the file is.
    """  # fmt: skip
    root = {
        "@id": "./", "@type": "Dataset", "name": name, "description": description, "datePublished": date,
        "version": version, "identifier": identifier, "keywords": list(keywords), "author": {"@id": "#author"},
        "license": "The numbers are facts; quotations belong to the sources named beside them.",
        "hasPart": [{"@id": path} for path in sorted(files)],
    }  # fmt: skip
    descriptor = {
        "@id": "ro-crate-metadata.json", "@type": "CreativeWork", "about": {"@id": "./"},
        "conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"},
    }  # fmt: skip
    parts = [
        {"@id": path, "@type": "File", "name": files[path], "encodingFormat": MEDIA_TYPES[path.rpartition(".")[2]]}
        for path in sorted(files)
    ]
    owner = {"@id": "#author", "@type": "Organization", "name": author}
    return {"@context": "https://w3id.org/ro/crate/1.1/context", "@graph": [descriptor, root, owner, *parts]}

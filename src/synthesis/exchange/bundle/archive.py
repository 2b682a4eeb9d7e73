"""The archive of an edition: one zip that says what is in it and how to check it."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any

from synthesis.analysis.model import Analysis
from synthesis.evidence.collection import Evidence
from synthesis.evidence.question import Briefing
from synthesis.exchange.bundle.fhir import FORM, fhir_evidence
from synthesis.exchange.bundle.ro_crate import ro_crate
from synthesis.exchange.bundle.tables import BUNDLE_TABLES, data_package, tables
from synthesis.exchange.results import pool_data

# The earliest moment a zip can name: an archive says nothing of when it was packed.
_EPOCH = (1980, 1, 1, 0, 0, 0)
CHECKSUMS = "manifest-sha256.txt"


def bundle_files(
    evidence: Evidence,
    briefing: Briefing,
    analyses: Iterable[Analysis],
    *,
    edition: str,
    date: str,
    numbers: bytes,
    claims: Mapping[str, Any],
) -> dict[str, bytes]:
    """The files of a bundle, by path.

    Parameters
    ----------
    evidence : Evidence
    briefing : Briefing
    analyses : iterable of Analysis
        Of the briefing's questions.
    edition, date : str
        Name of the edition and ISO date of issue.
    numbers : bytes
        ``numbers.json`` of the edition.
    claims : mapping
        Claim id to what the edition says of it.
    """  # fmt: skip
    done = tuple(analyses)
    base = f"urn:synthesis:{briefing.id}"
    data: dict[str, tuple[str, bytes]] = {
        f"data/{table.key}.csv": (f"One row for each {table.row}", text.encode())
        for table, text in zip(BUNDLE_TABLES.values(), tables(evidence, done).values(), strict=True)
    }
    data["datapackage.json"] = ("Columns of every table", _json(data_package(briefing.id, briefing.title, edition)))
    data["results.json"] = ("Effects, pooled results and what was left out", _json([pool_data(item) for item in done]))
    data["claims.json"] = ("What the briefing says, by the id of the claim", _json(claims))
    data["numbers.json"] = ("Every number in the text, unrounded, with its records", numbers)
    data["references.json"] = ("References (CSL-JSON)", _json(_references(evidence)))
    data["fhir-evidence.json"] = (
        f"Pooled results as FHIR Evidence, experimental, form {FORM}",
        _json(fhir_evidence(done, briefing=briefing.id, edition=edition, date=date, base=base)),
    )
    data["README.md"] = ("What is in this archive", _readme(briefing, edition, date, data).encode())
    files = {path: content for path, (_, content) in data.items()}
    crate = ro_crate(
        name=f"{briefing.title}, edition {edition}", description=briefing.question, date=date, version=edition,
        identifier=base, author=briefing.owner, keywords=briefing.keywords,
        files={path: what for path, (what, _) in data.items()},
    )  # fmt: skip
    files["ro-crate-metadata.json"] = _json(crate)
    sums = "".join(f"{sha256(files[path]).hexdigest()}  {path}\n" for path in sorted(files))
    return files | {CHECKSUMS: sums.encode()}


def to_zip(files: Mapping[str, bytes]) -> bytes:
    """Files as a zip: the same bytes for the same files, whenever and wherever it is made."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path in sorted(files):
            entry = zipfile.ZipInfo(path, date_time=_EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # named as made on Unix everywhere
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, files[path])
    return buffer.getvalue()


def _references(evidence: Evidence) -> list[dict[str, Any]]:
    found = [study.reports[0].csl(study.id) for study in evidence.studies.values()]
    return found + [source.reference.csl(source.id) for source in evidence.sources.values()]


def _json(data: object) -> bytes:
    written = json.dumps(data, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False)
    return f"{written}\n".encode()


def _readme(briefing: Briefing, edition: str, date: str, data: Mapping[str, tuple[str, bytes]]) -> str:
    rows = "".join(f"| `{path}` | {what} |\n" for path, (what, _) in sorted(data.items()))
    return (
        f"# {briefing.title}\n\nEdition {edition}, issued {date}. {briefing.owner}.\n\n"
        f"The data behind the briefing, for other programs. Identifiers are the same in every edition: a question, a "
        f"study and a result keep their ids, and `urn:synthesis:{briefing.id}` names the briefing.\n\n"
        f"| File | Holds |\n|---|---|\n{rows}"
        f"| `ro-crate-metadata.json` | What this archive is, for archives and search engines |\n"
        f"| `{CHECKSUMS}` | SHA-256 of every other file; check with `sha256sum -c {CHECKSUMS}` |\n"
    )

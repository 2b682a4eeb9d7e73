"""Files of an edition that are made from its other files and from the edition before it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from synthesis.analysis.model import Analysis
from synthesis.editions.since import changes_file
from synthesis.evidence.as_of import as_of
from synthesis.evidence.load import load
from synthesis.evidence.project import open_briefing, open_claims
from synthesis.exchange.bundle.archive import bundle_files, to_zip

_SLOT = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")


def derived(project: Path, briefing: str, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """What a frozen edition holds beside the files of its build.

    Parameters
    ----------
    project : Path
        Holds what the edition is made from, and the edition before it.
    briefing : str
    files : mapping of str to bytes
        The files of the build.
    """
    numbers = files["numbers.json"]
    claims = claims_file(project, briefing, numbers)
    return {
        "changes.json": changes_file(project, briefing, numbers),
        "claims.json": claims,
        bundle_name(briefing, json.loads(numbers)["edition"]): _bundle(project, briefing, numbers, claims),
    }


def bundle_name(briefing: str, edition: str) -> str:
    """Name of the archive of an edition for other programs."""
    return f"{briefing}-{edition}.zip"


def _bundle(project: Path, briefing: str, numbers: bytes, claims: bytes) -> bytes:
    data = json.loads(numbers)
    asked = {"edition": data["edition"], "date": data["issued"], "type": data["edition_type"]}
    definition = open_briefing(briefing, project, edition=asked)
    files = bundle_files(
        as_of(load(project / "evidence"), definition.issue.scope),
        definition,
        [Analysis.from_dict(item) for item in data["analyses"]],
        edition=data["edition"],
        date=data["issued"],
        numbers=numbers,
        claims={item["id"]: item for item in json.loads(claims)["claims"]},
    )
    return to_zip(files)


def claims_file(project: Path, briefing: str, numbers: bytes) -> bytes:
    """``claims.json``: every sentence the edition may say, as printed, with its conditions and the numbers in it."""
    data = json.loads(numbers)
    said: dict[str, str] = data["claims"]
    facts: dict[str, dict[str, Any]] = data["facts"]
    conditions: dict[str, tuple[str, ...]] = {}
    if said:
        conditions = {claim.id: claim.when for claim in open_claims(briefing, project).claims.claims}
    claims = [
        {
            "id": key,
            "says": _SLOT.sub(lambda found: str(facts[found[1]]["text"]), template),
            "template": template,
            "when": list(conditions.get(key, ())),
            "numbers": {name: facts[name]["value"] for name in dict.fromkeys(_SLOT.findall(template))},
        }
        for key, template in sorted(said.items())
    ]
    written = {"briefing": data["briefing"], "edition": data["edition"], "claims": claims}
    return f"{json.dumps(written, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False)}\n".encode()

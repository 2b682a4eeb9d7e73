"""Files of an edition that are made from its other files and from the edition before it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from synthesis.editions.since import changes_file
from synthesis.evidence.project import open_claims

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
    return {
        "changes.json": changes_file(project, briefing, numbers),
        "claims.json": claims_file(project, briefing, numbers),
    }


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

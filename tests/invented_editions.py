"""Invented editions, frozen by hand, and a project with two briefings that have some."""

from __future__ import annotations

import json
import shutil
from hashlib import sha256
from pathlib import Path

from synthesis.changes.model import ChangeReport, Version
from synthesis.editions.model import Manifest, Previous, Software

ROOT = Path(__file__).resolve().parents[1]
SOFTWARE = Software(
    name="synthesis-briefings", version="0", source="0" * 64, source_tree=None, python="3", platform="any", packages={}
)


def frozen(root: Path, briefing: str, edition: str, issued: str, before: str | None = None, **more: object) -> Path:
    """An invented edition whose page says its name."""
    folder = root / "briefings" / briefing / edition
    folder.mkdir(parents=True)
    report = ChangeReport(
        briefing=briefing,
        before=None if before is None else Version(name=f"edition {before}"),
        after=Version(name=f"edition {edition}", issued=issued),
    )
    files = {
        "briefing.html": f"<!DOCTYPE html><title>{edition}</title>".encode(),
        "briefing.pdf": b"%PDF-" + b"0" * 1_400_000,
        "changes.json": json.dumps(report.to_dict()).encode(),
    }
    for name, data in files.items():
        (folder / name).write_bytes(data)
    previous = None
    if before is not None:
        manifest = (folder.with_name(before) / "manifest.json").read_bytes()
        previous = Previous(edition=before, manifest=sha256(manifest).hexdigest())
    made = Manifest(
        briefing=briefing, edition=edition, issued=issued, previous=previous, parameters={}, inputs={},
        outputs={name: sha256(data).hexdigest() for name, data in files.items()}, evidence="0" * 64, plans={},
        software=SOFTWARE, repository=None,
        **({"type": "new-evidence", "note": None, "nothing_new": False} | more),
    )  # fmt: skip
    (folder / "manifest.json").write_bytes(made.to_bytes())
    return folder


def two_briefings(folder: Path) -> Path:
    """A project with two editions of ``mutual-aid`` and one of ``other``; the titles of both are hostile."""
    text = (ROOT / "briefings" / "mutual-aid" / "briefing.yaml").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("# yaml-language-server")]
    for key in ("mutual-aid", "other"):
        place = folder / "briefings" / key
        place.mkdir(parents=True)
        (place / "briefing.yaml").write_text(
            "\n".join(lines)
            .replace("id: mutual-aid", f"id: {key}")
            .replace("title: Mutual aid", "title: <script>alert(1)</script> & Mutual aid"),
            encoding="utf-8",
        )
    shutil.copytree(ROOT / "evidence", folder / "evidence")
    frozen(folder, "mutual-aid", "2025-01", "2025-01-10", note="The first.")
    frozen(folder, "mutual-aid", "2026-02", "2026-02-20", "2025-01", type="correction", note="A <b>digit</b>.")
    frozen(folder, "other", "2026-01", "2026-01-05", nothing_new=True)
    return folder

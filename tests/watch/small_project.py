"""A small project in a folder of its own: the shipped evidence with a notebook that is quick to run."""

from __future__ import annotations

import shutil
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parents[2]

CELLS = (
    ("code", "parameters", "edition_date = None\nedition = None"),
    (
        "code",
        "open",
        "import synthesis as syn\nbriefing = syn.open_briefing('mutual-aid', edition=edition)\n"
        "evidence = syn.open(scope=briefing.issue.scope)",
    ),
    ("code", "pool", "analyses = [syn.analyse(evidence, 'cocaine-abstinence')]"),
    ("code", "facts", "facts = syn.briefing_facts(evidence, briefing, analyses, issued=edition_date)\nfacts"),
    ("markdown", "prose", "## Findings\n\nIn one study {{ higgins1993.participants }} people took part."),
    ("markdown", "count", "{{ cocaine-abstinence.k }} studies."),
)


def write_notebook(path: Path, cells: tuple[tuple[str, str, str], ...] = CELLS) -> None:
    notebook = nbformat.v4.new_notebook(metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}})
    for kind, name, source in cells:
        make = nbformat.v4.new_code_cell if kind == "code" else nbformat.v4.new_markdown_cell
        tags = {"parameters": ["parameters"], "open": ["no-output"], "pool": ["no-output"]}.get(name, [])
        notebook.cells.append(make(source, id=name, metadata={"tags": tags} if tags else {}))
    nbformat.write(notebook, path)


def make_project(folder: Path) -> Path:
    """The project in ``folder``, which is empty."""
    shutil.copytree(ROOT / "evidence", folder / "evidence")
    shutil.copytree(ROOT / "briefings", folder / "briefings")
    definition = folder / "briefings" / "mutual-aid" / "briefing.yaml"
    text = definition.read_text(encoding="utf-8")
    definition.write_text(text.replace("annex: notebooks/mutual_aid_annex.ipynb\n", ""), encoding="utf-8")
    (folder / "notebooks").mkdir()
    write_notebook(folder / "notebooks" / "mutual_aid_briefing.ipynb")
    return folder

"""The whole run: what it writes, that it writes all of it or nothing, and what it says when something breaks."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
from copy import deepcopy
from pathlib import Path
from typing import Any

import nbformat
import pytest

from synthesis.document.elements import FACTS_MIME
from synthesis.errors import BusyError, DocumentError, EvidenceError, SynthesisError, UnknownKeyError, UsageError
from synthesis.evidence.load import Evidence
from synthesis.evidence.project import open_briefing
from synthesis.pipeline import DEFAULT_FORMATS, build, execute, render
from synthesis.storage import only_writer, replace_folder

ROOT = Path(__file__).resolve().parents[1]

# A briefing of one question: enough of a document to be rendered, and quick to run.
CELLS: list[tuple[str, str, str]] = [
    ("code", "parameters", "edition_date = None\nedition = None"),
    (
        "code",
        "open",
        "import synthesis as syn\nbriefing = syn.open_briefing('mutual-aid', edition=edition)\n"
        "evidence = syn.open(scope=briefing.issue.scope)",
    ),
    ("code", "pool", "analyses = [syn.analyse(evidence, 'cocaine-abstinence')]"),
    ("code", "facts", "facts = syn.briefing_facts(evidence, briefing, analyses, issued=edition_date)\nfacts"),
    ("code", "head", "syn.masthead(evidence, briefing, issued=edition_date)"),
    ("markdown", "prose", "## Findings\n\n{{ cocaine-abstinence.k }} studies: {{ cocaine-abstinence.effect }}."),
]


def write_notebook(path: Path, cells: list[tuple[str, str, str]]) -> None:
    notebook = nbformat.v4.new_notebook(metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}})
    for kind, cell_id, source in cells:
        make = nbformat.v4.new_code_cell if kind == "code" else nbformat.v4.new_markdown_cell
        cell = make(source, id=cell_id)
        if cell_id in ("parameters", "open", "pool"):
            cell.metadata["tags"] = ["parameters"] if cell_id == "parameters" else ["no-output"]
        notebook.cells.append(cell)
    nbformat.write(notebook, path)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the evidence with the short notebook in place of the briefing's own."""
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    shutil.copytree(ROOT / "evidence", tmp_path / "evidence")
    shutil.copytree(ROOT / "briefings", tmp_path / "briefings")
    definition = tmp_path / "briefings" / "mutual-aid" / "briefing.yaml"
    definition.write_text(definition.read_text().replace("annex: notebooks/mutual_aid_annex.ipynb\n", ""))
    (tmp_path / "notebooks").mkdir()
    write_notebook(tmp_path / "notebooks" / "mutual_aid_briefing.ipynb", CELLS)
    return tmp_path


@pytest.fixture(scope="module")
def executed(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The short notebook, run in the project itself with a date of its own."""
    folder = tmp_path_factory.mktemp("short")
    write_notebook(folder / "short.ipynb", CELLS)
    shutil.copytree(ROOT / "evidence", folder / "evidence")
    shutil.copytree(ROOT / "briefings", folder / "briefings")
    return execute(folder / "short.ipynb", {"edition_date": "2027-02-03"})


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def break_cell(project: Path, source: str) -> None:
    cells = [(kind, name, source if name == "pool" else text) for kind, name, text in CELLS]
    write_notebook(project / "notebooks" / "mutual_aid_briefing.ipynb", cells)


def test_a_build_leaves_every_file_and_says_what_it_does(project: Path) -> None:
    said: list[str] = []
    before = {path: path.read_bytes() for path in sorted(project.rglob("*")) if path.is_file()}
    built = build(project, "mutual-aid", issued="2027-02-03", progress=said.append)
    names = ["briefing.html", "briefing.pdf", "evidence.csv", "numbers.json"]
    assert [path.name for path in built.files] == names
    assert sorted(path.name for path in (project / "build").iterdir()) == ["mutual-aid"]
    assert sorted(path.name for path in built.folder.iterdir()) == names
    assert {path: path.read_bytes() for path in before} == before
    assert (said[0], said[-1]) == ("checking the evidence", "writing the document")
    assert "running mutual_aid_briefing.ipynb, cell 1 of 6" in said
    assert json.loads((built.folder / "numbers.json").read_text())["issued"] == "2027-02-03"
    assert "3 February 2027" in (built.folder / "briefing.html").read_text()
    assert (built.folder / "briefing.pdf").read_bytes().startswith(b"%PDF-")


def test_numbers_and_evidence_are_for_other_programs(executed: Any, evidence: Evidence) -> None:
    files = render(executed, evidence, open_briefing("mutual-aid", ROOT), ())

    def refuse(word: str) -> None:
        raise AssertionError(f"{word} is not JSON")

    numbers = json.loads(files["numbers.json"], parse_constant=refuse)
    assert set(files) == {"numbers.json", "evidence.csv"}
    assert numbers["evidence"]["hash"] == evidence.content_hash
    assert [analysis["question"] for analysis in numbers["analyses"]] == ["cocaine-abstinence"]
    assert numbers["facts"]["cocaine-abstinence.k"]["value"] == 3
    rows = list(csv.DictReader(io.StringIO(files["evidence.csv"].decode())))
    assert {row["question"] for row in rows} == {"cocaine-abstinence"}


def test_the_same_run_gives_the_same_bytes(executed: Any, evidence: Evidence) -> None:
    briefing = open_briefing("mutual-aid", ROOT)
    first, second = (render(executed, evidence, briefing, ("html", "pdf")) for _ in range(2))
    assert first == second
    assert set(render(executed, evidence, briefing, ("html",))) == set(first) - {"briefing.pdf"}


def test_parameters_are_set_after_their_defaults(executed: Any) -> None:
    ids = [cell.id for cell in executed.cells]
    assert ids[:3] == ["parameters", "injected-parameters", "open"]
    assert executed.cells[1].source == "edition_date = '2027-02-03'"


@pytest.mark.parametrize("tagged", [0, 2])
def test_parameters_need_one_place(tmp_path: Path, tagged: int) -> None:
    path = tmp_path / "n.ipynb"
    notebook = nbformat.v4.new_notebook()
    notebook.cells = [nbformat.v4.new_code_cell("x = 1", metadata={"tags": ["parameters"]}) for _ in range(tagged)]
    nbformat.write(notebook, path)
    with pytest.raises(DocumentError, match=f"one cell tagged 'parameters'; found {tagged}"):
        execute(path, {"x": 2})


def test_an_annex_is_built_beside_the_briefing_and_must_carry_the_same_numbers(
    executed: Any, evidence: Evidence
) -> None:
    briefing = open_briefing("mutual-aid", ROOT)
    files = render(executed, evidence, briefing, ("html", "pdf"), annex=executed)
    assert set(files) == {
        "annex.html", "annex.pdf", "briefing.html", "briefing.pdf", "evidence.csv", "numbers.json",
    }  # fmt: skip
    other = deepcopy(executed)
    facts = next(cell for cell in other.cells if cell.id == "facts")
    (output,) = (item for item in facts.outputs if FACTS_MIME in item.get("data", {}))
    output["data"][FACTS_MIME]["facts"]["cocaine-abstinence.k"]["text"] = "4"
    with pytest.raises(DocumentError, match="the annex carries other numbers than the briefing"):
        render(executed, evidence, briefing, ("html",), annex=other)


def test_a_problem_in_a_document_names_its_notebook(executed: Any, evidence: Evidence) -> None:
    other = deepcopy(executed)
    next(cell for cell in other.cells if cell.id == "prose").source = "{{ no-such-number }}"
    with pytest.raises(DocumentError, match=r"^mutual_aid_annex\.ipynb: cell "):
        render(executed, evidence, open_briefing("mutual-aid", ROOT), ("html",), annex=other)


def test_a_notebook_that_carries_no_numbers_or_two_sets_is_refused(executed: Any, evidence: Evidence) -> None:
    briefing = open_briefing("mutual-aid", ROOT)
    without, twice = (nbformat.from_dict(dict(executed)) for _ in range(2))
    facts = next(cell for cell in executed.cells if cell.id == "facts")
    without.cells = [cell for cell in executed.cells if cell.id != "facts"]
    twice.cells = [*executed.cells, facts]
    for notebook, count in ((without, 0), (twice, 2)):
        with pytest.raises(DocumentError, match=f"named numbers in one cell; found {count} such cells"):
            render(notebook, evidence, briefing, ("html",))


def test_evidence_with_a_problem_stops_the_run_before_anything_is_written(project: Path) -> None:
    path = project / "evidence" / "studies" / "manning2012.yaml"
    path.write_text(path.read_text().replace("design: ", "desgin: ", 1))
    break_cell(project, "raise AssertionError('the notebook was run')")
    with pytest.raises(EvidenceError, match="desgin"):
        build(project, "mutual-aid")
    assert not (project / "build").exists()


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("analyses = 1 / 0", r"cell 3 \(pool\) failed with ZeroDivisionError: division by zero"),
        ("syn.analyse(evidence, 'no')", r"cell 3 \(pool\) failed with UnknownKeyError: unknown question 'no'"),
        ("import os; os._exit(3)", r"Python stopped in cell 3 \(pool\)"),
    ],
)
def test_a_cell_that_fails_is_named_and_the_last_build_stays(project: Path, source: str, says: str) -> None:
    folder = project / "build" / "mutual-aid"
    replace_folder(folder, {"briefing.html": b"the last one"})
    break_cell(project, source)
    with pytest.raises(DocumentError, match=says) as caught:
        build(project, "mutual-aid", formats=["html"])
    assert "\x1b" not in str(caught.value) and "Traceback" not in str(caught.value)
    assert contents(folder) == {"briefing.html": b"the last one"}
    assert [path.name for path in folder.parent.iterdir()] == ["mutual-aid"]


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "{}", '{"cells": 3, "nbformat": 4, "nbformat_minor": 5, "metadata": {}}']
)
def test_a_file_that_is_no_notebook_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "broken.ipynb"
    path.write_text(text)
    with pytest.raises(DocumentError, match=r"broken.ipynb is not a notebook that can be read"):
        execute(path, {})
    with pytest.raises(UsageError, match="there is no notebook"):
        execute(tmp_path / "absent.ipynb", {})


@pytest.mark.parametrize(
    ("arguments", "error", "says"),
    [
        ({"briefing_id": "mutual-ade"}, UnknownKeyError, "Did you mean 'mutual-aid'"),
        ({"formats": ["htm"]}, UnknownKeyError, r"unknown format 'htm'. Did you mean 'html'"),
        ({"formats": []}, UsageError, "no format is named; choose from html, pdf"),
        ({"issued": "tomorrow"}, UsageError, "'tomorrow' is not a date"),
        ({"issued": ""}, UsageError, "'' is not a date"),
    ],
)
def test_wrong_use_writes_nothing(project: Path, arguments: dict[str, Any], error: type, says: str) -> None:
    with pytest.raises(error, match=says):
        build(project, **{"briefing_id": "mutual-aid"} | arguments)
    assert not (project / "build").exists()


def test_an_unreadable_epoch_stops_the_run_before_the_notebook(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "soon")
    with pytest.raises(UsageError, match="SOURCE_DATE_EPOCH is 'soon'"):
        build(project, "mutual-aid")


def test_every_error_of_the_run_is_one_a_user_may_read() -> None:
    for error in (DocumentError, EvidenceError, UsageError, UnknownKeyError):
        assert issubclass(error, SynthesisError)


# Other formats and engines


def test_a_word_file_is_made_when_it_is_asked_for(executed: Any, evidence: Evidence) -> None:
    briefing = open_briefing("mutual-aid", ROOT)
    assert "briefing.docx" not in render(executed, evidence, briefing, DEFAULT_FORMATS)
    files = render(executed, evidence, briefing, ("docx",))
    assert set(files) == {"briefing.docx", "evidence.csv", "numbers.json"}
    assert files["briefing.docx"].startswith(b"PK")
    assert files == render(executed, evidence, briefing, ("docx",))


def test_quarto_that_is_not_there_stops_the_run_before_the_notebook(
    project: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    said: list[str] = []
    with pytest.raises(UsageError, match="there is no quarto on PATH"):
        build(project, "mutual-aid", engine="quarto", progress=said.append)
    assert said == [] and not (project / "build").exists()


def test_quarto_writes_beside_our_own_build(project: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "bin" / "quarto"
    program.parent.mkdir()
    program.write_text('#!/bin/sh\necho "made for $4" > "$6"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    own = build(project, "mutual-aid", formats=("html",))
    built = build(project, "mutual-aid", engine="quarto")
    assert built.folder == own.folder / "quarto"
    assert [path.name for path in built.files] == ["briefing.html", "briefing.ipynb", "briefing.pdf"]
    assert [(built.folder / f"briefing.{kind}").read_text() for kind in ("html", "pdf")] == [
        "made for html\n",
        "made for typst\n",
    ]
    assert all(path.is_file() for path in own.files)


def test_an_unknown_engine_names_those_there_are(project: Path) -> None:
    with pytest.raises(UnknownKeyError, match=r"unknown engine 'latex'\. Known: own, quarto"):
        build(project, "mutual-aid", engine="latex")


# What is left of earlier builds


def test_a_build_of_another_format_keeps_files_of_the_same_document_only(project: Path) -> None:
    first = build(project, "mutual-aid", formats=("html",))
    page = (first.folder / "briefing.html").read_bytes()
    stale = project / "build" / ".mutual-aid.k1ll3d.stage"
    stale.mkdir()
    both = build(project, "mutual-aid", formats=("docx",))
    assert [path.name for path in both.files] == ["briefing.docx", "briefing.html", "evidence.csv", "numbers.json"]
    assert (both.folder / "briefing.html").read_bytes() == page
    assert not stale.exists(), "what a killed build left is cleared away"
    said: list[str] = []
    other = build(project, "mutual-aid", formats=("html",), issued="2027-02-03", progress=said.append)
    assert [path.name for path in other.files] == ["briefing.html", "evidence.csv", "numbers.json"]
    assert said[-1] == "removing briefing.docx: the briefing has changed since; name its format too to have it"


def test_two_builds_at_once_are_told_apart(project: Path) -> None:
    with only_writer(project / "build" / ".mutual-aid.lock", "a build of mutual-aid"):
        said = rf"a build of mutual-aid \(process {os.getpid()}\) is at work here"
        with pytest.raises(BusyError, match=said):
            build(project, "mutual-aid", formats=("html",))


# How it stands


def test_past_its_review_date_the_same_briefing_says_that_it_is_overdue(project: Path) -> None:
    built = build(project, "mutual-aid", formats=("html",), on="2027-11-28")
    page = (built.folder / "briefing.html").read_text()
    life = json.loads((built.folder / "numbers.json").read_text())["life"]
    assert life == {"status": "overdue", "review_due": "2027-11-27", "on": "2027-11-28"}
    assert '<meta name="status" content="overdue">' in page
    assert '<meta name="dcterms.issued" content="2026-11-27">' in page
    assert "Overdue on 28 November 2027: the evidence has not been looked at again" in page


def test_a_notebook_that_does_not_take_the_edition_is_refused(project: Path) -> None:
    cells = [(kind, name, text.replace(", edition=edition", "")) for kind, name, text in CELLS]
    write_notebook(project / "notebooks" / "mutual_aid_briefing.ipynb", cells)
    with pytest.raises(DocumentError, match="must have edition = None in the cell tagged 'parameters'"):
        build(project, "mutual-aid", on="2030-01-01")

"""The command line as people and scripts meet it: messages, exit codes, JSON, no escape codes, quick help."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from typer.testing import CliRunner

from synthesis import cli
from synthesis.document.elements import Document
from synthesis.evidence.load import Evidence
from synthesis.exchange.tables import EFFECT_COLUMNS
from synthesis.render.pdf import to_pdf

ROOT = Path(__file__).resolve().parents[1]
COMMANDS = ("check", "list", "pool", "build", "judge", "schema")


@dataclass(frozen=True)
class Ran:
    """What a command left: exit code and the two streams."""

    code: int
    out: str
    err: str


Run = Callable[..., Ran]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command in this process, in the project unless another folder is given."""

    def command(*arguments: str, folder: Path = ROOT) -> Ran:
        monkeypatch.chdir(folder)
        monkeypatch.setattr(sys, "argv", ["synthesis", *arguments])
        capsys.readouterr()
        try:
            cli.main()
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 0 if end.code is None else 1
        else:
            code = 0
        streams = capsys.readouterr()
        return Ran(code, streams.out, streams.err)

    return command


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the project's records."""
    for name in ("evidence", "briefings"):
        shutil.copytree(ROOT / name, tmp_path / name)
    return tmp_path


def outside(*arguments: str, **more: Any) -> subprocess.CompletedProcess[str]:
    """Run a command in a process of its own, as a script would."""
    return subprocess.run(
        [sys.executable, "-m", "synthesis", *arguments], capture_output=True, text=True, check=False, **more
    )


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself_with_an_example(command: str) -> None:
    result = CliRunner().invoke(cli.app, [command, "--help"])
    assert result.exit_code == 0
    text = re.sub(r"\s+", " ", result.output)
    assert f"Example: synthesis {command}" in text or f"Examples: synthesis {command}" in text


def test_help_lists_the_commands_and_exit_codes() -> None:
    for arguments in (["--help"], ["-h"], []):
        result = CliRunner().invoke(cli.app, arguments)
        assert all(command in result.output for command in COMMANDS)
        assert "0 fine, 1 problems found" in re.sub(r"\s+", " ", result.output)


def test_check_says_that_nothing_is_wrong(run: Run, evidence: Evidence) -> None:
    found = run("check")
    assert (found.code, found.err) == (0, "")
    assert found.out == (
        f"0 problems in {len(evidence.studies)} studies, {len(evidence.sources)} sources and "
        f"{len(evidence.questions)} questions\n"
    )


def test_check_reports_every_problem_in_one_run(run: Run, copy: Path) -> None:
    first = copy / "evidence" / "studies" / "manning2012.yaml"
    second = copy / "evidence" / "questions" / "smart-recovery.yaml"
    first.write_text(first.read_text().replace("design: rct", "design: rtc", 1))
    second.write_text(second.read_text() + "surprise: yes\n")
    found = run("check", folder=copy)
    assert (found.code, found.out) == (1, "")
    assert "studies/manning2012.yaml:" in found.err and "questions/smart-recovery.yaml:" in found.err
    assert found.err.startswith("synthesis: 2 problems in the evidence\n")
    assert "Traceback" not in found.err
    assert run("check", "--evidence", str(copy / "evidence")) == found


def test_check_of_a_folder_that_is_not_there(run: Run, tmp_path: Path) -> None:
    found = run("check", "--evidence", str(tmp_path / "none"))
    assert found.code == 1
    assert "no-folder" in found.err and "name the evidence folder" in found.err


def test_a_wrong_hand_calculation_is_a_problem_of_check(run: Run, copy: Path, evidence: Evidence) -> None:
    study, check = next(
        (study, check)
        for study in evidence.studies.values()
        for result in study.results
        for check in result.checks
        if check.se is not None
    )
    path = copy / "evidence" / "studies" / f"{study.id}.yaml"
    path.write_text(path.read_text().replace(f"se: {check.se:g}", f"se: {check.se + 1:g}", 1))
    found = run("check", folder=copy)
    assert found.code == 1
    assert "[arithmetic]" in found.err and f"studies/{study.id}.yaml:" in found.err


def test_list_shows_every_record(run: Run, evidence: Evidence) -> None:
    found = run("list")
    assert found.code == 0
    for name in (*evidence.studies, *evidence.sources, *evidence.questions):
        assert re.search(rf"^  {name}\b", found.out, flags=re.MULTILINE), name


def test_list_as_json(run: Run, evidence: Evidence) -> None:
    data = json.loads(run("list", "--format", "json").out)
    assert {item["id"] for item in data["studies"]} == set(evidence.studies)
    assert {item["id"] for item in data["sources"]} == set(evidence.sources)
    assert {item["id"] for item in data["questions"]} == set(evidence.questions)


def test_pool_as_json_is_strict(run: Run, evidence: Evidence) -> None:
    def refuse(word: str) -> None:
        raise AssertionError(f"{word} is not JSON")

    for question in evidence.questions:
        found = run("pool", question, "--format", "json")
        assert (found.code, found.err) == (0, "")
        assert json.loads(found.out, parse_constant=refuse)["question"] == question


def test_pool_as_csv_is_one_analysis(run: Run) -> None:
    for variant in (None, "include-recalled"):
        arguments = ("--variant", variant) if variant else ()
        found = run("pool", "active-referral-attendance", "--format", "csv", *arguments)
        rows = list(csv.DictReader(io.StringIO(found.out)))
        assert tuple(rows[0]) == tuple(EFFECT_COLUMNS)
        assert {row["analysis"] for row in rows} == {variant or "plan"}


def test_pool_as_a_table_shows_the_effects_and_the_result(run: Run) -> None:
    found = run("pool", "active-referral-attendance")
    assert (found.code, found.err) == (0, "")
    assert all(text in found.out for text in ("Manning 2012", "Timko", "Random effects"))


def test_pool_of_a_question_without_numbers_says_so(run: Run) -> None:
    found = run("pool", "smart-recovery")
    assert found.code == 0
    assert "Note: No study in the evidence compares" in found.out


def test_pool_of_directions(run: Run) -> None:
    found = run("pool", "attendance-and-outcome")
    assert (found.code, found.err) == (0, "")
    assert "Fortney" in found.out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("pool", "cocaine-abstinance"), "unknown question 'cocaine-abstinance'. Did you mean 'cocaine-abstinence'?"),
        (
            ("pool", "cocaine-abstinence", "--variant", "randomized-only"),
            "unknown sensitivity analysis 'randomized-only'. Did you mean 'randomised-only'?",
        ),
        (
            ("pool", "cocaine-abstinence", "--variant", "randomized-only", "--format", "json"),
            "unknown sensitivity analysis 'randomized-only'. Did you mean 'randomised-only'?",
        ),
        (
            ("pool", "cocaine-abstinence", "--variant", "randomized-only", "--format", "csv"),
            "unknown sensitivity analysis 'randomized-only'. Did you mean 'randomised-only'?",
        ),
        (("build", "mutual-ade"), "unknown briefing 'mutual-ade'. Did you mean 'mutual-aid'?"),
        (("build", "mutual-aid", "--format", "htm"), "unknown format 'htm'. Did you mean 'html'?"),
        (("build", "mutual-aid", "--format", ","), "no format is named; choose from html, pdf"),
        (("build", "mutual-aid", "--engine", "quarto", "--format", "docx"), "with Quarto the formats are html, pdf"),
        (("build", "mutual-aid", "--engine", "quarto", "--watch"), "--watch builds our own page; leave out --engine"),
        (("build", "mutual-aid", "--port", "9000"), "--port says where --watch serves the page"),
        (("build", "mutual-ade", "--watch"), "unknown briefing 'mutual-ade'. Did you mean 'mutual-aid'?"),
        (("build", "mutual-aid", "--date", "23/11/2026"), "'23/11/2026' is not a date; write it as YYYY-MM-DD"),
        (("list", "--format", "jsn"), "'table', 'json'"),
        (("pool",), "Missing argument"),
        (("pol",), "No such command 'pol'"),
    ],
)
def test_wrong_use_says_what_to_do_and_exits_with_2(run: Run, arguments: tuple[str, ...], says: str) -> None:
    found = run(*arguments)
    assert (found.code, found.out) == (2, "")
    assert says in re.sub(r"[│\s]+", " ", found.err)
    assert "Traceback" not in found.err


@pytest.mark.parametrize("arguments", [("check",), ("list",), ("pool", "x"), ("build", "x"), ("schema",)])
def test_outside_a_project_it_says_how_to_get_into_one(run: Run, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    for more in ((), ("--project", str(tmp_path))):
        found = run(*arguments, *more, folder=tmp_path)
        assert (found.code, found.out) == (2, "")
        assert found.err.startswith(f"synthesis: no project in {tmp_path.resolve()}")
        assert "change into one or name it with --project" in found.err


def test_it_works_from_any_folder_of_the_project_and_from_elsewhere(run: Run, tmp_path: Path) -> None:
    inside = run("check", folder=ROOT / "notebooks")
    assert inside.code == 0
    assert run("check", "--project", str(ROOT), folder=tmp_path) == inside


def test_schema_is_written_where_editors_look(run: Run, copy: Path) -> None:
    found = run("schema", folder=copy)
    assert found.code == 0
    written = sorted(path.name for path in (copy / "evidence" / "schema").glob("*.json"))
    assert sorted(found.out.split()) == written
    assert all(json.loads((copy / "evidence" / "schema" / name).read_text()) for name in written)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(("pool", "nothing"), 2), (("pool", "cocaine-abstinence"), 0), (("list", "--format", "jsn"), 2), (("--help",), 0)],
)
def test_a_process_of_its_own_gives_the_code_and_no_escape_codes(arguments: tuple[str, ...], code: int) -> None:
    plain = {key: value for key, value in os.environ.items() if key not in {"NO_COLOR", "FORCE_COLOR", "TERM"}}
    for environment in (plain, plain | {"NO_COLOR": "1", "TERM": "xterm-256color"}):
        ran = outside(*arguments, cwd=ROOT, env=environment)
        assert ran.returncode == code, ran.stderr
        assert "\x1b" not in ran.stdout + ran.stderr
        assert "Traceback" not in ran.stderr


def test_a_reader_that_stops_early_gets_no_traceback() -> None:
    script = f'"{sys.executable}" -m synthesis list | head -n 1'
    ran = subprocess.run(["sh", "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.stdout.startswith("Studies: ")
    assert (ran.returncode, ran.stderr) == (0, "")


def test_output_that_cannot_be_encoded_by_the_terminal_is_no_traceback() -> None:
    environment = os.environ | {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0", "LC_ALL": "C"}
    ran = outside("pool", "cocaine-abstinence", cwd=ROOT, env=environment)
    assert "Traceback" not in ran.stderr
    assert (ran.returncode, "cocaine" in ran.stdout) == (0, True)


def test_help_is_quick_because_nothing_heavy_is_imported() -> None:
    # What takes long to import is loaded by the command that needs it.
    script = (
        "import sys\n"
        "from typer.testing import CliRunner\n"
        "from synthesis.cli import app\n"
        "assert CliRunner().invoke(app, ['--help']).exit_code == 0\n"
        "heavy = {'numpy', 'scipy', 'pandas', 'pydantic', 'matplotlib', 'yaml', 'nbformat'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr


def test_a_good_pdf_passes_and_a_bad_one_has_its_problems_named(run: Run, tmp_path: Path) -> None:
    document = Document(title="A test", language="en-GB", date="2026-11-03", metadata={}, blocks=())
    good, bad, other = tmp_path / "good.pdf", tmp_path / "bad.pdf", tmp_path / "other.pdf"
    good.write_bytes(to_pdf(document))
    found = run("check-pdf", str(good))
    assert (found.code, found.err) == (0, "")
    assert found.out.startswith(f"0 problems in {good}: 13 checks passed.")
    with pikepdf.open(good) as file:
        del file.Root["/Lang"]
        file.save(bad)
    found = run("check-pdf", str(bad))
    assert (found.code, found.out) == (1, "")
    assert f"1 problem in {bad}\n- language: the file does not name its language (Lang)" in found.err
    other.write_text("no PDF")
    assert run("check-pdf", str(other)).code == 2
    assert run("check-pdf", str(tmp_path / "none.pdf")).code == 2

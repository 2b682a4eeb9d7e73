"""``synthesis judge``: facts shown, judgements signed, stale ones reported and signed again."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from synthesis import cli
from synthesis.evidence.load import load

ROOT = Path(__file__).resolve().parents[1]
QUESTION = "active-referral-attendance"
SIGN = ("--sign", "Somebody", "--on", "2026-12-01")

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name in ("evidence", "briefings"):
        shutil.copytree(ROOT / name, tmp_path / name)
    return tmp_path


@pytest.fixture
def run(project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    def command(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.chdir(project)
        monkeypatch.setattr(sys, "argv", ["synthesis", *arguments])
        capsys.readouterr()
        try:
            cli.main()
            code = 0
        except SystemExit as end:
            code = int(end.code or 0)
        streams = capsys.readouterr()
        return code, streams.out, streams.err

    return command


def move(project: Path) -> None:
    """Change a fact that the judgement used: where the London trial was done."""
    path = project / "evidence" / "studies" / "manning2012.yaml"
    text = path.read_text(encoding="utf-8")
    assert "countries: [GB]" in text
    path.write_text(text.replace("countries: [GB]", "countries: [IE]"), encoding="utf-8")


def test_the_facts_and_the_judgement_are_shown(run: Run) -> None:
    code, out, err = run("judge", QUESTION)
    assert (code, err) == (0, "")
    for words in ("Risk of bias", "weight: not judged: 100%", "Publication", "●○○○"):
        assert words in out
    assert "Changed since judged" not in out


def test_a_moved_fact_is_reported_shown_and_signed_again(run: Run, project: Path) -> None:
    before = load(project / "evidence").questions[QUESTION].certainty.domains["indirectness"]
    move(project)
    code, out, err = run("check")
    assert (code, out) == (1, "")
    assert f"questions/{QUESTION}.yaml:" in err
    assert "certainty.domains.indirectness [stale-judgement]" in err
    assert f"run synthesis judge {QUESTION}" in err
    assert err.count("stale-judgement") == 1
    _, out, _ = run("judge", QUESTION)
    # Columns may break the words.
    assert "judged on" in out
    assert "indirectness, weight from outside the United Kingdom: 64% -> 100%" in out
    code, out, err = run("judge", QUESTION, *SIGN)
    assert (code, err) == (0, "")
    assert out == f"{QUESTION}: very low, signed by Somebody, 2026-12-01\n"
    assert run("check")[0] == 0
    rating = load(project / "evidence").questions[QUESTION].certainty.domains["indirectness"]
    assert (rating.by, rating.reason) == ("Somebody", before.reason)
    assert [(item.by, item.reason, item.facts_hash) for item in rating.history] == [
        (before.by, before.reason, before.facts_hash)
    ]


def test_a_new_rating_changes_one_domain_of_the_file(run: Run, project: Path) -> None:
    path = project / "evidence" / "questions" / f"{QUESTION}.yaml"
    before = path.read_text(encoding="utf-8")
    code, out, _ = run("judge", QUESTION, *SIGN, "--rate", "imprecision=-1: nearly on one side")
    assert (code, out) == (0, f"{QUESTION}: low, signed by Somebody, 2026-12-01\n")
    after = path.read_text(encoding="utf-8")
    start = before.index("certainty:")
    assert after[:start] == before[:start]
    assert "nearly on one side" in after
    assert run("check")[0] == 0


def test_a_question_without_evidence_is_signed_as_that(run: Run, project: Path) -> None:
    code, out, _ = run("judge", "smart-recovery", *SIGN, "--none", "Nothing new.")
    assert (code, out) == (0, "smart-recovery: no evidence, signed by Somebody, 2026-12-01\n")
    assert load(project / "evidence").questions["smart-recovery"].certainty.reason == "Nothing new."
    assert "Nothing new." in run("judge", "smart-recovery")[1]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("judge", QUESTION, "--rate", "imprecision=0: x"), "--sign and --on"),
        (("judge", QUESTION, "--sign", "Somebody"), "--sign and --on"),
        (("judge", QUESTION, *SIGN, "--rate", "imprecision: x"), "is written"),
        (("judge", QUESTION, *SIGN, "--rate", "imprecision=2: x"), "0 or less"),
        (("judge", "smart-recovery", *SIGN, "--rate", "imprecision=0: x"), "no evidence to rate"),
        (("judge", "smart"), "smart-recovery"),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_is_written(
    run: Run, project: Path, arguments: tuple[str, ...], words: str
) -> None:
    before = {path: path.read_bytes() for path in (project / "evidence").rglob("*.yaml")}
    code, _, err = run(*arguments)
    assert code == 2
    assert words in err and "Traceback" not in err
    assert {path: path.read_bytes() for path in (project / "evidence").rglob("*.yaml")} == before

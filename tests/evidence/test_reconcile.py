"""Two extractions of one study: what differs is shown, one record is made, and both are kept."""

from __future__ import annotations

import re
import subprocess
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from synthesis.cli import app
from synthesis.errors import ConflictError, UnknownKeyError, UsageError
from synthesis.evidence.canonical import canonical_text
from synthesis.evidence.reconcile import as_yaml, compare, leaves, merge
from synthesis.evidence.study import Study
from synthesis.evidence.yaml_lines import parse

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "evidence" / "studies" / "manning2012.yaml").read_text(encoding="utf-8")
WHO = {"first": "A. Reader", "second": "B. Reader", "by": "C. Judge", "on": "2026-11-27"}


def record() -> Any:
    return deepcopy(parse(TEXT, "x")[0].data)


def other(change: Any) -> Any:
    data = record()
    change(data)
    return data


def test_the_same_record_agrees_however_it_is_written() -> None:
    again = parse(TEXT.replace("percent: 64}", "percent: 64.0}").replace("[GB]", "[ GB ]"), "x")[0].data
    found = compare(record(), again)
    assert found.differences == ()
    assert found.compared == found.agreed > 50


def test_a_difference_shows_both_values_and_both_quotations() -> None:
    def change(data: Any) -> None:
        data["results"][0]["printed"][0]["arms"]["pi"]["percent"] = "46"
        data["results"][0]["where"]["quote"] = "other words"
        data["countries"] = ["US"]

    found = compare(record(), other(change))
    assert [item.field for item in found.differences] == [
        "countries",
        "results[att-post].printed[percent].arms.pi.percent",
        "results[att-post].where.quote",
    ]
    assert found.differences[1].values == ("64", "46")
    assert found.differences[1].quotes[0].startswith("abstract: PI = 64%")
    assert found.differences[1].quotes[1] == "abstract: other words"
    assert found.agreement["results[].printed[].arms.*.percent"] == (10, 9)


def test_people_who_choose_their_own_ids_are_understood() -> None:
    def change(data: Any) -> None:
        text = canonical_text(data, Study)
        for old, new in (("pi", "peer"), ("ni", "nothing")):
            text = re.sub(rf"(?<![\w-]){old}(?![\w-])", new, text)
        renamed = parse(text.replace("id: att-post", "id: after-discharge"), "x")[0].data
        data.clear()
        data.update(renamed)

    # The percentage of one arm is the only thing that differs.
    changed = other(change)
    assert [arm["id"] for arm in changed["arms"]] == ["peer", "di", "nothing"]
    changed["results"][0]["printed"][0]["arms"]["peer"]["percent"] = "46"
    found = compare(record(), changed)
    fields = [item.field for item in found.differences]
    assert "results[att-post].printed[percent].arms.pi.percent" in fields
    assert all("quote" in field or "label" in field or field.endswith("pi.percent") for field in fields)


def test_what_only_one_has_can_be_taken_or_left() -> None:
    def change(data: Any) -> None:
        del data["results"][3]
        data["setting"] = "Another ward"

    less = other(change)
    found = compare(record(), less)
    missing = [item.field for item in found.differences if item.field.startswith("results[abst-by-attendance]")]
    assert missing
    first = merge(found, dict.fromkeys([item.field for item in found.differences], "first"), **WHO)
    second = merge(found, dict.fromkeys([item.field for item in found.differences], "second"), **WHO)
    assert len(first["results"]) == 4  # type: ignore[arg-type]
    assert second["setting"] == "Another ward"
    assert Study.model_validate(first).setting == Study.model_validate(record()).setting


def test_the_merged_record_keeps_both_and_says_who_decided() -> None:
    def change(data: Any) -> None:
        data["results"][0]["printed"][1]["ci"] = ["1.3", "9.9"]
        data["substances"].append("cannabis")

    found = compare(record(), other(change))
    taken: Any = {"results[att-post].printed[contrast].ci": "second", "substances": "first"}
    merged = merge(found, taken, **WHO)
    study = Study.model_validate(merged)
    assert study.extraction is not None and study.extraction.second is not None
    assert (study.extraction.by, study.extraction.second.by) == ("A. Reader", "B. Reader")
    assert study.extraction.second.compared - study.extraction.second.agreed == 2
    assert [(item.field, item.first, item.second, item.taken, item.by) for item in study.extraction.resolved] == [
        (
            "substances",
            "[alcohol, opioids, crack-cocaine, benzodiazepines]",
            "[alcohol, opioids, crack-cocaine, benzodiazepines, cannabis]",
            "first",
            "C. Judge",
        ),
        ("results[att-post].printed[contrast].ci", "['1.3', '9.8']", "['1.3', '9.9']", "second", "C. Judge"),
    ]
    text = canonical_text(merged, Study)
    assert Study.model_validate(parse(text, "x")[0].data) == study
    with pytest.raises(ConflictError, match="not decided: substances"):
        merge(found, {"results[att-post].printed[contrast].ci": "second"}, **WHO)


@st.composite
def changed(draw: Any) -> Any:
    """The record with some values changed, taken away or added."""
    data = record()
    paths = sorted(path for path in leaves(data) if path != "id" and not path.endswith((".id", ".form")))
    for path in draw(st.sets(st.sampled_from(paths), max_size=6)):
        here: Any = data
        steps = re.findall(r"([^.\[\]]+)|\[([^\]]*)\]", path)
        for name, item in steps[:-1]:
            if item:
                here = next(one for i, one in enumerate(here) if item in (one.get("id"), one.get("form"), str(i)))
            else:
                here = here[name]
        key = steps[-1][0]
        if draw(st.booleans()):
            here[key] = "7" if isinstance(here[key], str) else ["seven"]
        else:
            del here[key]
    return data


@given(changed(), changed())
def test_taking_one_side_everywhere_gives_that_side(one: Any, two: Any) -> None:
    found = compare(one, two)
    fields = [item.field for item in found.differences]
    assert compare(two, one).compared == found.compared
    for side, source in (("first", found.first), ("second", found.second)):
        merged = merge(found, dict.fromkeys(fields, side), **WHO)  # type: ignore[arg-type]
        assert {path: as_yaml(value) for path, (value, _) in leaves(merged).items()}.items() >= {
            path: as_yaml(value) for path, (value, _) in leaves(source).items() if path in fields
        }.items()
        assert compare(merged, source).differences == ()


def test_two_studies_are_not_compared() -> None:
    with pytest.raises(UsageError, match="two studies"):
        compare(record(), {**record(), "id": "kelly2009"})


# The command


def call(*words: str) -> tuple[int, str, BaseException | None]:
    result = CliRunner().invoke(app, words)
    return result.exit_code, result.output, result.exception


@pytest.fixture
def two(tmp_path: Path) -> tuple[str, str]:
    for name, text in (("one", TEXT), ("other", TEXT.replace("percent: 64}", "percent: 46}"))):
        (tmp_path / name).mkdir()
        (tmp_path / name / "manning2012.yaml").write_text(text, encoding="utf-8")
    return str(tmp_path / "one"), str(tmp_path / "other")


def test_two_folders_and_a_decision(two: tuple[str, str], tmp_path: Path) -> None:
    code, output, _ = call("reconcile", *two)
    assert code == 1
    assert "a: 64" in output and "b: 46" in output and "PI = 64%" in output
    field = "results[att-post].printed[percent].arms.pi.percent"
    to = tmp_path / "merged.yaml"
    words = ("reconcile", *two, "--study", "manning2012", "--to", str(to), "--by", "C. Judge")
    _, _, error = call(*words, "--take", f"a {field}")
    assert isinstance(error, UsageError) and "--first" in str(error)
    people = ("--first", "A. Reader", "--second", "B. Reader", "--on", "2026-11-27")
    _, _, error = call(*words, *people)
    assert isinstance(error, ConflictError) and field in str(error)
    _, _, error = call(*words, *people, "--take", "a nothing")
    assert isinstance(error, UnknownKeyError)
    _, _, error = call(*words, *people, "--take", "c all")
    assert isinstance(error, UsageError)
    code, output, error = call(*words, *people, "--take", f"a {field}")
    assert code == 0, error
    study = Study.model_validate(parse(to.read_text(encoding="utf-8"), "x")[0].data)
    assert study.extraction is not None and study.extraction.resolved[0].second == "46"
    code, _, error = call(*words, "--first", "A. Reader", "--second", "A. Reader", "--take", "a all")
    assert isinstance(error, UsageError) and "independent" in str(error)


def test_two_branches(tmp_path: Path) -> None:
    def git(*words: str) -> None:
        subprocess.run(
            ["git", "-c", "user.name=x", "-c", "user.email=x@example.org", *words],
            cwd=tmp_path,
            check=True,
            capture_output=True,
        )

    path = tmp_path / "evidence" / "studies" / "manning2012.yaml"
    path.parent.mkdir(parents=True)
    (tmp_path / "briefings").mkdir()
    git("init", "-q", "-b", "one")
    path.write_text(TEXT, encoding="utf-8")
    git("add", ".")
    git("commit", "-qm", "one")
    git("checkout", "-qb", "other")
    path.write_text(TEXT.replace("percent: 64}", "percent: 46}"), encoding="utf-8")
    git("commit", "-qam", "other")
    code, output, _ = call("reconcile", "one", "other", "--project", str(tmp_path))
    assert code == 1 and "b: 46" in output
    for wrong in ("none", "--output=x", "one:evidence"):
        _, _, error = call("reconcile", "--project", str(tmp_path), "--", "one", wrong)
        assert isinstance(error, UsageError)

"""The archive of an edition: complete, checkable, the same bytes each time, and of use without this package."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
import zipfile
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from fhir.resources.bundle import Bundle

from synthesis.analysis.model import Analysis
from synthesis.analysis.run import analyse
from synthesis.evidence.load import Evidence
from synthesis.evidence.project import open_briefing
from synthesis.exchange.bundle.archive import CHECKSUMS, bundle_files, to_zip
from synthesis.exchange.bundle.tables import BUNDLE_TABLES

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "docs" / "how-to" / "recompute_headline.py"


@pytest.fixture(scope="module")
def analyses(evidence: Evidence) -> tuple[Analysis, ...]:
    return tuple(analyse(evidence, key) for key in open_briefing("mutual-aid", ROOT).questions)


@pytest.fixture(scope="module")
def files(evidence: Evidence, analyses: tuple[Analysis, ...]) -> dict[str, bytes]:
    briefing = open_briefing("mutual-aid", ROOT)
    return bundle_files(
        evidence, briefing, analyses, edition="2026-11", date="2026-11-23", numbers=b"{}\n", claims={"a": "said"}
    )


@pytest.fixture(scope="module")
def package(files: dict[str, bytes]) -> Any:
    return json.loads(files["datapackage.json"])


def rows(files: dict[str, bytes], path: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(files[path].decode())))


def test_every_file_is_listed_summed_and_described(files: dict[str, bytes]) -> None:
    sums = dict(reversed(line.split("  ")) for line in files[CHECKSUMS].decode().splitlines())
    assert sums == {path: sha256(data).hexdigest() for path, data in files.items() if path != CHECKSUMS}
    crate = json.loads(files["ro-crate-metadata.json"])["@graph"]
    root = next(item for item in crate if item["@id"] == "./")
    described = {item["@id"] for item in crate if item.get("@type") == "File"}
    assert described == {part["@id"] for part in root["hasPart"]} == set(files) - {CHECKSUMS, "ro-crate-metadata.json"}
    readme = files["README.md"].decode()
    assert [path for path in files if path != "README.md" and f"`{path}`" not in readme] == []


def test_the_schema_says_what_each_table_holds(files: dict[str, bytes], package: Any) -> None:
    assert {item["path"] for item in package["resources"]} == {path for path in files if path.endswith(".csv")}
    for resource in package["resources"]:
        fields = {field["name"]: field["type"] for field in resource["schema"]["fields"]}
        assert all(field["description"] for field in resource["schema"]["fields"])
        held = rows(files, resource["path"])
        assert held and list(held[0]) == list(fields)
        for row in held:
            for name, value in row.items():
                if fields[name] == "number" and value:
                    float(value)


def test_numbers_are_declared_where_there_are_numbers(files: dict[str, bytes]) -> None:
    for table in BUNDLE_TABLES.values():
        assert table.numbers < set(table.columns)
        held = rows(files, f"data/{table.key}.csv")
        assert {name for name in table.numbers if any(row[name] for row in held)}


def test_every_pooled_result_and_study_is_there(
    files: dict[str, bytes], analyses: tuple[Analysis, ...], evidence: Evidence
) -> None:
    pooled = rows(files, "data/pooled.csv")
    plans = {
        row["question"]: float(row["estimate"]) for row in pooled if (row["analysis"], row["model"]) == ("plan", "plan")
    }
    assert plans == {item.question: item.pooled.estimate for item in analyses if item.pooled is not None}
    assert {row["study"] for row in rows(files, "data/studies.csv")} == set(evidence.studies)
    statements = rows(files, "data/statements.csv")
    assert len(statements) == sum(len(source.statements) for source in evidence.sources.values())


def test_results_hold_no_number_that_json_has_no_word_for(files: dict[str, bytes]) -> None:
    def refuse(name: str) -> None:
        pytest.fail(f"{name} is not JSON")

    for data in (data for path, data in files.items() if path.endswith(".json")):
        json.loads(data, parse_constant=refuse)


def test_fhir_fits_its_models(files: dict[str, bytes], analyses: tuple[Analysis, ...]) -> None:
    bundle = Bundle.model_validate_json(files["fhir-evidence.json"])
    pooled = [item for item in analyses if item.pooled is not None]
    assert [entry.resource.title for entry in bundle.entry] == [item.title for item in pooled]
    assert all(entry.resource.experimental and entry.resource.status == "draft" for entry in bundle.entry)
    assert all(entry.resource.certainty[0].rating.coding[0].code == "very-low" for entry in bundle.entry)


def test_the_archive_is_the_same_bytes_and_opens(files: dict[str, bytes]) -> None:
    made = to_zip(files)
    assert made == to_zip(dict(reversed(files.items())))
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == files


def test_the_script_needs_nothing_but_python_and_recomputes_each_headline(
    files: dict[str, bytes], analyses: tuple[Analysis, ...], tmp_path: Path
) -> None:
    assert len(SCRIPT.read_text(encoding="utf-8").splitlines()) <= 32
    path = tmp_path / "edition.zip"
    path.write_bytes(to_zip(files))
    for analysis in analyses:
        if analysis.pooled is not None:
            ran = run(path, analysis.question)
            assert ran.returncode == 0, ran.stderr
            assert ran.stdout.startswith(f"{analysis.pooled.k} studies: ")
    row = b"cocaine-abstinence,plan,plan,RR,log,3,107.0,-"
    changed = files | {"data/pooled.csv": files["data/pooled.csv"].replace(row, row[:-1])}
    assert changed != files
    path.write_bytes(to_zip(changed))
    assert run(path, "cocaine-abstinence").returncode == 1


def run(path: Path, question: str) -> subprocess.CompletedProcess[str]:
    # -I leaves out the folder and the packages of this project.
    return subprocess.run(
        [sys.executable, "-I", "-S", str(SCRIPT), str(path), question], capture_output=True, text=True, check=False
    )

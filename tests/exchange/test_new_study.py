"""The record of a new study: its id, whether it is there already, and what it still needs."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from synthesis.cli import app
from synthesis.errors import UsageError
from synthesis.evidence.canonical import formatted
from synthesis.evidence.load import Evidence, load, read
from synthesis.evidence.study import Study
from synthesis.evidence.yaml_lines import parse
from synthesis.exchange.bibliography import read_bibliography
from synthesis.exchange.bibliography.model import Entry
from synthesis.exchange.new_study import check_id, draft, duplicates, propose_id, questions_entered, with_report

FILES = Path(__file__).parent / "files"
ROOT = Path(__file__).parents[2]


def entry(**reference: object) -> Entry:
    base = {"title": "Something quite different", "author": [{"family": "Nobody", "given": "A"}], "issued": "2013"}
    return Entry(reference={**base, **reference}, place="record 1")


def test_ids_are_author_and_year_with_a_letter_where_that_is_taken() -> None:
    assert propose_id(entry(author=[{"family": "El-Guebaly"}]), []) == "elguebaly2013"
    assert propose_id(entry(author=[{"family": "Grønbæk"}]), ["gronbaek2013", "gronbaek2013b"]) == "gronbaek2013c"
    assert propose_id(entry(author=[{"literal": "Project MATCH Research Group"}]), []) == "project2013"
    assert propose_id(entry(author=[{"family": "李"}]), []) == "study2013"
    with pytest.raises(UsageError, match="no author"):
        propose_id(entry(author=[]), [])
    with pytest.raises(UsageError, match="no year"):
        propose_id(entry(issued=""), [])


def test_duplicates_by_identifier_and_by_title(evidence: Evidence) -> None:
    known = evidence.studies["walitzer2009"].reports[0]
    assert duplicates(entry(), evidence) == ()
    by_doi = duplicates(entry(doi=(known.doi or "").lower()), evidence)
    assert (by_doi[0].study, by_doi[0].certain) == ("walitzer2009", True)
    by_pmid = duplicates(entry(pmid=known.pmid), evidence)
    assert (by_pmid[0].study, by_pmid[0].certain) == ("walitzer2009", True)
    title = known.title.upper().replace("OUT-PATIENT", "outpatient").replace(":", "")
    by_title = duplicates(entry(title=title), evidence)
    assert (by_title[0].study, by_title[0].certain) == ("walitzer2009", True)
    # The same title under another DOI is another report.
    other = duplicates(entry(title=known.title, doi="10.9999/other"), evidence)
    assert (other[0].study, other[0].certain) == ("walitzer2009", False)
    # A second report: the same first author, another year, a title that is alike.
    second = entry(
        title="Facilitating involvement in Alcoholics Anonymous during outpatient treatment: three years later",
        author=[{"family": "Walitzer", "given": "KS"}], issued="2011",
    )  # fmt: skip
    found = duplicates(second, evidence)
    assert (found[0].study, found[0].certain) == ("walitzer2009", False)


def test_a_draft_is_canonical_and_says_what_is_missing(evidence: Evidence) -> None:
    assert evidence.vocabulary is not None
    publication = read_bibliography(FILES / "library.ris")[0][0]
    text = draft(publication, "exampl2021", "2026-11-27", evidence.vocabulary, {})
    assert formatted(text, Study, "x") == text
    assert "# design: one of rct, quasi-randomised" in text
    assert "without: pmid." in text
    assert "keywords" in text  # nothing of the file is dropped without a word
    known = draft(publication, "exampl2021", "2026-11-27", evidence.vocabulary, {"design": "rct"})
    assert "# design:" not in known and "\ndesign: rct\n" in known


def test_a_report_is_added_to_a_study_and_its_comments_stay(evidence: Evidence) -> None:
    text = (ROOT / "evidence" / "studies" / "manning2012.yaml").read_text(encoding="utf-8")
    text = text.replace("year: 2012\n", "year: 2012  # of the first report\n")
    written = with_report(with_report(text, entry()), entry())
    reports = parse(written, "x")[0].data["reports"]
    assert [report["id"] for report in reports] == ["main", "nobody2013", "nobody2013b"]  # type: ignore[index,union-attr,call-overload]
    assert "year: 2012  # of the first report\n" in written


def test_ids_that_are_taken_or_unsafe_are_refused(evidence: Evidence) -> None:
    for name in ("manning2012", "con", "../x"):
        with pytest.raises(UsageError):
            check_id(name, evidence)


def test_what_a_study_that_is_there_enters(evidence: Evidence) -> None:
    entered = dict(questions_entered(evidence.studies["manning2012"], evidence))
    assert entered["active-referral-attendance"] == "enters"
    assert "cocaine-abstinence" not in entered


@pytest.fixture
def project(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "evidence", tmp_path / "evidence")
    (tmp_path / "briefings").mkdir()
    return tmp_path


def run(*words: str) -> tuple[int, str, BaseException | None]:
    result = CliRunner().invoke(app, words)
    return result.exit_code, result.output, result.exception


def test_from_a_file_to_a_checked_record(project: Path) -> None:
    code, output, _ = run("add", "study", "--project", str(project), "--from", str(FILES / "citation.nbib"))
    assert code == 0, output
    path = project / "evidence" / "studies" / "example2021.yaml"
    path = next((project / "evidence" / "studies").glob("exampl*2021.yaml"))
    assert path.name in output and "active-referral-attendance: needs" in output
    # Nobody adds it twice, although the record is not complete yet.
    _, _, error = run("add", "study", "--project", str(project), "--from", str(FILES / "library.bib"))
    assert isinstance(error, UsageError) and "is there already" in str(error)
    # The comments are filled in as they say.
    text = path.read_text(encoding="utf-8")
    fields = {
        "design": "rct", "design_as_described": "a trial", "countries": "[GB]", "setting": "a clinic",
        "population": "adults", "substances": "[alcohol]", "participants": "{value: 80}", "followup_months": "[3]",
    }  # fmt: skip
    lines = [
        next((f"{name}: {value}" for name, value in fields.items() if line.startswith(f"# {name}:")), line)
        for line in text.splitlines()
    ]
    path.write_text(formatted("\n".join(lines) + "\n", Study, path.name), encoding="utf-8")
    assert load(project / "evidence").studies[path.stem].design == "rct"
    # Arms and results are there to be filled in, and what is forgotten is found.
    rows = path.read_text(encoding="utf-8").splitlines()
    start = next(number for number, row in enumerate(rows) if row == "# arms:")
    end = next(number for number, row in enumerate(rows) if row.startswith("# Other forms"))
    rows[start:end] = [row.removeprefix("# ") for row in rows[start:end]]
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    _, problems = read(project / "evidence")
    assert {problem.field for problem in problems} >= {
        "arms[0].label",
        "arms[0].category",
        "arms[1].label",
        "results[0].name",
        "results[0].outcome",
        "results[0].where.place",
        "results[0].printed[0].arms.active.events",
    }
    words = {
        "label": "a call",
        "category": "intensive-referral",
        "name": "went",
        "outcome": "mutual-aid-attendance",
        "timepoint_months": "3",
        "place": "table 2",
        "quote": "20 of 40 and 11 of 40",
    }
    empty = re.compile(r"^( *(?:- )?)(\w+):(  #.*)?$")
    filled = [empty.sub(lambda m: f"{m[1]}{m[2]}: {words[m[2]]}" if m[2] in words else m[0], row) for row in rows]
    text = "\n".join(filled) + "\n"
    text = text.replace("category: intensive-referral", "category: standard-referral").replace(
        "category: standard-referral", "category: intensive-referral", 1
    )
    text = text.replace("active: {events: , n: }", "active: {events: 20, n: 40}")
    text = text.replace("usual: {events: , n: }", "usual: {events: 11, n: 40}")
    path.write_text(text, encoding="utf-8")
    code, output, error = run("check", str(path), "--project", str(project))
    assert code == 0, error
    assert f"{path.stem} in active-referral-attendance: enters" in output


def test_which_of_several_publications_is_meant(project: Path) -> None:
    words = ("add", "study", "--project", str(project), "--from", str(FILES / "library.ris"), "--dry-run")
    _, _, error = run(*words)
    assert isinstance(error, UsageError) and "2 publications" in str(error) and "doi 10.1234/ex.2021" in str(error)
    assert "--entry and its number" in str(error)
    _, _, error = run(*words, "--doi", "10.1/none")
    assert isinstance(error, UsageError) and "no publication" in str(error)
    code, output, _ = run(*words, "--doi", "https://doi.org/10.1234/EX.2021")
    assert code == 0 and "\nid: examploe2021\n" in output
    assert not list((project / "evidence" / "studies").glob("exampl*2021.yaml"))


@pytest.mark.parametrize("notation", ["ris", "bib"])
def test_without_an_identifier_a_number_or_words_of_the_title_choose(
    project: Path, tmp_path: Path, notation: str
) -> None:
    path = tmp_path / f"library.{notation}"
    titles = ("A first trial of groups", "A second trial of groups", "A Résumé; of leaflets")
    path.write_text(
        "".join(
            f"TY  - JOUR\nAU  - Someone{number}, A\nPY  - 2001\nTI  - {title}\nER  - \n\n"
            if notation == "ris"
            else f"@article{{key{number}, author = {{Someone{number}, A}}, year = 2001, title = {{{title}}}}}\n\n"
            for number, title in enumerate(titles, start=1)
        ),
        encoding="utf-8",
    )
    words = ("add", "study", "--project", str(project), "--from", str(path), "--dry-run")
    for which, number in (("2", 2), ("trial SECOND", 2), ("resume", 3)):
        code, output, error = run(*words, "--entry", which)
        assert code == 0 and f"\nid: someone{number}2001\n" in output, error
    _, _, error = run(*words, "--entry", "trial of groups")
    assert isinstance(error, UsageError)
    assert "2 publications" in str(error) and "3. no identifier" not in str(error)
    assert "  2. no identifier: Someone2 2001, A second trial of groups" in str(error)
    for which in ("4", "0", "trial of tablets"):
        _, _, error = run(*words, "--entry", which)
        assert isinstance(error, UsageError) and "fits what was asked for" in str(error) and "  3. no" in str(error)


def test_choosing_needs_a_file(project: Path) -> None:
    _, _, error = run("add", "study", "--project", str(project), "--entry", "2")
    assert isinstance(error, UsageError) and "--from" in str(error)


def test_another_report_is_offered_and_added(project: Path, tmp_path: Path) -> None:
    path = tmp_path / "second.ris"
    path.write_text(
        "TY  - JOUR\nAU  - Walitzer, KS\nPY  - 2011\nTI  - Facilitating involvement in Alcoholics Anonymous during "
        "outpatient treatment: three years later\nER  - \n"
    )
    words = ("add", "study", "--project", str(project), "--from", str(path))
    _, _, error = run(*words)
    assert isinstance(error, UsageError) and "--report-of walitzer2009" in str(error)
    code, output, _ = run(*words, "--report-of", "walitzer2009")
    assert code == 0, output
    assert [report.id for report in load(project / "evidence").studies["walitzer2009"].reports] == [
        "main",
        "walitzer2011",
    ]
    # Now it is there, and "another study" would be wrong.
    _, _, error = run(*words, "--new")
    assert isinstance(error, UsageError) and "walitzer2009 is there already" in str(error)


def test_elsewhere_than_on_a_terminal_nobody_is_asked(project: Path) -> None:
    _, _, error = run("add", "study", "--project", str(project))
    assert isinstance(error, UsageError) and "--from" in str(error)


def test_on_a_terminal_answers_become_a_record(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("synthesis.cli.adding._on_terminal", lambda: True)
    answers = [
        "",
        "A study from answers",
        "Kelly JF; Humphreys K",
        "soon",
        "2022",
        "",
        "x",
        "",
        "",
        "trial",
        "rct",
        "GB",
        "",
        "",
    ]
    result = CliRunner().invoke(app, ["add", "study", "--project", str(project)], input="\n".join(answers) + "\n")
    assert result.exit_code == 0, result.output
    text = (project / "evidence" / "studies" / "kelly2022.yaml").read_text(encoding="utf-8")
    assert "\ndesign: rct\n" in text and "\ncountries: [GB]\n" in text and "# setting:" in text

"""Other programs' files: read with nothing lost in silence, written so that they come back the same."""

from __future__ import annotations

import csv
import io
import re
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

import synthesis.analysis.run as run
from exchange.revman import FILES, fleiss, package, zipped
from synthesis.cli import app
from synthesis.effects.measures import MEASURES
from synthesis.errors import ConflictError, EvidenceError, ImportProblem, UnknownKeyError, UsageError
from synthesis.evidence.load import Evidence, load
from synthesis.evidence.load import read as read_records
from synthesis.exchange import from_records, prisma_csv, revman_package, workbook
from synthesis.exchange.formats import FORMATS, TABLES, read_file, readable, recognised, writable
from synthesis.exchange.importing import import_review
from synthesis.exchange.recompute import recompute
from synthesis.exchange.review import Review
from synthesis.exchange.tables import FORMULA_STARTS

ROOT = Path(__file__).parents[2]
ON = "2026-11-27"
ASPIRIN = "aspirin-for-preventing-death-after-myocardial-infarction"

EFFECTS = "study,year,yi,vi\nAlpha 2001,2001,0.1,0.04\nBeta 2002,2002,-0.2,0.01\n"
COUNTS = "author,year,tpos,tneg,cpos,cneg,alloc\nAlpha,2001,4,119,11,128,random\nBeta,2002,6,300,29,274,random\n"
MEANS = "study,m1i,sd1i,n1i,m2i,sd2i,n2i\nAlpha 2001,5,2,20,6,2.5,22\n"
BIAS = "Study,D1,D2,D3,D4,D5,Overall,Weight\nAlpha 2001,Low,Some concerns,Low,Low,High,High,33\n"
COVIDENCE = (
    "Covidence #,Study ID,Title,Authors,Published Year,Journal,DOI,Abstract,Country\n"
    "7,Exampløe 2021,An invented trial,\"Exampløe, A; Sample, C\",2021,J Ex,10.1234/ex.2021,Words,Norway\n"
)  # fmt: skip
PRISMA = (
    "data,node,box,description,boxtext,tooltips,url,n\ndatabase_results,,,,,,,100\nregister_results,,,,,,,7\n"
    "duplicates,,,,,,,20\nrecords_screened,,,,,,,80\ndbr_excluded,,,,,,,\"Wrong design, 3; No outcome, 5\"\n"
    "previous_studies,,,,,,,2\nwebsite_results,,,,,,,NA\n"
)  # fmt: skip


def read(text: str | bytes, name: str = "x.csv", measure: str | None = None) -> Review:
    data = text.encode() if isinstance(text, str) else text
    form = recognised(data, name)
    assert form.read is not None
    return form.read(data, name, measure)


def rows(review: Review) -> dict[str, list[tuple[object, ...]]]:
    """What has to come back, by analysis."""
    return {
        item.title: sorted((row.study, row.experimental, row.control, row.estimate, row.se) for row in item.rows)
        for item in review.analyses
    }


# Review Manager


@pytest.mark.parametrize("data", [(FILES / "fleiss1993.rm5").read_bytes(), package()], ids=["rm5", "package"])
def test_published_results_of_the_aspirin_trials(data: bytes) -> None:
    review = read(data, "fleiss")
    aspirin, mental = review.analyses
    assert (aspirin.measure, aspirin.method, aspirin.model, len(aspirin.rows)) == ("OR", "mantel-haenszel", "common", 7)
    found = recompute(aspirin)
    assert found is not None and found.agrees
    assert found.values == pytest.approx((0.8969, 0.8405, 0.9570), abs=5e-5)  # Fleiss 1993, as RevMan printed it
    assert (mental.measure, len(mental.rows)) == ("SMD", 5)
    assert recompute(mental) is not None
    assert len(review.studies) == 12


def test_what_a_review_says_besides_is_carried_or_listed() -> None:
    review = fleiss()
    assert "text in ABS_BACKGROUND" in review.lost
    assert review.lost["DICH_OUTCOME@SORT_BY"].why == "how the program shows it"
    first = next(study for study in review.studies if study.name == "MRC-1")
    assert first.about == {
        "methods": "Randomised trial.",
        "participants": "Men after myocardial infarction.",
        "notes": "First of two trials.",
    }
    marked = next(study for study in review.studies if study.name == "AMIS")
    assert (marked.bias[0].level, marked.bias[0].support) == ("unclear", "Not described.")
    assert next(row for row in review.analyses[0].rows if row.study == "CDP").note == "Deaths from all causes."
    assert review.analyses[0].good == "lower-better"
    lost = read(package(), "p.zip").lost
    assert "column Heterogeneity I²" in lost and "column Data source" in lost


def test_effects_and_single_patients_data_and_subgroups() -> None:
    text = """<COCHRANE_REVIEW><STUDIES_AND_REFERENCES><STUDIES><INCLUDED_STUDIES>
    <STUDY ID="STD-1" NAME="Alpha 2001"/><STUDY ID="STD-2" NAME="Beta 2002"/></INCLUDED_STUDIES>
    </STUDIES></STUDIES_AND_REFERENCES>
    <ANALYSES_AND_DATA><COMPARISON NO="1"><NAME>A</NAME>
    <IV_OUTCOME NO="1" EFFECT_MEASURE="HR" RANDOM="YES" TOTALS="YES"><NAME>Time</NAME><IV_SUBGROUP><NAME>Old</NAME>
    <IV_DATA STUDY_ID="STD-1" ESTIMATE="-0.2" SE="0.1" EFFECT_SIZE="0.8187"/></IV_SUBGROUP>
    <IV_SUBGROUP><NAME>Young</NAME><IV_DATA STUDY_ID="STD-2" ESTIMATE="" SE="0.2" EFFECT_SIZE="2"/>
    <IV_DATA STUDY_ID="STD-1" ESTIMATE="1" SE=""/></IV_SUBGROUP></IV_OUTCOME>
    <IPD_OUTCOME NO="2" EFFECT_MEASURE="PETO_OR"><NAME>Deaths</NAME>
    <IPD_DATA STUDY_ID="STD-1" O_E="-3" VAR="4"/></IPD_OUTCOME>
    <OTHER_OUTCOME NO="3"><NAME>In words</NAME></OTHER_OUTCOME></COMPARISON></ANALYSES_AND_DATA></COCHRANE_REVIEW>"""
    review = read(text, "x.rm5")
    time, deaths = review.analyses
    assert [(row.study, row.estimate, row.se, row.subgroup) for row in time.rows] == [
        ("Alpha 2001", -0.2, 0.1, "Old"),
        ("Beta 2002", pytest.approx(0.6931471805599453), 0.2, "Young"),
    ]
    assert (time.model, time.measure, deaths.measure) == ("random", "HR", "PETO")
    assert (deaths.rows[0].estimate, deaths.rows[0].se) == (-0.75, 0.5)
    assert {"IV_DATA", "OTHER_OUTCOME"} <= set(review.lost)


def test_events_that_the_file_swaps() -> None:
    text = (FILES / "fleiss1993.rm5").read_text(encoding="utf-8")
    swapped = read(text.replace('SWAP_EVENTS="NO"', 'SWAP_EVENTS="YES"'), "x.rm5").analyses[0]
    assert swapped.rows[0].experimental == from_records.Group(n=615, events=566)
    assert "people without the event" in swapped.rows[0].note
    found = recompute(swapped)
    # The file's own result was not swapped with it, and the difference is seen.
    assert found is not None and found.agrees is False
    assert found.values[0] == pytest.approx(1 / 0.8968655609130709)


def test_latin_1_in_a_file_that_says_utf_8() -> None:
    text = (FILES / "fleiss1993.rm5").read_text(encoding="utf-8").replace('NAME="AMIS"', 'NAME="Grønbæk"')
    review = read(text.encode("latin-1"), "old.rm5")
    assert "Grønbæk" in [study.name for study in review.studies]
    assert "Latin 1" in review.remarks[0]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("</COCHRANE_REVIEW>", "", "not well-formed XML at line"),
        ('EVENTS_1="49"', 'EVENTS_1="many"', "DICH_DATA of STD-MRC_x002d_1: EVENTS_1 is 'many'"),
        ("<COCHRANE_REVIEW", '<!DOCTYPE x [<!ENTITY a "b">]><COCHRANE_REVIEW', "entities"),
    ],
)
def test_a_broken_review_is_named_with_its_place(old: str, new: str, words: str) -> None:
    text = (FILES / "fleiss1993.rm5").read_text(encoding="utf-8").replace(old, new, 1)
    with pytest.raises(ImportProblem, match=re.escape(words)):
        read(text, "x.rm5")


def test_entities_are_not_expanded() -> None:
    lines = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10 if i else "lol"}">' for i in range(10))
    with pytest.raises(ImportProblem, match="entities"):
        read(f"<!DOCTYPE x [{lines}]><COCHRANE_REVIEW>&l9;</COCHRANE_REVIEW>", "x.rm5")


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"../../evil-data-rows.csv": b"x"}, "outside"),
        ({"/etc/x-data-rows.csv": b"x"}, "outside"),
        ({"c:\\x-data-rows.csv": b"x"}, "outside"),
        ({"a-data-rows.csv": b"0" * 150_000_000}, "zip bomb"),
        ({"a-files/a-data.zip": zipped({"a-data-rows.csv": b"0" * 150_000_000})}, "zip bomb"),
        ({f"{i}-data-rows.csv": b"" for i in range(2001)}, "2,001 files"),
        ({"a-data-rows.csv": b"Study\nx\n"}, "overall-estimates"),
        ({"a-parameters.csv": b"x"}, "diagnostic"),
    ],
)
def test_packages_that_are_not_safe_or_not_reviews(files: dict[str, bytes], words: str) -> None:
    with pytest.raises(ImportProblem, match=words):
        revman_package.read(zipped(files), "x.zip")


def test_a_damaged_package() -> None:
    data = package()
    for cut in (data[: len(data) // 2], data[:-30], b"PK\x03\x04 nothing"):
        with pytest.raises(ImportProblem, match="not a zip"):
            revman_package.read(cut, "x.zip")


# Tables


def test_effects_need_a_measure_and_counts_do_not() -> None:
    with pytest.raises(ImportProblem, match="--measure"):
        read(EFFECTS)
    effects = read(EFFECTS, measure="SMD").analyses[0]
    assert [(row.estimate, row.se) for row in effects.rows] == [(0.1, 0.2), (-0.2, 0.1)]
    counts = read(COUNTS)
    assert counts.analyses[0].rows[0].experimental == from_records.Group(n=123, events=4)
    assert list(counts.lost) == ["column alloc"]
    means = read(MEANS, measure="MD").analyses[0]
    assert means.measure == "MD" and means.rows[0].control == from_records.Group(n=22, mean=6, sd=2.5)
    with pytest.raises(ImportProblem, match="does not go with counts"):
        read(COUNTS, measure="SMD")


@pytest.mark.parametrize("sign", [";", "\t"])
def test_other_separators(sign: str) -> None:
    assert rows(read(COUNTS.replace(",", sign))) == rows(read(COUNTS))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (COUNTS.replace(",4,", ",four,"), "row 2: tpos is 'four'"),
        (EFFECTS.replace("0.1,0.04", "0,1;0.04"), "more cells|not a number|headings"),
        (COUNTS.replace(",119,", ",1e13,"), "too large"),
        (COUNTS + "a,b,c,d,e,f,g,h,i\n", "more cells"),
    ],
)
def test_a_number_that_is_none_is_named_with_its_row(text: str, words: str) -> None:
    with pytest.raises(ImportProblem, match=words):
        read(text, measure="SMD")


def test_rows_that_lack_a_number_are_listed() -> None:
    review = read(COUNTS.replace(",11,", ",NA,"))
    assert len(review.analyses[0].rows) == 1
    assert review.lost["row"].place == "x.csv, row 2"


def test_judgements_of_bias() -> None:
    review = read(BIAS)
    assert review.tool == "rob2"
    assert {mark.domain: mark.level for mark in review.studies[0].bias} == {
        "D1": "low",
        "D2": "some-concerns",
        "D3": "low",
        "D4": "low",
        "D5": "high",
        "Overall": "high",
    }
    assert "column Weight" in review.lost
    seven = "Study,D1,D2,D3,D4,D5,D6,D7,Overall\nA 2001," + ",".join(["Serious"] * 8) + "\n"
    assert read(seven).tool == "robins-i"
    odd = read(BIAS.replace("Some concerns", "Dubious"))
    assert odd.lost["column D2"].why == "'Dubious' is no level of RoB 2"
    with pytest.raises(ImportProblem, match="3 domains"):
        read("Study,D1,D2,D3\nA,Low,Low,Low\n")


def test_covidence() -> None:
    review = read(COVIDENCE)
    study = review.studies[0]
    assert (study.name, study.year, study.about) == ("Exampløe 2021", 2021, {"country": "Norway"})
    assert study.reference["author"][0] == {"family": "Exampløe", "given": "A"}
    assert "column Abstract" in review.lost


def test_counts_of_a_search_there_and_back(evidence: Evidence, tmp_path: Path) -> None:
    path = tmp_path / "flow.csv"
    path.write_text(PRISMA)
    found = prisma_csv.read_screening(path)
    assert (found.databases, found.registers, found.other_methods, found.removed) == (100, 7, None, 20)
    assert found.excluded == (("Wrong design", 3), ("No outcome", 5))
    assert "box previous_studies" in read(PRISMA).lost
    flow = from_records.study_flow(evidence, [run.analyse(evidence, "cocaine-abstinence")], screening=found)
    path.write_text(prisma_csv.written(flow))
    assert prisma_csv.read_screening(path) == found
    with pytest.raises(ImportProblem, match="not a count"):
        read(PRISMA.replace(",80\n", ",eighty\n"))


def test_excel_sheets_are_read_as_tables_and_formulas_are_not_carried_out(tmp_path: Path) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    for title, text in (("counts", COUNTS), ("bias", BIAS), ("more", COUNTS), ("notes", "a,b\n1,2\n")):
        sheet = book.create_sheet(title)
        for line in csv.reader(io.StringIO(text)):
            sheet.append([float(cell) if cell.replace(".", "").isdigit() else cell for cell in line])
    book["counts"]["C2"] = "=1+3"  # never computed by anybody: nothing stands there
    book.save(tmp_path / "book.xlsx")
    _, review = read_file(tmp_path / "book.xlsx")
    assert [row.study for row in review.analyses[0].rows] == ["Beta"]
    assert review.tool == "rob2"
    assert {"sheet more", "sheet notes", "row"} <= set(review.lost)
    for data, words in ((zipped({"[Content_Types].xml": b"x", "xl/a": b"y"}), "no Excel"), (package(), "no Excel")):
        with pytest.raises(ImportProblem, match=words):
            workbook.read_sheets(data, "x.xlsx")


def test_every_format_that_is_read_is_told_by_its_content() -> None:
    samples = {
        "revman5": (FILES / "fleiss1993.rm5").read_bytes(),
        "revman": package(),
        "metafor": COUNTS.encode(),
        "robvis": BIAS.encode(),
        "covidence": COVIDENCE.encode(),
        "prisma2020": PRISMA.encode(),
        "excel": workbook.written({"effects": (["study"], [])}),
    }
    assert set(samples) == set(readable())
    assert set(TABLES) <= set(readable())
    for key, data in samples.items():
        assert recognised(data, "file").key == key
    with pytest.raises(UsageError, match="no format that is known"):
        recognised(b"hello", "x")


def test_one_gigabyte_is_not_read(tmp_path: Path) -> None:
    for name in ("a.rm5", "a.zip", "a.csv", "a.xlsx"):
        with (tmp_path / name).open("wb") as stream:
            stream.truncate(1_000_000_000)
        with pytest.raises(ImportProblem, match="1,000 MB"):
            read_file(tmp_path / name)


# Into records and out again


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Evidence:
    folder = tmp_path_factory.mktemp("imported") / "evidence"
    import_review(fleiss(), folder, on=ON, design="not-stated")
    return load(folder)


def test_records_say_where_each_number_came_from(imported: Evidence) -> None:
    study = imported.studies["mrc-1-1974"]
    where = study.results[0].where
    assert where.place == "fleiss1993.rm5, analysis 1.1, DICH_DATA of STD-MRC_x002d_1"
    assert where.read and where.secondary
    assert study.label == "MRC-1 1974"
    assert study.remarks[0].statement == "notes: First of two trials."
    assert (
        imported.studies["amis1980"].remarks[0].statement.startswith("Risk of bias, Allocation concealment?: unclear")
    )
    pooled = run.analyse(imported, ASPIRIN).pooled
    assert pooled is not None
    natural = MEASURES["OR"].to_natural
    # By inverse variance, which the question says; RevMan's own method differs in the fifth digit.
    assert [natural(value) for value in (pooled.estimate, pooled.ci.low, pooled.ci.high)] == pytest.approx(
        [0.8969, 0.8405, 0.9571], abs=5e-5
    )


@pytest.mark.parametrize("key", ["revman", "excel", "metafor"])
def test_what_is_declared_comes_back_unchanged(imported: Evidence, key: str, tmp_path: Path) -> None:
    analyses = [run.analyse(imported, question) for question in imported.questions]
    form = FORMATS[key]
    assert form.write is not None
    before = rows(from_records.as_review(imported, analyses))
    reviews = []
    for name, data in form.write(imported, analyses).items():
        if not name.endswith(".R"):
            (tmp_path / name).write_bytes(data)
            reviews.append(read_file(tmp_path / name)[1])
    assert {title: found for review in reviews for title, found in rows(review).items()} == before
    for number, review in enumerate(reviews):
        folder = tmp_path / f"again{number}"
        import_review(review, folder, on=ON)
        again = load(folder)
        assert {study.label: study.year for study in again.studies.values()}.items() <= {
            study.label: study.year for study in imported.studies.values()
        }.items()
        results = [run.analyse(again, question) for question in again.questions]
        assert rows(from_records.as_review(again, results)).items() <= before.items()
        by_title = {item.title: item for item in analyses}
        for item in results:
            own = by_title[item.title]
            assert (item.measure, item.intervention, item.comparator) == (own.measure, own.intervention, own.comparator)
            assert item.effects.yi == pytest.approx(own.effects.yi, abs=1e-12)
            if key == "revman":
                assert item.pooled is not None and own.pooled is not None
                assert item.pooled.model == own.pooled.model
                assert item.pooled.ci == own.pooled.ci


def test_published_contrasts_come_back_too(evidence: Evidence, tmp_path: Path) -> None:
    analyses = [run.analyse(evidence, "active-referral-attendance")]
    data = from_records.revman(evidence, analyses)["synthesis.zip"]
    assert data == from_records.revman(evidence, analyses)["synthesis.zip"]
    review = read(data, "p.zip")
    assert rows(review) == rows(from_records.as_review(evidence, analyses))
    assert review.analyses[0].interval == "hartung-knapp" or review.analyses[0].interval == "wald"
    import_review(review, tmp_path / "again", on=ON)
    again = load(tmp_path / "again")
    result = run.analyse(again, next(iter(again.questions)))
    assert result.effects.yi == pytest.approx(analyses[0].effects.yi, abs=1e-12)
    assert result.effects.vi == pytest.approx(analyses[0].effects.vi, abs=1e-12)


def test_judgements_come_back(tmp_path: Path) -> None:
    import_review(read(BIAS, "rob.csv"), tmp_path / "evidence", on=ON, design="not-stated")
    evidence = load(tmp_path / "evidence")
    table = from_records.to_csv(
        from_records.robvis_csv.rows(evidence.studies.values(), from_records.ROB_TOOLS["rob2"]),
        from_records.robvis_csv.columns(from_records.ROB_TOOLS["rob2"]),
    )
    assert read(table).studies[0].bias == read(BIAS).studies[0].bias
    # A table of judgements of studies that are there is added to them, once.
    folder = tmp_path / "other"
    import_review(read(COUNTS.replace("Alpha", "Alpha 2001")), folder, on=ON)
    for _ in range(2):
        import_review(read(BIAS, "rob.csv"), folder, on=ON)
    judged = load(folder).studies
    assert [len(study.risk_of_bias) for study in judged.values()] == [1, 0]


def test_import_writes_all_or_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "evidence"
    assert len(import_review(fleiss(), folder, on=ON).files) == 15
    # The same review again finds its own records and changes nothing.
    assert import_review(fleiss(), folder, on=ON).files == ()
    path = folder / "studies" / "cdp1976.yaml"
    path.write_text(path.read_text().replace("events: 44", "events: 45"))
    before = {item: item.read_bytes() for item in folder.rglob("*.yaml")}
    with pytest.raises(ConflictError, match=r"cdp1976\.yaml"):
        import_review(fleiss(), folder, on=ON)
    (folder / "studies" / "broken.yaml").write_text("id: [")
    with pytest.raises(EvidenceError):
        import_review(fleiss(), folder, on=ON)
    assert all(item.read_bytes() == data for item, data in before.items())
    with pytest.raises(EvidenceError, match="year"):
        import_review(read(EFFECTS.replace("2001", "1800"), measure="SMD"), tmp_path / "none", on=ON)
    assert not (tmp_path / "none").exists()


def test_the_design_is_a_word_that_is_known(evidence: Evidence, tmp_path: Path) -> None:
    import_review(read(COUNTS), tmp_path / "trials", on=ON, design="rct")
    assert load(tmp_path / "trials").vocabulary.designs["rct"].randomised
    with pytest.raises(UnknownKeyError, match="randomized"):
        import_review(read(COUNTS), tmp_path / "none", on=ON, design="randomized")
    assert not (tmp_path / "none").exists()


def test_studies_that_may_be_there_already_are_named(evidence: Evidence, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "evidence", tmp_path / "evidence")
    text = "study,year,measure,yi,vi,doi\nSomebody 2009,2009,OR,0.1,0.04,10.1111/j.1360-0443.2008.02467.x\n"
    text += "Manning 2012,2012,OR,0.2,0.04,\nNew 2020,2020,OR,0.3,0.04,\n"
    written = import_review(read(text), tmp_path / "evidence", on=ON)
    assert written.alike == (
        "Somebody 2009 may be walitzer2009, which was there before",
        "Manning 2012 may be manning2012, which was there before",
    )
    # What was there is as it was; that one publication is entered twice is found until somebody takes one out.
    again, _ = read_records(tmp_path / "evidence")
    assert all(again.studies[key] == study for key, study in evidence.studies.items())
    with pytest.raises(EvidenceError, match="shared-identifier"):
        load(tmp_path / "evidence")
    (tmp_path / "evidence" / "studies" / "somebody2009.yaml").unlink()
    assert load(tmp_path / "evidence").studies.keys() > evidence.studies.keys()


# Written files


@pytest.mark.parametrize("key", writable())
def test_nothing_that_is_written_runs_as_a_formula(imported: Evidence, key: str) -> None:
    study = imported.studies["cdp1976"]
    evil = study.reports[0].model_copy(update={"title": '=HYPERLINK("x")', "doi": "10.1234/=x"})
    named = evil.model_copy(update={"author": (evil.author[0].model_copy(update={"literal": "=cmd|' /C calc'!A0"}),)})
    studies = {**imported.studies, study.id: study.model_copy(update={"reports": (named,)})}

    class Held:
        questions, vocabulary, content_hash, sources = imported.questions, imported.vocabulary, "", imported.sources

    held = Held()
    held.studies = studies  # type: ignore[attr-defined]
    analyses = [run.analyse(held, ASPIRIN)]  # type: ignore[arg-type]
    write = FORMATS[key].write
    assert write is not None
    for name, data in write(held, analyses).items():  # type: ignore[arg-type]
        if name.endswith(".csv"):
            assert not any(
                cell.startswith(FORMULA_STARTS) and not re.fullmatch(r"-?[0-9.e-]+", cell)
                for line in csv.reader(io.StringIO(data.decode()))
                for cell in line
            )
        elif name.endswith(".xlsx"):
            import openpyxl

            book = openpyxl.load_workbook(io.BytesIO(data))
            cells = [cell for sheet in book for row in sheet for cell in row]
            assert any(cell.value == "=cmd|' /C calc'!A0 1976" for cell in cells)
            assert all(cell.data_type != "f" for cell in cells)


def test_references_come_back(imported: Evidence, evidence: Evidence) -> None:
    from synthesis.exchange.bibliography import parse_bibliography

    analyses = [run.analyse(evidence, "active-referral-attendance")]
    for form in ("ris", "csl-json"):
        write = FORMATS[form].write
        assert write is not None
        (data,) = write(evidence, analyses).values()
        entries, remarks = parse_bibliography(data, form)
        assert remarks == []
        own = {report.title: report for study in from_records._used(evidence, analyses) for report in study.reports}
        assert {entry.reference["title"] for entry in entries} == set(own)
        for entry in entries:
            report = own[entry.reference["title"]]
            assert (entry.reference.get("doi"), entry.reference.get("pmid")) == (
                report.doi and report.doi.lower(),
                report.pmid,
            )
            assert len(entry.reference["author"]) == len(report.author)


def test_the_script_asks_r_for_the_same_model(evidence: Evidence, imported: Evidence) -> None:
    # validation/metafor/exported.sh runs such scripts in R; here R need not be there.
    analysis = run.analyse(imported, ASPIRIN)
    script = from_records.metafor(imported, [analysis])[f"{ASPIRIN}.R"].decode()
    assert 'method = "EE", test = "z", level = 95' in script
    assert analysis.pooled is not None and repr(analysis.pooled.estimate) in script
    random = run.analyse(evidence, "cocaine-abstinence")
    script = from_records.metafor(evidence, [random])["cocaine-abstinence.R"].decode()
    assert random.pooled is not None
    test = "knha" if random.pooled.ci.method == "hartung-knapp" else "z"
    assert f'method = "REML", test = "{test}", level = 95' in script


def test_commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    def call(*words: str) -> tuple[str, BaseException | None]:
        result = CliRunner().invoke(app, words)
        return result.output, result.exception

    output, error = call("import", str(FILES / "fleiss1993.rm5"))
    assert error is None
    assert "0.8969 (0.8405 to 0.9570); in the file 0.8969 (0.8405 to 0.9570)" in output
    assert "not carried:" in output and "THEY DIFFER" not in output
    output, error = call("export", ASPIRIN, "--as", "metafor", "--project", "fleiss1993")
    assert error is None and f"{ASPIRIN}.R" in output and "not carried: places and quotations" in output
    _, error = call("export", ASPIRIN, "--as", "revman5", "--project", "fleiss1993")
    assert isinstance(error, UnknownKeyError)
    _, error = call("export", "nothing", "--as", "ris", "--project", "fleiss1993")
    assert isinstance(error, UnknownKeyError)
    _, error = call("export", ASPIRIN, "--as", "robvis", "--project", "fleiss1993")
    assert isinstance(error, UsageError)
    Path("flow.csv").write_text(PRISMA)
    output, error = call("import", "flow.csv")
    assert error is None and "databases: 100" in output and "read_screening" in output
    Path("wrong.rm5").write_text((FILES / "fleiss1993.rm5").read_text().replace("0.8968655609130709", "0.99"))
    output, error = call("import", "wrong.rm5")
    assert error is None and "THEY DIFFER" in output
    _, error = call("import", "wrong.rm5", "--as", "ris")
    assert isinstance(error, UsageError)

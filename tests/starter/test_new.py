"""A new topic builds at once, says everywhere that its data are made up, and never writes over anything."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pypdfium2
import pytest

from synthesis.errors import UsageError
from synthesis.evidence.house_style import format_records
from synthesis.evidence.load import load
from synthesis.evidence.project import open_briefing
from synthesis.pipeline import Built, build
from synthesis.starter import LONGEST_TOPIC, new_project, slug_of

DAY = "2026-11-27"
SAID = "Demonstration data"


@pytest.fixture(scope="module")
def coffee(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return new_project("Coffee", tmp_path_factory.mktemp("topics") / "coffee", date=DAY)


@pytest.fixture(scope="module")
def built(coffee: Path) -> Built:
    return build(coffee, "coffee", formats=("html", "pdf", "docx"))


def page_texts(made: bytes) -> list[str]:
    with pypdfium2.PdfDocument(made) as file:
        return [page.get_textpage().get_text_bounded() for page in file]


# What is made


def test_its_records_have_no_problems_and_are_all_demonstration_data(coffee: Path) -> None:
    evidence = load(coffee / "evidence")
    assert (len(evidence.studies), len(evidence.sources), len(evidence.questions)) == (4, 1, 1)
    assert set(evidence.demonstration) == evidence.studies.keys() | evidence.sources.keys()
    for study in evidence.studies.values():
        assert "demonstration" in study.label and SAID in study.reports[0].title and SAID in str(study.notes)
    for source in evidence.sources.values():
        assert SAID in source.reference.title and SAID in str(source.notes)


def test_everything_is_filled_in_and_names_no_other_topic(coffee: Path) -> None:
    files = [path for path in coffee.rglob("*") if path.is_file() and "build" not in path.parts]
    assert {path.name for path in files} >= {"README.md", "Makefile", ".gitignore", "coffee.ipynb", "claims.yaml"}
    for path in files:
        text = path.read_text(encoding="utf-8")
        assert not [word for word in ("@slug@", "@topic@", "@Topic@", "@date@") if word in text], path
        if path.parent.name != "schema":
            assert not [word for word in ("mutual aid", "mutual-aid", "alcohol") if word in text.lower()], path


def test_a_topic_of_several_words_is_a_title_and_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    made = new_project("  Café   walks ", date=DAY)
    assert made == Path("cafe-walks")
    assert open_briefing("cafe-walks", made).title == "Café walks: demonstration briefing"
    assert load(made / "evidence").questions["improvement"].intervention.label == "Café walks"


def test_the_same_topic_gives_the_same_bytes(coffee: Path, tmp_path: Path) -> None:
    again = new_project("Coffee", tmp_path / "elsewhere", date=DAY)
    for path in sorted(path for path in again.rglob("*") if path.is_file()):
        assert path.read_bytes() == (coffee / path.relative_to(again)).read_bytes(), path


def test_its_records_are_in_canonical_form(coffee: Path) -> None:
    assert list(format_records(coffee / "evidence", (), write=False)) == []


# Said everywhere


def test_the_page_says_it_at_the_head_at_the_foot_and_beside_every_study(built: Built) -> None:
    page = (built.folder / "briefing.html").read_text(encoding="utf-8")
    head, _, rest = page.partition('<main id="content"')
    assert f'<p class="notice">{SAID}' in head and f'<p class="notice">{SAID}' in rest
    assert rest.count("Study A 2016 (demonstration)") >= 3
    assert "Study A 2016" not in rest.replace("Study A 2016 (demonstration)", "")


def test_the_pdf_says_it_on_every_page(built: Built) -> None:
    texts = page_texts((built.folder / "briefing.pdf").read_bytes())
    assert len(texts) >= 3
    assert [number for number, text in enumerate(texts, start=1) if SAID not in text] == []


def test_the_word_file_says_it_first_and_in_the_header(built: Built) -> None:
    with ZipFile(BytesIO((built.folder / "briefing.docx").read_bytes())) as file:
        body = file.read("word/document.xml").decode()
        headers = [file.read(name).decode() for name in file.namelist() if name.startswith("word/header")]
    assert 0 < body.index(SAID) < body.index("demonstration briefing")
    assert any(SAID in text for text in headers)


def test_the_files_for_other_programs_say_it(built: Built, coffee: Path) -> None:
    rows = list(csv.DictReader(io.StringIO((built.folder / "evidence.csv").read_text(encoding="utf-8"))))
    assert rows and {row["demonstration"] for row in rows} == {"yes"}
    assert all("(demonstration)" in row["label"] for row in rows)
    numbers = json.loads((built.folder / "numbers.json").read_text(encoding="utf-8"))
    assert numbers["evidence"]["demonstration"] == list(load(coffee / "evidence").demonstration)


def test_quarto_is_told_first() -> None:
    from synthesis.document.elements import Document, Paragraph, line
    from synthesis.render.quarto_notebook import quarto_notebook

    about = {"notice": f"{SAID}: made up."}
    document = Document(title="T", language="en-GB", date=DAY, metadata=about, blocks=(Paragraph(text=line("Words")),))
    text = quarto_notebook(document)
    assert 0 < text.index(SAID) < text.index("Words")


def test_a_briefing_without_demonstration_data_says_nothing_of_it(evidence: object) -> None:
    import synthesis as syn

    held = syn.open(Path(__file__).parent.parent.parent)
    assert held.demonstration == ()
    facts = syn.briefing_facts(held, syn.open_briefing("mutual-aid", held.root.parent), [])
    assert "notice" not in facts.document["metadata"]


def test_no_edition_can_be_issued_from_it(coffee: Path) -> None:
    before = sorted(path.name for path in (coffee / "briefings" / "coffee").iterdir())
    words = ["edition", "coffee", "2026-11", "--type", "new-evidence", "--date", DAY, "--project", str(coffee)]
    command = [sys.executable, "-m", "synthesis", *words, "--allow-dirty"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "no edition can be issued from demonstration data: demo-a2016, demo-b2018" in done.stderr
    assert sorted(path.name for path in (coffee / "briefings" / "coffee").iterdir()) == before


# Names


@pytest.mark.parametrize(
    "topic",
    [
        "",
        " ",
        "a/b",
        "a\\b",
        "../up",
        ".hidden",
        "tea:two",
        "con",
        "NUL",
        "Lpt1",
        "null",
        "yes",
        "x" * 61,
        "日本",
        "-",
        "a\nb\x00",
    ],
)
def test_a_topic_that_cannot_be_a_name_is_refused_and_nothing_is_written(
    topic: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match=r"topic|folder"):
        new_project(topic, date=DAY)
    assert list(tmp_path.iterdir()) == []


def test_slugs() -> None:
    assert slug_of("Type 2 diabetes") == "type-2-diabetes"
    assert slug_of("Self-help - groups") == "self-help-groups"
    assert len(slug_of("x" * LONGEST_TOPIC)) == LONGEST_TOPIC


def test_a_folder_with_anything_in_it_stays_as_it_was(tmp_path: Path) -> None:
    taken = tmp_path / "coffee"
    taken.mkdir()
    (taken / "mine.txt").write_text("keep", encoding="utf-8")
    with pytest.raises(UsageError, match="not empty; nothing was changed"):
        new_project("coffee", taken, date=DAY)
    assert [(path.name, path.read_text(encoding="utf-8")) for path in taken.iterdir()] == [("mine.txt", "keep")]
    assert [path.name for path in tmp_path.iterdir()] == ["coffee"]


def test_a_file_and_a_link_to_nothing_stay_as_they_were(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("keep", encoding="utf-8")
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    for name in ("file", "link"):
        with pytest.raises(UsageError, match="is no folder; nothing was changed"):
            new_project("coffee", tmp_path / name, date=DAY)
    assert (tmp_path / "file").read_text(encoding="utf-8") == "keep" and (tmp_path / "link").is_symlink()


def test_an_empty_folder_is_taken_and_a_device_is_not(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert (new_project("coffee", tmp_path / "empty", date=DAY) / "evidence").is_dir()
    with pytest.raises(UsageError, match="device"):
        new_project("coffee", tmp_path / "con.d" / "coffee", date=DAY)
    assert [path.name for path in tmp_path.iterdir()] == ["empty"]


def test_a_folder_made_by_somebody_else_meanwhile_is_not_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from synthesis import starter

    write = starter._write

    def meanwhile(stage: Path, fill: dict[str, str]) -> None:
        write(stage, fill)
        (tmp_path / "coffee").mkdir()
        (tmp_path / "coffee" / "theirs.txt").write_text("keep", encoding="utf-8")

    monkeypatch.setattr(starter, "_write", meanwhile)
    with pytest.raises(UsageError, match="nothing was changed"):
        new_project("coffee", tmp_path / "coffee", date=DAY)
    assert [path.name for path in tmp_path.rglob("*")] == ["coffee", "theirs.txt"]


# The command


def test_the_command_says_what_to_do_next(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "synthesis", "new", "walking groups", "--date", DAY]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "Next: cd walking-groups && synthesis check && synthesis build walking-groups" in done.stdout
    again = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert again.returncode == 2 and "is there already and is not empty" in again.stderr
    check = [sys.executable, "-m", "synthesis", "check", "--project", "walking-groups"]
    checked = subprocess.run(check, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "5 of these records are demonstration data" in checked.stdout

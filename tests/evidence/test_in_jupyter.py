"""What evidence, records and problems show in a notebook, and what completes there."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import html

import synthesis as syn
from synthesis.errors import EvidenceError, Problem, UnknownKeyError
from synthesis.evidence.by_id import SHOWN
from synthesis.evidence.load import Evidence

ROOT = Path(__file__).resolve().parents[2]


def table(markup: str) -> list[list[str]]:
    """The rows of a table that has a caption and a header cell in each row."""
    (found,) = html.fromstring(f"<div>{markup}</div>").xpath("table")
    assert found.xpath("caption")[0].text_content().strip()
    rows = found.xpath(".//tr")
    assert all(row.xpath("th[@scope]") for row in rows)
    return [[cell.text_content() for cell in row] for row in rows]


def problem(**more: str) -> Problem:
    plain = {"file": "studies/x.yaml", "field": "a", "code": "c", "found": "f", "allowed": "b", "fix": "d"}
    return Problem(line=3, **(plain | more))


def test_evidence_counts_what_it_holds(evidence: Evidence) -> None:
    rows = dict(table(evidence._repr_html_()))
    assert rows["Studies"] == str(len(evidence.studies)) and rows["Questions"] == str(len(evidence.questions))


def test_ids_complete_between_quotation_marks(evidence: Evidence) -> None:
    assert evidence.studies._ipython_key_completions_() == list(evidence.studies)
    assert "manning2012" in evidence.studies._ipython_key_completions_()
    assert {"studies", "sources", "questions", "vocabulary", "place"} <= set(dir(evidence))


def test_the_real_completer_completes_them(evidence: Evidence) -> None:
    from IPython.core.completer import IPCompleter

    completer = IPCompleter(namespace={"evidence": evidence})
    with completer_provisional():
        found = {item.text for item in completer.completions('evidence.studies["mann', 22)}
    assert any("manning2012" in text for text in found)


def completer_provisional():  # type: ignore[no-untyped-def]
    from IPython.core.completer import provisionalcompleter

    return provisionalcompleter()


def test_a_mapping_shows_the_first_of_many(evidence: Evidence) -> None:
    rows = table(evidence.studies._repr_html_())
    assert len(rows) == SHOWN + 1 and rows[1][0] == next(iter(evidence.studies))
    assert repr(evidence.studies).startswith(f"{len(evidence.studies)} studies: bernstein2005, ")
    assert repr(evidence.questions).count("…") == 0


def test_an_id_that_is_not_there_gets_the_nearest(evidence: Evidence) -> None:
    with pytest.raises(UnknownKeyError, match=r"unknown study 'maning2012'.*Did you mean 'manning2012'"):
        evidence.studies["maning2012"]
    assert evidence.studies.get("maning2012") is None


def test_mappings_cannot_be_changed(evidence: Evidence) -> None:
    with pytest.raises(TypeError):
        evidence.studies["x"] = evidence.studies["manning2012"]  # type: ignore[index]


def test_every_record_shows_itself(evidence: Evidence) -> None:
    for record in (*evidence.studies.values(), *evidence.sources.values(), *evidence.questions.values()):
        rows = dict(table(record._repr_html_()))
        assert rows["id"] == record.id
    assert "att-post" in dict(table(evidence.studies["manning2012"]._repr_html_()))["results"]


def test_text_of_a_record_is_text(invented) -> None:  # type: ignore[no-untyped-def]
    study = invented.study(setting="<script>alert(1)</script>")
    assert "<script>" not in study._repr_html_() and "&lt;script&gt;" in study._repr_html_()


def test_problems_are_a_table_and_their_text_is_text() -> None:
    error = EvidenceError([problem(), problem(found="<b>bold</b>")])
    rows = table(error._repr_html_())
    assert rows[0] == ["Where", "Field", "Found", "Allowed", "What to do"]
    assert ["studies/x.yaml:3", "a", "<b>bold</b>", "b", "d"] in rows


def test_an_error_for_a_reader_is_printed_without_a_traceback() -> None:
    assert EvidenceError([problem()])._render_traceback_() == [f"EvidenceError: {EvidenceError([problem()])}"]
    from IPython.core.interactiveshell import InteractiveShell

    shell = InteractiveShell.instance()
    with pytest.MonkeyPatch.context() as patch:
        said: list[str] = []
        patch.setattr(shell, "_showtraceback", lambda kind, value, lines: said.extend(lines))
        shell.run_cell("import synthesis as syn; syn.open_briefing('nothing', " + repr(str(ROOT)) + ")")
    assert said and "unknown briefing 'nothing'" in said[0] and "Traceback" not in "".join(said)


def test_open_finds_the_project_from_any_folder_in_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for folder in ("notebooks", "evidence/studies", "briefings/mutual-aid", "."):
        monkeypatch.chdir(ROOT / folder)
        assert "manning2012" in syn.open().studies
    monkeypatch.chdir(tmp_path)
    with pytest.raises(syn.SynthesisError, match="no project in"):
        syn.open()

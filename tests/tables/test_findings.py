"""Summary of findings."""

from __future__ import annotations

from dataclasses import replace

from synthesis.analysis.model import Analysis, Certainty, DomainCertainty
from synthesis.certainty.wording import KEY
from synthesis.document.elements import Row, Table, plain
from synthesis.tables.findings import summary_of_findings


def body(table: Table) -> list[Row]:
    return [row for row in table.rows if row.style == "body"]


def cells(row: Row) -> list[str]:
    return [plain(cell) for cell in row.cells]


def test_a_pooled_row_has_every_column(pooled: Analysis) -> None:
    (row,) = body(summary_of_findings([pooled]))
    texts = cells(row)
    assert texts[0] == "Attended groups\nat 3 to 12 months"
    assert texts[1] == "330"
    assert texts[2] == "501\n(305 to 697)"
    assert texts[3].startswith("OR ") and "95% CI" in texts[3]
    assert texts[4] == "569 (3 studies)"
    assert texts[5] == "not yet judged"
    assert "in its favour" in texts[6]


def test_numbers_carry_the_name_of_their_fact(pooled: Analysis, observed: Analysis) -> None:
    table = summary_of_findings([pooled, observed])
    targets = {span.target for row in table.rows for cell in row.cells for span in cell if span.style == "number"}
    assert targets == {
        "made-up.baseline-per-1000", "made-up.with-per-1000", "made-up.with-range-per-1000", "made-up.effect",
        "made-up.n", "made-up.k",
        "observed.studies-better", "observed.ratio-range", "observed.direction-studies",
    }  # fmt: skip


def test_a_question_without_evidence_keeps_its_row(pooled: Analysis, nothing: Analysis) -> None:
    table = summary_of_findings([pooled, nothing])
    texts = cells(body(table)[1])
    assert texts[1:6] == ["–", "–", "Not estimated", "0 (0 studies)", "not yet judged"]
    assert "says nothing about the effect" in texts[6]
    assert any("No study compares these." in plain(note) for note in table.notes)


def test_directions_are_counted_and_ranged_but_not_pooled(observed: Analysis) -> None:
    texts = cells(body(summary_of_findings([observed]))[0])
    assert texts[3] == "Not pooled\n1 of 1 study points to better\nprinted ratios 1.7 to 3.7"
    assert texts[4] == "not added up (1 study)"


def test_results_that_disagree_stand_side_by_side(pooled: Analysis) -> None:
    turned = replace(pooled, question="other", good_direction="lower-better")
    sentences = [cells(row)[6] for row in body(summary_of_findings([pooled, turned]))]
    assert "in its favour" in sentences[0]
    assert "favours usual care" in sentences[1]


def test_each_comparison_is_a_heading_said_once(pooled: Analysis, observed: Analysis) -> None:
    rows = summary_of_findings([pooled, replace(pooled, question="second"), observed]).rows
    assert [row.style for row in rows] == ["group", "body", "body", "group", "body"]
    assert plain(rows[0].cells[0]) == "Active referral against usual care"


def test_a_judged_certainty_is_shown_with_its_level(pooled: Analysis) -> None:
    judged = replace(pooled, certainty=Certainty(status="judged", level="very-low"))
    table = summary_of_findings([judged])
    (span,) = body(table)[0].cells[5]
    assert (span.text, span.style) == ("very low", "certainty")
    assert not any("Not yet judged" in plain(note) for note in table.notes)


def test_people_are_not_invented_where_a_study_does_not_say(pooled: Analysis) -> None:
    models = {key: replace(model, n=None) for key, model in pooled.models.items()}
    texts = cells(body(summary_of_findings([replace(pooled, models=models)]))[0])
    assert texts[4] == "not known for every study (3 studies)"


def test_recalled_numbers_in_a_headline_would_be_marked(pooled: Analysis) -> None:
    rows = tuple(replace(row, read=False) for row in pooled.effects)
    table = summary_of_findings([replace(pooled, effects=replace(pooled.effects, rows=rows))])
    assert cells(body(table)[0])[3].endswith("†")
    assert any("Recalled" in plain(note) for note in table.notes)


def test_only_the_measures_used_are_explained(pooled: Analysis) -> None:
    assert plain(summary_of_findings([pooled]).notes[-1]) == "CI: confidence interval; OR: odds ratio."


def test_reasons_for_changing_certainty_are_footnotes_and_the_key_is_printed(pooled: Analysis) -> None:
    def rated(*changes: tuple[str, int]) -> Certainty:
        domains = tuple(
            DomainCertainty(domain="imprecision", label=label, facts={}, change=change, reason=f"{label} matters")
            for label, change in changes
        )
        return Certainty(status="judged", level="low", domains=domains)

    first = replace(pooled, certainty=rated(("Imprecision", -2), ("Indirectness", 0), ("Risk of bias", -1)))
    second = replace(pooled, question="other", certainty=rated(("Imprecision", -2)))
    table = summary_of_findings([first, second])
    assert [cells(row)[5] for row in body(table)] == ["low\na, b", "low\na"]
    notes = [plain(note) for note in table.notes]
    assert "a Imprecision, −2 levels. Imprecision matters." in notes
    assert "b Risk of bias, −1 level. Risk of bias matters." in notes
    assert not any("Indirectness" in note for note in notes)
    assert KEY in notes


def test_no_evidence_is_no_level(pooled: Analysis, nothing: Analysis) -> None:
    searched = replace(nothing, certainty=Certainty(status="no-evidence", reason="None found."))
    table = summary_of_findings([searched])
    assert cells(body(table)[0])[5] == "no evidence"
    assert KEY not in [plain(note) for note in table.notes]

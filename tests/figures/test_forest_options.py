"""What a forest plot can show beside effects: risk of bias, people per 1,000, groups with subtotals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from synthesis.analysis.model import Analysis, PerThousand
from synthesis.analysis.subgroups import StudyGroups
from synthesis.certainty.absolute import risk_with
from synthesis.certainty.judgements import Judgements
from synthesis.certainty.rob_tools import ROB_TOOLS
from synthesis.diagnostics.subgroups import subgroups
from synthesis.document.elements import plain
from synthesis.effects.model import Excluded
from synthesis.errors import UsageError
from synthesis.figures import style
from synthesis.figures.bias_signs import MADE_UP
from synthesis.figures.forest import arrange, forest
from synthesis.figures.row_plot import SIGN_ROOM, fits
from synthesis.formatting import number, p_value, signed_range

BASELINE = PerThousand(
    baseline_risk=0.2, baseline_source="made up", baseline=200, intervention=250, difference=50, low=1, high=2
)


def grouped(analysis: Analysis, *names: str) -> StudyGroups:
    return StudyGroups(by="country", label="Country", names=names, result=subgroups(analysis.effects, names))


def headings(analysis: Analysis, **options: object) -> list[str]:
    columns = arrange(analysis, **options).sheet.columns  # type: ignore[arg-type]
    return [column.heading.split("\n")[0] for column in columns]


@pytest.mark.parametrize("tool", list(ROB_TOOLS))
def test_each_study_has_a_sign_for_each_domain_and_the_whole(
    three: Analysis, make_judgements: Callable[..., Judgements], tool: str
) -> None:
    layout = arrange(three, bias=make_judgements(tool))
    parts = len(ROB_TOOLS[tool].domains) + 1
    cells = [row.row.cells[-1] for row in layout.plot.rows]
    assert [len(cell.signs) for cell in cells[:3]] == [parts] * 3
    assert not any(cell.signs for cell in cells[3:])
    column = layout.plot.columns[-1]
    places = [column.sign_x(index) for index in range(parts)]
    assert places[0] - SIGN_ROOM / 2 >= column.left - 0.01 and places[-1] + SIGN_ROOM / 2 <= column.right + 0.01
    assert column.right <= style.WIDTH + 0.01
    assert fits(layout.sheet)


def test_a_study_without_judgements_has_empty_rings(three: Analysis, judged: Judgements) -> None:
    layout = arrange(three, bias=replace(judged, studies=judged.studies[:1]))
    signs = layout.plot.rows[1].row.cells[-1].signs
    assert all(len(sign) == 1 for sign in signs)
    assert plain(layout.data.rows[1].cells[-1]) == "Not yet judged"
    assert "D2 high risk" in plain(layout.data.rows[0].cells[-1])


def test_made_up_judgements_say_so_in_a_forest_plot(three: Analysis, judged: Judgements) -> None:
    layout = arrange(three, bias=replace(judged, made_up=True))
    assert any(text.startswith(MADE_UP) for text in layout.sheet.lines)
    assert MADE_UP in layout.alt


def test_columns_that_have_no_room_stand_in_the_table_and_the_caption_says_so(
    three: Analysis, judged: Judgements
) -> None:
    absolute = replace(three, per_thousand=BASELINE)
    assert len(headings(three)) == 6
    assert headings(absolute, bias=judged, per_thousand=True) == [
        "Study", "Odds ratio, log scale", "Odds ratio", "Per 1,000", "Risk of bias",
    ]  # fmt: skip
    layout = arrange(absolute, bias=judged, per_thousand=True)
    assert plain(layout.caption).endswith("The numbers of the two sides and the weights are in the table.")
    labels = [column.label for column in layout.data.columns]
    assert "Weight" in labels and any(label.endswith("events/n") for label in labels)
    assert "in the table" not in plain(arrange(three).caption)


def test_people_per_thousand_follow_from_effect_and_baseline(three: Analysis) -> None:
    absolute = replace(three, per_thousand=BASELINE)
    layout = arrange(absolute, per_thousand=True)
    place = [column.label for column in layout.data.columns].index("Per 1,000 (95% CI)")
    pooled = three.models["plan"]
    measure = pooled.measure
    expected = signed_range(
        *(
            1000 * (risk_with(measure, 2.718281828459045**value, 0.2) - 0.2)
            for value in (pooled.estimate, pooled.ci.low, pooled.ci.high)
        )
    )
    totals = [plain(row.cells[place]) for row in layout.data.rows if row.style == "total"]
    assert totals[:2] == ["", expected]  # people have no effect; what they come to has
    assert any("if 200 have it" in text for text in layout.sheet.lines)


def test_without_a_baseline_risk_there_are_no_people_per_thousand(three: Analysis, six_means: Analysis) -> None:
    with pytest.raises(UsageError, match="baseline_risk"):
        forest(three, per_thousand=True)
    with pytest.raises(UsageError, match="one of the measures"):
        forest(replace(six_means, per_thousand=BASELINE), per_thousand=True)


def test_groups_have_headings_and_what_they_come_to(six_means: Analysis) -> None:
    groups = grouped(six_means, "North", "South", "North", "South", "North", "East")
    layout = arrange(six_means, groups=groups)
    names = [row.row.cells[0].text.partition(" (")[0] for row in layout.plot.rows]
    assert names[:10] == [
        "East", "Fir 2014", "North", "Alder 2001", "Cedar 2009", "Elder 2017", "Subtotal", "South", "Birch 2014",
        "Damson 2018",
    ]  # fmt: skip
    assert names[10] == "Subtotal"
    subtotals = [row for row in layout.plot.rows if row.row.cells[0].text.startswith("Subtotal")]
    for row, name in zip(subtotals, ("North", "South"), strict=True):
        pooled = next(group.pooled for group in groups.result.groups if group.name == name)
        assert row.glyph is not None and row.glyph.glyph.hollow
        assert row.glyph.glyph.value == pytest.approx(pooled.estimate)
    assert any(text.startswith("Differences between groups (country): Q = ") for text in layout.sheet.lines)
    own = [text for text in layout.sheet.lines if text.startswith(("North: ", "South: ", "East: "))]
    assert [text.split(":")[0] for text in own] == ["North", "South"]  # one study has no heterogeneity
    for text in own:
        assert ": τ² = " in text and "; I² = " in text and "Test of overall effect: " in text
    assert "By country: East: mean difference" in layout.alt


def test_weights_of_groups_sum_to_all(six_means: Analysis) -> None:
    groups = grouped(six_means, "North", "South", "North", "South", "North", "South")
    layout = arrange(six_means, groups=groups)
    shares = [
        float(plain(row.cells[-1]).rstrip("%"))
        for row in layout.data.rows
        if row.style == "total" and plain(row.cells[0]).startswith("Subtotal")
    ]
    assert sum(shares) == pytest.approx(100, abs=0.11)


def test_groups_of_other_studies_are_refused(three: Analysis, six_means: Analysis) -> None:
    with pytest.raises(UsageError, match="6 studies and the plot has 3"):
        forest(three, groups=grouped(six_means, *"ababab"))


def test_plots_of_one_analysis_have_different_names(six_means: Analysis) -> None:
    assert forest(six_means).id != forest(six_means, groups=grouped(six_means, *"ababab")).id


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ((95.2, -12.4, 1204), "+95 (−12 to +1,204)"),
        ((-0.3, -1, 0.2), "0 (−1 to 0)"),
    ],
)
def test_people_more_and_fewer_have_signs(values: tuple[float, float, float], text: str) -> None:
    assert signed_range(*values) == text


def test_people_and_events_of_all_studies_are_added_up(counts: Callable[..., Analysis]) -> None:
    analysis = counts(("Alder 2001", 10, 20, 5, 21), ("Birch 2002", 8, 30, 4, 31))
    layout = arrange(analysis)
    summed = next(row for row in layout.plot.rows if row.row.cells[0].text == "All studies")
    assert [cell.text for cell in summed.row.cells[1:3]] == ["18/50", "9/52"]
    assert summed.row.ruled and summed.glyph is None
    total = layout.plot.rows[layout.plot.rows.index(summed) + 1]
    assert total.row.look == "total" and not total.row.ruled and total.row.spans


def test_people_are_not_added_up_where_a_study_has_none(counts: Callable[..., Analysis]) -> None:
    analysis = counts(("Alder 2001", 10, 20, 5, 21), ("Birch 2002", 8, 30, 4, 31, {"comparator": None}))
    texts = [[cell.text for cell in row.row.cells[:3]] for row in arrange(analysis).plot.rows]
    assert ["All studies", "18/50", ""] in texts
    neither = counts(*(("Alder 2001", 10, 20, 5, 21, {"intervention": None, "comparator": None}) for _ in range(2)))
    layout = arrange(neither)
    assert "All studies" not in [row.row.cells[0].text for row in layout.plot.rows]
    assert next(row for row in layout.plot.rows if row.row.look == "total").row.ruled


def test_people_of_a_group_stand_beside_its_subtotal(six_means: Analysis) -> None:
    layout = arrange(six_means, groups=grouped(six_means, *("North", "South") * 3))
    subtotals = [row for row in layout.plot.rows if row.row.cells[0].text.startswith("Subtotal")]
    assert [cell.text for cell in subtotals[0].row.cells[1:3]] == ["n = 134", "n = 130"]


def test_the_test_of_the_overall_effect_stands_below(six_means: Analysis, three: Analysis) -> None:
    pooled = six_means.models["plan"]
    lines = arrange(six_means).sheet.lines
    assert lines[0].startswith("Heterogeneity: τ² = 1.36")
    assert lines[0].endswith(
        f"I² = 42% (beyond chance, from τ²). Test of overall effect: t = {number(pooled.test.statistic)}, 5 degrees of "
        f"freedom, p = {p_value(pooled.test.p)}."
    )
    common = arrange(three, model="common").sheet.lines
    assert "(beyond chance, from Q). Test of overall effect: z = " in common[0]


def test_a_study_without_an_effect_to_pool_is_named_under_the_plot(three: Analysis) -> None:
    def out(study: str, code: str) -> Excluded:
        return Excluded(study=study, result="r", label=study.title(), code=code, reason="made up")

    def lines(*excluded: Excluded) -> list[str]:
        drawn = replace(three, effects=replace(three.effects, excluded=excluded))
        return [text for text in arrange(drawn).sheet.lines if text.startswith("No row for ")]

    shown = three.effects.rows[0].study
    assert lines(out("elm", "design"), out(shown, "not-poolable")) == []
    assert lines(out("elm", "not-poolable"), out("elm", "not-poolable")) == [
        "No row for Elm: it prints no numbers that could be pooled."
    ]
    assert lines(*(out(name, "no-usable-numbers") for name in ("elm", "fir", "oak"))) == [
        "No row for Elm, Fir and Oak: they print no numbers that could be pooled."
    ]
    assert lines(*(out(f"study {index}", "not-poolable") for index in range(40))) == [
        "No row for 40 more studies: they print no numbers that could be pooled."
    ]

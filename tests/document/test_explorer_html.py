"""Explorer and local baseline as HTML and as everything else. Made-up content."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from lxml import html as lxml_html

from synthesis.document.elements import (
    Bar,
    Column,
    Explorer,
    ExplorerAxis,
    ExplorerRow,
    Figure,
    Filter,
    LocalBaseline,
    Row,
    Table,
    line,
)
from synthesis.document.html import fragment, markup
from synthesis.document.text import plain_text
from synthesis.document.typst import markup as typst
from synthesis.document.walk import changed, every_block

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"><path d="M0 0L9 9"/></svg>'
TABLE = Table(
    id="numbers", caption="Numbers", columns=(Column(label="Study"), Column(label="Effect")),
    rows=(Row(cells=(line("Alder 2001"), line("0.50"))),), notes=(line("Heterogeneity: none"),),
)  # fmt: skip
FIGURE = Figure(id="plot", title="Title", caption=line("Caption"), alt="A mark at a half.", svg=SVG, data=TABLE)
SQUARE = Bar(shape="square", at=0.5, low=0.25, high=1.0, cut=(False, True), size=11)
DIAMOND = Bar(shape="diamond", at=0.5, low=0.25, high=0.75)
BLOCK = Explorer(
    figure=FIGURE,
    columns=tuple(Column(label=label) for label in ("Study", "Design", "Drawn", "Effect", "Weight")),
    drawn=2, effect=3, weight=4,
    studies=(
        ExplorerRow(cells=("Alder 2001", "Trial", "", "0.50", "60%"), bar=SQUARE),
        ExplorerRow(cells=("Birch 2002", "Cohort", "", "0.70", "40%"), bar=replace(SQUARE, hollow=True)),
    ),
    pooled=(ExplorerRow(cells=("Random effects", "", "", "0.58", "100%"), bar=DIAMOND),),
    axis=ExplorerAxis(ticks=((0, "0.1"), (1, "10")), null=0.5, sides=("Favours one", "Favours other")),
    filters=(Filter(label="Design", options=(("0.0", "Trial"), ("0.1", "Cohort"))),),
    script=json.dumps({"y": [1]}),
)  # fmt: skip
LOCAL = LocalBaseline(table=TABLE, label="How many?", low=100, high=1000, start=300, script='{"measure":"RR"}')


def parsed(text: str) -> lxml_html.HtmlElement:
    return lxml_html.fragment_fromstring(text, create_parent="div")


def test_it_is_one_table_with_headers_for_rows_and_columns() -> None:
    root = parsed(markup(BLOCK))
    (table,) = root.xpath(".//table")
    assert table.get("id") == "numbers"
    assert [cell.text_content() for cell in table.xpath("thead//th")] == [column.label for column in BLOCK.columns]
    assert all(cell.get("scope") for cell in table.xpath(".//th"))
    assert [cell.text_content() for cell in table.xpath("tbody//th")] == [
        "Alder 2001", "Birch 2002", "Random effects", "Scale",
    ]  # fmt: skip
    for row in table.xpath(".//tr"):
        assert sum(int(cell.get("colspan", 1)) for cell in row) == len(BLOCK.columns)
    assert table.find("caption").text_content()


def test_what_all_studies_add_up_to_is_a_row_of_its_own() -> None:
    columns = tuple(
        Column(label=label) for label in ("Study", "Design", "One, n", "Other, n", "Drawn", "Effect", "Weight")
    )
    studies = tuple(replace(row, cells=(*row.cells[:2], "1/9", "2/9", *row.cells[2:])) for row in BLOCK.studies)
    pooled = tuple(replace(row, cells=(*row.cells[:2], "", "", *row.cells[2:])) for row in BLOCK.pooled)
    block = replace(
        BLOCK, columns=columns, drawn=4, effect=5, weight=6, studies=studies, pooled=pooled,
        sums=("", "", "2/18", "4/18", "", "", ""),
    )  # fmt: skip
    root = parsed(markup(block))
    (row,) = root.xpath(".//tbody[@class='sum']/tr")
    assert [cell.text_content() for cell in row] == ["All studies", "2/18", "4/18", "", "", ""]
    assert row[0].get("scope") == "row" and [cell.get("data-label") for cell in row[1:3]] == ["One, n", "Other, n"]
    for other in root.xpath(".//tr"):
        assert sum(int(cell.get("colspan", 1)) for cell in other) == len(columns)
    assert parsed(markup(BLOCK)).xpath(".//tbody[@class='sum']") == []


def test_marks_stand_where_they_belong_and_are_nothing_to_a_screen_reader() -> None:
    root = parsed(markup(BLOCK))
    drawings = root.xpath(".//table//td/svg")
    assert len(drawings) == 4
    assert {drawing.get("aria-hidden") for drawing in drawings} == {"true"}
    square = drawings[0].xpath("svg[contains(@class, 'square')]")[0]
    assert square.get("x") == "50.00%" and square.find("rect").get("width") == "11.00"
    assert len(drawings[0].xpath("svg[@class='arrow']")) == 1
    assert "hollow" in drawings[1].xpath("svg[contains(@class, 'square')]")[0].get("class")
    diamond = drawings[2].xpath("svg[contains(@class, 'diamond')]")[0]
    assert (diamond.get("x"), diamond.get("width")) == ("28.00%", "44.00%")
    assert diamond.find("path").get("d") == "M0,6L50.00,0L100,6L50.00,12z"


def test_controls_are_hidden_until_a_script_shows_them() -> None:
    root = parsed(markup(BLOCK))
    (controls,) = root.xpath(".//div[contains(@class, 'controls')]")
    assert "hidden" in controls.attrib
    assert [box.get("value") for box in controls.xpath(".//input[@checked]")] == ["0.0", "0.1"]
    assert controls.xpath(".//legend")[0].text == "Design"
    assert controls.xpath(".//*[@role='status']")
    assert json.loads(root.xpath(".//figure/@data-explorer")[0]) == {"y": [1]}


@pytest.mark.parametrize("block", [BLOCK, LOCAL])
def test_in_a_notebook_there_are_no_ids_and_no_controls(block: Explorer | LocalBaseline) -> None:
    root = parsed(fragment(block))
    assert root.xpath(".//@id | .//input | .//@data-explorer | .//@data-baseline | .//script") == []
    assert "Alder 2001" in root.text_content()


def test_the_sides_of_the_axis_are_words() -> None:
    row = parsed(markup(BLOCK)).xpath(".//tr[@class='scale']")[0]
    assert "Favours one" in row.text_content() and "Favours other" in row.text_content()


@pytest.mark.parametrize("evil", ["<script>alert(1)</script>", '"><b>', "]]>", "{{ x }}", "' onfocus='x"])
def test_text_stays_text(evil: str) -> None:
    first = replace(BLOCK.studies[0], cells=(evil, evil, "", evil, evil))
    block = replace(
        BLOCK, studies=(first,), script=json.dumps({"measure": evil}),
        filters=(Filter(label=evil, options=((evil, evil), ("b", evil))),),
        axis=replace(BLOCK.axis, ticks=((0.5, evil),), sides=(evil, evil)),
    )  # fmt: skip
    root = parsed(markup(block))
    assert root.xpath(".//script | .//b | .//@onfocus") == []
    assert root.xpath(".//tbody//th")[0].text_content() == evil
    assert json.loads(root.xpath(".//figure/@data-explorer")[0]) == {"measure": evil}
    asked = parsed(markup(replace(LOCAL, label=evil, script=json.dumps({"with": evil}))))
    assert asked.xpath(".//script | .//b | .//@onfocus") == []
    assert asked.xpath(".//label")[0].text_content() == evil


def test_the_local_baseline_asks_with_a_label_and_a_hint() -> None:
    root = parsed(markup(LOCAL))
    (own,) = root.xpath(".//input[@type='number']")
    assert own.get("value") == "300"
    assert root.xpath(f".//label[@for='{own.get('id')}']")[0].text == "How many?"
    assert "100 to 1,000" in root.get_element_by_id(own.get("aria-describedby")).text_content()
    assert "hidden" in root.xpath(".//div[@data-baseline]")[0].attrib
    assert len(root.xpath(".//table")) == 1


def test_where_nothing_can_be_clicked_the_figure_or_the_table_stands() -> None:
    assert typst(BLOCK) == typst(FIGURE) and typst(LOCAL) == typst(TABLE)
    assert plain_text(BLOCK) == plain_text(FIGURE) and plain_text(LOCAL) == plain_text(TABLE)
    assert list(every_block([BLOCK])) == [BLOCK, FIGURE, TABLE]
    assert list(every_block([LOCAL])) == [LOCAL, TABLE]


def test_a_change_of_lines_reaches_what_stands_for_them() -> None:
    found = changed(BLOCK, lambda spans: line("new") if spans == line("Caption") else spans)
    assert isinstance(found, Explorer) and found.figure.caption == line("new")
    other = changed(LOCAL, lambda spans: line("new"))
    assert isinstance(other, LocalBaseline) and other.table.notes == (line("new"),)

"""Forest plots: what stands where, in words and in points."""

from __future__ import annotations

import hashlib
import itertools
import json
import math
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

import pytest

from synthesis.analysis.model import Analysis, VariantResult
from synthesis.document.elements import plain
from synthesis.errors import UnknownKeyError, UsageError
from synthesis.figures import style
from synthesis.figures.forest import ForestLayout, arrange, draw, forest
from synthesis.figures.lettering import width
from synthesis.figures.row_plot import PlacedRow
from synthesis.pooling.model import Interval

Make = Callable[..., Analysis]
PLAIN = ("Alder 2001", 30, 60, 20, 60)


def body(layout: ForestLayout) -> list[PlacedRow]:
    return [row for row in layout.plot.rows if row.glyph is not None and row.glyph.glyph.kind == "square"]


def diamonds(layout: ForestLayout) -> list[PlacedRow]:
    return [row for row in layout.plot.rows if row.glyph is not None and row.glyph.glyph.kind == "diamond"]


def texts(row: PlacedRow) -> list[str]:
    return [cell.text for cell in row.row.cells]


def test_a_row_shows_the_study_its_counts_its_effect_and_its_weight(three: Analysis) -> None:
    first = texts(body(arrange(three))[0])
    assert first[:3] == ["Alder 2001", "21/33", "12/36"]
    assert first[3] == "3.50 (1.30 to 9.43)"
    assert first[4] == f"{100 * three.models['plan'].weights[0]:.1f}%"


def test_means_are_shown_as_mean_sd_and_n(six_means: Analysis) -> None:
    layout = arrange(six_means)
    assert texts(body(layout)[0])[1:3] == ["12.3 (4.5), 34", "15.1 (5), 33"]
    assert "mean (SD), n" in layout.sheet.columns[1].heading


def test_without_numbers_for_either_side_the_columns_are_left_out(three: Analysis) -> None:
    rows = tuple(replace(row, intervention=None, comparator=None) for row in three.effects)
    layout = arrange(replace(three, effects=replace(three.effects, rows=rows)))
    assert [column.heading.split("\n")[0] for column in layout.sheet.columns] == [
        "Study", "Odds ratio, log scale", "Odds ratio", "Weight",
    ]  # fmt: skip


def test_a_group_with_only_its_size_shows_that(three: Analysis) -> None:
    rows = list(three.effects.rows)
    rows[0] = replace(rows[0], intervention=replace(rows[0].intervention, events=None), comparator=None)  # type: ignore[type-var]
    layout = arrange(replace(three, effects=replace(three.effects, rows=tuple(rows))))
    assert texts(body(layout)[0])[1:3] == ["n = 33", "–"]


def test_the_area_of_a_square_is_proportional_to_the_weight(three: Analysis) -> None:
    squares = [row.glyph.glyph.side for row in body(arrange(three)) if row.glyph]
    weights = three.models["plan"].weights
    areas = [side**2 / weight for side, weight in zip(squares, weights, strict=True)]
    assert areas == pytest.approx([areas[0]] * 3)
    assert max(squares) == pytest.approx(style.LARGEST_SQUARE)


@pytest.mark.parametrize("model", ["plan", "DL", "common"])
def test_weights_follow_the_model_asked_for(three: Analysis, model: Any) -> None:
    shown = [texts(row)[-1] for row in body(arrange(three, model=model))]
    assert shown == [f"{100 * weight:.1f}%" for weight in three.models[model].weights]


def test_the_diamond_spans_the_interval(three: Analysis) -> None:
    layout = arrange(three)
    pooled = three.models["plan"]
    glyph = diamonds(layout)[0].glyph
    assert glyph is not None
    for place, value in ((glyph.x_low, pooled.ci.low), (glyph.x, pooled.estimate), (glyph.x_high, pooled.ci.high)):
        assert place == pytest.approx(layout.plot.x(math.exp(value)))


def test_both_models_are_shown_and_the_second_is_hollow(three: Analysis) -> None:
    main, other = diamonds(arrange(three))
    assert (texts(main)[0], texts(other)[0]) == ("Random effects (REML, Hartung-Knapp)", "Common effect")
    assert main.glyph and other.glyph
    assert (main.glyph.glyph.hollow, other.glyph.glyph.hollow) == (False, True)
    main, other = diamonds(arrange(three, model="common"))
    assert texts(main)[0] == "Common effect"
    assert texts(other)[0].startswith("Random effects")


def test_a_prediction_interval_has_its_own_row(six_means: Analysis) -> None:
    layout = arrange(six_means)
    bars = [row for row in layout.plot.rows if row.glyph and row.glyph.glyph.kind == "bar"]
    assert [texts(row)[0] for row in bars] == ["95% prediction interval"]
    predicted = six_means.models["plan"].prediction
    assert predicted is not None and bars[0].glyph is not None
    assert bars[0].glyph.x_low == pytest.approx(layout.plot.x(predicted.low))
    assert "new study" in layout.alt


def test_a_single_study_has_no_diamond_and_no_weight(counts: Make) -> None:
    layout = arrange(counts(PLAIN))
    assert diamonds(layout) == []
    assert not any("Weight" in column.heading for column in layout.sheet.columns)
    assert "cannot be told" in layout.sheet.lines[0]


@pytest.mark.parametrize(
    ("good", "left", "right"),
    [
        ("higher-better", "Favours usual care", "Favours active referral"),
        ("lower-better", "Favours active referral", "Favours usual care"),
        ("mixed", "Lower with active referral", "Higher with active referral"),
    ],
)
def test_the_sides_follow_the_good_direction(three: Analysis, good: Any, left: str, right: str) -> None:
    layout = arrange(replace(three, good_direction=good))
    assert layout.sheet.below == (left, right)
    null = layout.plot.x(1.0)
    for label in layout.plot.favours:
        assert (label.x < null) == (label.side == "right")


def test_recalled_numbers_are_hollow_marked_and_explained(three: Analysis) -> None:
    layout = arrange(three)
    hollow = [row.row.cells[0] for row in body(layout) if row.glyph and row.glyph.glyph.hollow]
    assert [(cell.text, cell.marks) for cell in hollow] == [("Cedar 2007", ("†", "b"))]
    assert [mark for mark, _ in layout.sheet.footnotes] == ["†", "a", "b"]


def test_nothing_is_said_of_recalled_numbers_where_there_are_none(counts: Make) -> None:
    assert arrange(counts(PLAIN, PLAIN)).sheet.footnotes == ()


def test_a_concern_is_a_footnote_at_its_study(three: Analysis) -> None:
    layout = arrange(replace(three, concerns=(("study0", "Charges were announced."),)))
    assert body(layout)[0].row.cells[0].marks == ("a",)
    assert ("a", "Concern on record: Charges were announced.") in layout.sheet.footnotes


def test_the_same_note_shares_a_letter(counts: Make) -> None:
    noted = (*PLAIN, {"notes": ("inferred",)})
    layout = arrange(counts(noted, noted))
    assert layout.sheet.footnotes == (("a", "Inferred"),)


def test_several_designs_are_grouped_under_their_names(counts: Make) -> None:
    layout = arrange(counts(PLAIN, (*PLAIN, {"design": "quasi-experimental"}), PLAIN))
    labels = [texts(row)[0] for row in layout.plot.rows if row.row.look == "group"]
    assert labels == ["Randomised trial", "Quasi experimental"]
    shown = [texts(row)[0] for row in layout.plot.rows]
    assert shown[:3] == ["Randomised trial", "Alder 2001", "Alder 2001"]
    assert [plain(row.cells[0]) for row in layout.data.rows] == shown


def test_an_interval_beyond_the_axis_is_cut_with_an_arrow(counts: Make) -> None:
    layout = arrange(counts((*PLAIN[:1], 300, 600, 200, 600), (*PLAIN[:1], 310, 600, 220, 600), ("Tiny", 1, 2, 1, 4)))
    tiny = body(layout)[2].glyph
    assert tiny is not None and tiny.cut_low and tiny.cut_high and not tiny.outside
    assert (tiny.x_low, tiny.x_high) == pytest.approx((layout.plot.axis_left, layout.plot.axis_right))


EXTREME = (("Low", 0, 20, 19, 20), ("High", 50, 50, 0, 50), ("Mid", 1, 3, 1, 3))
LONG = tuple(
    (f"A group with a very long name indeed, and colleagues {1990 + i}", 10 + i, 60 + i, 14 + i, 58 + i)
    for i in range(12)
)
WORDS = {
    "intervention": "Twelve-step facilitation with active referral by a peer supporter",
    "comparator": "Cognitive behavioural treatment or motivational enhancement",
}


@pytest.mark.parametrize(
    ("rows", "measure", "words"),
    [
        (EXTREME, "OR", {}),
        (LONG, "RR", WORDS),
        (tuple((f"Same {i}", 20, 50, 20, 50) for i in range(5)), "RR", {}),
        (tuple((f"Author {i}", 10 + i % 7, 40 + i, 9 + i % 5, 42 + i) for i in range(20)), "OR", {}),
        ((("Difference", 30, 60, 20, 60), ("Another", 10, 60, 20, 60)), "RD", WORDS),
        ((PLAIN,), "RR", {}),
    ],
    ids=["extreme", "long", "same", "twenty", "difference", "single"],
)
def test_no_text_runs_off_the_page_or_into_its_neighbour(counts: Make, rows: Any, measure: str, words: Any) -> None:
    plot = arrange(counts(*rows, measure=measure, **words)).plot
    edges = [(column.left, column.right) for column in plot.columns]
    assert edges[0][0] == 0 and edges[-1][1] <= plot.width + 0.01
    assert all(right < left for (_, right), (left, _) in itertools.pairwise(edges))
    columns = [column for column in plot.columns if not column.drawn]
    drawn = next(column for column in plot.columns if column.drawn)
    for row in plot.rows:
        bold = row.row.look != "body"
        for index, (lines, column) in enumerate(zip(row.cells, columns, strict=False)):
            room = drawn.left if row.row.spans and index == 0 else column.right - column.left
            assert all(width(line, bold=bold) <= room + 0.02 for line in lines)
        assert "".join(" ".join(row.cells[0]).split()) == "".join(row.row.cells[0].text.split())
    for label in (*plot.favours, *plot.labels):
        left = label.x - width(label.text) if label.side == "right" else label.x
        assert left >= -0.01 and left + width(label.text) <= plot.width + 0.01
    assert all(row.top + row.height <= below.top + 0.01 for row, below in itertools.pairwise(plot.rows))
    assert plot.rows_bottom < plot.favours_y < plot.labels[0].y < plot.height


def test_many_studies_move_together_to_stay_on_one_page(counts: Make) -> None:
    def height(k: int) -> float:
        return arrange(counts(*((f"Author {i}", 10 + i % 7, 40 + i, 9 + i % 5, 42 + i) for i in range(k)))).plot.height

    assert height(20) > height(10)
    assert height(34) <= style.PAGE_HEIGHT < height(34) * (style.LEADING + style.ROW_PADDING) / style.LEADING


def test_everything_that_must_be_seen_is_on_the_axis(counts: Make) -> None:
    analysis = counts(*EXTREME)
    axis = arrange(analysis).plot.axis
    assert axis is not None
    for row in analysis.effects:
        assert not axis.cuts(math.exp(row.yi))
    assert not axis.cuts(1.0) and 0 < axis.share(1.0) < 1


def test_the_alternative_says_what_the_picture_shows(three: Analysis) -> None:
    layout = arrange(three)
    pooled = three.models["plan"]
    for part in (
        "3 studies", f"odds ratio {math.exp(pooled.estimate):.2f}", "95% confidence interval 0.009 to 5,643",
        "Birch 1990", "I² = 94%", "favours active referral", "includes no difference",
        "Common effect: odds ratio",
    ):  # fmt: skip
        assert part in layout.alt
    assert layout.alt != plain(layout.caption)
    assert "significant" not in layout.alt


def test_the_alternative_does_not_speak_of_no_difference_where_the_interval_excludes_it(counts: Make) -> None:
    alt = arrange(counts(("A", 90, 100, 30, 100), ("B", 85, 100, 30, 100))).alt
    assert "so does the whole interval" in alt
    assert "includes no difference" not in alt


def test_every_number_of_the_picture_is_in_the_table(three: Analysis, six_means: Analysis) -> None:
    for analysis in (three, six_means):
        layout = arrange(analysis)
        table = " ".join(plain(cell) for row in layout.data.rows for cell in row.cells)
        table += " ".join(plain(note) for note in layout.data.notes)
        for row in layout.plot.rows:
            for number in re.findall(r"[\d.,]*\d", " ".join(texts(row))):
                assert number in table
        assert len({len(row.cells) for row in layout.data.rows}) == 1
        assert len(layout.data.columns) == len(layout.data.rows[0].cells)


def test_a_variant_is_drawn_with_its_own_rows(three: Analysis, counts: Make) -> None:
    part = counts(PLAIN, PLAIN)
    variant = VariantResult(id="part", label="Only some", why="to see", effects=part.effects, models=part.models)
    figure = forest(replace(three, variants=(variant,)), variant="part")
    assert figure.id == "forest-made-up-part"
    assert figure.title == "A made-up question: only some"
    assert "2 studies" in figure.alt
    with pytest.raises(UnknownKeyError, match="part"):
        forest(replace(three, variants=(variant,)), variant="other")


def test_nothing_pooled_is_refused_with_what_to_do(three: Analysis) -> None:
    with pytest.raises(UsageError, match="effect_direction"):
        forest(replace(three, effects=replace(three.effects, rows=()), models={}))


def test_an_unknown_model_is_refused(three: Analysis) -> None:
    with pytest.raises(UnknownKeyError, match="model"):
        forest(three, model="bayes")  # type: ignore[arg-type]


def test_another_confidence_level_is_used_throughout(three: Analysis) -> None:
    models = {
        key: replace(pooled, ci=Interval(low=pooled.ci.low, high=pooled.ci.high, level=0.9, method=pooled.ci.method))
        for key, pooled in three.models.items()
    }
    layout = arrange(replace(three, models=models))
    assert "(90% CI)" in layout.sheet.columns[-2].heading
    assert texts(body(layout)[0])[3] == "3.50 (1.52 to 8.04)"


def test_the_drawing_is_one_self_contained_element(three: Analysis) -> None:
    svg = draw(arrange(three))
    root = ElementTree.fromstring(svg)
    assert root.tag.endswith("svg")
    assert float(str(root.get("width")).removesuffix("pt")) == pytest.approx(style.WIDTH, abs=0.01)
    assert not re.search(r"<(image|script|metadata|style|use)\b", svg)
    addresses = set(re.findall(r'"(https?://[^"]+)"', svg))
    assert addresses == {"http://www.w3.org/2000/svg"}


SCRIPT = """
import hashlib, json, pathlib, sys
from synthesis.analysis.model import Analysis
from synthesis.figures.forest import forest
import matplotlib
matplotlib.rcParams["lines.linewidth"] = 9
matplotlib.rcParams["font.size"] = 30
before = dict(matplotlib.rcParams)
analysis = Analysis.from_dict(json.load(sys.stdin))
print(hashlib.sha256(forest(analysis).svg.encode()).hexdigest())
assert dict(matplotlib.rcParams) == before
"""


def test_the_bytes_are_the_same_in_every_process_whatever_is_set_there(three: Analysis) -> None:
    here = hashlib.sha256(forest(three).svg.encode()).hexdigest()
    assert hashlib.sha256(forest(three).svg.encode()).hexdigest() == here
    there = subprocess.run(
        [sys.executable, "-W", "error", "-c", SCRIPT],
        input=json.dumps(three.to_dict()), capture_output=True, text=True, check=True,
        env={**os.environ, "PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo", "PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip
    assert there.stdout.strip() == here

"""The explorer: what stands in it, and what it tells the page's script. Every number here is made up for testing."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from synthesis.analysis.model import Analysis
from synthesis.analysis.repooling import repooling
from synthesis.document.elements import Explorer, from_data, to_data
from synthesis.effects.model import Group
from synthesis.errors import UnknownKeyError, UsageError
from synthesis.figures.explorer import MOST_STUDIES_TO_TICK, explorer
from synthesis.figures.forest import forest


def told(analysis: Analysis) -> Analysis:
    """``analysis`` as ``analyse`` would give it: with how each of its models was pooled."""
    k = len(analysis.effects)
    rules = {
        "common": repooling(k, model="common", ci="wald", level=0.95),
        "DL": repooling(k, model="random", tau2="DL", ci="wald", level=0.95),
        "plan": repooling(k, model="random", ci="cochrane-2025", level=0.95),
    }
    return replace(analysis, repooling={key: rules[key] for key in analysis.models})


def records(analysis: Analysis, **levels: str) -> Any:
    """Evidence with judgements of risk of bias: study id to overall level."""

    def study(name: str) -> Any:
        overall = SimpleNamespace(level=levels.get(name))
        judged = [SimpleNamespace(results=("r",), overall=overall)] if name in levels else []
        return SimpleNamespace(risk_of_bias=judged)

    return SimpleNamespace(studies={row.study: study(row.study) for row in analysis.effects})


def made(analysis: Analysis, **levels: str) -> Explorer:
    analysis = told(analysis)
    return explorer(analysis, records(analysis, **levels))


def test_rows_hold_what_the_forest_plots_table_holds(three: Analysis) -> None:
    block, data = made(three), forest(three).data
    assert data is not None
    table = {row.cells[0][0].text: [span.text for cell in row.cells for span in cell] for row in data.rows}
    for row in block.studies:
        numbers = table[row.cells[0]]
        assert all(text in numbers for place, text in enumerate(row.cells) if place > 1 and text)
    assert [row.cells[block.effect] for row in block.pooled] == [
        numbers[4] for name, numbers in table.items() if "effect" in name.lower()
    ]


def test_columns_are_headed_and_the_marks_have_one_of_their_own(three: Analysis) -> None:
    block = made(three)
    labels = [column.label for column in block.columns]
    assert labels[0] == "Study" and labels[-1] == "Weight"
    assert labels[block.drawn].endswith("drawn")
    assert labels[block.effect] == "Odds ratio (95% CI)"
    assert all(len(row.cells) == len(labels) for row in (*block.studies, *block.pooled))
    assert all(not row.cells[block.drawn] for row in block.studies)


def test_means_have_their_prediction_interval_and_a_linear_axis(six_means: Analysis) -> None:
    block = made(six_means)
    assert [row.bar.shape for row in block.pooled] == ["diamond", "band", "diamond"]
    data = json.loads(block.script)
    assert data["log"] is False
    assert [item["row"] for item in data["pooled"]] == [0, 2]
    assert [item["prediction"] for item in data["pooled"]] == [1, 0]


def test_squares_grow_with_the_weight_and_lie_on_their_line(six_means: Analysis) -> None:
    block = made(six_means)
    weights = six_means.models["plan"].weights
    order = sorted(range(6), key=lambda index: weights[index])
    sizes = [block.studies[index].bar.size for index in order]
    assert sizes == sorted(sizes) and sizes[0] < sizes[-1]
    assert all(0 <= row.bar.low <= row.bar.at <= row.bar.high <= 1 for row in block.studies)


def test_recalled_numbers_are_marked_hollow_and_can_be_left_out(three: Analysis) -> None:
    block = made(three)
    assert [row.bar.hollow for row in block.studies] == [False, False, True]
    assert "†" in block.studies[2].cells[0]
    numbers = next(item for item in block.filters if item.label == "Numbers")
    assert [words for _, words in numbers.options] == ["Read in a source", "Recalled"]


def test_filters_are_offered_only_where_there_is_a_choice(six_means: Analysis, counts: Any) -> None:
    assert [item.label for item in made(six_means).filters] == ["Study"]
    rows = [(f"Alder {year}", 5, 20, 4, 20) for year in range(1990, 1991 + MOST_STUDIES_TO_TICK)]
    assert made(counts(*rows)).filters == ()


def test_risk_of_bias_is_shown_once_somebody_has_judged_it(six_means: Analysis) -> None:
    block = made(six_means, study0="low", study1="some-concerns")
    place = [column.label for column in block.columns].index("Risk of bias")
    cells = [row.cells[place] for row in block.studies]
    assert cells == ["Low", "Some concerns", *["Not judged"] * 4]
    bias = next(item for item in block.filters if item.label == "Risk of bias")
    assert [words for _, words in bias.options] == ["Low", "Some concerns", "Not judged"]
    facets = json.loads(block.script)["facets"]
    values = {words: value for value, words in bias.options}
    assert [values[cell] in own for cell, own in zip(cells, facets, strict=True)] == [True] * 6
    assert "Risk of bias" not in [column.label for column in made(six_means).columns]


def test_the_script_gets_effects_in_the_order_of_the_rows(three: Analysis) -> None:
    data = json.loads(made(three).script)
    assert data["y"] == [row.yi for row in three.effects]
    assert data["v"] == [row.vi for row in three.effects]
    assert len(data["keys"]) == len(data["facets"]) == 3
    assert [key[0] for key in data["keys"]] == sorted(key[0] for key in data["keys"])


def test_unknown_numbers_sort_below_all_others(counts: Any) -> None:
    analysis = counts(("Alder 2001", 5, 20, 4, 20), ("Birch 2002", 6, 20, 4, 20, {"intervention": None}))
    keys = json.loads(made(analysis).script)["keys"]
    assert keys[1][2] < keys[0][2] == 0.25


def test_one_study_has_nothing_to_pool(counts: Any) -> None:
    block = made(counts(("Alder 2001", 5, 20, 4, 20)))
    assert block.pooled == () and block.filters == ()
    assert json.loads(block.script)["pooled"] == []
    assert "Weight" not in [column.label for column in block.columns]


def test_it_travels_through_a_notebook(three: Analysis) -> None:
    block = made(three)
    assert from_data(json.loads(json.dumps(to_data(block)))) == block


def test_what_cannot_be_explored_is_refused(three: Analysis, observed: Analysis) -> None:
    with pytest.raises(UsageError, match="no pooled studies"):
        explorer(observed, records(observed))
    with pytest.raises(UsageError, match="run analyse again"):
        explorer(three, records(three))
    with pytest.raises(UnknownKeyError):
        explorer(told(three), records(three), variant="none")
    proportions = replace(three, effects=replace(three.effects, measure="ZCOR"))
    with pytest.raises(UsageError, match="use forest"):
        explorer(told(proportions), records(three))


def test_people_and_events_are_added_up_where_they_are_known(
    three: Analysis, six_means: Analysis, counts: Callable[..., Analysis]
) -> None:
    block = made(three)
    assert [text for text in block.sums if text] == ["115/207", "86/227"]
    assert len(block.sums) == len(block.columns) and not any(block.sums[block.drawn :])
    assert json.loads(block.script)["sums"][0] == [[21, 33], [10, 10], [84, 164]]
    assert [text[:4] for text in made(six_means).sums if text] == ["n = ", "n = "]
    assert made(counts(("Alder 2001", 5, 10, 4, 10))).sums == ()
    row = three.effects.rows[0]
    unknown = replace(row, intervention=Group(label="one", events=3), comparator=None)
    partly = replace(three, effects=replace(three.effects, rows=(unknown, *three.effects.rows[1:])))
    assert made(partly).sums == ()

"""The local baseline: its table, what is asked of the reader, and what is refused. Test data."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from synthesis.analysis.model import Analysis
from synthesis.analysis.run import analyse
from synthesis.document.elements import from_data, plain, to_data
from synthesis.effects.measures import MEASURES
from synthesis.errors import UsageError
from synthesis.evidence.load import Evidence
from synthesis.formatting import integer, more_or_fewer
from synthesis.tables.local_baseline import local_baseline


@pytest.fixture(scope="module")
def analysis(evidence: Evidence) -> Analysis:
    return analyse(evidence, "treatment-retention")


def test_the_table_says_what_the_analysis_found_at_each_baseline(analysis: Analysis) -> None:
    table = local_baseline(analysis).table
    assert analysis.baselines is not None and len(table.rows) == 5
    for row, people in zip(table.rows, analysis.baselines.at, strict=True):
        bounds = f"{more_or_fewer(people.low)} to {more_or_fewer(people.high)}"
        assert [plain(cell) for cell in row.cells[1:]] == [
            integer(people.baseline), integer(people.intervention), f"{more_or_fewer(people.difference)} ({bounds})",
        ]  # fmt: skip
        assert plain(row.cells[0]).startswith(people.baseline_source)


def test_the_questions_own_baseline_stands_out_and_is_filled_in(analysis: Analysis) -> None:
    block, people = local_baseline(analysis), analysis.per_thousand
    assert people is not None
    (own,) = (row for row in block.table.rows if row.style == "total")
    assert plain(own.cells[0]) == f"{people.baseline_source} (used in this briefing)"
    assert block.start == round(people.baseline)
    assert block.low <= block.start <= block.high


def test_the_script_gets_the_effect_on_its_natural_scale(analysis: Analysis) -> None:
    block, pooled = local_baseline(analysis), analysis.models["plan"]
    data = json.loads(block.script)
    natural = MEASURES[pooled.measure].to_natural
    assert [float(value) for value in data["effect"]] == [
        natural(value) for value in (pooled.estimate, pooled.ci.low, pooled.ci.high)
    ]
    assert (data["measure"], data["low"], data["high"]) == (pooled.measure, block.low, block.high)


def test_an_endless_interval_is_spelt_as_json_readers_can_read_it(analysis: Analysis) -> None:
    pooled = analysis.models["plan"]
    endless = replace(pooled, ci=replace(pooled.ci, high=1e6))
    data = json.loads(local_baseline(replace(analysis, models={**analysis.models, "plan": endless})).script)
    assert data["effect"][2] == "Infinity"


def test_it_travels_through_a_notebook(analysis: Analysis) -> None:
    block = local_baseline(analysis)
    assert from_data(json.loads(json.dumps(to_data(block)))) == block


def test_what_cannot_be_put_per_thousand_is_refused_with_the_reason(analysis: Analysis) -> None:
    with pytest.raises(UsageError, match="baseline_risk in the question"):
        local_baseline(replace(analysis, per_thousand=None))
    with pytest.raises(UsageError, match="no comparator group's risk is known"):
        local_baseline(replace(analysis, baselines=None))

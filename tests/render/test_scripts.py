"""The scripts of a page compute what the package computes and print it as the package prints it.

They run here in a JavaScript engine without a page; tests/browser/ uses them as a reader does.
"""

from __future__ import annotations

import json
import math
import random
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import pytest
from py_mini_racer import MiniRacer

from synthesis.analysis.model import Analysis
from synthesis.analysis.repooling import repooling
from synthesis.analysis.run import analyse
from synthesis.certainty.absolute import PER, RISKS, risk_with
from synthesis.document.elements import Document, Explorer, LocalBaseline, Paragraph, line
from synthesis.effects.measures import MEASURES
from synthesis.effects.model import Group
from synthesis.evidence.load import Evidence
from synthesis.figures.explorer import explorer
from synthesis.figures.forest_content import added_up
from synthesis.formatting import effect_interval, effect_range, integer, more_or_fewer, number
from synthesis.pooling.intervals import INTERVALS
from synthesis.pooling.model import Pooled
from synthesis.pooling.pool import pool_arrays
from synthesis.pooling.profiles import PROFILES
from synthesis.pooling.tau2 import ESTIMATORS
from synthesis.render.html import to_html
from synthesis.render.scripts import SCRIPTS, script, scripts_for
from synthesis.tables.local_baseline import local_baseline

# The promise made to readers: what they see is what the package would have computed.
TOLERANCE = 1e-9
MOST_BYTES = 5000


@pytest.fixture(scope="module")
def engine() -> Iterator[MiniRacer]:
    with MiniRacer() as made:
        for _, name in SCRIPTS:
            made.eval(script(name))
        yield made


def asked(engine: MiniRacer, expression: str, cases: list[Any]) -> list[Any]:
    """``expression`` of ``c`` for every case, in one go."""
    answer: list[Any] = json.loads(engine.eval(f"JSON.stringify({json.dumps(cases)}.map((c) => {expression}))"))
    return answer


def samples() -> Iterator[tuple[list[float], list[float]]]:
    """Effects and variances of 1 to 14 studies: alike and unlike, precise and vague, small and large."""
    chance = random.Random(20261123)
    for index in range(220):
        k = 1 + index % 14
        spread, unit = chance.choice([0, 0.05, 0.4, 2]), chance.choice([1, 1, 1e-3, 40])
        v = [(unit * chance.uniform(0.1, 1.2)) ** 2 for _ in range(k)]
        y = [unit * chance.gauss(0.3, spread) + chance.gauss(0, 1) * math.sqrt(x) for x in v]
        yield y, v
    yield [0.4, 0.4, 0.4], [0.1, 0.2, 0.3]
    yield [0.1, 5.0], [1e-8, 1e-8]
    yield [-3.0, 3.0, 0.0, 9.0], [1e-4, 10.0, 1.0, 1e-4]


def close(found: float, expected: float, scale: float) -> bool:
    return abs(found - expected) <= TOLERANCE * max(scale, abs(expected))


def disagreements(found: dict[str, Any], expected: Pooled) -> Iterator[str]:
    """What a result of the script has different from the package's."""
    scale = expected.se or 1e-12
    if found["interval"] != expected.ci.method:
        yield f"interval {found['interval']}, expected {expected.ci.method}"
    for name, value, wanted in (
        ("estimate", found["ci"][0], expected.estimate),
        ("low", found["ci"][1], expected.ci.low),
        ("high", found["ci"][2], expected.ci.high),
        ("tau2", found["tau2"], expected.tau2.value),
    ):
        if not close(value, wanted, scale):
            yield f"{name} {value!r}, expected {wanted!r}"
    pairs = zip(found["weights"], expected.weights, strict=True)
    yield from (f"weight {one!r}, expected {other!r}" for one, other in pairs if not close(one, other, 1))
    predicted = expected.prediction
    if bool(found["prediction"]) != (predicted is not None):
        yield f"prediction {found['prediction']}, expected {predicted}"
    elif predicted is not None:
        ends = zip(found["prediction"], (predicted.low, predicted.high), strict=True)
        yield from (f"prediction {one!r}, expected {other!r}" for one, other in ends if not close(one, other, scale))


def compared(engine: MiniRacer, cases: list[tuple[list[float], list[float], dict[str, Any]]]) -> list[str]:
    """Every disagreement over cases of effects, variances and options of ``pool``."""
    rules = [asdict(repooling(len(y), **options)) for y, _, options in cases]
    sent = [[y, v, rule] for (y, v, _), rule in zip(cases, rules, strict=True)]
    answers = asked(engine, "synthesis.pool(c[0], c[1], c[2])", sent)
    return [
        f"{options} {y} {v}: {problem}"
        for (y, v, options), answer in zip(cases, answers, strict=True)
        for problem in disagreements(answer, pool_arrays(y, v, **options))
    ]


@pytest.mark.parametrize("tau2", list(ESTIMATORS))
def test_every_estimator_gives_the_same_result_by_the_rule_of_each_profile(engine: MiniRacer, tau2: str) -> None:
    cases = [
        (y, v, {"model": "random", "tau2": tau2, "ci": profile, "level": 0.95})
        for y, v in samples()
        for profile in PROFILES
    ]
    assert compared(engine, cases) == []


@pytest.mark.parametrize("ci", list(INTERVALS))
def test_every_interval_gives_the_same_result(engine: MiniRacer, ci: str) -> None:
    models = ["random", "common"] if INTERVALS[ci].common else ["random"]
    cases = [
        (y, v, {"model": model, "tau2": "REML", "ci": ci, "level": level})
        for y, v in samples()
        if len(y) >= INTERVALS[ci].smallest_k
        for model in models
        for level in (0.9, 0.95)
    ]
    assert compared(engine, cases) == []


def test_a_likelihood_with_two_maxima_gives_the_higher_one(engine: MiniRacer) -> None:
    # Found by search: two tight groups of different spread. A search that stops at the first root would miss one.
    chance = random.Random(7)
    cases = []
    for _ in range(300):
        k = chance.randint(3, 8)
        v = [10 ** chance.uniform(-6, 1) for _ in range(k)]
        y = [chance.gauss(0, 1) * math.sqrt(x) * chance.choice([0.1, 1, 3]) + chance.choice([0, 0, 1]) for x in v]
        cases.append((y, v, {"model": "random", "tau2": "ML", "ci": "wald", "level": 0.95}))
    assert compared(engine, cases) == []


@pytest.fixture(scope="module")
def analyses(evidence: Evidence) -> list[Analysis]:
    done = [analyse(evidence, question) for question in evidence.questions]
    return [analysis for analysis in done if analysis.pooled is not None]


def test_subsets_of_the_shipped_studies_pool_as_the_package_pools_them(
    engine: MiniRacer, evidence: Evidence, analyses: list[Analysis]
) -> None:
    chance = random.Random(3)
    cases = []
    for analysis in analyses:
        plan = evidence.questions[analysis.question].plan
        y, v = list(analysis.effects.yi), list(analysis.effects.vi)
        for rows in (chance.sample(range(len(y)), chance.randint(1, len(y))) for _ in range(20)):
            options = {"model": plan.model, "tau2": plan.tau2, "ci": plan.profile, "level": plan.level}
            cases.append(([float(y[row]) for row in rows], [float(v[row]) for row in rows], options))
    assert len(cases) >= 100
    assert compared(engine, cases) == []


def test_an_explorer_carries_the_rule_of_its_own_analysis(
    engine: MiniRacer, evidence: Evidence, analyses: list[Analysis]
) -> None:
    for analysis in analyses:
        data = json.loads(explorer(analysis, evidence).script)
        for told, pooled in zip(data["pooled"], (analysis.models["plan"], analysis.models["common"]), strict=True):
            (found,) = asked(engine, "synthesis.pool(c.y, c.v, c.rule)", [{**data, "rule": told["rule"]}])
            assert list(disagreements(found, pooled)) == []
            assert found["interval"] in told["names"]


def values() -> list[float]:
    chance = random.Random(5)
    some = [chance.choice([-1, 1]) * 10 ** chance.uniform(-5, 6) for _ in range(2000)]
    ties = [n / 2**power for n in range(-400, 400) for power in (1, 2, 3, 4)]
    return [*some, *ties, 0.0, -0.0, 0.005, 1.005, 2.675, 999.5, 1000.5, 999_999.5, 1e6]


@pytest.mark.parametrize("digits", [0, 1, 2, 3])
def test_numbers_are_printed_the_same(engine: MiniRacer, digits: int) -> None:
    cases = values()
    found = asked(engine, f"synthesis.fix(c, {digits})", cases)
    assert found == [number(value, digits) for value in cases]


def test_people_and_events_add_up_the_same(engine: MiniRacer) -> None:
    chance = random.Random(17)
    cases = []
    for known in (0.6, 1.0):
        for _ in range(400):
            size = chance.randint(1, 8)
            cases.append(
                [
                    [chance.randint(0, 900) if chance.random() < known else None, chance.randint(1, 9999) / 2]
                    for _ in range(size)
                ]
            )
    cases += [[[None, 20]], [[3, None]], [[3, 9], [None, None]], [[0, 10], [0, 12]]]
    found = asked(engine, "synthesis.total(c)", cases)
    made = [[Group(label="one", events=events, n=n) for events, n in case] for case in cases]
    assert found == [added_up(groups) or "–" for groups in made]
    assert asked(engine, "synthesis.total(c)", [[]]) == ["–"]


@pytest.mark.parametrize("scale", ["log", "linear"])
def test_effects_are_printed_the_same(engine: MiniRacer, scale: Any) -> None:
    chance = random.Random(11)
    width = 14 if scale == "log" else 1500
    cases = [sorted(chance.uniform(-width, width) for _ in range(3)) for _ in range(1000)]
    cases += [[-800.0, 0.0, 800.0], [-0.125, 0.125, 0.375]]
    natural = [[_exp(x) if scale == "log" else x for x in case] for case in cases]
    flag = "true" if scale == "log" else "false"
    found = asked(engine, f"synthesis.shown(c, {flag})", cases)
    assert [f"{b} ({a} to {c})" for a, b, c in found] == [effect_interval(b, a, c, scale) for a, b, c in natural]
    pairs = asked(engine, f"synthesis.shown(c.slice(0, 2), {flag}).join(' to ')", cases)
    assert pairs == [effect_range(a, b, scale) for a, b, _ in natural]


def _exp(value: float) -> float:
    return math.exp(value) if value < 700 else math.inf


def test_risks_are_the_same(engine: MiniRacer) -> None:
    chance = random.Random(13)
    cases = [
        (
            measure,
            chance.uniform(-1, 1) if measure == "RD" else 10 ** chance.uniform(-4, 4),
            chance.uniform(0.001, 0.999),
        )
        for measure in RISKS
        for _ in range(400)
    ]
    found = asked(engine, "synthesisBaseline.risk(...c)", [list(case) for case in cases])
    assert all(close(one, risk_with(*case), 0.0) for one, case in zip(found, cases, strict=True))
    endless = engine.eval('JSON.stringify(["OR", "RR"].map((m) => synthesisBaseline.risk(m, +"Infinity", 0.3)))')
    assert json.loads(endless) == [risk_with("OR", math.inf, 0.3), risk_with("RR", math.inf, 0.3)] == [1, 1]


def test_people_are_counted_and_printed_the_same(engine: MiniRacer) -> None:
    cases = [step / 4 for step in range(-4100, 4100)]
    assert asked(engine, "synthesisBaseline.people(c)", cases) == [more_or_fewer(people) for people in cases]


def test_the_local_baseline_says_what_its_table_says(engine: MiniRacer, analyses: list[Analysis]) -> None:
    for analysis in analyses:
        block, pooled = local_baseline(analysis), analysis.models["plan"]
        natural = MEASURES[pooled.measure].to_natural
        data = json.loads(block.script)
        for n in (block.low, block.start, block.high, 1, 500, 999):
            at, low, high = (
                PER * risk_with(pooled.measure, natural(x), n / PER)
                for x in (pooled.estimate, pooled.ci.low, pooled.ci.high)
            )
            (found,) = asked(engine, "synthesisBaseline.sentence(c, c.n)", [{**data, "n": n}])
            assert found == (
                f"{more_or_fewer(at - n)} per 1,000 (from {more_or_fewer(low - n)} to {more_or_fewer(high - n)}): "
                f"{integer(at)} {data['with']}, {integer(n)} {data['without']}."
            )
        people = analysis.per_thousand
        assert people is not None and block.start == round(people.baseline)
        (shown,) = (row for row in block.table.rows if row.style == "total")
        assert more_or_fewer(people.difference) in "".join(span.text for span in shown.cells[-1])


def page(*blocks: Any) -> str:
    return to_html(Document(title="Test", language="en-GB", date="2026-11-23", metadata={}, blocks=blocks))


def test_each_script_is_small_and_stands_in_a_page_once_if_it_is_needed(
    evidence: Evidence, analyses: list[Analysis]
) -> None:
    shown, typed = explorer(analyses[0], evidence), local_baseline(analyses[0])
    other = explorer(analyses[1], evidence)
    for _, name in SCRIPTS:
        assert len(script(name).encode()) < MOST_BYTES
    assert page(Paragraph(text=line("x"))).count("<script") == 0
    assert page(shown, other).count("<script>") == 1
    assert scripts_for([shown, other, typed]) == tuple(script(name) for _, name in SCRIPTS)
    assert {kind for kind, _ in SCRIPTS} == {Explorer, LocalBaseline}


@pytest.mark.parametrize("name", [name for _, name in SCRIPTS])
def test_scripts_evaluate_no_text_fetch_nothing_and_write_no_markup(name: str) -> None:
    text = script(name)
    for word in ("eval", "Function(", "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "fetch", "http",
                 "import", "localStorage", "cookie", "XMLHttpRequest", "</"):  # fmt: skip
        assert word not in text, word

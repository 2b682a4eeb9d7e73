"""Named numbers: each says what the analysis or record says, and every slot in the notebooks has one."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path
from typing import Any

import pytest

from synthesis.analysis.model import Analysis
from synthesis.analysis.run import analyse
from synthesis.briefing.compose import briefing_facts
from synthesis.briefing.facts import Fact, Facts, facts_of, more_or_fewer
from synthesis.document.elements import FACTS_MIME
from synthesis.errors import UnknownKeyError
from synthesis.evidence.load import Evidence
from synthesis.evidence.project import open_briefing
from synthesis.formatting import percent, ratio

ROOT = Path(__file__).resolve().parents[2]
SLOT = re.compile(r"\{\{\s*([^{}]+?)\s*\}\}")


@pytest.fixture(scope="module")
def analyses(evidence: Evidence) -> dict[str, Analysis]:
    return {question: analyse(evidence, question) for question in evidence.questions}


@pytest.fixture(scope="module")
def facts(evidence: Evidence, analyses: dict[str, Analysis]) -> dict[str, Fact]:
    return facts_of(evidence, analyses.values())


def slots(notebook: Path) -> list[str]:
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    return [name for cell in cells for name in SLOT.findall("".join(cell["source"]))]


def test_every_slot_of_every_notebook_resolves(evidence: Evidence, analyses: dict[str, Analysis]) -> None:
    briefing = open_briefing("mutual-aid", ROOT)
    facts = briefing_facts(evidence, briefing, [analyses[question] for question in briefing.questions])
    found = {path.name: slots(path) for path in sorted((ROOT / "notebooks").glob("*.ipynb"))}
    assert len(found["mutual_aid_briefing.ipynb"]) > 30
    found = {name: [slot for slot in used if not slot.startswith("claim:")] for name, used in found.items()}
    missing = [(name, slot) for name, used in found.items() for slot in used if slot not in facts]
    assert [item for item in missing if not item[1].startswith("document.")] == []


def test_headlines_cite_nothing_recalled_without_saying_so(facts: dict[str, Fact]) -> None:
    # The prose around these says that they are recalled; any other slot must rest on what was read.
    said = {
        "continuous-alcohol-abstinence.include-recalled.effect",
        "active-referral-attendance.include-recalled.effect",
    }
    used = {slot for path in (ROOT / "notebooks").glob("*.ipynb") for slot in slots(path) if slot in facts}
    assert {slot for slot in used if not facts[slot].read} <= said


def test_a_name_is_one_number_and_its_own_key(facts: dict[str, Fact]) -> None:
    assert all(name == fact.name for name, fact in facts.items())
    assert all(fact.text for fact in facts.values())
    assert not any(re.search(r"\bnan\b|\binf\b|None", fact.text) for fact in facts.values())


def test_pooled_texts_are_the_numbers_of_the_analysis(facts: dict[str, Fact], analyses: dict[str, Analysis]) -> None:
    checked = 0
    for name, analysis in analyses.items():
        sets = [(name, analysis.models.get("plan"), analysis.effects)]
        sets += [(f"{name}.{item.id}", item.models.get("plan"), item.effects) for item in analysis.variants]
        for base, pooled, effects in sets:
            assert facts[f"{base}.k"].value == len(effects)
            if pooled is None:
                assert f"{base}.effect" not in facts
                continue
            point, low, high = (math.exp(x) for x in (pooled.estimate, pooled.ci.low, pooled.ci.high))
            assert facts[f"{base}.effect"].value == point
            if low >= 0.01 and high < 1000:
                assert facts[f"{base}.effect"].text == (
                    f"{pooled.measure} {ratio(point)} (95% CI {ratio(low)} to {ratio(high)})"
                )
                checked += 1
            assert facts[f"{base}.i2"].text == percent(pooled.heterogeneity.i2)
            assert facts[f"{base}.effect"].records == tuple(row.study for row in effects)
            assert facts[f"{base}.effect"].read is all(row.read for row in effects)
    assert checked > 8


def test_common_and_dl_have_names_of_their_own(facts: dict[str, Fact], analyses: dict[str, Analysis]) -> None:
    for key in ("common", "DL"):
        pooled = analyses["active-referral-attendance"].models[key]  # type: ignore[index]
        assert facts[f"active-referral-attendance.{key}.estimate"].value == math.exp(pooled.estimate)


def test_people_per_thousand(facts: dict[str, Fact], analyses: dict[str, Analysis]) -> None:
    people = analyses["active-referral-attendance"].per_thousand
    assert people is not None
    base = "active-referral-attendance"
    assert facts[f"{base}.baseline-per-1000"].text == f"{people.baseline:.0f}"
    assert facts[f"{base}.with-per-1000"].text == f"{people.intervention:.0f}"
    assert facts[f"{base}.difference-per-1000"].text == f"{people.difference:.0f} more"
    assert facts[f"{base}.range-per-1000"].text == f"from {more_or_fewer(people.low)} to {more_or_fewer(people.high)}"


@pytest.mark.parametrize(
    ("people", "text"),
    [
        (103.4, "103 more"),
        (-12.2, "12 fewer"),
        (0.4, "no more and no fewer"),
        (-0.4, "no more and no fewer"),
        (1000, "1,000 more"),
    ],
)
def test_more_or_fewer(people: float, text: str) -> None:
    assert more_or_fewer(people) == text


def test_what_the_evidence_holds(facts: dict[str, Fact], evidence: Evidence) -> None:
    assert facts["evidence.studies"].value == len(evidence.studies)
    randomised, rest = facts["evidence.randomised"].value, facts["evidence.not-randomised"].value
    assert isinstance(randomised, int) and isinstance(rest, int)
    assert randomised + rest == len(evidence.studies)


def of_one(invented: Any, *printed: dict[str, Any], read: bool = True) -> dict[str, Fact]:
    study = invented.study("alpha2001", invented.result(*printed, read=read))
    return facts_of(invented.evidence([study], []), [])


def test_printed_numbers_keep_their_form(invented: Any) -> None:
    found = of_one(
        invented,
        invented.percents(a=40.5, b=25),
        invented.counts(a=(1040, 2000), b=(25, 90)),
        invented.contrast(estimate=2.1, ci=(1.5, 3.25), p="<0.05"),
        {"form": "means", "arms": {"a": {"mean": -3.5}, "b": {"mean": 2}}},
    )
    texts = {name.removeprefix("alpha2001.main."): fact.text for name, fact in found.items() if "main" in name}
    assert texts == {
        "a": "40.5%",
        "b": "25%",
        "a.events": "1,040",
        "a.n": "2,000",
        "b.events": "25",
        "b.n": "90",
        "estimate": "2.1",
        "ci": "1.5 to 3.25",
        "p": "<0.05",
        "a.mean": "−3.5",
        "b.mean": "2",
    }


def test_numbers_that_would_share_a_name_are_told_apart(invented: Any) -> None:
    found = of_one(invented, invented.contrast(estimate=2.0), invented.contrast("RR", estimate=1.5))
    assert "alpha2001.main.estimate" not in found
    assert (found["alpha2001.main.estimate-1"].text, found["alpha2001.main.estimate-2"].text) == ("2", "1.5")


def test_a_recalled_cell_or_interval_is_not_read(invented: Any) -> None:
    counts = invented.counts(a=(40, 100), b=(25, 90))
    counts["arms"]["a"]["known"] = "recalled"
    found = of_one(invented, counts, invented.contrast(ci=(1.2, 3.2), ci_known="recalled"))
    read = {name.removeprefix("alpha2001.main."): fact.read for name, fact in found.items() if "main" in name}
    assert read == {"a.events": False, "a.n": False, "b.events": True, "b.n": True, "estimate": True, "ci": False}
    assert all(not fact.read for name, fact in of_one(invented, counts, read=False).items() if "main" in name)
    percents, means = invented.percents(a=40, b=25), {"form": "means", "arms": {"a": {"mean": 1, "known": "recalled"}}}
    percents["arms"]["b"]["known"] = "recalled"
    found = of_one(invented, percents, means)
    assert [found[f"alpha2001.main.{key}"].read for key in ("a", "b", "a.mean")] == [True, False, False]


def test_an_unknown_name_names_the_nearest(facts: dict[str, Fact]) -> None:
    named = Facts(facts, document={})
    assert named["evidence.studies"].text
    with pytest.raises(UnknownKeyError, match=r"unknown named number 'evidence.study'.*'evidence.studies'") as caught:
        named["evidence.study"]
    assert len(str(caught.value)) < 1000
    assert named.get("evidence.study") is None
    assert "evidence.study" not in named


def test_what_a_notebook_carries_is_strict_json(facts: dict[str, Fact], analyses: dict[str, Analysis]) -> None:
    endless = {"x": Fact(name="x", text="not estimable", value=math.inf, records=())}
    named = Facts(facts | endless, analyses=analyses.values(), document={"title": "t"})
    carried = named._repr_mimebundle_()[FACTS_MIME]
    assert json.loads(json.dumps(carried, allow_nan=False)) == carried
    assert carried["facts"]["x"]["value"] == "Infinity"
    assert [Analysis.from_dict(data) for data in carried["analyses"]] == list(analyses.values())

"""Whatever a public function gives shows itself: none can be added that does not."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import synthesis as syn
from synthesis.analysis.diagnosis import diagnose
from synthesis.analysis.flow import study_flow
from synthesis.analysis.model import Analysis
from synthesis.analysis.moderators import meta_regression
from synthesis.analysis.run import analyse
from synthesis.analysis.subgroups import subgroup_analysis
from synthesis.certainty.judgements import Judgements
from synthesis.document.results import Listing, Result
from synthesis.evidence.load import Evidence

# What is not a result, and why.
OTHERWISE = {
    "Correlated": "a term of a model, given to fit_multilevel",
    "Shared": "a term of a model, given to fit_multilevel",
    "JudgedStudy": "a part of Judgements, made to be given to it",
    "Screening": "counts that somebody recorded",
    "ClaimFile": "a record",
    "SynthesisError": "an error",
}
PACKAGES = ("analysis", "certainty", "diagnostics", "effects", "pooling")


def parts(hint: Any) -> Iterator[type]:
    """Classes of the package in an annotation; what a listing holds is not looked into."""
    origin = typing.get_origin(hint)
    found = origin or hint
    if inspect.isclass(found) and found.__module__.startswith("synthesis."):
        yield found
    if found is not Listing:
        for inner in typing.get_args(hint):
            yield from parts(inner)


def given() -> dict[str, type]:
    """Name of each class that a public function gives, or that is public itself."""
    found: dict[str, type] = {}
    for name in syn.__all__:
        value = getattr(syn, name)
        if inspect.isclass(value):
            found[value.__name__] = value
        elif not name.endswith("_frame"):  # these give data frames
            hint = typing.get_type_hints(value).get("return")
            found |= {part.__name__: part for part in parts(hint)}
    return found


def shows_itself(kind: type) -> bool:
    return hasattr(kind, "_repr_html_") or hasattr(kind, "_repr_mimebundle_")


@pytest.mark.parametrize("name", sorted(given()))
def test_what_a_public_function_gives_shows_itself(name: str) -> None:
    kind = given()[name]
    assert shows_itself(kind) or name in OTHERWISE, f"{name} has no _repr_html_; see document/results.py"
    if kind.__module__.split(".")[1] in PACKAGES and name not in OTHERWISE:
        assert issubclass(kind, Result) or kind is Listing, f"{name} has no data frame; see document/results.py"


def test_the_exceptions_exist_and_are_needed() -> None:
    assert set(OTHERWISE) <= set(given())
    assert not [name for name in OTHERWISE if shows_itself(given()[name])]


def test_every_kind_of_result_says_how_it_is_shown() -> None:
    def below(kind: type) -> Iterator[type]:
        for one in kind.__subclasses__():
            yield one
            yield from below(one)

    kinds = [kind for kind in below(Result) if kind.__module__.startswith("synthesis.")]
    assert len(kinds) > 25
    for kind in kinds:
        module, _, function = kind.__dict__["shown_by"].partition(":")
        assert callable(getattr(__import__(module, fromlist=[function]), function))


MADE: dict[str, Callable[[Analysis, Evidence], Any]] = {
    "analysis": lambda analysis, _: analysis,
    "effects": lambda analysis, _: analysis.effects,
    "diagnosis": lambda analysis, _: diagnose(analysis),
    "groups": lambda _, evidence: subgroup_analysis(analyse(evidence, "treatment-retention"), evidence, by="country"),
    "moderated": lambda analysis, evidence: meta_regression(analysis, evidence, by="months"),
    "flow": lambda analysis, evidence: study_flow(evidence, [analysis]),
    "judgements": lambda analysis, evidence: syn.risk_of_bias(analysis, evidence),
    "directions": lambda _, evidence: analyse(evidence, "attendance-and-outcome"),
    "nothing": lambda _, evidence: analyse(evidence, "harms"),
}


@pytest.mark.parametrize("name", MADE)
def test_what_is_made_of_an_analysis_is_one_line_a_table_and_a_frame(name: str, evidence: Evidence) -> None:
    found = MADE[name](analyse(evidence, "cocaine-abstinence"), evidence)
    line, table, page = repr(found), found.to_frame(), found._repr_html_()
    assert line.startswith(f"<{type(found).__name__}: ") and "\n" not in line and len(line) < 200
    assert page.count("<caption") == 1
    assert page.count('scope="col"') == len(table.columns) and page.count('scope="row"') == len(table) > 0
    assert all(str(column).isidentifier() for column in table.columns)
    assert found.describe().endswith("(see CITATION.cff).")
    for gap in ("None", "nan"):
        assert gap not in line


def test_made_up_judgements_say_so(evidence: Evidence) -> None:
    real = syn.risk_of_bias(analyse(evidence, "cocaine-abstinence"), evidence)
    made_up = Judgements(id=real.id, title=real.title, tool=real.tool, studies=real.studies, made_up=True)
    assert "made up" in repr(made_up) and "made up" in made_up._repr_html_() + made_up.describe()

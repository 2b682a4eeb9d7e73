"""Studies are counted once per cell, under the nearest category asked for, by what was randomised."""

from __future__ import annotations

from typing import Any

import pytest

from synthesis.analysis.gaps import GapCell, gaps
from synthesis.errors import UnknownKeyError

ALCOHOL = "Alcohol only"


def cell(randomised: tuple[str, ...] = (), other: tuple[str, ...] = ()) -> GapCell:
    return GapCell(randomised=randomised, other=other)


def test_a_study_counts_once_in_a_cell_and_once_in_each(invented: Any) -> None:
    results = (
        invented.result(invented.counts(a=(4, 10), b=(2, 10))),
        invented.result(invented.counts(a=(4, 10), b=(2, 10)), result_id="again", outcome="sobriety"),
        invented.result(invented.counts(a=(4, 10), b=(2, 10)), result_id="use", outcome="drinking"),
    )
    found = gaps(invented.evidence([invented.study("alpha2001", *results)], []))
    assert found.interventions == ("Help",)
    assert found.domains == ("Abstinence", "Use")
    assert found.cells["Help", ALCOHOL, "Abstinence"] == cell(("alpha2001",))
    assert found.cells["Help", ALCOHOL, "Use"] == cell(("alpha2001",))
    assert found.cells["Help", "Drugs only", "Use"].empty
    assert (found.placed, found.held) == (1, 1)


def test_designs_are_kept_apart_and_a_choice_within_a_trial_is_not_randomised(invented: Any) -> None:
    chosen = invented.result(invented.contrast(arms=None, contrast="x"), comparison=("help", "usual"))
    studies = [
        invented.study("alpha2001"),
        invented.study("beta2002", design="cohort"),
        invented.study("gamma2003", chosen),
    ]
    found = gaps(invented.evidence(studies, []))
    assert found.cells["Help", ALCOHOL, "Abstinence"] == cell(("alpha2001",), ("beta2002", "gamma2003"))


def test_populations_follow_from_the_substances(invented: Any) -> None:
    words = invented.vocabulary()
    names = {"alpha2001": ("alcohol",), "beta2002": ("alcohol", "cocaine"), "gamma2003": ("cocaine",)}
    studies = [invented.study(key, substances=value) for key, value in names.items()]
    found = gaps(invented.evidence(studies, []))
    assert words.arm_categories["help"].label == "Help"
    for key, group in zip(names, found.populations, strict=True):
        assert found.cells["Help", group, "Abstinence"] == cell((key,))


def test_a_category_takes_what_lies_under_it_unless_that_has_a_place_of_its_own(invented: Any) -> None:
    arms = (invented.arm("a", "strongest-help"), invented.arm("b", "usual"))
    studies = [invented.study("alpha2001", arms=arms), invented.study("beta2002")]
    evidence = invented.evidence(studies, [])
    assert gaps(evidence).cells["Help", ALCOHOL, "Abstinence"] == cell(("alpha2001", "beta2002"))
    found = gaps(evidence, interventions=["strong-help", "help"])
    assert found.interventions == ("Strong help", "Help, other")
    assert found.cells["Strong help", ALCOHOL, "Abstinence"] == cell(("alpha2001",))
    assert found.cells["Help, other", ALCOHOL, "Abstinence"] == cell(("beta2002",))


def test_populations_can_be_taken_together(invented: Any) -> None:
    studies = [invented.study("alpha2001"), invented.study("beta2002", substances=("cocaine",))]
    found = gaps(invented.evidence(studies, []), by_population=False)
    assert found.populations == ("All populations",)
    assert found.cells["Help", "All populations", "Abstinence"] == cell(("alpha2001", "beta2002"))


def test_an_unknown_category_is_refused(invented: Any) -> None:
    with pytest.raises(UnknownKeyError, match="strong-help"):
        gaps(invented.evidence([invented.study()], []), interventions=["strange-help"])

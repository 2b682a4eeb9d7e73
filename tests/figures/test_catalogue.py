"""The table of figures: every entry draws, and shows itself to the writers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from synthesis.analysis.diagnosis import diagnose
from synthesis.analysis.flow import Flow, Screening
from synthesis.analysis.model import Analysis, Robustness, Specification
from synthesis.analysis.moderators import MODERATORS, moderated
from synthesis.certainty.judgements import Judgements
from synthesis.changes.model import ChangeReport
from synthesis.diagnostics.gosh import gosh
from synthesis.diagnostics.trim_and_fill import trim_and_fill
from synthesis.document.elements import plain
from synthesis.document.html import fragment
from synthesis.document.text import plain_text
from synthesis.evidence.load import Evidence
from synthesis.figures.catalogue import FIGURES, FigureKind


@pytest.fixture
def needed(
    six_means: Analysis,
    observed: Analysis,
    judged: Judgements,
    evidence: Evidence,
    changed: ChangeReport,
    counts: Callable[..., Analysis],
) -> Callable[[FigureKind], object]:
    """What each figure is made from."""
    flow = Flow(screening=Screening(), held=3, reached=2, left_out=(("Late", 1),), included=1, by_question=(("Q", 1),))
    one = Specification(options={}, k=6, measure="SMD", estimate=0.4, low=0.1, high=0.7, side=1)
    robust = Robustness(side=1, labels={}, statuses={}, equivalent=(one,), alone=())
    given: dict[str, object] = {
        "specification-curve": replace(six_means, robustness=robust),
        "trim-and-fill": (six_means, trim_and_fill(six_means.effects)),
        "labbe": counts(("Alder 2001", 10, 20, 5, 20), ("Birch 2001", 8, 20, 4, 20)),
        "influence": diagnose(six_means),
        "baujat": diagnose(six_means),
        "radial": diagnose(six_means),
        "gosh": (six_means, gosh(six_means.effects)),
        "bubble": moderated(six_means, [1.0, 2.0, 4.0, None, 5.0, 9.0], MODERATORS["months"]),
        "effect-direction": observed,
        "rob-traffic-light": judged,
        "rob-summary": judged,
        "prisma-flow": flow,
        "gap-map": evidence,
        "timeline": evidence,
        "before-after": changed,
    }
    return lambda kind: given.get(kind.key, six_means)


def test_every_figure_draws_and_can_be_written(needed: Callable[[FigureKind], object]) -> None:
    for kind in FIGURES.values():
        given = needed(kind)
        figure = kind.function(*given) if isinstance(given, tuple) else kind.function(given)
        assert figure.alt and figure.title and figure.data is not None
        assert figure.alt != plain(figure.caption)
        assert figure.id.startswith(kind.key)
        assert "<svg" in fragment(figure)
        assert figure.title in plain_text(figure)


def test_keys_are_unique_and_described() -> None:
    assert list(FIGURES) == [
        "forest", "leave-one-out", "cumulative-forest", "specification-curve", "funnel", "trim-and-fill", "labbe",
        "influence", "baujat", "radial", "gosh", "bubble", "effect-direction", "rob-traffic-light", "rob-summary",
        "prisma-flow", "gap-map", "timeline", "before-after",
    ]  # fmt: skip
    assert all(kind.needs and kind.alt for kind in FIGURES.values())

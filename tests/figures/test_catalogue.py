"""The table of figures: every entry draws, and shows itself to the writers."""

from __future__ import annotations

from synthesis.analysis.model import Analysis
from synthesis.document.html import fragment
from synthesis.document.text import plain_text
from synthesis.figures.catalogue import FIGURES


def test_every_figure_draws_and_can_be_written(six_means: Analysis, observed: Analysis) -> None:
    for kind in FIGURES.values():
        figure = kind.function(observed if kind.key == "effect-direction" else six_means)
        assert figure.alt and figure.title and figure.data is not None
        assert figure.id.startswith(kind.key)
        assert "<svg" in fragment(figure)
        assert figure.title in plain_text(figure)


def test_keys_are_unique_and_described() -> None:
    assert list(FIGURES) == ["forest", "leave-one-out", "effect-direction"]
    assert all(kind.needs and kind.alt for kind in FIGURES.values())

"""What may be said at which certainty about which size."""

from __future__ import annotations

from typing import get_args

import pytest

from synthesis.certainty.sizes import Size, size_of
from synthesis.certainty.wording import KEY, Way, effect_sentence
from synthesis.evidence.judgement import LEVELS, Level
from synthesis.evidence.question import Thresholds


@pytest.mark.parametrize(
    ("level", "size", "way", "sentence"),
    [
        ("high", "large", "decrease", "Help results in a large decrease in drinking."),
        ("high", "moderate", "decrease", "Help decreases drinking."),
        ("high", "small", "increase", "Help increases drinking slightly."),
        ("high", "trivial", "increase", "Help results in little to no difference in drinking."),
        ("moderate", "large", "increase", "Help probably results in a large increase in drinking."),
        ("moderate", "moderate", "decrease", "Help probably decreases drinking."),
        ("moderate", "small", "decrease", "Help probably decreases drinking slightly."),
        ("moderate", "trivial", "decrease", "Help probably results in little to no difference in drinking."),
        ("low", "large", "increase", "Help may result in a large increase in drinking."),
        ("low", "moderate", "increase", "Help may increase drinking."),
        ("low", "small", "increase", "Help may increase drinking slightly."),
        ("low", "trivial", "increase", "Help may result in little to no difference in drinking."),
        ("very-low", "large", "increase", "The evidence is very uncertain about the effect of help on drinking."),
    ],
)
def test_each_cell(level: Level, size: Size, way: Way, sentence: str) -> None:
    assert effect_sentence(level, size, way, intervention="help", outcome="drinking") == sentence


def test_the_words_of_certainty_never_mix() -> None:
    marks = {"high": (), "moderate": ("probably",), "low": ("may",), "very-low": ("very uncertain",)}
    every = {mark for words in marks.values() for mark in words}
    for level in LEVELS:
        for size in get_args(Size):
            text = effect_sentence(level, size, "increase", intervention="help")
            assert [mark for mark in sorted(every) if mark in text] == list(marks[level])
            assert "significant" not in text and "no effect" not in text and "likely" not in text


def test_the_key_explains_every_word() -> None:
    assert all(word in KEY for word in ("probably", "may", "very uncertain", "not how probable"))


@pytest.mark.parametrize(
    ("difference", "size"),
    [
        (0, "trivial"),
        (49.9, "trivial"),
        (50, "small"),
        (-99, "small"),
        (100, "moderate"),
        (-200, "large"),
        (900, "large"),
    ],
)
def test_sizes_start_at_their_thresholds_on_both_sides(difference: float, size: str) -> None:
    assert size_of(difference, Thresholds(small=50, moderate=100, large=200, why="invented")) == size

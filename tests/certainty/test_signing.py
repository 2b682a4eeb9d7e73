"""Signing a judgement: new ratings, old ones on new facts, and what was said before."""

from __future__ import annotations

from typing import Any

import pytest

from synthesis.certainty.signing import Rating, read_ratings, read_start, sign
from synthesis.errors import UnknownKeyError, UsageError
from synthesis.evidence.judgement import RATING_DOWN, CertaintyJudgement, DomainKey

FACTS: dict[DomainKey, dict[str, str]] = {key: {"studies": "2"} for key in RATING_DOWN}
FACTS["confounding"] = {"studies": "2"}
FIRST: dict[str, Any] = {
    "by": "First", "on": "2026-01-01", "start": {"level": "high", "reason": "Trials."},
    "ratings": {
        key: Rating(change=-1 if key == "imprecision" else 0, reason=f"Because of {key}.") for key in RATING_DOWN
    },
}  # fmt: skip


@pytest.fixture
def signed() -> CertaintyJudgement:
    return sign(CertaintyJudgement(), FACTS, **FIRST)


def test_the_first_judgement_holds_what_was_seen(signed: CertaintyJudgement) -> None:
    assert (signed.status, signed.level, signed.by, signed.on) == ("judged", "moderate", "First", "2026-01-01")
    assert set(signed.domains) == set(RATING_DOWN)
    assert signed.domains["imprecision"].facts == {"studies": "2"}
    assert all(rating.history == () for rating in signed.domains.values())


def test_signing_again_keeps_the_reason_and_the_rating_it_replaces(signed: CertaintyJudgement) -> None:
    moved = FACTS | {"imprecision": {"studies": "3"}}
    again = sign(signed, moved, by="Second", on="2026-02-02")
    rating = again.domains["imprecision"]
    assert (rating.change, rating.reason, rating.by, rating.facts) == (
        -1,
        "Because of imprecision.",
        "Second",
        {"studies": "3"},
    )
    (past,) = rating.history
    old = signed.domains["imprecision"]
    assert (past.change, past.reason, past.by, past.on, past.facts_hash) == (
        old.change, old.reason, "First", "2026-01-01", old.facts_hash,
    )  # fmt: skip
    # What nobody had to look at again is untouched.
    assert again.domains["inconsistency"] == signed.domains["inconsistency"]


def test_a_new_rating_replaces_the_old_one_and_histories_grow(signed: CertaintyJudgement) -> None:
    second = sign(
        signed, FACTS, by="Second", on="2026-02-02", ratings={"imprecision": Rating(change=-2, reason="Wider.")}
    )
    third = sign(
        second, FACTS, by="Third", on="2026-03-03", ratings={"imprecision": Rating(change=0, reason="Narrow.")}
    )
    assert (second.level, third.level) == ("low", "high")
    assert [item.reason for item in third.domains["imprecision"].history] == ["Wider.", "Because of imprecision."]


def test_what_a_judgement_needs_is_asked_for() -> None:
    with pytest.raises(UsageError, match="inconsistency"):
        sign(CertaintyJudgement(), FACTS, by="A", on="2026-01-01", start=FIRST["start"],
             ratings={"imprecision": Rating(change=0, reason="x")})  # fmt: skip
    with pytest.raises(UsageError, match="start"):
        sign(CertaintyJudgement(), FACTS, **(FIRST | {"start": None}))
    with pytest.raises(UsageError, match="on"):
        sign(CertaintyJudgement(), FACTS, **(FIRST | {"on": "yesterday"}))


def test_no_evidence_has_a_reason_and_no_ratings(signed: CertaintyJudgement) -> None:
    none = sign(signed, {}, by="A", on="2026-01-01", reason="Nothing found.")
    assert (none.status, none.level, none.reason, none.domains) == ("no-evidence", None, "Nothing found.", {})
    with pytest.raises(UsageError, match="no evidence to rate"):
        sign(signed, {}, **FIRST)
    with pytest.raises(UsageError, match="reason"):
        sign(CertaintyJudgement(), {}, by="A", on="2026-01-01")


def test_ratings_are_read_from_the_command_line() -> None:
    found = read_ratings(
        ["imprecision=-2: it: crosses", "confounding=+1:x", "inconsistency=−1: typed with a true minus"]
    )
    assert found["imprecision"] == Rating(change=-2, reason="it: crosses")
    assert (found["confounding"].change, found["inconsistency"].change) == (1, -1)
    for wrong in ("imprecision", "imprecision=-2", "imprecision=-2:", "imprecision=two: x"):
        with pytest.raises(UsageError, match="is written"):
            read_ratings([wrong])
    with pytest.raises(UsageError, match="twice"):
        read_ratings(["imprecision=0: x", "imprecision=0: y"])
    with pytest.raises(UnknownKeyError, match="imprecision"):
        read_ratings(["precision=0: x"])


def test_where_it_starts_is_read_from_the_command_line() -> None:
    assert read_start("low: chose for themselves") == {"level": "low", "reason": "chose for themselves"}
    with pytest.raises(UsageError, match="starts"):
        read_start("moderate: x")

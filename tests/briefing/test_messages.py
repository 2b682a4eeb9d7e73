"""Key messages: slots filled, certainty from the analysis, and nothing else let through."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from synthesis.analysis.run import analyse
from synthesis.briefing.facts import Facts, facts_of
from synthesis.briefing.messages import key_messages
from synthesis.document.elements import plain
from synthesis.errors import DocumentError, UnknownKeyError


@pytest.fixture
def facts(invented: Any) -> Facts:
    held = invented.evidence([invented.study()], [invented.question()])
    analysis = analyse(held, "does-it-help")
    return Facts(facts_of(held, [analysis]), analyses=[analysis], document={})


MESSAGE = {
    "claim": "It may help.",
    "detail": "{{ does-it-help.k }} trial: {{does-it-help.effect}}.",
    "question": "does-it-help",
}


def test_slots_are_filled_and_certainty_is_what_was_judged(facts: Facts) -> None:
    (message,) = key_messages(facts, [MESSAGE]).messages
    assert plain(message.claim) == "It may help."
    assert plain(message.detail) == "1 trial: OR 2.00 (95% CI 1.09 to 3.66)."
    assert message.certainty == "not yet judged"
    (analysis,) = facts.analyses
    judged = replace(analysis, certainty=replace(analysis.certainty, status="judged", level="very-low"))
    (message,) = key_messages(Facts(facts, analyses=[judged], document={}), [MESSAGE]).messages
    assert message.certainty == "very low"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"detail": "{{ does-it-help.kk }}"}, "does-it-help.k"),
        ({"claim": "One.\n\nTwo."}, "a key message is one paragraph; found 2 blocks"),
        ({"claim": "- one"}, "a key message is one paragraph"),
        ({"note": "more"}, "has claim, detail, question, and may have of, published, published_by; found"),
        ({"of": "Our trials"}, "of, published and published_by go together"),
        (
            {"of": "Our trials", "published": "{{ does-it-help.k }}", "published_by": "A review"},
            "unknown certainty '1'",
        ),
    ],
)
def test_a_message_that_cannot_be_set_says_why(facts: Facts, change: dict[str, str], says: str) -> None:
    with pytest.raises(DocumentError, match=says):
        key_messages(facts, [MESSAGE | change])


def test_a_field_that_is_missing_is_named(facts: Facts) -> None:
    with pytest.raises(DocumentError, match="found claim"):
        key_messages(facts, [{"claim": "It may help."}])


def test_an_unknown_question_is_named(facts: Facts) -> None:
    with pytest.raises(UnknownKeyError, match=r"unknown question 'does-it-hlp'. Did you mean 'does-it-help'"):
        key_messages(facts, [MESSAGE | {"question": "does-it-hlp"}])


def test_a_level_that_others_published_stands_before_ours_and_each_says_whose_it_is(invented: Any) -> None:
    held = invented.evidence([invented.study()], [invented.question()])
    analysis = analyse(held, "does-it-help")
    judged = replace(analysis, certainty=replace(analysis.certainty, status="judged", level="very-low"))
    named = facts_of(held, [judged])
    high = replace(named["does-it-help.certainty"], name="review.certainty", text="high", value="high")
    facts = Facts(named | {"review.certainty": high}, analyses=[judged], document={})
    more = {"of": "Our trials", "published": "{{ review.certainty }}", "published_by": "A review"}
    (message,) = key_messages(facts, [MESSAGE | more]).messages
    assert [(level, plain(words)) for level, words in message.ratings] == [
        ("high", "A review: high certainty, as its authors rate it"),
        ("very low", "Our trials: very low certainty. We have very little confidence in this result"),
    ]
    assert [span.target for span in message.published_words if span.style == "number"] == ["review.certainty"]

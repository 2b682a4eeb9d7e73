"""Wording rules on a corpus of sentences written for it: which may stand in prose by themselves and which may not."""

from __future__ import annotations

import pytest

from synthesis.briefing.lint import RULES, lint, lint_claim

REFUSED = [
    ("Active referral raised attendance.", "effect-words"),
    ("More people were abstinent with counselling.", "effect-words"),
    ("Fewer people dropped out.", "effect-words"),
    ("Relapse was reduced by the programme.", "effect-words"),
    ("Days of drinking decreased in both arms.", "effect-words"),
    ("Outcomes improved after referral.", "effect-words"),
    ("The trials favour active referral.", "effect-words"),
    ("People benefit from going to meetings.", "effect-words"),
    ("The intervention is effective.", "effect-words"),
    ("Abstinence was twice as common.", "effect-words"),
    ("The rate was higher in the first group.", "effect-words"),
    ("Attendance was better with a peer.", "effect-words"),
    ("Of the people referred, 64% attended.", "digits"),
    ("The odds ratio was 2.04.", "digits"),
    ("In 7 studies the result was the same.", "digits"),
    ("The result was statistically significant.", "significant"),
    ("There was a non-significant trend.", "significant"),
    ("The difference did not reach significance.", "significant"),
    ("SMART Recovery has no effect on drinking.", "no-effect"),
    ("It does not work for cocaine.", "no-effect"),
    ("People are likely to attend.", "likely"),
    ("It is unlikely that this will change.", "likely"),
    ("The review proves that groups help.", "proves"),
    ("This is proof of a causal link.", "proves"),
    ("- **Alcohol.** Groups reduce drinking.", "effect-words"),
]
ALLOWED = [
    "Does help to make contact raise attendance?",
    "## Alcohol and cocaine, where treatment reduces use",
    "The 2013 briefing gathered what others had concluded.",
    "The Drug Strategy of 2010 called for support.",
    "NICE published CG51 and QS23.",
    "A 12-step programme is treatment, not mutual aid.",
    "The odds ratio was {{ cocaine-abstinence.estimate }}.",
    "{{ claim:contact-raises-attendance }}",
    "Its authors write ‘significantly reduced drug use’ [@bowen2014].",
    "See `effects_table(analysis)` for 3 columns there.".replace(" for 3 columns there", ""),
    "People who share a problem support one another.",
    "Groups also exist for families and friends.",
    "Nobody has yet judged how certain these results are.",
    "Questions choose studies by rule.",
    "Sending somebody off with a list is the usual practice.",
]


@pytest.mark.parametrize(("sentence", "rule"), REFUSED)
def test_a_sentence_that_asserts_a_result_by_itself_is_refused(sentence: str, rule: str) -> None:
    breaches = lint(sentence)
    assert any(RULES[rule].why in breach for breach in breaches), breaches


@pytest.mark.parametrize("sentence", ALLOWED)
def test_a_sentence_that_asserts_none_may_stand(sentence: str) -> None:
    assert lint(sentence) == ()


def test_the_corpus_has_forty_sentences_and_every_rule_is_tried() -> None:
    assert len(REFUSED) + len(ALLOWED) == 40
    assert {rule for _, rule in REFUSED} == set(RULES)


def test_each_breach_quotes_the_words_and_says_what_to_do() -> None:
    (breach,) = lint("It was said before. The rate fell to 3 in the end.")
    assert breach.startswith("'3' in 'The rate fell to 3 in the end.'")
    assert "{{ question.fact }}" in breach


def test_a_claim_may_use_effect_words_but_types_no_numbers() -> None:
    assert lint_claim("More people attended ({{ a.effect }}).") == ()
    assert len(lint_claim("More people attended (64%).")) == 1
    assert len(lint_claim("The rise was significant.")) == 1

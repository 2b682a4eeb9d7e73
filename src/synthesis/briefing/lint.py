"""What prose may not say by itself: results bound to nothing, and words that mislead.

Prose is read sentence by sentence, without its claims, slots, code, citations and quotations. What is left is the
author's own and may not carry a result.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from synthesis.registry import Registry

# Where prose cites a claim.
CLAIM = re.compile(r"\{\{\s*claim:([\w-]+)\s*\}\}")

# Taken out before prose is read: they are bound, or not the author's words.
_BOUND = re.compile(
    r"\{\{[^{}]*\}\}|`[^`]*`|\[@[^\]]*\]|\]\([^)]*\)|[‘“][^’”]*[’”]|\b(?:19|20)\d\d\b|\b[A-Za-z]+[A-Za-z-]*\d[\w-]*"
)
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n\s*\n|\n(?=[-*#])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One thing prose may not say: what it looks like, why not, and what to do instead."""

    key: str
    pattern: re.Pattern[str]
    why: str
    instead: str
    everywhere: bool = False


def lint(markdown: str) -> tuple[str, ...]:
    """Every breach of a rule in a piece of prose, as messages that quote the words.

    Headings and questions may name an effect: they assert none. Rules marked ``everywhere`` also hold for them.
    """
    return tuple(_breaches(markdown))


def _breaches(markdown: str) -> Iterator[str]:
    for sentence in _SENTENCE.split(CLAIM.sub("", markdown)):
        own = _BOUND.sub(" ", sentence).strip()
        asserts = not own.startswith("#") and not own.endswith("?")
        for rule in RULES.values():
            found = rule.pattern.search(own) if asserts or rule.everywhere else None
            if found is not None:
                yield f"{found[0].strip()!r} in {' '.join(sentence.split())[:90]!r}: {rule.why}; {rule.instead}"


def lint_claim(says: str) -> tuple[str, ...]:
    """Breaches in a claim's own text: its conditions bind what it says of effects, but numbers must still be slots."""
    own = _BOUND.sub(" ", says)
    return tuple(
        f"{found[0].strip()!r} in {' '.join(says.split())[:90]!r}: {rule.why}; {rule.instead}"
        for rule in RULES.values()
        if (rule.everywhere or rule.key == "digits") and (found := rule.pattern.search(own)) is not None
    )


_EFFECTS = (
    r"more|fewer|less|higher|lower|better|worse|raise[sd]?|rais(?:ing)|reduc(?:e[sd]?|ing|tion)|increas(?:e[sd]?|ing)|"
    r"decreas(?:e[sd]?|ing)|improv(?:e[sd]?|ing|ement)|favour(?:s|ed)?|benefit(?:s|ed)?|harm(?:s|ed)?|outperform(?:s|ed)?|"
    r"effective|ineffective|works|twice|double[sd]?|halve[sd]?|prevent(?:s|ed)?|shr[aiu]nk|lean(?:s|ed)?"
)

RULES = Registry(
    "wording rule",
    (
        Rule(
            key="digits",
            pattern=re.compile(r"(?<![\w-])\d[\d.,]*(?![\w-])"),
            why="a typed number is bound to nothing",
            instead="name it in a slot: {{ question.fact }}",
        ),
        Rule(
            key="effect-words",
            pattern=re.compile(rf"\b(?:{_EFFECTS})\b", re.IGNORECASE),
            why="it says which way a result goes and is bound to nothing",
            instead="make it a claim with a condition: {{ claim:id }}",
        ),
        Rule(
            key="significant",
            pattern=re.compile(r"\b(?:non-?|in)?significan(?:t|tly|ce)\b", re.IGNORECASE),
            why="significance is not certainty and not size",
            instead="give the estimate with its interval",
            everywhere=True,
        ),
        Rule(
            key="no-effect",
            pattern=re.compile(r"\b(?:no (?:effect|impact|benefit)|does not work|ineffective)\b", re.IGNORECASE),
            why="a wide interval does not show that there is no effect",
            instead="say what the interval includes",
            everywhere=True,
        ),
        Rule(
            key="likely",
            pattern=re.compile(r"\b(?:un)?likely\b", re.IGNORECASE),
            why="readers take it for a probability",
            instead="use the certainty words of the key: probably, may, very uncertain",
            everywhere=True,
        ),
        Rule(
            key="proves",
            pattern=re.compile(r"\b(?:prove[sn]?|proof|undoubtedly|clearly shows?)\b", re.IGNORECASE),
            why="studies estimate, they do not prove",
            instead="say what was found and how sure we are",
            everywhere=True,
        ),
    ),
)

"""Key messages: the three to five things a reader must take away, each tied to the analysis it rests on."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from synthesis.briefing.claims import expand
from synthesis.briefing.facts import Facts
from synthesis.document.elements import KeyMessage, KeyMessages, Line, Paragraph, plain
from synthesis.document.markdown import blocks
from synthesis.document.marks import certainty_mark
from synthesis.errors import DocumentError, UnknownKeyError


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One key message, written with slots.

    Attributes
    ----------
    claim : str
        One sentence of Markdown; every number in it is a slot.
    detail : str
        The numbers behind it, likewise.
    question : str
        The analysis whose certainty is shown.
    of : str
        The evidence it is about, where a level that others have published is shown too.
    published : str
        That level, as a slot; "" for none.
    published_by : str
        Whose level it is.
    """

    claim: str
    detail: str
    question: str
    of: str = ""
    published: str = ""
    published_by: str = ""


_NEEDED = {"claim", "detail", "question"}


def key_messages(facts: Facts, messages: Iterable[Mapping[str, str]]) -> KeyMessages:
    """A block of key messages.

    Parameters
    ----------
    facts : Facts
        Named numbers for the slots, and the analyses whose certainty is shown.
    messages : iterable of mapping
        Fields of ``Message``.

    Raises
    ------
    DocumentError
        If a slot is unknown, a field is missing or unknown, or a message is more than one paragraph.
    UnknownKeyError
        If there is no analysis of the question.
    """
    slots = {name: fact.text for name, fact in facts.items()}
    made = []
    for fields in messages:
        message = _message(fields)
        certainty = _certainty(facts, message)
        claim, detail = (_line(expand(text, facts.claims or {}), slots) for text in (message.claim, message.detail))
        published, words = _published(message, slots)
        made.append(
            KeyMessage(
                claim=claim,
                detail=detail,
                certainty=certainty,
                of=message.of,
                published=published,
                published_words=words,
            )
        )
    return KeyMessages(messages=tuple(made))


def _message(fields: Mapping[str, str]) -> Message:
    names = {field.name for field in dataclasses.fields(Message)}
    if not _NEEDED <= set(fields) <= names:
        found = ", ".join(sorted(fields)) or "nothing"
        more = ", ".join(sorted(names - _NEEDED))
        raise DocumentError(f"a key message has {', '.join(sorted(_NEEDED))}, and may have {more}; found {found}")
    together = [bool(fields.get(name)) for name in sorted(names - _NEEDED)]
    if any(together) and not all(together):
        raise DocumentError(f"of, published and published_by go together; found {', '.join(sorted(fields))}")
    return Message(**fields)


def _published(message: Message, slots: Mapping[str, str]) -> tuple[str, Line]:
    """The level that others have published, and whose it is."""
    if not message.published:
        return "", ()
    words = _line(f"{message.published_by}: {message.published} certainty, as its authors rate it", slots)
    level = plain(_line(message.published, slots))
    certainty_mark(level)
    return level, words


def _line(text: str, slots: Mapping[str, str]) -> Line:
    found = blocks(text, slots=slots)
    if len(found) != 1 or not isinstance(found[0], Paragraph):
        raise DocumentError(f"a key message is one paragraph; found {len(found)} blocks in {text[:60]!r}")
    return found[0].text


def _certainty(facts: Facts, message: Message) -> str:
    known = {analysis.question: analysis for analysis in facts.analyses}
    if message.question not in known:
        raise UnknownKeyError("question", message.question, known)
    return known[message.question].certainty.word

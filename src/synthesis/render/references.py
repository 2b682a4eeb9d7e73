"""References in the Vancouver style, numbered in the order in which they are first cited.

They are formatted here, once, so that the page and the PDF print the same words.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from synthesis.document.elements import Block, Line, Reference, References, Span
from synthesis.document.walk import every_line
from synthesis.errors import DocumentError

STYLE = Path(__file__).parent / "csl" / "nlm-citation-sequence.csl"

_ADDRESS = re.compile(
    r"(?P<doi>\bdoi:\s?(?P<name>10\.\d{4,9}/\S+?))(?=\.?(\s|$))|(?P<url>https?://\S+?)(?=[.,;]?(\s|$))"
)
_FIRST_NUMBER = re.compile(r"\A1\.\s*")


def cited_keys(blocks: Iterable[Block]) -> tuple[str, ...]:
    """The reference keys cited in ``blocks``, each once, in the order of first citation."""
    spans = (span for line in every_line(blocks) for span in line)
    return tuple(dict.fromkeys(span.target for span in spans if span.style == "cite"))


def reference_list(keys: Sequence[str], items: Iterable[Mapping[str, Any]]) -> References:
    """The reference list for what is cited; items that nothing cites are left out.

    Parameters
    ----------
    keys : sequence of str
        Keys in the order of first citation.
    items : iterable of mapping
        CSL-JSON items; ``id`` is the key.

    Raises
    ------
    DocumentError
        If a key has no item, or an item cannot be formatted.
    """
    known = {str(item.get("id", "")): item for item in items}
    missing = [key for key in keys if key not in known]
    if missing:
        raise DocumentError(
            f"cited but not among the references: {', '.join(missing)}. "
            f"Known: {', '.join(sorted(known)) or 'none'}. Correct the key, or add the reference."
        )
    texts = {key: _formatted(key, json.dumps(dict(known[key]), sort_keys=True, default=str)) for key in keys}
    return References(entries=tuple(Reference(key=key, text=_linked(texts[key])) for key in keys))


# The processor takes some milliseconds for each, and a build after a change has the same references but one.
@lru_cache(maxsize=2048)
def _formatted(key: str, written: str) -> str:
    """One reference as text, without its number; ``written`` is its item as JSON."""
    from citeproc import Citation, CitationItem, CitationStylesBibliography, formatter
    from citeproc.source.json import CiteProcJSON

    item = json.loads(written)
    if not isinstance(item.get("type"), str):
        raise DocumentError(
            f"the reference {key!r} has no type; give it one of CSL's, such as article-journal or report"
        )
    try:
        # The processor folds the case of keys; one item at a time under a name of our own cannot clash.
        source = CiteProcJSON([{**item, "id": "item"}])
        bibliography = CitationStylesBibliography(_style(), source, formatter.plain)
        bibliography.register(Citation([CitationItem("item")]))
        text = str(bibliography.bibliography()[0])
    except (TypeError, KeyError, ValueError, AttributeError, IndexError) as error:
        raise DocumentError(
            f"the reference {key!r} cannot be formatted ({error}); check it against CSL-JSON"
        ) from error
    # A title that ends with a mark of its own needs no full stop after it.
    text = _FIRST_NUMBER.sub("", text).strip().replace("?.", "?").replace("!.", "!")
    if not text.strip(". "):
        raise DocumentError(f"the reference {key!r} says nothing; give it at least a title")
    for name in _first_authors(item):
        if name not in text:
            raise DocumentError(f"the reference {key!r} was formatted without its author {name!r}: {text}")
    return text


def _first_authors(item: Mapping[str, Any]) -> list[str]:
    names = [name.get("family") or name.get("literal") or "" for name in item.get("author", [])]
    return names[:1]


def _linked(text: str) -> Line:
    """The text with its addresses as links."""
    spans: list[Span] = []
    end = 0
    for match in _ADDRESS.finditer(text):
        if match.start() > end:
            spans.append(Span(text=text[end : match.start()]))
        target = f"https://doi.org/{match['name']}" if match["doi"] else match["url"]
        spans.append(Span(text=match[0], style="link", target=target))
        end = match.end()
    if text[end:]:
        spans.append(Span(text=text[end:]))
    return tuple(spans)


@cache
def _style() -> Any:
    from citeproc import CitationStylesStyle

    # Validation needs a schema that changes with the processor; the file is ours and does not.
    return CitationStylesStyle(str(STYLE), locale="en-GB", validate=False)

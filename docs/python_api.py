"""The page on Python: every public name under the part of the work it belongs to, with its docstring on the site."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

import synthesis as syn

# Layer of the package a name lives in -> the heading it stands under; in the order of the work.
PARTS = {
    "evidence": "Open the evidence",
    "exchange": "As tables and files",
    "analysis": "Answer a question",
    "certainty": "Answer a question",
    "effects": "Pool and look closer",
    "pooling": "Pool and look closer",
    "diagnostics": "Pool and look closer",
    "figures": "Figures",
    "tables": "Tables",
    "briefing": "Write a briefing",
    "editions": "Write a briefing",
    "changes": "What changed",
    "errors": "What can go wrong",
}


def python_names() -> Iterator[str]:
    """The lines of the page."""
    yield "`import synthesis as syn` gives these names, and no others are promised to stay. Each is imported when it is"
    yield "first used. The site shows signature and description of each; elsewhere `help(syn.pool)` does."
    yield ""
    headings = list(dict.fromkeys([*PARTS.values(), *(_heading(name) for name in syn.__all__)]))
    names = {heading: [name for name in syn.__all__ if _heading(name) == heading] for heading in headings}
    for heading in headings:
        if not names[heading]:
            continue
        yield from (f"## {heading}", "", "| Name | What it is |", "|---|---|")
        yield from (f"| `{name}` | {_first_sentence(name)} |" for name in names[heading])
        yield from ("", "```{eval-rst}")
        for name in names[heading]:
            kind = "class" if inspect.isclass(getattr(syn, name)) else "function"
            kind = "exception" if kind == "class" and issubclass(getattr(syn, name), Exception) else kind
            yield f".. auto{kind}:: synthesis.{name}"
        yield from ("```", "")


def _heading(name: str) -> str:
    layer = getattr(syn, name).__module__.split(".")[1]
    return PARTS.get(layer, layer.capitalize())


def _first_sentence(name: str) -> str:
    text = inspect.getdoc(getattr(syn, name)) or ""
    sentence = " ".join(text.split("\n\n")[0].split())
    return sentence.replace("``", "`").replace("|", "\\|")

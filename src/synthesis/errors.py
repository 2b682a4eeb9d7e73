"""Everything that can go wrong and that a user should see without a traceback.

::

    SynthesisError               base; ``exit_code`` says what the command line returns
    ├── EvidenceError            1  records that cannot be used; carries every problem found
    ├── AnalysisError            1  a question whose plan cannot be carried out on the evidence
    ├── DocumentError            1  a notebook or document that cannot be turned into a briefing
    │   └── ClaimError           1  a sentence that the evidence no longer supports
    ├── BusyError                1  another program is writing in the same place
    ├── EditionError             1  an edition that cannot be issued, or is not what its manifest says
    ├── ImportProblem            1  a file from elsewhere that cannot be read, or not safely
    ├── ConflictError            1  a file that somebody else changed meanwhile
    └── UsageError               2  the command or function was called with something it cannot take
        └── UnknownKeyError      2  a name that is not in a table
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

# From here on a list of every known name would hide the message.
LISTED = 12


@dataclass(frozen=True, slots=True, order=True, kw_only=True)
class Problem:
    """One thing wrong with one record.

    Attributes
    ----------
    file : str
        Path of the record, relative to the evidence folder.
    line : int
        Line in that file, counted from 1; 1 when the problem concerns the whole file.
    field : str
        Dotted path of the field, for example ``results[0].printed[0].arms.ir.events``; empty for the whole file.
    code : str
        Short stable name of the kind of problem, for example ``events-exceed-n``.
    found, allowed, fix : str
        What stands there, what may stand there, and what to do next.
    """

    file: str
    line: int
    field: str
    code: str
    found: str
    allowed: str
    fix: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}"
        field = f" {self.field}" if self.field else ""
        return f"{where}:{field} [{self.code}] found {self.found}; allowed: {self.allowed}; {self.fix}"


class SynthesisError(Exception):
    """Base of every error a user is meant to read."""

    exit_code = 1

    def _render_traceback_(self) -> list[str]:
        """What Jupyter prints: the message. Where in the package it came up helps nobody who is meant to read it."""
        return [f"{type(self).__name__}: {self}"]


class EvidenceError(SynthesisError):
    """Records that cannot be used. ``problems`` holds every one that was found."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        count = len(self.problems)
        noun = "problem" if count == 1 else "problems"
        lines = "\n".join(str(problem) for problem in self.problems)
        super().__init__(f"{count} {noun} in the evidence\n{lines}")

    def _repr_html_(self) -> str:
        """The problems as a table, for a notebook that has caught the error."""
        names = ("Where", "Field", "Found", "Allowed", "What to do")
        head = "".join(f'<th scope="col">{name}</th>' for name in names)
        rows = "".join(
            f'<tr><th scope="row">{escape(f"{problem.file}:{problem.line}")}</th>'
            + "".join(
                f"<td>{escape(text)}</td>" for text in (problem.field, problem.found, problem.allowed, problem.fix)
            )
            + "</tr>"
            for problem in self.problems
        )
        caption = f"{len(self.problems)} {'problem' if len(self.problems) == 1 else 'problems'} in the evidence"
        return f"<table><caption>{caption}</caption><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


class AnalysisError(SynthesisError):
    """A question's plan cannot be carried out on the evidence there is."""


class DocumentError(SynthesisError):
    """A notebook or document cannot be turned into a briefing."""


class ClaimError(DocumentError):
    """A sentence that the evidence no longer supports, or one that is bound to nothing."""


class BusyError(SynthesisError):
    """Another program is writing in the same place."""


class EditionError(SynthesisError):
    """An edition cannot be issued, or a frozen one is not what its manifest says."""


class ImportProblem(SynthesisError):
    """A file from elsewhere cannot be read, or holds what is refused for safety. Nothing was written."""


class ConflictError(SynthesisError):
    """A file is not what it was when it was read: somebody else has saved it, and nothing was written."""


class UsageError(SynthesisError):
    """Called with something that cannot be taken."""

    exit_code = 2


def unknown(kind: str, key: object, known: Iterable[str], where: str = "") -> str:
    """What to say about a name that is not known: the nearest one, and the names there are (of many, the nearest)."""
    names = sorted(known)
    near = difflib.get_close_matches(str(key), names, n=LISTED)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    if len(names) <= LISTED:
        listed = f"Known: {', '.join(names) or 'none'}."
    else:
        listed = f"Nearest of {len(names)}: {', '.join(near) or 'none is near'}."
    return f"unknown {kind} {str(key)!r}{where}.{hint} {listed}"


class UnknownKeyError(UsageError, KeyError):
    """A name that is not in a table; the message lists the names that are."""

    def __init__(self, kind: str, key: object, known: Iterable[str]) -> None:
        self.message = unknown(kind, key, known)
        super().__init__(self.message)

    def __str__(self) -> str:
        return self.message

"""Checks of quotations against the numbers they are said to carry."""

from __future__ import annotations

from collections.abc import Iterator

from synthesis.errors import Problem
from synthesis.evidence.base import Where
from synthesis.evidence.collection import Evidence, RecordFile
from synthesis.evidence.quotations import missing
from synthesis.evidence.study import Result, Study
from synthesis.evidence.yaml_lines import Node

# Fields of a printed item that hold numbers; ``level`` is left out: it describes an interval and is rarely quoted.
_NUMBERS = frozenset(
    {"events", "n", "percent", "mean", "sd", "se", "baseline_mean", "estimate", "ci", "smd_range"}
    | {"p", "p_unadjusted", "baseline", "followup"}
)


def quote_lacks_number(evidence: Evidence) -> Iterator[Problem]:
    """A quotation said to carry every printed number (or part of them) that does not."""
    for file, where, path, numbers in _quoted(evidence):
        if where.quote is None or not numbers or where.quote_covers == "none":
            continue
        absent = missing(numbers, where.quote)
        if where.quote_covers == "all" and absent:
            fix = "check the numbers against the quotation; if it leaves some out, say quote_covers: part"
        elif where.quote_covers == "part" and len(absent) == len(numbers):
            fix = "check the numbers against the quotation; if it carries none of them, say quote_covers: none"
        else:
            continue
        yield file.problem(
            f"{path}.quote",
            "quote-lacks-number",
            found=f"a quotation without {', '.join(absent)}",
            allowed=f"a quotation with {'all' if where.quote_covers == 'all' else 'some'} of the printed numbers",
            fix=fix,
        )


def quote_note_missing(evidence: Evidence) -> Iterator[Problem]:
    """A quotation that leaves numbers out, or is not there, without a word on why."""
    for file, where, path, numbers in _quoted(evidence):
        if where.quote_note is not None:
            continue
        if where.quote is None and where.read:
            found, fix = "no quotation", "quote the words that carry it, or say in quote_note why there are none"
        elif where.quote is not None and numbers and where.quote_covers != "all":
            found, fix = f"quote_covers: {where.quote_covers}", "say in quote_note which numbers it leaves out"
        else:
            continue
        yield file.problem(
            path, "quote-note-missing", found=f"{found} and no quote_note", allowed="a quote_note", fix=fix
        )


def quote_note_lacks_number(evidence: Evidence) -> Iterator[Problem]:
    """A printed number that neither the quotation nor the note on what it leaves out has."""
    for file, where, path, numbers in _quoted(evidence):
        if where.quote is None or where.quote_note is None or where.quote_covers == "all":
            continue
        absent = missing(missing(numbers, where.quote), where.quote_note)
        if absent:
            yield file.problem(
                f"{path}.quote_note",
                "quote-note-lacks-number",
                found=f"a note without {', '.join(absent)}",
                allowed="a note that names each printed number the quotation leaves out",
                fix="check the numbers against the page, then name them in the note",
            )


def _quoted(evidence: Evidence) -> Iterator[tuple[RecordFile, Where, str, list[str]]]:
    """Every place where a result was read: its path, and the numbers printed there, as text."""
    for file, study in evidence.of(Study):
        for i, result in enumerate(study.results):
            path = f"results[{i}]"
            yield file, result.where, f"{path}.where", _own_numbers(file, result, path)
            items = [(f"{path}.printed[{j}]", item.where) for j, item in enumerate(result.printed)]
            items += [(f"{path}.baseline", result.baseline.where)] if result.baseline is not None else []
            for item_path, where in items:
                if where is not None:
                    yield file, where, f"{item_path}.where", list(_numbers(file.printed(item_path)))


def _own_numbers(file: RecordFile, result: Result, path: str) -> list[str]:
    """The numbers of the items that were read at the result's own place, recalled ones left out."""
    numbers: list[str] = []
    for j, item in enumerate(result.printed):
        if item.where is None and item.known != "recalled":
            numbers += _numbers(file.printed(f"{path}.printed[{j}]"))
    return list(dict.fromkeys(numbers))


def _numbers(node: Node, name: str = "") -> Iterator[str]:
    if isinstance(node, dict):
        if node.get("known") == "recalled" and name:
            return
        for key, inner in node.items():
            if key in _NUMBERS and not isinstance(inner, dict):
                yield from _numbers(inner, key)
            elif key == "arms" and isinstance(inner, dict):
                for cell in inner.values():
                    yield from _numbers(cell, "cell")
    elif isinstance(node, list):
        for inner in node:
            yield from _numbers(inner, name)
    elif node is not None and node != "not significant":
        yield node

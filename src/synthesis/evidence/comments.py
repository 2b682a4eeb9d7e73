"""Comments in a record's file: what they stand at, and how they are put back when the file is written again.

A comment on lines of its own belongs to the field below it; one beside a field belongs to that field. A field is
remembered by its path, and an item of a list by its ``id`` where it has one, so that comments follow their field when
others are added or moved.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import yaml

from synthesis.evidence.yaml_lines import LOADER, PARENT, Node, Tree, dotted, parse

# Comments above the first field belong to the file; those below the last one have no field under them.
TOP, END = "", "$end"

_COMMENT = re.compile(r"(?:^|(?<=[ \t]))#.*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """One line of comment: the field it belongs to, its text from ``#`` on, and whether it stood beside the field."""

    field: str
    text: str
    beside: bool


def read_comments(text: str, tree: Tree) -> tuple[Comment, ...]:
    """Every comment in ``text``, in order.

    Parameters
    ----------
    text : str
        A record's file that can be read.
    tree : Tree
        What was read from it.
    """
    rows = text.splitlines()
    masked = _without_values(rows, text)
    starts = _paths_by_line(tree)
    names = names_of(tree.data)
    first = min(starts, default=len(rows) + 1)
    found = []
    for number, row in enumerate(masked, start=1):
        match = _COMMENT.search(row)
        if match is None:
            continue
        beside = bool(row[: match.start()].strip(" \t-"))
        if number < first:
            field, beside = TOP, False
        elif beside:
            line = max(line for line in starts if line <= number)
            field = names[starts[line][-1]]
        else:
            below = min((line for line in starts if line > number), default=None)
            field = END if below is None else names[starts[below][0]]
        found.append(Comment(field=field, text=rows[number - 1][match.start() :].rstrip(), beside=beside))
    return tuple(found)


def with_comments(text: str, comments: Iterable[Comment], flow: Iterable[str] = ()) -> str:
    """``text``, which has none, with ``comments`` put in.

    A comment that cannot stand beside its field, because the value goes on below, is put above it. One whose field is
    not there any more is put above the nearest field around it, or at the end.

    Parameters
    ----------
    text : str
        A record as it is written.
    comments : iterable of Comment
    flow : iterable of str
        Paths of the mappings and lists that are written in brackets: no comment is put inside them.
    """
    tree, _ = parse(text, "")
    places = {name: path for path, name in names_of(tree.data).items()}
    lines = _block_lines(tree, frozenset(flow))
    starts = set(lines.values())
    rows = text.splitlines()
    above: dict[int, list[str]] = {}
    beside: dict[int, str] = {}
    for comment in comments:
        line = _line(comment.field, places, lines, len(rows) + 1)
        alone = line + 1 in starts or line == len(rows)
        if comment.beside and alone and line not in beside:
            beside[line] = comment.text
        else:
            above.setdefault(line, []).append(comment.text)
    return "".join(_rows(rows, above, beside))


def names_of(data: Mapping[str, Node]) -> dict[str, str]:
    """Every path in ``data``, by position, with the same path by ids: ``results[0].name`` is ``results[att].name``."""
    found: dict[str, str] = {}
    stack: list[tuple[Node, str, str]] = [(dict(data), "", "")]
    while stack:
        node, path, name = stack.pop()
        if path:
            found[path] = name
        if isinstance(node, dict):
            stack += [(value, dotted(path, key), dotted(name, key)) for key, value in node.items()]
        elif isinstance(node, list):
            ids = [item.get("id") if isinstance(item, dict) else None for item in node]
            own = [key if isinstance(key, str) and ids.count(key) == 1 else str(index) for index, key in enumerate(ids)]
            stack += [(item, dotted(path, i), f"{name}[{own[i]}]") for i, item in enumerate(node)]
    return found


def _rows(rows: list[str], above: Mapping[int, list[str]], beside: Mapping[int, str]) -> Iterable[str]:
    for number, row in enumerate([*rows, ""], start=1):
        indent = row[: len(row) - len(row.lstrip(" "))]
        yield from (f"{indent}{comment}\n" for comment in above.get(number, ()))
        if number <= len(rows):
            yield f"{row}  {beside[number]}\n" if number in beside else f"{row}\n"


def _line(field: str, places: Mapping[str, str], lines: Mapping[str, int], after: int) -> int:
    """The line at which the comments of ``field`` are put."""
    if field == TOP:
        return 1
    while field and field != END:
        if field in places:
            return lines[places[field]]
        found = PARENT.search(field)
        field = field[: found.start()] if found else ""
    return after


def _block_lines(tree: Tree, flow: frozenset[str]) -> dict[str, int]:
    """Line of every path; what stands inside brackets has the line of the brackets' own field."""
    lines: dict[str, int] = {}
    # A path follows those around it, because they were met first.
    for path, line in tree.lines.items():
        around = next((outer for outer in _around(path) if outer in flow), None)
        lines[path] = lines[around] if around is not None else line
    return lines


def _around(path: str) -> Iterable[str]:
    """The paths that ``path`` lies in, the widest first."""
    outer = []
    while found := PARENT.search(path):
        path = path[: found.start()]
        outer.append(path)
    return reversed(outer)


def _paths_by_line(tree: Tree) -> dict[int, list[str]]:
    starts: dict[int, list[str]] = {}
    for path, line in tree.lines.items():
        if "(again)" not in path:
            starts.setdefault(line, []).append(path)
    return starts


def _without_values(rows: list[str], text: str) -> list[str]:
    """The rows with every key and value blanked out, so that a ``#`` that is left begins a comment."""
    masked = list(rows)
    for event in yaml.parse(text, Loader=LOADER):
        if not isinstance(event, yaml.ScalarEvent) or event.start_mark is None or event.end_mark is None:
            continue
        start, end = (event.start_mark.line, event.start_mark.column), (event.end_mark.line, event.end_mark.column)
        if event.style in {"|", ">"}:  # the rest of the line that announces a block may hold a comment
            start = (start[0] + 1, 0)
        for number in range(start[0], min(end[0], len(rows) - 1) + 1):
            row = masked[number]
            low = start[1] if number == start[0] else 0
            high = end[1] if number == end[0] else len(row)
            masked[number] = row[:low] + "x" * (high - low) + row[high:]
    return masked

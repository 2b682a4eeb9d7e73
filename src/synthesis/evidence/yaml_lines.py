"""YAML in which nothing is guessed: every value stays the text that was written, and every value knows its line.

A small part of YAML is enough for records: mappings with text keys, lists, and single values. Everything that makes
a file mean something other than what a reviewer reads (anchors, merge keys, tags, several documents, a key given
twice) is refused. The event stream is read one event at a time, so a hostile file is given up at the first event
that shows it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

import yaml

from synthesis.errors import EvidenceError, Problem
from synthesis.evidence.yaml_plain import DEEPEST, INVISIBLE, LONGEST_KEY, MOST_VALUES, NOTHING, read_plain
from synthesis.formatting import integer

Node: TypeAlias = "str | list[Node] | dict[str, Node] | None"

_TAB_INDENT = re.compile(r" *\t")
LOADER = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader

# What usually lies behind a message of the YAML reader.
_SYNTAX_FIXES = (
    ("mapping values are not allowed", "put text that contains ': ' between quotation marks"),
    ("cannot start any token", "indent with spaces, and put text that starts with a sign between quotation marks"),
    ("found unexpected end of stream", "close the quotation mark or bracket that is still open"),
    ("block mapping", "line the fields of one block up under each other; put text with quotation marks in others"),
    ("block collection", "line the items of one list up under each other"),
    ("flow", "close the bracket that is still open, and put a comma between items"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """A record as written.

    Attributes
    ----------
    data : dict
        Mappings, lists and text; None where nothing (or an unquoted ``null``) stands.
    lines : mapping of str to int
        Line of every field, by dotted path such as ``results[0].printed[0].arms.ir``.
    """

    data: dict[str, Node]
    lines: Mapping[str, int]

    def line(self, path: str) -> int:
        """Line of the field at ``path``, or of the nearest field around it that exists; 1 if there is none."""
        while path and path not in self.lines:
            path = PARENT.sub("", path) if PARENT.search(path) else ""
        return self.lines.get(path, 1)


PARENT = re.compile(r"(\.[^.\[\]]*|\[\d+\])$")


class _Lines(Mapping[str, int]):
    """The lines of a text without problems, found when one is asked for: a record that is sound needs none."""

    __slots__ = ("_file", "_found", "_text")

    def __init__(self, text: str, file: str) -> None:
        self._text, self._file = text, file
        self._found: Mapping[str, int] | None = None

    def _lines(self) -> Mapping[str, int]:
        if self._found is None:
            self._found = _carefully(self._text, self._file).tree().lines
        return self._found

    def __getitem__(self, path: str) -> int:
        return self._lines()[path]

    def __iter__(self) -> Iterator[str]:
        return iter(self._lines())

    def __len__(self) -> int:
        return len(self._lines())


def dotted(parent: str, part: str | int) -> str:
    """The path of ``part`` (a key or a list position) inside ``parent``."""
    if isinstance(part, int):
        return f"{parent}[{part}]"
    return f"{parent}.{part}" if parent else part


def parse(text: str, file: str) -> tuple[Tree, tuple[Problem, ...]]:
    """The record in ``text``, with a problem for each key that is given twice (the first one counts).

    Parameters
    ----------
    text : str
        The whole file.
    file : str
        How the file is called in problems.

    Raises
    ------
    EvidenceError
        If the file cannot be read as one mapping.
    """
    hidden = INVISIBLE.search(text)
    if hidden:
        raise _unseen(file, text.count("\n", 0, hidden.start()) + 1, hidden.group())
    data = read_plain(text, LOADER)
    if data is not None:
        return Tree(data=data, lines=_Lines(text, file)), ()
    builder = _carefully(text, file)
    return builder.tree(), tuple(builder.problems)


def _carefully(text: str, file: str) -> _Builder:
    """Every event of ``text``, with paths, lines and problems."""
    builder = _Builder(file)
    try:
        for event in yaml.parse(text, Loader=LOADER):
            builder.take(event)
    except yaml.YAMLError as error:
        raise _syntax(file, error, text) from None
    except ValueError as error:  # the reader written in Python lets some impossible \U escapes through
        raise _error(file, 1, "", "yaml", str(error), "YAML", "write the character itself") from None
    return builder


@dataclass(slots=True)
class _Open:
    """A mapping or list whose end has not been seen; ``key`` is the key waiting for its value."""

    node: list[Node] | dict[str, Node]
    path: str
    key: str | None = None
    drop: bool = False


@dataclass(slots=True)
class _Builder:
    file: str
    root: list[Node] = field(default_factory=list)
    stack: list[_Open] = field(default_factory=list)
    lines: dict[str, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    documents: int = 0
    values: int = 0

    def take(self, event: yaml.Event) -> None:
        self._refuse_unwanted(event)
        line = _line(event)
        if isinstance(event, yaml.ScalarEvent):
            self._scalar(event, line)
        elif isinstance(event, yaml.MappingStartEvent):
            self._open({}, line)
        elif isinstance(event, yaml.SequenceStartEvent):
            self._open([], line)
        elif isinstance(event, yaml.CollectionEndEvent):
            self.stack.pop()

    def tree(self) -> Tree:
        node = self.root[0] if self.root else None
        if node is None:
            raise self._error(1, "empty-file", "an empty file", "a record", "fill the record in, or delete the file")
        if not isinstance(node, dict):
            kind = "a list" if isinstance(node, list) else "a single value"
            raise self._error(1, "not-a-mapping", kind, "fields, each as 'name: value'", "start with schema_version: 1")
        return Tree(data=node, lines=self.lines)

    def _refuse_unwanted(self, event: yaml.Event) -> None:
        line = _line(event)
        if isinstance(event, yaml.DocumentStartEvent):
            self.documents += 1
            if self.documents > 1:
                raise self._error(line, "several-documents", "a second '---'", "one record per file", "split the file")
            if event.version or event.tags:
                raise self._error(line, "yaml-directive", "a '%' directive", "plain YAML", "delete the directive")
        anchor = getattr(event, "anchor", None)
        if anchor is not None:
            mark = "*" if isinstance(event, yaml.AliasEvent) else "&"
            found = f"'{mark}{anchor[:40]}'"
            raise self._error(line, "yaml-anchor", found, "values written out", "write the value out where it is used")
        tag = getattr(event, "tag", None)
        if tag is not None:
            raise self._error(line, "yaml-tag", repr(tag[:60]), "values without tags", "delete the tag")

    def _scalar(self, event: yaml.ScalarEvent, line: int) -> None:
        text: str = event.value
        hidden = INVISIBLE.search(text)
        if hidden:  # written as an escape, which the check of the file's own text does not see
            raise _unseen(self.file, line, hidden.group())
        top = self.stack[-1] if self.stack else None
        plain = not event.style
        if top is not None and isinstance(top.node, dict) and top.key is None:
            self._key(top, text, plain, line)
        else:
            self._place(None if plain and text in NOTHING else text, line)

    def _key(self, top: _Open, text: str, plain: bool, line: int) -> None:
        if plain and text == "<<":
            raise self._error(line, "yaml-anchor", "'<<'", "values written out", "write the merged fields out")
        if not text or len(text) > LONGEST_KEY or not text.isprintable():
            found = repr(text[:40]) if text else "no name before ':'"
            allowed = f"a field name of 1 to {LONGEST_KEY} characters on one line"
            raise self._error(line, "bad-key", found, allowed, "name the field in words")
        assert isinstance(top.node, dict)
        path = dotted(top.path, text)
        top.key, top.drop = text, text in top.node
        if top.drop:
            found = f"{text!r} a second time (first on line {self.lines[path]})"
            problem = Problem(
                file=self.file, line=line, field=path, code="duplicate-key", found=found,
                allowed="each field once", fix="delete one of the two, or rename it",
            )  # fmt: skip
            self.problems.append(problem)
        else:
            self.lines[path] = line

    def _open(self, node: list[Node] | dict[str, Node], line: int) -> None:
        if len(self.stack) >= DEEPEST:
            raise self._error(line, "too-deep", f"more than {DEEPEST} levels", "fewer levels", "check the brackets")
        path = self._place(node, line)
        self.stack.append(_Open(node=node, path=path))

    def _place(self, node: Node, line: int) -> str:
        """Put a value where it belongs and return its path."""
        self.values += 1
        if self.values > MOST_VALUES:
            found = f"more than {integer(MOST_VALUES)} values"
            raise self._error(line, "too-many-values", found, "one study or source per file", "split the file")
        if not self.stack:
            self.root.append(node)
            return ""
        top = self.stack[-1]
        if isinstance(top.node, list):
            path = dotted(top.path, len(top.node))
            top.node.append(node)
            self.lines.setdefault(path, line)
            return path
        if top.key is None:
            raise self._error(line, "bad-key", "a list or block as field name", "text", "name the field in words")
        key, drop, top.key = top.key, top.drop, None
        if not drop:
            top.node[key] = node
        # Children of a repeated field must not overwrite the lines of the one that counts.
        return dotted(top.path, key) if not drop else dotted(top.path, f"{key} (again)")

    def _error(self, line: int, code: str, found: str, allowed: str, fix: str) -> EvidenceError:
        path = self.stack[-1].path if self.stack else ""
        return _error(self.file, line, path, code, found, allowed, fix)


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1


def _error(file: str, line: int, path: str, code: str, found: str, allowed: str, fix: str) -> EvidenceError:
    return EvidenceError([Problem(file=file, line=line, field=path, code=code, found=found, allowed=allowed, fix=fix)])


def _unseen(file: str, line: int, character: str) -> EvidenceError:
    found = f"the invisible character U+{ord(character):04X}"
    return _error(file, line, "", "control-character", found, "visible text, spaces and line ends", "delete it")


def _syntax(file: str, error: yaml.YAMLError, text: str) -> EvidenceError:
    parts = [getattr(error, "context", None), getattr(error, "problem", None) or getattr(error, "reason", None)]
    message = ", ".join(str(part) for part in parts if part) or "text that is not YAML"
    mark, context = getattr(error, "problem_mark", None), getattr(error, "context_mark", None)
    if "end of stream" in message:  # what was never closed matters, not where the file ends
        mark = context or mark
    line = mark.line + 1 if mark else 1
    fix = next((words for start, words in _SYNTAX_FIXES if start in message), "look at this line and the one before it")
    if any(_TAB_INDENT.match(row) for row in text.splitlines()[line - 1 : line]):
        fix = "indent with spaces, not tabs"
    return _error(file, line, "", "yaml", f"a break in the notation ({message})", "'name: value' and '- item'", fix)

"""The one way in which a record is written, so that a change of one value is a change of one line.

Fields stand in the order of the model, text is wrapped, small things stand on one line. A record that is written
again comes out the same, and no comment is lost: a comment stays with the field it stood above or beside.

PyYAML's emitter writes the text; which style each part has follows from the models' own types.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml

from synthesis.errors import EvidenceError
from synthesis.evidence.base import Person, Record
from synthesis.evidence.comments import Comment, read_comments, with_comments
from synthesis.evidence.fields import Kind, fields_of, is_number, is_prose, items_of, model_of
from synthesis.evidence.question import Alternative, CategoryWord, DesignWord, OutcomeWord, Question, Word
from synthesis.evidence.schema import KINDS, file_name
from synthesis.evidence.source import Figure, Named
from synthesis.evidence.study import CountCell, MeanCell, Membership, Participants, PercentCell
from synthesis.evidence.yaml_lines import Node, dotted, parse

# PyYAML breaks a line at the first space after this column, so that lines end at about 120.
WIDTH = 110
# In kinds of record that are mostly prose, text that needs more than one line is a block of its own.
_PROSE_KINDS: frozenset[type[Record]] = frozenset({Question})
_LONG = 90

# Small things that are easiest to read on one line, where they fit.
ONE_LINE: frozenset[type[Record]] = frozenset(
    {
        Alternative, CategoryWord, CountCell, DesignWord, Figure, MeanCell, Membership, Named, OutcomeWord,
        Participants, PercentCell, Person, Word,
    }
)  # fmt: skip

# Mappings with free keys that are small things too.
_ONE_LINE_FIELDS = frozenset({"plan", "arms", "answers"})

_HEADER = "# yaml-language-server:"
_NOTHING = frozenset({"", "~", "null", "Null", "NULL"})
_STR, _NULL, _MAP, _SEQ = (f"tag:yaml.org,2002:{name}" for name in ("str", "null", "map", "seq"))
_NOT_TEXT = frozenset(f"tag:yaml.org,2002:{name}" for name in ("null", "int", "float", "merge"))


def canonical_text(
    record: Record | Mapping[str, Any],
    model: type[Record] | None = None,
    *,
    like: str = "",
    comments: Sequence[Comment] = (),
) -> str:
    """A record as its file is written.

    Parameters
    ----------
    record : Record or mapping
        A record, or its fields. Of a record, fields that were not given are left out.
    model : type of Record, optional
        What kind of record a mapping is.
    like : str
        The file as it was, whose comments are kept.
    comments : sequence of Comment
        Further comments.

    Returns
    -------
    str
        Ends with one line end. Reading it gives an equal record.

    Raises
    ------
    EvidenceError
        If ``like`` cannot be read.
    """
    if isinstance(record, Record):
        model, record = type(record), record.model_dump(exclude_unset=True)
    if model is None:
        raise TypeError("a mapping needs its model")
    kept = read_comments(like, parse(like, "")[0]) if like else ()
    return _written(_as_text(record), model, (*kept, *comments))


def formatted(text: str, model: type[Record], file: str) -> str:
    """A record's file in canonical form; every value and every comment in it is kept.

    Parameters
    ----------
    text : str
        The file as it is; the record need not be complete.
    model : type of Record
        The kind of record.
    file : str
        How the file is called in problems.

    Raises
    ------
    EvidenceError
        If it cannot be read, or holds a field twice, of which one would be lost.
    """
    tree, problems = parse(text, file)
    if problems:
        raise EvidenceError(problems)
    return _written(tree.data, model, read_comments(text, tree))


def with_field(text: str, model: type[Record], name: str, value: Record) -> str:
    """A record's file with one field set to ``value``, whose empty parts are left out; all else is kept.

    Raises
    ------
    EvidenceError
        If it cannot be read, or holds a field twice.
    """
    tree, problems = parse(text, name)
    if problems:
        raise EvidenceError(problems)
    data = {**tree.data, name: _as_text(_said(value.model_dump()))}
    return _written(data, model, read_comments(text, tree))


def _said(value: Any) -> Any:
    """Without whatever is None or empty."""
    if isinstance(value, Mapping):
        return {key: _said(item) for key, item in value.items() if item is not None and item != () and item != {}}
    return [_said(item) for item in value] if isinstance(value, (list, tuple)) else value


def _as_text(value: Any) -> Any:
    """Values as a file holds them: text, lists and mappings; fields of which nothing is known are left out."""
    if isinstance(value, Mapping):
        return {str(key): _as_text(item) for key, item in value.items() if item is not None}
    if isinstance(value, (list, tuple)):
        return [_as_text(item) for item in value]
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return repr(value).removesuffix(".0")
    return None if value is None else str(value)


def _written(data: dict[str, Node], model: type[Record], comments: Sequence[Comment]) -> str:
    styles = _Styles(folded=model in _PROSE_KINDS)
    text = _serialized(styles.node(data, model, path="", indent=0, column=0), WIDTH)
    own = [comment for comment in comments if not comment.text.startswith(_HEADER)]
    return _header(model) + (with_comments(text, own, styles.bracketed) if own else text)


def _header(model: type[Record]) -> str:
    """The line by which editors find the schema; the vocabulary lies beside its folder, other records in folders."""
    kind = next(kind for kind, own in KINDS.items() if own is model)
    folder = "schema" if kind == "vocabulary" else "../schema"
    return f"{_HEADER} $schema={folder}/{file_name(kind)}\n"


@dataclass(slots=True)
class _Styles:
    """Values become nodes whose styles are set; ``bracketed`` gathers the paths of what is written in brackets."""

    folded: bool
    bracketed: set[str] = field(default_factory=set)

    def node(self, value: Node, kind: Kind, *, path: str, indent: int, column: int) -> yaml.Node:
        """What is written for ``value``, which begins in ``column``; its own lines begin at ``indent``."""
        if isinstance(value, dict):
            return self._mapping(value, kind, path, indent, column)
        if isinstance(value, list):
            return self._sequence(value, kind, path, indent)
        if value is None:
            return yaml.ScalarNode(_NULL, "null")
        if is_number(kind) and value not in _NOTHING:
            # The tag that a reader of YAML would find by itself, so that nothing is quoted.
            return yaml.ScalarNode(_plain_tag(value), value)
        return yaml.ScalarNode(_STR, value, style=">" if self.folded and _needs_block(value) else None)

    def _mapping(self, data: dict[str, Node], kind: Kind, path: str, indent: int, column: int) -> yaml.Node:
        known = fields_of(kind, data)
        order = [key for key in known if key in data] + [key for key in data if key not in known]
        if _on_one_line(data, kind, path):
            pairs = [(_key(key), self.node(data[key], known.get(key), path="", indent=0, column=0)) for key in order]
            node = yaml.MappingNode(_MAP, pairs, flow_style=True)
            if column + len(_serialized(node, len(data) * 10_000).rstrip("\n")) <= WIDTH:
                self.bracketed.add(path)
                return node
        pairs = []
        for key in order:
            inside, begins = dotted(path, key), indent + len(key) + 2
            pairs.append(
                (_key(key), self.node(data[key], known.get(key), path=inside, indent=indent + 2, column=begins))
            )
        return yaml.MappingNode(_MAP, pairs, flow_style=not pairs)

    def _sequence(self, items: list[Node], kind: Kind, path: str, indent: int) -> yaml.Node:
        kinds = items_of(kind, len(items))
        bracketed = not any(isinstance(item, dict) for item in items) and not any(is_prose(one) for one in kinds)
        nodes = []
        for index, (item, one) in enumerate(zip(items, kinds, strict=True)):
            inside = dotted(path, index)
            nodes.append(self.node(item, one, path=inside, indent=indent + 2, column=indent + 2))
        if bracketed:
            self.bracketed.add(path)
        return yaml.SequenceNode(_SEQ, nodes, flow_style=bracketed)


def _on_one_line(data: Mapping[str, Node], kind: Kind, path: str) -> bool:
    """Whether a mapping is written in brackets where it fits."""
    model = model_of(kind, data)
    if model is not None:
        return model in ONE_LINE
    return path.rpartition(".")[2] in _ONE_LINE_FIELDS and not any(isinstance(value, dict) for value in data.values())


def _needs_block(value: str) -> bool:
    return len(value) > _LONG and value.isprintable() and "  " not in value and value == value.strip()


def _key(key: str) -> yaml.ScalarNode:
    # Names of fields such as "on" are quoted only where no reader of YAML 1.2 would take them for text.
    tag = _plain_tag(key)
    return yaml.ScalarNode(_STR if tag in _NOT_TEXT else tag, key)


def _plain_tag(value: str) -> str:
    """What a reader of YAML takes a value for that is not quoted."""
    return str(_RESOLVER.resolve(yaml.ScalarNode, value, (True, False)))  # type: ignore[no-untyped-call]


def _serialized(node: yaml.Node, width: int) -> str:
    text: str = yaml.serialize(node, Dumper=_Dumper, width=width, allow_unicode=True)
    return text


class _Dumper(yaml.SafeDumper):
    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        """Items of a list stand further in than the field they belong to."""
        super().increase_indent(flow, False)


_RESOLVER = yaml.resolver.Resolver()

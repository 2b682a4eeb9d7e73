"""Two extractions of one study: where they agree, where they differ, and one record made of both.

People who extract blind choose their own ids. Arms of the second record are taken for those of the first with the same
id, or else the only one with the same category, or the same label; results likewise by outcome and time.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Literal

import yaml

from synthesis.errors import ConflictError, UsageError
from synthesis.evidence.fields import Kind, fields_of, is_number, items_of
from synthesis.evidence.study import Study
from synthesis.evidence.yaml_lines import Node

Side = Literal["first", "second"]
Data = dict[str, Node]

# About the record and not the study; each person's own.
NOT_COMPARED = frozenset({"schema_version", "added", "extraction", "notes", "to_fetch", "known"})
# Longer values are cut where they are kept as text.
_LONGEST = 3_900


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A field in which two extractions differ.

    Attributes
    ----------
    field : str
        Path with ids, for example ``results[att].printed[percent].arms.pi.percent``.
    values : (Node, Node)
        What the first and the second have; None where one has nothing.
    quotes : (str, str)
        Place and quotation of the result it belongs to, in each; empty elsewhere.
    """

    field: str
    values: tuple[Node, Node]
    quotes: tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two extractions side by side.

    ``agreement`` counts, by kind of field (its path without ids), how many either has and how many agree.
    """

    first: Data
    second: Data
    differences: tuple[Difference, ...]
    agreement: Mapping[str, tuple[int, int]]

    @property
    def compared(self) -> int:
        """Fields that either has."""
        return sum(count for count, _ in self.agreement.values())

    @property
    def agreed(self) -> int:
        """Fields in which both have the same."""
        return sum(agreed for _, agreed in self.agreement.values())


def compare(first: Data, second: Data) -> Comparison:
    """Two records of one study, field by field.

    Raises
    ------
    UsageError
        If they are of different studies.
    """
    if first.get("id") != second.get("id"):
        raise UsageError(f"these are two studies: {first.get('id')!r} and {second.get('id')!r}")
    second = _aligned(first, second)
    one, other = leaves(first), leaves(second)
    differences = []
    compared: Counter[str] = Counter()
    agreed: Counter[str] = Counter()
    for path in dict.fromkeys([*one, *other]):
        kind = re.sub(r"\[[^\]]*\]", "[]", re.sub(r"\.arms\.[^.]+", ".arms.*", path))
        compared[kind] += 1
        values = one.get(path, (None, None)), other.get(path, (None, None))
        if path in one and path in other and _same(values[0], values[1]):
            agreed[kind] += 1
        else:
            quotes = _quote(first, path), _quote(second, path)
            differences.append(Difference(field=path, values=(values[0][0], values[1][0]), quotes=quotes))
    return Comparison(
        first=first, second=second, differences=tuple(differences),
        agreement={kind: (count, agreed[kind]) for kind, count in compared.items()},
    )  # fmt: skip


def merge(
    comparison: Comparison,
    taken: Mapping[str, Side],
    *,
    first: str,
    second: str,
    by: str,
    on: str,
) -> Data:
    """One record: what both have, and for each difference the value that was taken; both are kept in ``extraction``.

    Parameters
    ----------
    comparison : Comparison
    taken : mapping of str to {"first", "second"}
        By path; every difference needs one.
    first, second, by : str
        Who extracted, and who decided.
    on : str
        Date, YYYY-MM-DD.

    Raises
    ------
    ConflictError
        If a difference is not decided.
    """
    open_ = [item.field for item in comparison.differences if item.field not in taken]
    if open_:
        raise ConflictError(f"{len(open_)} differences are not decided: {', '.join(open_[:5])}")
    merged = deepcopy(comparison.first)
    resolved: list[Node] = []
    for item in comparison.differences:
        side = taken[item.field]
        if side == "second":
            _put(merged, comparison.second, item.field)
        record: Data = {"field": item.field, "taken": side, "by": by, "on": on}
        for name, value in zip(("first", "second"), item.values, strict=True):
            if value is not None:
                record[name] = as_yaml(value)[:_LONGEST]
        resolved.append(record)
    agreed: Node = {"by": second, "on": on, "compared": str(comparison.compared), "agreed": str(comparison.agreed)}
    merged["extraction"] = {"by": first, "second": agreed, "resolved": resolved}
    return merged


def leaves(data: Data) -> dict[str, tuple[Node, Kind]]:
    """Every value by its path with ids, with its type. Lists of single values are one value."""
    found: dict[str, tuple[Node, Kind]] = {}
    stack: list[tuple[Node, Kind, str]] = [(data, Study, "")]
    while stack:
        node, kind, path = stack.pop()
        if isinstance(node, dict) and node:
            kinds = fields_of(kind, node)
            inside = [(value, kinds.get(key), f"{path}.{key}" if path else key) for key, value in node.items()]
            stack += reversed([item for item in inside if path or item[2] not in NOT_COMPARED])
        elif isinstance(node, list) and any(isinstance(item, dict) for item in node):
            names = _names(node)
            kinds_ = items_of(kind, len(node))
            stack += reversed([(item, kinds_[i], f"{path}[{names[i]}]") for i, item in enumerate(node)])
        elif path:
            found[path] = (node, kind)
    return found


def as_yaml(value: Node) -> str:
    """A value on one line, as it would stand in a record."""
    written: str = yaml.safe_dump(value, default_flow_style=True, allow_unicode=True, width=10**6, sort_keys=False)
    return value if isinstance(value, str) else written.strip().removesuffix("\n...").strip()


def _same(one: tuple[Node, Kind], other: tuple[Node, Kind]) -> bool:
    """Whether two values say the same: numbers as numbers, words whatever their spaces, lists in any order."""
    left, right = one[0], other[0]
    if isinstance(left, list) and isinstance(right, list):
        ordered = [sorted(map(as_yaml, value)) if _is_set(one[1]) else value for value in (left, right)]
        return [_plain(item, True) for item in ordered[0]] == [_plain(item, True) for item in ordered[1]]
    return _plain(left, is_number(one[1])) == _plain(right, is_number(one[1]))


def _is_set(kind: Kind) -> bool:
    return not any(is_number(item) for item in items_of(kind, 1))


def _plain(value: Node, number: bool) -> object:
    if isinstance(value, str):
        if number:
            try:
                return float(value)
            except ValueError:
                pass
        return " ".join(value.split())
    return value


def _names(items: Sequence[Node]) -> list[str]:
    """What each item of a list is called: its id, or its form, or its position."""
    keys = [
        item.get("id") or item.get("form") or item.get("tool") if isinstance(item, dict) else None for item in items
    ]
    return [str(key) if isinstance(key, str) and keys.count(key) == 1 else str(i) for i, key in enumerate(keys)]


def _steps(path: str) -> list[tuple[str, bool]]:
    """The parts of a path, each with whether it is an item of a list."""
    return [(name or item, not name) for name, item in re.findall(r"([^.\[\]]+)|\[([^\]]*)\]", path)]


def _put(into: Data, source: Data, path: str) -> None:
    """Make ``into`` have at ``path`` what ``source`` has there, which may be nothing."""
    here: Any = into
    there: Any = source
    steps = _steps(path)
    for index, (name, item) in enumerate(steps):
        last = index == len(steps) - 1
        if item:
            position = _position(here, name)
            other = _position(there, name) if isinstance(there, list) else None
            if position is None and other is not None:
                here.append(deepcopy(there[other]))
                return
            if position is None:
                return
            if last and other is None:
                del here[position]
                return
            here, there = here[position], there[other] if other is not None else None
            continue
        held = there.get(name) if isinstance(there, dict) else None
        if last or name not in here or not isinstance(here[name], (dict, list)):
            if held is None:
                here.pop(name, None)
            else:
                here[name] = deepcopy(held)
            return
        here, there = here[name], held


def _position(items: list[Node], name: str) -> int | None:
    names = _names(items)
    return names.index(name) if name in names else None


def _quote(data: Data, path: str) -> str:
    """Where the result that a path lies in was read, and the words."""
    found = re.match(r"results\[([^\]]*)\]", path)
    results = data.get("results")
    if found is None or not isinstance(results, list):
        return ""
    position = _position(results, found[1])
    result = results[position] if position is not None else None
    where = result.get("where") if isinstance(result, dict) else None
    if not isinstance(where, dict):
        return ""
    return ": ".join(part for part in (where.get("place"), where.get("quote")) if isinstance(part, str))


def _aligned(first: Data, second: Data) -> Data:
    """The second record with the ids of the first, for arms, groups and results that are the same."""
    second = deepcopy(second)
    renamed = _matches(first.get("arms"), second.get("arms"), _arm_keys)
    renamed |= _matches(first.get("groups"), second.get("groups"), lambda item: (_label(item),))
    if renamed:
        second = _renamed(second, renamed)
    results = _matches(first.get("results"), second.get("results"), _result_keys)
    held = second.get("results")
    for item in held if isinstance(held, list) else []:
        if isinstance(item, dict) and item.get("id") in results:
            item["id"] = results[str(item["id"])]
    return second


def _arm_keys(item: Mapping[str, Node]) -> tuple[object, ...]:
    return (_label(item), ("category", item.get("category"), item.get("role")))


def _result_keys(item: Mapping[str, Node]) -> tuple[object, ...]:
    time = _plain(item.get("timepoint_months"), True)
    return (("measured", item.get("outcome"), time, as_yaml(item.get("comparison"))),)


def _label(item: Mapping[str, Node]) -> tuple[str, str]:
    return ("label", " ".join(str(item.get("label", "")).lower().split()))


def _matches(first: Node, second: Node, keys: Callable[[Mapping[str, Node]], tuple[object, ...]]) -> dict[str, str]:
    """Ids of the second list by those of the first, for items that have one key in common and no other has it."""
    one = {str(item.get("id")): item for item in (first if isinstance(first, list) else []) if isinstance(item, dict)}
    two = {str(item.get("id")): item for item in (second if isinstance(second, list) else []) if isinstance(item, dict)}
    free = {key: item for key, item in two.items() if key not in one}
    wanted = {key: item for key, item in one.items() if key not in two}
    found: dict[str, str] = {}
    for name, item in free.items():
        for position, key in enumerate(keys(item)):
            same = [own for own, other in wanted.items() if keys(other)[position] == key and own not in found.values()]
            rivals = [other for other, value in free.items() if keys(value)[position] == key]
            if len(same) == 1 and len(rivals) == 1:
                found[name] = same[0]
                break
    return found


def _renamed(data: Data, names: Mapping[str, str]) -> Data:
    """Arms and groups under other ids, wherever they are named."""
    by_arm = {"arms", "counts"}

    def walk(node: Node, field: str) -> Node:
        if isinstance(node, dict):
            named = field in by_arm
            return {
                names.get(key, key) if named else key: walk(value, "" if named else key) for key, value in node.items()
            }
        if isinstance(node, list):
            return [walk(item, field) for item in node]
        return names.get(node, node) if isinstance(node, str) and field in {"arms", "combines", "group"} else node

    written = {key: walk(value, key) if key in {"groups", "results"} else value for key, value in data.items()}
    for section in ("arms", "groups"):
        held = written.get(section)
        for item in held if isinstance(held, list) else []:
            if isinstance(item, dict):
                item["id"] = names.get(str(item.get("id")), item.get("id"))
    return written

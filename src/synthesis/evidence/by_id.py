"""Records of one kind by id: a mapping that nobody can change, that completes ids, and that shows itself in Jupyter."""

from __future__ import annotations

import html
from collections.abc import ItemsView, Iterable, Iterator, KeysView, Mapping, ValuesView
from typing import Any, TypeVar

from synthesis.errors import UnknownKeyError
from synthesis.evidence.base import Record
from synthesis.formatting import plural

Kind = TypeVar("Kind", bound=Record)

# Rows of a table that is looked at on the way; ``frame`` functions give all of them.
SHOWN = 20


class ById(Mapping[str, Kind]):
    """Records by id, in order of id.

    Parameters
    ----------
    kind : str
        What one is called, for example ``"study"``.
    records : iterable of pair of str and Record
    """

    __slots__ = ("_held", "kind")

    def __init__(self, kind: str, records: Iterable[tuple[str, Kind]]) -> None:
        self.kind = kind
        self._held = dict(sorted(records))

    def __getitem__(self, key: str) -> Kind:
        try:
            return self._held[key]
        except KeyError:
            raise UnknownKeyError(self.kind, key, self._held) from None

    def __contains__(self, key: object) -> bool:
        return key in self._held

    def __iter__(self) -> Iterator[str]:
        return iter(self._held)

    def __len__(self) -> int:
        return len(self._held)

    # Those of the mapping itself would look up each record by its key, and write a message for each that is not there.

    def get(self, key: str, default: Any = None) -> Any:
        return self._held.get(key, default)

    def keys(self) -> KeysView[str]:
        return self._held.keys()

    def values(self) -> ValuesView[Kind]:
        return self._held.values()

    def items(self) -> ItemsView[str, Kind]:
        return self._held.items()

    def _ipython_key_completions_(self) -> list[str]:
        """What completes ``evidence.studies["``."""
        return list(self._held)

    def __repr__(self) -> str:
        shown = ", ".join(list(self)[:SHOWN]) or "none"
        return f"{self._count()}: {shown}{', …' if len(self) > SHOWN else ''}"

    def _count(self) -> str:
        return plural(len(self), self.kind, "studies" if self.kind == "study" else None)

    def _repr_html_(self) -> str:
        rows = "".join(
            f'<tr><th scope="row">{html.escape(key)}</th><td>{html.escape(_called(record))}</td></tr>'
            for key, record in list(self._held.items())[:SHOWN]
        )
        caption = f"{self._count()}{f', the first {SHOWN}' if len(self) > SHOWN else ''}"
        head = f'<tr><th scope="col">Id</th><th scope="col">{html.escape(self.kind.capitalize())}</th></tr>'
        return f"<table><caption>{caption}</caption><thead>{head}</thead><tbody>{rows}</tbody></table>"


def _called(record: Record) -> str:
    """How a record is named in print."""
    for name in ("label", "short_name", "title"):
        text = getattr(record, name, None)
        if text:
            return str(text)
    return ""

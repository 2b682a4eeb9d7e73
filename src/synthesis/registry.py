"""One read-only table type for everything that is looked up by name.

Effect measures, tau2 estimators, interval methods, figures and tables are entries in such tables: a literal at the
foot of their module. Tests, documentation and command-line choices iterate the table.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Protocol, TypeVar

from synthesis.errors import UnknownKeyError


class Keyed(Protocol):
    """An entry that knows its own key."""

    @property
    def key(self) -> str: ...


Entry = TypeVar("Entry", bound=Keyed)


class Registry(Mapping[str, Entry]):
    """Entries by key, in the order given.

    Parameters
    ----------
    kind : str
        What an entry is called in messages, for example ``"effect measure"``.
    entries : iterable of Keyed
        The entries; a key given twice is an error.

    Raises
    ------
    UnknownKeyError
        From ``table[key]``, naming the keys there are.
    """

    def __init__(self, kind: str, entries: Iterable[Entry]) -> None:
        self.kind = kind
        self._entries: dict[str, Entry] = {}
        for entry in entries:
            if entry.key in self._entries:
                raise ValueError(f"{kind} {entry.key!r} is in the table twice")
            self._entries[entry.key] = entry

    def __getitem__(self, key: str) -> Entry:
        try:
            return self._entries[key]
        except KeyError:
            raise UnknownKeyError(self.kind, key, self._entries) from None

    def __contains__(self, key: object) -> bool:
        # Without this a missing key would first be looked up and the nearest names worked out.
        return key in self._entries

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def __repr__(self) -> str:
        return f"Registry({self.kind!r}: {', '.join(self._entries)})"

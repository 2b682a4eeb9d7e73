"""A local baseline as HTML: the table, and above it a field for the reader's own number, shown once a script runs."""

from __future__ import annotations

from html import escape
from typing import Protocol

from synthesis.document.characters import printable, single_quoted
from synthesis.document.elements import LocalBaseline, Table
from synthesis.formatting import integer, interval


class Writer(Protocol):
    """What is needed of the writer of other elements."""

    @property
    def ids(self) -> bool: ...

    def table(self, table: Table) -> str: ...


def local_baseline_markup(block: LocalBaseline, writer: Writer) -> str:
    """The table, after the field if ids may be given; only a page of its own is ever scripted."""
    table = writer.table(block.table)
    return f"{_field(block)}{table}" if writer.ids else table


def _field(block: LocalBaseline) -> str:
    name, studied = escape(block.table.id), interval(integer(block.low), integer(block.high))
    return (
        f"<div class=\"controls local\" hidden data-baseline='{single_quoted(block.script)}'>"
        f'<p><label for="{name}-own">{escape(printable(block.label))}</label> '
        f'<span class="hint" id="{name}-hint">People per 1,000; studied: {studied}.</span> '
        f'<input type="number" id="{name}-own" min="1" max="999" step="1" value="{block.start}" '
        f'aria-describedby="{name}-hint" autocomplete="off"></p>'
        '<p><label><input type="checkbox" autocomplete="off"> '
        "I know that this lies outside what was studied</label></p>"
        '<p class="result" role="status"></p></div>'
    )

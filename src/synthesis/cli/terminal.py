"""What commands print: tables as wide as the terminal, JSON, progress on standard error."""

from __future__ import annotations

import sys
from typing import Any

import typer


def print_json(data: object) -> None:
    import json

    typer.echo(json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False))


def print_columns(rows: list[dict[str, Any]]) -> None:
    texts = [list(rows[0])] if rows else []
    texts += [[_word(value) for value in row.values()] for row in rows]
    widths = [max((len(text[i]) for text in texts), default=0) for i in range(len(rows[0]) if rows else 0)]
    for text in texts:
        typer.echo("  " + "  ".join(cell.ljust(width) for cell, width in zip(text, widths, strict=True)).rstrip())


def _word(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "read" if value else "recalled"
    return ",".join(value) if isinstance(value, list) else str(value)


def print_table(table: Any) -> None:
    """Print a table as wide as the terminal; 120 characters where there is no terminal."""
    from rich.console import Console
    from rich.text import Text

    from synthesis.document.text import plain_line

    console = Console(width=None if sys.stdout.isatty() else 120, highlight=False, markup=False, emoji=False)
    console.print(Text(table.caption, style="bold"))
    shown = _columns_of(table, header=True)
    for row in table.rows:
        if row.style == "group":
            if shown.row_count or shown.show_header:
                console.print(shown)
            console.print(Text(plain_line(row.cells[0]), style="bold"))
            shown = _columns_of(table, header=False)
        else:
            shown.add_row(*(Text(plain_line(cell)) for cell in row.cells))
    console.print(shown)
    for note in table.notes:
        console.print(Text(plain_line(note), style="dim"))
    console.print()


def _columns_of(table: Any, *, header: bool) -> Any:
    """An empty terminal table with the columns of ``table``; tables made from one share their widths."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    shown = Table(box=SIMPLE_HEAD if header else None, show_header=header, expand=True, pad_edge=False)
    for column in table.columns:
        justify: Any = "right" if column.align == "right" else "left"
        shown.add_column(Text(column.label), justify=justify, ratio=max(1, round(10 * column.width)))
    return shown


class _Progress:
    """Progress on standard error: a spinner on a terminal, one line per step elsewhere."""

    def __enter__(self) -> Any:
        from rich.console import Console

        console = Console(stderr=True)
        if not console.is_terminal:
            seen: set[str] = set()
            return lambda text: _say_once(text.split(", cell ")[0], seen)
        self._status = console.status("starting")
        self._status.__enter__()
        return self._status.update

    def __exit__(self, *details: Any) -> None:
        status = getattr(self, "_status", None)
        if status is not None:
            status.__exit__(*details)


def _say_once(text: str, seen: set[str]) -> None:
    if text not in seen:
        seen.add(text)
        typer.echo(text, err=True)


def progress() -> _Progress:
    return _Progress()

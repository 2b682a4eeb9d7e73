"""Excel files: each sheet a table; nothing in them is ever carried out."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from synthesis.errors import ImportProblem
from synthesis.exchange.archives import unpack
from synthesis.exchange.csv_reading import MOST_CELL, Table, table_of
from synthesis.exchange.reading import safe_name
from synthesis.exchange.tables import Cell

MOST_SHEETS = 50
# The first day a zip can hold, so that the same tables give the same file.
_EPOCH = datetime(1980, 1, 1)


def looks(data: bytes, name: str) -> bool:
    """Whether a file is an Excel workbook of the current kind."""
    return data.startswith(b"PK\x03\x04") and b"[Content_Types].xml" in data and b"xl/" in data


def read_sheets(data: bytes, name: str) -> list[Table]:
    """Every sheet that holds something.

    Raises
    ------
    ImportProblem
        If the file is unsafe or damaged.
    """
    import openpyxl

    files = unpack(data, name)  # refuses bombs and paths that lead out before anything else looks at it
    if any(b"<!ENTITY" in content[:100_000] for content in files.values()):
        raise ImportProblem(f"{name} declares entities of its own, which can hide what it says: save it again")
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        found = []
        for sheet in book.worksheets[:MOST_SHEETS]:
            lines = ([_text(value) for value in row] for row in sheet.iter_rows(values_only=True))
            try:
                found.append(table_of(lines, f"{name}, sheet {safe_name(sheet.title)}"))
            except ImportProblem as problem:
                if "is empty" not in str(problem):
                    raise
    except ImportProblem:
        raise
    except Exception as error:  # the library raises whatever its parsers do
        raise ImportProblem(
            f"{name} is no Excel file that can be read ({type(error).__name__}): save it again"
        ) from None
    if not found:
        raise ImportProblem(f"{name} has no sheet with anything in it")
    return found


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return repr(value).removesuffix(".0")
    if isinstance(value, (datetime, date)):
        return value.isoformat()[:10]
    return str(value)[:MOST_CELL]


def written(sheets: Mapping[str, tuple[Sequence[str], Sequence[Mapping[str, Cell]]]]) -> bytes:
    """A workbook with these sheets, each its columns and rows. Text is text: nothing in it can be a formula."""
    import openpyxl
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    from synthesis.exchange.bundle.archive import to_zip

    book = openpyxl.Workbook(write_only=True)
    book.properties.created = book.properties.modified = _EPOCH
    book.properties.creator = "synthesis"
    for title, (columns, rows) in sheets.items():
        sheet = book.create_sheet(title[:31])
        sheet.freeze_panes = "A2"
        head = [WriteOnlyCell(sheet, value=name) for name in columns]
        for cell in head:
            cell.font = Font(bold=True)
        sheet.append(head)
        for row in rows:
            cells = [WriteOnlyCell(sheet, value=_plain(row.get(column))) for column in columns]
            for cell in cells:
                if isinstance(cell.value, str):
                    cell.data_type = "s"
            sheet.append(cells)
    buffer = io.BytesIO()
    book.save(buffer)
    # Packed anew: the library stamps the time of day into the file.
    return to_zip(unpack(buffer.getvalue(), "workbook"))


def _plain(value: Cell) -> Cell:
    if isinstance(value, str):
        # Characters that XML cannot hold would make the file unreadable.
        return "".join(sign for sign in value if sign >= " " or sign in "\n\t")[:32_000]
    return value

"""Files from elsewhere: how large they may be, what letters they are written in, and nothing that runs."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from synthesis.errors import ImportProblem
from synthesis.formatting import integer

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

# A library of 50,000 references, or a review with every attachment of its analyses, is smaller than this.
MOST_BYTES = 64_000_000

# Letters of the Windows code page that are none in Latin 1: a file that has them is not Latin 1.
_WINDOWS = frozenset(range(0x80, 0xA0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """The text of a file, and a remark where its letters had to be guessed."""

    text: str
    remark: str | None = None


def read_limited(path: Path, most: int = MOST_BYTES) -> bytes:
    """The content of ``path``; nothing larger than ``most`` bytes is read into memory.

    Raises
    ------
    ImportProblem
        If it is not an ordinary file that can be read, or too large.
    """
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):  # opening a pipe would wait for ever
            raise ImportProblem(f"{path} is not an ordinary file")
        if status.st_size > most:
            raise ImportProblem(_too_large(path.name, status.st_size, most))
        with path.open("rb") as stream:
            data = stream.read(most + 1)
    except FileNotFoundError:
        raise ImportProblem(f"{path}: no such file") from None
    except OSError as error:
        raise ImportProblem(f"{path} cannot be read: {error.strerror or 'unknown reason'}") from None
    if len(data) > most:
        raise ImportProblem(_too_large(path.name, len(data), most))
    return data


def decoded(data: bytes) -> Text:
    """The text in ``data``: UTF-8, UTF-16 with its mark, or else the Windows or Latin 1 letters of western Europe."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return Text(text=data.decode("utf-16"))
        except UnicodeDecodeError:
            raise ImportProblem("the file begins like UTF-16 and is not: save it as UTF-8") from None
    try:
        return Text(text=data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        name = "cp1252" if _WINDOWS & set(data) else "latin-1"
        text = data.decode(name, errors="replace")
        remark = f"not in UTF-8 (line {line}): read as {'Windows-1252' if name == 'cp1252' else 'Latin 1'}"
        return Text(text=text, remark=f"{remark}; look at names with accents")


def xml_root(data: bytes, kind: str) -> tuple[Element, str | None]:
    """The root element of an XML file; entities, external references and document types with them are refused.

    Parameters
    ----------
    data : bytes
    kind : str
        What the file should be, for messages.

    Returns
    -------
    element, remark
        The remark says if the letters had to be guessed.

    Raises
    ------
    ImportProblem
        If it is not well-formed, with the line, or holds what is refused.
    """
    from xml.etree.ElementTree import ParseError

    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    try:
        return fromstring(data, forbid_dtd=False, forbid_entities=True, forbid_external=True), None
    except DefusedXmlException:
        raise ImportProblem(
            f"{kind} declares entities of its own, which can hide what it says; none is needed"
        ) from None
    except (ParseError, ValueError, LookupError) as error:
        # Files that call themselves UTF-8 are often written in Latin 1; nothing else can be told from the text.
        text = decoded(data)
        if text.remark is not None:
            try:
                body = text.text.partition("?>")[2] if text.text.lstrip().startswith("<?xml") else text.text
                return fromstring(body, forbid_entities=True), text.remark
            except (ParseError, ValueError, DefusedXmlException):
                pass
        line = getattr(error, "position", (None, None))[0]
        where = f" at line {line}" if line else ""
        raise ImportProblem(f"{kind} is not well-formed XML{where} ({error}): export it again") from None


def safe_name(name: str) -> str:
    """A name from elsewhere as it may be printed: one line, no control characters, not long."""
    shown = "".join(sign if sign.isprintable() else "?" for sign in name)
    return shown if len(shown) <= 80 else shown[:79] + "…"


def _too_large(name: str, size: int, most: int) -> str:
    megabytes = f"{integer(round(size / 1e6))} MB; at most {integer(round(most / 1e6))} MB are read"
    return f"{os.fspath(name)} has {megabytes}: export fewer records, or split the file"

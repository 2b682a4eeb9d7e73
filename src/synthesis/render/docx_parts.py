"""The pieces of a Word file that the library has no call for: links, bookmarks, fields, list numbers, boxes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from docx.document import Document as File
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml.ns import qn
from docx.oxml.parser import OxmlElement
from docx.text.paragraph import Paragraph

# Word refuses longer names of bookmarks, and any character that is not a letter, digit or underscore.
_LONGEST_NAME = 40
_NOT_IN_NAME = re.compile(r"[^A-Za-z0-9_]")


def bookmark_names(ids: Iterable[str]) -> dict[str, str]:
    """A name Word accepts for each id, all different, the same for the same ids."""
    names: dict[str, str] = {}
    for number, name in enumerate(dict.fromkeys(ids), start=1):
        tail = f"_{number}"
        names[name] = _NOT_IN_NAME.sub("_", name)[: _LONGEST_NAME - len(tail)] + tail
    return names


def element(tag: str, **attributes: str) -> Any:
    """An element of WordprocessingML; attributes are in its name space too."""
    made = OxmlElement(tag)
    for name, value in attributes.items():
        made.set(qn(f"w:{name}"), value)
    return made


def set_bookmark(paragraph: Paragraph, name: str, number: int) -> None:
    """Make all of ``paragraph`` the place that links to ``name`` go to. ``number`` is its own in the file."""
    start = element("w:bookmarkStart", id=str(number), name=name)
    body = paragraph._p
    properties = body.pPr
    body.insert(0 if properties is None else 1, start)
    body.append(element("w:bookmarkEnd", id=str(number)))


def add_link(paragraph: Paragraph, *, address: str = "", bookmark: str = "", says: str = "") -> Any:
    """An empty link at the end of ``paragraph``, to an address or a bookmark; runs are moved into it.

    Parameters
    ----------
    says : str
        What the link is read out as, where its text alone would not do.
    """
    link = OxmlElement("w:hyperlink")
    if address:
        link.set(qn("r:id"), paragraph.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
    else:
        link.set(qn("w:anchor"), bookmark)
    if says:
        link.set(qn("w:tooltip"), says)
    link.set(qn("w:history"), "1")
    paragraph._p.append(link)
    return link


def add_field(paragraph: Paragraph, instruction: str, shown: str) -> None:
    """A field that Word keeps up to date, with the text it shows until then."""
    field = element("w:fldSimple", instr=f" {instruction} ")
    field.append(paragraph.add_run(shown)._r)
    paragraph._p.append(field)


def new_list(file: File, style: str) -> int:
    """The number of a new list of a numbered style, which starts at 1 whatever came before it."""
    numbering: Any = file.part.numbering_part.element
    styled: Any = file.styles[style].element
    abstract = numbering.num_having_numId(styled.pPr.numPr.numId.val).abstractNumId.val
    made = numbering.add_num(abstract)
    made.add_lvlOverride(ilvl=0).add_startOverride(1)
    return int(made.numId)


def set_list(paragraph: Paragraph, number: int) -> None:
    """Make ``paragraph`` an item of the list ``number``."""
    properties: Any = paragraph._p.get_or_add_pPr()
    place = properties.get_or_add_numPr()
    place.get_or_add_ilvl().val = 0
    place.get_or_add_numId().val = number


def set_box(paragraph: Any, colour: str) -> None:
    """A bar at the left of a paragraph (a ``w:p``), where the paragraphs of a boxed aside stand.

    Neighbours with the same bar are drawn as one.
    """
    properties = paragraph.get_or_add_pPr()
    borders = element("w:pBdr")
    borders.append(element("w:left", val="single", sz="24", space="8", color=colour))
    properties.insert_element_before(borders, *_AFTER_BORDERS)


# The elements that must follow the borders of a paragraph, in the order of the standard (ECMA-376, 17.3.1.26).
_AFTER_BORDERS = (
    "w:shd", "w:tabs", "w:suppressAutoHyphens", "w:kinsoku", "w:wordWrap", "w:overflowPunct", "w:topLinePunct",
    "w:autoSpaceDE", "w:autoSpaceDN", "w:bidi", "w:adjustRightInd", "w:snapToGrid", "w:spacing", "w:ind",
    "w:contextualSpacing", "w:mirrorIndents", "w:suppressOverlap", "w:jc", "w:textDirection", "w:textAlignment",
    "w:textboxTightWrap", "w:outlineLvl", "w:divId", "w:cnfStyle", "w:rPr", "w:sectPr", "w:pPrChange",
)  # fmt: skip

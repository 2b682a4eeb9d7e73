"""The look of a Word file, as styles: a reader's own template can replace every one of them.

The typeface is one that every word processor has, since a Word file does not carry its fonts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from docx.document import Document as File
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_LINE_SPACING, WD_UNDERLINE
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor

from synthesis.document.widths import TEXT_WIDTH_MM
from synthesis.render.docx_parts import element

SANS = "Arial"
MONOSPACE = "Courier New"
TABLE_STYLE = "Briefing Table"

_INK = "0B0C0C"
_SECONDARY = "484949"
_LINK = "1A65A6"
_PAGE_MM = (210.0, 297.0)
_EDGE_MM = 22.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """One paragraph style; a name the file's template has is changed, another one is added."""

    name: str
    points: float
    before: float = 0
    after: float = 6
    bold: bool = False
    colour: str = _INK
    left_mm: float = 0
    follows: bool = False
    font: str = SANS
    base: str = "Normal"


_LOOKS = (
    _Look(name="Normal", points=12, after=8),
    _Look(name="Title", points=24, after=6, bold=True),
    _Look(name="Subtitle", points=14, after=12, colour=_SECONDARY),
    _Look(name="Heading 1", points=18, before=20, bold=True, follows=True),
    _Look(name="Heading 2", points=15, before=16, bold=True, follows=True),
    _Look(name="Heading 3", points=13, before=12, bold=True, follows=True),
    _Look(name="Heading 4", points=12, before=12, bold=True, follows=True),
    _Look(name="Heading 5", points=12, before=12, bold=True, colour=_SECONDARY, follows=True),
    _Look(name="Caption", points=12, before=10, after=4, bold=True, follows=True),
    _Look(name="Quote", points=12, left_mm=8),
    _Look(name="Footer", points=9, after=0, colour=_SECONDARY),
    _Look(name="Masthead Fact", points=11, after=2),
    _Look(name="Quote Source", points=11, left_mm=8, colour=_SECONDARY),
    _Look(name="Figure Caption", points=11, after=4, follows=True),
    _Look(name="Figure", points=12, after=4),
    _Look(name="Note", points=10, after=4, colour=_SECONDARY),
    _Look(name="Code", points=10, font=MONOSPACE),
    _Look(name="Certainty", points=11, after=10, colour=_SECONDARY),
    _Look(name="Statement", points=12, before=8, after=4, follows=True),
    _Look(name="Callout Title", points=12, after=4, bold=True, follows=True),
    _Look(name="Table Text", points=10, after=0),
    _Look(name="Table Heading", points=10, after=0, bold=True, base="Table Text"),
    _Look(name="Table Row Heading", points=10, after=0, bold=True, base="Table Text"),
    _Look(name="Table Group", points=10, after=0, bold=True, base="Table Text"),
)

# Header row and first column stand out by weight and shade, so that colour alone says nothing.
_TABLE_XML = f"""
<w:style {nsdecls("w")} w:type="table" w:customStyle="1" w:styleId="BriefingTable">
  <w:name w:val="{TABLE_STYLE}"/><w:basedOn w:val="TableNormal"/><w:uiPriority w:val="59"/>
  <w:tblPr><w:tblBorders>
    <w:top w:val="single" w:sz="8" w:space="0" w:color="{_INK}"/>
    <w:bottom w:val="single" w:sz="8" w:space="0" w:color="{_INK}"/>
    <w:insideH w:val="single" w:sz="4" w:space="0" w:color="B1B4B6"/></w:tblBorders>
    <w:tblCellMar><w:top w:w="40" w:type="dxa"/><w:left w:w="70" w:type="dxa"/>
    <w:bottom w:w="40" w:type="dxa"/><w:right w:w="70" w:type="dxa"/></w:tblCellMar></w:tblPr>
  <w:tblStylePr w:type="firstRow"><w:rPr><w:b/></w:rPr><w:tcPr><w:shd w:val="clear" w:color="auto" w:fill="F3F2F1"/>
    <w:vAlign w:val="bottom"/></w:tcPr></w:tblStylePr>
  <w:tblStylePr w:type="firstCol"><w:rPr><w:b/></w:rPr></w:tblStylePr>
</w:style>
"""


def set_styles(file: File, language: str) -> None:
    """Give ``file`` its page, its styles and the language of its text.

    Parameters
    ----------
    file : docx.document.Document
        A new file from the library's template.
    language : str
        Language tag, for example ``en-GB``.
    """
    section = file.sections[0]
    section.page_width, section.page_height = Mm(_PAGE_MM[0]), Mm(_PAGE_MM[1])
    section.left_margin = section.right_margin = Mm((_PAGE_MM[0] - TEXT_WIDTH_MM) / 2)
    section.top_margin = section.bottom_margin = Mm(_EDGE_MM)
    for look in _LOOKS:
        _apply(file, look)
    _character_styles(file)
    file.styles.element.append(parse_xml(_TABLE_XML))
    _set_language(file, language)
    _set_current_format(file)


def _apply(file: File, look: _Look) -> None:
    names = {style.name for style in file.styles}
    if look.name in names:
        style: Any = file.styles[look.name]
    else:
        style = file.styles.add_style(look.name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = file.styles[look.base]
        style.quick_style = True
    _set_font(style, look.font)
    style.font.size, style.font.bold, style.font.italic = Pt(look.points), look.bold, False
    style.font.color.rgb = RGBColor.from_string(look.colour)
    shape = style.paragraph_format
    shape.space_before, shape.space_after, shape.left_indent = Pt(look.before), Pt(look.after), Mm(look.left_mm)
    shape.line_spacing_rule = WD_LINE_SPACING.SINGLE
    shape.keep_with_next, shape.widow_control = look.follows, True
    # What the template adds to titles: a rule below, and wide letters.
    for properties, tag in ((style.element.pPr, "w:pBdr"), (style.element.rPr, "w:spacing")):
        for found in properties.findall(qn(tag)):
            properties.remove(found)


def _character_styles(file: File) -> None:
    link: Any = file.styles.add_style("Hyperlink", WD_STYLE_TYPE.CHARACTER)
    link.font.color.rgb, link.font.underline = RGBColor.from_string(_LINK), True
    number: Any = file.styles.add_style("Number", WD_STYLE_TYPE.CHARACTER)
    number.font.underline = WD_UNDERLINE.DOTTED
    code: Any = file.styles.add_style("Code Text", WD_STYLE_TYPE.CHARACTER)
    _set_font(code, MONOSPACE)


def _set_font(style: Any, name: str) -> None:
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    fonts.attrib.clear()  # the template names the fonts of its theme, which would win
    for script in ("ascii", "hAnsi", "cs", "eastAsia"):
        fonts.set(qn(f"w:{script}"), name)


def _set_language(file: File, language: str) -> None:
    for tag in file.styles.element.iter(qn("w:lang")):
        tag.set(qn("w:val"), language)


def _set_current_format(file: File) -> None:
    """Declare the format of current versions, so that Word does not open the file in compatibility mode."""
    settings = file.settings.element
    compat = settings.find(qn("w:compat"))
    if compat is None:
        raise AssertionError("the template's settings have a compat element")
    for setting in list(compat.iter(qn("w:compatSetting"))):
        if setting.get(qn("w:name")) == "compatibilityMode":
            compat.remove(setting)
    uri = "http://schemas.microsoft.com/office/word"
    compat.append(element("w:compatSetting", name="compatibilityMode", uri=uri, val="15"))

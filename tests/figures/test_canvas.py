"""What is drawn comes out as small, safe SVG with its text as text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthesis.document.characters import printable
from synthesis.document.fonts import FALLBACKS, FAMILY
from synthesis.figures.canvas import Canvas, drawn
from synthesis.figures.lettering import is_plain, unmarked, width

SVG = "{http://www.w3.org/2000/svg}"


def marks(draw: Callable[[Canvas], None]) -> list[ElementTree.Element]:
    return list(ElementTree.fromstring(drawn(100, 50, draw))[0])


def one_text(words: str, **more: object) -> ElementTree.Element:
    (made,) = marks(lambda canvas: canvas.text(10, 20, words, **more))  # type: ignore[arg-type]
    assert made.tag == f"{SVG}text"
    return made


def test_the_page_has_its_size_and_the_typeface_first() -> None:
    root = ElementTree.fromstring(drawn(100, 50.126, lambda canvas: canvas.text(1, 2, "a")))
    assert (root.get("width"), root.get("height"), root.get("viewBox")) == ("100pt", "50.13pt", "0 0 100 50.13")
    families = [name.strip(" '") for name in str(root[0].get("font-family")).split(",")]
    assert families == [FAMILY, "Arial", "Helvetica", *FALLBACKS, "sans-serif"]


def test_text_carries_its_width_for_where_the_typeface_is_missing() -> None:
    made = one_text("Grønbæk 2007", bold=True, size=7)
    assert made.get("textLength") == f"{width('Grønbæk 2007', size=7, bold=True):.2f}".rstrip("0")
    assert made.get("lengthAdjust") == "spacingAndGlyphs"
    assert (made.get("font-weight"), made.get("font-size")) == ("700", "7")


@pytest.mark.parametrize("words", ["שלום", "q\u0301b"])
@pytest.mark.parametrize("side", ["left", "center", "right"])
def test_text_that_must_be_shaped_is_drawn_as_outlines(words: str, side: str) -> None:
    (made,) = marks(lambda canvas: canvas.text(60, 20, words, side=side))  # type: ignore[arg-type]
    assert made.tag == f"{SVG}path"
    numbers = [float(number) for number in re.findall(r"-?[0-9.]+", str(made.get("d")))]
    left, bottom = (float(number) for number in re.findall(r"-?[0-9.]+", str(made.get("transform"))))
    wide = max(numbers[::2])
    assert bottom == 20 and wide > 4 and min(numbers[1::2]) < -3
    assert left == pytest.approx({"left": 60, "center": 60 - wide / 2, "right": 60 - wide}[side], abs=1.5)


def test_what_can_be_plain_is_made_plain() -> None:
    assert one_text("Gro\u0308nbaek").text == "Grönbaek"
    assert one_text("\u200fself\u00adhelp").text == "selfhelp"
    assert one_text("👩\u200d🚀").text == "👩🚀"


@pytest.mark.parametrize(("side", "start"), [("left", 10.0), ("center", 10.0 - 0.5), ("right", 10.0 - 1.0)])
def test_only_what_the_typeface_lacks_is_set_in_another(side: str, start: float) -> None:
    words, piece = "Ærø 漢字 <2001>", ("Ærø ", "漢字", " <2001>")
    made = marks(lambda canvas: canvas.text(10, 20, words, side=side))  # type: ignore[arg-type]
    assert [mark.text for mark in made] == [text.strip() for text in piece]
    assert [mark.get("font-family") for mark in made] == [None, f"'{FALLBACKS[-1]}', sans-serif", None]
    left = 10 - (10 - start) * width(words)
    for mark, text in zip(made, piece, strict=True):
        assert float(str(mark.get("x"))) == pytest.approx(left + (width(" ") if text[0] == " " else 0), abs=0.006)
        left += width(text)


def test_sides_are_anchors() -> None:
    assert [one_text("a", side=side).get("text-anchor") for side in ("left", "center", "right")] == [
        None, "middle", "end",
    ]  # fmt: skip


@given(st.text(max_size=60).filter(lambda text: is_plain(unicodedata.normalize("NFC", printable(text)))))
def test_any_plain_text_stays_text(words: str) -> None:
    made = marks(lambda canvas: canvas.text(0, 0, words))
    shown = unmarked(unicodedata.normalize("NFC", "".join(printable(words).split())))
    assert "".join(str(mark.text) for mark in made).replace(" ", "") == shown


@given(st.text(max_size=20))
def test_any_text_can_be_drawn(words: str) -> None:
    marks(lambda canvas: canvas.text(0, 0, words))


def test_a_circle_is_a_circle() -> None:
    (made,) = marks(lambda canvas: canvas.circle(1, 2.5, 3.14159, fill=None, edge="#000000", width=2))
    found = {name: made.get(name) for name in ("cx", "cy", "r", "fill", "stroke", "stroke-width")}
    assert found == {"cx": "1", "cy": "2.5", "r": "3.14", "fill": "none", "stroke": "#000000", "stroke-width": "2"}


def test_lines_and_shapes_are_paths() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.line(((0, 1), (2.005, 3.14159)), width=1, dash=True)
        canvas.rectangle(1, 2, 3, 4, fill=None, edge="#000000")
        canvas.shape(((-0.001, 0), (1, 1), (2, 0)), fill="#ffffff")

    line, box, corner = marks(draw)
    assert (line.get("d"), line.get("fill"), line.get("stroke-dasharray")) == ("M0 1L2 3.14", "none", "3 2.4")
    assert (box.get("d"), box.get("fill"), box.get("stroke")) == ("M1 2H4V6H1z", "none", "#000000")
    assert (corner.get("d"), corner.get("fill"), corner.get("stroke")) == ("M0 0L1 1L2 0z", "#ffffff", None)

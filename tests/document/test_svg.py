"""A drawing can stand beside others, and cannot run or fetch anything."""

from __future__ import annotations

import pytest

from synthesis.document.svg import inline_svg, parse_svg, view_box
from synthesis.errors import DocumentError

HEAD = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 10 5"'


def shown(inside: str) -> str:
    return inline_svg(f"{HEAD}>{inside}</svg>", prefix="f", title="T <1>", description="D & d", name="fig")


def test_ids_and_everything_that_points_to_them_get_the_prefix() -> None:
    made = shown(
        '<defs><path id="a" d="M0 0"/></defs><use xlink:href="#a"/><use href="#a"/>'
        '<path clip-path="url(#a)" style="fill: url(\'#a\')"/>'
    )
    assert made.count('id="f-a"') == 1
    assert made.count('href="#f-a"') == 2
    assert made.count("url(#f-a)") == 2
    assert "xlink" not in made


def test_style_rules_are_scoped() -> None:
    assert "<style>#f *{stroke:red}#f .a,#f .b{fill:none}</style>" in shown(
        "<style>*{stroke:red} .a, .b {fill:none}</style>"
    )


def test_it_is_an_image_with_a_name_and_a_description() -> None:
    made = shown("<title>old</title><desc>old</desc><metadata>who</metadata><rect/>")
    assert made.startswith('<svg id="f" viewBox="0 0 10 5" role="img" aria-labelledby="f-title f-desc"')
    assert '<title id="f-title">T &lt;1&gt;</title><desc id="f-desc">D &amp; d</desc>' in made
    assert "old" not in made
    assert "who" not in made


def test_text_is_escaped() -> None:
    assert "<text>a &lt;b&gt; &amp;</text>" in shown("<text>a &lt;b&gt; &amp;</text>")


@pytest.mark.parametrize(
    "inside",
    [
        "<script>alert(1)</script>",
        '<rect onclick="alert(1)"/>',
        "<foreignObject/>",
        '<image href="https://example.org/a.png"/>',
        '<a href="javascript:alert(1)"/>',
        '<rect fill="url(https://example.org/a)"/>',
        "<style>@import url(https://example.org)</style>",
        "<style>rect{fill:url(https://example.org)}</style>",
    ],
)
def test_active_or_remote_content_is_refused(inside: str) -> None:
    with pytest.raises(DocumentError, match="figure 'fig'"):
        shown(inside)


@pytest.mark.parametrize("svg", ["", "<svg>", "<svg/>", '<!DOCTYPE svg [<!ENTITY a "b">]><svg/>', "<html/>"])
def test_what_is_not_svg_is_refused(svg: str) -> None:
    with pytest.raises(DocumentError, match="figure 'fig'"):
        parse_svg(svg, name="fig")


def test_size_from_width_and_height() -> None:
    root = parse_svg('<svg xmlns="http://www.w3.org/2000/svg" width="72pt" height="1in"/>', name="fig")
    assert view_box(root, name="fig") == (0, 0, 96, 96)


def test_a_drawing_without_size_is_refused() -> None:
    with pytest.raises(DocumentError, match="has no size"):
        view_box(parse_svg('<svg xmlns="http://www.w3.org/2000/svg"/>', name="fig"), name="fig")

"""Every figure of the table, with what nobody would choose: odd names, very few studies, very many, huge effects.

Each is drawn as text, stays on the page, and sets no word over another; what it cannot draw it refuses in words.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree

import pytest
from lxml import html as lxml_html

from synthesis.analysis.diagnosis import diagnose
from synthesis.analysis.flow import Flow, Screening
from synthesis.analysis.model import Analysis, Direction, Robustness, Specification
from synthesis.analysis.moderators import MODERATORS, moderated
from synthesis.certainty.judgements import JudgedStudy, Judgements
from synthesis.changes.model import ChangeReport
from synthesis.diagnostics.gosh import gosh
from synthesis.diagnostics.trim_and_fill import trim_and_fill
from synthesis.document.elements import Document, Figure
from synthesis.document.html import fragment
from synthesis.document.text import plain_text
from synthesis.errors import DocumentError, SynthesisError
from synthesis.evidence.source import Source
from synthesis.figures import style
from synthesis.figures.catalogue import FIGURES
from synthesis.render.html import to_html
from synthesis.render.pdf import to_pdf

NAMES = {
    "script": "<script>alert(1)</script>",
    "markup": "#import ]]> {{ }} & \"' *_$@`",
    "direction": "\u202eright to left\u202c שלום",
    "emoji": "🙂 👩‍👩‍👧 🇬🇧",
    "words": "long " * 2000,
    "letters": "x" * 10_000,
}
# The name of nobody stands in these.
NAMELESS = {"gap-map", "rob-summary", "gosh"}
# A name with no room beside its mark is left to the table.
IN_TABLE = {"funnel", "trim-and-fill", "labbe", "baujat", "radial", "bubble", "gosh"}


def inputs(analysis: Analysis, invented: Any, changed: ChangeReport, name: str) -> dict[str, Callable[[], Any]]:
    """What each figure is drawn from, with ``name`` wherever something has a name."""
    effects = analysis.effects
    judged = Judgements(
        id="made-up", title=name, tool="rob2",
        studies=tuple(
            JudgedStudy(study=row.study, label=row.label, domains={}, weight=1 / len(effects)) for row in effects
        ),
    )  # fmt: skip
    flow = Flow(
        screening=Screening(excluded=((name, 1),)), held=3, reached=2, left_out=((name, 1),), included=1,
        by_question=((name, 1),),
    )  # fmt: skip
    directions = tuple(
        Direction(
            study=row.study, result="r", label=row.label, design="cohort", n=480.0, timepoint_months=12.0,
            outcome=name, outcome_key="abstinence", direction="better", printed=name, measure="", ratio=3.0,
            adjusted=None, read=True,
        )
        for row in effects
    )  # fmt: skip
    plainly = {
        "schema_version": 1, "id": "old", "type": "guideline", "type_as_described": "invented", "body": "Nobody",
        "short_name": "Old 2001", "year": 2001, "conclusion": "Invented.", "read": True, "added": "2026-01-01",
        "reference": {"type": "report", "title": "Invented"},
    }  # fmt: skip
    source = Source.model_construct(**dict(Source.model_validate(plainly))).model_copy(update={"short_name": name})
    return {
        "specification-curve": lambda: replace(analysis, robustness=robust(analysis, name)),
        "trim-and-fill": lambda: (analysis, trim_and_fill(effects)),
        "influence": lambda: diagnose(analysis),
        "baujat": lambda: diagnose(analysis),
        "radial": lambda: diagnose(analysis),
        "gosh": lambda: (analysis, gosh(effects, subsets=2000)),
        "bubble": lambda: moderated(
            analysis, [float(3 + index * 7 % 20) for index in range(len(effects))], MODERATORS["months"]
        ),
        "effect-direction": lambda: replace(analysis, directions=directions, synthesis="effect-direction"),
        "rob-traffic-light": lambda: judged,
        "rob-summary": lambda: judged,
        "prisma-flow": lambda: flow,
        "gap-map": lambda: invented.evidence([invented.study()], []),
        "timeline": lambda: SimpleNamespace(sources={"old": source}),
        "before-after": lambda: replace(
            changed,
            questions=tuple(
                replace(
                    item, title=name, before=replace(item.before, title=name), after=replace(item.after, title=name)
                )
                for item in changed.questions
            ),
        ),
    }


def robust(analysis: Analysis, name: str) -> Robustness | None:
    """The plan, and one other way named ``name`` with the same result."""
    pooled = analysis.pooled
    if pooled is None:
        return None
    ways = tuple(
        Specification(
            options=options, k=pooled.k, measure=pooled.measure, estimate=pooled.estimate, low=pooled.ci.low + change,
            high=pooled.ci.high, side=0,
        )
        for options, change in (({}, 0.0), ({"choice": "other"}, 0.1))
    )  # fmt: skip
    labels = {"choice": "A choice", "choice/other": name}
    return Robustness(side=0, labels=labels, statuses={"choice": "equivalent"}, equivalent=ways, alone=())


def drawn(key: str, analysis: Analysis, invented: Any, changed: ChangeReport, name: str = "Birch 1990") -> Figure:
    given = inputs(analysis, invented, changed, name).get(key, lambda: analysis)()
    return FIGURES[key].function(*given) if isinstance(given, tuple) else FIGURES[key].function(given)


def texts(svg: str) -> list[tuple[float, float, float, float, str]]:
    """Left, right, baseline, size and words of each text; no script, and every number a number."""
    root = ElementTree.fromstring(svg)
    assert not [item for item in root.iter() if item.tag.endswith("script")]
    assert not re.search(r"\b(nan|inf)\b", svg.split("<text")[0] + "".join(re.findall(r' d="[^"]*"', svg)))
    found = []
    for item in root.iter():
        if not item.tag.endswith("text"):
            continue
        size = float(item.get("font-size", style.TEXT))
        wide = float(item.get("textLength", "0"))
        x = float(item.get("x", "nan")) - {"middle": 0.5, "end": 1.0}.get(item.get("text-anchor", ""), 0.0) * wide
        found.append((x, x + wide, float(item.get("y", "nan")), size, "".join(item.itertext())))
    return found


def overlapping(svg: str) -> list[tuple[str, str]]:
    """Pairs of texts that lie on one another: their middles closer than the height of small letters."""
    boxes = sorted((y - 0.5 * size, y, x0 + 0.3, x1 - 0.3, text) for x0, x1, y, size, text in texts(svg))
    pairs = []
    for index, (top, bottom, left, right, text) in enumerate(boxes):
        for other in itertools.islice(boxes, index + 1, None):
            if other[0] >= bottom:
                break
            if top < other[1] and left < other[3] and right > other[2]:
                pairs.append((text, other[4]))
    return pairs


def check_page(figure: Figure) -> None:
    """Nothing off the page, nothing on top of anything else, and the writers take it."""
    assert overlapping(figure.svg) == []
    off = [text for left, right, *_, text in texts(figure.svg) if left < -0.6 or right > style.WIDTH + 0.6]
    assert off == []
    assert figure.alt.strip() and figure.data is not None
    assert lxml_html.fragment_fromstring(fragment(figure), create_parent=True).find(".//script") is None


def squeezed(text: str) -> str:
    return "".join(text.split())


@pytest.fixture
def named(counts: Callable[..., Analysis]) -> Callable[[str], Analysis]:
    """Makes an analysis of which a study, its sides, the outcome and the population have an odd name."""

    def make(name: str) -> Analysis:
        rows = ((name, 10, 20, 5, 20), ("Birch 2001", 8, 20, 4, 20), ("Cedar 2007", 30, 90, 28, 91))
        return replace(
            counts(*rows), title=name, intervention=name, comparator=name, outcome=name, population=name
        )  # fmt: skip

    return make


@pytest.mark.parametrize("key", FIGURES)
@pytest.mark.parametrize("kind", NAMES)
def test_any_name_is_drawn_as_text(
    key: str, kind: str, named: Callable[[str], Analysis], invented: Any, changed: ChangeReport
) -> None:
    name = NAMES[kind]
    figure = drawn(key, named(name), invented, changed, name)
    check_page(figure)
    letters = squeezed(name)
    if key not in NAMELESS:
        assert letters in squeezed(plain_text(figure))
    if key not in NAMELESS | IN_TABLE and name.isascii():
        assert letters in squeezed("".join(text for *_, text in texts(figure.svg)))


@pytest.mark.parametrize("key", FIGURES)
@pytest.mark.parametrize("count", [0, 1, 2, 300])
def test_any_number_of_studies_is_drawn_or_refused(
    key: str, count: int, counts: Callable[..., Analysis], invented: Any, changed: ChangeReport
) -> None:
    rows = [(f"Study {index} 2001", 10 + index % 9, 40, 9 + index % 4, 40) for index in range(count)]
    try:
        figure = drawn(key, counts(*rows), invented, changed)
    except SynthesisError as refused:
        assert count < 3
        assert re.search(r"at least|has no ", str(refused)), refused
        return
    check_page(figure)


@pytest.mark.parametrize("key", FIGURES)
def test_huge_and_tiny_effects_are_drawn(
    key: str, counts: Callable[..., Analysis], invented: Any, changed: ChangeReport
) -> None:
    million = 10**6
    rows = [("Huge 2001", million - 1, million, 1, million), ("Tiny 2002", 1, million, million - 1, million)]
    figure = drawn(key, counts(*rows, ("Cedar 2003", 5, 10, 5, 10), ("Empty 2004", 0, 9, 9, 9)), invented, changed)
    check_page(figure)


@pytest.mark.parametrize("key", FIGURES)
def test_a_figure_without_an_alternative_is_named(
    key: str, named: Callable[[str], Analysis], invented: Any, changed: ChangeReport
) -> None:
    figure = replace(drawn(key, named("Alder 2001"), invented, changed), alt=" ")
    page = Document(title="A test", language="en-GB", date="2026-11-03", metadata={}, blocks=(figure,))
    with pytest.raises(DocumentError, match=f"figure '{figure.id}' has no text alternative"):
        to_html(page)


def test_figures_of_very_many_studies_go_into_a_pdf(
    counts: Callable[..., Analysis], invented: Any, changed: ChangeReport
) -> None:
    analysis = counts(*((f"Study {index} 2001", 10 + index % 9, 40, 9 + index % 4, 40) for index in range(300)))
    # The tables behind them are those of any figure, and take long.
    blocks = tuple(
        replace(drawn(key, analysis, invented, changed), data=None)
        for key in ("trim-and-fill", "labbe", "influence", "baujat", "radial", "gosh", "bubble")
    )
    assert to_pdf(Document(title="A test", language="en-GB", date="2026-11-03", metadata={}, blocks=blocks))

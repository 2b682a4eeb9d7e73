"""One picture of each figure, compared with the one on file: a change nobody meant to make is seen here.

What is drawn comes from fixed, invented inputs, so that neither evidence nor statistics move a picture: analyses saved
in ``baseline/*.json``, and small values written out below. Typst paints with the typefaces of the package; its version
and theirs are on file too.

A test that fails leaves ``build/images/<figure>.png``: the picture on file, the one found, and where they differ. Look
at it; if the change is meant, ``make accept-images`` puts the new pictures on file.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import typst
from PIL import Image

from synthesis.analysis.diagnosis import Diagnosis
from synthesis.analysis.flow import Flow, Screening
from synthesis.analysis.model import Analysis, Robustness, Specification
from synthesis.analysis.moderators import MODERATORS, Moderated
from synthesis.certainty.judgements import JudgedStudy, Judgements
from synthesis.certainty.rob_tools import ROB_TOOLS
from synthesis.changes.model import ChangeReport
from synthesis.diagnostics.gosh import Gosh
from synthesis.diagnostics.heterogeneity_plots import PlotPoint
from synthesis.diagnostics.influence import StudyInfluence
from synthesis.diagnostics.trim_and_fill import TrimAndFill
from synthesis.document.elements import Figure
from synthesis.document.fonts import FONT_DIR
from synthesis.evidence.source import Source
from synthesis.figures.catalogue import FIGURES
from synthesis.pooling import model as pooling_model
from synthesis.pooling.model import Interval, Tau2
from synthesis.pooling.regression import Coefficient, Predicted, Regression

BASELINE = Path(__file__).parent / "baseline"
FOUND = Path(__file__).resolve().parents[2] / "build" / "images"
PIXELS_PER_INCH = 144
# A pixel differs if any channel does by this much of 255; a wrong digit makes dozens of them, rounding none.
DIFFERENT = 64
ALLOWED = 8

PAGE = """#set page(width: auto, height: auto, margin: 6pt, fill: white)
#image(bytes({svg}), format: "svg", width: {width}mm)"""


def saved(name: str) -> Analysis:
    return Analysis.from_dict(json.loads((BASELINE / f"{name}.json").read_text(encoding="utf-8")))


def judgements(_: Any) -> Judgements:
    tool = ROB_TOOLS["rob2"]
    levels = [level.key for level in tool.levels]
    studies = tuple(
        JudgedStudy(
            study=f"study{row}",
            label=label,
            domains={domain.key: levels[(row + place) % len(levels)] for place, domain in enumerate(tool.domains)},
            overall=levels[row % len(levels)],
            weight=weight,
        )
        for row, (label, weight) in enumerate((("Alder 2001", 0.5), ("Birch 1990", 0.3), ("Cedar 2007", 0.15)))
    )
    unjudged = JudgedStudy(study="study9", label="Damson 2018", domains={}, weight=0.05)
    return Judgements(id="made-up", title="A made-up question", tool="rob2", studies=(*studies, unjudged))


def flow(_: Any) -> Flow:
    screening = Screening(
        databases=1200, registers=0, other_methods=3, removed=400, screened=800, screened_out=700, sought=100,
        not_retrieved=4, assessed=96, excluded=(("Wrong population", 80), ("Wrong outcome", 6)),
    )  # fmt: skip
    return Flow(
        screening=screening, held=10, reached=7, left_out=(("Wrong time", 2),), included=5, by_question=(("One", 5),)
    )


def gap_evidence(invented: Any) -> Any:
    other = (invented.arm("a", "other"), invented.arm("b", "usual"))
    studies = [invented.study(f"alpha200{index}") for index in range(4)]
    studies += [invented.study("beta2002", design="cohort"), invented.study("gamma2003", arms=other)]
    return invented.evidence(studies, [])


def sources(_: Any) -> SimpleNamespace:
    def one(source_id: str, year: int, kind: str, **more: Any) -> Source:
        plainly = {
            "schema_version": 1, "id": source_id, "type": kind, "type_as_described": "invented", "body": "Nobody",
            "short_name": f"{source_id.title()} {year}", "year": year, "conclusion": "Invented.", "read": True,
            "added": "2026-01-01", "reference": {"type": "report", "title": "Invented"},
        }  # fmt: skip
        return Source.model_validate(plainly | more)

    held = (
        one("old", 2001, "guideline", updates={"superseded_by": "new"}),
        one("plan", 2008, "strategy"),
        one("new", 2010, "guideline"),
        one("review", 2020, "systematic-review"),
    )
    # The timeline reads nothing of the evidence but its sources.
    return SimpleNamespace(sources={source.id: source for source in held})


def diagnosis(_: Any) -> Diagnosis:
    analysis = saved("many")
    rows = [(row.label, (-1) ** place * place) for place, row in enumerate(analysis.effects)]
    influence = tuple(
        StudyInfluence(
            study=label, label=label, residual=step / 4, dffits=step / 9, cook=step * step / 150,
            covariance_ratio=1.2 - abs(step) / 30, tau2=0.1 + step / 400, q=30 - abs(step),
            weight=0.05 + abs(step) / 180, influential=abs(step) == 11, without=analysis.models["plan"],
        )
        for label, step in rows
    )  # fmt: skip
    return Diagnosis(
        analysis=analysis, influence=influence,
        baujat=tuple(PlotPoint(label=label, x=abs(step) / 2, y=step * step / 300) for label, step in rows),
        radial=tuple(PlotPoint(label=label, x=1 + abs(step) / 5, y=0.6 + step / 3) for label, step in rows),
    )  # fmt: skip


def filled(_: Any) -> tuple[Analysis, TrimAndFill]:
    analysis = saved("many")
    observed = analysis.models["plan"]
    moved = replace(observed, estimate=observed.estimate - 0.2, k=observed.k + 2)
    return analysis, TrimAndFill(
        side="left", missing=2, missing_se=2.0, missing_p=None, filled_yi=(-0.9, -1.2), filled_vi=(0.16, 0.09),
        observed=observed, filled=moved, estimator="L0",
    )  # fmt: skip


def subsets(_: Any) -> tuple[Analysis, Gosh]:
    analysis = saved("many")
    number = np.arange(4000)
    include = (number[:, None] >> np.arange(12) & 1).astype(bool)
    include[0] = True
    estimate = 0.7 + 0.5 * np.sin(number) * np.cos(number / 7) + 0.4 * include[:, 3]
    return analysis, Gosh(
        include=include, estimate=estimate, tau2=estimate, q=estimate, i2=np.clip(0.5 + 0.4 * np.cos(number / 3), 0, 1),
        h2=estimate, size=include.sum(axis=1), complete=False, model="random", method="REML",
    )  # fmt: skip


def slope(_: Any) -> Moderated:
    analysis = saved("many")
    at = tuple(float(place) for place in range(3, 25))

    def around(middle: float, half: float) -> Interval:
        return Interval(low=middle - half, high=middle + half, level=0.95, method="t")

    mean = [0.2 + 0.04 * place for place in at]
    line = tuple(
        Predicted(estimate=y, se=0.1, ci=around(y, 0.2 + abs(x - 12) / 40), prediction=around(y, 1.1))
        for x, y in zip(at, mean, strict=True)
    )
    coefficient = Coefficient(
        name="months",
        estimate=0.04,
        se=0.02,
        ci=around(0.04, 0.05),
        test=pooling_model.Test(statistic=2.0, df=10, p=0.08),
    )
    fit = Regression(
        coefficients=(coefficient,), covariance=((0.0004,),), tau2=Tau2(value=0.21, method="REML"), q=20.0, q_df=10,
        q_p=0.03, i2=0.5, h2=2.0, r2=0.3, moderators=None, model="random", method="hartung-knapp", k=12,
    )  # fmt: skip
    return Moderated(
        analysis=analysis, moderator=MODERATORS["months"], regression=fit, weights=analysis.models["plan"].weights,
        values=tuple(float(3 + 7 * place % 22) for place in range(12)), at=at, line=line,
    )  # fmt: skip


def specified(_: Any) -> Analysis:
    """Ways written by hand: which they are hangs on no estimator's last digit."""
    analysis = saved("pooled")
    measure = analysis.measure

    def way(estimate: float, low: float, high: float, **options: str) -> Specification:
        side = 1 if low > 0 else -1 if high < 0 else 0
        return Specification(
            options=options, k=3, measure=measure, estimate=estimate, low=low, high=high, side=side
        )  # fmt: skip

    labels = {
        "estimator": "Variance between studies", "estimator/pm": "Paule and Mandel", "interval": "Interval",
        "interval/wald": "Wald throughout", "unread": "Numbers not read", "unread/with": "recalled numbers too",
    }  # fmt: skip
    robust = Robustness(
        side=0, labels=labels,
        statuses={"estimator": "equivalent", "interval": "equivalent", "unread": "not-equivalent"},
        equivalent=(
            way(0.4, -0.2, 1.0), way(0.45, -0.25, 1.1, estimator="pm"), way(0.4, 0.1, 0.7, interval="wald"),
            way(0.45, 0.05, 0.85, estimator="pm", interval="wald"),
        ),
        alone=(way(0.3, -0.3, 0.9, unread="with"),),
    )  # fmt: skip
    return replace(analysis, robustness=robust)


# What each figure is drawn from. A new figure needs an entry, and its picture accepted.
INPUTS: dict[str, Callable[[Any], Any]] = {
    "forest": lambda _: saved("pooled"),
    "leave-one-out": lambda _: saved("pooled"),
    "cumulative-forest": lambda _: saved("pooled"),
    "specification-curve": specified,
    "funnel": lambda _: saved("pooled"),
    "trim-and-fill": filled,
    "labbe": lambda _: saved("many"),
    "influence": diagnosis,
    "baujat": diagnosis,
    "radial": diagnosis,
    "gosh": subsets,
    "bubble": slope,
    "effect-direction": lambda _: saved("directions"),
    "rob-traffic-light": judgements,
    "rob-summary": judgements,
    "prisma-flow": flow,
    "gap-map": gap_evidence,
    "timeline": sources,
    "before-after": lambda _: ChangeReport.from_dict(json.loads((BASELINE / "changes.json").read_text("utf-8"))),
}


def picture(figure: Figure) -> Image.Image:
    """The figure as it is printed, in pixels."""
    source = PAGE.format(svg=json.dumps(figure.svg, ensure_ascii=False), width=figure.width_mm)
    fonts = typst.Fonts(include_system_fonts=False, font_paths=[str(FONT_DIR)])
    made = typst.compile(source.encode(), format="png", ppi=PIXELS_PER_INCH, font_paths=fonts)
    return Image.open(io.BytesIO(made)).convert("RGB")


def differing(one: Image.Image, other: Image.Image) -> Any:
    """Which pixels differ, as an array of booleans; all of them if the sizes do."""
    if one.size != other.size:
        return np.ones((one.size[1], one.size[0]), dtype=bool)
    first, second = (np.asarray(image, dtype=np.int16) for image in (one, other))
    return (np.abs(first - second) >= DIFFERENT).any(axis=2)


def sheet(expected: Image.Image, found: Image.Image) -> Image.Image:
    """The picture on file, the one found, and the found one faded with every difference in red."""
    marks = differing(found, expected)
    faded = np.asarray(found, dtype=np.uint8) // 4 + 191
    faded[marks] = (200, 0, 0)
    pictures = (expected, found, Image.fromarray(faded))
    side_by_side = Image.new("RGB", (max(image.width for image in pictures), sum(image.height for image in pictures)))
    top = 0
    for image in pictures:
        side_by_side.paste(image, (0, top))
        top += image.height
    return side_by_side


def versions() -> dict[str, str]:
    fonts = {path.name: sha256(path.read_bytes()).hexdigest() for path in sorted(FONT_DIR.glob("*.ttf"))}
    return {"typst": version("typst"), **fonts}


@pytest.fixture(scope="module")
def accepting(pytestconfig: pytest.Config) -> bool:
    return bool(pytestconfig.getoption("--accept-images"))


def test_every_figure_has_an_input_and_every_picture_a_figure(accepting: bool) -> None:
    assert set(INPUTS) == set(FIGURES)
    if not accepting:
        assert sorted(path.stem for path in BASELINE.glob("*.png")) == sorted(FIGURES)


def test_the_pictures_were_made_with_what_is_installed(accepting: bool) -> None:
    file = BASELINE / "versions.json"
    if accepting:
        file.write_text(json.dumps(versions(), indent=1) + "\n", encoding="utf-8")
    assert json.loads(file.read_text(encoding="utf-8")) == versions()


@pytest.mark.parametrize("key", INPUTS)
def test_the_figure_looks_as_it_did(key: str, invented: Any, accepting: bool) -> None:
    given = INPUTS[key](invented)
    found = picture(FIGURES[key].function(*given) if isinstance(given, tuple) else FIGURES[key].function(given))
    file = BASELINE / f"{key}.png"
    if accepting and not (file.is_file() and differing(found, Image.open(file).convert("RGB")).sum() <= ALLOWED):
        found.save(file, optimize=True)
    assert file.is_file(), f"{key} has no picture on file; look at the figure, then: make accept-images"
    expected = Image.open(file).convert("RGB")
    count = int(differing(found, expected).sum())
    if count > ALLOWED:
        FOUND.mkdir(parents=True, exist_ok=True)
        sheet(expected, found).save(FOUND / f"{key}.png")
    assert count <= ALLOWED, f"{count} pixels of {key} differ: see build/images/{key}.png; if meant: make accept-images"


def test_a_changed_digit_is_seen_and_rounding_is_not() -> None:
    figure = FIGURES["forest"].function(saved("pooled"))
    base = picture(figure)
    assert ">100%<" in figure.svg
    assert differing(base, picture(replace(figure, svg=figure.svg.replace(">100%<", ">101%<")))).sum() > ALLOWED
    assert (
        differing(base, picture(replace(figure, svg=figure.svg.replace('viewBox="0 0 ', 'viewBox="0 0.001 ')))).sum()
        == 0
    )
    assert differing(base, base.crop((0, 0, 10, 10))).all()

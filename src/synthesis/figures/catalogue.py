"""Every figure there is. A new figure is a module of its own and an entry here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from synthesis.document.elements import Figure
from synthesis.figures import style
from synthesis.figures.baujat import baujat_plot
from synthesis.figures.before_after import arrange as before_after_layout
from synthesis.figures.before_after import before_after
from synthesis.figures.bubble import bubble_plot
from synthesis.figures.cumulative_forest import arrange as cumulative_forest_layout
from synthesis.figures.cumulative_forest import cumulative_forest
from synthesis.figures.effect_direction import arrange as effect_direction_layout
from synthesis.figures.effect_direction import effect_direction
from synthesis.figures.forest import arrange as forest_layout
from synthesis.figures.forest import forest
from synthesis.figures.funnel import funnel
from synthesis.figures.gap_map import gap_map
from synthesis.figures.gosh import gosh_plot
from synthesis.figures.influence import influence_plot
from synthesis.figures.labbe import labbe_plot
from synthesis.figures.leave_one_out import arrange as leave_one_out_layout
from synthesis.figures.leave_one_out import leave_one_out
from synthesis.figures.paging import Listed, pages_of, refuse
from synthesis.figures.prisma_flow import prisma_flow
from synthesis.figures.radial import radial_plot
from synthesis.figures.rob_summary import rob_summary
from synthesis.figures.rob_traffic_light import arrange as rob_traffic_light_layout
from synthesis.figures.rob_traffic_light import rob_traffic_light
from synthesis.figures.specification_curve import arrange as specification_curve_layout
from synthesis.figures.specification_curve import specification_curve
from synthesis.figures.timeline import timeline
from synthesis.figures.trim_and_fill import trim_and_fill_plot
from synthesis.registry import Registry


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureKind:
    """A figure: its key, what it is called, what it needs, its function, and what its text alternative says.

    ``layout`` arranges what the function draws, with the same arguments, where a list of any length may go over pages.
    """

    key: str
    title: str
    needs: str
    function: Callable[..., Figure] = field(repr=False)
    alt: str
    layout: Callable[..., Listed] | None = field(default=None, repr=False)


FIGURES = Registry(
    "figure",
    (
        FigureKind(
            key="forest",
            title="Forest plot",
            needs="an analysis with at least one pooled study",
            function=forest,
            layout=forest_layout,
            alt="number of studies, range of estimates and the sides they lie on, pooled result with interval and "
            "position against no difference, prediction interval, the other model, heterogeneity",
        ),
        FigureKind(
            key="leave-one-out",
            title="Leave-one-out plot",
            needs="an analysis with at least two pooled studies",
            function=leave_one_out,
            layout=leave_one_out_layout,
            alt="the result of all studies, the range of results with one left out, and which omission changes "
            "whether the interval includes no difference",
        ),
        FigureKind(
            key="cumulative-forest",
            title="Cumulative forest plot",
            needs="an analysis with at least two pooled studies",
            function=cumulative_forest,
            layout=cumulative_forest_layout,
            alt="the first study alone, the result of all, and which study changed whether the interval includes no "
            "difference",
        ),
        FigureKind(
            key="specification-curve",
            title="Specification curve",
            needs="an analysis whose question declares choices that could have been made otherwise",
            function=specification_curve,
            layout=specification_curve_layout,
            alt="how many equivalent analyses agree with the conclusion, what those that do not have in common, and "
            "the range of estimates",
        ),
        FigureKind(
            key="funnel",
            title="Funnel plot with significance contours",
            needs="an analysis with at least two pooled studies; fewer than ten carry a caution",
            function=funnel,
            alt="the most and least precise study, how many studies lie on each side of the pooled result and how "
            "many where p is above 0.05",
        ),
        FigureKind(
            key="trim-and-fill",
            title="Trim-and-fill funnel plot",
            needs="an analysis and what trim and fill makes of its effects",
            function=trim_and_fill_plot,
            alt="how many studies are imputed and on which side, and the pooled result without and with them",
        ),
        FigureKind(
            key="labbe",
            title="L’Abbé plot",
            needs="an analysis with at least one pooled study that counted events on both sides",
            function=labbe_plot,
            alt="the range of risks on each side, in how many studies the outcome was more frequent, the pooled result",
        ),
        FigureKind(
            key="influence",
            title="Influence plot",
            needs="the diagnosis of an analysis",
            function=influence_plot,
            alt="which studies are influential, the largest residual, Cook’s distance and weight",
        ),
        FigureKind(
            key="baujat",
            title="Baujat plot",
            needs="the diagnosis of an analysis",
            function=baujat_plot,
            alt="which study adds most to the heterogeneity and which moves the pooled result most",
        ),
        FigureKind(
            key="radial",
            title="Radial (Galbraith) plot",
            needs="the diagnosis of an analysis",
            function=radial_plot,
            alt="the pooled result, the most precise study, and which studies lie outside the expected band",
        ),
        FigureKind(
            key="gosh",
            title="Plot of every subset (GOSH)",
            needs="an analysis and pooled subsets of its effects",
            function=gosh_plot,
            alt="how many subsets, the median and spread of their results, with and without one study if it is named",
        ),
        FigureKind(
            key="bubble",
            title="Bubble plot of a meta-regression",
            needs="a meta-regression of an analysis",
            function=bubble_plot,
            alt="the range of the moderator, the mean effect at either end, the slope with its interval and p value",
        ),
        FigureKind(
            key="effect-direction",
            title="Effect-direction plot",
            needs="an analysis with results shown as directions",
            function=effect_direction,
            layout=effect_direction_layout,
            alt="how many results point each way, by study, and the range of printed ratios",
        ),
        FigureKind(
            key="rob-traffic-light",
            title="Risk of bias by study",
            needs="judgements of risk of bias, made or still to be made",
            function=rob_traffic_light,
            layout=rob_traffic_light_layout,
            alt="studies, domains and tool, and which studies have which overall judgement",
        ),
        FigureKind(
            key="rob-summary",
            title="Risk of bias in summary",
            needs="judgements of risk of bias, made or still to be made",
            function=rob_summary,
            alt="the share of the evidence at each level, for the whole and for each domain",
        ),
        FigureKind(
            key="prisma-flow",
            title="PRISMA 2020 flow diagram",
            needs="a flow of studies",
            function=prisma_flow,
            alt="which counts are not recorded, and every count that is",
        ),
        FigureKind(
            key="gap-map",
            title="Evidence gap map",
            needs="evidence with studies",
            function=gap_map,
            alt="for each intervention how many trials and other studies there are, and the outcomes without any",
        ),
        FigureKind(
            key="timeline",
            title="Timeline of sources",
            needs="evidence with sources",
            function=timeline,
            alt="every source by kind with its year, and which was replaced by which",
        ),
        FigureKind(
            key="before-after",
            title="Conclusions before and after",
            needs="a change report",
            function=before_after,
            layout=before_after_layout,
            alt="how many conclusions changed and in which way, and the numbers before and now of each that did",
        ),
    ),
)


def figure_pages(
    figure: Callable[..., Figure], *given: Any, page_height: float = style.PAGE_HEIGHT, **options: Any
) -> tuple[Figure, ...]:
    """A figure with a row for each of many things, over as many pages as it takes.

    Every page has the headings, the key and the axis; what stands below the rows is on the last.

    Parameters
    ----------
    figure : function
        Such as ``syn.leave_one_out_plot``; one whose rows are a list of any length.
    *given, **options
        What the function takes.
    page_height : float
        Room for one figure in points.

    Returns
    -------
    tuple of Figure
        At least one. A notebook shows them with ``display(*syn.figure_pages(syn.leave_one_out_plot, analysis))``.

    Raises
    ------
    UsageError
        If the figure has no rows, and as the function itself.
    """
    listed = {kind.function: kind for kind in FIGURES.values() if kind.layout is not None}
    kind = listed.get(figure)
    if kind is None or kind.layout is None:
        raise refuse(figure, [function.__name__ for function in listed])
    picture = kind.layout(*given, **options).plot
    return pages_of(figure(*given, **options), picture, kind.title, page_height)

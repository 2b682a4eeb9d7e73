"""A forest plot of more studies than fit on a page: several figures with the same columns and the same axis."""

from __future__ import annotations

from synthesis.analysis.model import Analysis, ModelKey
from synthesis.analysis.subgroups import StudyGroups
from synthesis.certainty.judgements import Judgements
from synthesis.document.elements import Figure
from synthesis.figures import style
from synthesis.figures.catalogue import figure_pages
from synthesis.figures.forest import forest


def forest_pages(
    analysis: Analysis,
    *,
    model: ModelKey = "plan",
    variant: str | None = None,
    bias: Judgements | None = None,
    per_thousand: bool = False,
    groups: StudyGroups | None = None,
    page_height: float = style.PAGE_HEIGHT,
) -> tuple[Figure, ...]:
    """A forest plot over as many pages as it takes; results and notes are on the last.

    Parameters
    ----------
    analysis, model, variant, bias, per_thousand, groups
        As for ``forest``.
    page_height : float
        Room for one figure in points.

    Returns
    -------
    tuple of Figure
        At least one. A notebook shows them all with ``display(*forest_pages(analysis))``.

    Raises
    ------
    UsageError, UnknownKeyError
        As ``forest``.
    """
    return figure_pages(
        forest, analysis, model=model, variant=variant, bias=bias, per_thousand=per_thousand, groups=groups,
        page_height=page_height,
    )  # fmt: skip

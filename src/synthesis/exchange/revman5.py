"""Review Manager 5 files (.rm5): one XML document with studies, risk of bias and analyses."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from synthesis.errors import ImportProblem
from synthesis.exchange.bibliography.model import clean, date_in, doi_in, pages, person, tidy
from synthesis.exchange.csv_reading import number
from synthesis.exchange.reading import safe_name, xml_root
from synthesis.exchange.review import (
    BiasMark,
    Direction,
    Group,
    Losses,
    Review,
    ReviewAnalysis,
    ReviewStudy,
    Row,
    with_non_events,
)

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

MEASURES = {"OR": "OR", "RR": "RR", "RD": "RD", "PETO_OR": "PETO", "MD": "MD", "SMD": "SMD", "HR": "HR"}
_KINDS = ("DICH", "CONT", "IV", "IPD")
_REFERENCE_TYPES = {"BOOK": "book", "BOOK_SECTION": "chapter", "JOURNAL_ARTICLE": "article-journal"}

# Attributes that are carried, or say nothing a record could miss: ids, order, and what follows from the rest.
_CARRIED = frozenset(
    {
        "ID", "NAME", "YEAR", "NO", "STUDY_ID", "EVENTS_1", "EVENTS_2", "TOTAL_1", "TOTAL_2", "MEAN_1", "MEAN_2",
        "SD_1", "SD_2", "ESTIMATE", "SE", "EFFECT_MEASURE", "RANDOM", "METHOD", "CI_TOTAL", "EFFECT_SIZE", "CI_START",
        "CI_END", "LOG_DATA", "UNITS", "RESULT", "TYPE", "VALUE", "O_E", "VAR", "ORDER", "STUDIES", "DF", "CHI2", "Z",
        "P_Z", "P_CHI2", "I2", "I2_Q", "P_Q", "Q", "TAU2", "WEIGHT", "LOG_EFFECT_SIZE", "LOG_CI_START", "LOG_CI_END",
        "CALCULATED_DATA", "PRIMARY", "ESTIMABLE", "SWAP_EVENTS",
    }
)  # fmt: skip
_DISPLAY = frozenset({"SORT_BY", "SCALE", "TOTALS", "SUBGROUPS", "SUBGROUP_TEST", "CI_STUDY", "UNITS_TYPE"})
# About the file and not the evidence.
_HOUSEKEEPING = frozenset({"MODIFIED", "MODIFIED_BY", "REVMAN_VERSION", "REVMAN_SUB_VERSION", "CODE", "LEVEL", "ROLE"})
_USED_TEXT = frozenset(
    {
        "NAME", "GROUP_LABEL_1", "GROUP_LABEL_2", "GRAPH_LABEL_1", "GRAPH_LABEL_2", "FOOTNOTE", "AU", "TI", "SO",
        "YR", "VL", "NO", "PG", "CHAR_METHODS", "CHAR_PARTICIPANTS", "CHAR_INTERVENTIONS", "CHAR_OUTCOMES",
        "CHAR_NOTES",
    }
)  # fmt: skip


def looks(data: bytes, name: str) -> bool:
    """Whether a file begins like a review of Review Manager 5."""
    return b"<COCHRANE_REVIEW" in data[:5_000]


def read(data: bytes, name: str) -> Review:
    """The review in an .rm5 file.

    Raises
    ------
    ImportProblem
        If it is not well-formed, or a number in it is not a number.
    """
    root, remark = xml_root(data, name)
    if root.tag != "COCHRANE_REVIEW":
        raise ImportProblem(f"{name} is no review of Review Manager 5: it begins with {safe_name(root.tag)}")
    losses = Losses()
    _note_the_rest(root, losses)
    bias = _bias(root)
    about = {item.get("STUDY_ID", ""): _about(item) for item in root.iter("INCLUDED_CHAR")}
    included = root.find("STUDIES_AND_REFERENCES/STUDIES/INCLUDED_STUDIES")
    studies = (
        [_study(item, about, bias, losses) for item in included if item.tag == "STUDY"] if included is not None else []
    )
    names = {item.get("ID", ""): _name(item) for item in root.iter("STUDY")}
    analyses = [
        _analysis(outcome, comparison, names, name, losses)
        for comparison in root.iter("COMPARISON")
        for outcome in comparison
        if outcome.tag.removesuffix("_OUTCOME") in _KINDS
    ]
    for outcome in root.iter("OTHER_OUTCOME"):
        losses.add("OTHER_OUTCOME", _text(outcome.find("NAME")), "results in words, without numbers to pool")
    return Review(
        title=_text(root.find("COVER_SHEET/TITLE")) or name,
        file=name,
        studies=tuple(studies),
        analyses=tuple(analyses),
        lost=losses.found(),
        remarks=(remark,) if remark else (),
    )


def _text(element: Element | None) -> str:
    return clean(" ".join(element.itertext())) if element is not None else ""


def _name(study: Element) -> str:
    return clean(study.get("NAME", "")) or clean(study.get("ID", "")) or "Unnamed study"


def _study(
    study: Element, about: dict[str, dict[str, str]], bias: dict[str, list[BiasMark]], losses: Losses
) -> ReviewStudy:
    key = study.get("ID", "")
    references = study.findall("REFERENCE")
    for _ in references[1:]:
        losses.add("REFERENCE", key, "a study's first reference is carried; add the others with synthesis add study")
    year = date_in(study.get("YEAR", "")) or date_in(_name(study))
    return ReviewStudy(
        name=_name(study),
        year=int(year[:4]) if year else None,
        place=key,
        about=about.get(key, {}),
        reference=_reference(references[0]) if references else {},
        bias=tuple(bias.get(key, ())),
    )


def _reference(element: Element) -> dict[str, object]:
    identifiers = {item.get("TYPE", ""): item.get("VALUE", "") for item in element.iter("IDENTIFIER")}
    people = [person(name) for name in re.split(r"[;,]\s*", _text(element.find("AU"))) if name]
    pmid = identifiers.get("PUBMED", "") or identifiers.get("MEDLINE", "")
    return tidy(
        {
            "type": _REFERENCE_TYPES.get(element.get("TYPE", ""), "article-journal"),
            "title": _text(element.find("TI")).removesuffix("."),
            "author": [found for found in people if found and found != {"literal": "et al"}],
            "container_title": _text(element.find("SO")),
            "issued": date_in(_text(element.find("YR"))),
            "volume": _text(element.find("VL")),
            "issue": _text(element.find("NO")),
            "page": pages(_text(element.find("PG")), None),
            "doi": doi_in(identifiers.get("DOI", "")),
            "pmid": pmid if re.fullmatch(r"[0-9]{1,9}", pmid) else None,
        }
    )


def _about(element: Element) -> dict[str, str]:
    found = {item.tag.removeprefix("CHAR_").lower(): _text(item) for item in element}
    return {key: value for key, value in found.items() if value}


def _bias(root: Element) -> dict[str, list[BiasMark]]:
    words = {"YES": "low", "NO": "high", "UNKNOWN": "unclear"}
    found: dict[str, list[BiasMark]] = {}
    for item in root.iter("QUALITY_ITEM"):
        for entry in item.iter("QUALITY_ITEM_DATA_ENTRY"):
            result = entry.get("RESULT", "")
            mark = BiasMark(
                domain=_text(item.find("NAME")), level=words.get(result, result.lower()),
                support=_text(entry.find("DESCRIPTION")),
            )  # fmt: skip
            found.setdefault(entry.get("STUDY_ID", ""), []).append(mark)
    return found


def _analysis(
    outcome: Element, comparison: Element, names: dict[str, str], file: str, losses: Losses
) -> ReviewAnalysis:
    kind = outcome.tag.removesuffix("_OUTCOME")
    title, about = _text(outcome.find("NAME")), f"{comparison.get('NO', '')}.{outcome.get('NO', '')}"
    measure = outcome.get("EFFECT_MEASURE", "")
    if measure not in MEASURES:
        # Analyses of single patients' data and generic ones may name their measure in words.
        known = {"ODDS RATIO": "OR", "RISK RATIO": "RR", "HAZARD RATIO": "HR", "MEAN DIFFERENCE": "MD"}
        measure = known.get(measure.upper().replace("_", " "), "HR" if kind == "IPD" else "MD")
        losses.add("EFFECT_MEASURE", about, f"{outcome.get('EFFECT_MEASURE')!r} is not known; taken for {measure}")
    ratio = measure in {"OR", "RR", "PETO_OR", "HR"}
    rows = tuple(_rows(outcome, kind, names, f"{file}, analysis {about}", losses, ratio=ratio))
    level = number(outcome.get("CI_TOTAL", ""), about, "CI_TOTAL")
    model: Literal["common", "random"] = "random" if outcome.get("RANDOM") == "YES" else "common"
    method = {"MH": "mantel-haenszel", "PETO": "peto"}.get(outcome.get("METHOD", "IV"), "inverse-variance")
    return ReviewAnalysis(
        number=about,
        title=title or f"Analysis {about}",
        comparison=_text(comparison.find("NAME")),
        measure=MEASURES.get(measure, measure),
        method=method,
        model=model,
        level=level / 100 if level and 50 <= level < 100 else 0.95,
        experimental=_text(outcome.find("GROUP_LABEL_1")) or "Experimental",
        control=_text(outcome.find("GROUP_LABEL_2")) or "Control",
        published=_published(outcome, about),
        good=_good(outcome),
        unit=clean(outcome.get("UNITS", "")),
        rows=rows,
    )


def _published(outcome: Element, about: str) -> tuple[float, float, float] | None:
    found = [number(outcome.get(name, ""), about, name) for name in ("EFFECT_SIZE", "CI_START", "CI_END")]
    if outcome.get("TOTALS") == "NO" or outcome.get("ESTIMABLE") == "NO" or None in found:
        return None
    estimate, low, high = (value for value in found if value is not None)
    return estimate, low, high


def _good(outcome: Element) -> Direction | None:
    """Small values stand on the left of a graph; the label there says whom they favour."""
    left = _text(outcome.find("GRAPH_LABEL_1")).lower()
    own = _text(outcome.find("GROUP_LABEL_1")).lower()
    if not left.startswith("favours"):
        return None
    favoured = left.removeprefix("favours").strip(" []")
    if favoured in {"experimental", "treatment", "intervention", own}:
        return "lower-better"
    return "higher-better" if favoured in {"control", _text(outcome.find("GROUP_LABEL_2")).lower()} else None


def _rows(
    outcome: Element, kind: str, names: dict[str, str], file: str, losses: Losses, *, ratio: bool
) -> Iterator[Row]:
    for item, subgroup in _data(outcome, kind):
        key = item.get("STUDY_ID", "")
        place = f"{file}, {kind}_DATA of {key}" + (f", subgroup {subgroup}" if subgroup else "")
        row = Row(
            study=names.get(key, clean(key) or "Unnamed study"),
            place=place,
            subgroup=subgroup,
            note=_text(item.find("FOOTNOTE")),
        )

        def value(name: str, item: Element = item, place: str = place) -> float | None:
            return number(item.get(name, ""), place, name)

        if kind in {"DICH", "CONT"}:
            sides = [_side(kind, value, side) for side in ("1", "2")]
            if None in sides:
                losses.add(f"{kind}_DATA", place, "a number of a group is missing")
                continue
            row = replace(row, experimental=sides[0], control=sides[1])
            yield with_non_events(row) if outcome.get("SWAP_EVENTS") == "YES" else row
        else:
            estimate, se = _effect(kind, value, ratio)
            if estimate is None or se is None or se <= 0:
                losses.add(f"{kind}_DATA", place, "the effect or its standard error is missing")
                continue
            yield replace(row, estimate=estimate, se=se)


def _side(kind: str, value: object, side: str) -> Group | None:
    assert callable(value)
    n = value(f"TOTAL_{side}")
    if kind == "DICH":
        events = value(f"EVENTS_{side}")
        return None if n is None or events is None else Group(n=n, events=events)
    mean, sd = value(f"MEAN_{side}"), value(f"SD_{side}")
    return None if n is None or mean is None else Group(n=n, mean=mean, sd=sd)


def _effect(kind: str, value: object, ratio: bool) -> tuple[float | None, float | None]:
    """Effect and standard error on the analysis scale; (O - E)/V and 1/sqrt(V) where those are given."""
    assert callable(value)
    if kind == "IPD":
        observed, variance = value("O_E"), value("VAR")
        return (None, None) if observed is None or not variance else (observed / variance, variance**-0.5)
    estimate, shown = value("ESTIMATE"), value("EFFECT_SIZE")
    if estimate is None and shown is not None:
        # What was entered is on the log scale for ratios; what is shown is not.
        estimate = shown if not ratio else math.log(shown) if shown > 0 else None
    return estimate, value("SE")


def _data(outcome: Element, kind: str) -> Iterator[tuple[Element, str]]:
    for item in outcome:
        if item.tag == f"{kind}_DATA":
            yield item, ""
        elif item.tag == f"{kind}_SUBGROUP":
            yield from ((inner, _text(item.find("NAME"))) for inner in item if inner.tag == f"{kind}_DATA")


def _note_the_rest(root: Element, losses: Losses) -> None:
    """Everything that says something and is not read above."""
    stack = [(root, "", False)]
    while stack:
        element, inside, used = stack.pop()
        tag = safe_name(element.tag)
        used = used or tag in _USED_TEXT or inside in {"QUALITY_ITEM", "QUALITY_ITEM_DATA_ENTRY", "COVER_SHEET/TITLE"}
        place = f"{inside}/{tag}" if inside else tag
        if (element.text or "").strip() and not used and tag != "TITLE":
            section = tag if tag not in {"P", "LI", "UL", "OL", "B", "I", "LINK", "HEADING"} else f"text in {inside}"
            losses.add(section, place)
        for name, value in element.attrib.items():
            if value.strip() and name not in _CARRIED | _HOUSEKEEPING and element is not root:
                why = "how the program shows it" if name in _DISPLAY else "records have no field for it"
                losses.add(f"{tag}@{name}", place, why)
        plain = tag if tag not in {"P", "LI", "UL", "OL", "B", "I", "LINK", "HEADING", "DESCRIPTION"} else inside
        stack += [(child, plain, used) for child in element if isinstance(child.tag, str)]

"""Records and results in the form of other programs."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from synthesis.analysis.flow import study_flow
from synthesis.analysis.model import Analysis
from synthesis.certainty.rob_tools import ROB_TOOLS
from synthesis.effects.measures import MEASURES
from synthesis.effects.model import EffectRow
from synthesis.evidence.base import Reference
from synthesis.evidence.collection import Evidence
from synthesis.evidence.study import Study
from synthesis.exchange import prisma_csv, revman_package, robvis_csv, workbook
from synthesis.exchange.review import Group, Review, ReviewAnalysis, ReviewStudy, Row
from synthesis.exchange.tables import EFFECT_COLUMNS, Cell, evidence_rows, to_csv

Files = dict[str, bytes]

EFFECTS = (
    "study", "year", "outcome", "measure", "experimental", "control", "ai", "n1i", "ci", "n2i", "m1i", "sd1i", "m2i",
    "sd2i", "yi", "vi", "doi",
)  # fmt: skip

# How our methods are called in metafor.
_TAU2 = {"REML": "REML", "DL": "DL", "PM": "PM", "ML": "ML", "EB": "EB", "SJ": "SJ", "HE": "HE", "HS": "HS"}
_TESTS = {"wald": "z", "hartung-knapp": "knha", "hartung-knapp-floored": "adhoc"}


def metafor(evidence: Evidence, analyses: Sequence[Analysis]) -> Files:
    """For each analysis a table of effects, and a script that pools them in R and compares with our result."""
    files: Files = {}
    for analysis in analyses:
        rows = _effects(evidence, analysis)
        if rows:
            used = [name for name in EFFECTS if any(row.get(name) is not None for row in rows)]
            files[f"{analysis.question}.csv"] = to_csv(rows, used).encode()
            files[f"{analysis.question}.R"] = _script(analysis).encode()
    return files


def _effects(evidence: Evidence, analysis: Analysis) -> list[dict[str, Cell]]:
    found = []
    for row in analysis.effects.rows:
        study = evidence.studies[row.study]
        cells: dict[str, Cell] = {
            "study": row.label, "year": study.year, "outcome": analysis.title, "measure": analysis.measure,
            "experimental": analysis.intervention, "control": analysis.comparator, "yi": row.yi, "vi": row.vi,
            "doi": study.reports[0].doi,
        }  # fmt: skip
        groups = _groups(row)
        if groups is not None:
            one, other = groups
            cells |= {"n1i": one.n, "n2i": other.n, "ai": one.events, "ci": other.events}
            cells |= {"m1i": one.mean, "sd1i": one.sd, "m2i": other.mean, "sd2i": other.sd}
        found.append(cells)
    return found


def _groups(row: EffectRow) -> tuple[Group, Group] | None:
    """Both groups, if the effect was computed from their counts or means as they stand."""
    if row.route not in {"counts", "means"}:
        return None
    found = []
    for side in (row.intervention, row.comparator):
        if side is None or side.n is None or (side.events is None and (side.mean is None or side.sd is None)):
            return None
        found.append(Group(n=side.n, events=side.events, mean=side.mean, sd=side.sd))
    return found[0], found[1]


def _script(analysis: Analysis) -> str:
    pooled = analysis.pooled
    assert pooled is not None
    common = pooled.model == "common"
    method = '"EE"' if common else json.dumps(_TAU2.get(pooled.tau2.method, pooled.tau2.method))
    test = _TESTS.get(pooled.ci.method, pooled.ci.method)
    natural = "exp" if MEASURES[analysis.measure].scale == "log" else "identity"
    return f"""# {json.dumps(analysis.title, ensure_ascii=False)[1:-1]}
# Needs R with the package metafor. Run in the folder of the table: Rscript {analysis.question}.R
library(metafor)
dat <- read.csv("{analysis.question}.csv")
fit <- rma(yi, vi, data = dat, slab = study, method = {method}, test = "{test}", level = {pooled.ci.level * 100:g},
           control = list(threshold = 1e-10, maxiter = 1000))
print(fit)
print(predict(fit, transf = {natural}))
# What synthesis found, on the analysis scale ({analysis.measure}, {MEASURES[analysis.measure].scale}):
ours <- c({pooled.estimate!r}, {pooled.ci.low!r}, {pooled.ci.high!r})
stopifnot(max(abs(c(coef(fit), fit$ci.lb, fit$ci.ub) - ours)) < 1e-5)
cat("The same result.\\n")
"""


def revman(evidence: Evidence, analyses: Sequence[Analysis]) -> Files:
    """A data package with every analysis that pools something."""
    return {"synthesis.zip": revman_package.write(as_review(evidence, analyses), "synthesis")}


def as_review(evidence: Evidence, analyses: Sequence[Analysis]) -> Review:
    """What other review programs hold of our results: analyses with their rows, and the studies in them."""
    found = []
    for number, analysis in enumerate((item for item in analyses if item.effects.rows), start=1):
        pairs = [_groups(row) for row in analysis.effects.rows]
        kinds = {None if pair is None else pair[0].events is not None for pair in pairs}
        # A table has rows of one kind: where groups are not known for all, all are effects.
        rows = tuple(
            _as_row(row, pair if len(kinds) == 1 else None)
            for row, pair in zip(analysis.effects.rows, pairs, strict=True)
        )
        pooled = analysis.pooled
        assert pooled is not None
        natural = MEASURES[analysis.measure].to_natural
        found.append(ReviewAnalysis(
            number=f"1.{number}", title=analysis.title, comparison=f"{analysis.intervention} and {analysis.comparator}",
            measure=analysis.measure, experimental=analysis.intervention, control=analysis.comparator,
            model=pooled.model, tau2=pooled.tau2.method if pooled.model == "random" else "DL",
            interval="hartung-knapp" if pooled.ci.method == "hartung-knapp" else "wald", level=pooled.ci.level,
            published=(natural(pooled.estimate), natural(pooled.ci.low), natural(pooled.ci.high)), rows=rows,
        ))  # fmt: skip
    studies = [_as_study(study) for study in _used(evidence, analyses)]
    return Review(title="synthesis", file="synthesis", studies=tuple(studies), analyses=tuple(found))


def _as_row(row: EffectRow, groups: tuple[Group, Group] | None) -> Row:
    if groups is None:
        return Row(study=row.label, place=row.result, estimate=row.yi, se=row.sei)
    return Row(study=row.label, place=row.result, experimental=groups[0], control=groups[1])


def _as_study(study: Study) -> ReviewStudy:
    about = {"methods": study.design_as_described, "participants": study.population}
    return ReviewStudy(name=study.label, year=study.year, place=study.id, about=about)


def _used(evidence: Evidence, analyses: Sequence[Analysis]) -> list[Study]:
    """Studies in the analyses, pooled or not, in order of id."""
    names = {row.study for analysis in analyses for row in analysis.effects.rows}
    names |= {item.study for analysis in analyses for item in analysis.directions}
    return [evidence.studies[name] for name in sorted(names)]


def robvis(evidence: Evidence, analyses: Sequence[Analysis]) -> Files:
    """A table of judgements for each tool that somebody has used on these studies."""
    files: Files = {}
    for tool in ROB_TOOLS.values():
        rows = robvis_csv.rows(_used(evidence, analyses), tool)
        if rows:
            files[f"{tool.key}.csv"] = to_csv(rows, robvis_csv.columns(tool)).encode()
    return files


def prisma(evidence: Evidence, analyses: Sequence[Analysis]) -> Files:
    """The flow of studies; counts of a search that is not recorded are NA."""
    return {"prisma.csv": prisma_csv.written(study_flow(evidence, analyses)).encode()}


def _references(evidence: Evidence, analyses: Sequence[Analysis]) -> list[tuple[str, Reference]]:
    return [
        (study.id if report.id == "main" else f"{study.id}-{report.id}", report)
        for study in _used(evidence, analyses)
        for report in study.reports
    ]


def csl_json(evidence: Evidence, analyses: Sequence[Analysis]) -> Files:
    """Every report of the studies in the analyses as CSL-JSON."""
    items = [reference.csl(key) for key, reference in _references(evidence, analyses)]
    return {"references.json": (json.dumps(items, indent=1, ensure_ascii=False) + "\n").encode()}


def ris(evidence: Evidence, analyses: Sequence[Analysis]) -> Files:
    """Every report of the studies in the analyses as RIS."""
    return {"references.ris": "".join(_ris(key, item) for key, item in _references(evidence, analyses)).encode()}


_RIS_TYPES = {"article-journal": "JOUR", "report": "RPRT", "book": "BOOK", "chapter": "CHAP", "webpage": "ELEC",
              "legislation": "STAT", "thesis": "THES"}  # fmt: skip


def _ris(key: str, item: Reference) -> str:
    first, _, last = (item.page or "").partition("-")
    names = [one.literal or ", ".join(part for part in (one.family, one.given) if part) for one in item.author]
    lines: list[tuple[str, str | None]] = [("TY", _RIS_TYPES[item.type]), ("ID", key), ("TI", item.title)]
    lines += [("AU", name) for name in names]
    lines += [
        ("T2", item.container_title), ("PY", (item.issued or "")[:4]), ("DA", (item.issued or "").replace("-", "/")),
        ("VL", item.volume), ("IS", item.issue), ("SP", first), ("EP", last), ("PB", item.publisher),
        ("CY", item.publisher_place), ("DO", item.doi), ("AN", item.pmid), ("C2", item.pmcid), ("UR", item.url),
        ("N1", item.note), ("ER", ""),
    ]  # fmt: skip
    return "".join(f"{tag}  - {' '.join((text or '').split())}\n" for tag, text in lines if text or tag == "ER") + "\n"


def excel(evidence: Evidence, analyses: Sequence[Analysis]) -> Files:
    """A workbook: effects, results, everything that was left out or varied, studies, judgements of bias."""
    effects = [row for analysis in analyses for row in _effects(evidence, analysis)]
    results: list[dict[str, Cell]] = [_result(analysis) for analysis in analyses if analysis.pooled is not None]
    studies: list[dict[str, Cell]] = [
        {
            "id": study.id, "label": study.label, "year": study.year, "design": study.design,
            "countries": ", ".join(study.countries), "setting": study.setting, "population": study.population,
            "participants": study.participants.value if study.participants else None,
            "title": study.reports[0].title, "doi": study.reports[0].doi, "pmid": study.reports[0].pmid,
        }
        for study in _used(evidence, analyses)
    ]  # fmt: skip
    sheets: dict[str, tuple[Sequence[str], Sequence[Mapping[str, Cell]]]] = {
        "effects": (EFFECTS, effects),
        "results": (list(results[0]) if results else ["question"], results),
        "studies": (list(studies[0]) if studies else ["id"], studies),
        "all analyses": (list(EFFECT_COLUMNS), evidence_rows(evidence, analyses)),
    }
    for tool in ROB_TOOLS.values():
        rows = robvis_csv.rows(_used(evidence, analyses), tool)
        if rows:
            sheets[tool.key] = (robvis_csv.columns(tool), rows)
    return {"synthesis.xlsx": workbook.written(sheets)}


def _result(analysis: Analysis) -> dict[str, Cell]:
    pooled = analysis.pooled
    assert pooled is not None
    natural = MEASURES[analysis.measure].to_natural
    return {
        "question": analysis.question, "title": analysis.title, "measure": analysis.measure, "model": pooled.model,
        "studies": pooled.k, "participants": pooled.n, "estimate": natural(pooled.estimate),
        "low": natural(pooled.ci.low), "high": natural(pooled.ci.high), "interval": pooled.ci.method,
        "tau2": pooled.tau2.value, "i2": pooled.heterogeneity.i2, "certainty": analysis.certainty.level,
    }  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Something results consist of, and how to see whether it is there."""

    label: str
    there: Callable[[Evidence, Sequence[Analysis]], bool]


def parts_there(evidence: Evidence, analyses: Sequence[Analysis]) -> list[str]:
    """Keys of the parts that these results have."""
    return [key for key, part in PARTS.items() if part.there(evidence, analyses)]


def _any(test: Callable[[Analysis], Any]) -> Callable[[Evidence, Sequence[Analysis]], bool]:
    return lambda _, analyses: any(test(analysis) for analysis in analyses)


PARTS: Mapping[str, Part] = {
    "effects": Part(label="effects of studies", there=_any(lambda item: item.effects.rows)),
    "groups": Part(label="counts and means of groups", there=_any(lambda item: any(map(_groups, item.effects.rows)))),
    "pooled": Part(label="pooled results", there=_any(lambda item: item.pooled)),
    "directions": Part(label="results in words, with their direction", there=_any(lambda item: item.directions)),
    "left-out": Part(label="what was left out, with reasons", there=_any(lambda item: item.effects.excluded)),
    "variants": Part(label="sensitivity analyses", there=_any(lambda item: item.variants)),
    "steps": Part(label="conversion steps", there=_any(lambda item: any(row.steps for row in item.effects.rows))),
    "certainty": Part(label="certainty and its reasons", there=_any(lambda item: item.certainty.level)),
    "quotations": Part(label="places and quotations", there=_any(lambda item: item.effects.rows or item.directions)),
    "bias": Part(
        label="judgements of risk of bias",
        there=lambda evidence, analyses: any(study.risk_of_bias for study in _used(evidence, analyses)),
    ),
    "references": Part(label="references", there=lambda evidence, analyses: bool(_used(evidence, analyses))),
}

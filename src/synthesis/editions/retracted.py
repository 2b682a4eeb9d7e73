"""Retracted studies hold up an edition until somebody has decided; results with and without them are shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from synthesis.analysis.model import Analysis
from synthesis.analysis.run import analyse
from synthesis.briefing.facts import facts_of
from synthesis.errors import EditionError
from synthesis.evidence.collection import Evidence
from synthesis.evidence.question import Briefing
from synthesis.evidence.retractions import FILE, Named, named_in, read_retractions
from synthesis.formatting import plural
from synthesis.tables.sentences import meaning


def check_retractions(evidence: Evidence, folder: Path, briefing: Briefing) -> None:
    """Refuse to go on while a study that enters a result is on the list and nobody has decided about it.

    Parameters
    ----------
    evidence : Evidence
        What the edition is made from.
    folder : Path
        The evidence folder, which holds the list.
    briefing : Briefing
        Its questions are asked with and without the study.

    Raises
    ------
    EditionError
        With each such study, and what each question says with it and without it.
    """
    lines = list(undecided(evidence, folder, briefing))
    if lines:
        raise EditionError("studies on the list of retractions need a decision\n" + "\n".join(lines))


def undecided(evidence: Evidence, folder: Path, briefing: Briefing) -> Iterator[str]:
    """What to say of each study on the list that nobody has decided about."""
    for named in named_in(evidence, read_retractions(folder)):
        notice = named.notice
        yield (
            f"studies/{named.study}.yaml: report {named.report} ({named.doi or 'PubMed ' + notice.pmid}) has a notice: "
            f"{notice.nature.lower()}, {notice.date} ({FILE}:{notice.line})"
        )
        yield from _with_and_without(evidence, named, briefing)
        yield (
            "  read the notice, then add a concern of kind retraction to the record, with a decision: use (keep or "
            "exclude), reason, by, on"
        )


def _with_and_without(evidence: Evidence, named: Named, briefing: Briefing) -> Iterator[str]:
    without = _without(evidence, named.study)
    entered = False
    for key in briefing.questions:
        analysis = analyse(evidence, key)
        if named.study not in _studies(analysis):
            continue
        entered = True
        yield f"  {key} with it: {_result(evidence, analysis)}"
        yield f"  {key} without it: {_result(without, analyse(without, key))}"
    if not entered:
        yield "  it enters no result of this briefing"


def _result(evidence: Evidence, analysis: Analysis) -> str:
    """The pooled effect as it is printed, or what is said where nothing is pooled."""
    fact = facts_of(evidence, (analysis,)).get(f"{analysis.question}.effect")
    return meaning(analysis) if fact is None else f"{fact.text}, {plural(len(analysis.effects), 'study', 'studies')}"


def _studies(analysis: Analysis) -> set[str]:
    return {row.study for row in analysis.effects} | {item.study for item in analysis.directions}


def _without(evidence: Evidence, study: str) -> Evidence:
    files = {name: file for name, file in evidence.files.items() if name != f"studies/{study}.yaml"}
    return replace(evidence, files=MappingProxyType(files))

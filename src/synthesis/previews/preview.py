"""What a change does to a briefing: the working tree beside a git reference, compared and gathered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import synthesis
from synthesis.analysis.model import Analysis
from synthesis.briefing.states import State, analyses_of, change_report
from synthesis.changes.model import ChangeReport, Version
from synthesis.changes.records import differences
from synthesis.errors import EvidenceError, UnknownKeyError, UsageError
from synthesis.previews.blocked import failing_claims, stale_judgements, stale_relations
from synthesis.previews.entries import study_previews
from synthesis.previews.forest_text import forest_text
from synthesis.previews.held import held_now
from synthesis.previews.model import Preview
from synthesis.previews.places import WORKING_TREE, revision
from synthesis.previews.revisions import commit_of, differs, merge_base, named


def preview(root: Path, briefing: str, against: str | None = None) -> Preview:
    """What the working tree does to a briefing, compared with a git reference.

    Parameters
    ----------
    root : Path
        The project's folder.
    briefing : str
    against : str or None
        None for the commit at which this branch left the main one.

    Raises
    ------
    UsageError
        If there is no git, no repository, or no such reference.
    """
    commit = merge_base(root) if against is None else commit_of(root, against)
    if commit is None:
        raise UsageError(f"{against!r} is no git reference; name a branch, a tag or a commit")
    name = f"the merge base with main, {named(root, commit)}" if against is None else named(root, against)
    before = _before(root, briefing, commit, name)
    held = held_now(root, briefing, Version(name=WORKING_TREE), before)
    after, evidence = held.state, held.state.evidence
    checked = f"{len(evidence.studies)} studies, {len(evidence.sources)} sources, {len(evidence.questions)} questions"
    if before is not None and same_state(before, after):
        report = ChangeReport(briefing=briefing, before=before.version, after=after.version)
        return Preview(
            title=after.briefing.title, report=report, checked=checked, problems=held.problems, aside=dict(held.aside),
            impact=False, forests={},
        )  # fmt: skip
    now = analyses_of(after)
    then = {} if before is None else analyses_of(before, now, after)
    report = change_report(before, after, now, then)
    if differs(root, commit, Path(synthesis.__file__).parent):
        note = "The program itself differs between the two; both sides were computed with the one that runs."
        report = replace(report, notes=(*report.notes, note))
    return Preview(
        title=after.briefing.title, report=report, checked=checked, problems=held.problems, aside=dict(held.aside),
        impact=True,
        studies=() if before is None else study_previews(report.differences, before, after, now),
        claims=tuple(failing_claims(before, after, then, now)),
        judgements=tuple(stale_judgements(after, then, now)),
        relations=tuple(stale_relations(after, now)),
        forests=_forests(report, then, now),
    )  # fmt: skip


def _before(root: Path, briefing: str, commit: str, name: str) -> State | None:
    """The earlier state; None if that commit has no such briefing."""
    try:
        return revision(root, briefing, commit, name)
    except UnknownKeyError:
        return None
    except EvidenceError as error:
        raise UsageError(f"{name} cannot be compared with: {error}") from error


def same_state(before: State, after: State) -> bool:
    """Whether everything that results and claims are made from says the same."""
    claims = [None if state.claims is None else state.claims.claims for state in (before, after)]
    return not differences(before.records, after.records) and claims[0] == claims[1]


def _forests(
    report: ChangeReport, then: Mapping[str, Analysis], now: Mapping[str, Analysis]
) -> dict[str, tuple[str, ...]]:
    """For each question whose pooled result rests on other studies or numbers than before."""
    differing = {item.record.removeprefix("studies/") for item in report.differences}
    found: dict[str, tuple[str, ...]] = {}
    for change in report.questions:
        analysis = now.get(change.question)
        if analysis is None or analysis.pooled is None or not (change.total.moves or change.label == "new"):
            continue
        earlier = then[change.question].pooled if change.question in then else None
        comparable = earlier is not None and earlier.measure == analysis.pooled.measure
        found[change.title] = forest_text(analysis, marked=differing, before=earlier if comparable else None)
    return found

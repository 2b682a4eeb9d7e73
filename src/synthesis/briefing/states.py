"""One state of a briefing - its records, definition, claims and analyses - and what changed from one to another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from synthesis.analysis.model import Analysis
from synthesis.analysis.run import analyse
from synthesis.briefing.claim_changes import Said, claim_changes
from synthesis.briefing.compose import named_numbers
from synthesis.changes.compare import compare
from synthesis.changes.conclusions import conclusion_of
from synthesis.changes.details import reached
from synthesis.changes.model import ChangeReport, ClaimChange, Version
from synthesis.changes.records import Records
from synthesis.errors import EvidenceError
from synthesis.evidence.as_of import as_of
from synthesis.evidence.claim import Claim, ClaimFile
from synthesis.evidence.load import Evidence, read
from synthesis.evidence.project import open_briefing, open_claims
from synthesis.evidence.question import Briefing
from synthesis.formatting import plural


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """A briefing at one time.

    Attributes
    ----------
    version : Version
        What it is called.
    claims : ClaimFile or None
    frozen : mapping of str to Analysis
        What was printed when it was issued, by question; empty for a state that was not issued.
    notes : tuple of str
        What a reader of a comparison with it must know.
    """

    version: Version
    evidence: Evidence
    briefing: Briefing
    claims: ClaimFile | None = None
    frozen: Mapping[str, Analysis] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def records(self) -> Records:
        """The records a comparison looks at."""
        held = self.evidence
        return Records(
            studies=held.studies, sources=held.sources, questions=held.questions, vocabulary=held.vocabulary,
            briefing=self.briefing,
        )  # fmt: skip

    @property
    def said(self) -> Mapping[str, Claim]:
        """Its claims by id."""
        return {} if self.claims is None else {claim.id: claim for claim in self.claims.claims.claims}


def read_state(
    root: Path,
    briefing: str,
    version: Version,
    *,
    edition: str | Mapping[str, object] | None = None,
    frozen: Iterable[Analysis] = (),
) -> State:
    """The state of one briefing in a project.

    Parameters
    ----------
    root : Path
        A folder with ``evidence/`` and ``briefings/``: a working tree, a version unpacked from git, or the inputs of an
        edition.
    briefing : str
    version : Version
    edition : str, mapping or None
        Which edition is meant, as for ``open_briefing``.
    frozen : iterable of Analysis
        What was printed when it was issued.

    Raises
    ------
    EvidenceError
        If records cannot be read, with every problem that stood in the way.
    UnknownKeyError
        If it has no such briefing.
    """
    # What newer checks find in older records is no reason not to compare with them.
    evidence, problems = read(root / "evidence")
    if problems:
        raise EvidenceError(problems)
    held = root / "briefings" / briefing / "claims.yaml"
    definition = open_briefing(briefing, root, edition=edition)
    return State(
        version=version, evidence=as_of(evidence, definition.issue.scope), briefing=definition,
        claims=open_claims(briefing, root, only=definition.issue.claims) if held.is_file() else None,
        frozen={analysis.question: analysis for analysis in frozen},
    )  # fmt: skip


def analyses_of(
    state: State, like: Mapping[str, Analysis] | None = None, other: State | None = None
) -> dict[str, Analysis]:
    """The analyses of a state, in the order of its briefing.

    Parameters
    ----------
    like, other : mapping of str to Analysis, State
        Finished analyses of another state: one of a question that nothing between the two reaches is not done again.
    """
    asked = state.records.asked
    if like is None or other is None:
        return {key: analyse(state.evidence, key) for key in asked}
    found = {}
    for key in asked:
        if key in like and same_inputs(state.records, other.records, key):
            found[key] = replace(like[key], evidence_hash=state.evidence.content_hash)
        else:
            found[key] = analyse(state.evidence, key)
    return found


def same_inputs(one: Records, two: Records, key: str) -> bool:
    """Whether everything an analysis of a question can read is the same in two states."""
    if one.questions.get(key) != two.questions.get(key) or one.vocabulary != two.vocabulary:
        return False
    differing = (name for name in {*one.studies, *two.studies} if one.studies.get(name) != two.studies.get(name))
    return not any(reached(one, key, name) or reached(two, key, name) for name in differing)


def changes_between(before: Evidence, after: Evidence, briefing: Briefing) -> ChangeReport:
    """The change report from one set of evidence to another, for one briefing: what a study does to it, for example.

    Parameters
    ----------
    before, after : Evidence
    briefing : Briefing
        Which questions are asked; the same of both.
    """
    one = State(version=Version(name="the earlier evidence"), evidence=before, briefing=briefing)
    two = State(version=Version(name="the later evidence"), evidence=after, briefing=briefing)
    return change_report(one, two)


def nothing_of(records: Records) -> Records:
    """The same records for a briefing that asks nothing yet: every conclusion is new beside it."""
    return replace(records, briefing=records.briefing.model_copy(update={"questions": ()}))


def change_report(
    before: State | None,
    after: State,
    analyses: Mapping[str, Analysis] | None = None,
    earlier: Mapping[str, Analysis] | None = None,
) -> ChangeReport:
    """The change report from one state to another.

    Parameters
    ----------
    before : State or None
        None for a first edition.
    after : State
    analyses, earlier : mapping of str to Analysis or None
        Of ``after`` and of ``before``, where they are at hand.
    """
    if before is None:
        first = compare(nothing_of(after.records), after.records)[0]
        return ChangeReport(
            briefing=after.briefing.id, before=None, after=after.version, questions=first, notes=_notes(after)
        )
    frozen = tuple({key: conclusion_of(item) for key, item in state.frozen.items()} for state in (before, after))
    questions, found = compare(before.records, after.records, frozen=(frozen[0], frozen[1]))
    claims: tuple[ClaimChange, ...] = ()
    if before.said or after.said:
        now = analyses_of(after) if analyses is None else analyses
        then = analyses_of(before, now, after) if earlier is None else earlier
        claims = claim_changes(
            Said(claims=before.said, facts=named_numbers(before.evidence, then.values())),
            Said(claims=after.said, facts=named_numbers(after.evidence, now.values())),
            questions,
        )
    return ChangeReport(
        briefing=after.briefing.id, before=before.version, after=after.version, questions=questions, claims=claims,
        differences=found, notes=_notes(before, after),
    )  # fmt: skip


def _notes(*states: State) -> tuple[str, ...]:
    found = [note for state in states for note in state.notes]
    made_up = {name for state in states for name in state.evidence.demonstration}
    if made_up:
        found.insert(
            0, f"Demonstration data ({plural(len(made_up), 'record')} made up). No conclusion here is evidence."
        )
    return tuple(found)

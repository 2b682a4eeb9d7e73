"""What stands in the way of the next build: sentences that no longer hold, and judgements made on other facts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from synthesis.analysis.certainty import changed_facts
from synthesis.analysis.model import Analysis
from synthesis.analysis.relations import relation_of
from synthesis.briefing.claim_changes import broken, filled, read_by
from synthesis.briefing.compose import named_numbers
from synthesis.briefing.lint import lint_claim
from synthesis.briefing.states import State
from synthesis.certainty.domains import DOMAINS
from synthesis.evidence.claim import Claim
from synthesis.evidence.source import Source
from synthesis.previews.model import FailingClaim, StaleJudgement, StaleRelation
from synthesis.tables.sentences import meaning

Analyses = Mapping[str, Analysis]


def failing_claims(before: State | None, after: State, then: Analyses, now: Analyses) -> Iterator[FailingClaim]:
    """Every claim that a build would refuse, with the sentence that each result behind it gives now."""
    if after.claims is None:
        return
    facts = named_numbers(after.evidence, now.values())
    earlier = {} if before is None else named_numbers(before.evidence, then.values())
    held = {} if before is None else before.said
    for index, claim in enumerate(after.claims.claims.claims):
        reasons = (*broken(claim, facts), *lint_claim(claim.says))
        if not reasons or _waived(claim, after):
            continue
        asked = dict.fromkeys(name.split(".")[0] for name in read_by(claim))
        yield FailingClaim(
            claim=claim.id, place=f"{after.claims.file}:{after.claims.line(f'claims[{index}]')}",
            says=filled(claim, facts), reasons=reasons,
            allowed=tuple((now[key].title, meaning(now[key])) for key in asked if key in now),
            new=not (held.get(claim.id) == claim and broken(claim, earlier)),
        )  # fmt: skip


def _waived(claim: Claim, state: State) -> bool:
    return claim.waiver is not None and state.briefing.date <= claim.waiver.until


def stale_judgements(after: State, then: Analyses, now: Analyses) -> Iterator[StaleJudgement]:
    """Every judgement of certainty whose facts are others than those it was signed on."""
    for key, analysis in now.items():
        question = after.evidence.questions[key]
        earlier = then[key].certainty.stale if key in then else ()
        for domain, facts in changed_facts(question, analysis.certainty).items():
            label = DOMAINS[domain].label
            yield StaleJudgement(
                question=key, title=analysis.title, domain=label, new=label not in earlier,
                facts=tuple((name, seen, found) for name, (seen, found) in facts.items()),
            )  # fmt: skip


def stale_relations(after: State, now: Analyses) -> Iterator[StaleRelation]:
    """Every judged relation to a source's statement that is another one now."""
    for file, source in after.evidence.of(Source):
        for i, statement in enumerate(source.statements):
            for j, bearing in enumerate(statement.bears_on):
                if bearing.question not in now:
                    continue
                thresholds = after.evidence.questions[bearing.question].thresholds
                found = relation_of(bearing.asserts, now[bearing.question], thresholds)
                if found.key != bearing.relation:
                    line = file.tree.line(f"statements[{i}].bears_on[{j}]")
                    yield StaleRelation(
                        place=f"{file.file}:{line}", says=statement.says, judged=bearing.says, now=found.words
                    )

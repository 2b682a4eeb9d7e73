"""Recorded judgements of risk of bias against the tool they name: what it has, and what it proposes."""

from __future__ import annotations

from collections.abc import Iterator

from synthesis.certainty.rob_rules import ROB_RULES, propose, propose_overall
from synthesis.certainty.rob_tools import ROB_TOOLS, RobTool
from synthesis.errors import Problem
from synthesis.evidence.collection import Evidence
from synthesis.evidence.study import DomainJudgement, RiskOfBias, Study

# Field below the judgement, code, what was found, what is allowed, what to do.
_Fault = tuple[str, str, str, str, str]


def check_risk_of_bias(evidence: Evidence) -> tuple[Problem, ...]:
    """Every judgement that its tool cannot hold, or that departs from the tool's rule without saying why."""
    return tuple(
        file.problem(f"{path}.{field}", code, found=found, allowed=allowed, fix=fix)
        for file, study in evidence.of(Study)
        for i, judged in enumerate(study.risk_of_bias)
        for path in (f"risk_of_bias[{i}]",)
        for field, code, found, allowed, fix in _faults(judged)
    )


def _faults(judged: RiskOfBias) -> Iterator[_Fault]:
    if judged.tool not in ROB_TOOLS:
        yield "tool", "rob-tool", repr(judged.tool), ", ".join(ROB_TOOLS), "correct the name of the tool"
        return
    tool = ROB_TOOLS[judged.tool]
    if judged.tool_version != tool.version:
        fix = "judge again with the version that is held, or correct the version"
        yield "tool_version", "rob-version", repr(judged.tool_version), repr(tool.version), fix
    domains = [item.key for item in tool.domains]
    for key in judged.domains.keys() - set(domains):
        yield f"domains.{key}", "rob-domain", repr(key), ", ".join(domains), "correct the domain"
    for key in (key for key in domains if key not in judged.domains):
        yield "domains", "rob-domain", f"no judgement of {key}", f"one of each of {', '.join(domains)}", "add it"
    yield from _bad_answers(judged)
    yield from _bad_levels(judged, tool)


def _bad_answers(judged: RiskOfBias) -> Iterator[_Fault]:
    known = [number for rule in ROB_RULES[judged.tool].domains.values() for number in rule.questions]
    for number in judged.answers:
        if known and number not in known:
            yield f"answers.{number}", "rob-answer", repr(number), ", ".join(known), "correct the question's number"


def _bad_levels(judged: RiskOfBias, tool: RobTool) -> Iterator[_Fault]:
    allowed = [level.key for level in tool.levels]
    proposed = propose(judged.tool, judged.answers)
    if judged.effect == "adherence":
        # The rule held for this domain is for the effect of assignment.
        proposed.pop("D2", None)
    sound = True
    for key, judgement in judged.domains.items():
        if judgement.level not in allowed:
            sound = False
            yield f"domains.{key}.level", "rob-level", repr(judgement.level), ", ".join(allowed), "correct the level"
        else:
            yield from _departs(f"domains.{key}", judgement, proposed.get(key))
    if judged.overall.level not in allowed:
        yield "overall.level", "rob-level", repr(judged.overall.level), ", ".join(allowed), "correct the level"
    elif sound:
        levels = {key: judgement.level for key, judgement in judged.domains.items()}
        yield from _departs("overall", judged.overall, propose_overall(judged.tool, levels))


def _departs(field: str, judgement: DomainJudgement, proposed: str | None) -> Iterator[_Fault]:
    if proposed is None:
        return
    if judgement.level != proposed and judgement.override is None:
        fix = "give the reason under override, or correct the answers or the level"
        yield f"{field}.level", "rob-override", f"{judgement.level!r} without a reason", repr(proposed), fix
    if judgement.level == proposed and judgement.override is not None:
        found = "a reason for departing from a proposal that is followed"
        yield f"{field}.override", "rob-override", found, f"another level than {proposed!r}", "take the reason out"

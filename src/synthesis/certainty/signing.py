"""Signing a judgement of certainty: new ratings, or old ones confirmed on new facts, with what was said before kept."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from synthesis.certainty.domains import DOMAINS
from synthesis.errors import UsageError
from synthesis.evidence.judgement import CertaintyJudgement, DomainKey, facts_hash

_RATING = re.compile(r"(?P<domain>[a-z-]+)=(?P<change>[-+−]?\d): *(?P<reason>\S.*)", re.DOTALL)
_START = re.compile(r"(?P<level>high|low): *(?P<reason>\S.*)", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rating:
    """A rating as somebody gives it: levels down (negative) or up, and why."""

    change: int
    reason: str


def read_ratings(texts: Iterable[str]) -> dict[DomainKey, Rating]:
    """Ratings from texts such as ``"imprecision=-2: the interval crosses every threshold"``.

    Raises
    ------
    UsageError
        If a text has another form or names a domain twice.
    UnknownKeyError
        For an unknown domain.
    """
    found: dict[DomainKey, Rating] = {}
    for text in texts:
        match = _RATING.fullmatch(text.strip())
        if match is None:
            raise UsageError(f"a rating is written 'imprecision=-2: reason'; found {text!r}")
        key = DOMAINS[match["domain"]].key
        if key in found:
            raise UsageError(f"{key} is rated twice")
        found[key] = Rating(change=int(match["change"].replace("−", "-")), reason=match["reason"].strip())
    return found


def read_start(text: str) -> dict[str, str]:
    """Where the evidence starts, from a text such as ``"high: randomised trials"``.

    Raises
    ------
    UsageError
        If the text has another form.
    """
    match = _START.fullmatch(text.strip())
    if match is None:
        raise UsageError(f"where the evidence starts is written 'high: reason' or 'low: reason'; found {text!r}")
    return {"level": match["level"], "reason": match["reason"].strip()}


def sign(
    judged: CertaintyJudgement,
    facts: Mapping[DomainKey, Mapping[str, str]],
    *,
    by: str,
    on: str,
    ratings: Mapping[DomainKey, Rating] | None = None,
    start: Mapping[str, str] | None = None,
    reason: str | None = None,
) -> CertaintyJudgement:
    """The judgement with the facts as they are now.

    Parameters
    ----------
    judged : CertaintyJudgement
        As it stands in the record.
    facts : mapping
        Facts of each domain now; empty where there is no evidence.
    by, on : str
        Who signs, and the date (YYYY-MM-DD).
    ratings : mapping or None
        New ratings. A domain without one keeps its own, which is signed again if its facts have changed.
    start : mapping or None
        Level and reason, where they are new.
    reason : str or None
        What was looked for, where there is no evidence.

    Returns
    -------
    CertaintyJudgement
        Whatever is replaced stands in ``history``.

    Raises
    ------
    UsageError
        If anything a judgement needs is missing or not allowed.
    """
    data: dict[str, Any]
    if facts:
        data = {
            "status": "judged",
            "start": dict(start) if start is not None else judged.start and judged.start.model_dump(),
            "domains": {
                key: _rated(judged, key, seen, (ratings or {}).get(key), by, on)
                for key, seen in facts.items()
                if key in judged.domains or key in (ratings or {})
            },
        }
    else:
        if ratings:
            raise UsageError("there is no evidence to rate; give the reason for that instead")
        data = {"status": "no-evidence", "reason": reason or judged.reason}
    try:
        return CertaintyJudgement.model_validate({key: value for key, value in data.items() if value} | _signed(by, on))
    except ValidationError as error:
        found = "; ".join(_fault(item) for item in error.errors())
        raise UsageError(f"the judgement cannot be signed: {found}") from None


def _fault(error: Mapping[str, Any]) -> str:
    """One thing that is wrong: the field, what was found, and what is allowed where the model says so."""
    context = error.get("ctx", {})
    field = ".".join(str(part) for part in (*error["loc"], context.get("field", "")) if part != "")
    allowed = f"; allowed: {context['allowed']}" if context.get("allowed") else ""
    return f"{field}: {error['msg']}{allowed}" if field else f"{error['msg']}{allowed}"


def _signed(by: str, on: str) -> dict[str, str]:
    return {"by": by, "on": on}


def _rated(
    judged: CertaintyJudgement, key: DomainKey, facts: Mapping[str, str], rating: Rating | None, by: str, on: str
) -> dict[str, Any]:
    old = judged.domains.get(key)
    new_hash = facts_hash(facts)
    if old is not None and rating is None and old.facts_hash == new_hash:
        return old.model_dump()
    if rating is None and old is not None:
        rating = Rating(change=old.change, reason=old.reason)
    assert rating is not None  # only domains with an old or a new rating come here
    past = [] if old is None else [old.model_dump(include={"change", "reason", "by", "on", "facts_hash"})]
    past += [] if old is None else [item.model_dump() for item in old.history]
    return {
        "change": rating.change, "reason": rating.reason, "facts": dict(facts), "facts_hash": new_hash,
        "history": tuple(past),
    } | _signed(by, on)  # fmt: skip

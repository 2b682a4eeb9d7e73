"""One analysis as plain data for other programs: effects, models, what was left out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from synthesis.analysis.json_numbers import left_empty
from synthesis.analysis.model import Analysis, ModelKey, VariantResult
from synthesis.effects.measures import MEASURES
from synthesis.effects.model import EffectRow, Effects
from synthesis.pooling.model import Interval, Pooled


def pool_data(analysis: Analysis, variant: str | None = None) -> dict[str, Any]:
    """What ``synthesis pool --format json`` prints.

    ``effects`` has one row per study with ``yi`` and ``vi`` on the analysis scale of ``measure``; ``models`` has
    ``common``, ``DL`` and ``plan``; ``excluded`` the reasons; ``variants`` every sensitivity analysis in the same form.
    null stands where there is nothing, and for a number that is infinite or not defined.

    Parameters
    ----------
    analysis : Analysis
    variant : str or None
        Id of one sensitivity analysis, instead of the plan.

    Raises
    ------
    UnknownKeyError
        If the question has no sensitivity analysis ``variant``.
    """
    head = {
        "question": analysis.question,
        "title": analysis.title,
        "synthesis": analysis.synthesis,
        "measure": analysis.measure,
        "scale": MEASURES[analysis.measure].scale,
        "plan": analysis.plan,
        "evidence_hash": analysis.evidence_hash,
    }
    if variant is not None:
        item = analysis.variant(variant)
        return _strict(head | {"variant": item.id} | _variant(item))
    body = _body(analysis.effects, analysis.models)
    full = analysis.to_dict()
    return _strict(
        head
        | body
        | {
            "leave_one_out": [{"without": item.study} | _model(item.pooled) for item in analysis.leave_one_out],
            "directions": full["directions"],
            "per_thousand": full["per_thousand"],
            "notes": full["notes"],
            "variants": [_variant(item) for item in analysis.variants],
        }
    )


def _strict(data: dict[str, Any]) -> dict[str, Any]:
    strict: dict[str, Any] = left_empty(data)
    return strict


def _variant(item: VariantResult) -> dict[str, Any]:
    notes = [{"code": note.code, "text": note.text} for note in item.notes]
    about: dict[str, Any] = {"id": item.id, "label": item.label, "why": item.why, "notes": notes}
    return about | _body(item.effects, item.models)


def _body(effects: Effects, models: Mapping[ModelKey, Pooled]) -> dict[str, Any]:
    return {
        "effects": [_effect(row, effects.measure) for row in effects.rows],
        "models": {key: _model(pooled) for key, pooled in models.items()},
        "excluded": [
            {"study": item.study, "result": item.result, "code": item.code, "reason": item.reason}
            for item in effects.excluded
        ],
    }


def _effect(row: EffectRow, measure: str) -> dict[str, Any]:
    return {
        "study": row.study,
        "label": row.label,
        "result": row.result,
        "yi": row.yi,
        "vi": row.vi,
        "effect": MEASURES[measure].to_natural(row.yi),
        "n": row.n,
        "design": row.design,
        "timepoint_months": row.timepoint_months,
        "route": row.route,
        "read": row.read,
        "steps": [{"code": step.code, "text": step.text, "source": step.source} for step in row.steps],
        "notes": list(row.notes),
    }


def _model(pooled: Pooled) -> dict[str, Any]:
    natural = MEASURES[pooled.measure].to_natural
    spread = pooled.heterogeneity
    return {
        "model": pooled.model,
        "k": pooled.k,
        "n": pooled.n,
        "estimate": pooled.estimate,
        "se": pooled.se,
        "ci": _interval(pooled.ci),
        "natural": {
            "estimate": natural(pooled.estimate),
            "ci": [natural(pooled.ci.low), natural(pooled.ci.high)],
        },
        "prediction": _interval(pooled.prediction),
        "p": pooled.test.p,
        "tau2": pooled.tau2.value,
        "tau2_method": pooled.tau2.method,
        "tau2_ci": _interval(pooled.tau2.interval),
        "q": spread.q,
        "q_df": spread.df,
        "q_p": spread.p,
        "i2": spread.i2,
        "i2_q": spread.i2_q,
        "h2": spread.h2,
        "weights": list(pooled.weights),
        "interval_method": pooled.ci.method,
        "notes": [{"code": note.code, "text": note.text} for note in pooled.notes],
    }


def _interval(interval: Interval | None) -> list[float] | None:
    return None if interval is None else [interval.low, interval.high]

"""Checks of a question's sensitivity analyses and alternatives: what they change must be something a plan has."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from pydantic import ValidationError

from synthesis.errors import Problem
from synthesis.evidence.collection import Evidence
from synthesis.evidence.explain import explain
from synthesis.evidence.question import Plan, Question
from synthesis.evidence.yaml_lines import Tree


def variant_plan(evidence: Evidence) -> Iterator[Problem]:
    """Changes to a plan that name no choice of it, or a choice it does not offer."""
    for file, question in evidence.of(Question):
        for path, key, value in _changes(question):
            change = Tree(data={key: value}, lines={})
            try:
                Plan.model_validate(change.data)
            except ValidationError as error:
                for problem in explain(error, model=Plan, tree=change, file=file.file):
                    yield replace(problem, line=file.tree.line(path), field=path, code="variant-plan")


def _changes(question: Question) -> Iterator[tuple[str, str, str]]:
    """Path, field and value of every change to the plan in sensitivity analyses and alternatives."""
    for i, variant in enumerate(question.sensitivity):
        yield from ((f"sensitivity[{i}].plan.{key}", key, value) for key, value in variant.plan.items())
    for i, choice in enumerate(question.choices):
        for j, item in enumerate(choice.alternatives):
            yield from ((f"choices[{i}].alternatives[{j}].plan.{key}", key, value) for key, value in item.plan.items())

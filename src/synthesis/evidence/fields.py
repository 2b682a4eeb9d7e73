"""What the models say may stand in each place of a record, so that a record can be walked that is not complete."""

from __future__ import annotations

import types
from collections.abc import Mapping
from functools import cache
from inspect import get_annotations
from typing import Annotated, Any, Literal, TypeAlias, Union, get_args, get_origin, get_type_hints

from synthesis.evidence.base import Record, Text
from synthesis.evidence.yaml_lines import Node

# A type as it stands in a model; None where the models say nothing, because the field is not known.
Kind: TypeAlias = Any

# Fields that say which thing a block is about.
_NAMING = ("schema_version", "id", "form", "label")


@cache
def fields_of_model(model: type[Record]) -> Mapping[str, Kind]:
    """The type of every field of ``model``, in the order of its file.

    What names a thing comes first, then what its model declares, then what the model shares with others.
    """
    hints = get_type_hints(model, include_extras=True)
    own = [name for one in model.__mro__ for name in get_annotations(one)]
    order = dict.fromkeys([*(name for name in _NAMING if name in model.model_fields), *own])
    return {name: hints[name] for name in order if name in model.model_fields}


def fields_of(kind: Kind, data: Mapping[str, Node]) -> Mapping[str, Kind]:
    """The type of every field that a mapping of this kind may have, in order; of a free mapping, of those it has."""
    model = model_of(kind, data)
    if model is not None:
        return fields_of_model(model)
    inside = next((get_args(one)[1] for one in _choices(kind) if _origin(one) is dict), None)
    return dict.fromkeys(data, inside)


def items_of(kind: Kind, count: int) -> list[Kind]:
    """The types of the items of a list of this kind that has ``count`` of them."""
    parts = next((get_args(one) for one in _choices(kind) if _origin(one) is tuple), ())
    if len(parts) == 2 and parts[1] is Ellipsis:
        return [parts[0]] * count
    return [*parts[:count], *[None] * (count - len(parts))]


def model_of(kind: Kind, data: Mapping[str, Node]) -> type[Record] | None:
    """The model of a mapping; of several, the one whose ``form`` the mapping has."""
    models = [one for one in _choices(kind) if isinstance(one, type) and issubclass(one, Record)]
    if len(models) < 2:
        return models[0] if models else None
    return next((one for one in models if data.get("form") in get_args(one.model_fields["form"].annotation)), None)


def is_prose(kind: Kind) -> bool:
    """Whether sentences stand there."""
    return any(one == Text for one in _choices(kind, stop=Text))


def is_number(kind: Kind) -> bool:
    """Whether a number or true or false stands there. Text is anything else."""
    choices = _choices(kind)
    numbers = [one in {int, float, bool} or _is_whole(one) for one in choices]
    return any(numbers) or kind is None


def _is_whole(kind: Kind) -> bool:
    return _origin(kind) is Literal and all(isinstance(value, int) for value in get_args(kind))


def _origin(kind: Kind) -> Any:
    return get_origin(kind)


def _choices(kind: Kind, stop: Kind = None) -> list[Kind]:
    """What is left of a type without annotations and None; ``stop`` is not opened."""
    if kind is None or kind is type(None):
        return []
    if kind == stop:
        return [kind]
    if _origin(kind) is Annotated:
        return _choices(get_args(kind)[0], stop)
    if _origin(kind) in {Union, types.UnionType}:
        return [inner for one in get_args(kind) for inner in _choices(one, stop)]
    return [kind]

"""The two sides of a comparison in a study record: what is printed about them, how well it is known, who belongs where.

Records are walked through their attributes only, so that this layer needs nothing beyond NumPy and SciPy.

Vocabulary
----------
known : how well a number is known, one of ``KNOWN``. A cell's own word counts before that of the printed item it is
    in, and that before what is said of the result as a whole.
member : an arm behind a name that numbers are printed for; a group of merged arms has several.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from synthesis.errors import AnalysisError

if TYPE_CHECKING:
    from synthesis.evidence.study import Printed, Result, Study, WorkedOut

# From best to worst: a value is only as well known as the worst number it rests on.
KNOWN = ("read", "derived", "inferred", "recalled")


class NoNumbersError(AnalysisError):
    """A route cannot be taken with the numbers that are printed; the message is the reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """The comparison that is wanted: one result of one study, and the arms on each side (none for attendance)."""

    study: Study
    result: Result
    intervention: tuple[str, ...]
    comparator: tuple[str, ...]
    measure: str
    zero_cells: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One printed or worked-out form of a result.

    Attributes
    ----------
    data : Printed
        The form as the record holds it.
    known : str
        How well it is known, unless one of its cells says otherwise.
    how : str
        How it was worked out; empty for what is printed.
    """

    data: Any
    known: str
    how: str = ""


def printed_known(result: Result, item: Printed) -> str:
    """How well a printed item of ``result`` is known: by its own word, else by whether its place was read."""
    return item.known or ("read" if (item.where or result.where).read else "recalled")


def worked_known(result: Result, worked: WorkedOut) -> str:
    """How well a worked-out item is known: no better than the place it rests on, whatever the reasoning."""
    return worst((worked.known, printed_known(result, worked.data)))


def weakest(item: Printed, otherwise: str) -> str:
    """How well the least known part of a printed item is known; ``otherwise`` for cells that do not say."""
    arms = getattr(item, "arms", None)
    cells = list(arms.values()) if isinstance(arms, dict) else []
    return worst([getattr(cell, "known", None) or otherwise for cell in cells] or [otherwise])


def worst(known: Iterable[str]) -> str:
    """The least well known of several."""
    return max(known, key=KNOWN.index)


def items(result: Result, form: str) -> Iterator[Item]:
    """Every printed item of one form in the order of the record, then what was worked out."""
    for item in result.printed:
        if item.form == form:
            yield Item(data=item, known=printed_known(result, item))
    for worked in result.worked_out:
        if worked.data.form == form:
            yield Item(data=worked.data, known=worked_known(result, worked), how=worked.how)


def members(study: Study, name: str) -> tuple[str, ...]:
    """The arms behind an arm or merged-arms group; nothing for any other group."""
    if study.arm(name) is not None:
        return (name,)
    return next((group.combines for group in study.groups if group.id == name), ())


def split(sides: Sides, names: Iterable[str]) -> tuple[list[str], list[str]]:
    """The names (arms or merged arms) that lie on each side of the comparison, nobody in two of them.

    Raises
    ------
    NoNumbersError
        If one of the sides has none.
    """
    given = list(names)
    one, other = (_lying_in(sides.study, given, side) for side in (sides.intervention, sides.comparator))
    if not one or not other:
        raise NoNumbersError("not printed for both sides of the comparison")
    return one, other


def _lying_in(study: Study, names: list[str], side: tuple[str, ...]) -> list[str]:
    """Names whose members all lie on ``side``; of names that share members, the one that covers most."""
    inside = {name: set(members(study, name)) for name in names}
    inside = {name: arms for name, arms in inside.items() if arms and arms <= set(side)}
    covered: set[str] = set()
    chosen: set[str] = set()
    for name in sorted(inside, key=lambda name: -len(inside[name])):
        if not inside[name] & covered:
            chosen.add(name)
            covered |= inside[name]
    return [name for name in names if name in chosen]


def label(study: Study, names: Iterable[str]) -> str:
    """Labels of arms or groups, in print."""
    labels = {arm.id: arm.label for arm in study.arms} | {group.id: group.label for group in study.groups}
    return "; ".join(labels[name] for name in names)


def size(study: Study, name: str) -> tuple[int | None, str]:
    """Number randomised in an arm or merged arms, and how it is known."""
    arms = [arm for arm in study.arms if arm.id in members(study, name)]
    sizes = [arm.n_randomised for arm in arms]
    if not arms or None in sizes:
        return None, "read"
    return sum(n for n in sizes if n is not None), worst(arm.n_known for arm in arms)


def shown_size(study: Study, names: Iterable[str]) -> float | None:
    """Size of a side for display beside an estimate that does not use it: only if no part of it was recalled."""
    sizes = [size(study, name) for name in names]
    if any(n is None or known == "recalled" for n, known in sizes):
        return None
    return float(sum(n for n, _ in sizes if n is not None))


def unused(sides: Sides, used: Iterable[str]) -> tuple[str, ...]:
    """A note on arms of either side that the numbers leave out."""
    covered = {member for name in used for member in members(sides.study, name)}
    missing = [arm for arm in (*sides.intervention, *sides.comparator) if arm not in covered]
    return (f"not in these numbers: {label(sides.study, missing)}",) if missing else ()

"""The change report in words: what each conclusion was and is, what moved it, and the few lines of a first page."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from synthesis.analysis.phrases import upper_first
from synthesis.changes.conclusions import states_size
from synthesis.changes.counts import record_counts
from synthesis.changes.model import (
    LABELS,
    CauseKey,
    ChangeReport,
    Conclusion,
    Label,
    Move,
    QuestionChange,
    Shift,
    Version,
)
from synthesis.document.elements import Callout, Paragraph, line
from synthesis.effects.measures import MEASURES
from synthesis.formatting import effect_interval, integer, long_date, more_or_fewer, number, plural

CAUSE_WORDS: dict[CauseKey, str] = {
    "corrections": "corrections to old data",
    "method": "method",
    "scope": "scope",
    "new-studies": "new studies",
    "judgement": "judgement",
}
LABEL_WORDS: dict[Label, str] = {
    "reversed": "reversed",
    "weaker": "weaker",
    "stronger": "stronger",
    "new": "new",
    "withdrawn": "withdrawn",
    "wording-only": "wording only",
    "unchanged": "unchanged",
}
_WAYS = {
    "little": "little to no difference", "none": "no leading direction", "more": "more people",
    "fewer": "fewer people", "better": "mostly better", "worse": "mostly worse",
}  # fmt: skip
# The first page has room for this many lines, and a line for this many names.
LINES = 3
NAMED = 3
FIRST = "This is the first edition. There is no earlier one to compare it with."
DEFINITIONS = (
    "Conclusions are compared in how certain they are, then which way they go, how large the effect is, and whether "
    "the interval includes no difference; the first that differs decides between stronger and weaker. Size counts "
    "where certainty is low or better: below that, none may be stated. Reversed: the effect goes the other way, and is "
    "not trivial on either side. New and withdrawn: there is now, or no longer, a usable result, or the question was "
    "added or dropped. Numbers may move without changing a conclusion."
)


def version_text(version: Version) -> str:
    """ "edition 2020-03, issued 3 March 2020"."""
    return version.name if version.issued is None else f"{version.name}, issued {day(version.issued)}"


def day(iso: str) -> str:
    """An ISO date in print."""
    return long_date(date.fromisoformat(iso))


def numbers_text(found: Conclusion | None) -> str:
    """The result of one conclusion in numbers."""
    if found is None:
        return "not asked"
    if found.kind == "nothing":
        return "no usable study"
    if found.kind == "directions":
        total = sum(found.ways.values())
        best = {"worse": "worse"}.get(found.way, "better")
        count = found.ways.get(best, 0)
        return (
            f"{integer(count)} of {plural(total, 'study', 'studies')} {'points' if count == 1 else 'point'} to {best}"
        )
    if found.people is not None:
        people = found.people
        return f"{_people(people.difference)} ({_end(people.low)} to {_end(people.high)})"
    return effect_words(found)


def _people(people: float) -> str:
    return f"{more_or_fewer(people)} people per 1,000"


def _end(people: float) -> str:
    text = more_or_fewer(people)
    return "no difference" if text.startswith("no more") else text


def effect_words(found: Conclusion) -> str:
    """ "OR 2.04 (0.89 to 4.66)", natural scale; "" where nothing was pooled."""
    if found.estimate is None or found.low is None or found.high is None:
        return ""
    measure = MEASURES[found.measure]
    one, low, high = (measure.to_natural(value) for value in (found.estimate, found.low, found.high))
    return f"{measure.short} {effect_interval(one, low, high, measure.axis)}"


def standing_text(found: Conclusion | None) -> str:
    """How a conclusion stands: size, certainty, and whether the interval rules out no difference."""
    if found is None or found.kind == "nothing":
        return ""
    parts = []
    if states_size(found):
        parts.append("trivial" if found.size == "trivial" else f"{found.size} {_rise(found)}")
    parts.append(
        f"{found.certainty} certainty"
        if found.certainty not in ("not yet judged", "no evidence")
        else f"certainty {found.certainty}"
    )
    if found.kind == "pooled" and not found.settled:
        parts.append("includes no difference")
    return "; ".join(parts)


def full_text(found: Conclusion | None) -> str:
    """The result in numbers and how it stands."""
    return "; ".join(part for part in (numbers_text(found), standing_text(found)) if part)


def _rise(found: Conclusion) -> str:
    return "decrease" if found.way == "fewer" else "increase"


def moves_text(change: QuestionChange) -> str:
    """What differs between the two conclusions, in one phrase; "" if nothing does."""
    return "; ".join(_move(item, change) for item in change.moves)


def _move(item: Move, change: QuestionChange) -> str:
    if item.aspect == "certainty":
        if item.sign == 0:
            return f"certainty was {item.before}, now {item.after}"
        return f"certainty {'rises' if item.sign > 0 else 'falls'} from {item.before} to {item.after}"
    if item.aspect == "synthesis":
        return f"{item.before} before, {item.after} now"
    if item.aspect == "direction":
        return f"from {_way(item.before)} to {_way(item.after)}"
    if item.aspect == "size":
        if item.sign == 0:
            return f"size was {item.before}, now {item.after}"
        return f"estimate {'grows' if item.sign > 0 else 'shrinks'} from {item.before} to {item.after}"
    return f"the interval {'no longer' if item.sign > 0 else 'now'} includes no difference"


def _way(word: str) -> str:
    return _WAYS[word]


def because_text(change: QuestionChange) -> str:
    """The causes of a change by name, with the records behind the first of them; "" where nothing moved."""
    parts: list[str] = []
    for cause in change.causes:
        if change.before is None or change.after is None:
            parts.extend(cause.details)
        elif cause.moves:
            named = f" ({listed(cause.details, 'more')})" if cause.key == "new-studies" and cause.details else ""
            parts.append(CAUSE_WORDS[cause.key] + named)
    return joined(parts)


def shift_text(shift: Shift, *, people: bool) -> str:
    """A shift in print: people per 1,000, or the analysis scale."""
    value = shift.people if people else shift.estimate
    if value is None:
        return "–"
    if people:
        text = number(value, 1)
        text = "0" if text == number(0, 1) else text
    else:
        text = "0" if value == 0 else number(value, 3)
    return f"+{text}" if value > 0 and text != "0" else text


def change_text(change: QuestionChange) -> str:
    """One changed conclusion in a few short sentences."""
    before, now = numbers_text(change.before), numbers_text(change.after)
    said = f"The conclusion on “{change.title}” is {LABEL_WORDS[change.label]}"
    if change.label == "new":
        said += f": {now}."
    elif change.label == "withdrawn":
        said += f"; it was {before}."
    else:
        said += f": {moves_text(change)}. Now {now}"
        said += "." if before == now else f", before {before}."
    because = because_text(change)
    return f"{said} Cause: {because}." if because else said


def lines(report: ChangeReport) -> tuple[str, ...]:
    """What a first page has room for: at most three lines."""
    if report.before is None:
        return (FIRST,)
    changed = report.changed
    found = [f"Compared with {version_text(report.before)}: {counts_text(report.questions)}"]
    if len(changed) < LINES:
        found += [change_text(item) for item in changed]
    elif changed[0].label in ("new", "withdrawn"):
        found.append(upper_first(_named(changed)))
    else:
        found += [change_text(changed[0]), f"Also {_named(changed[1:])}"]
    moved = moved_text(report)
    if moved and len(found) < LINES:
        found.append(moved)
    if len(found) < LINES:
        found.append(records_text(report))
    return tuple(found)


def moved_text(report: ChangeReport) -> str:
    """Numbers that moved without changing a conclusion, the largest shift first; "" if none did."""
    moved = [item for item in report.questions if item.label == "unchanged" and tells_otherwise(item)]
    moved.sort(key=lambda item: -abs(item.total.people or 0.0))
    if not moved:
        return ""
    told = [
        f"{item.title} (now {brief_text(item.after)}, before {brief_text(item.before)})" for item in moved[: NAMED - 1]
    ]
    rest = len(moved) - len(told)
    if rest:
        told.append(f"{integer(rest)} more")
    return f"Other numbers, same conclusion: {joined(told)}."


def tells_otherwise(change: QuestionChange) -> bool:
    """Whether anything that is printed of a conclusion reads otherwise."""
    return full_text(change.before) != full_text(change.after)


def brief_text(found: Conclusion | None) -> str:
    """The result of one conclusion in numbers, without its interval."""
    if found is None or found.people is None:
        return numbers_text(found)
    return _people(found.people.difference)


def callout(report: ChangeReport) -> Callout:
    """The few lines of a first page, as a block."""
    title, told = "What changed", list(lines(report))
    if report.before is not None:
        # The title names what it is compared with, so the first line need not.
        title = f"What changed since {version_text(report.before)}"
        counts = told[0].removeprefix(f"Compared with {version_text(report.before)}: ")
        told[0] = upper_first(counts)
    return Callout(title=title, tone="change", blocks=tuple(Paragraph(text=line(text)) for text in told))


def counts_text(questions: Iterable[QuestionChange]) -> str:
    """ "of 7 conclusions, 1 is stronger and 6 are unchanged."."""
    labels = [item.label for item in questions]
    counts = [(labels.count(label), label) for label in LABELS if label in labels]
    whole = plural(len(labels), "conclusion")
    if not labels or counts[0][1] == "unchanged":
        one = "the one conclusion did not change." if labels else "there is no conclusion to compare."
        return f"none of the {whole} changed." if len(labels) > 1 else one
    if len(counts) == 1 and len(labels) > 1:
        return f"all {whole} {_said(counts[0][1], len(labels))}."
    words = [f"{integer(count)} {_said(label, count)}" for count, label in counts]
    return f"of {whole}, {joined(words)}."


def _said(label: Label, count: int) -> str:
    if label == "wording-only":
        return f"{'differs' if count == 1 else 'differ'} in wording only"
    return f"{'is' if count == 1 else 'are'} {LABEL_WORDS[label]}"


def _named(changed: Iterable[QuestionChange]) -> str:
    by_label: dict[str, list[str]] = {}
    for item in changed:
        asked = item.before is not None and item.after is not None
        by_label.setdefault(LABEL_WORDS[item.label] + ("" if asked else " questions"), []).append(item.title)
    parts = [f"{label}: {listed(titles, 'more')}" for label, titles in by_label.items()]
    return f"{'; '.join(parts)}."


def records_text(report: ChangeReport) -> str:
    """What differs in the records, counted."""
    parts = record_counts(report.differences)
    if not parts:
        labels = [*(item.label for item in report.questions), *(item.label for item in report.claims)]
        reworded = "wording-only" in labels
        return "The records say the same; sentences were reworded." if reworded else "The records say the same."
    return f"Since then: {joined(parts)}."


def joined(parts: Iterable[str]) -> str:
    """ "a, b and c"."""
    found = list(parts)
    return found[0] if len(found) == 1 else f"{', '.join(found[:-1])} and {found[-1]}" if found else ""


def listed(names: Iterable[str], rest: str) -> str:
    """The first few names, and how many there are besides."""
    found = list(names)
    if len(found) <= NAMED + 1:
        return joined(found)
    return f"{', '.join(found[:NAMED])} and {integer(len(found) - NAMED)} {rest}"

"""Whether a briefing is alive: current, due to be looked at again, overdue, or retired, on a day that is given.

No clock is read: the same definition and the same day give the same status.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date
from typing import Literal

from synthesis.evidence.question import Briefing
from synthesis.formatting import long_date

Status = Literal["current", "due", "overdue", "retired", "past"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """How a briefing stands on a day.

    Attributes
    ----------
    status : {"current", "due", "overdue", "retired", "past"}
        ``due`` from the notice before the review date up to that date, ``overdue`` after it; ``past`` for a
        reconstruction, which shows what was known once and is never current.
    review_due : date
        By when the evidence is to be looked at again.
    on : date
        The day it was worked out for.
    """

    status: Status
    review_due: date
    on: date

    @property
    def words(self) -> str:
        """For a reader, without the day of review."""
        day = long_date(self.on)
        return {
            "current": f"Current on {day}",
            "due": f"Due for review on {day}",
            "overdue": f"Overdue on {day}: the evidence has not been looked at again by the day it was due",
            "retired": "Retired: this briefing is no longer kept up",
            "past": "A picture of the past, never brought up to date: read the latest edition",
        }[self.status]

    def data(self) -> dict[str, str]:
        """As plain data for other programs."""
        return {"status": self.status, "review_due": self.review_due.isoformat(), "on": self.on.isoformat()}


def life_of(briefing: Briefing, *, issued: str | None = None, on: str | None = None) -> Life:
    """How an edition of a briefing stands.

    Parameters
    ----------
    briefing : Briefing
    issued, on : str or None
        ISO dates of issue and of the day asked about; None takes ``briefing.date`` and ``briefing.issue.status_on``,
        or the day of issue.
    """
    day = date.fromisoformat(issued or briefing.date)
    asked = date.fromisoformat(on or briefing.issue.status_on or day.isoformat())
    due = months_after(day, briefing.review_months)
    return Life(status=_status(briefing, due, asked), review_due=due, on=asked)


def _status(briefing: Briefing, due: date, on: date) -> Status:
    if briefing.issue.type == "retirement":
        return "retired"
    if briefing.issue.scope.published_to is not None:
        return "past"
    if on > due:
        return "overdue"
    return "due" if on >= months_after(due, -briefing.review_notice_months) else "current"


def months_after(day: date, months: int) -> date:
    """The same day some months later, or the last of the month where it has no such day."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))

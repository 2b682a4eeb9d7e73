"""What a briefing's definition says about its editions: what each is made from, why it is issued, when it ends."""

from __future__ import annotations

import calendar
import os
import re
from datetime import UTC, date, datetime
from typing import Literal

from pydantic import Field

from synthesis.errors import UsageError
from synthesis.evidence.base import Date, Flag, FullDate, Record, Slug, Text

# fromisoformat also takes week dates and dates without hyphens.
_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_SECONDS = re.compile(r"[0-9]{1,15}")

EditionType = Literal["new-evidence", "amendment", "correction", "retirement"]


class Scope(Record):
    """A part of the evidence, chosen by the dates of the records.

    Attributes
    ----------
    published_to : str or None
        Only what was published by then. A year stands for its last day, a month for its last day. Records without a
        date of publication are left out: nobody can say that they were known.
    added_to : str or None
        Only records that were added to the evidence by then.
    not_judged : tuple of str
        Questions whose judgement of certainty was made on more evidence than this, so that it does not count here.
    """

    published_to: Date | None = None
    added_to: Date | None = None
    not_judged: tuple[Slug, ...] = ()

    @property
    def whole(self) -> bool:
        """Whether it is all of the evidence, as judged."""
        return self == Scope()


class EditionPlan(Record):
    """What one edition changes in the definition of its briefing.

    Attributes
    ----------
    edition : str
        Name of the edition.
    label : str or None
        What kind of edition it is, printed at its head; for a reconstruction, that it is one and when it was made.
    scope : Scope
        The evidence it is made from.
    title, evidence_to : str or None
        Instead of the briefing's own.
    notebook, annex : str or None
        Instead of the briefing's own. An edition with a notebook of its own has no annex but the one named here.
    annex : str or None
        Likewise; an edition with a notebook of its own has no annex unless it names one.
    questions : tuple of str or None
        Instead of the briefing's own; empty where nothing is analysed.
    claims : tuple of str or None
        The claims it makes; all of them where nothing is said.
    """

    edition: Slug
    label: Text | None = None
    scope: Scope = Scope()
    title: Text | None = None
    notebook: Text | None = None
    annex: Text | None = None
    questions: tuple[Slug, ...] | None = None
    claims: tuple[Slug, ...] | None = None
    evidence_to: FullDate | None = None


class Retirement(Record):
    """That a briefing is no longer kept up.

    Attributes
    ----------
    reason : str
        Why it is retired.
    instead : str or None
        What to read instead.
    """

    reason: Text
    instead: Text | None = None


class Issue(Record):
    """How one edition is issued.

    Attributes
    ----------
    type : {"new-evidence", "amendment", "correction", "retirement"}
        Without a new search it is an amendment; a mended mistake is a correction.
    note : str or None
        In one sentence, what is new about it.
    nothing_new : bool
        Whether a search was done that found nothing new.
    status_on : str or None
        The day for which the status is worked out; None for the day of issue.
    label, claims, scope : or None
        As in the plan of the edition.
    """

    type: EditionType = "new-evidence"
    note: Text | None = None
    nothing_new: Flag = False
    status_on: FullDate | None = None
    label: Text | None = None
    claims: tuple[Slug, ...] | None = None
    scope: Scope = Field(default=Scope())


def last_day(text: str) -> date:
    """The last day that a date means: that of the year or the month where no more is given.

    Parameters
    ----------
    text : str
        ``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD``.
    """
    parts = [int(part) for part in text.split("-")]
    if len(parts) == 3:
        return date(*parts)
    year, month = (parts[0], 12) if len(parts) == 1 else parts
    return date(year, month, calendar.monthrange(year, month)[1])


def issue_date(asked: str | None, planned: str) -> str:
    """The date of issue: the one asked for, else that of ``SOURCE_DATE_EPOCH``, else the planned one. No clock is read.

    Parameters
    ----------
    asked : str or None
        ISO date.
    planned : str
        ISO date in the briefing's definition.

    Raises
    ------
    UsageError
        If what is asked for, or the environment, is not a date.
    """
    if asked is not None:
        try:
            if not _ISO_DATE.fullmatch(asked):
                raise ValueError
            return date.fromisoformat(asked).isoformat()
        except ValueError:
            raise UsageError(f"{asked!r} is not a date; write it as YYYY-MM-DD, for example 2026-11-23") from None
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if epoch is None:
        return planned
    try:
        if not _SECONDS.fullmatch(epoch):
            raise ValueError
        return datetime.fromtimestamp(int(epoch), tz=UTC).date().isoformat()
    except (ValueError, OverflowError, OSError):
        found = epoch if len(epoch) <= 40 else epoch[:39] + "…"
        raise UsageError(
            f"SOURCE_DATE_EPOCH is {found!r}; it must be a whole number of seconds since 1970, or not be set"
        ) from None

"""Reporting standards as records: what each item asks, and where a briefing shows that it is met."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from synthesis.evidence.base import Record, SchemaVersion, Slug, Text
from synthesis.evidence.scalars import refuse

ItemId = Annotated[
    str,
    Field(
        pattern=r"^[A-Z]?[0-9]{1,2}[a-z]?$",
        description="the number of an item as its standard prints it",
        examples=["13a", "L1"],
    ),
]


class Item(Record):
    """One item of a standard.

    Attributes
    ----------
    id : str
        Its number in the standard.
    topic : str
        What it is about, in a word or two.
    asks : str
        What it asks for, in our own words.
    needs : tuple of str
        What can be computed of it: keys in ``NEEDS``, all of which must hold.
    """

    id: ItemId
    topic: Text
    asks: Text
    needs: tuple[Slug, ...] = ()


class Standard(Record):
    """A reporting standard.

    Attributes
    ----------
    key : str
        Its short name.
    title : str
        What it is called.
    what : str
        What it is about.
    reference : str
        The publication that sets it out.
    transcribed : str
        How its items got here, and who has checked that.
    items : tuple of Item
        In the order of the standard.
    """

    key: Slug
    title: Text
    what: Text
    reference: Text
    transcribed: Text
    items: tuple[Item, ...] = Field(min_length=1)


class Shown(Record):
    """Where a briefing meets an item, or why it does not. One of the four is given.

    Attributes
    ----------
    section : str
        Id of the heading under which the briefing shows it.
    record : str
        A file or folder of the project that holds it.
    not_applicable : str
        Why the item does not apply.
    not_met : str
        Why it is not met.
    """

    section: Slug | None = None
    record: Text | None = None
    not_applicable: Text | None = None
    not_met: Text | None = None

    @model_validator(mode="after")
    def _one(self) -> Shown:
        given = [name for name in ("section", "record", "not_applicable", "not_met") if getattr(self, name) is not None]
        if len(given) != 1:
            raise refuse(
                "inconsistent",
                " and ".join(given) or "nothing",
                allowed="one of section, record, not_applicable and not_met",
                fix="say where it is shown, or why it is not",
            )
        return self


class StandardsFile(Record):
    """What a briefing says of the standards it is held to, ``briefings/<id>/standards.yaml``.

    Attributes
    ----------
    schema_version : int
        Version of this form of record: 1.
    standards : dict
        Key of a standard to the number of an item to where it is shown. An item without an entry is not met.
    """

    schema_version: SchemaVersion
    standards: dict[Slug, dict[ItemId, Shown]] = Field(min_length=1)

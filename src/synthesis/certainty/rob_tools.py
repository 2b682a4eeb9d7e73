"""Tools for judging risk of bias: their domains, their levels, and the sign that stands for each level.

Domains are named shortly and in our own words; the tools' questions and guidance are to be read where they are
published. A record names the tool by its key here and a domain by its letter and number.
"""

from __future__ import annotations

from dataclasses import dataclass

from synthesis.errors import UnknownKeyError
from synthesis.registry import Registry


@dataclass(frozen=True, slots=True, kw_only=True)
class Domain:
    """One thing that a tool has judged: its key in records, and its name."""

    key: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """One judgement a tool allows: its key in records, its name, and the sign and colour that stand for it.

    No two levels of a tool share a sign, so that none is told by its colour alone.
    """

    key: str
    name: str
    sign: str
    colour: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RobTool:
    """A tool.

    Attributes
    ----------
    key, name, version : str
    about : str
        What it judges.
    domains : tuple of Domain
        In the tool's order.
    levels : tuple of Level
        From the least risk to the most; those that say nothing about risk last.
    reference : str
        Where the tool is published.
    """

    key: str
    name: str
    version: str
    about: str
    domains: tuple[Domain, ...]
    levels: tuple[Level, ...]
    reference: str

    def level(self, key: str) -> Level:
        """The level with this key.

        Raises
        ------
        UnknownKeyError
            Naming the levels of the tool.
        """
        for item in self.levels:
            if item.key == key:
                return item
        raise UnknownKeyError(f"level of {self.name}", key, [item.key for item in self.levels])

    def domain(self, key: str) -> Domain:
        """The domain with this key.

        Raises
        ------
        UnknownKeyError
            Naming the domains of the tool.
        """
        for item in self.domains:
            if item.key == key:
                return item
        raise UnknownKeyError(f"domain of {self.name}", key, [item.key for item in self.domains])


def _domains(*names: str) -> tuple[Domain, ...]:
    return tuple(Domain(key=f"D{index}", name=name) for index, name in enumerate(names, start=1))


# Every colour is dark enough for white signs and white text on it (at least 4.5 to 1).
_LOW = Level(key="low", name="Low risk", sign="+", colour="#17756D")
_NO_INFORMATION = Level(key="no-information", name="No information", sign="?", colour="#6F777B")
_ROBINS_LEVELS = (
    _LOW,
    Level(key="moderate", name="Moderate risk", sign="−", colour="#B8470B"),
    Level(key="serious", name="Serious risk", sign="×", colour="#A23E72"),
    Level(key="critical", name="Critical risk", sign="!", colour="#3D1A2E"),
    _NO_INFORMATION,
)

ROB_TOOLS = Registry(
    "risk-of-bias tool",
    (
        RobTool(
            key="rob2",
            name="RoB 2",
            version="22 August 2019",
            about="results of randomised trials",
            domains=_domains(
                "How people were allocated",
                "Departures from the intended treatment",
                "Missing outcome data",
                "How the outcome was measured",
                "Choice of the reported result",
            ),
            levels=(
                _LOW,
                Level(key="some-concerns", name="Some concerns", sign="−", colour="#B8470B"),
                Level(key="high", name="High risk", sign="×", colour="#801650"),
            ),
            reference="Sterne et al 2019, BMJ 366:l4898",
        ),
        RobTool(
            key="robins-i",
            name="ROBINS-I",
            version="2016",
            about="results of studies of interventions without randomisation",
            domains=_domains(
                "Confounding",
                "Choice of who is in the study",
                "How interventions were classified",
                "Departures from the intended intervention",
                "Missing data",
                "How the outcome was measured",
                "Choice of the reported result",
            ),
            levels=_ROBINS_LEVELS,
            reference="Sterne et al 2016, BMJ 355:i4919",
        ),
        RobTool(
            key="robins-i-v2",
            name="ROBINS-I V2",
            version="draft of 20 November 2025",
            about="results of studies of interventions without randomisation, cohort type",
            domains=_domains(
                "Confounding",
                "How interventions were classified",
                "Choice of who is in the study or analysis",
                "Missing data",
                "How the outcome was measured",
                "Choice of the reported result",
            ),
            levels=(
                _LOW,
                Level(
                    key="low-but-confounding",
                    name="Low risk but for unmeasured confounding",
                    sign="±",
                    colour="#2073BC",
                ),
                *_ROBINS_LEVELS[1:4],
            ),
            reference="riskofbias.info, ROBINS-I V2",
        ),
    ),
)

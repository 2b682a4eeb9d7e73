"""Check that one publication is not entered as two independent studies."""

from __future__ import annotations

from collections.abc import Iterator

from synthesis.errors import Problem
from synthesis.evidence.collection import Evidence
from synthesis.evidence.study import Study


def shared_identifier(evidence: Evidence) -> Iterator[Problem]:
    """A DOI or PubMed number that two studies share without sharing a family."""
    owners: dict[tuple[str, str], Study] = {}
    for file, study in evidence.of(Study):
        for i, report in enumerate(study.reports):
            for name, value in (("doi", report.doi), ("pmid", report.pmid)):
                if value is None:
                    continue
                other = owners.setdefault((name, value.casefold()), study)
                if other.id != study.id and (study.family is None or other.family != study.family):
                    yield file.problem(
                        f"reports[{i}].{name}",
                        "shared-identifier",
                        found=f"{value!r}, also a report of {other.id}",
                        allowed="a publication of one study, or of studies that share a family",
                        fix="if both report on the same people give them the same family; otherwise correct the number",
                    )

"""Every table there is. A new table is a module of its own and an entry here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from synthesis.document.elements import Statements, Table
from synthesis.registry import Registry
from synthesis.tables.certainty_table import certainty_table
from synthesis.tables.changes import causes_table, changed_claims_table, changes_table, differences_table
from synthesis.tables.characteristics import study_characteristics
from synthesis.tables.directions import directions_table
from synthesis.tables.effects_table import effects_table
from synthesis.tables.estimates import published_estimates
from synthesis.tables.excluded import excluded_table
from synthesis.tables.findings import summary_of_findings
from synthesis.tables.pooled import pooled_table
from synthesis.tables.provenance import provenance_table
from synthesis.tables.robustness import robustness_summary, robustness_table
from synthesis.tables.statements import statements
from synthesis.tables.what_would_change import what_would_change_table


@dataclass(frozen=True, slots=True, kw_only=True)
class TableKind:
    """A table: its key, what it is called, what a row is, and its function."""

    key: str
    title: str
    row: str
    function: Callable[..., Table | Statements] = field(repr=False)


TABLES = Registry(
    "table",
    (
        TableKind(
            key="summary-of-findings", title="Summary of findings", row="a question", function=summary_of_findings
        ),
        TableKind(key="certainty", title="How certain, and why", row="a domain of GRADE", function=certainty_table),
        TableKind(
            key="robustness",
            title="Other ways of analysing a question",
            row="a way of analysing it",
            function=robustness_table,
        ),
        TableKind(
            key="robustness-summary",
            title="How many equivalent analyses agree",
            row="a question",
            function=robustness_summary,
        ),
        TableKind(
            key="what-would-change",
            title="What would change the conclusion",
            row="new evidence that does not exist",
            function=what_would_change_table,
        ),
        TableKind(
            key="pooled",
            title="Every way of pooling",
            row="a model of an analysis or of a sensitivity analysis",
            function=pooled_table,
        ),
        TableKind(
            key="effects", title="From what was printed to the effect", row="a study used", function=effects_table
        ),
        TableKind(
            key="provenance",
            title="Where the numbers of a question come from",
            row="a result used",
            function=provenance_table,
        ),
        TableKind(
            key="directions",
            title="Results as directions",
            row="a result that was not pooled",
            function=directions_table,
        ),
        TableKind(
            key="excluded",
            title="What was left out, and why",
            row="a study or result that the rule reached",
            function=excluded_table,
        ),
        TableKind(
            key="characteristics", title="Characteristics of studies", row="a study", function=study_characteristics
        ),
        TableKind(
            key="published-estimates",
            title="Results that other reviews have published",
            row="a published result",
            function=published_estimates,
        ),
        TableKind(key="changes", title="Conclusions before and now", row="a conclusion", function=changes_table),
        TableKind(
            key="change-causes",
            title="What moved each conclusion",
            row="a class of change in a conclusion",
            function=causes_table,
        ),
        TableKind(
            key="changed-claims",
            title="Sentences that read otherwise",
            row="a bound sentence",
            function=changed_claims_table,
        ),
        TableKind(
            key="record-differences",
            title="What differs in the records",
            row="a field of a record",
            function=differences_table,
        ),
        TableKind(key="statements", title="What others say", row="a statement of a source", function=statements),
    ),
)

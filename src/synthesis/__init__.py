"""Evidence synthesis and briefings as code.

Plain-text evidence goes in; a briefing comes out in which every number can be walked back to the record, page and
quotation it came from. The verbs, in the order in which they are used::

    evidence = syn.open()                                   # every record of the project, checked
    analysis = syn.analyse(evidence, "cocaine-abstinence")  # one question's plan, carried out
    syn.forest(analysis)                                    # a figure; shows itself in Jupyter
    syn.summary_of_findings([analysis])                     # a table; likewise

Names are imported when they are first used, so that ``import synthesis`` is instant.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from synthesis.analysis.diagnosis import diagnose as diagnose
    from synthesis.analysis.flow import Screening as Screening
    from synthesis.analysis.flow import study_flow as study_flow
    from synthesis.analysis.meta_regression import predict as predict
    from synthesis.analysis.meta_regression import regress as regress
    from synthesis.analysis.model import Analysis as Analysis
    from synthesis.analysis.moderators import meta_regression as meta_regression
    from synthesis.analysis.risk_of_bias import risk_of_bias as risk_of_bias
    from synthesis.analysis.run import analyse as analyse
    from synthesis.analysis.run import effect_sizes as effect_sizes
    from synthesis.analysis.subgroups import subgroup_analysis as subgroup_analysis
    from synthesis.briefing.change_details import change_details as change_details
    from synthesis.briefing.compose import briefing_facts as briefing_facts
    from synthesis.briefing.compose import masthead as masthead
    from synthesis.briefing.messages import key_messages as key_messages
    from synthesis.briefing.standards.table import standards_table as standards_table
    from synthesis.briefing.states import changes_between as changes_between
    from synthesis.certainty.judgements import JudgedStudy as JudgedStudy
    from synthesis.certainty.judgements import Judgements as Judgements
    from synthesis.changes.model import ChangeReport as ChangeReport
    from synthesis.diagnostics.bootstrap import bootstrap as bootstrap
    from synthesis.diagnostics.cumulative import cumulative as cumulative
    from synthesis.diagnostics.excess_significance import excess_significance as excess_significance
    from synthesis.diagnostics.fail_safe import fail_safe_n as fail_safe_n
    from synthesis.diagnostics.gosh import gosh as gosh
    from synthesis.diagnostics.influence import influence as influence
    from synthesis.diagnostics.leave_one_out import leave_one_out as leave_one_out
    from synthesis.diagnostics.permutation import permutation_test as permutation_test
    from synthesis.diagnostics.rank_test import rank_test as rank_test
    from synthesis.diagnostics.selection_model import selection_model as selection_model
    from synthesis.diagnostics.small_study import egger_test as egger_test
    from synthesis.diagnostics.subgroups import subgroups as subgroups
    from synthesis.diagnostics.trim_and_fill import trim_and_fill as trim_and_fill
    from synthesis.editions.since import what_changed as what_changed
    from synthesis.errors import EvidenceError as EvidenceError
    from synthesis.errors import SynthesisError as SynthesisError
    from synthesis.evidence.as_of import in_scope as in_scope
    from synthesis.evidence.load import Evidence as Evidence
    from synthesis.evidence.project import open_briefing as open_briefing
    from synthesis.evidence.project import open_claims as open_claims
    from synthesis.evidence.project import open_project as open
    from synthesis.exchange.frames import numbers_frame as numbers_frame
    from synthesis.exchange.frames import results_frame as results_frame
    from synthesis.exchange.frames import sources_frame as sources_frame
    from synthesis.exchange.frames import studies_frame as studies_frame
    from synthesis.exchange.prisma_csv import read_screening as read_screening
    from synthesis.exchange.tables import effects_frame as effects_frame
    from synthesis.figures.baujat import baujat_plot as baujat_plot
    from synthesis.figures.before_after import before_after as before_after
    from synthesis.figures.bubble import bubble_plot as bubble_plot
    from synthesis.figures.catalogue import figure_pages as figure_pages
    from synthesis.figures.cumulative_forest import cumulative_forest as cumulative_forest
    from synthesis.figures.effect_direction import effect_direction as effect_direction
    from synthesis.figures.explorer import explorer as explorer
    from synthesis.figures.forest import forest as forest
    from synthesis.figures.forest_pages import forest_pages as forest_pages
    from synthesis.figures.funnel import funnel as funnel
    from synthesis.figures.gap_map import gap_map as gap_map
    from synthesis.figures.gosh import gosh_plot as gosh_plot
    from synthesis.figures.influence import influence_plot as influence_plot
    from synthesis.figures.labbe import labbe_plot as labbe_plot
    from synthesis.figures.leave_one_out import leave_one_out as leave_one_out_plot
    from synthesis.figures.prisma_flow import prisma_flow as prisma_flow
    from synthesis.figures.radial import radial_plot as radial_plot
    from synthesis.figures.rob_summary import rob_summary as rob_summary
    from synthesis.figures.rob_traffic_light import rob_traffic_light as rob_traffic_light
    from synthesis.figures.specification_curve import specification_curve as specification_curve
    from synthesis.figures.timeline import timeline as timeline
    from synthesis.figures.trim_and_fill import trim_and_fill_plot as trim_and_fill_plot
    from synthesis.pooling.batch import pool_many as pool_many
    from synthesis.pooling.glmm import fit_glmm as fit_glmm
    from synthesis.pooling.mantel_haenszel import pool_tables as pool_tables
    from synthesis.pooling.multilevel import fit_multilevel as fit_multilevel
    from synthesis.pooling.network import network as network
    from synthesis.pooling.pool import pool as pool
    from synthesis.pooling.random_terms import Correlated as Correlated
    from synthesis.pooling.random_terms import Shared as Shared
    from synthesis.pooling.random_terms import nested as nested
    from synthesis.pooling.regression import joint_test as joint_test
    from synthesis.pooling.robust import robust as robust
    from synthesis.pooling.table_tests import table_tests as table_tests
    from synthesis.tables.certainty_table import certainty_table as certainty_table
    from synthesis.tables.changes import causes_table as causes_table
    from synthesis.tables.changes import changed_claims_table as changed_claims_table
    from synthesis.tables.changes import changes_table as changes_table
    from synthesis.tables.changes import differences_table as differences_table
    from synthesis.tables.characteristics import study_characteristics as study_characteristics
    from synthesis.tables.directions import directions_table as directions_table
    from synthesis.tables.effects_table import effects_table as effects_table
    from synthesis.tables.estimates import published_estimates as published_estimates
    from synthesis.tables.excluded import excluded_table as excluded_table
    from synthesis.tables.findings import summary_of_findings as summary_of_findings
    from synthesis.tables.local_baseline import local_baseline as local_baseline
    from synthesis.tables.pooled import pooled_table as pooled_table
    from synthesis.tables.provenance import provenance_table as provenance_table
    from synthesis.tables.robustness import robustness_summary as robustness_summary
    from synthesis.tables.robustness import robustness_table as robustness_table
    from synthesis.tables.statements import statements as statements
    from synthesis.tables.what_would_change import what_would_change_table as what_would_change_table

__all__ = [
    "Analysis",
    "ChangeReport",
    "Correlated",
    "Evidence",
    "EvidenceError",
    "JudgedStudy",
    "Judgements",
    "Screening",
    "Shared",
    "SynthesisError",
    "analyse",
    "baujat_plot",
    "before_after",
    "bootstrap",
    "briefing_facts",
    "bubble_plot",
    "causes_table",
    "certainty_table",
    "change_details",
    "changed_claims_table",
    "changes_between",
    "changes_table",
    "cumulative",
    "cumulative_forest",
    "diagnose",
    "differences_table",
    "directions_table",
    "effect_direction",
    "effect_sizes",
    "effects_frame",
    "effects_table",
    "egger_test",
    "excess_significance",
    "excluded_table",
    "explorer",
    "fail_safe_n",
    "figure_pages",
    "fit_glmm",
    "fit_multilevel",
    "forest",
    "forest_pages",
    "funnel",
    "gap_map",
    "gosh",
    "gosh_plot",
    "in_scope",
    "influence",
    "influence_plot",
    "joint_test",
    "key_messages",
    "labbe_plot",
    "leave_one_out",
    "leave_one_out_plot",
    "local_baseline",
    "masthead",
    "meta_regression",
    "nested",
    "network",
    "numbers_frame",
    "open",
    "open_briefing",
    "open_claims",
    "permutation_test",
    "pool",
    "pool_many",
    "pool_tables",
    "pooled_table",
    "predict",
    "prisma_flow",
    "provenance_table",
    "published_estimates",
    "radial_plot",
    "rank_test",
    "read_screening",
    "regress",
    "results_frame",
    "risk_of_bias",
    "rob_summary",
    "rob_traffic_light",
    "robust",
    "robustness_summary",
    "robustness_table",
    "selection_model",
    "sources_frame",
    "specification_curve",
    "standards_table",
    "statements",
    "studies_frame",
    "study_characteristics",
    "study_flow",
    "subgroup_analysis",
    "subgroups",
    "summary_of_findings",
    "table_tests",
    "timeline",
    "trim_and_fill",
    "trim_and_fill_plot",
    "what_changed",
    "what_would_change_table",
]

# Public name -> where it lives.
_PUBLIC = {
    "Analysis": "synthesis.analysis.model:Analysis",
    "ChangeReport": "synthesis.changes.model:ChangeReport",
    "Correlated": "synthesis.pooling.random_terms:Correlated",
    "Evidence": "synthesis.evidence.load:Evidence",
    "EvidenceError": "synthesis.errors:EvidenceError",
    "JudgedStudy": "synthesis.certainty.judgements:JudgedStudy",
    "Judgements": "synthesis.certainty.judgements:Judgements",
    "Screening": "synthesis.analysis.flow:Screening",
    "Shared": "synthesis.pooling.random_terms:Shared",
    "SynthesisError": "synthesis.errors:SynthesisError",
    "analyse": "synthesis.analysis.run:analyse",
    "baujat_plot": "synthesis.figures.baujat:baujat_plot",
    "before_after": "synthesis.figures.before_after:before_after",
    "bootstrap": "synthesis.diagnostics.bootstrap:bootstrap",
    "briefing_facts": "synthesis.briefing.compose:briefing_facts",
    "bubble_plot": "synthesis.figures.bubble:bubble_plot",
    "causes_table": "synthesis.tables.changes:causes_table",
    "certainty_table": "synthesis.tables.certainty_table:certainty_table",
    "change_details": "synthesis.briefing.change_details:change_details",
    "changed_claims_table": "synthesis.tables.changes:changed_claims_table",
    "changes_between": "synthesis.briefing.states:changes_between",
    "changes_table": "synthesis.tables.changes:changes_table",
    "cumulative": "synthesis.diagnostics.cumulative:cumulative",
    "cumulative_forest": "synthesis.figures.cumulative_forest:cumulative_forest",
    "diagnose": "synthesis.analysis.diagnosis:diagnose",
    "differences_table": "synthesis.tables.changes:differences_table",
    "directions_table": "synthesis.tables.directions:directions_table",
    "effect_direction": "synthesis.figures.effect_direction:effect_direction",
    "effect_sizes": "synthesis.analysis.run:effect_sizes",
    "effects_frame": "synthesis.exchange.tables:effects_frame",
    "effects_table": "synthesis.tables.effects_table:effects_table",
    "egger_test": "synthesis.diagnostics.small_study:egger_test",
    "excess_significance": "synthesis.diagnostics.excess_significance:excess_significance",
    "excluded_table": "synthesis.tables.excluded:excluded_table",
    "explorer": "synthesis.figures.explorer:explorer",
    "fail_safe_n": "synthesis.diagnostics.fail_safe:fail_safe_n",
    "fit_glmm": "synthesis.pooling.glmm:fit_glmm",
    "fit_multilevel": "synthesis.pooling.multilevel:fit_multilevel",
    "forest": "synthesis.figures.forest:forest",
    "figure_pages": "synthesis.figures.catalogue:figure_pages",
    "forest_pages": "synthesis.figures.forest_pages:forest_pages",
    "funnel": "synthesis.figures.funnel:funnel",
    "gap_map": "synthesis.figures.gap_map:gap_map",
    "gosh": "synthesis.diagnostics.gosh:gosh",
    "gosh_plot": "synthesis.figures.gosh:gosh_plot",
    "in_scope": "synthesis.evidence.as_of:in_scope",
    "influence": "synthesis.diagnostics.influence:influence",
    "influence_plot": "synthesis.figures.influence:influence_plot",
    "joint_test": "synthesis.pooling.regression:joint_test",
    "key_messages": "synthesis.briefing.messages:key_messages",
    "labbe_plot": "synthesis.figures.labbe:labbe_plot",
    "leave_one_out": "synthesis.diagnostics.leave_one_out:leave_one_out",
    "leave_one_out_plot": "synthesis.figures.leave_one_out:leave_one_out",
    "local_baseline": "synthesis.tables.local_baseline:local_baseline",
    "masthead": "synthesis.briefing.compose:masthead",
    "meta_regression": "synthesis.analysis.moderators:meta_regression",
    "nested": "synthesis.pooling.random_terms:nested",
    "network": "synthesis.pooling.network:network",
    "numbers_frame": "synthesis.exchange.frames:numbers_frame",
    "open": "synthesis.evidence.project:open_project",
    "open_briefing": "synthesis.evidence.project:open_briefing",
    "open_claims": "synthesis.evidence.project:open_claims",
    "permutation_test": "synthesis.diagnostics.permutation:permutation_test",
    "pool": "synthesis.pooling.pool:pool",
    "pool_many": "synthesis.pooling.batch:pool_many",
    "pool_tables": "synthesis.pooling.mantel_haenszel:pool_tables",
    "pooled_table": "synthesis.tables.pooled:pooled_table",
    "predict": "synthesis.analysis.meta_regression:predict",
    "prisma_flow": "synthesis.figures.prisma_flow:prisma_flow",
    "provenance_table": "synthesis.tables.provenance:provenance_table",
    "published_estimates": "synthesis.tables.estimates:published_estimates",
    "radial_plot": "synthesis.figures.radial:radial_plot",
    "rank_test": "synthesis.diagnostics.rank_test:rank_test",
    "read_screening": "synthesis.exchange.prisma_csv:read_screening",
    "regress": "synthesis.analysis.meta_regression:regress",
    "results_frame": "synthesis.exchange.frames:results_frame",
    "risk_of_bias": "synthesis.analysis.risk_of_bias:risk_of_bias",
    "rob_summary": "synthesis.figures.rob_summary:rob_summary",
    "rob_traffic_light": "synthesis.figures.rob_traffic_light:rob_traffic_light",
    "robust": "synthesis.pooling.robust:robust",
    "robustness_summary": "synthesis.tables.robustness:robustness_summary",
    "robustness_table": "synthesis.tables.robustness:robustness_table",
    "selection_model": "synthesis.diagnostics.selection_model:selection_model",
    "sources_frame": "synthesis.exchange.frames:sources_frame",
    "specification_curve": "synthesis.figures.specification_curve:specification_curve",
    "standards_table": "synthesis.briefing.standards.table:standards_table",
    "statements": "synthesis.tables.statements:statements",
    "studies_frame": "synthesis.exchange.frames:studies_frame",
    "study_characteristics": "synthesis.tables.characteristics:study_characteristics",
    "study_flow": "synthesis.analysis.flow:study_flow",
    "subgroup_analysis": "synthesis.analysis.subgroups:subgroup_analysis",
    "subgroups": "synthesis.diagnostics.subgroups:subgroups",
    "summary_of_findings": "synthesis.tables.findings:summary_of_findings",
    "table_tests": "synthesis.pooling.table_tests:table_tests",
    "timeline": "synthesis.figures.timeline:timeline",
    "trim_and_fill": "synthesis.diagnostics.trim_and_fill:trim_and_fill",
    "trim_and_fill_plot": "synthesis.figures.trim_and_fill:trim_and_fill_plot",
    "what_changed": "synthesis.editions.since:what_changed",
    "what_would_change_table": "synthesis.tables.what_would_change:what_would_change_table",
}


def __getattr__(name: str) -> object:
    if name not in _PUBLIC:
        raise AttributeError(f"module 'synthesis' has no attribute {name!r}; it has {', '.join(__all__)}")
    module, _, attribute = _PUBLIC[name].partition(":")
    value: object = getattr(importlib.import_module(module), attribute)
    return value


def __dir__() -> list[str]:
    return list(__all__)

"""Evidence synthesis and briefings as code.

Plain-text evidence goes in; a briefing comes out in which every number can be walked back to the record, page and
quotation it came from. The verbs, in the order in which they are used::

    evidence = syn.open()                                   # every record of the project, checked
    analysis = syn.analyse(evidence, "cocaine-abstinence")  # one question's plan, carried out
    syn.forest(analysis)                                    # a figure; shows itself in Jupyter
    syn.summary_of_findings([analysis])                     # a table; likewise

Names are imported when they are first used, so that ``import synthesis`` is instant.
"""

from typing import TYPE_CHECKING

import lazy_loader

if TYPE_CHECKING:
    from synthesis.analysis.model import Analysis as Analysis
    from synthesis.analysis.run import analyse as analyse
    from synthesis.analysis.run import effects as effects
    from synthesis.briefing.compose import briefing_facts as briefing_facts
    from synthesis.briefing.compose import masthead as masthead
    from synthesis.briefing.messages import key_messages as key_messages
    from synthesis.diagnostics.leave_one_out import leave_one_out as leave_one_out
    from synthesis.errors import EvidenceError as EvidenceError
    from synthesis.errors import SynthesisError as SynthesisError
    from synthesis.evidence.load import Evidence as Evidence
    from synthesis.evidence.load import open_briefing as open_briefing
    from synthesis.evidence.load import open_project as open
    from synthesis.pooling.pool import pool as pool

_PLACES = {
    "analysis.model": ["Analysis"],
    "analysis.run": ["analyse", "effects"],
    "briefing.compose": ["briefing_facts", "masthead"],
    "briefing.messages": ["key_messages"],
    "diagnostics.leave_one_out": ["leave_one_out"],
    "errors": ["EvidenceError", "SynthesisError"],
    "evidence.load": ["Evidence", "open_briefing"],
    "pooling.pool": ["pool"],
}

__getattr__, __dir__, __all__ = lazy_loader.attach(__name__, submod_attrs=_PLACES)

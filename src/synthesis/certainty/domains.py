"""The domains of GRADE as a table: five in which certainty is rated down, three in which it may be rated up."""

from __future__ import annotations

from synthesis.certainty import direction_facts, pooled_facts
from synthesis.certainty.prompts import Domain
from synthesis.registry import Registry

NOTHING_RECORDED = "Records hold nothing that code could weigh."

DOMAINS = Registry(
    "domain of GRADE",
    (
        Domain(
            key="risk-of-bias",
            label="Risk of bias",
            ask=("Could the way the studies were done explain the result?",
                 "Results nobody has judged are not results at low risk."),
            pooled=pooled_facts.risk_of_bias,
            directions=direction_facts.risk_of_bias,
            reference="Guyatt et al 2011, J Clin Epidemiol 64:407-415 (GRADE guidelines 4)",
        ),
        Domain(
            key="inconsistency",
            label="Inconsistency",
            ask=("Do the studies differ in ways that matter for the decision, with no explanation?",
                 "I² alone can mislead: look at the estimates, the overlap and the thresholds."),
            pooled=pooled_facts.inconsistency,
            directions=direction_facts.inconsistency,
            reference="Guyatt et al 2023, J Clin Epidemiol 158:70-83 (GRADE guidance 36)",
        ),
        Domain(
            key="indirectness",
            label="Indirectness",
            ask=("Are the people, treatments, comparisons or outcomes others than those of the question?",
                 "Would the difference change the effect?"),
            pooled=pooled_facts.indirectness,
            directions=direction_facts.indirectness,
            reference="Guyatt et al 2011, J Clin Epidemiol 64:1303-1310 (GRADE guidelines 8)",
        ),
        Domain(
            key="imprecision",
            label="Imprecision",
            ask=("Does the interval in people per 1,000 cross a threshold, or several?",
                 "If it crosses none and the effect is large: are there as many people as one good trial would need?"),
            pooled=pooled_facts.imprecision,
            directions=direction_facts.imprecision,
            reference="Schünemann et al 2022, J Clin Epidemiol 150:225-242 (GRADE guidance 35)",
        ),
        Domain(
            key="publication-bias",
            label="Publication bias",
            ask=("Are results likely to be missing because of what they show?",
                 "Trials that were registered and not reported are the strongest sign."),
            pooled=pooled_facts.publication_bias,
            directions=direction_facts.publication_bias,
            reference="Guyatt et al 2011, J Clin Epidemiol 64:1277-1282 (GRADE guidelines 5)",
        ),
        Domain(
            key="large-effect",
            label="Large effect",
            ask=("Is the effect so large that bias is unlikely to explain it? Not asked of randomised trials.",),
            pooled=pooled_facts.large_effect,
            directions=direction_facts.large_effect,
            reference="Guyatt et al 2011, J Clin Epidemiol 64:1311-1316 (GRADE guidelines 9)",
        ),
        Domain(
            key="dose-response",
            label="Dose and response",
            ask=("Does more of the intervention go with more of the effect?", NOTHING_RECORDED),
            pooled=pooled_facts.not_computed,
            directions=direction_facts.not_computed,
            reference="Guyatt et al 2011, J Clin Epidemiol 64:1311-1316 (GRADE guidelines 9)",
        ),
        Domain(
            key="confounding",
            label="Confounding against the effect",
            ask=("Would plausible confounding have made the effect smaller?", NOTHING_RECORDED),
            pooled=pooled_facts.not_computed,
            directions=direction_facts.not_computed,
            reference="Guyatt et al 2011, J Clin Epidemiol 64:1311-1316 (GRADE guidelines 9)",
        ),
    ),
)  # fmt: skip

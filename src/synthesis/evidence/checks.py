"""What can be wrong between fields and between records, as a table of checks.

What can be wrong inside one field (a percentage above 100, an unknown field) the models refuse before it gets here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from synthesis.errors import Problem
from synthesis.evidence import check_identity, check_names, check_numbers, check_plans, check_quotations
from synthesis.evidence.collection import Evidence
from synthesis.registry import Registry


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordCheck:
    """One check.

    Attributes
    ----------
    key : str
        The code of the problems it finds.
    finds, why : str
        What it looks for, and why that matters, for the reference page.
    run : callable
        From evidence to problems; pure.
    """

    key: str
    finds: str
    why: str
    run: Callable[[Evidence], Iterable[Problem]]


def check(evidence: Evidence) -> tuple[Problem, ...]:
    """Every problem that the checks find in ``evidence``, in order of file and line.

    Parameters
    ----------
    evidence : Evidence
        As ``load.read`` gives it; records that could not be read are not in it and are not missed either.
    """
    return tuple(sorted({problem for entry in CHECKS.values() for problem in entry.run(evidence)}))


CHECKS: Registry[RecordCheck] = Registry(
    "record check",
    [
        RecordCheck(
            key="id-not-file",
            finds="A record whose id is not its file's name.",
            why="A reader who knows the id must find the file.",
            run=check_names.id_not_file,
        ),
        RecordCheck(
            key="reserved-id",
            finds="A record whose id is a name that Windows keeps for a device, such as con or nul.",
            why="Nobody with Windows could check the repository out.",
            run=check_identity.reserved_id,
        ),
        RecordCheck(
            key="duplicate-id",
            finds="An id used twice: by two records of a kind, or by two arms, results, reports, statements, "
            "estimates, sensitivity analyses, choices or alternatives of one record.",
            why="One of the two would silently be ignored.",
            run=check_names.duplicate_id,
        ),
        RecordCheck(
            key="unknown-arm",
            finds="An arm or group that is named in a result and not defined in the record.",
            why="Its numbers would belong to nobody.",
            run=check_names.unknown_arm,
        ),
        RecordCheck(
            key="unknown-report",
            finds="A place of reading in a report that the record does not list.",
            why="The number could not be traced to a publication.",
            run=check_names.unknown_report,
        ),
        RecordCheck(
            key="unknown-result",
            finds="A judgement of risk of bias, or a question's exception, about a result that does not exist.",
            why="The judgement would apply to nothing.",
            run=check_names.unknown_result,
        ),
        RecordCheck(
            key="unknown-word",
            finds="An outcome, arm category, design, substance, topic or review that is not in vocabulary.yaml.",
            why="Questions select by these words: a misspelt one hides a study.",
            run=check_names.unknown_word,
        ),
        RecordCheck(
            key="broader-cycle",
            finds="Arm categories of the vocabulary that lie under themselves.",
            why="A question for one of them would take in all of them.",
            run=check_names.broader_cycle,
        ),
        RecordCheck(
            key="unknown-study",
            finds="A study that is named in another record and has none of its own.",
            why="What is said about it could not be looked up.",
            run=check_names.unknown_study,
        ),
        RecordCheck(
            key="unknown-source",
            finds="A source that is named as the successor of another, or for comparison, and has no record.",
            why="What is said about it could not be looked up.",
            run=check_names.unknown_source,
        ),
        RecordCheck(
            key="unknown-question",
            finds="A question that is said to bear on a statement and has no record.",
            why="How our evidence stands to the statement could not be computed.",
            run=check_names.unknown_question,
        ),
        RecordCheck(
            key="family-of-one",
            finds="A family that only one study belongs to.",
            why="Families keep people from being counted twice: a misspelt one fails to.",
            run=check_names.family_of_one,
        ),
        RecordCheck(
            key="shared-identifier",
            finds="A DOI or PubMed number in two studies that share no family.",
            why="One publication entered twice would count twice.",
            run=check_identity.shared_identifier,
        ),
        RecordCheck(
            key="demonstration-unsaid",
            finds="A made-up record (`demonstration: true`) whose title does not say so.",
            why="A title is read where the record is not: in a reference list, in another program.",
            run=check_identity.demonstration_unsaid,
        ),
        RecordCheck(
            key="year-differs",
            finds="A year that is not the year of the main report, or of the source itself.",
            why="The study would be cited under a wrong year.",
            run=check_numbers.year_differs,
        ),
        RecordCheck(
            key="window-backwards",
            finds="A time window whose end is before its start.",
            why="No result would ever lie in it.",
            run=check_numbers.window_backwards,
        ),
        RecordCheck(
            key="variant-plan",
            finds="A sensitivity analysis or an alternative that changes something a plan does not have.",
            why="It would repeat the main analysis under another name.",
            run=check_plans.variant_plan,
        ),
        RecordCheck(
            key="arms-exceed-participants",
            finds="Arms that together hold more people than took part.",
            why="One of the numbers is wrong, and both are used.",
            run=check_numbers.arms_exceed_participants,
        ),
        RecordCheck(
            key="n-exceeds-arm",
            finds="A result on more people in an arm than were assigned to it.",
            why="One of the numbers is wrong, and both are used.",
            run=check_numbers.n_exceeds_arm,
        ),
        RecordCheck(
            key="ci-se-disagree",
            finds="A standard error that does not fit the interval printed with it, on the log scale for ratios.",
            why="The weight of the study hangs on it.",
            run=check_numbers.ci_se_disagree,
        ),
        RecordCheck(
            key="p-ci-contradict",
            finds="A p value that grossly contradicts the interval printed with it.",
            why="One of the two is mistyped, or they belong to different analyses.",
            run=check_numbers.p_ci_contradict,
        ),
        RecordCheck(
            key="sd-se-disagree",
            finds="A standard deviation and a standard error that do not fit the number of people.",
            why="Swapping the two is the commonest slip in extracting means.",
            run=check_numbers.sd_se_disagree,
        ),
        RecordCheck(
            key="percent-counts-disagree",
            finds="Counts and a percentage, printed for the same arm, that differ by more than rounding.",
            why="One of the two is mistyped.",
            run=check_numbers.percent_counts_disagree,
        ),
        RecordCheck(
            key="check-counts-disagree",
            finds="Counts an extractor worked out that are not the printed percentage of n.",
            why="The arithmetic of a record is done again, not believed.",
            run=check_numbers.check_counts_disagree,
        ),
        RecordCheck(
            key="quote-lacks-number",
            finds="A quotation without the numbers it is said to carry.",
            why="The quotation is what a reader checks the number against.",
            run=check_quotations.quote_lacks_number,
        ),
        RecordCheck(
            key="quote-note-missing",
            finds="A quotation that leaves numbers out, or is not there, and no note that says so.",
            why="A reader must know which numbers still have to be looked up.",
            run=check_quotations.quote_note_missing,
        ),
        RecordCheck(
            key="quote-note-lacks-number",
            finds="A printed number that neither the quotation nor the note on what it leaves out has.",
            why="A digit mistyped in the record would go unnoticed.",
            run=check_quotations.quote_note_lacks_number,
        ),
    ],
)

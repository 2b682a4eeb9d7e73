"""Each check finds what it is for and leaves sound records alone, at the edge of rounding too."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import pytest

from synthesis.errors import Problem
from synthesis.evidence.checks import CHECKS, check
from synthesis.evidence.load import read

STUDY = "studies/sound2001.yaml"
FAULTY = Path(__file__).parent / "faulty"
COUNTS = """\
      - form: counts
        arms:
          one: {events: 20, n: 50}
          two: {events: 10, n: 50}
"""
QUOTE = "quote: 20 of 50 against 10 of 50 were abstinent"


class Folder(Protocol):
    root: Path

    def change(self, file: str, old: str, new: str) -> Folder: ...
    def write(self, file: str, content: str | bytes) -> Folder: ...
    def add_study(self, study_id: str, *changes: tuple[str, str]) -> Folder: ...
    def problems(self) -> tuple[Problem, ...]: ...
    def codes(self) -> list[str]: ...
    def only(self) -> Problem: ...


def printed(folder: Folder, item: str, quote: str) -> Folder:
    """The study with one printed item in place of its counts, and a quotation that carries it."""
    folder.change(STUDY, COUNTS, f"      - {item}\n")
    return folder.change(STUDY, QUOTE, f"quote: '{quote}'")


def test_a_sound_folder_has_no_problems(folder: Folder) -> None:
    assert folder.codes() == []


def test_each_check_reports_under_its_own_key() -> None:
    evidence, _ = read(FAULTY)
    for key, entry in CHECKS.items():
        assert {problem.code for problem in entry.run(evidence)} <= {key}


def test_the_table_says_what_each_check_is_for() -> None:
    for entry in CHECKS.values():
        assert entry.finds.endswith(".") and entry.why.endswith(".")
    assert len({entry.finds for entry in CHECKS.values()}) == len(CHECKS)


def test_problems_come_in_order_and_once(folder: Folder) -> None:
    evidence, _ = read(FAULTY)
    problems = check(evidence)
    assert list(problems) == sorted(set(problems))


CHOICE = """choices:
  - id: estimator
    label: Estimator
    status: equivalent
    why: invented
    alternatives:
      - id: other
        label: Other
        {}
sensitivity:"""


@pytest.mark.parametrize(
    ("file", "old", "new", "code", "fix"),
    [
        (STUDY, "design: rct", "design: rtc", "unknown-word", "'rct'"),
        (STUDY, "[alcohol]", "[alcohol, alcool]", "unknown-word", "'alcohol'"),
        (STUDY, "category: referral", "category: referal", "unknown-word", "'referral'"),
        (STUDY, "    timepoint", "    comparison: [refferal, usual-care]\n    timepoint", "unknown-word", "'referral'"),
        (STUDY, "read: true\na", "included_in: {review2011: {status: 'yes'}}\nread: true\na", "unknown-word", "2010"),
        ("vocabulary.yaml", "broader: referral", "broader: referrals", "unknown-word", "'referral'"),
        ("sources/review2010.yaml", "topic: referral", "topic: refferal", "unknown-word", "'referral'"),
        ("sources/review2010.yaml", "outcome_key: abstinence", "outcome_key: abstinance", "unknown-word", "abstinence"),
        ("sources/review2010.yaml", "identified: [sound2001]", "identified: [sound2010]", "unknown-study", "sound2001"),
        ("sources/review2010.yaml", "study: sound2001", "study: sound2010", "unknown-study", "sound2001"),
        ("questions/referral.yaml", "outcome: [abstinence]", "outcome: [abstinense]", "unknown-word", "abstinence"),
        ("questions/referral.yaml", "{category: [referral]", "{category: [refer]", "unknown-word", "'referral'"),
        ("questions/referral.yaml", "designs: [rct]", "designs: [rct, cohort]", "unknown-word", "correct the name"),
        ("questions/referral.yaml", "without: [sound2001]", "without: [sond2001]", "unknown-study", "sound2001"),
        ("questions/referral.yaml", "without: [sound2001]", "only: [sond2001]", "unknown-study", "sound2001"),
        ("questions/referral.yaml", "review2010/pooled", "review2011/pooled", "unknown-source", "review2010"),
        ("questions/referral.yaml", "review2010/pooled", "review2010/poolt", "unknown-source", "'pooled'"),
        ("questions/referral.yaml", "{model: common}", "{model: commn}", "variant-plan", "'common'"),
        ("questions/referral.yaml", "{model: common}", "{level: '95%'}", "variant-plan", "percent sign"),
        ("questions/referral.yaml", "sensitivity:", CHOICE.format("plan: {tau3: DL}"), "variant-plan", "tau2"),
        ("questions/referral.yaml", "sensitivity:", CHOICE.format("without: [sond2001]"), "unknown-study", "sound2001"),
        ("questions/referral.yaml", "sensitivity:", CHOICE.format("designs: [rtc]"), "unknown-word", "'rct'"),
        (
            "questions/referral.yaml", "sensitivity:", "exclude: [{study: sound2001, result: abstain, reason: x}]\n"
            "sensitivity:", "unknown-result", "'abstinent'",
        ),
        (
            "questions/referral.yaml", "added:", "baseline_risk: {value: 0.2, source: x, study: soud2001}\nadded:",
            "unknown-study", "sound2001",
        ),
    ],
)  # fmt: skip
def test_names_that_do_not_exist(folder: Folder, file: str, old: str, new: str, code: str, fix: str) -> None:
    problem = folder.change(file, old, new).only()
    assert (problem.file, problem.code) == (file, code)
    assert fix in problem.fix
    line = (folder.root / file).read_text(encoding="utf-8").split("\n")[problem.line - 1]
    assert problem.field.split(".")[-1].split("[")[0] in line


@pytest.mark.parametrize(
    ("item", "field"),
    [
        ("{form: counts, arms: {won: {events: 20, n: 50}}}", "arms.won"),
        ("{form: percent, arms: {won: {percent: 20}}}", "arms.won"),
        ("{form: means, arms: {won: {mean: 20}}}", "arms.won"),
        ("{form: correlation, arms: {won: 0.20}}", "arms.won"),
        ("{form: before-after, group: won, baseline: 20, followup: 50}", "group"),
        ("{form: contrast, measure: OR, estimate: 20, arms: [[one], [two, won]]}", "arms[1][1]"),
    ],
)
def test_arms_are_looked_up_in_every_form(folder: Folder, item: str, field: str) -> None:
    problem = printed(folder, item, "20 or 0.2 and 50").only()
    assert (problem.code, problem.field) == ("unknown-arm", f"results[0].printed[0].{field}")


def test_groups_may_stand_where_arms_do_but_combine_arms_only(folder: Folder) -> None:
    folder.change(STUDY, "results:\n", "groups: [{id: both, label: Both, combines: [one, two]}]\nresults:\n")
    folder.change(STUDY, "          two: {", "          both: {")
    assert folder.codes() == []
    problem = folder.change(STUDY, "combines: [one, two]", "combines: [one, both]").only()
    assert (problem.code, problem.field) == ("unknown-arm", "groups[0].combines[1]")


def test_arms_and_groups_share_one_set_of_ids(folder: Folder) -> None:
    folder.change(STUDY, "results:\n", "groups: [{id: two, label: Again}]\nresults:\n")
    assert folder.only().code == "duplicate-id"


def test_ids_of_statements_estimates_and_variants_occur_once(folder: Folder) -> None:
    text = (folder.root / "questions/referral.yaml").read_text(encoding="utf-8")
    row = next(line for line in text.split("\n") if line.startswith("  - {id: common"))
    folder.change("questions/referral.yaml", row, f"{row}\n{row}")
    problem = folder.only()
    assert (problem.code, problem.field) == ("duplicate-id", "sensitivity[1].id")
    assert "line 13" in problem.found and problem.line == 14


def test_a_family_has_two_members_or_more(folder: Folder) -> None:
    folder.change(STUDY, "year: 2001", "year: 2001\nfamily: trial")
    problem = folder.only()
    assert (problem.code, problem.field) == ("family-of-one", "family")
    folder.add_study("later2001", ("setting: A clinic", "setting: The same clinic"))
    assert folder.codes() == []
    folder.write("studies/broken.yaml", "").change(STUDY, "family: trial", "family: trail")
    assert folder.codes() == ["empty-file"], "the other member may be the one that cannot be read"


def test_a_misspelt_family_is_matched_with_the_ones_there_are(folder: Folder) -> None:
    for name in ("b2001", "c2001"):
        folder.add_study(name, ("year: 2001", "year: 2001\nfamily: trial-one"))
    problem = folder.change(STUDY, "year: 2001", "year: 2001\nfamily: trial-on").only()
    assert "'trial-one'" in problem.fix


def test_one_publication_may_belong_to_studies_of_one_family(folder: Folder) -> None:
    doi = ("issued: '2001'}", "issued: '2001', doi: 10.1000/XYZ}")
    folder.add_study("b2001", doi).add_study("c2001", (doi[0], doi[1].lower()))
    problem = folder.only()
    assert (problem.code, problem.field, problem.file) == ("shared-identifier", "reports[0].doi", "studies/c2001.yaml")
    for name in ("b2001", "c2001"):
        folder.change(f"studies/{name}.yaml", "year: 2001", "year: 2001\nfamily: same")
    assert folder.codes() == []


def contrast(measure: str, estimate: str, ci: str, rest: str) -> tuple[str, str]:
    item = f"{{form: contrast, measure: {measure}, estimate: {estimate}, ci: [{ci}], {rest}}}"
    return item, f"{estimate} ({ci}), {rest.replace('<', '')}"


@pytest.mark.parametrize(
    ("measure", "estimate", "ci", "se", "wrong"),
    [
        ("OR", "1.50", "1.00, 2.25", "0.207", False),
        ("OR", "1.50", "1.00, 2.25", "0.21", False),
        ("OR", "1.50", "1.00, 2.25", "0.24", True),
        ("OR", "1.50", "1.00, 2.25", "0.18", True),
        ("OR", "1.5", "1.0, 2.3", "0.24", False),  # one decimal: the lower limit stands for 0.95 to 1.05
        ("MD", "2.0", "0.04, 3.96", "1.00", False),
        ("MD", "2.0", "-0.23, 4.23", "1.00", False),  # an interval from Student's t with 10 degrees of freedom
        ("MD", "2.0", "0.04, 3.96", "1.05", True),
        ("MD", "2.0", "0.04, 3.96", "5.00", True),
        ("MD", "2.0", "-1.0, 5.0", "1.00", True),
    ],
)
def test_a_standard_error_fits_its_interval(
    folder: Folder, measure: str, estimate: str, ci: str, se: str, wrong: bool
) -> None:
    printed(folder, *contrast(measure, estimate, ci, f"se: {se}"))
    assert folder.codes() == (["ci-se-disagree"] if wrong else [])


def test_the_level_of_the_interval_counts(folder: Folder) -> None:
    printed(folder, *contrast("OR", "1.50", "1.07, 2.11", "se: 0.207, level: 0.90"))
    assert folder.codes() == []
    folder.change(STUDY, ", level: 0.90}", ", level: 0.99}")
    assert folder.codes() == ["ci-se-disagree"]


@pytest.mark.parametrize(
    ("measure", "ci", "p", "wrong"),
    [
        ("OR", "1.00, 2.25", "0.048", False),
        ("OR", "0.98, 2.25", "0.048", False),
        ("OR", "0.90, 2.50", "<0.05", True),
        ("OR", "0.90, 2.50", "0.001", True),
        ("OR", "0.97, 2.40", "0.045", False),  # a one-sided p value is half the two-sided one
        ("OR", "1.10, 2.05", "0.30", True),
        ("OR", "1.10, 2.05", "not significant", True),
        ("OR", "0.90, 2.50", "not significant", False),
        ("OR", "1.10, 2.05", ">0.05", True),
        ("MD", "0.5, 2.5", "0.004", False),
        ("MD", "-0.5, 3.5", "0.004", True),
    ],
)
def test_a_p_value_may_differ_from_its_interval_but_not_contradict_it(
    folder: Folder, measure: str, ci: str, p: str, wrong: bool
) -> None:
    printed(folder, *contrast(measure, "1.50", ci, f'p: "{p}"'))
    assert folder.codes() == (["p-ci-contradict"] if wrong else [])


@pytest.mark.parametrize(("sd", "se", "wrong"), [("2.0", "0.40", False), ("2.0", "0.4", False), ("0.40", "2.0", True)])
def test_sd_and_se_fit_the_number_of_people(folder: Folder, sd: str, se: str, wrong: bool) -> None:
    item = f"{{form: means, arms: {{one: {{mean: 4, sd: {sd}, se: {se}, n: 25}}}}}}"
    printed(folder, item, f"4, {sd}, {se}, 25")
    assert folder.codes() == (["sd-se-disagree"] if wrong else [])


@pytest.mark.parametrize(
    ("percent", "wrong"),
    [("40", False), ("40.0", False), ("40.4", True), ("41", True), ("{percent: 43, n: 47}", False)],
)
def test_counts_and_percentages_agree_after_rounding(folder: Folder, percent: str, wrong: bool) -> None:
    cell = percent if percent.startswith("{") else f"{{percent: {percent}}}"
    folder.change(STUDY, COUNTS, f"{COUNTS}      - {{form: percent, arms: {{one: {cell}}}}}\n")
    folder.change(STUDY, QUOTE, f"quote: '20 of 50 and 10 of 50 ({percent.strip('{}')})'")
    assert folder.codes() == (["percent-counts-disagree"] if wrong else [])


@pytest.mark.parametrize(("events", "wrong"), [("20", False), ("21", False), ("19", True), ("22", True)])
def test_an_extractors_counts_are_the_percentage_to_the_nearest_person(
    folder: Folder, events: str, wrong: bool
) -> None:
    printed(folder, "{form: percent, arms: {one: {percent: 41}}}", "41%")
    own = f"    checks: [{{arithmetic: x, counts: {{one: {{events: {events}, n: 50}}}}}}]\n"
    folder.change(STUDY, "    poolable", f"{own}    poolable")
    assert folder.codes() == (["check-counts-disagree"] if wrong else [])


def test_arms_may_hold_as_many_people_as_took_part(folder: Folder) -> None:
    assert folder.change(STUDY, "{value: 100}", "{value: 120}").codes() == []
    assert folder.change(STUDY, "{value: 120}", "{value: 99}").codes() == ["arms-exceed-participants"]


def test_the_year_of_a_source_is_checked_too(folder: Folder) -> None:
    problem = folder.change("sources/review2010.yaml", "year: 2010", "year: 2011").only()
    assert (problem.code, problem.file) == ("year-differs", "sources/review2010.yaml")


@pytest.mark.parametrize(
    ("where", "codes"),
    [
        ("quote: 20 of 50 against 10, read: true", []),
        ("quote: 20 against 10 of 50, quote_covers: all, read: true", []),
        ("quote: 20 against 10, read: true", ["quote-lacks-number"]),
        ("quote: 20 against 10, quote_covers: part, quote_note: 'not in it: 50', read: true", []),
        ("quote: 20 against 10, quote_covers: part, quote_note: n, read: true", ["quote-note-lacks-number"]),
        ("quote: 20 of 50, quote_covers: part, quote_note: 'not in it: 11', read: true", ["quote-note-lacks-number"]),
        ("quote: 20 against 10, quote_covers: part, read: true", ["quote-note-missing"]),
        ("quote: some, quote_covers: part, quote_note: '20, 10 and 50', read: true", ["quote-lacks-number"]),
        ("quote: some, quote_covers: none, quote_note: '20, 10 and 50', read: true", []),
        ("quote: some against few, quote_covers: none, read: true", ["quote-note-missing"]),
        ("quote: Twenty of fifty against ten of fifty, read: true", []),
        ("read: true", ["quote-note-missing"]),
        ("quote_note: only the table was seen, read: true", []),
        ("read: false", []),
    ],
)
def test_quotations_carry_what_they_are_said_to(folder: Folder, where: str, codes: list[str]) -> None:
    folder.change(STUDY, f"{{place: abstract, {QUOTE}, read: true}}", f"{{place: abstract, {where}}}")
    assert folder.codes() == codes


def test_a_quotation_need_not_carry_what_is_remembered(folder: Folder) -> None:
    folder.change(STUDY, "one: {events: 20, n: 50}", "one: {events: 19, n: 50, known: recalled}")
    assert folder.codes() == []
    folder.change(STUDY, "n: 50, known: recalled", "n: 50, known: derived")
    assert folder.codes() == ["quote-lacks-number"]


def test_an_item_read_elsewhere_is_checked_against_its_own_quotation(folder: Folder) -> None:
    elsewhere = "where: {place: Table 2, quote: 'p = .03', read: true}"
    folder.change(STUDY, COUNTS, f"{COUNTS}      - {{form: test, p: '0.03', {elsewhere}}}\n")
    assert folder.codes() == []
    problem = folder.change(STUDY, "p = .03", "p = .04").only()
    assert (problem.code, problem.field) == ("quote-lacks-number", "results[0].printed[1].where.quote")

"""Open, look, save and settle, without a browser."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from synthesis.analysis.run import analyse
from synthesis.errors import ConflictError, EvidenceError, UsageError
from synthesis.evidence.canonical import formatted
from synthesis.evidence.load import load
from synthesis.evidence.study import Study
from synthesis.exchange.bibliography.model import Entry
from synthesis.exchange.new_study import draft
from synthesis.form.session import Look, Session
from synthesis.form.shown import said, shown

ID = "invented2024"
Tree = dict[str, Any]


def looked(session: Session, tree: Tree, study: str = ID, **more: Any) -> Look:
    return session.look(study, tree, **({"seen": None, "tab": "one"} | more))


def file_of(project: Path, study: str = ID) -> Path:
    return project / "evidence" / "studies" / f"{study}.yaml"


def codes(found: Look) -> set[tuple[str, str]]:
    return {(problem.path, problem.code) for problem in found.problems}


def test_every_shipped_study_opens_unchanged(session: Session) -> None:
    for item in session.studies():
        opened = session.open(item["id"], "one")
        found = session.conflict(item["id"], opened.tree)
        assert all(same for _, _, same in found.rows), item["id"]


def test_a_sound_study_is_saved_in_canonical_form(session: Session, project: Path, invented_tree: Tree) -> None:
    found = session.save(ID, invented_tree, seen=None, tab="one")
    assert not isinstance(found, Look)
    text = file_of(project).read_text(encoding="utf-8")
    assert text == found[0] == formatted(text, Study, "x")
    held = load(project / "evidence")
    assert held.studies[ID].results[0].printed[0].arms["active"].events == 30
    # Saving twice changes nothing; a change of one value is a change of one line.
    again = session.save(ID, session.open(ID, "one").tree, seen=found[1], tab="one")
    assert again == found
    invented_tree["setting"] = "elsewhere"
    session.save(ID, invented_tree, seen=found[1], tab="one")
    lines = zip(text.splitlines(), file_of(project).read_text(encoding="utf-8").splitlines(), strict=True)
    assert [pair for pair in lines if pair[0] != pair[1]] == [("setting: invented", "setting: elsewhere")]


def test_problems_stand_at_their_fields(session: Session, invented_tree: Tree) -> None:
    cells = invented_tree["results"][0]["printed"][0]["arms"]
    cells["active"]["events"] = "70"
    cells["leaflet"]["n"] = "sixty"
    del invented_tree["setting"]
    found = looked(session, invented_tree)
    assert not found.readable
    assert codes(found) == {
        ("results[0].printed[0].arms.active.events", "events-exceed-n"),
        ("results[0].printed[0].arms.leaflet.n", "not-a-number"),
        ("setting", "missing-field"),
    }
    assert {problem.code for problem in found.problems if problem.empty} == {"missing-field"}


def test_the_checks_between_fields_run_too(session: Session, invented_tree: Tree) -> None:
    invented_tree["results"][0]["where"]["quote"] = "30 of 60 attended"
    invented_tree["results"][0]["outcome"] = "nonsense"
    found = looked(session, invented_tree)
    assert found.readable
    assert ("results[0].where.quote", "quote-lacks-number") in codes(found)
    assert ("results[0].outcome", "unknown-word") in codes(found)
    assert found.shown is None and found.waits_for == ("results[0].outcome",)


def test_problems_are_found_past_fields_that_are_empty(session: Session, invented_tree: Tree) -> None:
    invented_tree["results"].insert(0, {"id": "", "where": {"place": ""}})
    invented_tree["results"][1]["printed"].insert(0, {"form": ""})
    invented_tree["results"][1]["printed"][1]["arms"]["active"]["events"] = "99"
    found = looked(session, invented_tree)
    assert ("results[1].printed[1].arms.active.events", "events-exceed-n") in codes(found)


def test_the_same_problems_as_the_command_finds(session: Session, project: Path, invented_tree: Tree) -> None:
    from typer.testing import CliRunner

    from synthesis.cli import app

    invented_tree["results"][0]["where"]["quote"] = "30 of 60 attended"
    found = session.save(ID, invented_tree, seen=None, tab="one")
    assert isinstance(found, Look) and not file_of(project).exists()
    saved = session.save(ID, invented_tree, seen=None, tab="one", despite=True)
    assert not isinstance(saved, Look) and file_of(project).exists()
    told = CliRunner().invoke(app, ["check", "--project", str(project)]).exception
    assert isinstance(told, EvidenceError)
    ours = {problem.code for problem in told.problems if problem.file.endswith(f"{ID}.yaml")}
    assert ours == {problem.code for problem in found.problems}


def test_what_cannot_be_read_is_never_saved(session: Session, project: Path, invented_tree: Tree) -> None:
    del invented_tree["setting"]
    found = session.save(ID, invented_tree, seen=None, tab="one", despite=True)
    assert isinstance(found, Look) and not found.readable
    assert not file_of(project).exists()


def test_the_preview_is_what_an_analysis_of_the_saved_file_gives(
    session: Session, project: Path, invented_tree: Tree
) -> None:
    found = looked(session, invented_tree)
    assert found.shown is not None
    touched = {item.question.id: item for item in found.shown.touched}
    assert [key for key, item in touched.items() if item.status == "enters"] == ["active-referral-attendance"]
    item = touched["active-referral-attendance"]
    before = analyse(load(project / "evidence"), "active-referral-attendance")
    session.save(ID, invented_tree, seen=None, tab="one")
    after = analyse(load(project / "evidence"), "active-referral-attendance")
    assert (item.before.pooled, item.before.per_thousand) == (before.pooled, before.per_thousand)
    assert (item.after.pooled, item.after.certainty) == (after.pooled, after.certainty)
    assert before.pooled != after.pooled
    assert set(item.after.certainty.stale) == set(after.certainty.stale)
    effect = found.shown.effects[0]
    assert effect.text == "OR 2.00 (95% CI 0.96 to 4.18)" and effect.route == "counts of events"
    assert {question.id for question, _ in found.shown.elsewhere} | touched.keys() == load(
        project / "evidence"
    ).questions.keys()


def test_a_preview_does_not_wait_for_text(session: Session, invented_tree: Tree) -> None:
    for name in ("setting", "population", "design_as_described"):
        invented_tree[name] = ""
    del invented_tree["results"][0]["where"]["place"]
    found = looked(session, invented_tree)
    assert not found.readable and found.shown is not None and found.stand_ins == 4
    assert "not filled in" not in found.text


def test_a_preview_waits_for_what_decides(session: Session, invented_tree: Tree) -> None:
    del invented_tree["design"]
    found = looked(session, invented_tree)
    assert found.shown is None and "design" in found.waits_for
    assert shown(found) and said(found)


def test_what_a_result_is_left_out_for_is_said(session: Session, invented_tree: Tree) -> None:
    invented_tree["results"][0]["timepoint_months"] = "0.2"
    found = looked(session, invented_tree)
    assert found.shown is not None
    item = next(item for item in found.shown.touched if item.question.id == "active-referral-attendance")
    assert item.status == "left out"
    assert item.reasons == (("Attended", "measured at 0.2 months; the question takes 1 to 12"),)
    assert item.variants == ("With the one-week trial (Sisson 1981)", "Both of these changes")


def test_means_and_contrasts_and_words_have_their_effects(session: Session, invented_tree: Tree) -> None:
    result = invented_tree["results"][0]
    printed: dict[str, dict[str, Any]] = {
        "SMD": {
            "form": "means",
            "arms": {"active": {"mean": "10", "sd": "4", "n": "50"}, "leaflet": {"mean": "8", "se": "0.5", "n": "64"}},
        },
        "OR": {
            "form": "contrast",
            "measure": "OR",
            "arms": [["active"], ["leaflet"]],
            "estimate": "2.5",
            "ci": ["1.2", "5.2"],
        },
        "": {"form": "narrative", "finding": "More attended.", "stated": "better"},
    }
    for measure, item in printed.items():
        invented_tree["results"] = [{**result, "printed": [item], "outcome": "retention"}]
        found = looked(session, copy.deepcopy(invented_tree))
        assert found.shown is not None
        effect = found.shown.effects[0]
        assert effect.text.startswith(measure) and bool(effect.text) == bool(measure)
        assert effect.reason or effect.route


def test_an_unchanged_study_is_compared_with_its_absence(session: Session) -> None:
    opened = session.open("manning2012", "one")
    found = looked(session, opened.tree, "manning2012", seen=opened.seen)
    assert found.saved and found.problems == () and found.shown is not None
    assert found.shown.sides == ("Without it", "With it")
    item = found.shown.touched[0]
    assert "manning2012" not in {row.study for row in item.before.effects}
    assert "manning2012" in {row.study for row in item.after.effects}


@pytest.mark.parametrize("study", ["timko2007", "chi2009", "falsstewart2006"])
def test_records_that_share_people_have_no_problems_here_either(session: Session, study: str) -> None:
    opened = session.open(study, "one")
    assert looked(session, opened.tree, study, seen=opened.seen).problems == ()


def test_the_arithmetic_is_done_again(session: Session) -> None:
    opened = session.open("timko2007", "one")
    opened.tree["results"][0]["checks"][1]["estimate"] = "0.5"
    found = looked(session, opened.tree, "timko2007", seen=opened.seen)
    assert codes(found) == {("results[0].checks[1].estimate", "arithmetic")}


def test_unsaved_work_outlives_the_program(session: Session, project: Path, invented_tree: Tree) -> None:
    invented_tree["setting"] = ""
    looked(session, invented_tree)
    again = Session(project)
    assert [item["id"] for item in again.studies() if item["draft"]] == [ID]
    opened = again.open(ID, "two")
    assert opened.draft and opened.tree == invented_tree and opened.seen is None
    assert (project / ".drafts" / ".gitignore").read_text(encoding="utf-8") == "*\n"
    again.discard(ID)
    assert again.open(ID, "two").tree == {}


def test_what_nobody_has_changed_is_no_draft(session: Session, project: Path, invented_tree: Tree) -> None:
    looked(session, invented_tree, keep=False)
    opened = session.open("manning2012", "one")
    looked(session, opened.tree, "manning2012", seen=opened.seen)
    assert not list(project.glob(".drafts/*.json"))


def test_a_draft_that_cannot_be_read_is_passed_over(session: Session, project: Path) -> None:
    (project / ".drafts").mkdir()
    for text in ("", "[]", '{"seen": null, "tree": [1]}', '{"seen": null}'):
        (project / ".drafts" / "manning2012.json").write_text(text, encoding="utf-8")
        opened = session.open("manning2012", "one")
        assert not opened.draft and opened.tree["id"] == "manning2012"


def test_a_second_tab_takes_over_and_the_first_is_told(session: Session, invented_tree: Tree) -> None:
    session.open(ID, "one")
    session.open(ID, "two")
    assert looked(session, invented_tree, tab="one").superseded
    assert not looked(session, {"setting": "the second"}, tab="two").superseded
    assert session.open(ID, "three").tree == {"setting": "the second"}


def test_nothing_is_written_over_a_file_that_changed_meanwhile(session: Session, project: Path) -> None:
    opened = session.open("manning2012", "one")
    path = file_of(project, "manning2012")
    theirs = path.read_text(encoding="utf-8").replace("Inpatient detoxification ward", "A ward")
    path.write_text(theirs, encoding="utf-8")
    mine = copy.deepcopy(opened.tree)
    mine["population"] = "Other people"
    assert looked(session, mine, "manning2012", seen=opened.seen).changed_on_disk
    with pytest.raises(ConflictError):
        session.save("manning2012", mine, seen=opened.seen, tab="one")
    assert path.read_text(encoding="utf-8") == theirs
    found = session.conflict("manning2012", mine)
    differ = [(one, other) for one, other, same in found.rows if not same]
    assert ("setting: A ward, London", "setting: Inpatient detoxification ward, London") in differ
    assert [one for one, _, _ in found.rows if one is not None] == theirs.splitlines()
    # A draft that was begun on the old file says so when it is opened again.
    assert Session(project).open("manning2012", "two").changed_on_disk


@pytest.mark.parametrize("keep", ["mine", "theirs"])
def test_a_conflict_is_settled_and_loses_nothing(session: Session, project: Path, keep: Any) -> None:
    opened = session.open("manning2012", "one")
    path = file_of(project, "manning2012")
    theirs = path.read_text(encoding="utf-8").replace("Inpatient detoxification ward", "A ward")
    path.write_text(theirs, encoding="utf-8")
    mine = opened.tree | {"population": "Other people"}
    seen = session.conflict("manning2012", mine).seen
    kept = project / session.settle("manning2012", mine, seen=seen, keep=keep)
    won, lost = path.read_text(encoding="utf-8"), kept.read_text(encoding="utf-8")
    assert (won == theirs) == (keep == "theirs") and (lost == theirs) == (keep == "mine")
    assert "Other people" in won + lost
    assert not session.open("manning2012", "two").draft


def test_a_file_that_changes_once_more_is_looked_at_again(session: Session, project: Path) -> None:
    opened = session.open("manning2012", "one")
    path = file_of(project, "manning2012")
    seen = session.conflict("manning2012", opened.tree).seen
    path.write_text(path.read_text(encoding="utf-8") + "# later\n", encoding="utf-8")
    for keep in ("mine", "theirs"):
        with pytest.raises(ConflictError, match="once more"):
            session.settle("manning2012", opened.tree, seen=seen, keep=keep)


def test_a_deleted_file_is_a_conflict_and_what_cannot_be_read_settles_none(session: Session, project: Path) -> None:
    opened = session.open("manning2012", "one")
    file_of(project, "manning2012").unlink()
    with pytest.raises(ConflictError):
        session.save("manning2012", opened.tree, seen=opened.seen, tab="one")
    with pytest.raises(UsageError, match="mend the fields"):
        session.settle("manning2012", {"id": "manning2012"}, seen=None, keep="mine")
    session.settle("manning2012", opened.tree, seen=None, keep="mine")
    assert file_of(project, "manning2012").exists()


def test_the_records_are_read_again_when_one_has_changed(session: Session, project: Path) -> None:
    before = session.evidence()
    assert session.evidence() is before
    path = file_of(project, "manning2012")
    path.write_text(path.read_text(encoding="utf-8").replace("ward, London", "ward, Leeds"), encoding="utf-8")
    after = session.evidence()
    assert after.studies["manning2012"].setting == "Inpatient detoxification ward, Leeds"
    path.unlink()
    assert "manning2012" not in session.evidence().studies


def test_comments_in_a_file_stay(session: Session, project: Path) -> None:
    path = file_of(project, "manning2012")
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("arms:\n", "# Read twice.\narms:\n", 1), encoding="utf-8")
    opened = session.open("manning2012", "one")
    opened.tree["setting"] = "A ward"
    session.save("manning2012", opened.tree, seen=opened.seen, tab="one")
    assert "# Read twice.\narms:\n" in path.read_text(encoding="utf-8")


def test_a_record_begun_from_a_citation_is_filled_in(session: Session, project: Path, invented_tree: Tree) -> None:
    entry = Entry(reference={"type": "article-journal", "title": "A title"}, place="citation 1", left={"MH": "Alcohol"})
    vocabulary = session.evidence().vocabulary
    assert vocabulary is not None
    file_of(project).write_text(draft(entry, ID, "2026-11-27", vocabulary, {"year": 2024}), encoding="utf-8")
    opened = session.open(ID, "one")
    begun = opened.tree | {name: invented_tree[name] for name in ("setting", "arms")}
    text = looked(session, begun, seen=opened.seen).text
    assert "# setting:" not in text and "# population: who took part" in text and "# results:" in text
    saved = session.save(ID, opened.tree | invented_tree, seen=opened.seen, tab="one", despite=True)
    assert not isinstance(saved, Look)
    asked = [line for line in saved[0].splitlines()[1:] if line.startswith("#")]
    assert asked[0].startswith("# Still missing.")
    assert asked[1:] == [
        "# participants: how many took part, for example {value: 120}",
        "# followup_months: when outcomes were measured, in months from baseline, for example [3, 12]",
        "# The report below is without: author, container_title, issued, doi, pmid.",
        "# In citation 1, without a field here: MH: Alcohol",
    ]


def test_a_study_that_is_there_already_is_named(session: Session, invented_tree: Tree) -> None:
    opened = session.open("timko2007", "one")
    invented_tree["reports"][0]["title"] = opened.tree["reports"][0]["title"]
    found = looked(session, invented_tree)
    assert [item.study for item in found.alike] == ["timko2007"]
    assert "/study/timko2007" in shown(found)
    assert looked(session, invented_tree | {"family": "intensive-referral-trial"}).alike == ()
    for odd in ([], [""], [{"title": ["x"]}], [{"title": "x", "author": ["y"]}], {"title": "x"}):
        assert looked(session, invented_tree | {"reports": odd}).alike == ()


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "..", "", "a/b", "a\\b", "A", "con", "nul", "a b", "a\0", "a" * 81, ".hidden", "é"]
)
def test_names_that_lead_elsewhere_are_refused(session: Session, project: Path, name: str) -> None:
    before = sorted(project.rglob("*"))
    for call in (
        lambda: session.open(name, "one"),
        lambda: session.look(name, {}, seen=None, tab="one"),
        lambda: session.save(name, {}, seen=None, tab="one", despite=True),
        lambda: session.conflict(name, {}),
        lambda: session.settle(name, {}, seen=None, keep="theirs"),
        lambda: session.discard(name),
    ):
        with pytest.raises(UsageError):
            call()
    assert sorted(project.rglob("*")) == before


def test_a_link_out_of_the_folder_is_not_followed(session: Session, project: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside.yaml"
    outside.write_text("secret: yes\n", encoding="utf-8")
    file_of(project, "linked2020").symlink_to(outside)
    with pytest.raises(EvidenceError, match="outside"):
        session.open("linked2020", "one")
    with pytest.raises(EvidenceError, match="outside"):
        session.save("linked2020", {}, seen=None, tab="one", despite=True)
    assert outside.read_text(encoding="utf-8") == "secret: yes\n"


def test_evidence_text_is_escaped_in_the_panel(session: Session, invented_tree: Tree) -> None:
    hostile = "<img src=x onerror=alert(1)>"
    invented_tree["results"][0]["name"] = hostile
    invented_tree["arms"][0]["label"] = hostile
    invented_tree["reports"][0]["author"][0]["family"] = hostile
    html = shown(looked(session, invented_tree))
    assert "<img" not in html and "&lt;img" in html
    assert "style=" not in html and "<script" not in html and " id=" in html


def test_who_extracts_is_remembered(session: Session, project: Path) -> None:
    assert session.drafts.person == ""
    session.drafts.name_person("  A.\n Reader\x07 ")
    assert Session(project).drafts.person == "A. Reader"
    session.drafts.name_person("x" * 500)
    assert len(session.drafts.person) == 80


def test_json_of_a_draft_is_plain(session: Session, project: Path, invented_tree: Tree) -> None:
    looked(session, invented_tree)
    held = json.loads((project / ".drafts" / f"{ID}.json").read_text(encoding="utf-8"))
    assert held == {"seen": None, "tree": invented_tree}

"""What a change does, shown before it is merged."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
import yaml

from changes.invented_project import Project, a_result, a_study
from synthesis import cli
from synthesis.errors import UsageError
from synthesis.pipeline import make
from synthesis.previews.markdown import escaped
from synthesis.previews.preview import preview
from synthesis.previews.text import NO_IMPACT, ONLY_PROBLEMS, preview_text

Git = Callable[..., str]


def add_study(project: Project, **more: Any) -> None:
    """A trial that turns the answer on one outcome and measured another that nobody asks about in this way."""
    results = (a_result("entering", 4, 120, 200), a_result("resting", 30, 20) | {"timepoint_months": 3})
    project.write("evidence/studies/delta2004.yaml", a_study("delta2004", *results, n=200) | more)


def test_a_branch_that_adds_a_study(branch: Project) -> None:
    add_study(branch)
    found = preview(branch.root, "help")
    (study,) = found.studies
    assert (study.study, study.status) == ("delta2004", "new")
    used, refused = study.entries
    assert (used.question, used.used) == ("entering", True)
    assert re.fullmatch(r"result entering: OR 0\.01 \(0\.005 to 0\.04\), weight \d+%", used.text)
    assert (refused.question, refused.used) == ("resting", False)
    assert refused.text == "result resting: measured at 3 months; the question takes 6 to 12"
    (influence,) = study.influences
    assert influence.without_it.startswith("OR 1.39 ") and influence.with_it.startswith("OR 0.4")
    labels = {item.question: (item.label, item.because) for item in found.report.questions}
    assert labels.pop("entering") == ("reversed", ("new-studies",))
    assert set(labels.values()) == {("unchanged", ())}


def test_claims_that_fail_say_why_and_what_may_be_said_now(branch: Project) -> None:
    add_study(branch)
    (claim,) = preview(branch.root, "help").claims
    assert (claim.claim, claim.place, claim.new) == ("entering-more", "help/claims.yaml:4", True)
    assert re.fullmatch(
        r"entering\.estimate must be > 1; was 1\.36 when it was written, is 0\.4\d now", claim.reasons[0]
    )
    ((title, allowed),) = claim.allowed
    assert title == "Help and entering"
    assert allowed.startswith("Help probably ")


def test_judgements_that_go_stale_show_old_and_new_facts(branch: Project) -> None:
    sign(branch, "entering")
    add_study(branch)
    found = {item.domain: item for item in preview(branch.root, "help").judgements if item.question == "entering"}
    imprecision = found["Imprecision"]
    assert imprecision.new
    facts = {name: (seen, now) for name, seen, now in imprecision.facts}
    assert facts["effect"][0].startswith("OR 1.39 ") and facts["effect"][1].startswith("OR 0.4")
    assert "thresholds per 1,000 (small, moderate, large)" not in facts


def sign(project: Project, key: str) -> None:
    """Sign the judgement of a question on the facts there are, and commit that to main."""
    from synthesis.analysis.run import analyse
    from synthesis.evidence.judgement import facts_hash

    analysis = analyse(project.state().evidence, key)

    def signed(data: dict[str, Any]) -> None:
        for item in analysis.certainty.domains:
            rating = data["certainty"]["domains"].get(item.domain)
            if rating is not None:
                rating.update(facts=item.facts, facts_hash=facts_hash(item.facts))

    project.edit(f"evidence/questions/{key}.yaml", signed)
    from subprocess import run

    for arguments in (["checkout", "-q", "main"], ["commit", "-qam", "Sign"], ["checkout", "-q", "-B", "change"]):
        run(["git", *arguments], cwd=project.root, check=True)


def test_the_text_is_the_same_each_time_and_has_every_part(branch: Project) -> None:
    sign(branch, "entering")
    add_study(branch)
    text = preview_text(preview(branch.root, "help"))
    assert text == preview_text(preview(branch.root, "help"))
    parts = (
        "## What this change does to “Help”",
        "- Of 7 conclusions, 1 is reversed and 6 are unchanged.",
        "- Since then: 1 new study.",
        "- **Before the next edition**: 1 claim to read again and reword; certainty to judge again in ",
        "### Checks\n\n0 problems in 5 studies, 0 sources, 7 questions.",
        "### Where each study goes\n\n**Delta 2004** (`delta2004`, new)",
        "- enters *Help and entering* with result entering: OR 0.01",
        "- does not enter *Help and resting*: result resting: measured at 3 months",
        "### Conclusions before and now",
        "6 other conclusions stand as they did, with the same numbers.",
        "### Claims that no longer hold",
        "### Judgements made on other facts",
        "### Forest plots\n\nHelp and entering:\n\n```text\n",
        "Delta 2004 *",
    )
    places = [text.index(part) for part in parts]
    assert places == sorted(places)
    assert str(branch.root) not in text


def test_the_numbers_are_those_of_a_full_build(branch: Project) -> None:
    add_study(branch)
    notebook = nbformat.v4.new_notebook(metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}})
    cells = (
        ("parameters", "edition_date = None\nedition = None"),
        ("open", "import synthesis as syn\nbriefing = syn.open_briefing('help', edition=edition)\n"
                 "evidence = syn.open(scope=briefing.issue.scope)\n"
                 "analyses = [syn.analyse(evidence, key) for key in briefing.questions]"),
        ("facts", "facts = syn.briefing_facts(evidence, briefing, analyses, issued=edition_date)\nfacts"),
    )  # fmt: skip
    for name, source in cells:
        tags = [] if name == "facts" else ["parameters" if name == "parameters" else "no-output"]
        notebook.cells.append(nbformat.v4.new_code_cell(source, id=name, metadata={"tags": tags} if tags else {}))
    (branch.root / "notebooks").mkdir()
    nbformat.write(notebook, branch.root / "notebooks" / "help.ipynb")
    built = json.loads(make(branch.root, "help", formats=("html",)).files["numbers.json"])
    shown = preview(branch.root, "help").to_dict()["report"]["questions"]
    assert len(shown) == len(built["analyses"]) == 7
    for item, analysis in zip(shown, built["analyses"], strict=True):
        now, plan = item["after"], analysis["models"]["plan"]
        assert item["question"] == analysis["question"]
        assert (now["estimate"], now["low"], now["high"]) == (plan["estimate"], plan["ci"]["low"], plan["ci"]["high"])
        assert now["people"] == analysis["per_thousand"]
        assert now["studies"] == [row["study"] for row in analysis["effects"]["rows"]]


def test_documentation_alone_has_no_impact(branch: Project, git: Git) -> None:
    (branch.root / "README.md").write_text("Words.\n", encoding="utf-8")
    path = branch.root / "evidence/studies/alder2001.yaml"
    path.write_text(
        "# written otherwise\n" + path.read_text(encoding="utf-8").replace('  "', '    "'), encoding="utf-8"
    )
    git("add", ".")
    git("commit", "--quiet", "--message=Words")
    found = preview(branch.root, "help")
    assert not found.impact and found.sound
    text = preview_text(found)
    assert NO_IMPACT in text and "###" in text and "Forest" not in text


def test_a_record_with_problems_is_reported_and_the_rest_previewed(branch: Project) -> None:
    add_study(branch)
    branch.write("evidence/studies/gamma2006.yaml", a_study("gamma2006", a_result("mending", 300, 20)))
    branch.edit("evidence/studies/birch2002.yaml", lambda data: data.update(design="unheard-of"))
    found = preview(branch.root, "help")
    assert [problem.file for problem in found.problems] == ["studies/birch2002.yaml", "studies/gamma2006.yaml"]
    assert found.aside == {"studies/birch2002.yaml": "taken as it was", "studies/gamma2006.yaml": "left out"}
    assert [study.study for study in found.studies] == ["delta2004"]
    assert not found.sound
    text = preview_text(found)
    assert "2 problems. `synthesis check` reports the same." in text
    assert "In this preview `studies/gamma2006.yaml` is left out." in text
    assert "**Delta 2004**" in text


def test_a_question_that_names_a_study_left_out_stands_as_it_was(branch: Project) -> None:
    branch.write("evidence/studies/gamma2006.yaml", a_study("gamma2006", a_result("mending", 300, 20)))
    variant = {"id": "without", "label": "Without it", "why": "Invented.", "without": ["gamma2006"]}
    branch.edit("evidence/questions/mending.yaml", lambda data: data.update(sensitivity=[variant]))
    found = preview(branch.root, "help")
    assert found.aside["questions/mending.yaml"] == "names a study that is left out; taken as it was"


def test_claims_and_definitions_that_cannot_be_read_stand_as_they_were(branch: Project) -> None:
    (branch.root / "briefings/help/claims.yaml").write_text("claims: [", encoding="utf-8")
    branch.edit("briefings/help/briefing.yaml", lambda data: data.update(questions=[]))
    found = preview(branch.root, "help")
    assert {problem.file for problem in found.problems} == {"help/claims.yaml", "help/briefing.yaml"}
    assert not found.impact
    assert ONLY_PROBLEMS in preview_text(found) and NO_IMPACT not in preview_text(found)


def test_a_withdrawn_and_a_changed_study(branch: Project) -> None:
    (branch.root / "evidence/studies/elder2005.yaml").unlink()
    branch.edit("evidence/studies/birch2002.yaml", lambda data: data["results"].pop())
    found = {item.study: item for item in preview(branch.root, "help").studies}
    assert found["elder2005"].status == "withdrawn"
    assert found["birch2002"].status == "changed"
    assert [entry.question for entry in found["birch2002"].entries if entry.used] == [
        "entering", "mending", "pooling", "judging", "asking", "wording"
    ]  # fmt: skip


def test_a_study_nobody_asks_about(branch: Project) -> None:
    branch.edit("evidence/vocabulary.yaml", lambda data: data["outcomes"].update(other=data["outcomes"]["resting"]))
    branch.write("evidence/studies/delta2004.yaml", a_study("delta2004", a_result("other", 4, 2)))
    (study,) = preview(branch.root, "help").studies
    assert study.entries == ()
    assert study.nowhere == "No question of the briefing asks about what it measured: Resting."


def test_a_study_that_compares_something_else(branch: Project) -> None:
    other = a_study("delta2004", a_result("resting", 4, 2))
    other["arms"][0]["category"] = "usual"
    branch.write("evidence/studies/delta2004.yaml", other)
    (study,) = preview(branch.root, "help").studies
    (entry,) = study.entries
    assert not entry.used
    assert entry.text == "it measures this outcome, and does not compare help with usual care"


def test_a_new_briefing_has_nothing_before_it(branch: Project) -> None:
    definition = (branch.root / "briefings/help/briefing.yaml").read_text(encoding="utf-8")
    (branch.root / "briefings/other").mkdir()
    (branch.root / "briefings/other/briefing.yaml").write_text(
        definition.replace('"help"', '"other"'), encoding="utf-8"
    )
    found = preview(branch.root, "other")
    assert found.report.before is None
    assert {item.label for item in found.report.questions} == {"new"}
    assert "Everything in it is new." in preview_text(found)


def test_demonstration_data_says_so(branch: Project) -> None:
    def made_up(data: dict[str, Any]) -> None:
        data["id"] = "demo-delta2004"
        data["reports"][0]["title"] = f"Demonstration data: {data['reports'][0]['title']}"

    add_study(branch, demonstration=True)
    branch.root.joinpath("evidence/studies/delta2004.yaml").rename(branch.root / "evidence/studies/demo-delta2004.yaml")
    branch.edit("evidence/studies/demo-delta2004.yaml", made_up)
    found = preview(branch.root, "help")
    assert "- Demonstration data (1 record made up). No conclusion here is evidence." in preview_text(found)


def test_git_is_asked_and_left_as_it_was(branch: Project, git: Git) -> None:
    git("rm", "--quiet", "--cached", "evidence/studies/elder2005.yaml")
    index = (branch.root / ".git/index").read_bytes()
    status = git("status", "--porcelain")
    preview(branch.root, "help", "main")
    assert (branch.root / ".git/index").read_bytes() == index
    assert git("status", "--porcelain") == status
    assert git("branch", "--show-current") == "change"


def test_a_project_inside_a_repository(tmp_path: Path, git: Git) -> None:
    from changes.invented_project import make_project

    inner = make_project(tmp_path / "project" / "deep" / "inside")
    git("init", "--quiet", "--initial-branch=main")
    git("add", ".")
    git("commit", "--quiet", "--message=Start")
    add_study(inner)
    assert [study.study for study in preview(inner.root, "help").studies] == ["delta2004"]


@pytest.mark.parametrize("name", ["nowhere", "--upload-pack=x", "", "main:README"])
def test_a_reference_that_is_none(branch: Project, name: str) -> None:
    with pytest.raises(UsageError, match="is no git reference"):
        preview(branch.root, "help", name)


def test_a_branch_of_another_name_has_to_be_named(branch: Project, git: Git) -> None:
    git("branch", "--quiet", "--move", "main", "trunk")
    with pytest.raises(UsageError, match="name a commit with --against"):
        preview(branch.root, "help")
    assert not preview(branch.root, "help", "trunk").impact


def test_without_git(branch: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, git: Git) -> None:
    with monkeypatch.context() as patch:
        patch.setenv("PATH", str(tmp_path))
        with pytest.raises(UsageError, match=r"git is not installed.*synthesis changes FOLDER"):
            preview(branch.root, "help")
    (branch.root / ".git").rename(branch.root / "git")
    with pytest.raises(UsageError, match=r"is not under git.*synthesis changes FOLDER"):
        preview(branch.root, "help")


def test_text_of_records_is_text(branch: Project) -> None:
    hostile = "Pipe | <b>bold</b> `code` [link](http://x) @someone *star*"
    data = a_study("delta2004", a_result("entering", 20, 80, 200), n=200)
    data["reports"][0]["author"] = [{"literal": hostile}]
    branch.write("evidence/studies/delta2004.yaml", data)
    text = preview_text(preview(branch.root, "help"))
    assert "<b>" not in re.sub(r"```text.*?```", "", text, flags=re.DOTALL)
    assert escaped(hostile) in text and "@<!-- -->someone" in text
    for row in (line for line in text.splitlines() if line.startswith("| ")):
        assert len(re.findall(r"(?<!\\)\|", row)) in (6, 7, 5)


def run(monkeypatch: pytest.MonkeyPatch, capsys: Any, root: Path, *arguments: str) -> tuple[int, str, str]:
    monkeypatch.chdir(root)
    monkeypatch.setattr(sys, "argv", ["synthesis", *arguments])
    capsys.readouterr()
    try:
        cli.main()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 0
    else:
        code = 0
    streams = capsys.readouterr()
    return code, streams.out, streams.err


def test_the_commands(branch: Project, git: Git, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    clean = run(monkeypatch, capsys, branch.root, "preview")
    assert (clean[0], clean[2]) == (0, "") and NO_IMPACT in clean[1]
    add_study(branch)
    code, out, _ = run(monkeypatch, capsys, branch.root, "preview")
    assert code == 1 and out.startswith("## What this change does")
    code, out, _ = run(monkeypatch, capsys, branch.root, "preview", "--format", "json")
    assert code == 1 and json.loads(out)["studies"][0]["study"] == "delta2004"
    code, out, _ = run(monkeypatch, capsys, branch.root, "changes", "main")
    assert (
        code == 0
        and out.startswith("Compared with main (")
        and "The conclusion on “Help and entering” is reversed" in out
    )
    code, out, _ = run(monkeypatch, capsys, branch.root, "changes", "main", "main", "--format", "markdown")
    assert code == 0 and "changed" in out
    code, out, _ = run(monkeypatch, capsys, branch.root, "changes", "main", ".", "--format", "json")
    assert code == 0 and json.loads(out)["after"]["name"] == "the folder ."
    assert json.loads(out)["lines"][0].startswith("Compared with main (")
    code, _, err = run(monkeypatch, capsys, branch.root, "changes")
    assert code == 2 and "no edition of help has been issued" in err
    code, _, err = run(monkeypatch, capsys, branch.root, "changes", "nowhere")
    assert code == 2 and "'nowhere' is no edition of help, no folder" in err


def test_the_workflow_to_copy_runs_commands_there_are() -> None:
    root = Path(__file__).resolve().parents[2]
    path = root / "docs" / "how-to" / "preview.yml"
    workflow = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert workflow["permissions"] == {"contents": "read"}
    steps = workflow["jobs"]["preview"]["steps"]
    assert all(re.fullmatch(r"actions/[a-z-]+@v\d+", step["uses"]) for step in steps if "uses" in step)
    said = " ".join(step.get("run", "") for step in steps)
    assert set(re.findall(r"bin/synthesis ([a-z-]+)", said)) == {"check", "preview"}
    assert "setup:" in (root / "Makefile").read_text(encoding="utf-8") and "make setup" in said
    # What somebody else writes never becomes part of a command.
    assert "${{" not in said

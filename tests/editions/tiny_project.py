"""A project of one question and one study, all of it invented, that is quick to check and to build."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbformat

VOCABULARY = """\
schema_version: 1
outcomes:
  abstinence: {label: Abstinence, direction: higher-better, domain: abstinence}
arm_categories:
  referral: {label: Referral}
  usual-care: {label: Usual care}
designs:
  rct: {label: Randomised trial, randomised: true}
substances:
  alcohol: {label: Alcohol}
topics: {}
reviews: {}
"""

QUESTION = """\
schema_version: 1
id: referral
title: Referral and abstinence
question: Does referral raise abstinence?
population: Adults
intervention: {category: [referral], label: Referral}
comparator: {category: [usual-care], label: Usual care}
outcome: [abstinence]
outcome_label: Abstinent
window_months: [0, 12]
designs: [rct]
added: 2026-01-01
"""

STUDY = """\
schema_version: 1
id: {id}
design: rct
design_as_described: randomised trial
countries: [GB]
setting: invented
population: invented people
substances: [alcohol]
year: {year}
reports:
  - id: main
    type: article-journal
    title: An invented trial
    author: [{{family: {family}}}]
    issued: '{year}'
    doi: 10.9999/{id}
arms:
  - {{id: a, label: Referred, category: referral, role: intervention, n_randomised: 100}}
  - {{id: b, label: Not referred, category: usual-care, role: comparator, n_randomised: 100}}
results:
  - id: main
    name: Abstinent
    outcome: abstinence
    timepoint_months: 6
    printed:
      - form: counts
        arms: {{a: {{events: {events}, n: 100}}, b: {{events: 25, n: 100}}}}
    where: {{place: table 1, read: true, quote_note: invented}}
    poolable: 'yes'
read: true
added: 2026-01-02
"""

BRIEFING = """\
schema_version: 1
id: referral
title: Referral
question: Does referral help?
audience: Testers
owner: Nobody
notebook: notebooks/referral.ipynb
questions: [referral]
edition: '2026-01'
date: 2026-01-05
review_months: 12
evidence_to: 2026-01-04
"""

CLAIMS = """\
schema_version: 1
claims:
  - id: raises
    says: More people were abstinent after referral ({{ referral.effect }}).
    when: [referral.estimate > 1]
"""

CELLS = (
    ("code", "parameters", "edition_date = None\nedition = None"),
    (
        "code",
        "open",
        "import synthesis as syn\nbriefing = syn.open_briefing('referral', edition=edition)\n"
        "evidence = syn.open(scope=briefing.issue.scope)\n"
        "analyses = [syn.analyse(evidence, question) for question in briefing.questions]",
    ),
    ("code", "facts", "syn.briefing_facts(evidence, briefing, analyses, claims=syn.open_claims('referral'))"),
    ("code", "head", "syn.masthead(evidence, briefing)"),
    ("markdown", "prose", "## Findings\n\n{{ claim:raises }}"),
)

COMMANDS = (
    ("init", "--quiet", "--initial-branch=main"),
    ("config", "user.name", "Nobody"),
    ("config", "user.email", "nobody@example.org"),
    ("config", "commit.gpgsign", "false"),
)


def make_project(root: Path, *, git: bool = True) -> Path:
    """The project in ``root``, which is made; committed, if ``git``."""
    for name in ("studies", "sources", "questions"):
        (root / "evidence" / name).mkdir(parents=True)
    (root / "briefings" / "referral").mkdir(parents=True)
    (root / "notebooks").mkdir()
    (root / "evidence" / "vocabulary.yaml").write_text(VOCABULARY)
    (root / "evidence" / "questions" / "referral.yaml").write_text(QUESTION)
    (root / "briefings" / "referral" / "briefing.yaml").write_text(BRIEFING)
    (root / "briefings" / "referral" / "claims.yaml").write_text(CLAIMS)
    (root / ".gitignore").write_text("build/\n")
    add_study(root, "alpha2001")
    _write_notebook(root / "notebooks" / "referral.ipynb")
    if git:
        for command in COMMANDS:
            run_git(root, *command)
        commit(root)
    return root


def add_study(root: Path, study: str, *, events: int = 40) -> Path:
    """Another study; two with the same numbers are allowed here."""
    path = root / "evidence" / "studies" / f"{study}.yaml"
    path.write_text(STUDY.format(id=study, year=study[-4:], family=study[:-4].title(), events=events))
    return path


def commit(root: Path, message: str = "Change") -> str:
    """Commit everything; the id of the commit."""
    run_git(root, "add", "--all")
    run_git(root, "commit", "--quiet", "--allow-empty", "--message", message)
    return run_git(root, "rev-parse", "HEAD")


def run_git(root: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def _write_notebook(path: Path) -> None:
    notebook = nbformat.v4.new_notebook(metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}})
    for kind, name, source in CELLS:
        make = nbformat.v4.new_code_cell if kind == "code" else nbformat.v4.new_markdown_cell
        tags = {"parameters": ["parameters"], "open": ["no-output"]}.get(name, [])
        notebook.cells.append(make(source, id=name, metadata={"tags": tags} if tags else {}))
    nbformat.write(notebook, path)


def quick_build(
    project: Path, briefing: str, parameters: Mapping[str, object], *rest: Any, **more: Any
) -> dict[str, bytes]:
    """Stands in for a build where what matters is what becomes of its files."""
    records = sorted(path.name for path in (project / "evidence" / "studies").iterdir())
    return {
        "briefing.html": f"{briefing} {sorted(parameters.items())} {records}".encode(),
        "briefing.pdf": b"%PDF" + bytes(range(256)) * 400,
        "numbers.json": b"{}\n",
    }

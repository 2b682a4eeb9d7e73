"""No number goes stale: inputs of the shipped evidence are changed one at a time, and everything printed follows.

A number is stale if what a document prints under a name is not what the changed evidence gives for that name, worked out
anew. Each change is made to a record's file; then the checks run, the notebooks' cells run in this process (without the
cells that only draw), and their outputs are made into documents as in any build.
"""

from __future__ import annotations

import ast
import json
import random
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import CodeType
from typing import Any

import pypdfium2
import pytest
import yaml
from lxml import html

import synthesis as syn
from synthesis.analysis.arithmetic import check_arithmetic
from synthesis.analysis.json_numbers import spelt_out
from synthesis.analysis.model import Analysis
from synthesis.briefing.facts import Fact, facts_of
from synthesis.document.elements import (
    BLOCK_MIME, FACTS_MIME, Document, KeyMessages, Line, ListBlock, Paragraph, Span, Table, to_data,
)  # fmt: skip
from synthesis.document.walk import changed, every_line
from synthesis.errors import ClaimError, DocumentError
from synthesis.evidence.checks import check
from synthesis.evidence.load import Evidence, with_file
from synthesis.evidence.question import Question
from synthesis.formatting import shortest
from synthesis.render.html import to_html
from synthesis.render.notebook import document_from_notebook
from synthesis.render.pdf import to_pdf

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = {name: ROOT / "notebooks" / f"mutual_aid_{name}.ipynb" for name in ("briefing", "annex")}
MUTATIONS = 200
SEED = 20261127
# These only draw, or compare with another edition. What they show is compared with its source where they are tested.
DRAWN = frozenset({"explorer", "forest", "gap_map", "local_baseline", "specification_curve", "what_changed", "change_details"})
# Not results: identity, form, and the size of an interval.
NO_INPUT = frozenset({"schema_version", "year", "level", "issue", "volume", "page", "pmid", "change", "checks"})
# Records of which prose cites single numbers, whether or not they are pooled.
CITED_STUDIES = frozenset({"manning2012", "sisson1981", "yekaskutas2009", "fortney1998", "humphreysmoos2007"})
CITED_SOURCES = ("kelly2020", "campbell2017", "beck2017", "nice-cg51", "nice-cg115")


@dataclass(frozen=True, slots=True)
class Input:
    """A numeric field: its record's file and the way to it."""

    file: str
    path: tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Printed:
    """What a build of one state of the evidence prints."""

    documents: dict[str, Document]
    facts: dict[str, dict[str, Any]]


class Node(dict[str, Any]):
    """A cell or output, read like those of nbformat."""

    def __getattr__(self, name: str) -> Any:
        return self[name]


@dataclass(frozen=True, slots=True)
class Cell:
    id: str
    kind: str
    source: str
    tags: tuple[str, ...]
    body: CodeType | None = None
    last: CodeType | None = None


def cells_of(path: Path) -> tuple[Cell, ...]:
    found = []
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        source, tags = "".join(cell["source"]), tuple(cell["metadata"].get("tags", ()))
        body = last = None
        if cell["cell_type"] == "code":
            tree = ast.parse(source)
            tree.body = [node for node in tree.body if not isinstance(node, ast.Import)]
            if tree.body and isinstance(tree.body[-1], ast.Expr):
                last = compile(ast.Expression(tree.body.pop().value), cell["id"], "eval")  # type: ignore[attr-defined]
            body = compile(tree, cell["id"], "exec")
        found.append(Cell(cell["id"], cell["cell_type"], source, tags, body, last))
    return tuple(found)


class Stand:
    """``syn`` as the notebooks see it, with evidence from memory and nothing drawn."""

    def __init__(self, bench: Bench, evidence: Evidence) -> None:
        self._bench, self._evidence = bench, evidence

    def __getattr__(self, name: str) -> Any:
        return (lambda *args, **more: ()) if name in DRAWN else getattr(syn, name)

    def open(self, scope: object = None) -> Evidence:
        return self._evidence

    def analyse(self, evidence: Evidence, question: str) -> Analysis:
        return self._bench.analyse(evidence, question)


@dataclass
class Bench:
    """Builds documents from evidence that is only in memory."""

    cells: dict[str, tuple[Cell, ...]]
    analysed: dict[tuple[object, ...], Analysis] = field(default_factory=dict)

    def analyse(self, evidence: Evidence, question: str) -> Analysis:
        """As ``syn.analyse``; a question that the changed record cannot reach is not analysed again."""
        key = (question, *(id(record) for record in within_reach(evidence, evidence.questions[question])))
        if key not in self.analysed:
            self.analysed[key] = syn.analyse(evidence, question)
        return self.analysed[key]

    def build(self, evidence: Evidence, *names: str) -> Printed:
        """The documents of these names, or all of them."""
        documents: dict[str, Document] = {}
        facts: dict[str, dict[str, Any]] = {}
        for name in names or tuple(self.cells):
            cells = self.cells[name]
            scope: dict[str, Any] = {"syn": Stand(self, evidence)}
            shown = [executed(cell, scope) for cell in cells]
            documents[name] = document_from_notebook(Node(cells=shown))
            (carried,) = (item["data"][FACTS_MIME] for cell in shown for item in cell.get("outputs", ())
                          if FACTS_MIME in item["data"])
            facts[name] = carried["facts"]
        assert all(found == facts["briefing"] for found in facts.values())
        return Printed(documents, facts["briefing"])


def within_reach(evidence: Evidence, question: Question) -> Iterator[object]:
    """The question, and every record that has a result on one of its outcomes or is compared with it."""
    yield question
    for study in evidence.studies.values():
        if any(result.outcome in question.outcome for result in study.results):
            yield study
    for key in question.compare_with:
        yield evidence.sources[key.split("/")[0]]


def executed(cell: Cell, scope: dict[str, Any]) -> Node:
    node = Node(cell_type=cell.kind, id=cell.id, source=cell.source, metadata={"tags": list(cell.tags)})
    if cell.body is None:
        return node
    blocks: list[Any] = []
    scope["display"] = lambda *items: blocks.extend(items)
    exec(cell.body, scope)
    if cell.last is not None:
        blocks.append(eval(cell.last, scope))
    bundles = [
        shown._repr_mimebundle_() if cell.id == "named-numbers" else {BLOCK_MIME: to_data(shown)}
        for shown in blocks
        if shown not in (None, ())
    ]
    return Node(node, execution_count=1, outputs=[Node(output_type="execute_result", data=data) for data in bundles])


# Inputs and their changes


def inputs(evidence: Evidence, analyses: list[Analysis]) -> tuple[list[Input], list[Input]]:
    """Every numeric field of the records that the documents use: those behind pooled results and cited numbers first."""
    pooled = {row.study for item in analyses for row in item.effects.rows}
    pooled |= {row.study for item in analyses for variant in item.variants for row in variant.effects.rows}
    observed = {row.study for item in analyses for row in item.directions}
    first = [f"studies/{name}.yaml" for name in (pooled | CITED_STUDIES) - observed]
    first += [f"sources/{name}.yaml" for name in CITED_SOURCES]
    first += [f"questions/{item.question}.yaml" for item in analyses]
    second = [f"studies/{name}.yaml" for name in observed]
    return tuple([item for file in sorted(files) for item in _fields(evidence, file)] for files in (first, second))  # type: ignore[return-value]


def _fields(evidence: Evidence, file: str) -> Iterator[Input]:
    for path, _ in numbers_in(record_of(evidence, file)):
        if not NO_INPUT & {str(step) for step in path}:
            yield Input(file, path)


def record_of(evidence: Evidence, file: str) -> Any:
    return with_words(yaml.safe_load((evidence.root / file).read_text(encoding="utf-8")))


def with_words(data: Any) -> Any:
    """What YAML 1.1 takes for a truth value in place of a name (``on``) put right."""
    if isinstance(data, dict):
        return {"on" if key is True else key: with_words(value) for key, value in data.items()}
    return [with_words(item) for item in data] if isinstance(data, list) else data


def numbers_in(data: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], float]]:
    if isinstance(data, dict):
        for key, value in data.items():
            yield from numbers_in(value, (*path, key))
    elif isinstance(data, list):
        for place, value in enumerate(data):
            yield from numbers_in(value, (*path, place))
    elif isinstance(data, int | float) and not isinstance(data, bool):
        yield path, data


def mutations(evidence: Evidence, change: Input, draw: random.Random) -> Iterator[bytes]:
    """The record with one number other than it was, by far more than rounding; its words follow where they hold it.

    First with the extractor's own arithmetic beside it, which mostly objects; then without, larger and smaller.
    """
    for factor, checked in ((draw.uniform(1.1, 1.4), True), (draw.uniform(1.1, 1.4), False), (draw.uniform(0.6, 0.9), False)):
        record = record_of(evidence, change.file)
        place = record
        for step in change.path[:-1]:
            place = place[step]
        before = place[change.path[-1]]
        after = changed_number(before, factor)
        place[change.path[-1]] = after
        if change.path[0] == "results":
            result = record["results"][change.path[1]]
            replaced_in_words(result, shortest(before), shortest(after))
            if not checked:
                result.pop("checks", None)
        yield yaml.safe_dump(record, allow_unicode=True, sort_keys=False).encode()


def changed_number(before: float, factor: float) -> float:
    if isinstance(before, int):
        after = round(before * factor)
        return after if after != before else before + (1 if factor > 1 else -1)
    return float(f"{before * factor:.3g}")


def replaced_in_words(part: Any, before: str, after: str) -> None:
    token = re.compile(rf"(?<![\d.]){re.escape(before)}(?![\d]|\.\d)")
    if isinstance(part, dict):
        for key, value in part.items():
            if key in ("quote", "quote_note") and isinstance(value, str):
                part[key] = token.sub(after, value)
            else:
                replaced_in_words(value, before, after)
    elif isinstance(part, list):
        for item in part:
            replaced_in_words(item, before, after)


def sound(evidence: Evidence, change: Input, draw: random.Random) -> Evidence | None:
    """The evidence with the first of the changes that no check objects to; None if one objects to each."""
    for data in mutations(evidence, change, draw):
        found, problems = with_file(evidence, change.file, data)
        if not (problems or check(found) or check_arithmetic(found)):
            return found
    return None


# What is compared


def spans_of(document: Document) -> list[Span]:
    return [span for printed in every_line(document.blocks) for span in printed if span.style == "number"]


def stale(printed: Printed, fresh: Mapping[str, Fact]) -> list[str]:
    """Every printed number that is not what its name stands for in ``fresh``."""
    found = [
        f"{name}: {span.target} prints {span.text!r}, should be {fresh[span.target].text!r}"
        for name, document in printed.documents.items()
        for span in spans_of(document)
        if span.target in fresh and span.text != fresh[span.target].text
    ]
    for name, fact in fresh.items():
        if printed.facts[name]["text"] != fact.text or printed.facts[name]["value"] != spelt_out(fact.value):
            found.append(f"numbers.json: {name} is {printed.facts[name]}, should be {fact.text!r}, {fact.value!r}")
    return found


def numbers_of_page(page: str) -> list[str]:
    return [item.text_content() for item in html.document_fromstring(page).xpath("//*[@class='number']")]


def numbers_only(document: Document) -> Document:
    """The prose, messages and findings of a document without what a shortened one cannot lead to."""
    kept = [block for block in document.blocks if isinstance(block, Paragraph | ListBlock | KeyMessages)]
    kept += [block for block in document.blocks if isinstance(block, Table) and block.id == "summary-of-findings"]

    def freed(printed: Line) -> Line:
        return tuple(replace(span, anchor="") for span in printed if span.style not in ("cite", "link"))

    return replace(document, blocks=tuple(changed(block, freed) for block in kept))


def squeezed(text: str) -> str:
    return re.sub(r"[\s\ufffe\x02\xad]+", "", text)


def pdf_text(document: Document) -> str:
    with pypdfium2.PdfDocument(to_pdf(document)) as opened:
        return squeezed("".join(page.get_textpage().get_text_bounded() for page in opened))


def disagreements(printed: Printed) -> list[str]:
    """Numbers that the page or the PDF says otherwise than the document they are written from."""
    found = []
    for name, document in printed.documents.items():
        said = [span.text for span in spans_of(document)]
        if numbers_of_page(to_html(document)) != said:
            found.append(f"{name}.html says other numbers")
    short = numbers_only(printed.documents["briefing"])
    text, start = pdf_text(short), 0
    for span in spans_of(short):
        start = text.find(squeezed(span.text), start)
        if start < 0:
            found.append(f"the PDF does not say {span.text!r} ({span.target}) in its place")
            break
    return found


def broken_conditions(evidence: Evidence, fresh: Mapping[str, Fact]) -> list[str]:
    """Conditions of claims that do not hold, worked out without the code that binds claims."""
    signs = {"<": float.__lt__, ">": float.__gt__, "<=": float.__le__, ">=": float.__ge__}
    found = []
    for claim in syn.open_claims("mutual-aid", evidence.root.parent).claims.claims:
        for text in claim.when:
            name, sign, other = text.split(" ", 2)
            left, right = fresh[name].value, fresh[other].value if other in fresh else other
            if sign in signs:
                holds = signs[sign](float(str(left)), float(str(right)))
            else:
                assert sign == "=="
                holds = str(left) == str(right) or (str(right).isdigit() and left == int(str(right)))
            if not holds:
                found.append(f"{claim.id}: {text}")
    return found


@pytest.fixture(scope="module")
def bench() -> Bench:
    return Bench({name: cells_of(path) for name, path in NOTEBOOKS.items()})


@pytest.fixture(scope="module")
def questions(evidence: Evidence) -> tuple[str, ...]:
    return syn.open_briefing("mutual-aid", evidence.root.parent).questions


def fresh_facts(evidence: Evidence, analyses: list[Analysis]) -> dict[str, Fact]:
    return facts_of(evidence, analyses)


def test_what_is_shipped_prints_no_stale_number(bench: Bench, evidence: Evidence, questions: tuple[str, ...]) -> None:
    printed = bench.build(evidence)
    fresh = fresh_facts(evidence, [syn.analyse(evidence, name) for name in questions])
    assert stale(printed, fresh) == []
    assert disagreements(printed) == []
    assert broken_conditions(evidence, fresh) == []
    assert sum(len(spans_of(document)) for document in printed.documents.values()) > 150


def test_no_number_is_stale_after_any_of_many_changes(
    bench: Bench, evidence: Evidence, questions: tuple[str, ...]
) -> None:
    draw = random.Random(SEED)
    shipped = bench.build(evidence)
    before = {name: fact["text"] for name, fact in shipped.facts.items()}
    first, second = inputs(evidence, [bench.analyse(evidence, name) for name in questions])
    picked = draw.sample(first, 3 * MUTATIONS // 4) + draw.sample(second, MUTATIONS // 4)
    outcomes: Counter[str] = Counter()
    for number, change in enumerate(picked):
        where = f"{change.file}: {'.'.join(map(str, change.path))}"
        changed_evidence = sound(evidence, change, draw)
        if changed_evidence is None:
            outcomes["stopped by a check"] += 1
            continue
        # Now and then everything is analysed anew, also what the changed record is thought not to reach.
        whole = number % 20 == 0
        analyses = [(syn.analyse if whole else bench.analyse)(changed_evidence, name) for name in questions]
        fresh = fresh_facts(changed_evidence, analyses)
        if all(shipped.facts[name]["value"] == spelt_out(fact.value) for name, fact in fresh.items()):
            outcomes["names no number"] += 1
            continue
        try:
            # The annex takes as long again; it is held to the same now and then.
            printed = bench.build(changed_evidence, *(() if number % 4 == 0 else ("briefing",)))
        except ClaimError as error:
            assert "no longer holds" in str(error), where
            assert broken_conditions(changed_evidence, fresh), where
            outcomes["stopped by a claim"] += 1
            continue
        assert broken_conditions(changed_evidence, fresh) == [], where
        assert stale(printed, fresh) == [], where
        moved = {name for name, fact in fresh.items() if before.get(name) != fact.text}
        shown = {span.target for document in printed.documents.values() for span in spans_of(document)}
        if moved & shown:
            assert disagreements(printed) == [], where
        outcomes["printed anew" if moved & shown else "not printed" if not moved else "moved, not printed"] += 1
    assert sum(outcomes.values()) == MUTATIONS
    # Each way out is taken, so that none of them passes for want of a case.
    assert outcomes["printed anew"] >= 20, outcomes
    assert outcomes["stopped by a claim"] >= 3, outcomes
    assert outcomes["stopped by a check"] >= 3, outcomes


def test_a_planted_stale_number_is_found(bench: Bench, evidence: Evidence, questions: tuple[str, ...]) -> None:
    draw = random.Random(SEED)
    shipped = bench.build(evidence)
    fresh = fresh_facts(evidence, [bench.analyse(evidence, name) for name in questions])
    spans = [span for span in spans_of(shipped.documents["briefing"]) if span.target in fresh]
    victim = draw.choice(spans)

    def planted(printed: Line) -> Line:
        return tuple(replace(span, text="7,777") if span == victim else span for span in printed)

    document = shipped.documents["briefing"]
    old = replace(document, blocks=tuple(changed(block, planted) for block in document.blocks))
    found = stale(Printed({**shipped.documents, "briefing": old}, shipped.facts), fresh)
    assert found and all(victim.target in text and "7,777" in text for text in found)
    # In numbers.json, and in a page that says something else than the document.
    facts = {**shipped.facts, victim.target: {**shipped.facts[victim.target], "text": "7,777"}}
    assert any(text.startswith("numbers.json") for text in stale(replace(shipped, facts=facts), fresh))
    said = [span.text for span in spans_of(document)]
    assert numbers_of_page(to_html(old)) != said == numbers_of_page(to_html(document))
    with pytest.raises(AssertionError):
        assert squeezed("7,777") in pdf_text(numbers_only(document))


def test_a_block_kept_from_another_run_stops_the_build(bench: Bench, evidence: Evidence) -> None:
    scope: dict[str, Any] = {"syn": Stand(bench, evidence)}
    cells = [executed(cell, scope) for cell in bench.cells["briefing"]]
    findings = next(cell for cell in cells if cell.id == "summary-of-findings")
    kept = json.dumps(findings.outputs[0].data).replace('"171 more', '"999 more').replace('"text": "501"', '"text": "502"')
    findings.outputs[0]["data"] = json.loads(kept)
    with pytest.raises(DocumentError, match=r"active-referral-attendance.with-per-1000 is printed as '502' and is '501'"):
        document_from_notebook(Node(cells=cells))

"""Whether a notebook keeps to what Quarto documents, found out without Quarto.

References
----------
Quarto, "Jupyter Lab" (quarto.org/docs/tools/jupyter-lab.html), "Code cells: Jupyter"
(quarto.org/docs/reference/cells/cells-jupyter.html), "Parameters" (quarto.org/docs/computations/parameters.html),
"Cross references" (quarto.org/docs/authoring/cross-references.html).
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import nbformat
import yaml

from synthesis.render.notebook import DOCUMENT_FIELDS, OTHER_FIELDS

# As the page on code cells lists them; what only the knitr engine reads is left out.
CELL_OPTIONS = frozenset((
    "label", "classes", "renderings", "tags", "id", "eval", "echo", "code-fold", "code-summary", "code-overflow",
    "code-line-numbers", "lst-label", "lst-cap", "output", "warning", "error", "include", "panel",
    "output-location", "fig-cap", "fig-subcap", "fig-link", "fig-align", "fig-alt", "fig-env", "fig-pos",
    "fig-scap", "tbl-cap", "tbl-subcap", "tbl-colwidths", "html-table-processing", "layout", "layout-ncol",
    "layout-nrow", "layout-align", "layout-valign", "column", "fig-column", "tbl-column", "cap-location",
    "fig-cap-location", "tbl-cap-location",
))  # fmt: skip
FRONT_MATTER = frozenset((*DOCUMENT_FIELDS, *OTHER_FIELDS, "abstract", "subtitle"))
LABEL_PREFIXES = ("fig-", "tbl-", "lst-")

_LABEL = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_REFERENCE = re.compile(r"(?<![\w\\])@((?:fig|tbl|lst|sec|eq)-[\w-]*\w)")
_NAMED = re.compile(r"\{#([\w.:-]+)")
_TITLE = re.compile(r"^# ", flags=re.MULTILINE)
_FENCE = re.compile(r"^(`{3,}|~{3,}).*?^\1", flags=re.MULTILINE | re.DOTALL)


def check_notebook(notebook: Mapping[str, Any]) -> list[str]:
    """Everything about a notebook that Quarto would trip over or leave out, one sentence each; empty if nothing is.

    Parameters
    ----------
    notebook : mapping
        The notebook as JSON data, not as read by nbformat, which hides how a source is stored.
    """
    try:
        nbformat.validate(notebook)
    except nbformat.ValidationError as error:
        return [f"it is not a notebook: {str(error).splitlines()[0]}"]
    cells = list(notebook["cells"])
    problems = [f"{_name(cell, number)}: its source is one string; write it as a list of lines"
                for number, cell in enumerate(cells, start=1) if not isinstance(cell["source"], list)]  # fmt: skip
    problems += _front_matter_problems(cells)
    problems += _parameter_problems(cells)
    labels: list[str] = []
    for number, cell in enumerate(cells, start=1):
        if cell["cell_type"] == "code":
            problems += (f"{_name(cell, number)}: {problem}" for problem in _cell_problems(cell, labels))
    problems += (f"the label {label!r} is used {count} times" for label, count in Counter(labels).items() if count > 1)
    return problems + list(_reference_problems(cells, set(labels)))


def _name(cell: Mapping[str, Any], number: int) -> str:
    return f"cell {number} ({cell.get('id', 'without id')})"


def _text(value: Any) -> str:
    return value if isinstance(value, str) else "".join(value)


def _front_matter_problems(cells: list[Any]) -> Iterator[str]:
    source = _text(cells[0]["source"]).strip() if cells and cells[0]["cell_type"] == "raw" else ""
    lines = source.splitlines()
    if len(lines) < 2 or lines[0] != "---" or lines[-1] != "---":
        yield "the first cell must be raw and hold YAML between two lines of three hyphens"
        return
    try:
        about = yaml.safe_load("\n".join(lines[1:-1]))
    except yaml.YAMLError as error:
        yield f"the front matter is not YAML: {' '.join(str(error).split())}"
        return
    if not isinstance(about, dict):
        yield "the front matter must be names with values"
        return
    for name in about:
        if name not in FRONT_MATTER:
            yield f"the front matter has {name!r}, which is not documented; allowed: {', '.join(sorted(FRONT_MATTER))}"
    if any(_TITLE.search(_FENCE.sub("", _text(cell["source"]))) for cell in cells if cell["cell_type"] == "markdown"):
        yield "a heading of level 1 stands beside the title in the front matter; start sections with ##"
    if not about.get("title"):
        yield "the front matter gives no title"


def _parameter_problems(cells: list[Any]) -> Iterator[str]:
    tagged = [
        (number, cell) for number, cell in enumerate(cells, start=1) if "parameters" in cell["metadata"].get("tags", [])
    ]
    if len(tagged) != 1:
        yield f"one cell must be tagged 'parameters', found {len(tagged)}"
    for number, cell in tagged:
        try:
            tree = ast.parse(_text(cell["source"]))
        except SyntaxError as error:
            yield f"{_name(cell, number)}: the parameters are not Python: {error.msg}"
            continue
        for statement in tree.body:
            if not _is_literal(statement):
                yield f"{_name(cell, number)}: {ast.unparse(statement)!r} does not assign a literal to one name"


def _is_literal(statement: ast.stmt) -> bool:
    match statement:
        case (
            ast.Assign(targets=[ast.Name()], value=value) | ast.AnnAssign(target=ast.Name(), value=ast.expr() as value)
        ):
            try:
                ast.literal_eval(value)
            except ValueError:
                return False
            return True
    return False


def _cell_problems(cell: Mapping[str, Any], labels: list[str]) -> Iterator[str]:
    lines = _text(cell["source"]).splitlines()
    given = [line for line in lines if line.startswith("#|")]
    if given != lines[: len(given)]:
        yield "its options (#|) must be its first lines"
    try:
        options = yaml.safe_load("\n".join(line[2:].removeprefix(" ") for line in given)) or {}
    except yaml.YAMLError as error:
        yield f"its options are not YAML: {' '.join(str(error).split())}"
        return
    if not isinstance(options, dict):
        yield "its options must be names with values"
        return
    for name in options:
        if name not in CELL_OPTIONS:
            yield f"the option {name!r} is not documented for Jupyter"
    label = options.get("label")
    if label is not None:
        labels.append(str(label))
        if not str(label).startswith(LABEL_PREFIXES) or not _LABEL.fullmatch(str(label)):
            yield f"the label {label!r} must start with {', '.join(LABEL_PREFIXES)} and go on with letters, digits, - _"
    yield from _shown_problems(options, str(label or ""), _outputs(cell))


def _shown_problems(options: Mapping[str, Any], label: str, outputs: list[Mapping[str, Any]]) -> Iterator[str]:
    figure = label.startswith("fig-") or any(kind.startswith("image/") for data in outputs for kind in data)
    table = label.startswith("tbl-") or any("<table" in _text(text) for data in outputs for text in _marked_up(data))
    for shows, what, prefix, needed in (
        (figure, "figure", "fig-", ("fig-cap", "fig-alt")),
        (table, "table", "tbl-", ("tbl-cap",)),
    ):
        if not shows:
            continue
        if not label.startswith(prefix):
            yield f"it shows a {what} and has no label that starts with {prefix}"
        for name in needed:
            if not str(options.get(name) or "").strip():
                yield f"it shows a {what} and has no {name}"


def _outputs(cell: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [output["data"] for output in cell["outputs"] if "data" in output]


def _marked_up(data: Mapping[str, Any]) -> list[Any]:
    return [data[kind] for kind in ("text/html", "text/markdown") if kind in data]


def _reference_problems(cells: list[Any], labels: set[str]) -> Iterator[str]:
    texts = [_FENCE.sub("", _text(cell["source"])) for cell in cells if cell["cell_type"] == "markdown"]
    named = labels | {name for text in texts for name in _NAMED.findall(text)}
    for text in texts:
        for name in _REFERENCE.findall(text):
            if name not in named:
                yield f"@{name} refers to nothing; labels: {', '.join(sorted(labels)) or 'none'}"

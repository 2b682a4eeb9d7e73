"""What the page shows for each field of a study, made from the models.

A model's JSON Schema is turned into shapes, of which there are few: text, a choice, a list, a block of fields, one of
several forms. The page knows shapes and no field by name, so a new field or a new printed form appears by itself.
The tables here say only how a field is called, which come first, and which hold a name of something else.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from synthesis.certainty.rob_tools import ROB_TOOLS
from synthesis.evidence.base import QUOTE_WORDS
from synthesis.evidence.collection import Evidence
from synthesis.evidence.question import OutcomeWord, Word
from synthesis.evidence.schema import WORD_FIELDS, described
from synthesis.evidence.study import Study

Shape = dict[str, Any]
Schema = dict[str, Any]


def description(evidence: Evidence) -> dict[str, Any]:
    """All that the page needs to know to show any study: sections of fields, and the words to choose from."""
    schema = described(Study)
    fields = {field["name"]: field for field in _Reader(schema).block(schema, "Study")["fields"]}
    placed = {name for _, names in SECTIONS for name in names}
    rest = tuple(name for name in fields if name not in placed and name not in UNSEEN)
    sections = [*SECTIONS[:-1], (SECTIONS[-1][0], (*SECTIONS[-1][1], *rest))]
    return {
        "sections": [
            {"title": title, "fields": [fields[name] for name in names if name in fields]} for title, names in sections
        ],
        "words": _words(evidence),
        "quoteWords": QUOTE_WORDS,
    }


def _words(evidence: Evidence) -> dict[str, list[tuple[str, str, str]]]:
    """By kind of thing: what can be chosen, as key, label and the heading it stands under."""
    held = evidence.vocabulary
    words: dict[str, Mapping[str, Word]] = {
        "outcomes": held.outcomes,
        "arm_categories": held.arm_categories,
        "designs": held.designs,
        "substances": held.substances,
        "reviews": held.reviews,
    }
    found = {
        kind: [(key, word.label, _heading(word)) for key, word in entries.items()] for kind, entries in words.items()
    }
    found["tools"] = [(tool.key, tool.name, "") for tool in ROB_TOOLS.values()]
    return found


def _heading(word: Word) -> str:
    return _humanised(word.domain) if isinstance(word, OutcomeWord) else ""


class _Reader:
    """Reads the shapes out of one JSON Schema."""

    def __init__(self, root: Schema) -> None:
        self._definitions = root.get("$defs", {})

    def block(self, schema: Schema, name: str) -> Shape:
        required = set(schema.get("required", ()))
        main = MAIN.get(name)
        fields = [
            {
                "name": key,
                "label": LABELS.get(f"{name}.{key}") or LABELS.get(key) or _humanised(key),
                "hint": "" if key in IN_ROW else _hint(name, key, inner),
                "inRow": key in IN_ROW,
                "required": key in required,
                "main": key in required or key not in ASIDE if main is None else key in main,
                "shape": self.shape(inner, key),
            }
            for key, inner in schema["properties"].items()
            if "const" not in inner
        ]
        order = {key: place for place, key in enumerate(main or ())}
        fields.sort(key=lambda field: order.get(field["name"], len(order)))
        return {"kind": "block", "name": name, "fields": fields, "compact": name in COMPACT}

    def shape(self, schema: Schema, name: str) -> Shape:
        schema = self._resolved(schema)
        if "discriminator" in schema:
            return self._forms(schema)
        match schema.get("type"):
            case "object" if "properties" in schema:
                return self.block(schema, schema["title"])
            case "object":
                value = schema.get("additionalProperties") or next(iter(schema.get("patternProperties", {}).values()))
                return {"kind": "keyed", "to": REFERS.get(name, ""), "value": self.shape(value, "")}
            case "array" if "prefixItems" in schema:
                return {"kind": "pair", "items": [self.shape(item, name) for item in schema["prefixItems"]]}
            case "array":
                return self._list(schema["items"], name)
            case "boolean":
                return {"kind": "choice", "options": [("true", "yes"), ("false", "no")], "default": _default(schema)}
        if "enum" in schema:
            options = [(str(value), _choice(str(value))) for value in schema["enum"]]
            return {"kind": "choice", "options": options, "default": _default(schema)}
        if "pattern" in schema and name in REFERS:
            return {"kind": "ref", "to": REFERS[name], "default": _default(schema)}
        numeric = schema.get("type") in {"number", "integer"}
        return {"kind": "text", "long": _is_prose(schema) and name not in SHORT, "numeric": numeric}

    def _forms(self, schema: Schema) -> Shape:
        on = schema["discriminator"]["propertyName"]
        forms = {
            tag: self.block(self._resolved({"$ref": reference}), reference.rsplit("/", 1)[-1])
            for tag, reference in schema["discriminator"]["mapping"].items()
        }
        first = [tag for tag in FORM_LABELS if tag in forms]
        order = [*first, *(tag for tag in forms if tag not in FORM_LABELS)]
        labels = [(tag, FORM_LABELS.get(tag) or _humanised(tag)) for tag in order]
        return {"kind": "forms", "on": on, "forms": forms, "labels": labels}

    def _list(self, items: Schema, name: str) -> Shape:
        item = self.shape(items, name)
        if item["kind"] == "ref":
            return {"kind": "refs", "to": item["to"]}
        if item["kind"] == "text":
            return {"kind": "texts" if item["long"] else "words"}
        return {"kind": "list", "item": item, "noun": NOUNS.get(name, _humanised(name).lower())}

    def _resolved(self, schema: Schema) -> Schema:
        outer = schema
        while "$ref" in schema or "anyOf" in schema:
            if "$ref" in schema:
                schema = self._definitions[schema["$ref"].rsplit("/", 1)[-1]]
            else:
                schema = next(option for option in schema["anyOf"] if option.get("type") != "null")
        return {**schema, "default": outer["default"]} if "default" in outer else schema


def _is_prose(schema: Schema) -> bool:
    return bool(schema.get("maxLength", 0) > 1000)


def _default(schema: Schema) -> str:
    value = schema.get("default")
    return ("true" if value else "false") if isinstance(value, bool) else "" if value is None else str(value)


def _humanised(name: str) -> str:
    words = name.replace("_", " ").replace("-", " ")
    return words[:1].upper() + words[1:]


def _choice(value: str) -> str:
    return CHOICES.get(value) or value.replace("-", " ")


def _hint(model: str, key: str, schema: Schema) -> str:
    """The words of the model's docstring, as a reader of the page should see them; or what this page says instead."""
    own = HINTS.get(f"{model}.{key}", HINTS.get(key))
    if own is not None:
        return own
    text: str = schema.get("description", "")
    return text.replace("`", "").replace("None means", "Left empty means").replace("None where", "Empty where")


SECTIONS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("The publication", ("reports", "related_reports")),
    (
        "The study",
        (
            "design", "design_as_described", "year", "countries", "setting", "population", "substances", "participants",
            "followup_months", "registration", "family", "family_note",
        ),
    ),
    ("Arms and groups", ("arms", "groups")),
    ("Results", ("results",)),
    ("Risk of bias and concerns", ("risk_of_bias", "remarks", "concerns")),
    ("Everything else", ("included_in", "to_fetch", "read", "known", "notes", "added")),
)  # fmt: skip

# The page's address names the study, and there is one form of record.
UNSEEN = frozenset({"schema_version", "id"})

# What the fields of these models are that nearly everybody fills in, in the order of the page; the others unfold.
MAIN: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "Study": (
            "reports",
            "design",
            "design_as_described",
            "year",
            "countries",
            "setting",
            "population",
            "substances",
            "participants",
            "followup_months",
            "arms",
            "groups",
            "results",
            "risk_of_bias",
            "concerns",
            "to_fetch",
            "read",
            "notes",
        ),
        "Report": ("title", "author", "container_title", "issued", "volume", "issue", "page", "doi", "pmid"),
        "Person": ("family", "given"),
        "Participants": ("value",),
        "Arm": ("label", "category", "role", "n_randomised", "id"),
        "Group": ("label", "combines", "id"),
        "Result": ("name", "outcome", "timepoint_months", "id", "printed", "where", "poolable", "poolable_note"),
        "Where": ("place", "quote", "quote_covers", "quote_note", "read"),
        "CountCell": ("events", "n"),
        "PercentCell": ("percent", "n"),
        "MeanCell": ("mean", "sd", "se", "n"),
        "Counts": ("arms",),
        "Percents": ("arms",),
        "Means": ("unit", "arms"),
        "Contrast": ("measure", "arms", "estimate", "ci", "se", "p", "adjusted"),
        "Correlation": ("arms", "estimate", "p"),
        "BeforeAfter": ("group", "baseline", "followup", "p"),
        "Test": ("p", "test"),
        "Narrative": ("finding", "stated"),
        "RelatedReport": ("citation", "doi"),
    }
)

# In models that are not listed there, these unfold.
ASIDE = frozenset({"known", "where", "note"})

# Blocks of a few short fields, which stand on one line where there is room.
COMPACT = frozenset({"CountCell", "PercentCell", "MeanCell", "Person", "Participants"})

# Fields that hold the name of something: a word of the vocabulary, or an arm, report or result of the same record.
REFERS: Mapping[str, str] = MappingProxyType(
    {
        **WORD_FIELDS,
        "tool": "tools",
        "arms": "sides",
        "counts": "sides",
        "group": "sides",
        "combines": "arms",
        "report": "reports",
        "results": "results",
    }
)  # fmt: skip

# Text of a few words, for which one line is enough.
SHORT = frozenset(
    {
        "label", "family", "given", "literal", "container_title", "publisher", "publisher_place", "volume", "issue",
        "page", "number", "place", "name", "unit", "registration", "by", "tool_version", "timepoint_from", "source",
    }
)  # fmt: skip

# Short fields that stand beside each other where there is room; their labels say enough.
IN_ROW = frozenset(
    {
        "issued", "volume", "issue", "page", "doi", "pmid", "pmcid", "number", "year", "p", "p_unadjusted", "role",
        "n_randomised", "n_in_group", "id", "timepoint_months", "estimate", "se", "adjusted", "level", "read",
        "quote_covers", "registration", "family", "baseline", "followup", "on", "status", "value",
    }
)  # fmt: skip

# Where the words of the docstring are for somebody who edits the file.
HINTS: Mapping[str, str] = MappingProxyType(
    {
        "title": "",
        "author": "",
        "container_title": "",
        "label": "",
        "name": "",
        "participants": "",
        "design": "Questions take some designs only.",
        "design_as_described": "",
        "category": "Questions find arms by it.",
        "outcome": "Questions find results by it.",
        "substances": "",
        "countries": "Two capital letters each, such as GB.",
        "Result.printed": "The numbers as they are printed; the program converts them and shows how. A p value beside "
        "them is a form of its own.",
        "arms": "",
        "Study.arms": "The groups that are compared.",
        "Contrast.arms": "The first side against the second.",
        "place": "Page, table, section, or abstract.",
        "where": "",
        "quote": "The exact words that carry the numbers.",
        "poolable": "",
        "measure": "",
        "ci": "",
        "reports": "The first is cited for the study.",
        "results": "One outcome at one time each.",
        "Study.related_reports": "",
        "comparison": "For people who attended against people who did not. Leave it empty where arms are compared.",
        "family_note": "Why the records are taken to be about the same people.",
    }
)

LABELS: Mapping[str, str] = MappingProxyType(
    {
        "reports": "Reports",
        "container_title": "Journal",
        "issued": "Published",
        "et_al": "Author list cut short",
        "doi": "DOI",
        "pmid": "PubMed number",
        "pmcid": "PubMed Central number",
        "url": "Web address",
        "page": "Pages",
        "family": "Family name",
        "Study.family": "Family of records",
        "Study.read": "Have you read it?",
        "Study.year": "Year",
        "given": "Initials",
        "literal": "Name of the group",
        "design_as_described": "Design in the paper's words",
        "followup_months": "Followed up at (months)",
        "value": "Number of people",
        "n_randomised": "People assigned",
        "n_in_group": "People in the group",
        "n": "Out of",
        "PercentCell.n": "Out of, if printed",
        "MeanCell.n": "People",
        "events": "Events",
        "percent": "Per cent",
        "sd": "SD",
        "se": "SE",
        "ci": "Confidence interval",
        "p": "P value",
        "p_unadjusted": "P value, unadjusted",
        "smd_range": "Range of SMDs",
        "name": "Outcome and comparison, as the paper puts them",
        "timepoint_months": "Months from baseline",
        "timepoint_from": "Months counted from",
        "comparison": "Sides that are not arms",
        "printed": "As printed",
        "where": "Where you read it",
        "place": "Place",
        "quote": "Quotation",
        "quote_covers": "Does the quotation hold every number?",
        "quote_note": "Numbers the quotation leaves out",
        "Where.read": "Did you read it there?",
        "poolable": "Can it be pooled?",
        "poolable_note": "Why, or why not",
        "id": "Short name",
        "Arm.label": "Name of the arm",
        "Group.label": "Name of the group",
        "Contrast.arms": "Sides",
        "Contrast.contrast": "Sides in words",
        "arms": "Arms and groups",
        "Study.arms": "Arms",
        "followup": "Mean after",
        "baseline": "Mean before",
        "Result.baseline": "Before treatment",
        "to_fetch": "Still to find",
        "included_in": "Included in reviews",
        "related_reports": "Other publications about the same people",
    }
)

NOUNS: Mapping[str, str] = MappingProxyType(
    {
        "reports": "report",
        "related_reports": "publication",
        "author": "author",
        "arms": "arm",
        "groups": "group",
        "results": "result",
        "printed": "printed form",
        "worked_out": "worked-out form",
        "checks": "calculation",
        "risk_of_bias": "judgement",
        "remarks": "remark",
        "concerns": "concern",
    }
)

FORM_LABELS: Mapping[str, str] = MappingProxyType(
    {
        "counts": "Counts: events out of people",
        "percent": "Percentages",
        "means": "Means, with SD or SE",
        "contrast": "A comparison: odds ratio, risk ratio, difference …",
        "test": "A p value alone",
        "correlation": "A correlation",
        "before-after": "Means before and after, one group",
        "narrative": "In words only",
    }
)

CHOICES: Mapping[str, str] = MappingProxyType(
    {
        "OR": "odds ratio (OR)",
        "RR": "risk ratio (RR)",
        "RD": "risk difference (RD)",
        "MD": "mean difference (MD)",
        "SMD": "standardised mean difference (SMD)",
        "HR": "hazard ratio (HR)",
        "IRR": "rate ratio (IRR)",
        "B": "regression coefficient (B)",
        "all": "all of them",
        "part": "some of them",
        "none": "none of them",
        "partial": "in part",
        "yes-if-confirmed": "yes, once the numbers are confirmed",
        "Y": "yes",
        "PY": "probably yes",
        "PN": "probably no",
        "N": "no",
        "NI": "no information",
        "NA": "not applicable",
    }
)

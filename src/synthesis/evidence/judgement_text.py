"""A question's file with its judgement written into it; every other line stays as it is."""

from __future__ import annotations

import re
from typing import Any

import yaml

from synthesis.errors import UsageError
from synthesis.evidence.judgement import CertaintyJudgement

FIELD = "certainty"
WIDTH = 120
_BLOCK = re.compile(rf"^{FIELD}:.*\n?(?:(?:[ \t#-].*)?\n)*(?:[ \t].*\Z)?", re.MULTILINE)


def with_judgement(text: str, judgement: CertaintyJudgement, old: CertaintyJudgement) -> str:
    """``text`` with ``certainty`` replaced, or added at the end.

    Parameters
    ----------
    text : str
        A question's file.
    judgement, old : CertaintyJudgement
        The new one, and the one that stands in ``text``.

    Raises
    ------
    UsageError
        If the block that would be replaced may hold a comment, which would be lost.
    """
    written = _written(judgement)
    found = _BLOCK.search(text)
    if found is None:
        return text.rstrip("\n") + "\n" + written
    # What this function wrote itself holds no comment, whatever signs its texts contain.
    if "#" in found.group() and found.group() != _written(old):
        raise UsageError(f"the field {FIELD} seems to hold a comment, which would be lost: move it to notes first")
    return text[: found.start()] + written + text[found.end() :]


def _written(judgement: CertaintyJudgement) -> str:
    data = {FIELD: _plain(judgement)}
    return yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=WIDTH)


def _plain(judgement: CertaintyJudgement) -> dict[str, Any]:
    """The judgement without fields that say nothing."""
    data: dict[str, Any] = judgement.model_dump(exclude_none=True)
    data = {key: value for key, value in data.items() if value}
    for rating in data.get("domains", {}).values():
        rating["history"] = list(rating.pop("history"))
        if not rating["history"]:
            del rating["history"]
    return data


class _Dumper(yaml.SafeDumper):
    """Quotes text only where a reader by the rules of YAML 1.2 would take it for a number or for nothing."""

    def ignore_aliases(self, data: Any) -> bool:
        """Never an anchor: records may not hold any."""
        return True


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    long = len(value) > WIDTH - 30 and "\n" not in value
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=">" if long else None)


_Dumper.add_representer(str, _text)
_Dumper.yaml_implicit_resolvers = {
    sign: [pair for pair in pairs if pair[0].rpartition(":")[2] in {"null", "int", "float"}]
    for sign, pairs in yaml.SafeDumper.yaml_implicit_resolvers.items()
}

"""One digit changed in a record whose quotation holds the number: the check finds it, in any shipped record."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator

from synthesis.evidence.checks import check
from synthesis.evidence.load import Evidence, with_file
from synthesis.evidence.quotations import missing
from synthesis.evidence.study import Contrast, Percents

SEED = 20261127
TRIES = 40
QUOTED = {"quote-lacks-number", "quote-note-lacks-number"}


def quoted(evidence: Evidence) -> Iterator[tuple[str, int, str, str]]:
    """File, line, field and quotation of a number of every result that was read and is wholly quoted."""
    for study in evidence.studies.values():
        file = f"studies/{study.id}.yaml"
        for index, result in enumerate(study.results):
            where = result.where
            if not (where.read and where.quote and where.quote_covers == "all"):
                continue
            for place, item in enumerate(result.printed):
                if isinstance(item, Contrast):
                    yield (
                        file,
                        evidence.line(file, f"results[{index}].printed[{place}].estimate"),
                        "estimate",
                        where.quote,
                    )
                elif isinstance(item, Percents):
                    yield file, evidence.line(file, f"results[{index}].printed[{place}].arms"), "percent", where.quote


def test_a_changed_digit_is_found(evidence: Evidence) -> None:
    found = sorted(set(quoted(evidence)))
    assert len(found) > TRIES
    draw = random.Random(SEED)
    tried = 0
    for file, line, key, quotation in draw.sample(found, len(found)):
        rows = (evidence.root / file).read_text(encoding="utf-8").splitlines(keepends=True)
        for at in range(line - 1, min(line + 6, len(rows))):
            number = re.search(rf"{key}: (\d*\.?\d+)", rows[at])
            if number is not None:
                break
        else:
            continue
        place = number.start(1) + draw.choice([i for i, sign in enumerate(number[1]) if sign.isdigit()])
        before = rows[at]
        other = draw.choice([digit for digit in "123456789" if digit != before[place]])
        rows[at] = before[:place] + other + before[place + 1 :]
        if not missing([rows[at][number.start(1) : number.end(1)]], quotation):
            continue  # the quotation happens to hold that number too: of another group, for example
        changed, problems = with_file(evidence, file, "".join(rows).encode())
        codes = {problem.code for problem in (*problems, *check(changed))}
        # Now and then another check objects first, because the record cannot even be read.
        assert codes, f"{file}:{at + 1}: {before.strip()} as {rows[at].strip()} is not noticed"
        tried += bool(codes & QUOTED)
        if tried == TRIES:
            return
    raise AssertionError(f"only {tried} quotations were tried")

"""Commands about results: pool a question, walk a number back to its page, judge certainty."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

import typer

from synthesis.cli.options import Project, briefing_of, root_of
from synthesis.cli.records import ListFormat
from synthesis.cli.terminal import print_json, print_table


class PoolFormat(StrEnum):
    table = "table"
    json = "json"
    csv = "csv"


def pool(
    question: Annotated[str, typer.Argument(help="Id of a question; see synthesis list.")],
    project: Project = None,
    format: Annotated[PoolFormat, typer.Option(help="How to print.")] = PoolFormat.table,
    variant: Annotated[str | None, typer.Option(help="A sensitivity analysis of the question instead.")] = None,
) -> None:
    """Carry out one question's plan and show the effects, the pooled results and what was left out."""
    from synthesis.analysis.run import analyse
    from synthesis.evidence.load import load

    evidence = load(root_of(project) / "evidence")
    analysis = analyse(evidence, question)
    if variant is not None:
        analysis.variant(variant)
    if format is PoolFormat.json:
        from synthesis.exchange.results import pool_data

        print_json(pool_data(analysis, variant))
    elif format is PoolFormat.csv:
        from synthesis.exchange.tables import EFFECT_COLUMNS, evidence_rows, to_csv

        rows = evidence_rows(evidence, [analysis])
        rows = [row for row in rows if row["analysis"] == (variant or "plan")]
        typer.echo(to_csv(rows, tuple(EFFECT_COLUMNS)), nl=False)
    else:
        _show_pool(analysis, evidence, variant)


def _show_pool(analysis: Any, evidence: Any, variant: str | None) -> None:
    from synthesis.tables.directions import directions_table
    from synthesis.tables.effects_table import effects_table
    from synthesis.tables.excluded import excluded_table
    from synthesis.tables.pooled import pooled_table

    typer.echo(f"{analysis.title}\n{analysis.text}\n")
    if analysis.synthesis == "effect-direction":
        print_table(directions_table(analysis))
    else:
        print_table(effects_table(analysis, evidence, variant=variant))
        print_table(pooled_table(analysis))
    print_table(excluded_table(analysis, evidence))
    for note in analysis.notes:
        typer.echo(f"Note: {note.text}")


def explain(
    name: Annotated[str, typer.Argument(help="A named number or the id of a claim.")],
    project: Project = None,
    briefing: Annotated[
        str | None, typer.Option(help="The briefing whose claims are meant. Default: the only one there is.")
    ] = None,
) -> None:
    """Walk a printed number or claim back to the page: pooled result, studies, conversions, record, quotation."""
    from synthesis.analysis.run import analyse
    from synthesis.briefing.explain import trail
    from synthesis.briefing.facts import facts_of
    from synthesis.evidence.load import load
    from synthesis.evidence.project import open_briefing, open_claims

    root = root_of(project)
    evidence = load(root / "evidence")
    meant = briefing_of(briefing, root)
    analyses = {key: analyse(evidence, key) for key in open_briefing(meant, root).questions}
    held = open_claims(meant, root) if (root / "briefings" / meant / "claims.yaml").is_file() else None
    for line in trail(name, evidence, facts_of(evidence, analyses.values()), analyses, held):
        typer.echo(line)


def judge(
    question: Annotated[str, typer.Argument(help="Id of a question; see synthesis list.")],
    project: Project = None,
    sign: Annotated[str | None, typer.Option(help="Who judges. Writes the judgement into the record.")] = None,
    on: Annotated[str | None, typer.Option(help="Date of the judgement, YYYY-MM-DD.")] = None,
    rate: Annotated[
        list[str] | None, typer.Option(help="A rating, 'domain=-1: reason'. May be given several times.")
    ] = None,
    start: Annotated[
        str | None, typer.Option(help="Where the evidence starts, 'high: reason' or 'low: reason'.")
    ] = None,
    none: Annotated[str | None, typer.Option(help="Where there is no evidence: what was looked for.")] = None,
) -> None:
    """Show what the evidence says on each domain of GRADE, or sign a judgement of it; earlier ratings are kept."""
    from synthesis.analysis.run import analyse
    from synthesis.errors import UsageError
    from synthesis.evidence.load import load

    root = root_of(project) / "evidence"
    evidence = load(root)
    analysis = analyse(evidence, question)
    if sign is None or on is None:
        if any(item is not None for item in (sign, on, rate, start, none)):
            raise UsageError("a judgement is signed: give --sign and --on with it")
        _show_certainty(analysis, evidence.questions[question])
        return
    from synthesis.certainty.signing import read_ratings, read_start
    from synthesis.certainty.signing import sign as signed
    from synthesis.evidence.canonical import with_field
    from synthesis.evidence.question import Question
    from synthesis.evidence.save import fingerprint, write_record

    path = root / "questions" / f"{question}.yaml"
    text = path.read_text(encoding="utf-8")
    old = evidence.questions[question].certainty
    new = signed(
        old, {item.domain: item.facts for item in analysis.certainty.domains}, by=sign, on=on,
        ratings=read_ratings(rate or []), start=None if start is None else read_start(start), reason=none,
    )  # fmt: skip
    write_record(path, with_field(text, Question, "certainty", new), seen=fingerprint(text))
    typer.echo(f"{question}: {(new.level or 'no evidence').replace('-', ' ')}, signed by {sign}, {on}")


def _show_certainty(analysis: Any, question: Any) -> None:
    from synthesis.analysis.certainty import changed_facts
    from synthesis.tables.certainty_table import certainty_table

    print_table(certainty_table(analysis))
    for domain, pairs in changed_facts(question, analysis.certainty).items():
        for name, (seen, now) in pairs.items():
            typer.echo(f"Changed since judged: {domain}, {name}: {seen or 'nothing'} -> {now or 'nothing'}")


def standards(
    briefing: Annotated[str, typer.Argument(help="A folder name under briefings/.")],
    project: Project = None,
    format: Annotated[ListFormat, typer.Option(help="How to print.")] = ListFormat.table,
) -> None:
    """Hold a briefing to the reporting standards it names: which items are met, and where that can be seen."""
    from synthesis.analysis.run import analyse
    from synthesis.briefing.standards.table import counts, held_to, standards_table, summary
    from synthesis.evidence.load import load
    from synthesis.evidence.project import open_briefing

    root = root_of(project)
    evidence, definition = load(root / "evidence"), open_briefing(briefing, root)
    analyses = [analyse(evidence, key) for key in definition.questions]
    answers = held_to(evidence, definition, analyses)
    if format is ListFormat.json:
        print_json(
            [
                {
                    "standard": answer.standard, "item": answer.item.id, "asks": answer.item.asks,
                    "status": answer.status, "why": answer.why, "record": answer.record,
                    "section": answer.section.id if answer.section else "",
                }
                for answer in answers
            ]
        )  # fmt: skip
        return
    print_table(standards_table(evidence, definition, analyses))
    for key, found in counts(answers).items():
        typer.echo(summary(key, found))

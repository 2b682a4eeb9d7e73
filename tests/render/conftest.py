"""A made-up briefing with every kind of element. Its studies and numbers are test data, not evidence."""

from __future__ import annotations

import shutil

import pytest

from synthesis.document.elements import (
    Block,
    Callout,
    Code,
    Column,
    Document,
    Figure,
    Heading,
    KeyMessage,
    KeyMessages,
    Line,
    ListBlock,
    Masthead,
    Paragraph,
    Quotation,
    Reference,
    References,
    Row,
    Span,
    StatementItem,
    Statements,
    Table,
    line,
)
from synthesis.formatting import number as shown


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "quarto: runs an installed Quarto; left out where there is none")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what needs Quarto where there is none: it is no part of the environment that the project sets up."""
    if shutil.which("quarto") is None:
        needing = [item for item in items if item.get_closest_marker("quarto")]
        items[:] = [item for item in items if item not in needing]
        config.hook.pytest_deselected(items=needing)


def number(text: str, name: str) -> Span:
    return Span(text=text, style="number", target=name)


def cite(key: str) -> Span:
    return Span(style="cite", target=key)


def certainty(level: str) -> Span:
    return Span(text=level, style="certainty")


def heading(text: str, name: str, level: int = 2) -> Heading:
    return Heading(level=level, text=line(text), id=name)


def paragraph(*parts: str | Span) -> Paragraph:
    return Paragraph(text=line(*parts))


STUDIES = (
    ("Test study A", 0.35, 0.02, 0.68, "150", "31.2%"),
    ("Test study B", 0.62, 0.10, 1.14, "96", "18.4%"),
    ("Test study C", -0.08, -0.55, 0.39, "210", "22.7%"),
    ("Test study D", 0.41, 0.05, 0.77, "180", "27.7%"),
)


def forest_svg() -> str:
    """A drawing like a forest plot, with the traps of a real one: ids, a style sheet, a clip path, metadata."""

    def x(value: float) -> float:
        return 330 + 130 * value

    marks = []
    for place, (name, estimate, low, high, _, weight) in enumerate(STUDIES):
        y = 60 + 30 * place
        marks.append(
            f'<text x="10" y="{y + 4}" class="label">{name}</text><use href="#square" x="{x(estimate):.1f}" y="{y}"/>'
            f'<path d="M{x(low):.1f} {y}H{x(high):.1f}" stroke="#12436d" clip-path="url(#plot)"/>'
            f'<text x="560" y="{y + 4}" class="label">{shown(estimate)} ({shown(low)} to {shown(high)})</text>'
            f'<text x="690" y="{y + 4}">{weight}</text>'
        )
    return (
        '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        'width="740" height="230" viewBox="0 0 740 230"><metadata>made by hand</metadata><style>*{stroke-width:1.6}'
        ".label{font-weight:400}</style><defs><rect id='square' x='-5' y='-5' width='10' height='10' fill='#12436d'/>"
        '<clipPath id="plot"><rect x="200" y="0" width="340" height="230"/></clipPath></defs>'
        '<g font-family="Source Sans 3, sans-serif" font-size="14" fill="#0b0c0c">'
        '<text x="10" y="30" font-weight="700">Study</text><text x="560" y="30" font-weight="700">SMD (95% CI)</text>'
        '<text x="690" y="30" font-weight="700">Weight</text>'
        f'<path d="M330 45V190" stroke="#484949" stroke-dasharray="3 3"/>{"".join(marks)}'
        '<path d="M352 190l20-8 20 8-20 8z" fill="#f46a25"/><text x="10" y="194" font-weight="700">Pooled effect</text>'
        '<text x="560" y="194" font-weight="700">0.33 (0.12 to 0.54)</text>'
        '<text x="240" y="222">Favours control</text><text x="370" y="222">Favours facilitation</text></g></svg>'
    )


def forest() -> Figure:
    rows = tuple(
        Row(cells=tuple(line(cell) for cell in (name, shown(estimate), f"{shown(low)} to {shown(high)}", n, weight)))
        for name, estimate, low, high, n, weight in STUDIES
    )
    data = Table(
        id="forest-data",
        caption="Abstinent days, study by study",
        columns=(
            Column(label="Study"),
            Column(label="SMD", align="right"),
            Column(label="95% interval", align="right"),
            Column(label="People", align="right"),
            Column(label="Weight", align="right"),
        ),
        rows=(
            *rows,
            Row(cells=tuple(map(line, ("Pooled effect", "0.33", "0.12 to 0.54", "636", "100%"))), style="total"),
        ),
    )
    return Figure(
        id="forest",
        title="Facilitation probably increases days without drinking",
        caption=line("Standardised mean difference at 12 months, 4 test studies, 636 people"),
        alt="Forest plot. Three of four test studies favour facilitation; the pooled effect is 0.33 (0.12 to 0.54).",
        svg=forest_svg(),
        data=data,
        source=line("Source: made-up studies, test data ", cite("beta2011")),
    )


def findings() -> Table:
    columns = (
        Column(label="Outcome"),
        Column(label="Usual care, per 1,000", align="right"),
        Column(label="With facilitation, per 1,000 (95% CI)", align="right"),
        Column(label="Risk ratio (95% CI)", align="right"),
        Column(label="Studies (people)", align="right"),
        Column(label="Certainty"),
    )

    def row(*cells: str, level: str) -> Row:
        return Row(cells=(*(line(cell) for cell in cells), line(certainty(level))))

    return Table(
        id="findings",
        caption="What facilitation changes at 12 months",
        columns=columns,
        rows=(
            Row(cells=(line("Attendance"),), style="group"),
            row(
                "Attends at least one meeting",
                "450",
                "581 (500 to 671)",
                "1.29 (1.11 to 1.49)",
                "5 (1,204)",
                level="moderate",
            ),
            row("Attends weekly", "120", "156 (110 to 223)", "1.30 (0.92 to 1.86)", "3 (640)", level="low"),
            Row(cells=(line("Substance use"),), style="group"),
            row(
                "Abstinent for the whole period",
                "360",
                "436 (371 to 512)",
                "1.21 (1.03 to 1.42)",
                "2 (1,936)",
                level="high",
            ),
            row("Serious harms", "14", "13 (6 to 28)", "0.93 (0.43 to 2.01)", "1 (448)", level="very low"),
            row("Quality of life", "not reported", "not reported", "not estimable", "0", level="not yet judged"),
        ),
        notes=(
            line("CI: confidence interval. Numbers per 1,000 use the median risk under usual care."),
            line("Differences below −20 per 1,000 would count as important ", cite("alpha2007"), "."),
        ),
    )


def long_table() -> Table:
    rows = tuple(
        Row(
            cells=(
                line(f"Test study {index:03d}"),
                line("Randomised trial" if index % 3 else "Cohort with a rather long design description"),
                line(f"{40 + 7 * index:,}"),
                line(shown(index / 100)),
            )
        )
        for index in range(1, 121)
    )
    columns = (
        Column(label="Study"),
        Column(label="Design"),
        Column(label="People", align="right"),
        Column(label="Effect", align="right"),
    )
    return Table(id="all-studies", caption="All 120 test studies", columns=columns, rows=rows)


def numbers_that_lead_somewhere() -> tuple[Block, ...]:
    """A number in prose and one in a table, which lead to a table and to a row of it."""
    to_table = Span(text="12", style="number", target="q.k", anchor="effects.q")
    to_row = Span(text="34", style="number", target="a.b", anchor="number-a-b")
    rows = (Row(cells=(line("x"), line(to_row))), Row(cells=(line("y"), line("z")), id="number-a-b"))
    table = Table(id="effects.q", caption="Effects", columns=(Column(label="A"), Column(label="B")), rows=rows)
    return (Paragraph(text=line(to_table, " and ", to_row)), table)


def key_messages() -> KeyMessages:
    messages = (
        (
            "Linking people to mutual aid groups probably means more of them attend.",
            line(
                "Of 1,000 people, ",
                number("131", "sof.attend.more"),
                " more attend at least once (from 50 to 221 more).",
            ),
            "moderate",
        ),
        (
            "Twelve-step facilitation increases the number of people who stay abstinent for a year.",
            line(
                "Of 1,000 people, 76 more are abstinent (from 11 to 152 more) ",
                cite("beta2011"),
                cite("alpha2007"),
                ".",
            ),
            "high",
        ),
        ("Nobody has studied what it does to quality of life.", line("No trial reported it."), "not yet judged"),
    )
    return KeyMessages(
        messages=tuple(
            KeyMessage(claim=line(claim), detail=detail, certainty=level) for claim, detail, level in messages
        ),
        note=line("Certainty is the GRADE rating of the evidence behind each message."),
    )


def statements() -> Statements:
    return Statements(
        items=(
            StatementItem(
                body="Test institute",
                year="2007",
                kind="recommendation",
                says=line("Give people information about self-help groups and help them make the first contact."),
                quote="staff should routinely provide information about self-help groups",
                place="section 1.3",
                basis=line("6 trials, 2,556 people ", cite("gamma2014")),
                status=line("In force, checked in test year 2026"),
                cite="alpha2007",
            ),
            StatementItem(
                body="Test council",
                year="2013",
                kind="conclusion",
                says=line("Recovery groups are valued by members."),
                quote="",
                place="",
                basis=line("Expert opinion"),
                status=line(""),
            ),
        )
    )


def blocks() -> tuple[Block, ...]:
    return (
        Masthead(
            title="Mutual aid: a test briefing",
            question="For adults in treatment for alcohol or drug problems, does help to join a group change outcomes?",
            rows=(
                ("Edition", "2026-11, new evidence"),
                ("Issued", "3 November 2026"),
                ("Evidence to", "1 October 2026"),
                ("Review due", "November 2027"),
                ("Status", "Test data: not evidence"),
                ("Owner", "The test team"),
            ),
        ),
        heading("Key messages", "key-messages"),
        key_messages(),
        Callout(
            title="What changed since the last edition",
            tone="change",
            blocks=(ListBlock(items=((paragraph("One new trial."),), (paragraph("One conclusion is stronger."),))),),
        ),
        heading("Summary of findings", "summary"),
        paragraph(
            "Facilitation raised attendance from ",
            number("450", "sof.attend.control"),
            " to ",
            Span(text="581", style="number", target="sof.attend.treated", strong=True),
            " per 1,000 people; the evidence is of ",
            certainty("moderate"),
            " certainty. See ",
            Span(text="the forest plot", style="link", target="#forest"),
            ". The change of mean score was −2.5 points ",
            cite("alpha2007"),
            ".",
        ),
        findings(),
        heading("Days without drinking", "days", 3),
        forest(),
        heading("What others recommend", "others"),
        statements(),
        Quotation(
            text=line("They help people who want to stay well."),
            source=line("A test witness, 2012 ", cite("gamma2014")),
        ),
        heading("Methods", "methods"),
        paragraph("Plan: ", Span(text="model='random'", style="code"), ", ", Span(text="REML", style="strong"), "."),
        ListBlock(
            ordered=True,
            items=(
                (paragraph("Records are checked."),),
                (
                    paragraph("Effects are pooled:"),
                    ListBlock(items=((paragraph("by outcome"),), (paragraph("by time"),))),
                ),
            ),
        ),
        Code(text="pool(effects)\n  # done", language="python"),
        Callout(
            title="Limits",
            tone="warning",
            blocks=(paragraph("This is ", Span(text="test", style="emphasis"), " data."),),
        ),
        long_table(),
        heading("References", "references"),
        References(
            entries=(
                Reference(key="beta2011", text=_reference("Beta C, Gamma D. Second test paper. J Test. 2011;2:3–9.")),
                Reference(key="alpha2007", text=_reference("Alpha A. First test paper. J Test. 2007;1(2):1–2.")),
                Reference(key="gamma2014", text=_reference("Gamma E, et al. Third test paper. Test Press; 2014.")),
            )
        ),
    )


def _reference(text: str) -> Line:
    return line(
        text, " ", Span(text="https://doi.org/10.0000/test", style="link", target="https://doi.org/10.0000/test")
    )


@pytest.fixture(scope="session")
def leading() -> tuple[Block, ...]:
    """Blocks with numbers that lead to what they rest on."""
    return numbers_that_lead_somewhere()


@pytest.fixture(scope="session")
def sample() -> Document:
    """A made-up briefing with every kind of element: test data."""
    return Document(
        title="Mutual aid: a test briefing",
        language="en-GB",
        date="2026-11-03",
        metadata={
            "author": "The test team",
            "description": "A made-up briefing for tests",
            "keywords": "mutual aid, test",
            "short-title": "Mutual aid (test)",
            "edition": "Edition 2026-11",
        },
        blocks=blocks(),
    )

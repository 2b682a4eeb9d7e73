"""Flow diagrams: every count in its box, and "not recorded" where there is none."""

from __future__ import annotations

from synthesis.analysis.flow import Flow, Screening
from synthesis.document.elements import plain
from synthesis.figures.prisma_flow import UNKNOWN, UNKNOWN_FILL, arrange, prisma_flow
from synthesis.figures.scene import Area

UNLOGGED = Flow(
    screening=Screening(), held=10, reached=7, left_out=(("Wrong time", 2),), included=5, by_question=(("One", 5),)
)
LOGGED = Flow(
    screening=Screening(
        databases=1200, registers=0, other_methods=3, removed=400, screened=800, screened_out=700, sought=100,
        not_retrieved=4, assessed=96, excluded=(("Wrong population", 86),),
    ),
    held=10, reached=7, left_out=(), included=7, by_question=(("One", 5), ("Two", 3)),
)  # fmt: skip


def texts(flow: Flow) -> list[str]:
    return [item.text for item in arrange(flow).scene.words]


def test_what_nobody_counted_is_not_recorded() -> None:
    assert texts(UNLOGGED).count(UNKNOWN) == 10
    assert texts(LOGGED).count(UNKNOWN) == 0
    grey = [item for item in arrange(UNLOGGED).scene.items if isinstance(item, Area) and item.fill == UNKNOWN_FILL]
    assert len(grey) == 8
    assert "Not recorded: records identified, records screened" in arrange(UNLOGGED).alt
    assert "the box says so" in plain(arrange(UNLOGGED).caption)
    assert "the box says so" not in plain(arrange(LOGGED).caption)


def test_a_count_of_none_is_a_count() -> None:
    words = texts(LOGGED)
    assert words[words.index("Registers") + 1] == "0"
    assert words[words.index("Left out of every analysis") + 1] == "0"


def test_counts_stand_in_picture_alternative_and_table() -> None:
    figure = prisma_flow(LOGGED)
    assert figure.data is not None
    numbers = [plain(row.cells[1]) for row in figure.data.rows if row.style == "body"]
    for number in ("1,200", "400", "800", "700", "100", "4", "96", "86", "10", "3", "7", "5"):
        assert number in texts(LOGGED) and number in numbers
    assert "Databases 1,200" in figure.alt and "Wrong population 86" in figure.alt


def test_boxes_do_not_overlap() -> None:
    for flow in (LOGGED, UNLOGGED):
        boxes = [item for item in arrange(flow).scene.items if isinstance(item, Area) and item.edge is not None]
        left = sorted(min(y for _, y in box.points) for box in boxes if box.points[0][0] < 200)
        bottoms = sorted(max(y for _, y in box.points) for box in boxes if box.points[0][0] < 200)
        assert len(left) == 7
        assert all(bottom < top for bottom, top in zip(bottoms, left[1:], strict=False))

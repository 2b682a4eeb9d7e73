"""Names beside marks: they cover nothing, stay inside, and belong to the mark they are nearest to."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from synthesis.figures.axis import measured
from synthesis.figures.plane import HALF_LINE, MOST_NAMES, Plane, Room, Spot, axes, names, plane, top_of
from synthesis.figures.scene import Words


def made() -> Plane:
    return plane(
        lambda room: measured([0, 10], room=room),
        lambda room: measured([0, 10], room=room, upright=True),
        top_of(0, "How high"),
    )


def rooms(items: list[object]) -> list[tuple[str, Room]]:
    words = [item for item in items if isinstance(item, Words)]
    return [
        (
            item.text,
            Room(left=item.left, right=item.right, top=item.y - 3.15 - HALF_LINE, bottom=item.y - 3.15 + HALF_LINE),
        )
        for item in words
    ]


@given(st.lists(st.tuples(st.floats(0, 10), st.floats(0, 10)), min_size=1, max_size=30))
def test_names_cover_nothing_and_are_nearest_to_their_mark(places: list[tuple[float, float]]) -> None:
    placed = made()
    spots = [Spot(name=f"Study {index}", x=placed.x(x), y=placed.y(y)) for index, (x, y) in enumerate(places)]
    line = ((placed.left, placed.bottom), (placed.right, placed.top))
    found = rooms(list(names(placed, spots, [line])))
    assert len(found) <= MOST_NAMES
    for index, (text, room) in enumerate(found):
        assert placed.left < room.left and room.right < placed.right
        assert placed.top < room.top and room.bottom < placed.bottom
        assert not any(room.meets(other) for _, other in found[index + 1 :])
        assert not room.crossed(*line)
        away = {spot.name: room.away(spot.x, spot.y) for spot in spots}
        assert math.isclose(away[text], min(away.values()))
        assert min(away.values()) >= Spot(name="", x=0, y=0).half - 1


def test_a_lone_mark_has_its_name_on_the_right() -> None:
    placed = made()
    [(text, room)] = rooms(list(names(placed, [Spot(name="Alone", x=placed.x(5), y=placed.y(5))])))
    assert text == "Alone" and room.left > placed.x(5)


def test_a_name_too_long_for_the_plane_is_left_out() -> None:
    placed = made()
    assert names(placed, [Spot(name="x" * 1000, x=placed.x(5), y=placed.y(5))]) == []


def test_a_line_through_a_room_is_seen() -> None:
    room = Room(left=0, right=10, top=0, bottom=10)
    assert room.crossed((-5, 5), (15, 5)) and room.crossed((-5, -5), (15, 15)) and room.crossed((5, 5), (6, 6))
    assert not room.crossed((-5, 12), (15, 12)) and not room.crossed((-5, 5), (-1, 5))
    assert not room.crossed((11, -5), (11, 20))


def test_long_names_of_axes_are_broken_into_lines() -> None:
    up = "very " * 60 + "high"
    placed = plane(
        lambda room: measured([0, 1], room=room), lambda room: measured([0, 1], room=room, upright=True), top_of(0, up)
    )
    items, bottom = axes(placed, "across " * 60, up)
    words = [item for item in items if isinstance(item, Words)]
    assert min(item.y for item in words) > 8 and max(item.y for item in words) < bottom

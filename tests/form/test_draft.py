"""From what stands in the page to a record, and back to the field."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthesis.errors import Problem
from synthesis.form.draft import NOT_YET, DraftError, in_page, plain_tree, pruned, with_stand_ins

trees = st.dictionaries(
    st.sampled_from(["a", "b", "c"]),
    st.recursive(
        st.one_of(st.none(), st.sampled_from(["", " ", "x", " y "])),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["d", "e"]), inner, max_size=2),
        max_leaves=8,
    ),
    max_size=3,
)


def missing(field: str) -> Problem:
    return Problem(
        file="studies/a.yaml", line=1, field=field, code="missing-field", found="nothing", allowed="text", fix="add it"
    )


def test_empty_fields_go_and_what_is_left_finds_its_way_back() -> None:
    record, paths = pruned({"a": "", "b": [{"c": ""}, {"c": " 1 "}], "d": {"e": None}})
    assert record == {"b": [{"c": "1"}]}
    assert in_page("b[0].c", paths) == "b[1].c"
    assert in_page("b[0].missing", paths) == "b[1].missing"
    assert in_page("title", paths) == "title"
    assert in_page("", paths) == ""


def test_what_was_left_out_does_not_lend_its_paths_to_others() -> None:
    record, paths = pruned({"b": [{"c": "", "d": [{"e": ""}]}, {"f": "1"}]})
    assert record == {"b": [{"f": "1"}]}
    assert in_page("b[0].c", paths) == "b[1].c"
    assert in_page("b[0].d[0].e", paths) == "b[1].d[0].e"


@given(trees)
def test_nothing_empty_is_left_and_nothing_else_is_lost(tree: dict[str, object]) -> None:
    record, _ = pruned(plain_tree(tree))

    def leaves(node: object) -> list[str]:
        if isinstance(node, dict):
            return [leaf for value in node.values() for leaf in leaves(value)]
        if isinstance(node, list):
            return [leaf for item in node for leaf in leaves(item)]
        return [] if node is None or not str(node).strip() else [str(node).strip()]

    def holds_nothing(node: object) -> bool:
        inner = list(node.values()) if isinstance(node, dict) else node if isinstance(node, list) else []
        return node in (None, "", {}, []) or any(holds_nothing(item) for item in inner)

    assert leaves(record) == leaves(tree)
    assert record == {} or not holds_nothing(record)


@pytest.mark.parametrize(
    "sent", [[], "text", None, 1, {"a": 1}, {"a": 1.5}, {"a": True}, {"": "x"}, {"a\n": "x"}, {"a" * 101: "x"}]
)
def test_what_a_page_of_ours_would_not_send_is_refused(sent: object) -> None:
    with pytest.raises(DraftError):
        plain_tree(sent)


def test_what_is_too_large_or_too_deep_is_refused() -> None:
    deep: object = "x"
    for _ in range(30):
        deep = [deep]
    for sent in ({"a": deep}, {"a": ["x"] * 30_000}):
        with pytest.raises(DraftError, match="too many or too deeply"):
            plain_tree(sent)


def test_stand_ins_are_put_where_text_is_missing_and_leave_the_record_alone() -> None:
    record = {"results": [{"id": "a"}]}
    made = with_stand_ins(record, [missing("results[0].where"), missing("setting"), missing("results[4].name")])
    assert made == {"results": [{"id": "a", "where": {"place": NOT_YET, "read": "true"}}], "setting": NOT_YET}
    assert record == {"results": [{"id": "a"}]}

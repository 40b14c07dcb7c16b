"""Identities and pages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.kit.clock import SystemClock, iso
from server.kit.errors import ApiError
from server.kit.ids import is_id, new_id, uuid7
from server.kit.pagination import decode_cursor, encode_cursor


def test_ids_sort_by_the_time_they_were_made() -> None:
    ids = [uuid7(ms) for ms in (1, 2, 1_700_000_000_000, 1_800_000_000_000)]
    assert ids == sorted(ids)
    assert all(i.version == 7 for i in ids)


def test_an_id_has_its_prefix_and_is_told_from_other_texts() -> None:
    made = new_id("ses")
    assert is_id(made, "ses") and len(set(new_id("ses") for _ in range(1000))) == 1000
    for wrong in (
        made[:-1],
        made + "0",
        made.upper(),
        made.replace("ses_", "ag_"),
        "ses_",
        "",
        "ses_" + "u" * 26,
    ):
        assert not is_id(wrong, "ses"), wrong


@given(st.text("abcdefghijklmnopqrstuvwxyz_0123456789", max_size=40))
def test_a_cursor_comes_back_as_it_went(key: str) -> None:
    assert decode_cursor(encode_cursor(key)) == key


@given(st.text(max_size=20))
def test_a_strange_cursor_is_refused_or_read_but_never_breaks(cursor: str) -> None:
    try:
        assert decode_cursor(cursor).isprintable()
    except ApiError as error:
        assert error.code == "INVALID_CURSOR"


def test_times_are_written_in_utc_with_milliseconds() -> None:
    assert iso(1_795_228_800_007) == "2026-11-21T02:40:00.007Z"
    assert SystemClock().now_ms() > 1_700_000_000_000


@pytest.mark.parametrize("prefix", ["ag", "rel"])
def test_prefixes_are_kept(prefix: str) -> None:
    assert new_id(prefix).startswith(prefix + "_")

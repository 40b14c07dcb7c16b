"""Addresses with a caller's words in them lead nowhere else."""

from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.protocol import HttpRequest
from tests.engine.drawing import end, rehearse

PORTS = {name: end(name) for name in ("ok", "error", "unknown")}


def asked(url: str, said: str, **variables: Any) -> tuple[HttpRequest | None, str]:
    """What is requested of an address when a caller said this, and how the talk ended."""
    node = {"kind": "http", "url": url, "out": {name: name for name in PORTS}}
    talk = rehearse(
        {"h": node, **PORTS}, variables={"said": {"type": "text", "initial": said}, "n": "int"} | variables
    )
    found = [e for record in talk.records for e in record.effects if isinstance(e, HttpRequest)]
    return (found[0] if found else None), talk.state.outcome or ""


@pytest.mark.parametrize(
    ("said", "part"),
    [
        ("100234", "100234"),
        ("Ada Lovelace", "Ada%20Lovelace"),
        ("a/b", "a%2Fb"),
        ("?admin=1", "%3Fadmin%3D1"),
        ("x&admin=1", "x%26admin%3D1"),
        ("#", "%23"),
        ("@evil.example", "%40evil.example"),
        ("..a", "..a"),
        ("Zürich", "Z%C3%BCrich"),
        ("100%", "100%25"),
        ("a\r\nHost: b", "a%0D%0AHost%3A%20b"),
    ],
)
def test_words_stay_in_their_part(said: str, part: str) -> None:
    request, _ = asked("https://shop.example/orders/{{ said }}/state?by={{ said }}", said)
    assert request is not None and request.url == f"https://shop.example/orders/{part}/state?by={part}"


@pytest.mark.parametrize("said", ["..", ".", "../users", "a/../../users", "..\\users", "a/.."])
def test_words_that_lead_up_are_not_called(said: str) -> None:
    assert asked("https://shop.example/orders/{{ said }}", said) == (None, "error")
    in_query, _ = asked("https://shop.example/orders?of={{ said }}", said)
    assert in_query is not None, "behind the ? they are words like others"


def test_words_after_the_host_do_not_become_part_of_it() -> None:
    request, _ = asked("https://shop.example{{ said }}", "@evil.example/")
    assert request is not None and "/" not in request.url.removeprefix("https://")
    assert "@" not in request.url


def test_an_address_that_is_a_variable_stays_as_it_is() -> None:
    base = {"base": {"type": "text", "initial": "https://shop.example/v1"}}
    request, _ = asked("{{ base }}/orders/{{ said }}", "a/b", **base)
    assert request is not None and request.url == "https://shop.example/v1/orders/a%2Fb"


@given(said=st.text(min_size=1, max_size=40))
def test_whatever_is_said_it_is_one_part_of_the_same_place(said: str) -> None:
    request, outcome = asked("https://shop.example/orders/{{ said }}/state", said)
    if request is None:
        assert outcome == "error"
        return
    split = urlsplit(request.url)
    assert (split.netloc, split.query, split.fragment) == ("shop.example", "", "")
    first, orders, part, last = split.path.split("/")
    assert (first, orders, unquote(part), last) == ("", "orders", said, "state")

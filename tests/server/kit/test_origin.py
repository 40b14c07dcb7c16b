"""Origins are compared whole."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.kit.origin import origin_allowed, own_origin, parse_origin

names = st.lists(
    st.text(string.ascii_lowercase + string.digits, min_size=1, max_size=10), min_size=1, max_size=3
).map(".".join)
ports = st.one_of(st.none(), st.integers(1, 65535))


def write(scheme: str, name: str, port: int | None) -> str:
    return f"{scheme}://{name}" + ("" if port is None else f":{port}")


@given(st.sampled_from(["http", "https"]), names, ports)
def test_an_origin_keeps_its_meaning_and_one_form(scheme: str, name: str, port: int | None) -> None:
    parsed = parse_origin(write(scheme, name, port))
    default = {"http": 80, "https": 443}[scheme]
    assert parsed == write(scheme, name, None if port == default else port)
    assert parse_origin(write(scheme, name, port).upper()) == parsed
    assert parsed is not None and parse_origin(parsed) == parsed


@given(names, names, ports)
def test_only_the_very_origin_is_allowed(name: str, other: str, port: int | None) -> None:
    allowed = {f"https://{name}"}
    assert origin_allowed(f"https://{name}", allowed)
    for page in (
        f"http://{name}",
        f"https://{name}.{other}",
        f"https://{other}.{name}",
        f"https://{other}{name}",
        f"https://{name}@{other}",
        f"https://{name}/",
        f"https://{name}#",
        f"https://{name}?",
        f"https://{name}.",
        f"https://{name}:444",
        f" https://{name}",
        f"https://{name}\n",
        f"https://{name}\x00",
        f"//{name}",
        name,
    ):
        assert not origin_allowed(page, allowed), page


@given(st.text(max_size=60))
def test_no_text_breaks_the_reader(text: str) -> None:
    parsed = parse_origin(text)
    assert parsed is None or parse_origin(parsed) == parsed


@pytest.mark.parametrize(
    "text",
    [
        "null", "", "*", "https://*.shop.example", "file://", "ftp://a.example", "https://", "https://a..b",
        "https://a.example:99999", "https://a.example:x", "https://bücher.example", "https://[::1", "https://-a.example",
        "https://" + "a" * 400 + ".example", "https://a.example:",
    ],
)  # fmt: skip
def test_what_is_no_origin(text: str) -> None:
    assert parse_origin(text) is None
    assert not origin_allowed(text, {text})


def test_a_missing_origin_is_not_allowed() -> None:
    assert not origin_allowed(None, {"https://a.example"})
    assert parse_origin("https://[2001:db8::1]:8443") == "https://[2001:db8::1]:8443"


@pytest.mark.parametrize(
    ("host", "own"),
    [
        ("127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("localhost:8080", "http://localhost:8080"),
        ("talk.localhost", "http://talk.localhost"),
        ("[::1]:8080", "http://[::1]:8080"),
        ("rebound.example:8080", None),
        ("", None),
        ("a b", None),
    ],
)
def test_the_servers_own_pages_are_told_by_address_not_by_any_name(host: str, own: str | None) -> None:
    assert own_origin("http", host, "") == own


def test_a_public_address_is_the_only_own_one() -> None:
    assert own_origin("http", "127.0.0.1:8080", "https://talk.example") == "https://talk.example"

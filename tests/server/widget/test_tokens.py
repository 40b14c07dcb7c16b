"""A visitor's token says who may talk in which session, and nothing else passes for one."""

import time

import jwt
import pytest

from engine.conversation import SessionRef
from server.channels.widget.tokens import ALGORITHM, AUDIENCE, SKEW, BadToken, Pass, WidgetTokens
from server.kit.crypto import Keys

VISITOR = Pass(SessionRef("org_1", "ses_1"), "ag_1", "https://shop.example", "visitor-1")
SECRET = b"s" * 32


def now_ms() -> int:
    """Tokens are held against the machine's own clock."""
    return int(time.time() * 1000)


@pytest.fixture
def tokens() -> WidgetTokens:
    return WidgetTokens(Keys(SECRET), 600)


def test_a_token_says_what_was_put_into_it(tokens: WidgetTokens) -> None:
    token, until = tokens.make(VISITOR, now_ms())
    assert tokens.read(token) == VISITOR
    assert until % 1000 == 0 and now_ms() + 590_000 < until <= now_ms() + 600_000


def test_a_token_is_too_old_one_day(tokens: WidgetTokens) -> None:
    token, _ = tokens.make(VISITOR, now_ms() - (600 + SKEW + 1) * 1000)
    with pytest.raises(BadToken, match="expired"):
        tokens.read(token)


@pytest.mark.parametrize("token", ["", "nonsense", "a.b.c", "é.é.é", "x" * 5000])
def test_what_is_no_token_is_refused(tokens: WidgetTokens, token: str) -> None:
    with pytest.raises(BadToken):
        tokens.read(token)


def test_a_changed_letter_is_refused(tokens: WidgetTokens) -> None:
    head, body, signature = tokens.make(VISITOR, now_ms())[0].split(".")
    changed = ("B" if body[8] == "A" else "A").join((body[:8], body[9:]))
    with pytest.raises(BadToken):
        tokens.read(f"{head}.{changed}.{signature}")


def test_another_servers_token_is_refused(tokens: WidgetTokens) -> None:
    token, _ = WidgetTokens(Keys(b"t" * 32), 600).make(VISITOR, now_ms())
    with pytest.raises(BadToken):
        tokens.read(token)


def test_an_unsigned_token_is_refused(tokens: WidgetTokens) -> None:
    claims = {
        "aud": AUDIENCE,
        "exp": 9_999_999_999,
        "sub": "v",
        "org": "o",
        "ses": "s",
        "agt": "a",
        "ori": "x",
    }
    with pytest.raises(BadToken):
        tokens.read(jwt.encode(claims, None, "none"))


def test_a_token_for_something_else_is_refused(tokens: WidgetTokens) -> None:
    key = Keys(SECRET).derive("widget tokens")
    claims = {
        "aud": "voice",
        "exp": 9_999_999_999,
        "sub": "v",
        "org": "o",
        "ses": "s",
        "agt": "a",
        "ori": "x",
    }
    with pytest.raises(BadToken):
        tokens.read(jwt.encode(claims, key, ALGORITHM))
    del claims["ses"]
    with pytest.raises(BadToken):
        tokens.read(jwt.encode({**claims, "aud": AUDIENCE}, key, ALGORITHM))

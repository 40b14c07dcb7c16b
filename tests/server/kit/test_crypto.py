"""Tokens and keys."""

import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.kit.crypto import Keys, load_secret, new_public_id, new_token, well_formed, write_private


def test_a_token_is_told_from_a_typo_without_looking_it_up() -> None:
    token = new_token("own")
    assert well_formed(token, "own")
    assert not well_formed(token, "other")
    assert not well_formed(token[:-1], "own")
    assert not well_formed(token + "A", "own")


@given(st.integers(min_value=4, max_value=41), st.sampled_from("0Aaé\x00"))
def test_one_wrong_letter_breaks_the_checksum(place: int, letter: str) -> None:
    token = new_token("own")
    wrong = token[:place] + letter + token[place + 1 :]
    assert well_formed(wrong, "own") == (wrong == token)


def test_tokens_and_public_ids_never_repeat() -> None:
    assert len({new_token("own") for _ in range(100)}) == 100
    assert len({new_public_id() for _ in range(100)}) == 100


def test_a_digest_says_nothing_without_the_key_and_matches_only_its_token() -> None:
    keys, others = Keys(b"k" * 32), Keys(b"o" * 32)
    token = new_token("own")
    assert keys.matches(token, keys.digest(token))
    assert not keys.matches(token + "x", keys.digest(token))
    assert not others.matches(token, keys.digest(token))
    assert keys.derive("a") != keys.derive("b")


def test_a_short_secret_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Keys(b"short")


def test_the_secret_is_made_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    path = tmp_path / "data" / "secret"
    secret = load_secret(path)
    assert len(secret) == 32
    assert load_secret(path) == secret
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_private_file_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "token"
    write_private(path, b"one")
    (tmp_path / "token.new").write_bytes(b"left over from a crash")
    write_private(path, b"two")
    assert path.read_bytes() == b"two"
    assert [p.name for p in tmp_path.iterdir()] == ["token"]

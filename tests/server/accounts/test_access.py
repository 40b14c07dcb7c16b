"""Who may pass."""

import stat
from pathlib import Path

import pytest

from server.kit.crypto import new_token
from server.main import Server
from tests.server.running import application, settings_for


async def test_the_owner_token_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    async with application(settings) as (_, owner):
        assert (await owner.ask("GET", "/agents")).status_code == 200
    async with application(settings) as (_, again):
        assert again.token == owner.token
        assert (await again.ask("GET", "/agents")).status_code == 200
    assert stat.S_IMODE((settings.data / "owner-token").stat().st_mode) == 0o600
    assert stat.S_IMODE((settings.data / "secret").stat().st_mode) == 0o600


async def test_the_database_does_not_hold_the_token(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    async with application(settings) as (_, owner):
        pass
    assert owner.token.encode() not in (settings.data / "parley.db").read_bytes()


@pytest.mark.parametrize(
    "header",
    ["Bearer", "Bearer ", "Bearer own_x", "Basic {token}", "{token}", "Bearer {token}x", "Bearer {other}"],
)
async def test_other_tokens_open_nothing(tmp_path: Path, header: str) -> None:
    async with application(settings_for(tmp_path)) as (_, owner):
        value = header.format(token=owner.token, other=new_token("own"))
        answer = await owner.client.get("/api/v1/agents", headers={"Authorization": value})
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] in ("INVALID_TOKEN", "AUTHENTICATION_REQUIRED")
    assert answer.headers["www-authenticate"] == "Bearer"


async def test_a_token_in_a_web_page_is_refused(tmp_path: Path) -> None:
    async with application(settings_for(tmp_path)) as (_, owner):
        answer = await owner.ask("GET", "/agents", headers={"Origin": "https://shop.example"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "KEY_IN_BROWSER")


async def test_a_renewed_token_replaces_the_old_one(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    async with application(settings) as (_, old):
        pass
    server = Server(settings)
    await server.accounts.renew_owner_token()
    await server.database.close()
    server.lock.release()
    async with application(settings) as (_, new):
        assert new.token != old.token
        assert (await new.ask("GET", "/agents")).status_code == 200
        old.client = new.client
        assert (await old.ask("GET", "/agents")).status_code == 401


async def test_another_secret_makes_old_tokens_worthless(tmp_path: Path) -> None:
    async with application(settings_for(tmp_path)) as (_, owner):
        pass
    async with application(settings_for(tmp_path, secret_key="k" * 32)) as (_, again):
        assert again.token == owner.token
        assert (await again.ask("GET", "/agents")).status_code == 401

"""Wrong settings refuse, and say which and why."""

from pathlib import Path

import pytest

from server.settings import SettingsError, load_settings


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder without a .env, and an environment without our names."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("HTTP_PORT", "eighty", "valid integer"),
        ("HTTP_PORT", "70000", "less than or equal to 65535"),
        ("LOG_LEVEL", "loud", "'debug', 'info', 'warning' or 'error'"),
        ("SOCKET_IDLE", "0", "greater than 0"),
        ("HTTP_ALLOW", "crm.internal", "host:port"),
        ("DEMO_ORIGINS", "https://a.example/page", "no origin"),
        ("PUBLIC_URL", "talk.example", "scheme"),
        ("TIME_ZONE", "Mars/Olympus", "no time zone"),
        ("DEMO", "perhaps", "boolean"),
    ],
)
def test_a_wrong_setting_is_named_with_its_reason(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, reason: str
) -> None:
    monkeypatch.setenv(f"PARLEY_{name}", value)
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert f"PARLEY_{name}: " in str(caught.value)
    assert reason in str(caught.value)
    assert value in str(caught.value)


def test_every_wrong_setting_is_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARLEY_HTTP_PORT", "x")
    monkeypatch.setenv("PARLEY_LEASE", "x")
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert [line.split(":")[0] for line in str(caught.value).splitlines()] == [
        "PARLEY_HTTP_PORT",
        "PARLEY_LEASE",
    ]


def test_a_wrong_secret_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARLEY_SECRET_KEY", "tooshort")
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert "PARLEY_SECRET_KEY" in str(caught.value) and "tooshort" not in str(caught.value)


def test_a_secret_may_stand_in_a_file(elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (elsewhere / "secret").write_text("s" * 40 + "\n")
    monkeypatch.setenv("PARLEY_SECRET_KEY_FILE", str(elsewhere / "secret"))
    secret = load_settings().secret_key
    assert secret is not None and secret.get_secret_value() == "s" * 40


def test_a_missing_secret_file_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARLEY_SECRET_KEY_FILE", "nowhere")
    with pytest.raises(SettingsError, match="PARLEY_SECRET_KEY_FILE"):
        load_settings()


def test_what_is_given_beats_the_environment_which_beats_dotenv(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (elsewhere / ".env").write_text("PARLEY_HTTP_PORT=1\nPARLEY_LOG_LEVEL=error\nOTHER=x\n")
    monkeypatch.setenv("PARLEY_HTTP_PORT", "2")
    assert load_settings(http_port=3).http_port == 3
    assert load_settings().http_port == 2
    assert load_settings().log_level == "error"


def test_lists_stand_by_comma_in_one_form(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARLEY_DEMO_ORIGINS", "https://A.example:443, http://b.example:8080,")
    monkeypatch.setenv("PARLEY_HTTP_ALLOW", "crm.internal:8080")
    monkeypatch.setenv("PARLEY_TIME_ZONE", "Europe/Rome")
    settings = load_settings()
    assert settings.demo_origins == ("https://a.example", "http://b.example:8080")
    assert settings.http_allow == ("crm.internal:8080",)

"""Settings: what is nearer to the person wins, the folders are a pair, and a bad one is told in a sentence."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from pydantic import ValidationError

from thinline_server.config import Settings, SettingsError, load_settings, read_place


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in os.environ:
        if name.startswith(("THINLINE_", "XDG_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return tmp_path / "server.toml"


def complaint(config: Path | None = None, **flags: object) -> str:
    with pytest.raises(SettingsError) as raised:
        load_settings(config, flags)
    return str(raised.value)


def test_without_a_word_it_listens_on_loopback_and_keeps_to_the_usual_folders(tmp_path: Path) -> None:
    settings = load_settings()
    assert (settings.host, settings.port) == ("127.0.0.1", 7300)
    assert settings.data == tmp_path / "home/.local/share/thinline"
    assert settings.state == tmp_path / "home/.local/state/thinline"


def test_the_usual_folders_follow_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", "/srv/data")
    monkeypatch.setenv("XDG_STATE_HOME", "not/absolute")  # the specification says: ignore it
    settings = load_settings()
    assert settings.data == Path("/srv/data/thinline")
    assert settings.state == Path.home() / ".local/state/thinline"


def test_a_named_data_folder_brings_its_own_state_folder(tmp_path: Path) -> None:
    assert load_settings(flags={"data": tmp_path / "alice"}).state == tmp_path / "alice-state"
    assert load_settings(flags={"data": "~/alice"}).state == Path.home() / "alice-state"
    assert load_settings(flags={"data": tmp_path, "state": "/srv/state"}).state == Path("/srv/state")


def test_a_flag_goes_before_the_environment_and_that_before_the_file(
    config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config.write_text('listen = "[::1]:1"\nlinks_most = 1\nheartbeat_s = 60\n')
    monkeypatch.setenv("THINLINE_LISTEN", "[::1]:2")
    monkeypatch.setenv("THINLINE_LINKS_MOST", "2")
    settings = load_settings(config, {"listen": "[::1]:3", "heartbeat_s": None})
    assert (settings.host, settings.port) == ("[::1]", 3)
    assert (settings.links_most, settings.heartbeat_s) == (2, 60)


def test_the_environment_may_name_the_file(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config.write_text('log_format = "json"\n')
    monkeypatch.setenv("THINLINE_CONFIG", str(config))
    monkeypatch.setenv("THINLINE_LOG_LEVEL", "")  # empty is not said
    assert (load_settings().log_format, load_settings().log_level) == ("json", "info")


def test_settings_do_not_change() -> None:
    settings = Settings()
    with pytest.raises(ValidationError):
        settings.listen = "127.0.0.1:1"


def test_a_bad_value_names_the_place_where_it_was_said(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config.write_text('listen = "alice"\nlog_level = "loud"\n')
    monkeypatch.setenv("THINLINE_HEARTBEAT_S", "soon")
    told = complaint(config, links_most=0).splitlines()
    assert f"listen in {config}: give HOST:PORT, for instance 127.0.0.1:7300 or [::1]:7300, not 'alice'" in told
    assert f"log_level in {config}: input should be 'debug', 'info', 'warning' or 'error', not 'loud'" in told
    assert "--links-most: input should be greater than or equal to 1, not 0" in told
    assert any(line.startswith("THINLINE_HEARTBEAT_S: ") and "'soon'" in line for line in told)


@pytest.mark.parametrize("listen", ["127.0.0.1", ":7300", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", "::1:7300"])
def test_an_address_has_a_host_and_a_port(listen: str) -> None:
    assert complaint(listen=listen).startswith("--listen: ")


def test_an_unknown_name_is_told_with_those_there_are(config: Path) -> None:
    config.write_text("lisent = 1\n")
    assert complaint(config).startswith(f"lisent in {config}: there is no such setting; there are data, state, listen")


def test_mail_has_a_table_of_its_own(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config.write_text('[mail]\nrelay = "Relay.test:587"\ndomain = "far.test"\n')
    monkeypatch.setenv("THINLINE_MAIL__DOMAIN", "near.test")
    settings = load_settings(config)
    assert (settings.mail.relay, settings.mail.domain, settings.mail.listen) == ("Relay.test:587", "near.test", "")
    assert settings.named_places == {("relay.test", 587)}
    assert load_settings().named_places == set()


def test_a_bad_value_of_a_table_is_named_and_no_password_is_told(config: Path) -> None:
    """T9."""
    config.write_text('[mail]\nrelay = "nowhere"\nrely = 1\n')
    told = complaint(config).splitlines()
    assert told[0].startswith(f"mail.relay in {config}: give HOST:PORT")
    assert told[1].startswith(f"mail.rely in {config}: there is no such setting; there are domain, listen")
    config.write_text('[mail]\nrelay_tls = "none"\nrelay_user = "alice"\nrelay_password = "secret"\n')
    told = complaint(config).splitlines()
    assert told == [f"mail in {config}: a password is not sent without TLS: set relay_tls to starttls or implicit"]


@pytest.mark.parametrize("place", ["mail.test:587", "[2001:DB8::1]:25"])
def test_a_place_is_a_host_and_a_port(place: str) -> None:
    assert read_place(place)[0] in ("mail.test", "2001:db8::1")


def test_a_certificate_needs_its_key() -> None:
    assert complaint(tls_certificate="cert.pem") == "tls_certificate and tls_key go together: give both, or neither"


@pytest.mark.parametrize(("data", "state"), [("/srv/a", "/srv/a"), ("/srv/a", "/srv/a/state"), ("/srv/a/b", "/srv/a")])
def test_the_state_folder_lies_apart(data: str, state: str) -> None:
    assert "must lie apart" in complaint(data=data, state=state)


def test_a_file_that_cannot_be_read_or_is_not_toml(config: Path) -> None:
    assert complaint(config) == f"cannot read the settings in {config}: No such file or directory"
    config.write_text("listen = ")
    assert complaint(config).startswith(f"{config} is not TOML: ")


def test_texts_have_a_table_of_their_own(config: Path) -> None:
    config.write_text('[sms]\ncentre = "Centre.test:2775"\nsystem = "alice"\npassword = "secret"\n')
    settings = load_settings(config)
    assert (settings.sms.centre, settings.sms.window) == ("Centre.test:2775", 10)
    assert settings.named_places == {("centre.test", 2775)}
    assert "secret" not in repr(settings), "T9"
    config.write_text('[sms]\ncentre = "nowhere"\nwindow = 0\npassword = "far too long"\n')
    told = complaint(config)
    assert "sms.centre" in told
    assert "sms.window" in told
    assert "far too" not in told

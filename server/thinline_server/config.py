"""The server's settings: one frozen class, filled in one place from flags, environment and a TOML file.

What is nearer to the person wins: a flag before `THINLINE_*` in the environment before the file. A TOML file holds
the names below at its top level, and `THINLINE_LISTEN`, for instance, is `listen`. The two folders are a pair: copies
and restores move the data folder only, and the state folder is what tells afterwards that it went back. So where only
the data folder is named, the state folder is the one beside it with `-state` behind its name.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, Self, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from thinline.errors import LocalError
from thinline.limits import LIMITS

__all__ = [
    "DEFAULT_PORT",
    "MailSettings",
    "Place",
    "Settings",
    "SettingsError",
    "SmsSettings",
    "WebSettings",
    "load_settings",
    "read_place",
]

DEFAULT_PORT = 7300
_PREFIX = "THINLINE_"
_DAY_S = 24 * 60 * 60


Place: TypeAlias = tuple[str, int]  # a host as it is written, in small letters and without brackets, and a port


def read_place(written: str) -> Place:
    """HOST:PORT, with brackets round an IPv6 address.

    Raises:
        ValueError: it is something else.
    """
    host, colon, port = written.rpartition(":")
    if not colon or not host or not port.isascii() or not port.isdigit() or int(port) > 65_535:
        raise ValueError("give HOST:PORT, for instance 127.0.0.1:7300 or [::1]:7300")
    if ":" in host and not (host.startswith("[") and host.endswith("]")):
        raise ValueError("put an IPv6 address in brackets, for instance [::1]:7300")
    return host.strip("[]").lower(), int(port)


class SettingsError(LocalError):
    """A setting is wrong; the sentence says which, where it came from, and what to do."""


def _xdg(variable: str, fallback: str) -> Path:
    """A base folder of the XDG specification, with ours in it."""
    named = os.environ.get(variable, "")
    base = Path(named) if named.startswith("/") else Path.home() / fallback
    return base / "thinline"


def _beside(data: Path) -> Path:
    """The state folder of a named data folder."""
    whole = data.expanduser().absolute()
    return whole.with_name(f"{whole.name}-state")


class MailSettings(BaseModel):
    """Mail to and from the world; all off unless it is set. A table `[mail]`, or `THINLINE_MAIL__RELAY` and so on.

    Attributes:
        domain: behind the @ of every account's address.
        listen: HOST:PORT where mail programs bring mail, by SMTP; port 0 takes a free one. STARTTLS with the
            certificate of the settings above, where there is one.
        size_bytes: of a mail at most.
        relay: HOST:PORT to which all mail for elsewhere goes. The place is allowed whatever its address is.
        relay_tls: `starttls`, `implicit` or `none`.
        relay_ca: PEM file of who vouches for the relay, in place of the system's.
        relay_user, relay_password: where the relay wants them; never sent without TLS.
        relay_deduplicates: the relay takes two mails of one Message-ID once, so that what may have been sent may be
            sent again.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    domain: str = Field(default="thinline.test", pattern=r"^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9-]+)*$")
    listen: str = ""
    size_bytes: int = Field(default=25 * 1024 * 1024, ge=1_024, le=LIMITS.blob_bytes - 65_536)
    relay: str = ""
    relay_tls: Literal["starttls", "implicit", "none"] = "starttls"
    relay_ca: Path | None = None
    relay_user: str = ""
    relay_password: SecretStr = SecretStr("")
    relay_deduplicates: bool = False

    @field_validator("listen", "relay")
    @classmethod
    def _check_place(cls, written: str) -> str:
        if written:
            read_place(written)
        return written

    @model_validator(mode="after")
    def _check_password(self) -> Self:
        if self.relay_user and self.relay_tls == "none":
            raise ValueError("a password is not sent without TLS: set relay_tls to starttls or implicit")
        return self


class SmsSettings(BaseModel):
    """Texts to and from numbers elsewhere; off unless it is set. A table `[sms]`, or `THINLINE_SMS__CENTRE` and so on.

    Attributes:
        centre: HOST:PORT of a message centre that speaks SMPP 3.4. The place is allowed whatever its address is.
        system, password, system_type: who we are there, as its operator told.
        tls: whether it is spoken to by TLS.
        ca: PEM file of who vouches for it, in place of the system's.
        window: messages at once that it has not answered yet.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    centre: str = ""
    system: str = Field(default="", max_length=15)  # SMPP 3.4, 5.2.1 to 5.2.3
    password: SecretStr = Field(default=SecretStr(""), max_length=8)
    system_type: str = Field(default="", max_length=12)
    tls: bool = False
    ca: Path | None = None
    window: int = Field(default=10, ge=1, le=1_000)

    @field_validator("centre")
    @classmethod
    def _check_place(cls, written: str) -> str:
        if written:
            read_place(written)
        return written


class WebSettings(BaseModel):
    """What the server fetches for its accounts. A table `[web]`, or `THINLINE_WEB__TRUST` and so on.

    Attributes:
        allow: HOST:PORT of places that are fetched from whatever their addresses are, a site on an inner network for
            instance. Nothing else is lifted; in the environment it is a list of JSON.
        trust: PEM file of who vouches for servers, beside the system's.
        render: pages that show nothing without their programs are run in a browser; needs the extra `render`, Chromium
            and namespaces.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    allow: tuple[str, ...] = ()
    trust: Path | None = None
    render: bool = False

    @field_validator("allow")
    @classmethod
    def _check_places(cls, written: tuple[str, ...]) -> tuple[str, ...]:
        for one in written:
            read_place(one)
        return written


class Settings(BaseSettings):
    """All that an operator can choose.

    Attributes:
        data: folder of the store and its blobs; `$XDG_DATA_HOME/thinline` where none is named.
        state: folder of the service key and what must survive the loss of `data`; `$XDG_STATE_HOME/thinline`, or
            beside a named data folder. Best on another disk.
        listen: HOST:PORT for handsets; port 0 takes a free one.
        tls_certificate, tls_key: PEM files, both or neither; needed off loopback (spec ID-9).
        heartbeat_s: what a handset that wishes nothing is told.
        timeout_s: silence beyond the heartbeat after which a link is lost.
        links_most: links at once; the next ones are told to come back.
        code_life_s: how long an enrolment code is good for.
        log_format: `console` for people, `json` for machines; `auto` is console on a terminal.
        log_level: the least that is logged.
        mail: mail to and from the world.
        sms: texts to and from it.
        web: what is fetched from it.
    """

    model_config = SettingsConfigDict(
        env_prefix=_PREFIX, env_ignore_empty=True, env_nested_delimiter="__", frozen=True, extra="forbid"
    )

    data: Path = Field(default_factory=lambda: _xdg("XDG_DATA_HOME", ".local/share"))
    state: Path = Path()
    listen: str = f"127.0.0.1:{DEFAULT_PORT}"
    tls_certificate: Path | None = None
    tls_key: Path | None = None
    heartbeat_s: int = Field(default=LIMITS.heartbeat_s, ge=LIMITS.heartbeat_least_s, le=LIMITS.heartbeat_most_s)
    timeout_s: int = Field(default=LIMITS.timeout_s, ge=1, le=LIMITS.heartbeat_most_s)
    links_most: int = Field(default=20_000, ge=1)
    code_life_s: int = Field(default=_DAY_S, ge=60, le=366 * _DAY_S)
    log_format: Literal["auto", "console", "json"] = "auto"
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    mail: MailSettings = MailSettings()
    sms: SmsSettings = SmsSettings()
    web: WebSettings = WebSettings()

    @field_validator("data", "state", "tls_certificate", "tls_key")
    @classmethod
    def _expand(cls, path: Path | None) -> Path | None:
        return path.expanduser() if path else path

    @field_validator("listen")
    @classmethod
    def _check_listen(cls, listen: str) -> str:
        read_place(listen)
        return listen

    @model_validator(mode="before")
    @classmethod
    def _pair_folders(cls, values: Any) -> Any:
        if not values.get("state"):
            data = values.get("data")
            values["state"] = _beside(Path(data)) if data else _xdg("XDG_STATE_HOME", ".local/state")
        return values

    @model_validator(mode="after")
    def _check_pairs(self) -> Self:
        if (self.tls_certificate is None) != (self.tls_key is None):
            raise ValueError("tls_certificate and tls_key go together: give both, or neither")
        data, state = self.data.resolve(), self.state.resolve()
        if data == state or data in state.parents or state in data.parents:
            raise ValueError("the state folder must lie apart from the data folder: name another one with --state")
        return self

    @property
    def named_places(self) -> frozenset[Place]:
        """What gateways may dial whatever its address is: the operator named it."""
        return frozenset(read_place(one) for one in (self.mail.relay, self.sms.centre) if one)

    @property
    def web_places(self) -> frozenset[Place]:
        """What the web may dial whatever its address is; a mail relay is none of these."""
        return frozenset(map(read_place, self.web.allow))

    @property
    def host(self) -> str:
        """The address to listen on, as it was written."""
        return self.listen.rpartition(":")[0]

    @property
    def port(self) -> int:
        """The port to listen on; 0 for a free one."""
        return int(self.listen.rpartition(":")[2])


_TABLES: Mapping[str, type[BaseModel]] = {"mail": MailSettings, "sms": SmsSettings, "web": WebSettings}


def load_settings(config: Path | None = None, flags: Mapping[str, Any] | None = None) -> Settings:
    """The settings of a program.

    Args:
        config: a TOML file; where none is named, the one that `THINLINE_CONFIG` names, if it does.
        flags: settings by name; those that are None were not given.

    Raises:
        SettingsError: a name or a value is wrong, or the file cannot be read.
    """
    given = {name: value for name, value in (flags or {}).items() if value is not None}
    heard = {name.upper() for name, value in os.environ.items() if value}
    named = config or (Path(os.environ[f"{_PREFIX}CONFIG"]) if f"{_PREFIX}CONFIG" in heard else None)
    told = _read(named) if named else {}
    # What is passed in goes before the environment, so the file passes only what the environment leaves open.
    told = {name: _unheard(name, value, heard) for name, value in told.items() if _variable(name) not in heard}
    try:
        return Settings(**{**told, **given})
    except ValidationError as error:
        raise SettingsError("\n".join(_sentence(one, given, told, named) for one in error.errors())) from None


def _variable(*names: str) -> str:
    return _PREFIX + "__".join(names).upper()


def _unheard(name: str, value: Any, heard: set[str]) -> Any:
    """Of a table, what the environment leaves open."""
    if not isinstance(value, dict):
        return value
    return {inner: one for inner, one in value.items() if _variable(name, inner) not in heard}


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"cannot read the settings in {path}: {getattr(error, 'strerror', error)}") from None
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path} is not TOML: {error}") from None


def _sentence(error: Any, given: Mapping[str, Any], told: Mapping[str, Any], path: Path | None) -> str:
    """One complaint as a person can act on it: the setting, where it was said, and what is wrong with it."""
    what = str(error["msg"]).removeprefix("Value error, ")
    if not error["loc"]:
        return what
    names = [str(one) for one in error["loc"]]
    name = names[0]
    if name in given:
        where = f"--{name.replace('_', '-')}"
    else:
        where = f"{'.'.join(names)} in {path}" if name in told else _variable(*names)
    if error["type"] == "extra_forbidden":
        known = _TABLES[names[0]].model_fields if len(names) > 1 else Settings.model_fields
        return f"{where}: there is no such setting; there are {', '.join(known)}"
    secret = isinstance(error["input"], dict) or names[-1].endswith("password")  # a table may hold one
    was = "" if secret else f", not {error['input']!r}"
    return f"{where}: {what[0].lower()}{what[1:]}{was}"

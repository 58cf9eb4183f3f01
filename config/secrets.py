"""Secrets of agents' phones, trunks and the AMI: written by the administrator, or made once and kept.

Generated secrets are files in `<state>/secrets`, readable by their owner only; they stay the same ever after.
"""

import contextlib
import os
import secrets as random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from config.mistakes import ConfigError, Mistake, Origin
from config.schema import Settings
from routing.model import AgentId

FOLDER = "secrets"
ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"  # nothing that is misread from a screen
GROUPS, LETTERS = 4, 5  # 100 bits, typed into a telephone in four groups
PIN_DIGITS = 6  # keyed by a person; a few wrong ones lock the door


@dataclass(frozen=True, slots=True)
class Secrets:
    """Every secret that the telephone exchange shares with someone; `trunks` by name, where they have one."""

    agents: Mapping[AgentId, str] = field(repr=False)
    trunks: Mapping[str, str] = field(repr=False)
    ami: str = field(repr=False)
    supervisors: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Secrets of telephones that only a supervisor has, by extension."""
    pins: Mapping[str, str] = field(default_factory=dict, repr=False)
    """By the supervisor's id."""
    agent_pins: Mapping[AgentId, str] = field(default_factory=dict, repr=False)


def ready(settings: Settings, state: Path) -> Secrets:
    """All secrets; makes the missing ones below `state`. Raises `ConfigError` when that folder refuses."""
    folder = state / FOLDER
    pbx = settings.pbx
    return Secrets(
        agents={
            AgentId(agent.id): (
                agent.secret.get_secret_value() if agent.secret else kept(folder, f"agent-{agent.extension}")
            )
            for agent in settings.agents
        },
        trunks={trunk.name: trunk.secret.get_secret_value() for trunk in settings.trunks if trunk.secret},
        ami=pbx.ami_secret.get_secret_value() if pbx.ami_secret else kept(folder, "ami"),
        supervisors={number: kept(folder, f"supervisor-{number}") for number in own_telephones(settings)},
        pins=_pins(settings, folder),
        agent_pins={
            AgentId(agent.id): (
                agent.pin.get_secret_value() if agent.pin else kept(folder, f"agent-{agent.id}-pin", _pin)
            )
            for agent in settings.agents
        },
    )


def own_telephones(settings: Settings) -> tuple[str, ...]:
    """Extensions of supervisors who are no agents, each once."""
    agents = {agent.extension for agent in settings.agents}
    wanted = (one.extension for one in settings.supervisors)
    return tuple(dict.fromkeys(number for number in wanted if number is not None and number not in agents))


def _pins(settings: Settings, folder: Path) -> dict[str, str]:
    """Every supervisor's PIN; a generated one is nobody else's."""
    pins = {one.id: one.pin.get_secret_value() for one in settings.supervisors if one.pin is not None}
    for one in settings.supervisors:
        if one.id in pins:
            continue
        name = f"supervisor-{one.id}-pin"
        while (pin := kept(folder, name, _pin)) in pins.values():
            (folder / name).unlink()
        pins[one.id] = pin
    return pins


def kept(folder: Path, name: str, made: Callable[[], str] | None = None) -> str:
    """The secret called `name`, made now if there is none. Two processes that start together get the same."""
    file = folder / name
    try:
        _private_folder(folder)
        if not file.exists():
            _make(file, (made or _secret)())
        if file.stat().st_mode & 0o077:
            file.chmod(0o600)
        text = file.read_text(encoding="ascii").strip()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is not plain text"
        raise _refused(
            file, f"cannot be used ({reason})", "let the user who runs Mowakaba write there"
        ) from None
    if not text:
        raise _refused(file, "is empty", "remove it; the next start makes a new secret")
    return text


def _private_folder(folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if folder.stat().st_mode & 0o077:
        folder.chmod(0o700)


def _secret() -> str:
    return "-".join("".join(random.choice(ALPHABET) for _ in range(LETTERS)) for _ in range(GROUPS))


def _pin() -> str:
    return "".join(random.choice("0123456789") for _ in range(PIN_DIGITS))


def _make(file: Path, secret: str) -> None:
    draft = file.with_name(f".{file.name}.{random.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as opened:
            opened.write(secret + "\n")
            opened.flush()
            os.fsync(opened.fileno())
        try:
            os.link(
                draft, file
            )  # fails when another process was first, where a rename would replace its secret
        except FileExistsError:
            pass
        except OSError:
            os.replace(draft, file)  # a file system without links
    finally:
        with contextlib.suppress(FileNotFoundError):
            draft.unlink()


def _refused(file: Path, what: str, mend: str) -> ConfigError:
    return ConfigError([Mistake(Origin(str(file)), "", what, mend)])

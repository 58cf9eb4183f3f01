"""What the dialplan needs to know of the centre: the input of every renderer in this room."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from dialplan.names import AMI_USER, SWITCH_SECONDS
from routing.model import Language


class NumberFrom(StrEnum):
    """Which SIP header of a trunk tells who calls."""

    FROM = "from"
    PAI = "pai"


@dataclass(frozen=True, slots=True)
class Phone:
    """A telephone of the centre: registers as `extension` with `secret`. `answers`: it is an agent's."""

    extension: str
    name: str
    secret: str = field(repr=False)
    answers: bool = True


@dataclass(frozen=True, slots=True)
class Trunk:
    """A way in from, and out to, the public telephone network.

    `peers` are addresses or networks from which it calls (identify match). `host` and `port` are where
    outgoing calls go; None means incoming only. `username`/`secret` authenticate outgoing calls and, with
    `register`, a registration. `caller_id` is the centre's number shown on outgoing calls. `early_media`: who calls
    through it hears what is said before the call is answered.
    """

    name: str
    peers: tuple[str, ...]
    number_from: NumberFrom = NumberFrom.FROM
    host: str | None = None
    port: int = 5060
    transport: str = "udp"
    username: str | None = None
    secret: str | None = field(default=None, repr=False)
    register: bool = False
    caller_id: str | None = None
    codecs: tuple[str, ...] = ("alaw", "ulaw")
    early_media: bool = False


@dataclass(frozen=True, slots=True)
class Directories:
    """Where Asterisk finds its parts and keeps its state; all absolute. `run` holds asterisk.ctl: keep it
    short.
    """

    config: Path
    modules: Path
    data: Path
    var: Path
    run: Path
    log: Path
    spool: Path
    sounds: Path
    """Prompts of the fallback, `sounds/<language>/<key>.wav`."""
    requests: Path
    """Requests that the fallback kept, one file each."""
    keeper: Path
    """The AGI script that keeps them."""

    @property
    def music(self) -> Path:
        """Sound files of music on hold."""
        return self.var / "music"


@dataclass(frozen=True, slots=True)
class PbxPlan:
    """The whole telephone exchange as text needs it.

    Ports are 1–65535; `sip_address` and `ami_address` are literal addresses. `external_address` is what
    telephones outside must be told, or None. `open_intervals` are (from, until) in epoch seconds, ascending.
    `switch_seconds` is how long a caller hears nothing new when the controller is gone.
    `listening`: callers may speak, so that what brings their voices to the recogniser is there.
    `extra` is text added at the end of a file, by file name; nothing checks it.
    """

    centre_name: str
    numbers: tuple[str, ...]
    languages: tuple[Language, ...]
    phones: tuple[Phone, ...]
    trunks: tuple[Trunk, ...]
    directories: Directories
    sip_address: str = "127.0.0.1"
    sip_port: int = 5060
    rtp_ports: tuple[int, int] = (20000, 20999)
    ami_address: str = "127.0.0.1"
    ami_port: int = 5038
    ami_user: str = AMI_USER
    ami_secret: str = field(default="", repr=False)
    external_address: str | None = None
    local_networks: tuple[str, ...] = ()
    open_intervals: tuple[tuple[int, int], ...] = ()
    switch_seconds: int = SWITCH_SECONDS
    listening: bool = False
    extra: Mapping[str, str] = field(default_factory=dict)

"""The sections of `center.yaml` as the administrator writes them; unknown keys are refused.

Defaults that the program thinks with come from its own types, so that the two cannot differ.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import Field

from config.alerts import AlertsSection
from config.callbacks import CallbacksSection
from config.figures import FiguresSection
from config.kinds import (
    Code,
    DatabaseUrl,
    Dialled,
    Extension,
    Languages,
    Pin,
    Prefix,
    Secret,
    Section,
)
from config.mistakes import Mistake
from config.moments import DaySpans, Zone, duration
from config.network import Address, Host, Network, Port, PortRange
from config.skills import GradedLanguages, GradedSubjects, RelaxSection
from config.timetable import HoursSection
from config.values import Name, YesOrNo, fraction, listed, one_of, pattern, whole
from dialplan.names import AMI_USER
from dialplan.plan import NumberFrom
from ivr.centre import AgentRules, QueueRules
from routing.model import DeskRules, Language
from routing.zone import centre_zone

NOTHING = timedelta(0)
SECOND, MINUTE, HOUR, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


class Names(Section):
    """A name in the languages of the centre."""

    ar: Name | None = None
    zgh: Name | None = None
    fr: Name | None = None


class CentreSection(Section):
    """Who the centre is."""

    name: Names
    controller: Names | None = None
    """Who answers for the data in law; None: the centre itself."""
    cndp_receipt: Annotated[
        str | None,
        pattern(
            r"(?=.*[0-9])[A-Za-z0-9 ./-]{1,40}",
            "is not the number of a receipt",
            "write it as the CNDP does, such as D-GC-123/2026",
        ),
    ] = None
    time_zone: Zone = Field(default_factory=lambda: centre_zone("Africa/Casablanca"))


class RegionSection(Section):
    """Where callers speak other languages first than elsewhere."""

    region: Name
    prefixes: Annotated[tuple[Prefix, ...], listed("beginnings of numbers such as [+2125282]")]
    languages: Languages


class AgentSection(Section):
    """Someone who answers. Without `secret` or `secret_file` one is generated."""

    id: Code
    name: Name
    extension: Extension
    spoken: GradedLanguages = Field(alias="languages")
    served: GradedSubjects | None = Field(default=None, alias="subjects")
    """None: every subject of the centre."""
    secret: Secret | None = None
    secret_file: Path | None = None
    pin: Pin | None = None
    """What he keys to sign in. Without `pin` or `pin_file` one is generated."""
    pin_file: Path | None = None

    @property
    def languages(self) -> tuple[Language, ...]:
        """Those he speaks, however well."""
        return tuple(Language(one.code) for one in self.spoken)

    @property
    def subjects(self) -> tuple[str, ...] | None:
        """Those he serves, however well."""
        return None if self.served is None else tuple(one.code for one in self.served)


class SupervisorSection(Section):
    """Someone who records prompts by telephone. Without `pin` or `pin_file` a PIN is generated."""

    id: Code
    name: Name
    extension: Extension | None = None
    """None: from any telephone of the centre."""
    language: Annotated[Language | None, one_of(Language)] = None
    """None: the centre's first."""
    phone: Dialled | None = None
    """A telephone outside, called about alerts where there is no extension."""
    on_duty: DaySpans = ()
    """When he is called about alerts, by the clock; empty: at any time."""
    pin: Pin | None = None
    pin_file: Path | None = None


class SupervisionSection(Section):
    """How supervisors are with a conversation."""

    beep: YesOrNo = True
    """Agent and caller hear a tone when a supervisor begins to listen."""


class ContactSection(Section):
    """Somebody outside to whom an agent may pass a caller."""

    code: Extension
    name: Name
    number: Dialled


Codec = Literal["alaw", "ulaw", "g722", "opus", "gsm", "g729"]


class TrunkSection(Section):
    """A way in from, and out to, the public telephone network."""

    name: Code
    peers: Annotated[tuple[Network, ...], listed("addresses such as [192.0.2.10]")]
    number_from: Annotated[NumberFrom, one_of(NumberFrom)] = NumberFrom.FROM
    host: Host | None = None
    port: Port = 5060
    transport: Annotated[Literal["udp", "tcp"], one_of(("udp", "tcp"))] = "udp"
    username: Annotated[
        str | None,
        pattern(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}", "is not a user name", "use letters, digits and . - _"),
    ] = None
    secret: Secret | None = None
    secret_file: Path | None = None
    registers: YesOrNo = Field(default=False, alias="register")
    caller_id: Dialled | None = None
    early_media: YesOrNo = True
    """Whether callers hear what is said before the call is answered."""
    codecs: Annotated[
        tuple[Annotated[Codec, one_of(("alaw", "ulaw", "g722", "opus", "gsm", "g729"))], ...],
        listed("codecs such as [alaw, ulaw]"),
    ] = ("alaw", "ulaw")


LOCAL_TEST_TRUNK = TrunkSection(name="local-test", peers=("127.0.0.2",), early_media=False)
"""Test callers on this machine call from 127.0.0.2, so that they are not taken for agents' phones."""


class PbxMode(StrEnum):
    """Who runs the telephone exchange."""

    EMBEDDED = "embedded"
    """Mowakaba starts its own Asterisk."""
    ATTACHED = "attached"
    """An Asterisk that runs already."""


class PbxSection(Section):
    """The telephone exchange."""

    mode: Annotated[PbxMode, one_of(PbxMode)] = PbxMode.EMBEDDED
    sip_address: Address = "127.0.0.1"
    sip_port: Port = 5060
    rtp_ports: PortRange = (20000, 20999)
    external_address: Host | None = None
    local_networks: Annotated[tuple[Network, ...], listed("networks such as [192.168.1.0/24]")] = ()
    ami_host: Host = "127.0.0.1"
    ami_port: Port = 5038
    ami_user: Annotated[
        str, pattern(r"[A-Za-z0-9_-]{1,32}", "is not a user name", "use letters, digits, - and _")
    ] = AMI_USER
    ami_secret: Secret | None = None
    ami_secret_file: Path | None = None
    config_dir: Path | None = None
    """Of an attached PBX: its folder of configuration files, in which hours.conf is renewed."""
    spool_dir: Path | None = None
    """Of an attached PBX: the folder in which its fallback keeps requests."""
    cdr_file: Path | None = None
    """Of an attached PBX: its own record of calls."""


class DatabaseSection(Section):
    """Where calls are kept."""

    url: DatabaseUrl | None = None


_DESK, _QUEUE, _AGENTS = DeskRules(), QueueRules(), AgentRules()


class DeskSection(Section):
    """How calls are given to agents."""

    ring_for: Annotated[timedelta, duration(5 * SECOND, 2 * MINUTE)] = _DESK.ring_for
    wrap_up: Annotated[timedelta, duration(NOTHING, HOUR)] = _DESK.wrap_up
    wrap_up_extra: Annotated[timedelta, duration(SECOND, HOUR)] = _DESK.wrap_up_extra
    wrap_up_extensions: Annotated[int, whole(0, 100)] = _DESK.wrap_up_extensions
    sign_in_pin: YesOrNo = _AGENTS.sign_in_pin
    whisper: YesOrNo = _AGENTS.whisper
    recall_after: Annotated[timedelta, duration(NOTHING, DAY)] = _AGENTS.recall_after
    position_every: Annotated[timedelta, duration(10 * SECOND, HOUR)] = _DESK.position_every
    relax: Annotated[tuple[RelaxSection, ...], listed("steps such as {after: 0s, language: 2}")] = tuple(
        RelaxSection.of(step) for step in _DESK.relax.steps
    )
    subjects_relax_after: Annotated[timedelta, duration(NOTHING, DAY)] | None = None
    """The earlier way to write steps: the usual ones, any subject after this time."""
    prefer_for: Annotated[timedelta, duration(NOTHING, 10 * MINUTE)] = _DESK.prefer_for
    prefer_within: Annotated[timedelta, duration(HOUR, 400 * DAY)] = _DESK.prefer_within
    reserve: Annotated[int, whole(0, 1000)] = _DESK.reserve
    reserve_for: Annotated[timedelta, duration(NOTHING, 8 * HOUR)] = _DESK.reserve_for


class QueueSection(Section):
    """How long a caller may wait and what she is offered meanwhile."""

    longest_wait: Annotated[timedelta, duration(MINUTE, 8 * HOUR)] = _QUEUE.longest_wait
    most_waiting: Annotated[int, whole(1, 100_000)] = _QUEUE.most_waiting
    most_per_agent: Annotated[int, whole(1, 100_000)] = _QUEUE.most_per_agent
    nobody_for: Annotated[timedelta, duration(NOTHING, 8 * HOUR)] = _QUEUE.nobody_for
    offer_callback_after: Annotated[timedelta, duration(NOTHING, 8 * HOUR)] = _QUEUE.offer_callback_after
    offer_callback_when_wait_exceeds: Annotated[timedelta, duration(NOTHING, 8 * HOUR)] = (
        _QUEUE.offer_callback_when_wait_exceeds
    )
    grace_at_closing: Annotated[timedelta, duration(NOTHING, 8 * HOUR)] = _QUEUE.grace_at_closing
    information_every: Annotated[timedelta, duration(NOTHING, 8 * HOUR)] = _QUEUE.information_every
    information: Annotated[tuple[Code, ...], listed("articles such as [site, elearning]")] = (
        _QUEUE.information
    )


class VoiceSection(Section):
    """Who says the prompts."""

    gtts: YesOrNo = False
    """Whether fixed texts may be sent abroad, to Google, to be said there."""


class ModelsSection(Section):
    """The unpacked folder of a Vosk model for each language that callers may speak."""

    ar: Path | None = None
    zgh: Path | None = None
    fr: Path | None = None


class SpeechSection(Section):
    """Menus that may be answered by voice."""

    models: ModelsSection = ModelsSection()
    confidence: Annotated[float, fraction(0.1, 1.0)] = 0.8
    """Words that the recogniser is less sure of choose nothing."""
    words: Path | None = None


LogLevel = Literal["debug", "info", "warning", "error"]
LogFormat = Literal["text", "json"]


class LogSection(Section):
    """What the controller tells of itself."""

    level: Annotated[LogLevel, one_of(("debug", "info", "warning", "error"))] = "info"
    format: Annotated[LogFormat, one_of(("text", "json"))] = "text"
    file: Path | None = None


_TAMAZIGHT_FIRST = (Language.TAMAZIGHT, Language.ARABIC, Language.FRENCH)
REGIONS = (
    RegionSection(
        region="Souss-Massa",
        prefixes=("+2125282", "+2125283", "+2125285", "+2125286", "+2125297", "+2125299"),
        languages=_TAMAZIGHT_FIRST,
    ),
    RegionSection(
        region="Drâa-Tafilalet",
        prefixes=("+2125248", "+2125353", "+2125357"),
        languages=_TAMAZIGHT_FIRST,
    ),
)
"""The two regions where most have Tamazight as mother tongue (census of 2024: 56 and 64 of 100); their fixed lines
as the numbering plan gives them (`phonenumbers`' geographical data)."""
SUBJECTS = ("legal", "capacity", "funding", "participation", "digital", "events", "other")


ARTICLES = {
    "legal": ("founding", "assembly", "utility"),
    "capacity": ("training", "elearning", "volunteering"),
    "funding": ("calls", "instalments"),
    "participation": ("petitions", "motions", "consultation"),
    "digital": ("site", "national"),
    "events": ("nassij", "prize", "forums"),
}


@dataclass(frozen=True, slots=True)
class Settings:
    """The whole file after every check. `warnings` do not keep the centre from working."""

    source: Path
    centre: CentreSection
    hours: HoursSection = HoursSection()
    numbers: tuple[str, ...] = ("2000",)
    languages: tuple[Language, ...] = (Language.ARABIC, Language.TAMAZIGHT, Language.FRENCH)
    languages_by_region: tuple[RegionSection, ...] = REGIONS
    subjects: tuple[str, ...] = SUBJECTS
    articles: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType(ARTICLES))
    agents: tuple[AgentSection, ...] = ()
    supervisors: tuple[SupervisorSection, ...] = ()
    supervision: SupervisionSection = SupervisionSection()
    directory: tuple[ContactSection, ...] = ()
    trunks: tuple[TrunkSection, ...] = (LOCAL_TEST_TRUNK,)
    pbx: PbxSection = PbxSection()
    database: DatabaseSection = DatabaseSection()
    desk: DeskSection = DeskSection()
    queue: QueueSection = QueueSection()
    callbacks: CallbacksSection = CallbacksSection()
    alerts: AlertsSection = AlertsSection()
    figures: FiguresSection = FiguresSection()
    survey: bool = False
    voice: VoiceSection = VoiceSection()
    speech: SpeechSection = SpeechSection()
    log: LogSection = LogSection()
    warnings: tuple[Mistake, ...] = ()

"""What must fit between sections: no two phones alike, no language or subject that the centre does not have.

A section that has mistakes of its own is left out of these checks, so that one mistake is told once.
"""

import ipaddress
from collections.abc import Iterable, Iterator
from dataclasses import MISSING, dataclass, field, fields
from typing import Any

from config.mistakes import KeyPath, Mistake, nearest
from config.schema import (
    AgentSection,
    CentreSection,
    HoursSection,
    PbxMode,
    PbxSection,
    Settings,
    TrunkSection,
)
from config.source import Source
from dialplan import names
from routing.model import Language

CODES = frozenset({names.CODE_SIGN_IN, names.CODE_SIGN_OUT, names.CODE_BREAK, names.CODE_BACK})
MOST_KEYS = 9  # a menu is keyed with 1–9
DEFAULTS = {part.name: part.default for part in fields(Settings) if part.default is not MISSING}


@dataclass(slots=True)
class Draft:
    """The sections that were written (None when broken) and the sound items of lists, with their paths."""

    source: Source
    sections: dict[str, Any] = field(default_factory=dict)
    items: dict[str, list[tuple[KeyPath, Any]]] = field(default_factory=dict)

    def section(self, name: str) -> Any:
        """The section or its default; None when it has mistakes."""
        return self.sections[name] if name in self.sections else DEFAULTS.get(name)

    @property
    def agents(self) -> list[tuple[KeyPath, AgentSection]]:
        """Agents without mistakes of their own."""
        return self.items.get("agents", [])

    @property
    def trunks(self) -> list[tuple[KeyPath, TrunkSection]]:
        """Trunks without mistakes of their own."""
        return self.items.get("trunks", [])


def check(draft: Draft) -> None:
    """Note every mistake between sections in the draft's source."""
    _menus(draft)
    _hours(draft)
    _agents(draft)
    _trunks(draft)
    _pbx(draft)


def _menus(draft: Draft) -> None:
    wrong = draft.source.wrong
    for name in ("numbers", "languages", "subjects"):
        values: tuple[str, ...] | None = draft.section(name)
        if values is None:
            continue
        if not values:
            wrong((name,), "is empty", f"write at least one, or remove {name} to use the default")
        for place, value in _repeated(values):
            wrong((name, place), f'"{value}" is listed twice', "keep one of them")
        if name != "numbers" and len(values) > MOST_KEYS:
            wrong((name,), f"has {len(values)} entries and a menu has nine keys", "leave some out")
    subjects = draft.section("subjects")
    if subjects is not None and "other" not in subjects:
        wrong(("subjects",), 'lacks "other", the subject of callers who key 0', "add other")
    centre: CentreSection | None = draft.section("centre")
    for language in draft.section("languages") or ():
        if centre is not None and getattr(centre.name, language) is None:
            wrong(
                ("centre", "name", str(language)),
                "is missing",
                f"write the centre's name in {_spoken(language)}",
            )


def _hours(draft: Draft) -> None:
    hours: HoursSection | None = draft.section("hours")
    if hours is None:
        return
    wrong = draft.source.wrong
    for place, season in enumerate(hours.seasons):
        path: KeyPath = ("hours", "seasons", place)
        if season.last < season.first:
            wrong(
                (*path, "last"),
                f"{season.last} is before the first day {season.first}",
                "write the later day",
            )
        for other in hours.seasons[:place]:
            if season.first <= other.last and other.first <= season.last:
                wrong(
                    (*path, "first"),
                    f'overlaps the season "{other.why}"',
                    "write seasons that follow each other",
                )
    for place, day in _repeated([special.day for special in hours.special_days]):
        wrong(("hours", "special_days", place, "day"), f"{day} is listed twice", "keep one of them")
    if hours.holidays.confirmed:
        from config.feasts import far_from_estimate

        confirmed = hours.holidays.confirmed
        for place, feast in enumerate(confirmed):
            path = ("hours", "holidays", "confirmed", place, "first_day")
            if (estimate := far_from_estimate(feast)) is not None:
                wrong(
                    path,
                    f"{feast.first_day} is far from the {feast.feast} expected on {estimate}",
                    "check the day",
                )
            for before in confirmed[:place]:
                if before.feast == feast.feast and abs((before.first_day - feast.first_day).days) < 30:
                    wrong(
                        path,
                        f"{feast.feast} is confirmed twice, also for {before.first_day}",
                        "keep one of them",
                    )


def _agents(draft: Draft) -> None:
    wrong = draft.source.wrong
    numbers = draft.section("numbers") or ()
    languages: tuple[Language, ...] | None = draft.section("languages")
    subjects: tuple[str, ...] | None = draft.section("subjects")
    for place, _ in _repeated([agent.id for _, agent in draft.agents]):
        path, agent = draft.agents[place]
        wrong((*path, "id"), f'"{agent.id}" is another agent\'s id', "give each agent an id of his own")
    for place, extension in _repeated([agent.extension for _, agent in draft.agents]):
        path, _ = draft.agents[place]
        holder = next(agent.id for _, agent in draft.agents if agent.extension == extension)
        wrong((*path, "extension"), f"{extension} is already the extension of {holder}", "choose a free one")
    for path, agent in draft.agents:
        if agent.extension in numbers:
            wrong(
                (*path, "extension"),
                f"{agent.extension} is a number of the centre",
                "choose another extension",
            )
        if agent.extension in CODES:
            wrong(
                (*path, "extension"),
                f"{agent.extension} is a code that agents dial",
                "choose another extension",
            )
        if not agent.languages:
            wrong(
                (*path, "languages"),
                "is empty",
                "write the languages this agent speaks, the preferred one first",
            )
        for key, values, known in (
            ("languages", agent.languages, languages),
            ("subjects", agent.subjects or (), subjects),
        ):
            for place, value in enumerate(values):
                if known is not None and value not in known:
                    what = f'"{value}" is not among the centre\'s {key}'
                    wrong((*path, key, place), what, nearest(value, known))
            for place, value in _repeated(values):
                wrong((*path, key, place), f'"{value}" is listed twice', "keep one of them")


def _trunks(draft: Draft) -> None:
    wrong = draft.source.wrong
    for place, name in _repeated([trunk.name for _, trunk in draft.trunks]):
        wrong(
            (*draft.trunks[place][0], "name"), f'"{name}" is another trunk\'s name', "give each its own name"
        )
    peers: dict[ipaddress.IPv4Network | ipaddress.IPv6Network, str] = {}
    for path, trunk in draft.trunks:
        if not trunk.peers:
            wrong((*path, "peers"), "is empty", "write the addresses from which this trunk calls")
        for place, peer in enumerate(trunk.peers):
            here = ipaddress.ip_network(peer)
            for other, name in peers.items():
                if name != trunk.name and here.version == other.version and here.overlaps(other):
                    what = f"{peer} is also a peer of {name}"
                    wrong((*path, "peers", place), what, "leave each address to one trunk")
            peers[here] = trunk.name
        if trunk.registers and (trunk.host is None or trunk.username is None or trunk.secret is None):
            wrong(
                (*path, "register"), "needs to know where and as whom", "write host, username and secret too"
            )


def _pbx(draft: Draft) -> None:
    pbx: PbxSection | None = draft.section("pbx")
    if pbx is None:
        return
    wrong = draft.source.wrong
    first, last = pbx.rtp_ports
    if pbx.ami_port == pbx.sip_port:
        wrong(("pbx", "ami_port"), f"{pbx.ami_port} is also the SIP port", "choose a free port")
    if first <= pbx.sip_port <= last:
        wrong(("pbx", "sip_port"), f"{pbx.sip_port} is within rtp_ports", "choose a port outside that range")
    if pbx.mode is PbxMode.ATTACHED:
        if pbx.ami_secret is None:
            what = "is missing, and an attached PBX has one already"
            wrong(("pbx", "ami_secret"), what, "write it, or name a file with ami_secret_file")
    else:
        if not _is_address(pbx.ami_host):
            wrong(("pbx", "ami_host"), f'"{pbx.ami_host}" is not an IP address', "write 127.0.0.1")
        if pbx.ami_user != names.AMI_USER:
            wrong(("pbx", "ami_user"), "is chosen by Mowakaba for its own PBX", "remove the line")


def warn(draft: Draft) -> tuple[Mistake, ...]:
    """What works and is probably not meant, of a draft without mistakes."""
    return tuple(_warnings(draft))


def _warnings(draft: Draft) -> Iterator[Mistake]:
    source = draft.source

    def warning(path: KeyPath, what: str, mend: str) -> Mistake:
        return Mistake(source.origin(path), source.spell(path), what, mend)

    for language in draft.section("languages"):
        if not any(language in agent.languages for _, agent in draft.agents):
            mend = "add an agent who does; until then callers of that language are offered a callback"
            yield warning(("agents",), f"nobody speaks {_spoken(language)}", mend)
    for subject in draft.section("subjects"):
        if draft.agents and not any(
            agent.subjects is None or subject in agent.subjects for _, agent in draft.agents
        ):
            mend = "add it to an agent; until then its callers wait until any agent may answer"
            yield warning(("agents",), f'nobody answers "{subject}"', mend)
    pbx: PbxSection = draft.section("pbx")
    if pbx.external_address is not None and _is_loopback(pbx.sip_address):
        mend = "write sip_address: 0.0.0.0 to let telephones in"
        yield warning(("pbx", "external_address"), f"no telephone outside reaches {pbx.sip_address}", mend)
    for key in ("sip_port", "ami_port"):
        if getattr(pbx, key) < 1024 and pbx.mode is PbxMode.EMBEDDED:
            yield warning(("pbx", key), "is below 1024, which only root may open", "choose a port above 1023")


def _repeated(values: Iterable[Any]) -> Iterator[tuple[int, Any]]:
    """The second and later places of equal values."""
    seen: set[Any] = set()
    for place, value in enumerate(values):
        if value in seen:
            yield place, value
        seen.add(value)


def _spoken(language: str) -> str:
    return Language(language).name.capitalize()


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _is_loopback(text: str) -> bool:
    return _is_address(text) and ipaddress.ip_address(text).is_loopback

"""What works and is probably not meant: said by `mowakaba check`, and the centre starts all the same."""

import ipaddress
from collections.abc import Iterator
from itertools import pairwise

from config.callbacks import CallbacksSection
from config.draft import Draft, is_address, spoken
from config.mistakes import KeyPath, Mistake
from config.schema import PbxMode, PbxSection

THIS_MACHINE = (ipaddress.ip_address("127.0.0.1"), ipaddress.ip_address("::1"))


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
            yield warning(("agents",), f"nobody speaks {spoken(language)}", mend)
    for subject in draft.section("subjects"):
        if draft.agents and not any(
            agent.subjects is None or subject in agent.subjects for _, agent in draft.agents
        ):
            mend = "add it to an agent; until then its callers wait until any agent may answer"
            yield warning(("agents",), f'nobody answers "{subject}"', mend)
    for path, supervisor in draft.supervisors:
        if supervisor.pin is not None and _is_easy(supervisor.pin.get_secret_value()):
            mend = "write digits that do not follow one another, or leave the line out: a PIN is made"
            yield warning((*path, "pin"), "is one of the first that anybody would try", mend)
    for path, agent in draft.agents:
        if agent.pin is not None and _is_easy(agent.pin.get_secret_value()):
            mend = "write digits that do not follow one another, or leave the line out: a PIN is made"
            yield warning((*path, "pin"), "is one of the first that anybody would try", mend)
    callbacks: CallbacksSection = draft.section("callbacks")
    if callbacks.offered and not any(trunk.host for _, trunk in draft.trunks):
        mend = "give a trunk its operator's host, or write callbacks: {offered: no}"
        yield warning(("trunks",), "none has a host, so nobody can be called back", mend)
    pbx: PbxSection = draft.section("pbx")
    for path, trunk in draft.trunks:
        for place, peer in enumerate(trunk.peers):
            if _has_telephones(peer, pbx.local_networks):
                what = (
                    f"{peer} may be telephones too, which could not register: there everything is the trunk's"
                )
                yield warning((*path, "peers", place), what, "name the operator's own addresses only")
    if pbx.external_address is not None and _is_loopback(pbx.sip_address):
        mend = "write sip_address: 0.0.0.0 to let telephones in"
        yield warning(("pbx", "external_address"), f"no telephone outside reaches {pbx.sip_address}", mend)
    for key in ("sip_port", "ami_port"):
        if getattr(pbx, key) < 1024 and pbx.mode is PbxMode.EMBEDDED:
            yield warning(("pbx", key), "is below 1024, which only root may open", "choose a port above 1023")


def _has_telephones(peer: str, local_networks: tuple[str, ...]) -> bool:
    """Whether `peer` is this machine, or a network that has a part of the local ones."""
    there = ipaddress.ip_network(peer)
    if any(one in there for one in THIS_MACHINE if one.version == there.version):
        return True
    nearby = map(ipaddress.ip_network, local_networks)
    return there.num_addresses > 1 and any(
        there.version == near.version and there.overlaps(near) for near in nearby
    )


def _is_loopback(text: str) -> bool:
    return is_address(text) and ipaddress.ip_address(text).is_loopback


def _is_easy(pin: str) -> bool:
    """Whether it is one digit again and again, or digits in order, up or down."""
    steps = {int(after) - int(before) for before, after in pairwise(pin)}
    return len(steps) == 1 and steps <= {-1, 0, 1}

"""The centre of the bench: always open, three agents who speak everything, each caller's place said once, as she joins.

Both sides are this centre, so that a caller hears and keys the same on either.
"""

import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from config.load import load
from config.schema import Settings

NUMBER = "2000"
TRUNK = "local-test"
EXTENSIONS = ("101", "102", "103")
OPEN_AT = "2026-11-23T10:00"
"""What the controller takes the time for: whenever the bench runs, midnight is far."""

CENTRE = """\
centre:
  name: {{ar: القياس, zgh: ⴰⵙⵖⴰⵍ, fr: La mesure}}
hours:
  week:
{week}
  holidays: {{fixed: no, islamic: no}}
numbers: [{number}]
languages: [ar, zgh, fr]
agents:
{agents}
trunks:
  - {{name: {trunk}, peers: [127.0.0.2]}}
desk: {{wrap_up: 0s, position_every: 1h, whisper: no}}
queue:
  {{most_waiting: 1000, most_per_agent: 1000, longest_wait: 1h,
  offer_callback_after: 1h, offer_callback_when_wait_exceeds: 8h}}
log: {{level: warning}}
"""
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True, slots=True)
class Ports:
    """Where one side listens. Away from the ports of a centre that may run on the same machine."""

    sip: int
    ami: int
    rtp: tuple[int, int]

    def overrides(self) -> dict[str, str]:
        """As environment variables of the configuration."""
        return {
            "MOWAKABA_PBX__SIP_PORT": str(self.sip),
            "MOWAKABA_PBX__AMI_PORT": str(self.ami),
            "MOWAKABA_PBX__RTP_PORTS": "{}-{}".format(*self.rtp),
        }


OUR_PORTS = Ports(sip=25160, ami=25138, rtp=(30000, 31999))
NATIVE_PORTS = Ports(sip=25260, ami=25238, rtp=(32000, 33999))


def write(folder: Path) -> Path:
    """The configuration file, as an administrator would have written it."""
    agents = "\n".join(
        f"  - {{id: agent-{extension}, name: Agent {extension}, extension: {extension}, languages: [ar, zgh, fr]}}"
        for extension in EXTENSIONS
    )
    week = "\n".join(f"    {day}: 0:00-23:59" for day in DAYS)
    file = folder / "center.yaml"
    file.write_text(CENTRE.format(week=week, number=NUMBER, agents=agents, trunk=TRUNK), encoding="utf-8")
    return file


def settings(file: Path, ports: Ports) -> Settings:
    """The checked configuration of one side."""
    return load(file, {**environment(), **ports.overrides()})


def environment() -> dict[str, str]:
    """This process's environment without what would change the centre."""
    kept = ("MOWAKABA_PARTS",)
    return {key: value for key, value in os.environ.items() if not key.startswith("MOWAKABA_") or key in kept}


def opens_at() -> datetime:
    """The moment of OPEN_AT."""
    return datetime.fromisoformat(f"{OPEN_AT}+00:00")

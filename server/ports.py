"""Whether the ports that Asterisk needs are free, and who holds one that is not."""

import errno
import socket
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

LISTENS = "0A"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A port that must be free: `key` is the setting that changes it."""

    kind: str
    address: str
    port: int
    key: str


class PortInUse(Exception):  # noqa: N818 - named for what is wrong
    """One or more ports are taken; the message names port, holder and setting."""


def check_free(wanted: list[Wanted]) -> None:
    """Raise `PortInUse` with all that are taken."""
    taken = [problem for port in wanted if (problem := trouble(port)) is not None]
    if taken:
        raise PortInUse("\n".join(taken))


def trouble(wanted: Wanted) -> str | None:
    """What is wrong with this port, None when Asterisk can have it."""
    family = socket.AF_INET6 if ip_address(wanted.address).version == 6 else socket.AF_INET
    kind = socket.SOCK_DGRAM if wanted.kind == "udp" else socket.SOCK_STREAM
    with socket.socket(family, kind) as probe:
        if wanted.kind == "tcp":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((wanted.address, wanted.port))
        except OSError as error:
            place = f"{wanted.kind.upper()} port {wanted.port} on {wanted.address}"
            if error.errno != errno.EADDRINUSE:
                return f"{place} cannot be used: {error.strerror}; see {wanted.key} in center.yaml"
            holder = holder_of(wanted.kind, wanted.port)
            by = f" by {holder}" if holder else ""
            return f"{place} is in use{by}: stop that program or change {wanted.key} in center.yaml"
    return None


def holder_of(kind: str, port: int, proc: Path = Path("/proc")) -> str | None:
    """Name and number of the process that has this port, None when it cannot be seen."""
    inodes = set()
    for table in (proc / "net" / kind, proc / "net" / f"{kind}6"):
        for line in table.read_text().splitlines()[1:] if table.exists() else []:
            words = line.split()
            if int(words[1].rpartition(":")[2], 16) == port and (kind == "udp" or words[3] == LISTENS):
                inodes.add(f"socket:[{words[9]}]")
    for process in proc.iterdir() if inodes else ():
        if process.name.isdigit() and _has_one_of(process, inodes):
            return f"{(process / 'comm').read_text().strip()} (process {process.name})"
    return None


def _has_one_of(process: Path, inodes: set[str]) -> bool:
    try:
        return any(str(descriptor.readlink()) in inodes for descriptor in (process / "fd").iterdir())
    except OSError:
        return False

"""Ports, addresses and hosts as an administrator writes them."""

import ipaddress
import re
from typing import Annotated, Any

from pydantic import BeforeValidator

from config.values import text_of, whole, wrong

_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*")


def _port_range(value: Any) -> tuple[int, int]:
    if isinstance(value, tuple):
        return value
    text = text_of(value, "write 20000-20999")
    found = re.fullmatch(r"([0-9]{1,5})\s*[-–]\s*([0-9]{1,5})", text)
    if found is None:
        raise wrong(f'"{text}" is not a range of ports', "write 20000-20999")
    first, last = int(found[1]), int(found[2])
    if not 1024 <= first <= 65535 or not 1024 <= last <= 65535:
        raise wrong(f"{text} is out of range", "write ports from 1024 to 65535")
    if last < first + 3:
        raise wrong(f"{text} holds too few ports", "write the lower port first, and two for each call leg")
    return first, last


def _address(value: Any) -> str:
    text = text_of(value, "write an address such as 127.0.0.1")
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        raise wrong(f'"{text}" is not an IP address', "write an address such as 127.0.0.1") from None


def _network(value: Any) -> str:
    text = text_of(value, "write an address or a network such as 192.168.1.0/24")
    try:
        network = ipaddress.ip_network(text, strict=False)
    except ValueError:
        mend = "write an address or a network such as 192.168.1.0/24"
        raise wrong(f'"{text}" is neither an IP address nor a network', mend) from None
    return str(network) if "/" in text else str(network.network_address)


def _host(value: Any) -> str:
    text = text_of(value, "write an address or a name such as sip.example.org")
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        pass
    if not _HOST.fullmatch(text) or len(text) > 253 or re.fullmatch(r"[0-9.]+", text):
        mend = "write an address such as 192.0.2.10 or a name such as sip.example.org"
        raise wrong(f'"{text}" is neither an IP address nor a host name', mend)
    return text


Port = Annotated[int, whole(1, 65535, "a port")]
PortRange = Annotated[tuple[int, int], BeforeValidator(_port_range)]
Address = Annotated[str, BeforeValidator(_address)]
Network = Annotated[str, BeforeValidator(_network)]
Host = Annotated[str, BeforeValidator(_host)]

"""What a process costs, from /proc, and what the machine is. Linux only, as Asterisk's packages are."""

import os
import platform
import re
import sys
from dataclasses import dataclass
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(process: int) -> float:
    """User and system time of a process and its ended threads, in seconds."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def memory(process: int) -> int:
    """Bytes that a process wrote itself; pages of program files come and go with whoever else runs them."""
    text = Path(f"/proc/{process}/smaps_rollup").read_text()
    found = re.search(r"^Pss_Anon:\s+(\d+) kB", text, re.MULTILINE)
    return int(found[1]) * 1024 if found else 0


@dataclass(frozen=True, slots=True)
class Machine:
    """Where the figures come from."""

    processor: str
    cores: int
    memory_gb: float
    system: str
    python: str
    """Its version and whose it is: one built by hand can cost the controller a fifth more than Debian's."""
    load: float
    """The load average when the bench began: above a few tenths, others worked too."""


def describe() -> Machine:
    """This machine."""
    processor = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    total = re.search(r"^MemTotal:\s+(\d+) kB", Path("/proc/meminfo").read_text(), re.MULTILINE)
    return Machine(
        processor=processor[1] if processor else platform.machine(),
        cores=len(os.sched_getaffinity(0)),
        memory_gb=round(int(total[1]) / 2**20, 1) if total else 0.0,
        system=f"Linux {platform.release()}",
        python=f"{platform.python_version()} {_whose()}",
        load=os.getloadavg()[0],
    )


def _whose() -> str:
    return "(the system's own)" if sys.base_prefix == "/usr" else "(not the system's own)"

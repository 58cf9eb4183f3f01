"""Whether callers could follow a recording, and whether it can be the prompt it claims to be. Pure."""

import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from recordings.sound import Measured

QUIET, TOO_QUIET = -36.0, -46.0  # dB below full scale
NOISY, TOO_NOISY = 18.0, 6.0  # dB between speech and noise
CLIPPED, TOO_CLIPPED = 0.0005, 0.01  # of all samples
FASTEST, SLOWEST = 30.0, 2.0  # letters a second
DOUBTFUL_SHORT, DOUBTFUL_LONG = 0.5, 2.0  # of the draft's length
SHORTEST, LONGEST = 0.3, 4.0  # of the draft's length: it is another text
ONE_WORD = 0.6  # seconds; so short a sound may have no pause in which the noise is heard
A_BREATH = 1.0  # second that nobody need account for


class Fault(StrEnum):
    """What can be wrong with a recording."""

    EMPTY = "empty"
    TOO_QUIET = "too_quiet"
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    NOISY = "noisy"
    CLIPPED = "clipped"


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault: `grave` ones refuse the recording, others are told. `what` and `mend` are for people."""

    fault: Fault
    grave: bool
    what: str
    mend: str


@dataclass(frozen=True, slots=True)
class Expected:
    """What a recording should be: the words, seconds of the draft, and seconds that it must not exceed."""

    text: str = ""
    draft: float | None = None
    at_most: float | None = None


def findings(measured: Measured, expected: Expected) -> tuple[Finding, ...]:
    """Everything that is wrong, grave faults first; nothing when it is as it should be."""
    length = _length(measured.seconds, expected)
    if any(finding.grave for finding in length):
        return tuple(length)  # what else it is does not matter
    found = [
        *length,
        *_level(measured.loudness),
        *(_noise(measured.clearness) if measured.seconds > ONE_WORD else []),
        *_clipping(measured.clipped),
    ]
    return tuple(sorted(found, key=lambda finding: not finding.grave))


def nothing_heard(why: str) -> Finding:
    """The finding of a recording without any sound."""
    return Finding(Fault.EMPTY, True, f"nothing can be heard: {why}", "record it again")


def letters(text: str) -> int:
    """Letters that are spoken; vowel signs and punctuation are not counted."""
    return sum(unicodedata.category(sign).startswith("L") for sign in text)


def _length(seconds: float, expected: Expected) -> list[Finding]:
    count = letters(expected.text)
    if expected.at_most is not None and seconds > expected.at_most:
        what = f"it lasts {seconds:.1f} s, and {expected.at_most:.0f} s is the most"
        return [Finding(Fault.TOO_LONG, True, what, "say it in fewer words")]
    if not count:
        short = seconds < A_BREATH / 2
        what = f"it lasts only {seconds:.1f} s"
        return [Finding(Fault.TOO_SHORT, False, what, "listen to it")] if short else []
    usual = expected.draft if expected.draft is not None else count / 12
    told = f"it lasts {seconds:.1f} s, and this text takes about {usual:.1f} s"
    if seconds < min(usual * SHORTEST, count / FASTEST):
        return [Finding(Fault.TOO_SHORT, True, told, "is it another prompt's file, or cut off?")]
    if seconds > max(usual * LONGEST, count / SLOWEST) + A_BREATH:
        return [Finding(Fault.TOO_LONG, True, told, "is it another prompt's file?")]
    if seconds < usual * DOUBTFUL_SHORT:
        return [Finding(Fault.TOO_SHORT, False, told, "listen whether all of it is there")]
    if seconds > usual * DOUBTFUL_LONG + A_BREATH:
        return [Finding(Fault.TOO_LONG, False, told, "listen whether it is this text")]
    return []


def _level(loudness: float) -> list[Finding]:
    if loudness >= QUIET:
        return []
    what = f"it is quiet ({loudness:.0f} dB)"
    return [Finding(Fault.TOO_QUIET, loudness < TOO_QUIET, what, "speak nearer to the microphone")]


def _noise(clearness: float) -> list[Finding]:
    if clearness >= NOISY:
        return []
    what = f"speech stands only {clearness:.0f} dB above the background"
    return [Finding(Fault.NOISY, clearness < TOO_NOISY, what, "record in a quieter room")]


def _clipping(clipped: float) -> list[Finding]:
    if clipped <= CLIPPED:
        return []
    what = f"it is cut off at the top ({clipped:.1%} of it)"
    return [Finding(Fault.CLIPPED, clipped > TOO_CLIPPED, what, "record with less gain")]

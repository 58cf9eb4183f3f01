"""One text said by gTTS, in a process of its own: `python -P ask_gtts.py fr` reads a text and writes MP3.

gTTS asks its service without checking whom it speaks to, and waits for as long as that likes. Here the certificate
is checked, since what comes is played to callers, and the process can be ended from outside.
"""

import os
import re
import sys

import requests
from gtts import gTTS

LONGEST_TEXT = gTTS.GOOGLE_TTS_MAX_CHARS
"""Characters that the service takes at a time."""
ANSWER = (10, 20)  # seconds to connect, and between two pieces of the answer


class CheckedSession(requests.Session):
    """A session that always checks certificates, against REQUESTS_CA_BUNDLE where that is set."""

    def send(self, request: requests.PreparedRequest, **options: object) -> requests.Response:
        """Send a request."""
        checked = {**options, "verify": os.environ.get("REQUESTS_CA_BUNDLE") or True}
        return super().send(request, **checked)


def clauses(text: str) -> list[str]:
    """A text in as few pieces as the service takes, cut after a sign: each piece is said as a sentence."""
    found = [""]
    for clause in re.split(r"(?<=[.?!؟:;؛,،])\s+", text):
        longer = f"{found[-1]} {clause}".strip()
        if len(longer) <= LONGEST_TEXT:
            found[-1] = longer
        else:
            found.append(clause)
    return found


def main() -> int:
    """Say standard input in the language of the first argument."""
    requests.Session = CheckedSession  # type: ignore[misc]
    text = sys.stdin.buffer.read().decode()
    try:
        sound = b"".join(gTTS(text, lang=sys.argv[1], tokenizer_func=clauses, timeout=ANSWER).stream())
    except Exception as error:  # gTTS lets much through: what it can't decode, its own slips
        print(_reason(error), file=sys.stderr)
        return 1
    if not sound:
        print("the service sent no sound", file=sys.stderr)
        return 1
    sys.stdout.buffer.write(sound)
    return 0


def _reason(error: BaseException) -> str:
    """The last line of what went wrong; behind "Failed to connect" there is a better one."""
    cause = error.__context__
    if isinstance(cause, requests.RequestException) and cause.response is None:
        error = cause
    return f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"


if __name__ == "__main__":
    sys.exit(main())

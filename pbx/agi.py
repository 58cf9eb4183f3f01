"""AGI answers: the text that comes back from a command. Source: Asterisk 22 `res_agi.c`."""

import re
from dataclasses import dataclass

BREAK = "ASYNCAGI BREAK"
"""The command that leaves AsyncAGI; it has no answer."""

_ANSWER = re.compile(r"(?P<code>\d{3})[ -](?:result=(?P<result>-?\d+))?(?: ?\((?P<value>.*)\))?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class AgiAnswer:
    """`code` 200 is success, 5xx a refusal; `result` is the command's; `value` what stood in brackets."""

    code: int
    result: int | None
    value: str

    @property
    def done(self) -> bool:
        """The command ran. Its result may still be a failure: 0 also means hang-up for Read."""
        return self.code == 200


UNKNOWN = AgiAnswer(0, None, "")
"""The answer was lost with the connection: the command ran, or never will."""


def parse_answer(text: str) -> AgiAnswer:
    """The answer in `text`; a malformed one is a refusal (code 500), never an error."""
    found = _ANSWER.match(text)
    if found is None:
        return AgiAnswer(500, None, "")
    result = found["result"]
    return AgiAnswer(int(found["code"]), None if result is None else int(result), found["value"] or "")

"""What Dial does on the leg of an agent who has picked up."""

from pathlib import Path

import pytest

from ivr.call import AgentPhone
from ivr.prompts import Phrase, phrase
from pbx.dialling import Dialling
from routing.model import Agent, AgentId, Language

AMAL = Agent(AgentId("amal"), "Amal", "101", (Language.ARABIC,), frozenset())
ATTEMPT = "callback-481516-3"


class Made:
    """Sounds of one second, on the disk."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def of(self, phrases: tuple[Phrase, ...], _: Language) -> tuple[str, ...]:
        for said in phrases:
            (self.folder / f"{said.key}.wav").write_bytes(bytes(16000))
        return tuple(str(self.folder / said.key) for said in phrases)


@pytest.mark.parametrize("whispers", [True, False])
@pytest.mark.parametrize(("picked_up", "attempt"), [("in-talk", ""), ("in-talk", ATTEMPT), ("whisper", "")])
async def test_keys_sounds_and_the_promise_have_their_places(
    tmp_path: Path, whispers: bool, picked_up: str, attempt: str
) -> None:
    hears = (phrase("a"), phrase("b")) if whispers else ()
    dialling = Dialling(Made(tmp_path), None)  # type: ignore[arg-type]
    target, options = await dialling.target(AgentPhone(AMAL, "", hears=hears), attempt, picked_up)
    sounds = f"{tmp_path}/a&{tmp_path}/b" if whispers else ""
    places = {
        (True, ""): f"U({picked_up}^{sounds})",
        (False, ""): "U(in-talk)" if picked_up == "in-talk" else "",
        (True, ATTEMPT): f"U(in-talk^{sounds}^16^{ATTEMPT})",
        (False, ATTEMPT): f"U(in-talk^^16^{ATTEMPT})",
    }
    assert target == "PJSIP/101"
    assert options == "m(default)" + places[whispers, attempt]

"""What an administrator writes about speech, and what follows from it."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from config.build import to_plan
from config.schema import Settings
from config.secrets import Secrets
from routing.model import AgentId, Language
from server.hearing import WORDS, Hearing, models, words_folder
from tests.support.pbx_plan import directories
from tests.unit.test_config_load import SOUND, loaded, told

FR = Language.FRENCH
SECRETS = Secrets({AgentId("salma"): "secret-of-salma"}, {}, "secret-of-ami")


class Link:
    def post_watched(
        self, action: str, headers: Mapping[str, str], on_refused: Callable[[], None], /
    ) -> None:
        raise AssertionError("nobody has called")


def listens(settings: Settings) -> bool:
    return to_plan(settings, SECRETS, directories(Path("/x")), datetime.now(UTC)).listening


def test_without_a_model_nothing_listens(tmp_path: Path) -> None:
    settings = loaded(tmp_path, SOUND)
    assert models(settings) == {}
    assert words_folder(settings) == WORDS
    assert not listens(settings)


def test_a_model_is_found_beside_the_configuration_or_where_it_is_said(tmp_path: Path) -> None:
    text = SOUND + "speech:\n  models: {fr: models/fr, ar: /srv/ar}\n  words: said\n  confidence: 0.65\n"
    settings = loaded(tmp_path, text)
    assert models(settings) == {FR: tmp_path / "models/fr", Language.ARABIC: Path("/srv/ar")}
    assert words_folder(settings) == tmp_path / "said"
    assert settings.speech.confidence == 0.65
    assert listens(settings)


def test_the_environment_names_a_model_too(tmp_path: Path) -> None:
    settings = loaded(tmp_path, SOUND, MOWAKABA_SPEECH__MODELS__FR="/srv/fr")
    assert models(settings) == {FR: Path("/srv/fr")}


def test_a_model_of_a_language_that_the_centre_does_not_offer_is_of_no_use(tmp_path: Path) -> None:
    text = SOUND.replace("[ar, zgh, fr]", "[ar]") + "languages: [ar]\nspeech: {models: {fr: /srv/fr}}\n"
    settings = loaded(tmp_path, text)
    assert models(settings) == {}
    assert not listens(settings)


@pytest.mark.parametrize(
    ("written", "mistake"),
    [
        ("confidence: high", 'speech.confidence: "high" is not a number; write a number from 0.1 to 1'),
        ("confidence: 80", "speech.confidence: 80 is out of range; write a number from 0.1 to 1"),
        ("models: {ko: /srv/ko}", "speech.models.ko: is not a setting"),
        ("model: {fr: /srv/fr}", "speech.model: is not a setting; did you mean models?"),
    ],
)
def test_a_mistake_is_told(tmp_path: Path, written: str, mistake: str) -> None:
    (message,) = told(tmp_path, f"{SOUND}speech:\n  {written}\n")
    assert mistake in message


def test_words_with_a_mistake_leave_their_language_the_keypad(tmp_path: Path) -> None:
    (tmp_path / "fr.yaml").write_text("menu.person: [tapez 0]\n", encoding="utf-8")
    settings = loaded(tmp_path, SOUND + f"speech: {{models: {{fr: /srv/fr}}, words: {tmp_path}}}\n")
    with capture_logs() as logged:
        hearing = Hearing(settings, Link())
    assert hearing.recognisers == {}
    assert not hearing.ears.understands(FR)
    assert "fr.yaml: menu.person" in logged[0]["why"]

"""The centre's voice, put together from the catalogue and the programs that set-up unpacked."""

import os
from pathlib import Path

from config.mistakes import Mistake, Origin, nearest
from config.schema import Settings
from dialplan.names import FALLBACK_PROMPTS
from ivr.centre import Centre
from ivr.repertoire import repertoire
from routing.model import Language
from server import parts
from server.parts import CHECKOUT
from server.pbx_files import short_folder
from speech.alphabets import faults
from speech.cache import Cache
from speech.catalogue import Catalogue
from speech.espeak import Espeak
from speech.made import MadeSounds
from speech.recent import Recent
from speech.sox import Sox
from speech.speech import Speech

LONGEST_VOICE_PATH = 80  # bytes; espeak-ng has room for 160 with its own file names
PROMPTS = CHECKOUT / "config" / "prompts"


def catalogue(settings: Settings | None = None) -> Catalogue:
    """Every prompt's words, with the names of the configuration. Raises `CatalogueError` with all mistakes at once."""
    return Catalogue.load(PROMPTS).with_names({} if settings is None else names_in(settings))


def names_in(settings: Settings) -> dict[str, dict[Language, str]]:
    """The prompts whose words stand in `center.yaml`."""
    name = settings.centre.name
    return {
        key: {language: text for language in Language if (text := getattr(names, language))}
        for key, names in (("centre.name", name), ("centre.controller", settings.centre.controller or name))
    }


def badly_spoken(settings: Settings) -> list[Mistake]:
    """What the synthetic voice cannot say well in those names. A human recording mends it too."""
    written = {"centre.name": settings.centre.name, "centre.controller": settings.centre.controller}
    return [
        Mistake(Origin(settings.source.name), f"{key}.{language}", *_what_and_mend(fault))
        for key, names in written.items()
        for language in settings.languages
        for fault in (faults(language, getattr(names, language)) if names is not None else ())
    ]


def _what_and_mend(fault: str) -> tuple[str, str]:
    what, _, mend = fault.rpartition("; ")
    return what, mend


def missing_for(centre: Centre, prompts: Catalogue, file: str) -> list[str]:
    """What the catalogue lacks of what this centre can be asked to say, or where its `file` names what is not."""
    articles, in_line = centre.every_article, centre.queue.information
    known = {
        key.split(".")[2] for key in prompts.prompts if key.startswith(("article.name.", "article.text."))
    }
    listed = [(f"articles.{subject}", code) for subject, codes in centre.articles.items() for code in codes]
    listed += [("queue.information", code) for code in in_line]
    unknown = [
        f"{file}: {place}: there is no article {code}; {nearest(code, known)} "
        f"(or write article.name.{code} and article.text.{code} in config/prompts/articles.yaml)"
        for place, code in listed
        if code not in known
    ]
    said = repertoire(
        centre.subjects, filter(known.__contains__, articles), filter(known.__contains__, in_line)
    )
    wanted = {**said, **dict.fromkeys(FALLBACK_PROMPTS, ())}
    return unknown + [fault for key, values in wanted.items() for fault in prompts.lacks(key, *values)]


def voice(prompts: Catalogue, state: Path, *, recorded: bool = True) -> Speech:
    """Prompts as sound; a person's recording comes before gTTS, and gTTS before espeak-ng.

    Without `recorded` only synthetic voices speak, as drafts for who records. Raises `PartMissing` where
    set-up has not run.
    """
    return Speech(
        prompts,
        Espeak(parts.find("espeak-ng"), _voice_home(state)),
        Sox(parts.find("sox")),
        Cache(state / "prompts"),
        MadeSounds(recordings(state) if recorded else None, gtts_sounds(state)),
    )


def gtts_sounds(state: Path) -> Path:
    """Where gTTS' sounds are, made at build time."""
    return state / "voice" / "gtts"


def recent(speech: Speech, prompts: Catalogue, state: Path) -> Recent:
    """What calls ask for sounds: what was found a moment ago is not looked for again."""
    private = frozenset(key for key, prompt in prompts.prompts.items() if prompt.is_private)
    return Recent(speech, recordings(state), private)


def recordings(state: Path) -> Path:
    """Where people's recordings are, as `<language>/<key>.wav`."""
    return state / "recordings" / "prompts"


def _voice_home(state: Path) -> Path:
    """Where the Tamazight voice is compiled: below `state`, or in a short private folder when that path is too long."""
    home = state.absolute() / "voice"
    return home if len(os.fsencode(home)) <= LONGEST_VOICE_PATH else short_folder(home)

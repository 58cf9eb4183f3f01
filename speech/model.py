"""What a folder must hold to be a Vosk model, told before the library is tried on it: it may crash on what is none."""

from dataclasses import dataclass
from pathlib import Path

DYNAMIC = ("HCLr.fst", "Gr.fst")
STATIC = "HCLG.fst"
# In order of preference: where the parts of newer and of older models are.
ACOUSTIC, FEATURES, GRAPHS = ("am/final.mdl", "final.mdl"), ("conf/mfcc.conf", "mfcc.conf"), ("graph", ".")


class NotAModel(Exception):
    """The folder is none, or lacks something; the message says what."""


@dataclass(frozen=True, slots=True)
class ModelFolder:
    """A model on disk. `size` in bytes; `takes_grammar`: it can be told which words to expect."""

    path: Path
    size: int
    takes_grammar: bool


def inspect(path: Path) -> ModelFolder:
    """The model in this folder. Raises `NotAModel`."""
    if not path.is_dir():
        raise NotAModel(f"{path} is {'no folder' if path.exists() else 'not there'}")
    for what, places in (("acoustic model", ACOUSTIC), ("features", FEATURES)):
        if not any(_filled(path / place) for place in places):
            raise NotAModel(
                f"{path} is no Vosk model: it has no {what} ({places[0]}); name the unpacked folder of a model"
            )
    grammar = any(all(_filled(path / graph / part) for part in DYNAMIC) for graph in GRAPHS)
    if not grammar and not any(_filled(path / graph / STATIC) for graph in GRAPHS):
        raise NotAModel(f"{path} is no whole Vosk model: its graph is missing; unpack it again")
    size = sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
    return ModelFolder(path, size, grammar)


def _filled(file: Path) -> bool:
    return file.is_file() and file.stat().st_size > 0

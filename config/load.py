"""`load`: the file and the environment become `Settings`, or every mistake in them at once."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, TypeAdapter, ValidationError

from config import checks, doubts, environment, kinds, schema
from config.alerts import AlertsSection
from config.callbacks import CallbacksSection
from config.draft import Draft
from config.explain import explain
from config.figures import FiguresSection
from config.mistakes import KeyPath, nearest
from config.reading import read
from config.schema import AgentSection, Settings, SupervisorSection, TrunkSection
from config.source import Source
from config.timetable import HoursSection
from config.values import YesOrNo, listed

SECTIONS: dict[str, Any] = {
    "centre": schema.CentreSection,
    "hours": HoursSection,
    "numbers": kinds.Numbers,
    "languages": kinds.Languages,
    "languages_by_region": Annotated[
        tuple[schema.RegionSection, ...], listed("regions, each with region:, prefixes: and languages:")
    ],
    "subjects": kinds.Subjects,
    "articles": kinds.Articles,
    "agents": AgentSection,
    "supervisors": SupervisorSection,
    "supervision": schema.SupervisionSection,
    "directory": schema.ContactSection,
    "trunks": TrunkSection,
    "pbx": schema.PbxSection,
    "database": schema.DatabaseSection,
    "desk": schema.DeskSection,
    "queue": schema.QueueSection,
    "callbacks": CallbacksSection,
    "alerts": AlertsSection,
    "figures": FiguresSection,
    "survey": YesOrNo,
    "voice": schema.VoiceSection,
    "speech": schema.SpeechSection,
    "log": schema.LogSection,
}
ITEMS = ("agents", "supervisors", "directory", "trunks")
"""Checked one by one, so that one mistake does not hide the others."""
SECRET_FILES: dict[str, tuple[str, Any]] = {
    "secret_file": ("secret", kinds.Secret),
    "ami_secret_file": ("ami_secret", kinds.Secret),
    "pin_file": ("pin", kinds.Pin),
}
LONGEST_SECRET_FILE = 4096


def load(path: Path, environ: Mapping[str, str] = os.environ) -> Settings:
    """The centre's settings. Raises `ConfigError` with all mistakes of the file and of the environment."""
    source = read(path)
    environment.override(source, environ, SECTIONS)
    for name in source.tree:
        if name not in SECTIONS:
            source.wrong((name,), "is not a section", nearest(name, SECTIONS))
    draft = Draft(source)
    for name, kind in SECTIONS.items():
        if name in ITEMS:
            draft.items[name] = _items(source, name, kind, path.parent)
        elif name in source.tree:
            draft.sections[name] = _section(source, (name,), kind, path.parent)
        elif name == "centre":
            source.wrong(("centre",), "is missing", "add the section with the centre's name")
    checks.check(draft)
    if source.notes:
        raise source.refused()
    return _settings(path, source, draft)


def _settings(path: Path, source: Source, draft: Draft) -> Settings:
    given: dict[str, Any] = dict(draft.sections)
    for name, items in draft.items.items():
        if name in source.tree:
            given[name] = tuple(item for _, item in items)
    return Settings(source=path, **given, warnings=doubts.warn(draft))


def _items(source: Source, name: str, kind: type[BaseModel], folder: Path) -> list[tuple[KeyPath, Any]]:
    written = source.tree.get(name, [])
    if not isinstance(written, list):
        source.wrong((name,), "is not a list", "begin each one with a dash: - id: …")
        return []
    found = (((name, place), _section(source, (name, place), kind, folder)) for place in range(len(written)))
    return [(path, item) for path, item in found if item is not None]


def _section(source: Source, path: KeyPath, kind: Any, folder: Path) -> Any:
    """The part of the file at `path`; None when it has mistakes."""
    written: Any = source.tree
    for step in path:
        written = written[step]
    model = kind if isinstance(kind, type) and issubclass(kind, BaseModel) else None
    try:
        value = TypeAdapter(kind).validate_python(written)
    except ValidationError as error:
        explain(source, path, error.errors(), model)
        return None
    return _with_secret_file(source, path, value, folder)


def _with_secret_file(source: Source, path: KeyPath, value: Any, folder: Path) -> Any:
    """The section with the secret that its file holds; None when there is something wrong with it."""
    for file_key, (key, kind) in SECRET_FILES.items():
        name = getattr(value, file_key, None)
        if name is None:
            continue
        place = (*path, file_key)
        if getattr(value, key) is not None:
            source.wrong(place, f"is written beside {key}", "keep one of the two")
            return None
        file = folder / name
        try:
            with file.open("rb") as opened:
                text = opened.read(LONGEST_SECRET_FILE).decode("utf-8").strip()
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or "it is not text"
            source.wrong(
                place, f"{file} cannot be read ({reason})", "write the secret there, or remove the line"
            )
            return None
        try:
            secret = TypeAdapter(kind).validate_python(text)
        except ValidationError as error:
            context = error.errors()[0].get("ctx", {})
            source.wrong(place, f"what {file} holds {context.get('what')}", str(context.get("mend")))
            return None
        value = value.model_copy(update={key: secret})
    return value

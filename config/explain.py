"""pydantic's findings as mistakes in plain words."""

from collections.abc import Collection, Iterable
from typing import Any

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from config.mistakes import KeyPath, nearest
from config.source import Source
from config.values import WRONG


def explain(
    source: Source, path: KeyPath, errors: Iterable[ErrorDetails], model: type[BaseModel] | None
) -> None:
    """Note each finding in the part of the file at `path`, which `model` describes."""
    for error in errors:
        place = (*path, *error["loc"])
        what, mend = _words(error, known_keys(model, error["loc"][:-1]))
        source.wrong(place, what, mend)


def _words(error: ErrorDetails, known: Collection[str]) -> tuple[str, str]:
    context: dict[str, Any] = error.get("ctx", {})
    match error["type"]:
        case kind if kind == WRONG:
            return str(context["what"]), str(context["mend"])
        case "extra_forbidden":
            return "is not a setting", nearest(str(error["loc"][-1]), known)
        case "missing":
            return "is missing", "add it, as in config/center.yaml"
        case "model_type" | "dict_type" | "model_attributes_type":
            return "is not a section", "write its keys below it, each with two spaces more in front"
        case "list_type" | "tuple_type":
            return "is not a list", "write [one, two] or one line with a dash for each"
        case "string_type" | "path_type":
            return "is not a single value", "write it on one line after the colon"
        case _:
            return error["msg"], "compare it with config/center.yaml"


def known_keys(model: type[BaseModel] | None, steps: Iterable[str | int]) -> list[str]:
    """The keys that may be written at the end of `steps` below `model`."""
    here: type[BaseModel] | None = model
    for step in steps:
        if here is None:
            return []
        if isinstance(step, int):
            continue
        fields = {field.alias or name: field for name, field in here.model_fields.items()}
        here = _model_in(fields[step].annotation) if step in fields else None
    return [] if here is None else [field.alias or name for name, field in here.model_fields.items()]


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """The section inside an annotation such as `tuple[Season, ...] | None`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for inner in getattr(annotation, "__args__", ()):
        if (found := _model_in(inner)) is not None:
            return found
    return None

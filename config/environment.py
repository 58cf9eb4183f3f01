"""Settings from environment variables: MOWAKABA_PBX__SIP_PORT=5070 is `pbx.sip_port: 5070`, and wins.

Only names with two underscores between section and key, and the plain lists (MOWAKABA_NUMBERS, …), are
settings; an item of a list is called by its id or name: MOWAKABA_AGENTS__SALMA__SECRET.
"""

from collections.abc import Collection, Mapping

from config.mistakes import KeyPath, Origin, nearest
from config.source import Source, Tree

PREFIX = "MOWAKABA_"


def override(source: Source, environ: Mapping[str, str], sections: Collection[str]) -> None:
    """Put the variables' values into `source`, each with the variable as its origin."""
    for variable in sorted(environ):
        if not variable.upper().startswith(PREFIX):
            continue
        steps = variable[len(PREFIX) :].lower().split("__")
        if len(steps) == 1 and steps[0] not in sections:
            continue  # MOWAKABA_CONFIG and the like are not settings
        origin = Origin(variable=variable.encode(errors="replace").decode())
        if "" in steps:
            mend = "write MOWAKABA_SECTION__KEY, with two underscores between section and key"
            source.wrong((), "is not a setting's name", mend, origin)
        elif not _is_text(variable + environ[variable]):
            source.wrong((), "is not UTF-8 text", "set the variable in a UTF-8 terminal", origin)
        elif steps[0] not in sections:
            what = f"there is no section {steps[0]}"
            source.wrong((), what, nearest(steps[0], sections), origin)
        else:
            _put(source, steps, environ[variable], origin)


def _put(source: Source, steps: list[str], value: str, origin: Origin) -> None:
    here: Tree = source.tree
    path: KeyPath = ()
    for depth, step in enumerate(steps):
        last = depth == len(steps) - 1
        if isinstance(here, list):
            place = _item(here, step)
            if place is None:
                what = f"nothing in {source.spell(path)} has the id or name {step}"
                source.wrong((), what, "use one that the file lists", origin)
                return
            path = (*path, place)
            if last or not isinstance(here[place], dict | list):
                source.wrong((), "sets no single value", "add __ and the key to set", origin)
                return
            here = here[place]
            continue
        assert isinstance(here, dict)
        path = (*path, step)
        if last or not isinstance(here.get(step), dict | list):
            source.origins[path] = origin  # what the file began stays the file's
        if last:
            if value.strip():
                here[step] = value
            else:
                here.pop(step, None)
            return
        below = here.get(step)
        if not isinstance(below, dict | list):
            below = here[step] = {}
        here = below


def _is_text(value: str) -> bool:
    # Bytes that are not UTF-8 arrive as halves of letters.
    return not any("\ud800" <= letter <= "\udfff" for letter in value)


def _item(items: list[Tree], step: str) -> int | None:
    for place, item in enumerate(items):
        if isinstance(item, dict):
            for key in ("id", "name"):
                name = item.get(key)
                if isinstance(name, str) and name.lower().replace("-", "_") == step:
                    return place
    return None

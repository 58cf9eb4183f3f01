"""The YAML file as plain text values, each with its line.

Every scalar stays the text that was written: `01`, `no`, `8:30` and `0612345678` mean themselves, with quotes
or without. An empty value means the default, as if the key were not there.
"""

import warnings
from dataclasses import dataclass, field
from pathlib import Path

from config.mistakes import ConfigError, KeyPath, Mistake, Origin

Tree = dict[str, "Tree"] | list["Tree"] | str
"""What was written: mappings, lists and texts."""

MOST_BYTES = 1_000_000  # a centre of a thousand agents is a fifth of this
MOST_DEPTH = 20
EMPTY = frozenset({"", "~", "null", "Null", "NULL"})


@dataclass(slots=True)
class Source:
    """What was written and where. `overrides` add to both; mistakes gather here until all are known."""

    file: str
    tree: dict[str, Tree] = field(default_factory=dict)
    origins: dict[KeyPath, Origin] = field(default_factory=dict)
    mistakes: list[Mistake] = field(default_factory=list)

    def origin(self, path: KeyPath) -> Origin:
        """Where `path` was written, or the nearest thing that holds it."""
        for length in range(len(path), 0, -1):
            if found := self.origins.get(path[:length]):
                return found
        return Origin(self.file)

    def spell(self, path: KeyPath) -> str:
        """The path as people write it; an item of a list is called by its id or name, else counted from 1."""
        words: list[str] = []
        here: object = self.tree
        for step in path:
            if isinstance(step, int):
                here = here[step] if isinstance(here, list) and step < len(here) else None
                words.append(_called(here) or str(step + 1))
            else:
                here = here.get(step) if isinstance(here, dict) else None
                words.append(step)
        return ".".join(words)

    def wrong(self, path: KeyPath, what: str, mend: str) -> None:
        """Note a mistake at `path`."""
        self.mistakes.append(Mistake(self.origin(path), self.spell(path), what, mend))

    def refused(self) -> ConfigError:
        """All mistakes so far, in the order of the file, each once."""
        ordered = sorted(dict.fromkeys(self.mistakes), key=lambda mistake: mistake.origin.line or 0)
        return ConfigError(ordered)


def read(path: Path) -> Source:
    """The file at `path`. Raises `ConfigError` when it cannot be read as YAML; notes other mistakes."""
    source = Source(path.name)
    text = _text(path, source)
    # The library is slow to import and needed only here.
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    parser = YAML(typ="safe", pure=True)
    parser.max_depth = MOST_DEPTH
    try:
        with warnings.catch_warnings(action="ignore"):
            root = parser.compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = None if mark is None else mark.line + 1
        raise ConfigError([_syntax(source.file, text, line, str(error.problem or error.context))]) from None
    except (YAMLError, RecursionError, ValueError, AttributeError, TypeError, AssertionError) as error:
        # The parser itself stumbles over some malformed inputs.
        raise ConfigError([_syntax(source.file, text, None, str(error) or type(error).__name__)]) from None
    tree = None if root is None else _plain(root, (), source, set())
    if tree is None or tree == {}:
        raise ConfigError(
            [
                Mistake(
                    Origin(source.file),
                    "",
                    "is empty",
                    "write the centre's sections, as in config/center.yaml",
                )
            ]
        )
    if not isinstance(tree, dict):
        what = "does not begin with sections such as centre: and agents:"
        raise ConfigError([Mistake(Origin(source.file, 1), "", what, "compare it with config/center.yaml")])
    source.tree = tree
    return source


def _text(path: Path, source: Source) -> str:
    def refuse(what: str, mend: str, line: int | None = None) -> ConfigError:
        return ConfigError(
            [Mistake(Origin(str(path) if line is None else source.file, line), "", what, mend)]
        )

    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        raise refuse("is not there", "name the file with --config or MOWAKABA_CONFIG") from None
    except IsADirectoryError:
        raise refuse("is a folder", "name the YAML file in it") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise refuse(f"cannot be read ({reason})", "let the user who runs Mowakaba read it") from None
    if len(data) > MOST_BYTES:
        raise refuse("is larger than a million bytes", "name the centre's YAML file, not another one")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise refuse("is not UTF-8 text", "save the file with the encoding UTF-8", line) from None
    return text


def _syntax(file: str, text: str, line: int | None, problem: str) -> Mistake:
    lines = text.splitlines()
    for number, written in enumerate(lines[: line or len(lines)], start=1):
        indent = written[: len(written) - len(written.lstrip())]
        if "\t" in indent and (line is None or abs(number - line) <= 1):
            return Mistake(Origin(file, number), "", "is indented with a tab", "indent with spaces")
    if "maximum depth" in problem:
        problem = "is nested too deeply"
    if "found another document" in problem:
        return Mistake(Origin(file, line), "", "begins a second document", "remove the line ---")
    what = f"is not YAML ({' '.join(problem.split())})"
    return Mistake(
        Origin(file, line), "", what, "look for a missing colon, quote or bracket, or a wrong indent"
    )


def _plain(node: object, path: KeyPath, source: Source, seen: set[int]) -> Tree | None:
    """The node as mappings, lists and texts; None for an empty value."""
    from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode

    assert isinstance(node, MappingNode | ScalarNode | SequenceNode)
    source.origins[path] = Origin(source.file, node.start_mark.line + 1)
    if id(node) in seen:
        source.wrong(path, "repeats another value by *name", "write the value out")
        return None
    seen.add(id(node))
    if (tag := str(node.tag)) and not tag.startswith("tag:yaml.org,2002:"):
        source.wrong(path, f"has the type {tag}, which means nothing here", f"remove {tag}")
        return None
    if isinstance(node, ScalarNode):
        return None if node.style is None and node.value in EMPTY else str(node.value)
    if isinstance(node, SequenceNode):
        return _list(node.value, path, source, seen)
    return _mapping(node.value, path, source, seen)


def _list(nodes: list[object], path: KeyPath, source: Source, seen: set[int]) -> Tree:
    items: list[Tree] = []
    for node in nodes:
        place = (*path, len(items))
        item = _plain(node, place, source, seen)
        if item is None:
            source.wrong(place, "is an empty item of a list", "remove the dash or write the item")
            item = ""
        items.append(item)
    return items


def _mapping(pairs: list[tuple[object, object]], path: KeyPath, source: Source, seen: set[int]) -> Tree:
    from ruamel.yaml.nodes import ScalarNode

    mapping: dict[str, Tree] = {}
    lines: dict[str, int] = {}
    for key_node, value_node in pairs:
        line = key_node.start_mark.line + 1  # type: ignore[attr-defined]
        if not isinstance(key_node, ScalarNode):
            here = Origin(source.file, line)
            source.mistakes.append(
                Mistake(
                    here,
                    source.spell(path),
                    "has a key that is not a word",
                    "write a plain key before the colon",
                )
            )
            continue
        key = str(key_node.value)
        place = (*path, key)
        if key in lines:
            here = Origin(source.file, line)
            what = f"is written twice, first in line {lines[key]}"
            source.mistakes.append(Mistake(here, source.spell(place), what, "keep one of them"))
            continue
        lines[key] = line
        value = _plain(value_node, place, source, seen)
        source.origins[place] = Origin(source.file, line)
        if value is not None:
            mapping[key] = value
    return mapping


def _called(item: object) -> str | None:
    if isinstance(item, dict):
        for key in ("id", "name"):
            if isinstance(name := item.get(key), str) and name:
                return name
    return None

"""Reads the YAML file as plain text values, each with its line.

Every scalar stays the text that was written: `01`, `no`, `8:30` and `0612345678` mean themselves, with quotes
or without. An empty value means the default, as if the key were not there.
"""

import warnings
from pathlib import Path

from config.mistakes import ConfigError, KeyPath, Mistake, Origin
from config.source import Source, Tree

MOST_BYTES = 1_000_000  # a centre of a thousand agents is a fifth of this
MOST_DEPTH = 20
EMPTY = frozenset({"", "~", "null", "Null", "NULL"})
PLAIN_TAGS = frozenset(
    {"str", "int", "float", "bool", "null", "timestamp", "merge", "value", "map", "seq"}
)  # what YAML thinks of a plain text is not listened to


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
    if (tag := str(node.tag).removeprefix("tag:yaml.org,2002:")) not in PLAIN_TAGS:
        source.wrong(path, f"has the type {tag}, which means nothing here", f"remove {tag}")
        return None
    if isinstance(node, ScalarNode):
        if node.style is None and node.value in EMPTY:
            return None
        text = printable(str(node.value))
        if text is None:
            source.wrong(path, "holds half a letter (a surrogate)", "write the letter itself")
        return text
    if isinstance(node, SequenceNode):
        return _list(node.value, path, source, seen)
    return _mapping(node.value, path, source, seen)


def printable(text: str) -> str | None:
    """The text with letters that were written as two \\u escapes made whole; None when a half is left over."""
    try:
        return text.encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeDecodeError:
        return None


def _list(nodes: list[object], path: KeyPath, source: Source, seen: set[int]) -> Tree:
    items: list[Tree] = []
    for node in nodes:
        place = (*path, len(items))
        known = len(source.notes)
        item = _plain(node, place, source, seen)
        if item is not None:
            items.append(item)
        elif len(source.notes) == known:
            source.wrong(place, "is an empty item of a list", "remove the dash or write the item")
    return items


def _mapping(pairs: list[tuple[object, object]], path: KeyPath, source: Source, seen: set[int]) -> Tree:
    from ruamel.yaml.nodes import ScalarNode

    mapping: dict[str, Tree] = {}
    lines: dict[str, int] = {}
    for key_node, value_node in pairs:
        line = key_node.start_mark.line + 1  # type: ignore[attr-defined]
        if not isinstance(key_node, ScalarNode):
            what, mend = "has a key that is not a word", "write a plain key before the colon"
            source.wrong(path, what, mend, Origin(source.file, line))
            continue
        key = printable(str(key_node.value)) or "\N{REPLACEMENT CHARACTER}"
        place = (*path, key)
        if key in lines:
            what = f"is written twice, first in line {lines[key]}"
            source.wrong(place, what, "keep one of them", Origin(source.file, line))
            continue
        lines[key] = line
        value = _plain(value_node, place, source, seen)
        source.origins[place] = Origin(source.file, line)
        if value is not None:
            mapping[key] = value
    return mapping

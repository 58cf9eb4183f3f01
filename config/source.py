"""What was written, where, and what is wrong with it: texts from the file and from the environment alike."""

from dataclasses import dataclass, field

from config.mistakes import ConfigError, KeyPath, Mistake, Origin

Tree = dict[str, "Tree"] | list["Tree"] | str
"""What was written: mappings, lists and texts."""


@dataclass(frozen=True, slots=True)
class Note:
    """A mistake before all is read: its path is spelled when the ids and names on the way are known."""

    origin: Origin
    path: KeyPath
    what: str
    mend: str


@dataclass(slots=True)
class Source:
    """What was written and where. Overrides add to both; mistakes gather here until all are known."""

    file: str
    tree: dict[str, Tree] = field(default_factory=dict)
    origins: dict[KeyPath, Origin] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)

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

    def wrong(self, path: KeyPath, what: str, mend: str, origin: Origin | None = None) -> None:
        """Note a mistake at `path`, written at `origin` or where the path was."""
        self.notes.append(Note(origin or self.origin(path), path, what, mend))

    def refused(self) -> ConfigError:
        """All mistakes so far, in the order of the file, each once."""
        mistakes = [Mistake(note.origin, self.spell(note.path), note.what, note.mend) for note in self.notes]
        return ConfigError(sorted(dict.fromkeys(mistakes), key=lambda mistake: mistake.origin.line or 0))


def _called(item: object) -> str | None:
    if isinstance(item, dict):
        for key in ("id", "name"):
            if isinstance(name := item.get(key), str) and name:
                return name
    return None

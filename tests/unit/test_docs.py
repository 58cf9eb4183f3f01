"""The documents name only what exists: files, commands, settings, messages, states. So they cannot rot unseen."""

import re
from typing import get_args

import pytest
import typer
from pydantic import BaseModel
from ruamel.yaml import YAML

from config.load import ITEMS, SECTIONS, load
from routing.model import AgentState, CallEnding
from server.cli import app
from server.parts import CHECKOUT

DOCUMENTS = sorted(
    [CHECKOUT / name for name in ("README.md", "CHANGELOG.md", "CONTRIBUTING.md")]
    + list((CHECKOUT / "docs").rglob("*.md"))
)
ROOMS = (
    "bench|config|db|dialplan|docs|ivr|pbx|recordings|requirements|routing|server|simulator|speech|tests|web"
)
NOT_IN_THE_CHECKOUT = {"recordings/prompts"}  # folders of the state
OTHERS_OPTIONS = {"--snapshot-update"}
PROGRAM = typer.main.get_command(app)
SOURCE = "\n".join(
    file.read_text(encoding="utf-8")
    for room in ("config", "db", "dialplan", "ivr", "pbx", "routing", "server", "simulator", "speech")
    for file in sorted((CHECKOUT / room).rglob("*.py"))
)
every_document = pytest.mark.parametrize(
    "document", DOCUMENTS, ids=lambda file: str(file.relative_to(CHECKOUT))
)


def code(text: str) -> list[str]:
    """What stands between backticks, and the lines of fenced blocks that are not drawings."""
    fenced = re.findall(r"```(?!mermaid)\w*\n(.*?)```", text, re.DOTALL)
    inline = re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))
    return inline + [line for block in fenced for line in block.splitlines()]


def drawings(text: str) -> list[list[str]]:
    return [block.split("\n") for block in re.findall(r"```mermaid\n(.*?)\n```", text, re.DOTALL)]


@every_document
def test_files_and_links_lead_somewhere(document):
    text = document.read_text(encoding="utf-8")
    named = {
        found.rstrip("/").split("::")[0]
        for piece in code(text)
        for found in re.findall(rf"(?<![\w./-])(?:{ROOMS})/[\w./*-]*", piece)
    } - NOT_IN_THE_CHECKOUT
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text)

    lost = [name for name in named if not list(CHECKOUT.glob(name))]
    lost += [link for link in links if not (document.parent / link).exists()]

    assert not lost


@every_document
def test_make_targets_exist(document):
    makefile = (CHECKOUT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    pieces = [
        piece for piece in code(document.read_text(encoding="utf-8")) if re.match(r"(exec )?make\b", piece)
    ]

    called = {
        word
        for piece in pieces
        for word in re.sub(r"#.*", "", piece.removeprefix("exec ")).split()[1:]
        if "=" not in word
    }

    assert called <= targets


def every_command(command):
    yield command
    for below in getattr(command, "commands", {}).values():
        yield from every_command(below)


@every_document
def test_commands_and_options_exist(document):
    commands = PROGRAM.commands  # type: ignore[attr-defined]
    options = {
        option
        for command in every_command(PROGRAM)
        for parameter in command.params
        for option in parameter.opts
    } | {"--help"}
    pieces = code(document.read_text(encoding="utf-8"))

    called = {
        found
        for piece in pieces
        for found in re.findall(r"(?:^|/bin/|run: |\bexec )mowakaba ([a-z]+)", piece)
    }
    given = {found for piece in pieces for found in re.findall(r"(?<![\w-])--[a-z][a-z-]+", piece)}

    assert called <= set(commands)
    assert given <= options | OTHERS_OPTIONS


def test_the_readme_shows_every_command():
    readme = (CHECKOUT / "README.md").read_text(encoding="utf-8")
    table = readme.partition("## Commands")[2].partition("\n## ")[0]

    missing = [name for name in PROGRAM.commands if f"`{name}" not in table]  # type: ignore[attr-defined]

    assert not missing


@every_document
def test_environment_variables_exist(document):
    named = set(re.findall(r"MOWAKABA_[A-Z0-9_]*[A-Z0-9]", document.read_text(encoding="utf-8")))

    unknown = [name for name in named if not is_setting(name) and f'"{name}"' not in SOURCE]

    assert not unknown


def is_setting(variable: str) -> bool:
    steps = variable.removeprefix("MOWAKABA_").lower().split("__")
    if steps[0] not in SECTIONS:
        return False
    kind = SECTIONS[steps[0]]
    if not (isinstance(kind, type) and issubclass(kind, BaseModel)):
        return len(steps) == 1
    keys = {field.alias or name for name, field in kind.model_fields.items()}
    return len(steps) > 1 and steps[2 if steps[0] in ITEMS else 1] in keys


def test_the_readme_gives_a_reason_for_every_library():
    readme = (CHECKOUT / "README.md").read_text(encoding="utf-8").lower()
    table = "\n".join(
        line for line in readme.partition("## libraries")[2].splitlines() if line.startswith("|")
    )
    wanted = [
        re.match(r"[\w.-]+", line)[0].lower()  # type: ignore[index]
        for name in ("run.in", "dev.in", "speech.in")
        for line in (CHECKOUT / "requirements" / name).read_text(encoding="utf-8").splitlines()
        if line and not line.startswith(("-", "#"))
    ]

    assert not [name for name in wanted if name not in table]


def test_every_explained_message_is_one_that_the_program_says():
    operations = (CHECKOUT / "docs/operations.md").read_text(encoding="utf-8")
    table = operations.partition("## What a message means")[2].partition("\n## ")[0]
    messages = re.findall(r"^\| `([^`]+)`", table, re.MULTILINE)
    parts = [
        part.strip() for message in messages for part in re.split(r"…|\b5060\b", message) if part.strip()
    ]

    assert len(messages) > 10
    assert not [part for part in parts if part not in SOURCE]


def test_every_ending_of_a_call_is_defined():
    indicators = (CHECKOUT / "docs/indicators.md").read_text(encoding="utf-8")

    assert not [ending for ending in CallEnding if f"`{ending}`" not in indicators]


def test_the_agents_states_are_drawn_and_each_transition_is_told():
    tour = (CHECKOUT / "docs/tour.md").read_text(encoding="utf-8")
    picture = "\n".join(drawings(tour)[0])
    arrows = re.findall(r"(\w+|\[\*\]) --> (\w+)(?:: (\d+))?", picture)

    drawn_states = {state for arrow in arrows for state in arrow[:2]} - {"[*]"}
    drawn_numbers = {int(number) for *_, number in arrows if number}
    told_numbers = {int(number) for number in re.findall(r"^\| (\d+) \| [a-z][^|]*→", tour, re.MULTILINE)}

    assert drawn_states == {state.__name__ for state in get_args(AgentState)}
    assert drawn_numbers == told_numbers


def test_the_tours_functions_exist():
    tour = (CHECKOUT / "docs/tour.md").read_text(encoding="utf-8")

    for module, name in re.findall(r"`(changes|decide|offering)\.(\w+)`", tour):
        assert f"def {name}(" in (CHECKOUT / f"routing/{module}.py").read_text(encoding="utf-8")


@every_document
def test_sequence_diagrams_name_their_actors_and_close_their_blocks(document):
    for drawing in drawings(document.read_text(encoding="utf-8")):
        if drawing[0] != "sequenceDiagram":
            continue
        actors = {words[1] for line in drawing if (words := line.split()) and words[0] == "participant"}
        opened = sum(line.split()[0] in ("alt", "opt", "loop", "par") for line in drawing[1:])
        closed = sum(line.strip() == "end" for line in drawing)
        for line in drawing[1:]:
            said = line.strip()
            message = re.fullmatch(r"(\w+)->>(\w+): [^;#]+", said)
            note = re.fullmatch(r"Note over (\w+)(?:,(\w+))?: [^;#]+", said)
            known = message or note
            assert known or re.fullmatch(r"participant \w+ as .+|(alt|opt|loop|par|else) .+|end", said), said
            assert {name for name in (known.groups() if known else ()) if name} <= actors
        assert opened == closed


def test_the_examples_of_the_operations_guide_are_accepted(tmp_path):
    operations = (CHECKOUT / "docs/operations.md").read_text(encoding="utf-8")
    examples = re.findall(r"```yaml\n(.*?)```", operations, re.DOTALL)
    centre = "centre: {name: {ar: مركز, zgh: ⴰⵎⵎⴰⵙ, fr: Centre}}\n"
    for name in ("operator-secret", "ami-secret"):
        (tmp_path / name).write_text("a-secret-of-a-test\n", encoding="ascii")

    for number, example in enumerate(examples):
        file = tmp_path / f"{number}.yaml"
        file.write_text(centre + example, encoding="utf-8")
        assert load(file, {}).source == file
    assert len(examples) >= 2


def test_the_confirmed_feast_of_the_guide_is_accepted(tmp_path):
    operations = (CHECKOUT / "docs/operations.md").read_text(encoding="utf-8")
    line = re.search(r"`- (\{feast: [^`]+\})`", operations)
    assert line is not None
    feast = YAML(typ="safe").load(line[1])
    file = tmp_path / "center.yaml"
    file.write_text(
        "centre: {name: {ar: مركز, zgh: ⴰⵎⵎⴰⵙ, fr: Centre}}\n"
        f"hours: {{holidays: {{confirmed: [{{feast: {feast['feast']}, first_day: {feast['first_day']}}}]}}}}\n",
        encoding="utf-8",
    )

    assert load(file, {}).hours.holidays.confirmed


def test_documents_name_no_place_of_the_machine_they_were_written_on():
    for document in DOCUMENTS:
        assert not re.search(r"/(work|root|home)/", document.read_text(encoding="utf-8")), document

"""What Asterisk is given, file by file. Seen anew with `pytest --snapshot-update`."""

import dataclasses
import re
from pathlib import Path

import pytest
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from dialplan import modules
from dialplan.names import HOLD, SWITCH_SECONDS, from_trunk
from dialplan.plan import Phone, Trunk
from dialplan.render import render
from dialplan.text import Unfit
from tests.support.pbx_plan import PHONES, TRUNKS, directories, plan

WHOLE = plan(
    directories(Path("/state/pbx")),
    open_intervals=((1795336200, 1795365000), (1795422600, 1795451400)),
    external_address="192.0.2.10",
    local_networks=("10.0.0.0/8",),
    trunks=(
        *TRUNKS,
        Trunk("far", ("192.0.2.0/24",), host="sip.example", username="u1", secret="s;1", register=True),
    ),
)
LONG_FILES = ("extensions.conf", "pjsip.conf", "manager.conf", "modules.conf", "queues.conf", "hours.conf")
# The module of each application and function that the dialplan may use; the core's have none.
APPLICATIONS = {
    "AGI": "res_agi",
    "Answer": None,
    "Bridge": None,
    "ChanSpy": "app_chanspy",
    "DBdeltree": "app_db",
    "Dial": "app_dial",
    "Gosub": "app_stack",
    "Goto": None,
    "GosubIf": "app_stack",
    "GotoIf": None,
    "Hangup": None,
    "Playback": "app_playback",
    "Progress": None,
    "Playtones": "app_playtones",
    "Queue": "app_queue",
    "Read": "app_read",
    "Return": "app_stack",
    "Set": None,
    "StopMusicOnHold": None,
    "StopPlaytones": "app_playtones",
    "Wait": None,
}
FUNCTIONS = {
    "CALLERID": "func_callerid",
    "CDR": "func_cdr",
    "CDR_PROP": "func_cdr",
    "CHANNEL": "func_channel",
    "CUT": "func_cut",
    "DB": "func_db",
    "FIELDQTY": "func_strings",
    "IF": "func_logic",
    "LOCAL": "app_stack",
    "PJSIP_HEADER": "res_pjsip_header_funcs",
    "REGEX": "func_strings",
    "TIMEOUT": "func_timeout",
}
SHELLS = ("app_system", "func_shell", "app_exec", "app_externalivr", "func_env", "pbx_spool", "app_originate")


class TextFile(SingleFileSnapshotExtension):
    _write_mode = WriteMode.TEXT
    file_extension = "txt"


@pytest.fixture
def snapshot(snapshot):
    return snapshot.use_extension(TextFile)


@pytest.mark.parametrize("name", LONG_FILES)
def test_a_file_is_as_it_was(name, snapshot):
    text = render(WHOLE)[name]
    assert re.sub(r"(?m)^(secret|password) = .*$", r"\1 = …", text) == snapshot


def test_the_short_files_are_as_they_were(snapshot):
    texts = render(WHOLE)
    assert (
        "\n".join(f"==== {name}\n{texts[name]}" for name in sorted(texts.keys() - set(LONG_FILES)))
        == snapshot
    )


def test_every_file_says_what_made_it():
    assert all(text.startswith("; Made by Mowakaba (") for text in render(WHOLE).values())


def test_the_same_centre_gives_the_same_files():
    assert render(WHOLE) == render(dataclasses.replace(WHOLE))


def test_every_application_and_function_in_use_is_loaded():
    text = "\n".join(render(WHOLE)[name] for name in ("extensions.conf", "hours.conf"))
    applications = set(
        re.findall(r"^(?:exten => [^,]+,1|[ ]same => n(?:\([a-z]+\))?),(\w+)\(", text, re.MULTILINE)
    )
    functions = set(re.findall(r"(?:\$\{|Set\()([A-Z_]+)\(", text))
    assert applications == APPLICATIONS.keys()
    assert functions == FUNCTIONS.keys()
    needed = {*APPLICATIONS.values(), *FUNCTIONS.values()} - {None}
    assert needed <= set(modules.ALL)


def test_nothing_that_equals_a_shell_is_loaded():
    assert not set(SHELLS) & {*modules.ALL, *modules.LISTENING}


def test_only_where_callers_may_speak_something_listens():
    keypad, listening = render(WHOLE), render(dataclasses.replace(WHOLE, listening=True))
    changed = {name for name in keypad if keypad[name] != listening[name]}
    assert changed == {"extensions.conf", "modules.conf"}
    added = listening["extensions.conf"].partition("[listen]")[2].split("\n\n")[0]
    assert added.splitlines() == [
        "",
        "exten => s,1,Set(CDR_PROP(disable)=1)",
        " same => n,ChanSpy(${MWK_LISTENED},uoqES)",
        " same => n,Hangup()",
    ]
    for name in modules.LISTENING:
        assert f"load = {name}.so" in listening["modules.conf"]
        assert name not in keypad["modules.conf"]


def test_from_outside_only_the_centres_own_numbers_exist():
    text = render(WHOLE)["extensions.conf"]
    for trunk in WHOLE.trunks:
        part = text.split(f"[{from_trunk(trunk.name)}]\n")[1].split("\n\n")[0]
        assert re.findall(r"exten => ([^,]+)", part) == list(WHOLE.numbers)
        assert "Dial" not in part
    assert "_X." not in text


def test_the_switch_is_set_before_every_question_to_the_controller():
    """But where an agent holds: inside a feature it would end the talk. His leg leaves AsyncAGI at once."""
    text = render(WHOLE)["extensions.conf"]
    for part in re.split(r"(?m)^exten => ", text):
        asked = part.replace(f"AGI(agi:async,{HOLD})", "").find("AGI(agi:async")
        armed = part.find(f"Set(TIMEOUT(absolute)={SWITCH_SECONDS})")
        assert asked == -1 or -1 < armed < asked


@pytest.mark.parametrize(
    "changes",
    [
        {"numbers": ("2000\n[x]",)},
        {"numbers": ("_X.",)},
        {"numbers": ("101",)},
        {"phones": (Phone("101;", "a", "s"),)},
        {"phones": (Phone("101", "a]\nb", "s"),)},
        {"phones": (Phone("101", 'a" <999>', "s"),)},
        {"phones": (Phone("101", "a", "s\nx"),)},
        {"phones": (*PHONES, PHONES[0])},
        {"trunks": (Trunk("m]", ("127.0.0.2",)),)},
        {"trunks": (Trunk("m", ("everybody",)),)},
        {"trunks": (Trunk("m", ()),)},
        {"sip_address": "0.0.0.0\nx"},
        {"sip_port": 70000},
        {"ami_secret": ""},
        {"rtp_ports": (30, 20)},
        {"open_intervals": ((20, 10),)},
        {"extra": {"other.conf": "x"}},
        {"directories": directories(Path("/state of ${EPOCH}/pbx"))},
    ],
)
def test_a_value_that_would_break_out_of_its_line_is_refused(changes):
    with pytest.raises(Unfit):
        render(dataclasses.replace(WHOLE, **changes))


def test_a_refused_secret_is_not_shown():
    with pytest.raises(Unfit) as refusal:
        render(dataclasses.replace(WHOLE, ami_secret="hush\nhush"))
    assert "hush" not in str(refusal.value)

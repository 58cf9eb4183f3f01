"""What an administrator sees when he types a command."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from db.store import Store
from routing.model import (
    AgentId,
    Callback,
    CallbackId,
    CallbackState,
    CallEnding,
    CallId,
    Direction,
    Language,
    LinkRequest,
    Subject,
)
from routing.record import AgentTalk, Audit, CallRecord, TraceLine
from server import health
from server.cli import app
from server.commands.group import hoisted
from server.control import Control, follow
from server.health import Grade

BEGAN = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
SOUND = "centre: {name: {ar: A, zgh: Z, fr: F}}\n"
ANSWERED = CallRecord(
    id=CallId("1763888400.7"),
    version=5,
    direction=Direction.INBOUND,
    caller="+212612345678",
    dialled="2000",
    started_at=BEGAN,
    language=Language.TAMAZIGHT,
    subject=Subject("funding"),
    agent=AgentId("idir"),
    answered_at=BEGAN + timedelta(seconds=1),
    queued_at=BEGAN + timedelta(seconds=20),
    connected_at=BEGAN + timedelta(seconds=32),
    talk_ended_at=BEGAN + timedelta(seconds=122),
    ended_at=BEGAN + timedelta(seconds=123),
    ending=CallEnding.ANSWERED,
)
ABANDONED = CallRecord(
    id=CallId("1763888500.9"),
    version=1,
    direction=Direction.INBOUND,
    caller=None,
    dialled="2000",
    started_at=BEGAN + timedelta(seconds=100),
    ended_at=BEGAN + timedelta(seconds=101),
    ending=CallEnding.ABANDONED,
)
PROMISE = Callback(
    id=CallbackId("482913"),
    number="+212698765432",
    language=Language.ARABIC,
    subject=Subject("legal"),
    asked_at=BEGAN,
    not_before=BEGAN + timedelta(hours=1),
    promised_until=BEGAN + timedelta(hours=3),
    asked_in=CallId("1763888500.9"),
)

LINK = LinkRequest(
    id="1763888400.7-petitions",
    number="+212612345678",
    language=Language.TAMAZIGHT,
    article="petitions",
    asked_at=BEGAN,
    asked_in=ANSWERED.id,
)


PART = AgentTalk(
    id="1763888400.7-1",
    version=2,
    call=ANSWERED.id,
    agent=AgentId("idir"),
    outside=None,
    began_at=BEGAN + timedelta(seconds=32),
    ended_at=BEGAN + timedelta(seconds=122),
    hold_seconds=20.0,
    ended_by="caller",
)
OVERHEARD = Audit(
    id="1763888444.1-0",
    version=3,
    who="hind",
    did="overhear",
    whom="idir",
    call=ANSWERED.id,
    began_at=BEGAN + timedelta(seconds=40),
    ended_at=BEGAN + timedelta(seconds=115),
    detail="listen 0, whisper 12.5",
)


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """A centre that has run: two calls, one of them traced, and two promises, one of them kept."""

    async def fill() -> None:
        store = Store(f"sqlite:///{tmp_path}/mowakaba.db")
        kept = replace(PROMISE, id=CallbackId("100001"), state=CallbackState.REACHED)
        trace = TraceLine(ANSWERED.id, 1, BEGAN + timedelta(seconds=20), "caller queued", {"language": "zgh"})
        why = "asked 3:00 ago, longest of those a free agent can serve (1 in line)"
        rung = TraceLine(CallId("callback-482913-2"), 2, BEGAN, "agent rung", {"agent": "idir", "why": why})
        other = replace(rung, call=CallId("callback-4829131-2"), what="of another promise")
        await store.write([ANSWERED, ABANDONED, trace, PROMISE, kept, LINK, rung, other, PART, OVERHEARD])
        await store.close()

    asyncio.run(fill())
    return tmp_path


def typed(*words: object) -> Result:
    return CliRunner().invoke(
        app, [str(word) for word in words], env={"MOWAKABA_CONFIG": None, "COLUMNS": "240"}
    )


def printed(*words: object) -> str:
    answer = typed(*words)
    assert answer.exit_code == 0, answer.output
    return answer.stdout


# ---- everywhere ----


def test_config_and_state_may_stand_anywhere() -> None:
    assert hoisted(["calls", "--state", "X", "--json", "--config=Y"]) == [
        "--state",
        "X",
        "--config=Y",
        "calls",
        "--json",
    ]
    assert hoisted(["say", "--", "--state", "X"]) == ["say", "--", "--state", "X"]
    assert hoisted(["calls", "--state"]) == ["calls", "--state"]


def test_a_broken_configuration_is_told_without_a_traceback(tmp_path: Path) -> None:
    broken = tmp_path / "mine.yaml"
    broken.write_text(SOUND + "desk: {wrap_up: ten}\ndsk: {}\n")
    for command in (["check"], ["hours"], ["calls"], ["callbacks"], ["trace", "1"], ["render"], ["doctor"]):
        answer = typed(*command, "--config", broken)
        assert answer.exit_code == 2
        assert answer.stderr.splitlines() == [
            'mine.yaml:2: desk.wrap_up: "ten" is not a duration; write 10s or 1m30s',
            "mine.yaml:3: dsk: is not a section; did you mean desk?",
        ]
        assert answer.stdout == ""


def test_the_environment_names_the_configuration_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOWAKABA_CONFIG", str(tmp_path / "nowhere.yaml"))
    answer = CliRunner().invoke(app, ["check"])
    assert answer.exit_code == 2
    assert "nowhere.yaml: is not there; name the file with --config" in answer.stderr


# ---- check ----


def test_check_shows_the_next_fourteen_days() -> None:
    told = printed("check", "--from", "2026-11-16")
    assert "center.yaml: fine" in told
    days = [line.split() for line in told.splitlines() if line.startswith("2026-11-")]
    assert len(days) == 14
    assert days[0] == ["2026-11-16", "Monday", "08:30-16:30"]
    assert days[2] == ["2026-11-18", "Wednesday", "closed", "Independence", "Day", "(fixed)"]
    assert days[5] == ["2026-11-21", "Saturday", "closed", "weekend"]


def test_check_says_which_days_are_estimated() -> None:
    told = printed("check", "--from", "2027-03-01")
    assert "2027-03-09  Tuesday    closed       Eid al-Fitr (estimated)" in told
    assert "to be confirmed in center.yaml (hours.holidays.confirmed): 2027-03-09 Eid al-Fitr" in told
    days = json.loads(printed("check", "--from", "2027-03-09", "--json"))["days"]
    assert days[0] == {
        "day": "2027-03-09",
        "weekday": "Tuesday",
        "hours": [],
        "why": "Eid al-Fitr (estimated)",
        "holiday": "Eid al-Fitr",
        "certainty": "estimated",
    }


def test_a_caller_whose_number_no_telephone_takes_is_told(tmp_path: Path) -> None:
    answer = typed("call", "--caller", '"><', "--state", tmp_path)
    assert answer.exit_code == 1
    assert answer.stderr.startswith('""><" cannot call; write letters and digits')


def test_check_warns_and_is_still_fine(tmp_path: Path) -> None:
    file = tmp_path / "center.yaml"
    file.write_text(SOUND)
    told = printed("check", "--config", file)
    assert "warning: center.yaml: agents: nobody speaks Arabic" in told
    assert "fine" in told


def test_the_doctor_names_the_key_of_what_is_doubtful_in_the_configuration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "center.yaml"
    file.write_text(SOUND)
    monkeypatch.setattr("server.health.examine", lambda *_: ())
    assert "warn  configuration: agents: nobody speaks Arabic" in printed("doctor", "--config", file)


def test_a_name_that_the_voice_cannot_say_well_is_a_warning(tmp_path: Path) -> None:
    file = tmp_path / "center.yaml"
    file.write_text("centre: {name: {ar: مركز, zgh: ⴰⵎⵎⴰⵙ, fr: Centre 2}}\n")
    told = printed("check", "--config", file)
    vowels = "has words without vowel signs: مركز; a voice would leave the vowels out"
    assert f"warning: center.yaml: centre.name.ar: {vowels}" in told
    assert "centre.name.fr: has the digit 2; write the number in words" in told
    assert "centre.name.zgh" not in told
    warnings = json.loads(printed("check", "--json", "--config", file))["warnings"]
    assert "centre.name.ar" in [warning["key"] for warning in warnings]


def test_the_centre_s_own_name_is_said(tmp_path: Path) -> None:
    file = tmp_path / "center.yaml"
    file.write_text("centre: {name: {ar: مَرْكَزٌ, zgh: ⴰⵎⵎⴰⵙ, fr: Maison des associations}}\n")
    assert printed("say", "fr", "centre.name", "--config", file).strip() == "Maison des associations"
    assert printed("say", "fr", "centre.controller", "--config", file).strip() == "Maison des associations"


def test_check_tells_mistakes_to_programs(tmp_path: Path) -> None:
    file = tmp_path / "center.yaml"
    file.write_text(SOUND + "desk: {wrap_up: ten}\n")
    answer = typed("check", "--json", "--config", file)
    assert answer.exit_code == 2
    assert json.loads(answer.stdout) == {
        "fine": False,
        "mistakes": [
            {
                "file": "center.yaml",
                "line": 2,
                "variable": None,
                "key": "desk.wrap_up",
                "what": '"ten" is not a duration',
                "mend": "write 10s or 1m30s",
            }
        ],
    }


# ---- calls, traces, promises ----


def test_a_call_as_programs_read_it(state: Path) -> None:
    newest, oldest = json.loads(printed("calls", "--json", "--state", state))
    assert newest["id"] == "1763888500.9"
    assert oldest == {
        "id": "1763888400.7",
        "direction": "in",
        "caller": "+212612345678",
        "dialled": "2000",
        "language": "zgh",
        "subject": "funding",
        "agent": "idir",
        "started_at": "2026-11-23T09:00:00+00:00",
        "answered_at": "2026-11-23T09:00:01+00:00",
        "queued_at": "2026-11-23T09:00:20+00:00",
        "connected_at": "2026-11-23T09:00:32+00:00",
        "ended_at": "2026-11-23T09:02:03+00:00",
        "ending": "answered",
        "wait_seconds": 12.0,
        "talk_seconds": 90.0,
        "hold_seconds": 0.0,
        "callback": None,
        "outcome": None,
        "satisfaction": None,
    }


def test_the_table_masks_numbers_unless_asked(state: Path) -> None:
    told = printed("calls", "--state", state)
    assert "+212*******78" in told
    assert "12345" not in told
    assert "0:12" in told
    assert "1:30" in told
    assert "+212612345678" in printed("calls", "--state", state, "--full-numbers")


def test_calls_can_be_narrowed(state: Path) -> None:
    def ids(*options: str) -> list[str]:
        return [call["id"] for call in json.loads(printed("calls", "--json", "--state", state, *options))]

    assert ids("--ending", "abandoned") == ["1763888500.9"]
    assert ids("--agent", "idir") == ["1763888400.7"]
    assert ids("--limit", "1") == ["1763888500.9"]
    assert ids("--since", "2026-11-23T09:01+00:00") == ["1763888500.9"]
    assert ids("--until", "2026-11-23T09:01") == ["1763888400.7"]
    wrong = typed("calls", "--state", state, "--ending", "happy")
    assert wrong.exit_code == 2
    assert "is not an ending" in wrong.stderr
    assert "is not a moment" in typed("calls", "--since", "yesterday", "--state", state).stderr


def test_a_trace_shows_who_talked_and_how_long_she_was_on_hold(state: Path) -> None:
    told = printed("trace", "1763888400.7", "--state", state)
    last = told.splitlines()[-1]
    assert "idir" in last
    assert "0:20" in last
    (part,) = json.loads(printed("trace", "1763888400.7", "--json", "--state", state))["talks"]
    assert (part["agent"], part["hold_seconds"], part["ended_by"]) == ("idir", 20.0, "caller")


def test_who_was_with_whose_conversation_can_be_asked(state: Path) -> None:
    told = printed("audit", "--state", state)
    for word in ("hind", "idir", "1763888400.7", "1:15", "whisper 12.5"):
        assert word in told
    (row,) = json.loads(printed("audit", "--json", "--state", state))
    assert (row["who"], row["whom"], row["seconds"]) == ("hind", "idir", 75.0)
    assert printed("audit", "--since", "2026-11-24", "--state", state) == "nobody was overheard\n"


def test_a_trace_is_found_by_the_beginning_of_its_id(state: Path) -> None:
    told = printed("trace", "17638884", "--state", state)
    assert "ending answered" in told
    assert "+20.000 s" in told
    assert "caller queued" in told
    assert "language=zgh" in told
    as_data = json.loads(printed("trace", "1763888400.7", "--json", "--state", state))
    assert as_data["ending"] == "answered"
    assert as_data["trace"] == [
        {"seq": 1, "at": "2026-11-23T09:00:20+00:00", "what": "caller queued", "facts": {"language": "zgh"}}
    ]


def test_the_trace_of_a_promise_tells_who_was_rung_and_why(state: Path) -> None:
    told = printed("trace", "482913", "--state", state)
    assert "promise 482913" in told
    assert "agent=idir" in told
    assert "of another promise" not in told
    as_data = json.loads(printed("trace", "482913", "--json", "--state", state))
    assert [line["what"] for line in as_data["trace"]] == ["agent rung"]
    assert as_data["trace"][0]["facts"]["why"].startswith("asked 3:00 ago")


def test_a_trace_that_is_not_one(state: Path) -> None:
    nobody = typed("trace", "42", "--state", state)
    assert (nobody.exit_code, nobody.stderr) == (1, "there is no call 42; see: mowakaba calls\n")
    several = typed("trace", "17", "--state", state)
    assert several.exit_code == 1
    assert "several calls begin with 17" in several.stderr


def test_promises_still_to_be_kept(state: Path) -> None:
    (promise,) = json.loads(printed("callbacks", "--json", "--state", state))
    assert promise["id"] == "482913"
    assert promise["number"] == "+212698765432"
    assert promise["not_before"] == "2026-11-23T10:00:00+00:00"
    assert len(json.loads(printed("callbacks", "--all", "--json", "--state", state))) == 2
    told = printed("callbacks", "--state", state)
    assert "482913" in told
    assert "98765" not in told


def test_links_to_send_and_that_they_are_sent(state: Path) -> None:
    id_ = "1763888400.7-petitions"
    (link,) = json.loads(printed("requests", "--json", "--state", state))
    assert (link["id"], link["number"], link["state"]) == (id_, "+212612345678", "open")
    assert "12345" not in printed("requests", "--state", state)
    (sent,) = json.loads(printed("requests", "--sent", id_, "--json", "--state", state))
    assert sent["state"] == "sent"
    assert sent["sent_at"] is not None
    assert json.loads(printed("requests", "--json", "--state", state)) == []
    (again,) = json.loads(printed("requests", "--all", "--json", "--state", state))
    assert again == sent
    assert json.loads(printed("requests", "--sent", id_, "--json", "--state", state)) == [sent]
    nothing = typed("requests", "--sent", "42", "--state", state)
    told = "there is no request 42; `mowakaba requests` lists them\n"
    assert (nothing.exit_code, nothing.stderr) == (1, told)


def test_a_centre_that_has_not_run_has_no_calls_and_gets_no_file(tmp_path: Path) -> None:
    assert printed("calls", "--state", tmp_path / "new") == "no calls\n"
    assert json.loads(printed("callbacks", "--json", "--state", tmp_path)) == []
    assert list(tmp_path.iterdir()) == []


def test_a_database_that_is_gone_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    monkeypatch.setenv("MOWAKABA_DATABASE__URL", f"postgresql://me:hush@127.0.0.1:{port}/calls")
    answer = typed("calls")
    assert answer.exit_code == 1
    assert "see that PostgreSQL runs" in answer.stderr
    assert "hush" not in answer.output


# ---- doctor ----


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def test_a_port_in_use_fails_and_names_the_setting(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MOWAKABA_PBX__AMI_PORT", str(free_port()))
    with socket.create_server(("127.0.0.1", 0)) as taken:
        monkeypatch.setenv("MOWAKABA_PBX__SIP_PORT", str(taken.getsockname()[1]))
        answer = typed("doctor", "--json", "--state", tmp_path)
    assert answer.exit_code == 1
    (failed,) = [
        one for one in json.loads(answer.stdout) if one["grade"] == "fail" and "port" in one["about"]
    ]
    assert "is in use" in failed["what"]
    assert "pbx.sip_port" in failed["mend"]


def test_a_state_folder_that_refuses(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert health.state_folder(tmp_path).grade is Grade.OK
    assert health.state_folder(tmp_path / "a/b").what.endswith("can be made")
    monkeypatch.chdir(tmp_path.parent)
    assert health.state_folder(Path(tmp_path.name)).what == f"{tmp_path} can be written"
    refusing = health.state_folder(Path("/proc/1/mwk"))
    assert refusing.grade is Grade.FAIL
    assert "--state" in refusing.mend


@pytest.mark.parametrize(("free", "grade"), [(5 * 10**9, "ok"), (5 * 10**8, "warn"), (10**8, "fail")])
def test_disk_space(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, free: int, grade: str) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: type("Usage", (), {"free": free}))
    assert health.disk(tmp_path).grade == grade


@pytest.mark.parametrize(
    ("answer", "grade"),
    [("Asterisk 22.10.1~dfsg", "ok"), ("Asterisk 22.10.0", "warn"), ("Asterisk 23.1.0", "ok"), ("", "fail")],
)
def test_asterisk_s_version(monkeypatch: pytest.MonkeyPatch, answer: str, grade: str) -> None:
    monkeypatch.setattr(health, "_answer", lambda *_: answer)
    assert health.asterisk().grade == grade


def test_the_database_in_the_eyes_of_the_doctor(
    state: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    assert health.database(f"sqlite:///{state}/mowakaba.db").grade is Grade.OK
    elsewhere = tmp_path_factory.mktemp("other")
    new = health.database(f"sqlite:///{elsewhere}/new.db")
    assert (new.grade, new.what) == (Grade.OK, f"{elsewhere}/new.db will be made at the first start")
    (elsewhere / "bad.db").write_bytes(b"not a database" * 100)
    bad = health.database(f"sqlite:///{elsewhere}/bad.db")
    assert bad.grade is Grade.FAIL
    assert "not a database" in bad.what
    (elsewhere / "empty.db").touch()
    assert health.database(f"sqlite:///{elsewhere}/empty.db").grade is Grade.WARN


@pytest.mark.parametrize(
    ("link", "trouble", "grade", "says"),
    [
        (True, None, "ok", "2 calls, open until Monday 16:30"),
        (False, None, "fail", "is not connected to Asterisk"),
        (True, "NO TRUNK takes calls", "warn", "NO TRUNK takes calls"),
    ],
)
async def test_the_doctor_asks_the_centre_that_runs(
    tmp_path: Path, link: bool, trouble: str | None, grade: str, says: str
) -> None:
    async def status(_: dict[str, object]) -> dict[str, object]:
        return {
            "link": link,
            "callbacks_trouble": trouble,
            "calls": 2,
            "hours_in_words": "open until Monday 16:30",
        }

    assert await asyncio.to_thread(lambda: list(health.running(tmp_path))) == [], "none runs"
    control = Control(tmp_path, {"status": status}, nobody_follows)
    await control.start()
    try:
        (found,) = await asyncio.to_thread(lambda: list(health.running(tmp_path)))
    finally:
        await control.close()
    assert (found.grade, found.what) == (grade, says)


async def nobody_follows() -> AsyncIterator[object]:
    return
    yield


async def test_who_follows_is_let_go_when_the_controller_ends(tmp_path: Path) -> None:
    followed = asyncio.Event()

    async def for_ever() -> AsyncIterator[object]:
        followed.set()
        yield {"what": "first"}
        await asyncio.Event().wait()

    before = asyncio.all_tasks()
    control = Control(tmp_path, {}, for_ever)
    await control.start()
    seen = [item async for item in _until_closed(control, follow(tmp_path))]
    assert followed.is_set()
    assert seen == [{"what": "first"}]
    assert asyncio.all_tasks() == before


async def _until_closed(control: Control, items: AsyncIterator[object]) -> AsyncIterator[object]:
    """What a follower sees; the controller ends after the first of it."""
    async for item in items:
        yield item
        await control.close()

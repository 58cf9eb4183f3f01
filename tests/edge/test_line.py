"""The line against a wire that only writes down what is sent."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio

from dialplan import names
from ivr.call import AgentPhone, CallerHungUp, Keys, Missed, Person, Question, Silence, TalkEnd
from ivr.call_log import CallLog
from ivr.prompts import Phrase, PromptMissing, phrase
from pbx.agi import UNKNOWN, parse_answer
from pbx.aside import comes_beside
from pbx.asking import READ_ENDS_WITHIN
from pbx.events import (
    AgiDone,
    AgiEnded,
    DialBegan,
    DialEnded,
    HangUpAsked,
    KeyPressed,
    Leg,
    LegGone,
    PbxEvent,
    parse,
)
from pbx.line import Line
from pbx.listening import Ears
from pbx.message import parse as parse_message
from pbx.playing import MUSIC_AFTER
from pbx.sounds import LONGEST_LINE
from pbx.talks import LineTalk
from pbx.wire import MAX_LINE
from routing.events import MissReason
from routing.model import Agent, AgentId, Caller, CallId, Direction, Language
from routing.record import CallRecord, Record, TraceLine

FR = Language.FRENCH
HERS = Leg("PJSIP/trunk-1", "100.1", "100.1")
HIS = Leg("PJSIP/101-2", "100.2", "100.1")
AMAL = Agent(AgentId("amal"), "Amal", "101", (FR,), frozenset())
RING = timedelta(seconds=20)
SECRET = "0612345678"


@dataclass
class Wire:
    """Everything posted, in order."""

    posts: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    refuse: Callable[[], None] = lambda: None
    """Refuses the last command, as Asterisk does for a channel that is gone."""

    def post(self, action: str, headers: Mapping[str, str], /) -> None:
        self.posts.append((action, dict(headers)))

    def post_watched(self, action: str, headers: Mapping[str, str], on_refused: Callable[[], None]) -> None:
        self.refuse = on_refused
        self.post(action, headers)

    @property
    def commands(self) -> list[str]:
        return [headers["Command"] for action, headers in self.posts if action == "AGI"]

    def set(self, variable: str) -> list[str]:
        return [
            headers["Value"]
            for action, headers in self.posts
            if action == "Setvar" and headers["Variable"] == variable
        ]

    @property
    def cuts(self) -> int:
        return sum(
            headers.get("Control") == "stop" for action, headers in self.posts if action == "ControlPlayback"
        )

    @property
    def hung_up(self) -> list[str]:
        return [headers["Channel"] for action, headers in self.posts if action == "Hangup"]


class Sounds:
    """One file per phrase; `missing` ones have none; `slow` ones wait."""

    def __init__(self) -> None:
        self.missing: set[str] = set()
        self.ready: asyncio.Event | None = None
        self.folder = "/s"

    async def sounds(self, language: Language, *phrases: Phrase) -> tuple[str, ...]:
        if self.ready is not None:
            await self.ready.wait()
        for one in phrases:
            if one.key in self.missing:
                raise PromptMissing(one.key)
        return tuple(f"{self.folder}/{language}/{one.key}" for one in phrases)

    def text(self, language: Language, phrase: Phrase) -> str:
        return phrase.key


class Outside:
    caller_id = "+212537000000"

    def dial_string(self, number: str) -> str | None:
        return f"PJSIP/{number}@trunk-1" if number.startswith("+212") else None


@dataclass
class Kept:
    records: list[Record] = field(default_factory=list)

    def record(self, record: Record) -> None:
        self.records.append(record)


class Story:
    """A line and its wire."""

    def __init__(self, ears: Ears | None = None) -> None:
        self.wire, self.sounds, self.kept = Wire(), Sounds(), Kept()
        began = datetime(2026, 11, 23, 10, tzinfo=UTC)
        record = CallRecord(CallId("100.1"), 1, Direction.INBOUND, None, "2000", began)
        self.line = Line(
            self.wire,
            HERS,
            caller=Caller(None),
            dialled="2000",
            arrived_at=began,
            log=CallLog(self.kept, record, lambda: began),
            prompts=self.sounds,
            outside=Outside(),
            ears=ears,
        )

    def tells(self, *events: PbxEvent) -> None:
        for event in events:
            self.line.take(event)

    def keys(self, keys: str) -> None:
        self.tells(*(KeyPressed(HERS, key) for key in keys))

    def done(self, command: str, result: str = "200 result=0") -> PbxEvent:
        """The answer to the last command that begins so."""
        found = [
            headers["CommandID"]
            for action, headers in self.wire.posts
            if action == "AGI" and headers["Command"].startswith(command)
        ]
        return AgiDone(HERS, found[-1], result)

    async def sent(self, command: str, times: int = 1) -> None:
        """Until this has been sent so often."""
        for _ in range(200):
            if sum(one.startswith(command) for one in self.wire.commands) >= times:
                return
            await asyncio.sleep(0)
        raise AssertionError(f"{command} was not sent: {self.wire.commands}")


@pytest_asyncio.fixture
async def story() -> AsyncIterator[Story]:
    told = Story()
    yield told
    told.line.close()
    await asyncio.sleep(0)
    mine = asyncio.current_task()
    assert [task for task in asyncio.all_tasks() if task is not mine and not task.done()] == []
    for record in told.kept.records:
        if isinstance(record, TraceLine):
            assert all(SECRET not in fact and SECRET[1:] not in fact for fact in record.facts.values())


def asks(story: Story, question: Question | None = None) -> "asyncio.Task[object]":
    return asyncio.ensure_future(story.line.ask(question or Question((phrase("menu"),)), FR))


# ---- keys


async def test_a_key_answers_at_once_without_waiting_for_asterisk(story: Story) -> None:
    asked = asks(story)
    await story.sent("EXEC Read")
    story.keys("3")
    assert await asked == Keys("3")


async def test_every_command_is_followed_by_its_wake_up(story: Story) -> None:
    asked = asks(story)
    await story.sent("EXEC Read")
    (agi, read), (wake, control) = story.wire.posts
    assert (agi, wake) == ("AGI", "ControlPlayback")
    assert read["Command"] == "EXEC Read MWK_READ,/s/fr/menu,1,,1,5"
    assert control["Control"] == "reverse"
    story.keys("1")
    await asked


async def test_keys_ahead_answer_without_a_question(story: Story) -> None:
    story.keys("31")
    assert await asks(story) == Keys("3")
    assert await asks(story) == Keys("1")
    assert story.wire.posts == []


async def test_a_key_while_the_sounds_are_made_leaves_the_question_unasked(story: Story) -> None:
    story.sounds.ready = asyncio.Event()
    asked = asks(story)
    await asyncio.sleep(0)
    story.keys("2")
    story.sounds.ready.set()
    assert await asked == Keys("2")
    assert story.wire.commands == []


async def test_a_question_that_began_behind_the_key_is_cut(story: Story) -> None:
    asked = asks(story)
    await story.sent("EXEC Read")
    story.keys("1")
    assert await asked == Keys("1")
    assert story.wire.cuts == 0
    await asyncio.sleep(READ_ENDS_WITHIN + 0.05)
    assert story.wire.cuts == 1


async def test_a_question_of_several_prompts_is_cut_until_it_has_ended(story: Story) -> None:
    """Read goes on with its next file after a cut."""
    asked = asks(story)
    await story.sent("EXEC Read")
    story.keys("1")
    assert await asked == Keys("1")
    await asyncio.sleep(2 * READ_ENDS_WITHIN + 0.2)
    assert story.wire.cuts >= 2
    story.tells(story.done("EXEC Read"))
    await asyncio.sleep(0)
    before = story.wire.cuts
    await asyncio.sleep(2 * READ_ENDS_WITHIN)
    assert story.wire.cuts == before


async def test_a_question_that_the_key_has_ended_is_not_cut(story: Story) -> None:
    asked = asks(story)
    await story.sent("EXEC Read")
    story.keys("1")
    story.tells(story.done("EXEC Read"))
    assert await asked == Keys("1")
    await asyncio.sleep(READ_ENDS_WITHIN + 0.05)
    assert story.wire.cuts == 0


async def test_silence_is_silence_whatever_asterisk_answers(story: Story) -> None:
    for answer in ("200 result=0", "200 result=-1", "510 Invalid or unknown command", "", "\x00?", "200"):
        asked = asks(story)
        await asyncio.sleep(0)
        story.tells(story.done("EXEC Read", answer))
        assert await asked == Silence()


async def test_keys_of_the_other_leg_are_not_hers(story: Story) -> None:
    asked = asks(story)
    await story.sent("EXEC Read")
    story.tells(KeyPressed(HIS, "9"))
    story.keys("1")
    assert await asked == Keys("1")


async def test_a_number_ends_with_the_square_or_its_last_digit_or_a_silence(story: Story) -> None:
    number = Question((phrase("key_number"),), most=10, next_key=timedelta(milliseconds=20))
    story.keys("061#")
    assert await asks(story, number) == Keys("061")
    story.keys(SECRET)
    assert await asks(story, number) == Keys(SECRET)
    story.keys("06")
    assert await asks(story, number) == Keys("06")
    story.keys("#")
    assert await asks(story, number) == Silence()


async def test_a_stuck_key_fills_no_memory(story: Story) -> None:
    story.keys("5" * 1000)
    assert len(story.line._keys) <= 64


async def test_keys_of_a_conversation_are_not_kept(story: Story) -> None:
    talk = await _answered(story)
    story.keys("123")
    story.tells(story.done("GOSUB"))
    assert await talk.ended() is TalkEnd.AGENT
    assert not story.line._keys


# ---- saying


async def test_an_announcement_that_is_cancelled_is_cut(story: Story) -> None:
    said = asyncio.ensure_future(story.line.say(phrase("queue.next"), in_=FR))
    await story.sent("EXEC Playback")
    said.cancel()
    await asyncio.gather(said, return_exceptions=True)
    assert story.wire.cuts == 1


async def test_nothing_more_of_an_announcement_is_sent_when_it_was_cancelled(story: Story) -> None:
    said = asyncio.ensure_future(story.line.say(phrase("queue.next"), phrase("goodbye"), in_=FR))
    await story.sent("EXEC Playback")
    said.cancel()
    await asyncio.gather(said, return_exceptions=True)
    story.tells(story.done("EXEC Playback"))
    await asyncio.sleep(0)
    assert story.wire.commands == ["EXEC Playback /s/fr/queue.next"]


async def test_a_missing_prompt_is_left_out_and_noted(story: Story) -> None:
    story.sounds.missing = {"welcome"}
    said = asyncio.ensure_future(story.line.say(phrase("welcome"), phrase("goodbye"), in_=FR))
    await story.sent("EXEC Playback /s/fr/goodbye")
    story.tells(story.done("EXEC Playback"))
    await said
    assert "prompt missing" in [line.what for line in story.kept.records if isinstance(line, TraceLine)]


async def test_a_question_without_any_sound_still_waits_for_a_key(story: Story) -> None:
    story.sounds.missing = {"menu"}
    asked = asks(story)
    await story.sent("EXEC Read MWK_READ,,1,,1,5")
    story.keys("4")
    assert await asked == Keys("4")


async def test_a_long_menu_in_a_deep_folder_never_exceeds_a_line_of_asterisks(story: Story) -> None:
    story.sounds.folder = "/srv/" + "a-long-name/" * 12
    question = Question(tuple(phrase(f"menu.subject.{n}") for n in range(12)))
    asked = asks(story, question)
    heard: list[str] = []
    while not asked.done():
        before = len(story.wire.commands)
        while len(story.wire.commands) == before and not asked.done():
            await asyncio.sleep(0)
            if story.wire.commands[len(heard) :]:
                break
        if asked.done():
            break
        command = story.wire.commands[-1]
        assert len(f"Command: {command}".encode()) <= MAX_LINE
        heard.append(command)
        story.tells(story.done("EXEC Read"))
        for _ in range(5):
            await asyncio.sleep(0)
    assert await asked == Silence()
    assert len(heard) > 1
    assert sum(command.count("menu.subject.") for command in heard) == 12
    assert LONGEST_LINE < MAX_LINE


async def test_music_is_asked_for_once_and_again_after_an_announcement(story: Story) -> None:
    await story.line.music()
    await asyncio.sleep(2 * MUSIC_AFTER)
    story.tells(story.done("SET MUSIC"))
    await story.line.music()
    said = asyncio.ensure_future(story.line.say(phrase("queue.next"), in_=FR))
    await story.sent("EXEC Playback")
    assert story.wire.commands.count("SET MUSIC ON default") == 1
    story.tells(story.done("EXEC Playback"))
    await said
    await story.line.music()
    await asyncio.sleep(2 * MUSIC_AFTER)
    assert story.wire.commands.count("SET MUSIC ON default") == 2


async def test_who_is_told_something_at_once_hears_no_beginning_of_music_before_it(story: Story) -> None:
    await story.line.music()
    said = asyncio.ensure_future(story.line.say(phrase("queue.next"), in_=FR))
    await story.sent("EXEC Playback")
    await asyncio.sleep(2 * MUSIC_AFTER)
    story.tells(story.done("EXEC Playback"))
    await said
    assert not any(command.startswith("SET MUSIC") for command in story.wire.commands)


# ---- ringing


async def _rings(story: Story, whom: AgentPhone | Person | None = None) -> "asyncio.Task[LineTalk | Missed]":
    before = sum(one.startswith("GOSUB") for one in story.wire.commands)
    ringing = asyncio.ensure_future(story.line.ring(whom or AgentPhone(AMAL, "FR legal"), RING))
    await story.sent("GOSUB", before + 1)
    return ringing


async def _answered(story: Story) -> LineTalk:
    ringing = await _rings(story)
    story.tells(DialBegan(HERS, HIS), DialEnded(HERS, HIS, "ANSWER"))
    talk = await ringing
    assert isinstance(talk, LineTalk)
    return talk


async def test_an_agent_is_rung_by_his_extension_and_sees_why(story: Story) -> None:
    ringing = await _rings(story)
    assert story.wire.commands == [
        f'GOSUB {names.TALK} s 1 "PJSIP/101,20,m(default)U({names.IN_TALK}),FR legal"'
    ]
    story.tells(story.done("GOSUB"))
    assert await ringing == Missed(MissReason.UNREACHABLE, dialled=False)


async def test_nothing_that_is_remembered_of_an_offer_goes_before_the_ringing(story: Story) -> None:
    async def offered() -> LineTalk | Missed:
        await story.line.remember(agent="amal")
        return await story.line.ring(AgentPhone(AMAL, "FR legal"), RING)

    ringing = asyncio.ensure_future(offered())
    await story.sent("GOSUB")
    await asyncio.sleep(0)
    assert [action for action, _ in story.wire.posts] == ["AGI", "ControlPlayback", "Setvar"]
    assert story.wire.set("MWK_AGENT") == ["amal"]
    story.tells(story.done("GOSUB"))
    await ringing


async def test_that_a_person_is_dialled_is_remembered_before_she_is(story: Story) -> None:
    async def dialled() -> LineTalk | Missed:
        await story.line.remember(stage="dialling")
        return await story.line.ring(
            Person("+212612345678", phrase("callback.hello"), Language.TAMAZIGHT, "callback-481516-3"), RING
        )

    ringing = asyncio.ensure_future(dialled())
    await story.sent("GOSUB")
    assert [action for action, _ in story.wire.posts] == ["Setvar", "AGI", "ControlPlayback"]
    story.tells(story.done("GOSUB"))
    await ringing


REASONS = [
    ("BUSY", 486, MissReason.BUSY),
    ("CHANUNAVAIL", 603, MissReason.REFUSED),
    ("NOANSWER", 480, MissReason.UNREACHABLE),
    ("CHANUNAVAIL", 408, MissReason.UNREACHABLE),
    ("NOANSWER", 487, MissReason.NO_ANSWER),
    ("NOANSWER", None, MissReason.NO_ANSWER),
    ("CONGESTION", None, MissReason.UNREACHABLE),
    ("SOMETHING NEW", None, MissReason.NO_ANSWER),
]


@pytest.mark.parametrize(("status", "sip", "why"), REASONS)
@pytest.mark.parametrize("order", list(itertools.permutations(range(2))))
async def test_a_miss_has_its_true_reason_in_any_order_of_events(
    story: Story, status: str, sip: int | None, why: MissReason, order: tuple[int, ...]
) -> None:
    ringing = await _rings(story)
    story.tells(DialBegan(HERS, HIS))
    events: list[PbxEvent] = [DialEnded(HERS, HIS, status), LegGone(HIS, 16, sip)]
    story.tells(*(events[n] for n in order))
    story.tells(story.done("GOSUB"))
    assert await ringing == Missed(why)


async def test_the_reason_is_waited_for_when_the_end_of_dialling_is_told_before_it(story: Story) -> None:
    ringing = await _rings(story)
    story.tells(DialBegan(HERS, HIS), DialEnded(HERS, HIS, "NOANSWER"), story.done("GOSUB"))
    for _ in range(5):
        await asyncio.sleep(0)
    assert not ringing.done()
    story.tells(LegGone(HIS, 19, 480))
    assert await ringing == Missed(MissReason.UNREACHABLE)


async def test_who_ends_the_conversation(story: Story) -> None:
    talk = await _answered(story)
    story.tells(LegGone(HIS, 16, None), story.done("GOSUB"))
    assert await talk.ended() is TalkEnd.AGENT
    talk = await _answered(story)
    story.tells(HangUpAsked(HERS), LegGone(HIS, 16, None), LegGone(HERS, 16, None))
    assert await talk.ended() is TalkEnd.CALLER


@pytest.mark.parametrize(
    ("event", "cause", "lost"),
    [
        pytest.param("HangupRequest", "16", False, id="she-hangs-up"),
        pytest.param("SoftHangupRequest", "4", True, id="asterisk-restarts"),
        pytest.param("SoftHangupRequest", "16", False, id="her-telephone-vanishes"),
    ],
)
async def test_a_call_that_asterisk_ends_is_not_one_that_she_gave_up(
    story: Story, event: str, cause: str, lost: bool
) -> None:
    headers = {"Channel": HERS.channel, "Uniqueid": HERS.unique, "Linkedid": HERS.linked, "Cause": cause}
    lines = "\r\n".join(f"{name}: {value}" for name, value in {"Event": event, **headers}.items())
    told = parse(parse_message(lines.encode()))
    assert told is not None
    story.tells(told)
    assert story.line.lost is lost


async def test_an_offer_withdrawn_while_it_rings_is_nobodys_fault(story: Story) -> None:
    ringing = await _rings(story)
    story.tells(DialBegan(HERS, HIS))
    await story.line.withdraw()
    assert story.wire.hung_up == [HIS.channel]
    story.tells(LegGone(HIS, 16, 487), DialEnded(HERS, HIS, "NOANSWER"), story.done("GOSUB"))
    assert await ringing == Missed(MissReason.CALLER_GONE)
    assert not story.line.gone


async def test_an_offer_withdrawn_before_it_rings_does_not_go_on_ringing(story: Story) -> None:
    ringing = await _rings(story)
    await story.line.withdraw()
    assert story.wire.hung_up == []
    story.tells(DialBegan(HERS, HIS))
    assert story.wire.hung_up == [HIS.channel]
    story.tells(story.done("GOSUB"))
    assert await ringing == Missed(MissReason.CALLER_GONE)


async def test_nothing_is_withdrawn_when_nothing_rings(story: Story) -> None:
    await story.line.withdraw()
    talk = await _answered(story)
    await story.line.withdraw()
    assert story.wire.hung_up == []
    story.tells(story.done("GOSUB"))
    await talk.ended()


async def test_the_caller_goes_while_it_rings(story: Story) -> None:
    ringing = await _rings(story)
    story.tells(
        DialBegan(HERS, HIS), HangUpAsked(HERS), DialEnded(HERS, HIS, "CANCEL"), LegGone(HERS, 16, None)
    )
    with pytest.raises(CallerHungUp):
        await ringing


async def test_the_agent_answers_as_the_caller_hangs_up(story: Story) -> None:
    ringing = await _rings(story)
    story.tells(
        DialBegan(HERS, HIS), DialEnded(HERS, HIS, "ANSWER"), HangUpAsked(HERS), LegGone(HERS, 16, None)
    )
    talk = await ringing
    assert isinstance(talk, LineTalk)
    assert await talk.ended() is TalkEnd.CALLER


async def test_a_person_hears_who_calls_before_she_is_connected(story: Story) -> None:
    ringing = await _rings(
        story, Person("+212612345678", phrase("callback.hello"), Language.TAMAZIGHT, "callback-481516-3")
    )
    assert story.wire.commands[-1].endswith(
        '"PJSIP/+212612345678@trunk-1,20,A(/s/zgh/callback.hello)f(+212537000000)'
        'U(reached^16^callback-481516-3)"'
    )
    story.tells(story.done("GOSUB"))
    await ringing


async def test_a_number_no_trunk_carries_is_not_dialled(story: Story) -> None:
    assert isinstance(
        await story.line.ring(Person("+33612345678", phrase("x"), FR, "callback-481516-3"), RING), Missed
    )
    assert story.wire.commands == []


# ---- hang-up


WAITS = {
    "answer": lambda line: line.answer(),
    "say": lambda line: line.say(phrase("welcome"), in_=FR),
    "ask": lambda line: line.ask(Question((phrase("menu"),)), FR),
    "next_key": lambda line: line.next_key(),
    "ring": lambda line: line.ring(AgentPhone(AMAL, "x"), RING),
}


@pytest.mark.parametrize("ending", [HangUpAsked(HERS), AgiEnded(HERS), LegGone(HERS, 16, None)])
@pytest.mark.parametrize("wait", WAITS)
async def test_a_hang_up_is_raised_at_once_from_whatever_is_awaited(
    story: Story, wait: str, ending: PbxEvent
) -> None:
    waiting = asyncio.ensure_future(WAITS[wait](story.line))
    for _ in range(5):
        await asyncio.sleep(0)
    story.tells(ending)
    with pytest.raises(CallerHungUp):
        async with asyncio.timeout(0.5):
            await waiting


@pytest.mark.parametrize("wait", WAITS)
async def test_nothing_is_sent_to_a_channel_that_is_gone(story: Story, wait: str) -> None:
    story.tells(HangUpAsked(HERS), LegGone(HERS, 16, None))
    with pytest.raises(CallerHungUp):
        await WAITS[wait](story.line)
    await story.line.remember(stage="queue")
    story.line.push_switch()
    await story.line.hang_up()
    assert story.wire.commands == []
    assert story.wire.hung_up == []
    assert story.wire.set(names.V_STAGE) == []


@pytest.mark.parametrize("wait", [name for name in WAITS if name != "next_key"])
async def test_a_command_refused_by_asterisk_fails_at_once(story: Story, wait: str) -> None:
    waiting = asyncio.ensure_future(WAITS[wait](story.line))
    for _ in range(5):
        await asyncio.sleep(0)
    story.wire.refuse()
    with pytest.raises(CallerHungUp):
        async with asyncio.timeout(0.5):
            await waiting


async def test_a_hang_up_of_the_agents_leg_is_not_hers(story: Story) -> None:
    talk = await _answered(story)
    story.tells(HangUpAsked(HIS), AgiEnded(HIS), LegGone(HIS, 16, None))
    assert not story.line.gone
    story.tells(story.done("GOSUB"))
    assert await talk.ended() is TalkEnd.AGENT


async def test_a_channel_that_leaves_alive_went_to_the_fallback(story: Story) -> None:
    story.tells(AgiEnded(HERS))
    assert story.line.went_to_fallback
    story.tells(LegGone(HERS, 16, None))
    assert not story.line.went_to_fallback


# ---- after the link was lost


async def test_answers_lost_with_the_link_are_unknown_when_the_channel_speaks_up(story: Story) -> None:
    said = asyncio.ensure_future(story.line.say(phrase("welcome"), in_=FR))
    await story.sent("EXEC Playback")
    story.line.answers_lost()
    await story.sent("NOOP")
    assert not said.done()
    story.tells(story.done("NOOP"))
    await said


async def test_a_conversation_whose_end_was_lost_ends_without_blame(story: Story) -> None:
    talk = await _answered(story)
    ended = asyncio.ensure_future(talk.ended())
    story.line.answers_lost()
    await story.sent("NOOP")
    story.tells(story.done("NOOP"))
    assert await ended is TalkEnd.UNKNOWN


async def test_nothing_open_asks_nothing(story: Story) -> None:
    story.line.answers_lost()
    assert story.wire.posts == []


# ---- the switch


async def test_a_switch_pushed_a_moment_ago_is_not_pushed_again(story: Story) -> None:
    story.line.push_switch()
    story.line.push_switch()
    assert len(story.wire.set("TIMEOUT(absolute)")) == 1


async def test_the_switch_is_pushed_while_she_waits_and_not_while_people_talk(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pbx.line.SWITCH_FRESH", -1.0)

    def pushes() -> int:
        story.line.push_switch()
        return len(story.wire.set("TIMEOUT(absolute)"))

    assert pushes() == 1
    ringing = await _rings(story)
    assert pushes() == 1
    story.tells(DialBegan(HERS, HIS), DialEnded(HERS, HIS, "ANSWER"))
    talk = await ringing
    assert isinstance(talk, LineTalk)
    assert pushes() == 1
    story.tells(story.done("GOSUB"))
    await talk.ended()
    assert pushes() == 2
    assert story.wire.set("TIMEOUT(absolute)")[-1] == str(names.SWITCH_SECONDS)


# ---- answers


@pytest.mark.parametrize(
    "text",
    ["", " ", "200", "result=1", "200 result=", "200 result=abc", "520-Invalid", "\ufffd", "200 result=1 ("]
)  # fmt: skip
def test_an_odd_answer_is_an_answer_and_never_an_error(text: str) -> None:
    answer = parse_answer(text)
    assert answer is not UNKNOWN
    assert answer.code in (200, 500, 520)


async def test_an_answer_to_nothing_is_ignored(story: Story) -> None:
    story.tells(AgiDone(HERS, "", "200 result=0"), AgiDone(HERS, "unknown", "200 result=0"))


async def test_keys_are_in_no_trace(story: Story) -> None:
    number = Question((phrase("key_number"),), most=17)
    asked = asks(story, number)
    await story.sent("EXEC Read")
    story.keys(SECRET + "#")
    assert await asked == Keys(SECRET)
    await story.line.remember(stage="queue")
    facts = [line.facts for line in story.kept.records if isinstance(line, TraceLine)]
    assert facts
    assert not any(SECRET in fact for one in facts for fact in one.values())
    assert not any(SECRET in value for _, headers in story.wire.posts for value in headers.values())


# ---- recording


async def test_a_recording_begins_after_a_tone_and_ends_with_the_square(story: Story) -> None:
    recorded = asyncio.ensure_future(
        story.line.record("/spool of mine/take", timedelta(seconds=30), timedelta(seconds=4))
    )
    for command in ("EXEC Playtones", "EXEC Wait", "RECORD FILE"):
        await story.sent(command)
        story.tells(story.done(command))
    story.keys("5#1")
    await recorded
    assert story.wire.commands[-1] == 'RECORD FILE "/spool of mine/take" wav # 30000 s=4'
    assert await asks(story) == Keys("1"), "what was keyed before the end answers nothing, what follows does"


async def test_a_recording_that_is_played_back_stands_for_its_prompt(story: Story) -> None:
    asked = asks(story, Question((phrase("studio.heard"), Phrase("welcome", sound="/spool/take"))))
    await story.sent("EXEC Read MWK_READ,/s/fr/studio.heard&/spool/take,")
    story.keys("1")
    await asked


# ---- an agent's leg beside the line


async def test_an_agent_who_steps_out_as_she_hangs_up_hears_no_silence(story: Story) -> None:
    assert comes_beside(story.line, HIS, (names.APART, "consult"))
    story.line.take(HangUpAsked(HERS, by_pbx=False))
    story.line.take(LegGone(HERS, 16, None))
    assert story.wire.hung_up == [HIS.channel]


async def test_an_agent_who_steps_out_after_she_hung_up_is_not_kept(story: Story) -> None:
    story.line.take(HangUpAsked(HERS, by_pbx=False))
    assert not comes_beside(story.line, HIS, (names.APART, "pass"))

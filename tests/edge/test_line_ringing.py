"""The line rings a telephone, and somebody picks up or not."""

import asyncio
import itertools

import pytest

from dialplan import names
from ivr.call import AgentPhone, CallerHungUp, Missed, Person, TalkEnd
from ivr.prompts import phrase
from pbx.events import (
    DialBegan,
    DialEnded,
    HangUpAsked,
    LegGone,
    PbxEvent,
    parse,
)
from pbx.message import parse as parse_message
from pbx.talks import LineTalk
from routing.events import MissReason
from routing.model import Language
from tests.edge.line_story import AMAL, FR, HERS, HIS, RING, Story, answered, rings


async def test_an_agent_is_rung_by_his_extension_and_sees_why(story: Story) -> None:
    ringing = await rings(story)
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
    ringing = await rings(story)
    story.tells(DialBegan(HERS, HIS))
    events: list[PbxEvent] = [DialEnded(HERS, HIS, status), LegGone(HIS, 16, sip)]
    story.tells(*(events[n] for n in order))
    story.tells(story.done("GOSUB"))
    assert await ringing == Missed(why)


async def test_the_reason_is_waited_for_when_the_end_of_dialling_is_told_before_it(story: Story) -> None:
    ringing = await rings(story)
    story.tells(DialBegan(HERS, HIS), DialEnded(HERS, HIS, "NOANSWER"), story.done("GOSUB"))
    for _ in range(5):
        await asyncio.sleep(0)
    assert not ringing.done()
    story.tells(LegGone(HIS, 19, 480))
    assert await ringing == Missed(MissReason.UNREACHABLE)


async def test_who_ends_the_conversation(story: Story) -> None:
    talk = await answered(story)
    story.tells(LegGone(HIS, 16, None), story.done("GOSUB"))
    assert await talk.ended() is TalkEnd.AGENT
    talk = await answered(story)
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
    ringing = await rings(story)
    story.tells(DialBegan(HERS, HIS))
    await story.line.withdraw()
    assert story.wire.hung_up == [HIS.channel]
    story.tells(LegGone(HIS, 16, 487), DialEnded(HERS, HIS, "NOANSWER"), story.done("GOSUB"))
    assert await ringing == Missed(MissReason.CALLER_GONE)
    assert not story.line.gone


async def test_an_offer_withdrawn_before_it_rings_does_not_go_on_ringing(story: Story) -> None:
    ringing = await rings(story)
    await story.line.withdraw()
    assert story.wire.hung_up == []
    story.tells(DialBegan(HERS, HIS))
    assert story.wire.hung_up == [HIS.channel]
    story.tells(story.done("GOSUB"))
    assert await ringing == Missed(MissReason.CALLER_GONE)


async def test_nothing_is_withdrawn_when_nothingrings(story: Story) -> None:
    await story.line.withdraw()
    talk = await answered(story)
    await story.line.withdraw()
    assert story.wire.hung_up == []
    story.tells(story.done("GOSUB"))
    await talk.ended()


async def test_the_caller_goes_while_itrings(story: Story) -> None:
    ringing = await rings(story)
    story.tells(
        DialBegan(HERS, HIS), HangUpAsked(HERS), DialEnded(HERS, HIS, "CANCEL"), LegGone(HERS, 16, None)
    )
    with pytest.raises(CallerHungUp):
        await ringing


async def test_the_agent_answers_as_the_caller_hangs_up(story: Story) -> None:
    ringing = await rings(story)
    story.tells(
        DialBegan(HERS, HIS), DialEnded(HERS, HIS, "ANSWER"), HangUpAsked(HERS), LegGone(HERS, 16, None)
    )
    talk = await ringing
    assert isinstance(talk, LineTalk)
    assert await talk.ended() is TalkEnd.CALLER


async def test_a_person_hears_who_calls_before_she_is_connected(story: Story) -> None:
    ringing = await rings(
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

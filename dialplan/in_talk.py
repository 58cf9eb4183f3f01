"""What an agent may do in a conversation: hold, consult a colleague, pass the caller on. features.conf and contexts.

The keys stand on the agent's leg alone (`DYNAMIC_FEATURES`, set when he has picked up), never on the caller's: nothing
that she keys leads anywhere. The key that holds keeps his leg a member of the bridge, whose other side hears music,
until he presses another. The others take his leg out of the bridge into a context of its own, and her channel is back
with its flow. The dead-man's switch ends that, and she is in the fallback's line.
"""

from dialplan.names import (
    APART,
    CONSULT,
    HOLD,
    IN_TALK,
    JOIN,
    KEY_HOLD,
    KEY_PASS,
    KEY_TAKE_BACK,
    KEY_TOGETHER,
    KEYS_APART,
    MUSIC_CLASS,
    PASSED,
    REACHED,
    V_HOLD,
    V_STAGE,
    V_SWITCH,
    WHISPER,
)
from dialplan.plan import PbxPlan
from dialplan.steps import Context, context, extension
from dialplan.text import file, section, settings
from ivr.flows.aside import REMINDED_EVERY

KEYS = "Set(DYNAMIC_FEATURES=" + "#".join((HOLD, *KEYS_APART.values())) + ")"
KEYS_TO_ASK = {f"key-{key}": key for key in (KEY_PASS, KEY_TAKE_BACK, KEY_TOGETHER)}
CONSULTING = "Set(DYNAMIC_FEATURES=" + "#".join(KEYS_TO_ASK) + ")"
NO_KEYS = "Set(DYNAMIC_FEATURES=)"
SWITCH_OFF = "Set(TIMEOUT(absolute)=0)"
BETWEEN_KEYS = 2000  # milliseconds between `*` and the key that follows; until then the `*` is not passed on


def files(plan: PbxPlan) -> dict[str, str]:
    """features.conf."""
    general = section("general", *settings(featuredigittimeout=BETWEEN_KEYS))
    keys = section(
        "applicationmap",
        f"{HOLD} => {KEY_HOLD},self,Gosub({HOLD},s,1),{MUSIC_CLASS}",
        *(
            f"{wish} => {keys},self,ChannelRedirect(${{CHANNEL}},{APART},{wish},1)"
            for keys, wish in KEYS_APART.items()
        ),
        # Heard by the controller. Without a feature of its own the sound goes past Asterisk, and keys with it.
        *(f"{name} => {key},self,NoOp" for name, key in KEYS_TO_ASK.items()),
    )
    return {"features.conf": file(__name__, "the keys of a conversation", (general, keys))}


def contexts(plan: PbxPlan) -> list[Context]:
    """The contexts that belong to these keys."""
    switch = f"Set(TIMEOUT(absolute)={plan.switch_seconds})"
    armed = (f"Set({V_SWITCH}={plan.switch_seconds})", switch)
    return [
        # Not in `b()` of Dial: it would wait there for a frame of the caller's, 10 ms, before the telephone rings.
        context(
            IN_TALK,
            extension(
                "s",
                KEYS,
                f'GosubIf($["${{ARG1}}" != ""]?{WHISPER},s,1(${{ARG1}}))',
                f'GosubIf($["${{ARG2}}" != ""]?{REACHED},s,1(${{ARG2}},${{ARG3}}))',
                "Return()",
            ),
        ),
        # No switch: when one fires inside a feature, his leg leaves the bridge. The controller says what he hears, and
        # leaves; Asterisk itself waits for his key, so that he finds his way back to her without a controller too.
        context(
            HOLD,
            extension(
                "s",
                f"AGI(agi:async,{HOLD})",
                f'GotoIf($["${{{V_HOLD}}}" = ""]?back)',
                f"asks: Read(MWK_READ,${{{V_HOLD}}},1,,1,{REMINDED_EVERY.total_seconds():g})",
                'GotoIf($["${READSTATUS}" = "TIMEOUT"]?asks)',
                "back: Return()",
            ),
        ),
        context(
            APART,
            *(
                extension(wish, *armed, f"AGI(agi:async,{APART},{wish})", "Hangup()")
                for wish in KEYS_APART.values()
            ),
            extension("T", "Hangup()"),
        ),
        # He has other keys while he consults; who is consulted has none before she is with the caller.
        context(
            CONSULT,
            extension(
                "s",
                SWITCH_OFF,
                CONSULTING,
                'GotoIf($["${ARG4}" = ""]?dial)',
                "Set(CALLERID(name)=${ARG4})",
                f"dial: Dial(${{ARG1}},${{ARG2}},gF({PASSED}^${{ARG5}}^1)${{ARG3}})",
                KEYS,
                f"Set(TIMEOUT(absolute)=${{{V_SWITCH}}})",
                "Return()",
            ),
        ),
        context(
            PASSED,
            extension("agent", KEYS, "Goto(s,1)"),
            extension("outside", NO_KEYS, "Goto(s,1)"),
            extension("s", switch, f"AGI(agi:async,{PASSED})", "Hangup()"),
            extension("T", "Hangup()"),
        ),
        context(
            JOIN,
            extension(
                "s",
                SWITCH_OFF,
                "StopMusicOnHold()",  # Dial does it by itself, Bridge does not
                "Bridge(${ARG1},x)",
                f"Set({V_STAGE}=talk)",
                f"Set(TIMEOUT(absolute)=${{{V_SWITCH}}})",
                "Return()",
            ),
        ),
    ]

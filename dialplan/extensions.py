"""extensions.conf: every call becomes a question to the controller, and nobody waits for ever.

`AGI(agi:async,KIND,…)` hands the channel to the controller; a new call brings its checked number, the number it
dialled and whether it hears anything before the answer along, so that nobody has to ask. The dead-man's switch
is set before it: when nobody pushes the time forward, Asterisk leaves AGI and goes on at extension `T` of the
context, which leads to the fallback.
"""

from dialplan import fallback, in_talk
from dialplan.names import (
    ADOPT,
    BEEP,
    BREAK_KEYS,
    CALLED,
    CODE_BACK,
    CODE_BREAK,
    CODE_MORE_TIME,
    CODE_OUTCOME,
    CODE_OVERHEAR,
    CODE_SIGN_IN,
    CODE_SIGN_OUT,
    CODE_STUDIO,
    CODE_SUPERVISE,
    CONNECTED,
    FALLBACK,
    FROM_AGENT,
    HOURS_FILE,
    LISTEN,
    OUTCOME_KEYS,
    REACHED,
    TALK,
    V_DIALLED,
    V_EARLY,
    V_KIND,
    V_LISTENED,
    V_NUMBER,
    V_PHONE,
    V_STAGE,
    V_SWITCH,
    WHISPER,
    from_trunk,
    reached_key,
)
from dialplan.plan import NumberFrom, PbxPlan, Trunk
from dialplan.steps import Context, context, extension
from dialplan.text import Unfit, dialled, file, section

RECEPTION = "reception"
"""What an incoming call goes through before the controller sees it."""
RING_COLLEAGUE = 30
LONGEST_INTERNAL = 3600
BEEP_TONE = "!1400/400"
# The whole user part is the number; anything else is none.
SIP_NUMBER = r"^sips?:\\+?[0-9]{3,15}@"
TEL_NUMBER = r"^tel:\\+?[0-9]{3,15}>?$"
TO_FALLBACK = extension("T", f"Goto({FALLBACK},s,1)")


def files(plan: PbxPlan) -> dict[str, str]:
    """extensions.conf."""
    _no_number_twice(plan)
    contexts = [
        *(_trunk(trunk, plan) for trunk in plan.trunks),
        _reception(plan),
        _agents(plan),
        _talk(),
        _whisper(),
        *in_talk.contexts(plan),
        _called(plan),
        _reached(),
        _adopt(plan),
        _beep(),
        *fallback.contexts(plan),
        *([_listen()] if plan.listening else []),
    ]
    general = section(
        "general", "static = yes", "writeprotect = yes", "autofallthrough = yes", "priorityjumping = no"
    )
    sections = [general, *contexts, f"#include {HOURS_FILE}\n"]
    return {"extensions.conf": file(__name__, "the numbers, agents and trunks of center.yaml", sections)}


def _arm(plan: PbxPlan) -> tuple[str, str]:
    """The steps that set the dead-man's switch; the gosub of a conversation sets it again from the variable."""
    seconds = plan.switch_seconds
    return f"Set({V_SWITCH}={seconds})", f"Set(TIMEOUT(absolute)={seconds})"


def _no_number_twice(plan: PbxPlan) -> None:
    for number in plan.numbers:
        if number in {phone.extension for phone in plan.phones}:
            raise Unfit(f"numbers: {number} is also the extension of an agent")


def _trunk(trunk: Trunk, plan: PbxPlan) -> Context:
    """From outside only the centre's own numbers exist; there is no way from here to a trunk."""
    header = {NumberFrom.FROM: "from", NumberFrom.PAI: "pai"}[trunk.number_from]
    return context(
        from_trunk(trunk.name),
        *(
            extension(
                dialled(number, "numbers"),
                f"Set({V_DIALLED}={number})",
                f"Set(CDR(userfield)={number})",
                *([f"Set({V_EARLY}=1)"] if trunk.early_media else []),
                f"Goto({RECEPTION},{header},1)",
            )
            for number in plan.numbers
        ),
    )


def _reception(plan: PbxPlan) -> Context:
    """The caller's number, checked; then the controller, before the call is answered.

    The URI is what follows the last `<`: a name may hold anything, a URI no such bracket. CUT and FIELDQTY take
    variables by name, so that what the caller wrote stands in no step before all of it is known to be a
    number. A number whose owner asks for privacy is no number.
    """
    return context(
        RECEPTION,
        extension("from", "Set(MWK_FROM=${CHANNEL(pjsip,remote_uri)})", "Goto(s,1)"),
        extension("pai", "Set(MWK_FROM=${PJSIP_HEADER(read,P-Asserted-Identity)})", "Goto(s,1)"),
        extension(
            "s",
            *_arm(plan),
            f"Set({V_KIND}=incoming)",
            f"Set({V_NUMBER}=)",
            "Set(MWK_URI=${CUT(MWK_FROM,<,${FIELDQTY(MWK_FROM,<)})})",
            "Set(MWK_PRIVACY=${PJSIP_HEADER(read,Privacy)})",
            'GotoIf(${REGEX("id|user|header" ${MWK_PRIVACY})}?known)',
            f'GotoIf(${{REGEX("{SIP_NUMBER}" ${{MWK_URI}})}}?sip)',
            f'GotoIf(${{REGEX("{TEL_NUMBER}" ${{MWK_URI}})}}?tel:known)',
            "sip: Set(MWK_URI=${CUT(MWK_URI,@,1)})",
            "tel: Set(MWK_URI=${CUT(MWK_URI,:,2)})",
            f"Set({V_NUMBER}=${{CUT(MWK_URI,>,1)}})",
            "known: Set(MWK_URI=)",
            "Set(MWK_FROM=)",
            f"Set(CALLERID(num)=${{{V_NUMBER}}})",
            "Set(CALLERID(name)=)",
            f"AGI(agi:async,incoming,${{{V_NUMBER}}},${{{V_DIALLED}}},${{{V_EARLY}}})",
            f"Goto({FALLBACK},s,1)",
        ),
        TO_FALLBACK,
    )


def _agents(plan: PbxPlan) -> Context:
    """What an agent's phone can dial: the codes and colleagues; not the centre's own numbers, and nothing outside."""
    codes = {
        **dict.fromkeys(
            (
                CODE_SIGN_IN,
                CODE_SIGN_OUT,
                CODE_BREAK,
                *(CODE_BREAK + key for key in BREAK_KEYS),
                CODE_BACK,
                CODE_MORE_TIME,
                CODE_OUTCOME,
                *(CODE_OUTCOME + key for key in OUTCOME_KEYS),
                *(CODE_SIGN_IN + phone.extension for phone in plan.phones if phone.answers),
            ),
            "agent-code",
        ),
        CODE_SUPERVISE: "supervise",
        CODE_STUDIO: "studio",
        CODE_OVERHEAR: "overhear",
    }
    sorry = ("Answer()", "Playtones(info)", "Wait(3)", "Hangup()")
    return context(
        FROM_AGENT,
        *(
            extension(
                code,
                *_arm(plan),
                f"Set({V_KIND}={kind})",
                f"Set({V_DIALLED}={code})",
                f"Set({V_PHONE}=${{CHANNEL(endpoint)}})",
                f"AGI(agi:async,{kind},{code})",
                *sorry,
            )
            for code, kind in codes.items()
        ),
        *(
            extension(
                phone.extension,
                f"Set({V_KIND}=colleague)",
                f"Dial(PJSIP/{phone.extension},{RING_COLLEAGUE},S({LONGEST_INTERNAL}))",
                "Hangup(${HANGUPCAUSE})",
            )
            for phone in plan.phones
        ),
        extension("T", *sorry),
    )


def _talk() -> Context:
    """One offer. ARG1 dial string, ARG2 seconds, ARG3 options, ARG4 what an agent's telephone shows beside the number,
    or nothing; the switch is off while people speak.

    `g` goes on here when the agent hangs up. After a conversation the fallback has nothing to offer but
    thanks.
    """
    return context(
        TALK,
        extension(
            "s",
            "Set(TIMEOUT(absolute)=0)",
            'GotoIf($["${ARG4}" = ""]?dial)',
            "Set(CALLERID(name)=${ARG4})",
            "dial: Dial(${ARG1},${ARG2},g${ARG3})",
            f'Set({V_STAGE}=${{IF($["${{DIALSTATUS}}" = "ANSWER"]?talk:${{{V_STAGE}}})}})',
            f"Set(TIMEOUT(absolute)=${{{V_SWITCH}}})",
            "Return()",
        ),
        TO_FALLBACK,
    )


def _whisper() -> Context:
    """On the leg of who picked up: who calls, before the two are connected.

    Dial reads GOSUB_RESULT: an agent who hangs up meanwhile was busy, where without it he would have answered.
    """
    steps = (
        "Set(GOSUB_RESULT=BUSY)",
        "Playback(${ARG1})",
        "Set(GOSUB_RESULT=)",
        "Return()",
    )
    return context(WHISPER, extension("s", *steps))


def _called(plan: PbxPlan) -> Context:
    """A leg that the centre placed: an agent who takes up a promise, or the person who was promised."""
    return context(
        CALLED,
        extension("s", *_arm(plan), f"AGI(agi:async,${{{V_KIND}}})", "Goto(T,1)"),
        extension(
            "T",
            f'GotoIf($["${{{V_KIND}}}" = "callback-person"]?{FALLBACK},s,1)',
            "Playtones(info)",
            "Wait(3)",
            "Hangup()",
        ),
    )


def _reached() -> Context:
    """On the person's leg, just before she is connected: it is remembered while no controller looks.

    In Asterisk's own database, which it writes to its file within a second: what it remembers outlives it.
    """
    return context(
        REACHED,
        extension(
            "s",
            f"DBdeltree({CONNECTED}/${{ARG1}})",
            f"Set(DB({reached_key('${ARG1}', '${ARG2}')})=1)",
            "Return()",
        ),
    )


def _adopt(plan: PbxPlan) -> Context:
    """The controller is back and takes a caller out of the fallback."""
    return context(
        ADOPT, extension("s", *_arm(plan), "AGI(agi:async,adopt)", f"Goto({FALLBACK},s,1)"), TO_FALLBACK
    )


def _beep() -> Context:
    """A supervisor begins to listen: both hear it (`B`). ChanSpy looks around first, so the sound waits for it.

    A Local channel drops what a generator makes while its other half has one too, as ChanSpy has: hence a second one.
    """
    unseen = "Set(CDR_PROP(disable)=1)"
    tone = (unseen, "Answer()", "Wait(0.4)", f"Playtones({BEEP_TONE})", "Wait(0.6)", "Hangup()")
    return context(
        BEEP,
        extension("sound", *tone),
        extension("tone", unseen, f"Dial(Local/sound@{BEEP}/n)", "Hangup()"),
        extension("s", unseen, f"ChanSpy(${{{V_LISTENED}}},uqBES)", "Hangup()"),
    )


def _listen() -> Context:
    """A caller's voice, and only hers (`o`), for the recogniser: no beep (`q`), and gone when she is (`E`, `S`).

    It is no call of anyone's and has no row in the CDR file.
    """
    return context(
        LISTEN,
        extension("s", "Set(CDR_PROP(disable)=1)", f"ChanSpy(${{{V_LISTENED}}},uoqES)", "Hangup()"),
    )

"""What a caller hears when the controller is down. Asterisk does all of it alone.

In open hours she waits in Asterisk's own queue; otherwise, and when nobody can be reached, she is asked for
a number, which a small script keeps in the spool until the controller returns. A missing sound is a tone,
never the end.
"""

from dialplan.names import (
    FALLBACK,
    FALLBACK_LONGEST,
    FALLBACK_QUEUE,
    FALLBACK_QUEUE_SECONDS,
    HOURS,
    MUSIC_CLASS,
    V_EARLY,
    V_KEPT,
    V_KEYED,
    V_LANGUAGE,
    V_NUMBER,
    V_STAGE,
)
from dialplan.plan import PbxPlan
from dialplan.steps import Context, context, extension
from dialplan.text import path

SAY = "fallback-say"
"""Gosub target: ARG1 a prompt, said in the caller's language, or in all of them while it is unknown."""
ASK = "fallback-ask"
"""The same with keys: leaves them in V_KEYED, and READSTATUS."""
FIRST_KEY = 10  # seconds to find paper and keypad; the prompt's own length comes before it
MOST_DIGITS = 15
TRIES = 3
KEYED = r"^[0-9]{9,15}$"


def contexts(plan: PbxPlan) -> list[Context]:
    """The fallback's contexts."""
    return [_fallback(plan), _say(plan), _ask(plan)]


def _fallback(plan: PbxPlan) -> Context:
    keeper = path(plan.directories.keeper, "keeper")
    return context(
        FALLBACK,
        extension(
            "s",
            f"Set(TIMEOUT(absolute)={FALLBACK_LONGEST})",
            f"Gosub({HOURS},s,1)",
            "Set(MWK_OPEN=${GOSUB_RETVAL})",
            # Who has not been answered hears that it is closed before she pays, where her trunk carries it.
            f'GotoIf($["${{MWK_OPEN}}${{{V_EARLY}}}${{CHANNEL(state)}}" = "01Ring"]?free)',
            "Answer()",
            "Goto(up)",
            "free: Progress()",
            "up: StopMusicOnHold()",
            f'GotoIf($["${{{V_STAGE}}}" = "talk"]?thanks,1)',
            say("trouble"),
            'GotoIf($["${MWK_OPEN}" = "1"]?queue,1:closed,1)',
        ),
        extension(
            "queue",
            say("waiting"),
            f"Queue({FALLBACK_QUEUE},,,,{FALLBACK_QUEUE_SECONDS})",
            # An agent's hang-up ends the call inside Queue: whoever comes here spoke to nobody.
            "Goto(ask,1)",
        ),
        extension("closed", say("closed"), "Goto(ask,1)"),
        extension(
            "ask",
            "Answer()",
            "Set(MWK_TRIES=0)",
            "again: Set(MWK_TRIES=$[${MWK_TRIES} + 1])",
            f"GotoIf($[${{MWK_TRIES}} > {TRIES}]?bye,1)",
            f'Gosub({ASK},s,1(fallback.${{IF($["${{{V_NUMBER}}}" = ""]?key_number:own_or_key)}}))',
            f'GotoIf(${{REGEX("{KEYED}" ${{{V_KEYED}}})}}?keep,1)',
            # `#` alone: the number from which she calls.
            f'GotoIf($["${{{V_KEYED}}}${{READSTATUS}}" != "OK"]?checked)',
            f"Set({V_KEYED}=${{{V_NUMBER}}})",
            f'GotoIf($["${{{V_NUMBER}}}" != ""]?keep,1:again)',
            f'checked: GotoIf($["${{{V_KEYED}}}" = ""]?again)',
            say("wrong_number"),
            "Goto(again)",
        ),
        extension(
            "keep",
            f"Set({V_KEPT}=0)",
            f"AGI({keeper})",
            f'GotoIf($["${{{V_KEPT}}}" = "1"]?kept,1)',
            say("trouble"),
            "Goto(bye,1)",
        ),
        extension("kept", say("kept"), "Goto(bye,1)"),
        extension("thanks", say("thanks"), "Hangup()"),
        extension("bye", say("goodbye"), "Hangup()"),
        extension("T", "Goto(bye,1)"),
    )


def say(key: str) -> str:
    """The step that says a prompt of the fallback."""
    return f"Gosub({SAY},s,1(fallback.{key}))"


def _say(plan: PbxPlan) -> Context:
    return context(
        SAY,
        extension(
            "s",
            *_sounds(plan),
            "chosen: Playback(${sounds},noanswer)",
            'GotoIf($["${PLAYBACKSTATUS}" = "SUCCESS"]?end)',
            "Playtones(!425/400,!0/200,!425/400)",
            "Wait(2)",
            "StopPlaytones()",
            "end: Return()",
        ),
        extension("T", f"Goto({FALLBACK},bye,1)"),
    )


def _ask(plan: PbxPlan) -> Context:
    """A caller who hangs up after the last digit, without `#`, has asked too: `h` keeps her number."""
    return context(
        ASK,
        extension(
            "s",
            *_sounds(plan),
            f"chosen: Read({V_KEYED},${{sounds}},{MOST_DIGITS},,1,{FIRST_KEY})",
            "Return()",
        ),
        extension(
            "h",
            f'GotoIf(${{REGEX("{KEYED}" ${{{V_KEYED}}})}}?keep)',
            "Hangup()",
            f"keep: AGI({path(plan.directories.keeper, 'keeper')})",
        ),
        extension("T", f"Goto({FALLBACK},bye,1)"),
    )


def _sounds(plan: PbxPlan) -> list[str]:
    """Steps that leave the files to play in `sounds`: hers, or all languages in the centre's order."""
    folder = path(plan.directories.sounds, "sounds")
    every = "&".join(f"{folder}/{language}/${{ARG1}}" for language in plan.languages)
    return [
        f"Set(CHANNEL(musicclass)={MUSIC_CLASS})",
        f"Set(LOCAL(sounds)={every})",
        f'GotoIf($["${{{V_LANGUAGE}}}" = ""]?chosen)',
        f"Set(LOCAL(sounds)={folder}/${{{V_LANGUAGE}}}/${{ARG1}})",
    ]

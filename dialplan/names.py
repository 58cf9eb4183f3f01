"""Names shared by the generated dialplan and the controller: contexts, variables, codes, files."""

FROM_AGENT = "from-agent"
"""Context of agents' phones."""
FALLBACK = "fallback"
"""What callers hear when the controller is down."""
TALK = "talk"
"""Gosub target of one offer. ARG1 dial string, ARG2 seconds, ARG3 options of Dial beside `g`."""
WHISPER = "whisper"
"""Gosub of the leg of whoever picked up: what he hears first. ARG1 the sounds, joined with `&`."""
ADOPT = "adopt"
"""Where a caller found in the fallback is redirected to when the controller is back."""
CALLED = "called"
"""Where the answered leg of a call that the centre placed enters AsyncAGI."""
REACHED = "reached"
"""Gosub of the person's leg when she is connected. ARG1 is its place in Asterisk's own database, ARG2 the attempt."""
LISTEN = "listen"
"""Where a channel that carries a caller's voice to the recogniser listens to her."""
IN_TALK = "in-talk"
"""Gosub of the leg of an agent who picked up for a caller, before the two are connected: what he may press, and hears.

ARG1 the sounds, joined with `&`, or nothing; ARG2 and ARG3 as ARG1 and ARG2 of REACHED, or nothing.
"""
HOLD = "hold"
"""Gosub target of the key that holds, on the agent's leg, which stays a member of the bridge."""
APART = "apart"
"""Where the agent's leg goes on when he leaves the conversation by a key; the extension is what he wants."""
CONSULT = "consult"
"""Gosub target on the agent's leg: he rings a colleague. Arguments as of TALK; ARG5 the extension of PASSED."""
PASSED = "passed"
"""Where the colleague's leg goes on when the agent has left them: extension `agent` or `outside`."""
JOIN = "join"
"""Gosub target on the caller's channel. ARG1 the leg that she is joined with."""
BEEP = "beep"
"""A tone for both of a conversation: extension `tone` of a Local channel makes it, `s` brings it to V_LISTENED."""
HOURS = "hours"
"""Gosub target: returns 1 when the centre is open now, else 0."""


def from_trunk(trunk: str) -> str:
    """The context of calls from `trunk`."""
    return f"from-trunk-{trunk}"


CONNECTED = "mwk-reached"
"""The family of Asterisk's own database in which it remembers, also when it dies, whom it connected."""


def reached_as(attempt: str) -> str:
    """Where an attempt at a promise, such as `callback-123456-3`, is kept there: a place holds the last one.

    There are a hundred of them: only attempts under way are asked for.
    """
    return attempt.split("-")[1][-2:]


def reached_key(place: str, attempt: str) -> str:
    """The key of that database, family and all."""
    return f"{CONNECTED}/{place}/{attempt}"


def trunk_endpoint(trunk: str) -> str:
    """The PJSIP endpoint of `trunk`: `PJSIP/NUMBER@trunk-NAME` dials out through it."""
    return f"trunk-{trunk}"


# Channel variables. They survive a restart of the controller.
V_NUMBER = "MWK_NUMBER"
"""The caller's number, checked by the dialplan; empty when there is none."""
V_DIALLED = "MWK_DIALLED"
"""The centre's number that she dialled. Also the `userfield` of the call's CDR: only incoming legs have one."""
V_EARLY = "MWK_EARLY"
"""1 where the trunk carries sound before the call is answered."""
V_KIND = "MWK_KIND"
"""incoming, agent-code, studio, supervise, callback-agent, callback-person, alert: which flow a channel belongs to."""
V_HOLD = "MWK_HOLD"
"""What an agent hears while he holds a caller, on his own leg: sound files joined with `&`."""
V_STAGE = "MWK_STAGE"
"""menu, queue, talk, after-hours."""
V_LANGUAGE = "MWK_LANGUAGE"
V_SUBJECT = "MWK_SUBJECT"
V_ENTERED = "MWK_ENTERED"
"""When she began to wait: seconds since the epoch, with decimals."""
V_AGENT = "MWK_AGENT"
V_CONNECTED = "MWK_CONNECTED"
"""When an agent's voice reached her, like V_ENTERED."""
V_CALLBACK = "MWK_CALLBACK"
V_PHONE = "MWK_PHONE"
"""The extension of the agent's phone that dialled; set on calls from agents."""
V_LISTENED = "MWK_LISTENED"
"""The unique id of the channel that is listened to."""
V_SWITCH = "MWK_SWITCH"
"""Seconds of the dead-man's switch, for the gosub that re-arms it."""

PLACED = ("callback-", "alert-", "recall-")
"""Beginnings of the ids of channels that the centre places itself; Asterisk's own ids are numbers."""

SWITCH_SECONDS = 15
"""Silence a caller hears at most when the controller is gone, before the fallback speaks."""
SWITCH_PUSHED_EVERY = 5.0
"""Seconds between two pushes of the switch."""

# What agents dial.
CODE_SIGN_IN = "*11"
CODE_SIGN_OUT = "*12"
CODE_BREAK = "*13"
CODE_BACK = "*14"
CODE_MORE_TIME = "*15"
CODE_OUTCOME = "*16"
BREAK_KEYS = "12345"
OUTCOME_KEYS = "123456"
"""Dialled behind its code, a key says why at once; else a menu asks."""
CODE_SUPERVISE = "*17"
"""Supervisors hear how the centre is, open and close it, take promises over."""
CODE_STUDIO = "*18"
"""Supervisors record prompts, from any telephone of the centre."""
CODE_OVERHEAR = "*19"
"""Supervisors listen to an agent's conversation, whisper to him, or join."""

# What an agent keys while he talks with a caller. Only his leg has these keys.
KEY_HOLD = "*4"
KEYS_APART = {"*2": "consult", "*3": "pass"}
"""Those that lead to APART, with its extensions."""
KEY_PASS, KEY_TAKE_BACK, KEY_TOGETHER = "1", "2", "3"
"""What he keys while he talks with a colleague whom he consults."""

MUSIC_CLASS = "default"
"""What callers hear while they wait."""
FALLBACK_QUEUE = "fallback"
"""Asterisk's own queue, used only when the controller is down."""

FALLBACK_PROMPTS = (
    "fallback.trouble",
    "fallback.waiting",
    "fallback.closed",
    "fallback.key_number",
    "fallback.own_or_key",
    "fallback.wrong_number",
    "fallback.kept",
    "fallback.thanks",
    "fallback.goodbye",
)
"""What the fallback says, as files `<sounds>/<language>/<key>.wav`: 8 kHz, mono, 16 bit."""
FALLBACK_QUEUE_SECONDS = 1800
"""How long a caller waits in the fallback's queue before she is asked for her number instead."""
FALLBACK_LONGEST = 7200
"""A call in the fallback ends by then, conversation included."""
V_KEYED = "MWK_KEYED"
"""The number keyed in the fallback; the keeper reads it."""
V_KEPT = "MWK_KEPT"
"""1 when the keeper has written the request."""

HOURS_FILE = "hours.conf"
"""Generated ahead: open intervals as epoch seconds, for the fallback; included by extensions.conf."""
SPOOL = "spool"
"""Folder of requests that the fallback kept, one file each."""
CDR_FILE = "cdr-csv/Master.csv"
"""Asterisk's own record of calls, below its log directory."""
AMI_USER = "mowakaba"

"""manager.conf: the controller's access. It may place and steer calls, not run commands or change files.

Only the events that the controller reads leave Asterisk. The class `security` is never granted: a stranger's
request can put lines of his own into its events.
"""

import ipaddress

from dialplan.plan import PbxPlan
from dialplan.text import Unfit, file, port, secret, section, settings, token

READ = "agi,call,dtmf"
WRITE = "agi,call,originate,reporting"
WRITE_TIMEOUT = 5000  # milliseconds; a controller busy for less keeps its connection
EVENTS = (
    "AsyncAGIStart",
    "AsyncAGIExec",
    "AsyncAGIEnd",
    "DeviceStateChange",
    "DialBegin",
    "DialEnd",
    "DTMFEnd",
    "Hangup",
    "HangupRequest",
    "Hold",
    "OriginateResponse",
    "SoftHangupRequest",
    "Unhold",
)
"""What the controller hears of. Lists that it asks for (channels, states) come whole all the same."""

NEVER_MADE = (
    "AGIExecStart",
    "AGIExecEnd",
    "BridgeCreate",
    "BridgeDestroy",
    "BridgeEnter",
    "BridgeLeave",
    "Cdr",
    "ContactStatus",
    "DTMFBegin",
    "LocalBridge",
    "MusicOnHoldStart",
    "MusicOnHoldStop",
    "NewAccountCode",
    "NewCallerid",
    "Newchannel",
    "NewConnectedLine",
    "NewExten",
    "Newexten",
    "Newstate",
    "RTCPReceived",
    "RTCPSent",
    "TestEvent",
    "VarSet",
)
"""What Asterisk does not even put into words: a filter works only on an event that has been written."""


def files(plan: PbxPlan) -> dict[str, str]:
    """manager.conf."""
    try:
        address = ipaddress.ip_address(plan.ami_address)
    except ValueError:
        raise Unfit(
            f"pbx.ami_host: {plan.ami_address} is not an address; an Asterisk needs one to listen on"
        ) from None
    own = "127.0.0.0/8" if address.is_loopback and address.version == 4 else str(address)
    general = section(
        "general",
        *settings(
            enabled=True,
            webenabled=False,
            bindaddr=address,
            port=port(plan.ami_port, "pbx.ami_port"),
            displayconnects=False,
            timestampevents=True,
            authtimeout=5,
            authlimit=20,
            disabledevents=",".join(NEVER_MADE),
        ),
    )
    user = section(
        token(plan.ami_user, "pbx.ami_user"),
        *settings(
            secret=secret(plan.ami_secret, "the secret of the controller's access to Asterisk"),
            deny="0.0.0.0/0.0.0.0,::/0",
            permit=own,
            read=READ,
            write=WRITE,
            writetimeout=WRITE_TIMEOUT,
        ),
        *(f"eventfilter(action(include),name({name})) =" for name in EVENTS),
    )
    return {"manager.conf": file(__name__, "center.yaml", (general, user))}

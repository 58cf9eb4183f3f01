"""manager.conf: the controller's access. It may place and steer calls, not run commands or change files.

Only the events that the controller reads leave Asterisk. The class `security` is never granted: a stranger's
request can put lines of his own into its events.
"""

import ipaddress

from dialplan.names import AMI_USER
from dialplan.plan import PbxPlan
from dialplan.text import file, port, secret, section, settings

READ = "agi,call,dtmf"
WRITE = "agi,call,originate,reporting"
WRITE_TIMEOUT = 5000  # milliseconds; a controller busy for less keeps its connection
EVENTS = (
    "AsyncAGIStart",
    "AsyncAGIExec",
    "AsyncAGIEnd",
    "BridgeEnter",
    "BridgeLeave",
    "DeviceStateChange",
    "DialBegin",
    "DialEnd",
    "DTMFEnd",
    "FullyBooted",
    "Hangup",
    "HangupRequest",
    "Newchannel",
    "Newstate",
    "OriginateResponse",
    "Shutdown",
    "SoftHangupRequest",
)
"""What the controller hears of. Lists that it asks for (channels, states) come whole all the same."""


def files(plan: PbxPlan) -> dict[str, str]:
    """manager.conf."""
    address = ipaddress.ip_address(plan.ami_address)
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
        ),
    )
    user = section(
        AMI_USER,
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

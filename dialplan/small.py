"""The short files: log, call records, sound ports, music, tones, and those that say «not used here».

Asterisk notes each file it looks for and misses, so the empty ones are written too.
"""

from dialplan.names import MUSIC_CLASS
from dialplan.plan import PbxPlan
from dialplan.text import Unfit, file, path, port, section, settings

EMPTY = (
    "acl.conf",
    "ccss.conf",
    "cel.conf",
    "cli.conf",
    "cli_aliases.conf",
    "cli_permissions.conf",
    "codecs.conf",
    "dnsmgr.conf",
    "dsp.conf",
    "enum.conf",
    "extconfig.conf",
    "pjproject.conf",
    "pjsip_notify.conf",
    "queuerules.conf",
    "sorcery.conf",
    "udptl.conf",
)

DECLINED = (
    "agi_exec_end_type",
    "agi_exec_start_type",
    "ast_channel_varset_type",
    "ast_rtp_rtcp_received_type",
    "ast_rtp_rtcp_sent_type",
    "ast_test_suite_message_type",
)
"""What Asterisk's parts do not tell one another, as nobody here reads it: each would go through several of its threads.

Reports on sound quality come for every channel every five seconds; Debian's build tells its test suite of every
sound that begins. Without the types of a key's beginning and of music, Asterisk's manager does not start.
"""

# The tones that Moroccan telephones know: 425 Hz, as ITU-T E.180 lists them.
TONES = {
    "description": "Morocco",
    "ringcadence": "1000,4000",
    "dial": "425",
    "busy": "425/500,0/500",
    "ring": "425/1500,0/3500",
    "congestion": "425/200,0/200",
    "callwaiting": "425/200,0/600,425/200,0/10000",
    "dialrecall": "!350+440/100,!0/100,!350+440/100,!0/100,350+440",
    "record": "1400/500,0/15000",
    "info": "950/330,0/1,1400/330,0/1,1800/330,0/1000",
}


def files(plan: PbxPlan) -> dict[str, str]:
    """All the short files."""
    first, last = plan.rtp_ports
    if not first < last:
        raise Unfit(f"pbx.rtp_ports: {first}-{last} is not a range")
    log = section(
        "logfiles",
        "messages => notice,warning,error",
        # What tells of strangers who guess passwords.
        "security => security",
    )
    texts = {
        "logger.conf": (
            section("general", "dateformat = %F %T.%3q", *settings(queue_log=False, appendhostname=False)),
            log,
        ),
        "cdr.conf": (
            section("general", *settings(enable=True, unanswered=True, congestion=True, batch=False)),
            section(
                "csv", *settings(usegmtime=True, loguniqueid=True, loguserfield=True, newcdrcolumns=True)
            ),
        ),
        "rtp.conf": (
            section(
                "general",
                *settings(
                    rtpstart=port(first, "pbx.rtp_ports"),
                    rtpend=port(last, "pbx.rtp_ports"),
                    strictrtp=True,
                    icesupport=False,
                ),
            ),
        ),
        "musiconhold.conf": (
            section(
                MUSIC_CLASS,
                *settings(mode="files", directory=path(plan.directories.music, "music"), sort="alpha"),
            ),
        ),
        "indications.conf": (
            section("general", "country = ma"),
            section("ma", *settings(**TONES)),
        ),
        "http.conf": (section("general", "enabled = no"),),
        "stasis.conf": (
            section("threadpool"),
            section("declined_message_types", *(f"decline = {kind}" for kind in DECLINED)),
        ),
    }
    made = {name: file(__name__, "center.yaml", sections) for name, sections in texts.items()}
    return made | {name: file(__name__, "nothing: not used here", ()) for name in EMPTY}

"""queues.conf: Asterisk's own queue. Only the fallback uses it, and no figure comes from it."""

from dialplan.names import FALLBACK_QUEUE, MUSIC_CLASS
from dialplan.plan import PbxPlan
from dialplan.text import dialled, file, label, section, settings


def files(plan: PbxPlan) -> dict[str, str]:
    """queues.conf, with every agent's phone as a member."""
    members = []
    for phone in plan.phones:
        if not phone.answers:
            continue
        device = f"PJSIP/{dialled(phone.extension, 'agents.extension')}"
        name = label(phone.name, "agents.name").replace(",", " ")
        members.append(f"member => {device},0,{name},{device}")
    general = section(
        "general", *settings(persistentmembers=False, shared_lastcall=False, log_membername_as_agent=True)
    )
    queue = section(
        FALLBACK_QUEUE,
        *settings(
            strategy="leastrecent",
            musicclass=MUSIC_CLASS,
            timeout=20,
            retry=2,
            wrapuptime=10,
            ringinuse=False,
            autopause=False,
            announce_frequency=0,
            announce_holdtime=False,
            announce_position=False,
            joinempty="unavailable,invalid,unknown",
            leavewhenempty="unavailable,invalid,unknown",
        ),
        *members,
    )
    return {
        "queues.conf": file(
            __name__, "the agents of center.yaml", (general, queue.replace("announce_", "announce-"))
        )
    }

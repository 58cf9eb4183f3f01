"""Every file that Asterisk reads, from one plan. Pure: the same plan gives the same texts."""

from dialplan import asterisk_conf, extensions, hours, in_talk, manager, modules, pjsip, queues, small
from dialplan.plan import PbxPlan
from dialplan.text import Unfit

RENDERERS = (
    asterisk_conf.files,
    modules.files,
    extensions.files,
    in_talk.files,
    hours.files,
    pjsip.files,
    manager.files,
    queues.files,
    small.files,
)


def render(plan: PbxPlan) -> dict[str, str]:
    """File name → text. Raises `Unfit` naming the value that cannot stand in Asterisk's files."""
    texts: dict[str, str] = {}
    for files in RENDERERS:
        texts.update(files(plan))
    for name, text in plan.extra.items():
        if name not in texts:
            raise Unfit(f"extra: {name!r} is not one of the files made here: {', '.join(sorted(texts))}")
        texts[name] += "\n" + text
    return texts

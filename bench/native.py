"""The same menus and queue in Asterisk's own dialplan: what Mowakaba is measured against.

Read takes the keys, her place is said once, app_queue distributes, with the settings that let it hand over as fast as
it can. The sounds are the very files that Mowakaba plays.
"""

from collections.abc import Mapping, Sequence

from bench.centre import EXTENSIONS, NUMBER, TRUNK
from dialplan.names import from_trunk
from dialplan.steps import context, extension

QUEUE = "bench"
MARK = "menu"
"""Begins the call record's user field, before the keys that were read: `menu-1-2`."""
FIRST_KEY = 5  # seconds, as Mowakaba's menus wait


def extensions(
    language_menu: Sequence[str],
    subject_menus: Mapping[str, Sequence[str]],
    places: Mapping[str, Sequence[Sequence[str]]],
) -> str:
    """Text for extensions.conf. `subject_menus`: sounds by the language's key; `places`: those of place 1, 2, …."""
    languages = "".join(subject_menus)
    menus = [
        extension(
            f"subject-{key}",
            f"Read(SUBJECT,{'&'.join(sounds)},1,,1,{FIRST_KEY})",
            f'GotoIf(${{REGEX("^[0-7]$" ${{SUBJECT}})}}?wait,1:subject-{key},1)',
        )
        for key, sounds in subject_menus.items()
    ]
    said = [
        extension(f"place-{key}-{place}", f"Playback({'&'.join(sounds)})", f"Queue({QUEUE})")
        for key, every in places.items()
        for place, sounds in enumerate(every, 1)
    ]
    most = min(map(len, places.values()))
    return context(
        from_trunk(TRUNK),
        extension(
            NUMBER,
            "Answer()",
            f"language: Read(LANGUAGE,{'&'.join(language_menu)},1,,1,{FIRST_KEY})",
            f'GotoIf(${{REGEX("^[{languages}]$" ${{LANGUAGE}})}}?subject-${{LANGUAGE}},1:language)',
        ),
        *menus,
        *said,
        extension(
            "wait",
            f"Set(CDR(userfield)={MARK}-${{LANGUAGE}}-${{SUBJECT}})",
            f"Set(PLACE=$[${{QUEUE_WAITING_COUNT({QUEUE})}} + 1])",
            f"GotoIf($[${{PLACE}} <= {most}]?place-${{LANGUAGE}}-${{PLACE}},1)",
            f"Queue({QUEUE})",
        ),
    )


def queues() -> str:
    """Text for queues.conf."""
    members = "".join(f"member => PJSIP/{each},0,{each},PJSIP/{each}\n" for each in EXTENSIONS)
    return (
        f"[{QUEUE}]\nstrategy = leastrecent\nmusicclass = default\ntimeout = 20\nretry = 1\nwrapuptime = 0\n"
        "ringinuse = no\nautofill = yes\nautopause = no\njoinempty = yes\nleavewhenempty = no\n"
        f"announce-frequency = 0\n{members}"
    )

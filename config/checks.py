"""What must fit between sections: no two phones alike, no language or subject that the centre does not have.

A section that has mistakes of its own is left out of these checks, so that one mistake is told once.
"""

import ipaddress
from pathlib import Path

from config import directory
from config.alerts import AlertsSection
from config.callbacks import CallbacksSection
from config.draft import Draft, is_address, repeated, spoken
from config.figures import FiguresSection
from config.mistakes import KeyPath, nearest
from config.moments import spell_duration
from config.schema import CentreSection, DeskSection, PbxMode, PbxSection, QueueSection, RegionSection
from config.timetable import HoursSection
from dialplan import names
from ivr.flows.keys import KEY
from ivr.numbers import may_be_called, normalise
from routing.model import Language
from routing.skills import fault

CODES = frozenset(
    {
        names.CODE_SIGN_IN,
        names.CODE_SIGN_OUT,
        names.CODE_BREAK,
        names.CODE_BACK,
        names.CODE_STUDIO,
        names.CODE_SUPERVISE,
        names.CODE_MORE_TIME,
        names.CODE_OUTCOME,
        names.CODE_OVERHEAR,
        names.CODE_STUDIO,
    }
)
MOST_ARTICLES = 8  # of a subject
ARTICLES_KEY = int(KEY)
MOST_ENTRIES = {"languages": 9, "subjects": 8}  # keys from 1 on; 9 in the subject menu is the notice


def check(draft: Draft) -> None:
    """Note every mistake between sections in the draft's source."""
    _menus(draft)
    _hours(draft)
    _agents(draft)
    _desk(draft)
    _supervisors(draft)
    _alerts(draft)
    _trunks(draft)
    _pbx(draft)
    directory.check(draft)
    _figures(draft)


def _menus(draft: Draft) -> None:
    wrong = draft.source.wrong
    for name in ("numbers", "languages", "subjects"):
        values: tuple[str, ...] | None = draft.section(name)
        if values is None:
            continue
        if not values:
            wrong((name,), "is empty", f"write at least one, or remove {name} to use the default")
        for place, value in repeated(values):
            wrong((name, place), f'"{value}" is listed twice', "keep one of them")
        most = MOST_ENTRIES.get(name, len(values))
        if len(values) > most:
            what = f"has {len(values)} entries and its menu has keys for {most}"
            wrong((name,), what, f"keep {most} at most")
    regions: tuple[RegionSection, ...] = draft.section("languages_by_region") or ()
    said = [(prefix, place) for place, region in enumerate(regions) for prefix in region.prefixes]
    for n, prefix in repeated([prefix for prefix, _ in said]):
        wrong(
            ("languages_by_region", said[n][1], "prefixes"),
            f"{prefix} is listed twice",
            "leave it to one region",
        )
    _articles(draft)
    _information(draft)
    subjects = draft.section("subjects")
    if subjects is not None and "other" not in subjects:
        wrong(("subjects",), 'lacks "other", the subject of callers who key 0', "add other")
    centre: CentreSection | None = draft.section("centre")
    for language in draft.section("languages") or ():
        if centre is not None and getattr(centre.name, language) is None:
            wrong(
                ("centre", "name", str(language)),
                "is missing",
                f"write the centre's name in {spoken(language)}",
            )
        if centre is not None and centre.controller and getattr(centre.controller, language) is None:
            path = ("centre", "controller", str(language))
            wrong(path, "is missing", f"write who answers for the data in {spoken(language)}")


def _articles(draft: Draft) -> None:
    """Where they are written, as the default ones of subjects that the centre lacks are simply not offered."""
    wrong = draft.source.wrong
    articles: dict[str, tuple[str, ...]] | None = draft.sections.get("articles")
    subjects: tuple[str, ...] | None = draft.section("subjects")
    for subject, codes in (articles or {}).items():
        if subjects is not None and subject not in subjects:
            wrong(("articles", subject), "is not among the centre's subjects", nearest(subject, subjects))
        if len(codes) > MOST_ARTICLES:
            what = f"has {len(codes)} articles and its menu has keys for {MOST_ARTICLES}"
            wrong(("articles", subject), what, f"keep {MOST_ARTICLES} at most")
        for place, code in repeated(codes):
            wrong(("articles", subject, place), f'"{code}" is listed twice', "keep one of them")
    if articles and subjects is not None and len(subjects) >= ARTICLES_KEY:
        what = f"has {len(subjects)} entries, and key {ARTICLES_KEY} leads to the recorded articles"
        wrong(("subjects",), what, f"keep {ARTICLES_KEY - 1} at most, or write articles: {{}}")


def _information(draft: Draft) -> None:
    queue: QueueSection | None = draft.section("queue")
    for place, code in repeated(queue.information if queue is not None else ()):
        draft.source.wrong(("queue", "information", place), f'"{code}" is listed twice', "keep one of them")


def _hours(draft: Draft) -> None:
    hours: HoursSection | None = draft.section("hours")
    if hours is None:
        return
    wrong = draft.source.wrong
    for place, season in enumerate(hours.seasons):
        path: KeyPath = ("hours", "seasons", place)
        if season.last < season.first:
            wrong(
                (*path, "last"),
                f"{season.last} is before the first day {season.first}",
                "write the later day",
            )
        for other in hours.seasons[:place]:
            if season.first <= other.last and other.first <= season.last:
                wrong(
                    (*path, "first"),
                    f'overlaps the season "{other.why}"',
                    "write seasons that follow each other",
                )
    for place, day in repeated([special.day for special in hours.special_days]):
        wrong(("hours", "special_days", place, "day"), f"{day} is listed twice", "keep one of them")
    if hours.holidays.confirmed:
        from config.feasts import far_from_estimate

        confirmed = hours.holidays.confirmed
        for place, feast in enumerate(confirmed):
            path = ("hours", "holidays", "confirmed", place, "first_day")
            if (estimate := far_from_estimate(feast)) is not None:
                wrong(
                    path,
                    f"{feast.first_day} is far from the {feast.feast} expected on {estimate}",
                    "check the day",
                )
            for before in confirmed[:place]:
                if before.feast == feast.feast and abs((before.first_day - feast.first_day).days) < 30:
                    wrong(
                        path,
                        f"{feast.feast} is confirmed twice, also for {before.first_day}",
                        "keep one of them",
                    )


def _agents(draft: Draft) -> None:
    wrong = draft.source.wrong
    numbers = draft.section("numbers") or ()
    languages: tuple[Language, ...] | None = draft.section("languages")
    subjects: tuple[str, ...] | None = draft.section("subjects")
    for place, _ in repeated([agent.id for _, agent in draft.agents]):
        path, agent = draft.agents[place]
        wrong((*path, "id"), f'"{agent.id}" is another agent\'s id', "give each agent an id of his own")
    for place, extension in repeated([agent.extension for _, agent in draft.agents]):
        path, _ = draft.agents[place]
        holder = next(agent.id for _, agent in draft.agents if agent.extension == extension)
        wrong((*path, "extension"), f"{extension} is already the extension of {holder}", "choose a free one")
    for path, agent in draft.agents:
        if agent.extension in numbers:
            wrong(
                (*path, "extension"),
                f"{agent.extension} is a number of the centre",
                "choose another extension",
            )
        if agent.extension in CODES:
            wrong(
                (*path, "extension"),
                f"{agent.extension} is a code that agents dial",
                "choose another extension",
            )
        if not agent.languages:
            wrong(
                (*path, "languages"),
                "is empty",
                "write the languages this agent speaks, the preferred one first",
            )
        for key, values, known in (
            ("languages", agent.languages, languages),
            ("subjects", agent.subjects or (), subjects),
        ):
            for place, value in enumerate(values):
                if known is not None and value not in known:
                    what = f'"{value}" is not among the centre\'s {key}'
                    wrong((*path, key, place), what, nearest(value, known))
            for place, value in repeated(values):
                wrong((*path, key, place), f'"{value}" is listed twice', "keep one of them")


def _desk(draft: Draft) -> None:
    desk: DeskSection | None = draft.section("desk")
    if desk is None:
        return
    if desk.subjects_relax_after is not None and "relax" in desk.model_fields_set:
        what = "is written beside relax, which says the same in steps"
        draft.source.wrong(("desk", "subjects_relax_after"), what, "remove one of the two")
    trouble = fault(tuple(section.step() for section in desk.relax))
    if trouble is not None:
        place, what = trouble
        path: KeyPath = ("desk", "relax", place) if desk.relax else ("desk", "relax")
        mend = "write the steps from 0s on, each later than the one before and asking for as much or less"
        draft.source.wrong(path, what, mend)


def _figures(draft: Draft) -> None:
    figures: FiguresSection | None = draft.section("figures")
    if figures is not None and figures.short > figures.answered_within:
        what = f"{spell_duration(figures.short)} is longer than answered_within"
        mend = f"write {spell_duration(figures.answered_within)} or less"
        draft.source.wrong(("figures", "short"), what, mend)


def _supervisors(draft: Draft) -> None:
    wrong = draft.source.wrong
    languages: tuple[Language, ...] | None = draft.section("languages")
    found = draft.supervisors
    for place, _ in repeated([one.id for _, one in found]):
        path, one = found[place]
        wrong((*path, "id"), f'"{one.id}" is another supervisor\'s id', "give each an id of his own")
    for place, (path, one) in enumerate(found):
        if one.extension in (draft.section("numbers") or ()):
            what = f"{one.extension} is a number of the centre"
            wrong((*path, "extension"), what, "choose another extension")
        if one.language is not None and languages is not None and one.language not in languages:
            what = f'"{one.language}" is not among the centre\'s languages'
            wrong((*path, "language"), what, nearest(one.language, languages))
        for _, other in found[:place]:
            share = one.extension is None or other.extension in (None, one.extension)
            if share and one.pin is not None and one.pin == other.pin:
                what = f"is also the PIN of {other.id}, on the same telephone"
                wrong((*path, "pin"), what, "give each a PIN of his own")


def _alerts(draft: Draft) -> None:
    """Who is called has a telephone, and an outside one may be called."""
    wrong = draft.source.wrong
    callbacks: CallbacksSection | None = draft.section("callbacks")
    for path, one in draft.supervisors:
        if one.phone is None:
            continue
        number = normalise(one.phone)
        if number is None:
            wrong((*path, "phone"), "is a number that no telephone can have", "write it as +212612345678")
        elif callbacks and not may_be_called(number, callbacks.allowed, callbacks.refused):
            what = "may not be called: callbacks.allowed and callbacks.refused rule every number outside"
            wrong((*path, "phone"), what, "write another number, or allow its beginning there")
    alerts: AlertsSection | None = draft.section("alerts")
    written = draft.source.tree.get("supervisors")
    if alerts is None or (isinstance(written, list) and len(draft.supervisors) < len(written)):
        return
    known = {one.id: one for _, one in draft.supervisors}
    for place, id_ in enumerate(alerts.call):
        called = known.get(id_)
        if called is None:
            mend = nearest(id_, known) if known else "list him under supervisors"
            wrong(("alerts", "call", place), f'"{id_}" is no supervisor', mend)
        elif called.extension is None and called.phone is None:
            what = f"{id_} has no telephone on which he can be called"
            wrong(("alerts", "call", place), what, f"write extension or phone at the supervisor {id_}")
    for place, id_ in repeated(alerts.call):
        wrong(("alerts", "call", place), f'"{id_}" is listed twice', "keep one of them")


def _trunks(draft: Draft) -> None:
    wrong = draft.source.wrong
    for place, name in repeated([trunk.name for _, trunk in draft.trunks]):
        wrong(
            (*draft.trunks[place][0], "name"), f'"{name}" is another trunk\'s name', "give each its own name"
        )
    peers: dict[ipaddress.IPv4Network | ipaddress.IPv6Network, str] = {}
    for path, trunk in draft.trunks:
        if not trunk.peers:
            wrong((*path, "peers"), "is empty", "write the addresses from which this trunk calls")
        for place, peer in enumerate(trunk.peers):
            here = ipaddress.ip_network(peer)
            for other, name in peers.items():
                if name != trunk.name and here.version == other.version and here.overlaps(other):
                    what = f"{peer} is also a peer of {name}"
                    wrong((*path, "peers", place), what, "leave each address to one trunk")
            peers[here] = trunk.name
        if trunk.registers and (trunk.host is None or trunk.username is None or trunk.secret is None):
            wrong(
                (*path, "register"), "needs to know where and as whom", "write host, username and secret too"
            )


def _pbx(draft: Draft) -> None:
    pbx: PbxSection | None = draft.section("pbx")
    if pbx is None:
        return
    wrong = draft.source.wrong
    first, last = pbx.rtp_ports
    if pbx.ami_port == pbx.sip_port:
        wrong(("pbx", "ami_port"), f"{pbx.ami_port} is also the SIP port", "choose a free port")
    if first <= pbx.sip_port <= last:
        wrong(("pbx", "sip_port"), f"{pbx.sip_port} is within rtp_ports", "choose a port outside that range")
    for key in ("config_dir", "spool_dir", "cdr_file"):
        path: Path | None = getattr(pbx, key)
        if path is not None and pbx.mode is PbxMode.EMBEDDED:
            wrong(("pbx", key), "is for an attached PBX; ours has its own place", "remove the line")
        elif path is not None and not path.is_absolute():
            wrong(("pbx", key), f'"{path}" is not a whole path', "begin it with /")
    if pbx.mode is PbxMode.ATTACHED:
        if pbx.ami_secret is None:
            what = "is missing, and an attached PBX has one already"
            mend = "write it, or name a file with ami_secret_file"
            wrong(("pbx", "ami_secret"), what, mend, draft.source.origin(("pbx", "mode")))
    else:
        if not is_address(pbx.ami_host):
            wrong(("pbx", "ami_host"), f'"{pbx.ami_host}" is not an IP address', "write 127.0.0.1")
        if pbx.ami_user != names.AMI_USER:
            wrong(("pbx", "ami_user"), "is chosen by Mowakaba for its own PBX", "remove the line")

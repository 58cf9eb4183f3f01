"""From what the administrator wrote to what the program thinks with: the centre, the plan of the PBX."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import MappingProxyType

from config.feasts import feast_days
from config.schema import AgentSection, DeskSection, Settings, TrunkSection
from config.secrets import Secrets
from config.timetable import HoursSection
from dialplan.plan import Directories, PbxPlan, Phone, Trunk
from ivr.centre import AgentRules, Centre, QueueRules
from ivr.numbers import normalise
from ivr.studio import Supervisor, SupervisorId
from ivr.targets import Contact
from routing.alerts import OnCall
from routing.holidays import fixed_holidays
from routing.hours import Holiday, OpeningHours, SeasonalWeek, SpecialDay
from routing.model import Agent, AgentId, DeskRules, Language, Subject
from routing.skills import BEST, Relaxation, relaxed_from

YEARS_BEFORE, YEARS_AFTER = 2, 5  # a controller is restarted within five years
AHEAD = timedelta(days=60)  # the fallback knows when to open this long after the controller last ran


def to_centre(settings: Settings, around: datetime | None = None) -> Centre:
    """The centre as flows know it, with the holidays from two years before `around` (now) to five after."""
    subjects = tuple(Subject(code) for code in settings.subjects)
    names = settings.centre.name
    return Centre(
        name=MappingProxyType({language: getattr(names, language) for language in settings.languages}),
        zone=settings.centre.time_zone,
        hours=to_hours(settings, around),
        numbers=settings.numbers,
        languages=settings.languages,
        subjects=subjects,
        agents=MappingProxyType({AgentId(agent.id): _agent(agent, subjects) for agent in settings.agents}),
        callbacks=settings.callbacks.rules,
        survey=settings.survey,
        goal=settings.figures.goal,
        supervisors=to_supervisors(settings),
        beep=settings.supervision.beep,
        quiet=OpeningHours(settings.centre.time_zone, settings.callbacks.quiet.week),
        languages_by_prefix=MappingProxyType(
            {
                prefix: tuple(language for language in region.languages if language in settings.languages)
                for region in settings.languages_by_region
                for prefix in region.prefixes
            }
        ),
        articles=MappingProxyType(
            {subject: settings.articles[subject] for subject in subjects if settings.articles.get(subject)}
        ),
        directory=tuple(
            Contact(one.code, one.name, number)
            for one in settings.directory
            if (number := normalise(one.number)) is not None
        ),
        cndp_receipt="".join(filter(str.isdigit, settings.centre.cndp_receipt or "")),
        queue=QueueRules(
            longest_wait=settings.queue.longest_wait,
            most_waiting=settings.queue.most_waiting,
            most_per_agent=settings.queue.most_per_agent,
            nobody_for=settings.queue.nobody_for,
            offer_callback_after=settings.queue.offer_callback_after,
            offer_callback_when_wait_exceeds=settings.queue.offer_callback_when_wait_exceeds,
            grace_at_closing=settings.queue.grace_at_closing,
            information_every=settings.queue.information_every,
            information=settings.queue.information,
        ),
        desk=DeskRules(
            ring_for=settings.desk.ring_for,
            wrap_up=settings.desk.wrap_up,
            wrap_up_extra=settings.desk.wrap_up_extra,
            wrap_up_extensions=settings.desk.wrap_up_extensions,
            position_every=settings.desk.position_every,
            relax=_relaxation(settings.desk),
            prefer_for=settings.desk.prefer_for,
            prefer_within=settings.desk.prefer_within,
            reserve=settings.desk.reserve,
            reserve_for=settings.desk.reserve_for,
        ),
        agent_rules=AgentRules(
            sign_in_pin=settings.desk.sign_in_pin,
            whisper=settings.desk.whisper,
            recall_after=settings.desk.recall_after,
        ),
    )


def to_supervisors(settings: Settings) -> tuple[Supervisor, ...]:
    """Who may record prompts."""
    first = settings.languages[0]
    return tuple(
        Supervisor(SupervisorId(one.id), one.name, one.language or first, one.extension)
        for one in settings.supervisors
    )


def to_on_call(settings: Settings) -> tuple[OnCall, ...]:
    """Who is called about alerts, in order."""
    known = {one.id: one for one in settings.supervisors}
    return tuple(
        OnCall(one.id, one.extension, None if one.phone is None else normalise(one.phone), one.on_duty)
        for one in (known[id_] for id_ in settings.alerts.call)
    )


def to_hours(settings: Settings, around: datetime | None = None) -> OpeningHours:
    """When the centre is open; `around` as for `to_centre`."""
    zone = settings.centre.time_zone
    year = (around or datetime.now(UTC)).astimezone(zone).year
    hours = settings.hours
    return OpeningHours(
        zone=zone,
        week=hours.week.days,
        holidays=_holidays(hours, range(year - YEARS_BEFORE, year + YEARS_AFTER + 1)),
        special_days=tuple(SpecialDay(day.day, day.hours, day.why) for day in hours.special_days),
        seasons=tuple(
            SeasonalWeek(season.first, season.last, season.week.days, season.why) for season in hours.seasons
        ),
    )


def to_plan(
    settings: Settings,
    secrets: Secrets,
    directories: Directories,
    now: datetime,
    hours: OpeningHours | None = None,
) -> PbxPlan:
    """The telephone exchange that the settings describe, with the open intervals of the next 60 days.

    `hours`: as they are now, where people changed those of the settings.
    """
    pbx, names = settings.pbx, settings.centre.name
    called = {one.extension: one.name for one in settings.supervisors}
    return PbxPlan(
        centre_name=names.fr or getattr(names, settings.languages[0]),
        numbers=settings.numbers,
        languages=settings.languages,
        phones=(
            *(
                Phone(agent.extension, agent.name, secrets.agents[AgentId(agent.id)])
                for agent in settings.agents
            ),
            *(
                Phone(number, called[number], secret, answers=False)
                for number, secret in secrets.supervisors.items()
            ),
        ),
        trunks=tuple(_trunk(trunk, secrets) for trunk in settings.trunks),
        directories=directories,
        sip_address=pbx.sip_address,
        sip_port=pbx.sip_port,
        rtp_ports=pbx.rtp_ports,
        ami_address=pbx.ami_host,
        ami_port=pbx.ami_port,
        ami_user=pbx.ami_user,
        ami_secret=secrets.ami,
        external_address=pbx.external_address,
        local_networks=pbx.local_networks,
        listening=any(getattr(settings.speech.models, language) for language in settings.languages),
        open_intervals=tuple(
            (int(opens.timestamp()), int(closes.timestamp()))
            for opens, closes in (hours or to_hours(settings, now)).intervals(now, now + AHEAD)
        ),
    )


def database_url(settings: Settings, state: Path) -> str:
    """The URL as SQLAlchemy's async engines take it; by default SQLite in the state folder."""
    if settings.database.url is None:
        return f"sqlite+aiosqlite:///{(state / 'mowakaba.db').absolute()}"
    scheme, rest = settings.database.url.get_secret_value().split("://", 1)
    driver = "sqlite+aiosqlite" if scheme.startswith("sqlite") else "postgresql+asyncpg"
    return f"{driver}://{rest}"


def _agent(agent: AgentSection, every_subject: tuple[Subject, ...]) -> Agent:
    chosen = every_subject if agent.subjects is None else tuple(Subject(code) for code in agent.subjects)
    return Agent(
        AgentId(agent.id),
        agent.name,
        agent.extension,
        agent.languages,
        frozenset(chosen),
        MappingProxyType({Language(one.code): one.level for one in agent.spoken if one.level < BEST}),
        MappingProxyType({Subject(one.code): one.level for one in agent.served or () if one.level < BEST}),
    )


def _relaxation(desk: DeskSection) -> Relaxation:
    if desk.subjects_relax_after is not None:
        return relaxed_from(desk.subjects_relax_after)
    return Relaxation(tuple(section.step() for section in desk.relax))


def _holidays(hours: HoursSection, years: range) -> tuple[Holiday, ...]:
    chosen = hours.holidays
    fixed = [holiday for year in years for holiday in fixed_holidays(year)] if chosen.fixed else []
    islamic = feast_days(years, chosen.confirmed) if chosen.islamic else ()
    return tuple(sorted([*fixed, *islamic], key=lambda holiday: holiday.day))


def _trunk(trunk: TrunkSection, secrets: Secrets) -> Trunk:
    return Trunk(
        name=trunk.name,
        peers=trunk.peers,
        number_from=trunk.number_from,
        host=trunk.host,
        port=trunk.port,
        transport=trunk.transport,
        username=trunk.username,
        secret=secrets.trunks.get(trunk.name),
        register=trunk.registers,
        caller_id=trunk.caller_id,
        codecs=trunk.codecs,
        early_media=trunk.early_media,
    )

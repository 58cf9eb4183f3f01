"""The composition root: every part made, started in order, and stopped in order.

Order of the start: configuration → journal and database → voice → Asterisk → link → ready. What is slow or broken
outside (database, link) is waited for in the background; calls are taken as soon as Asterisk is there.
"""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import structlog

from config import build, secrets
from config.schema import PbxMode, Settings
from db.engine import DatabaseUnreachable
from db.journal import Journal
from db.store import Store
from db.writer import Writer
from dialplan import names
from dialplan.plan import PbxPlan
from ivr.office import Office
from ivr.prompts import PromptMissing, phrase
from pbx.dialer import Dialer
from pbx.events import WANTED, AgiStarted, DeviceSeen, parse
from pbx.link import ActionRefused, ActionTimedOut, Link, LinkLost, LinkSettings
from pbx.message import Message
from pbx.reception import Reception
from pbx.stock import take_stock
from pbx.summons import Summons
from recordings.door import Door, Key
from routing.alerts import Kind
from routing.events import WithdrawOffer
from routing.hours import OpeningHours
from routing.indicators.certainty import BEAT
from routing.model import CallId, Language, Seat, desk_for
from routing.record import CallRecord, Record
from routing.zone import require_current_zone_data
from server import alarm_file, attached, parts
from server.agent_room import AgentRoom
from server.alarm import Alarm
from server.alert_calls import Caller, Reader
from server.answers import Followers, answers
from server.attendance import Attendance
from server.clock import Clock
from server.control import Control
from server.desk_room import DeskRoom
from server.earlier_days import EarlierDays
from server.embedded import EmbeddedPbx, PbxFailed, Start
from server.figures import today
from server.first_words import make_ready
from server.hearing import Hearing
from server.leases import DatabaseLeases, holder_of
from server.memory import Remembering
from server.open_parts import OpenParts
from server.opening import Opening
from server.outside import TrunkOutside
from server.promise_alarm import PromiseAlarm
from server.promise_door import PromiseDoor
from server.promises import PromiseBook
from server.pulse import Pulse
from server.recall import Recall
from server.reconciliation import SETTLED, Reconciliation
from server.recordable import with_pieces
from server.requests import take_in
from server.studio import Folders, TelephoneStudio
from server.supervision import FromAbove
from server.telephones import Telephones
from server.voice import catalogue, recent, voice
from server.watch import Watch

log = structlog.get_logger()

Say = Callable[[str], None]

WRONG_PINS = "wrong-pins"
"""Folder of the state folder: wrong PINs of a few minutes, or of an hour, by door."""
EARLIER_WITHIN = 0.5  # seconds; a locked database must not hold an adopted call
TELLS_EVERY = 1.0  # seconds between two looks at why calls cannot be taken yet
LOOK_EVERY = 1.0
"""Seconds between two looks at promises that are due and telephones that ring: one that vanishes is noticed within
this time of its qualify."""
ALERTS_EVERY = 2.0  # a threshold lasts minutes; this is how late it may be seen
RECONCILE_EVERY = 60.0
OTHERS_EVERY = 10.0  # what other controllers of the same database did to promises is learnt within this time
DEVICES_EVERY = 10.0  # a telephone marked unreachable by a failed offer is looked at again
FALLBACK_EVERY = 60.0  # a recording imported by a command is heard by the fallback's callers within this time
HOURS_EVERY = 6 * 3600.0  # the fallback's open intervals reach 60 days ahead


class Controller:
    """One centre. `start` returns when calls can be taken; `stop` leaves nothing behind."""

    def __init__(self, settings: Settings, state: Path, clock: Clock | None = None, say: Say = print) -> None:
        """`say` tells the administrator what is being done, a line at a time."""
        self.settings, self.state, self.clock, self._say = settings, state.absolute(), clock or Clock(), say
        self.centre = build.to_centre(settings, self.clock())
        self.opening = Opening(self.centre.hours, self.state, self.clock, self._use_hours)
        self.centre = replace(self.centre, hours=self.opening.hours)
        self.plan: PbxPlan
        self.pbx: EmbeddedPbx | None = None
        self._tasks: set[asyncio.Task[Any]] = set()
        self.followers = Followers()
        self._ready = asyncio.Event()
        self._pulse: Pulse | None = None
        self._control: Control | None = None
        self._stopping = False
        self._asterisk_began = False
        """Not taken over from an earlier controller: no call of that one's lives."""
        self._said_by_fallback: object = None

    # ---- start

    async def start(self) -> None:
        """Everything up. Raises what names its own mend: ConfigError, JournalInUse, PortInUse, PbxFailed, …

        What had been started is stopped again when something fails.
        """
        self._make()
        try:
            await self._bring_up()
        except BaseException:
            await self.stop()
            raise

    def _make(self) -> None:
        """Every part, not yet doing anything. JournalInUse is raised here: a second controller refuses."""
        require_current_zone_data()
        # Asterisk, another user, passes through to its own folder and the prompts, and sees nothing else.
        self.state.mkdir(mode=0o711, parents=True, exist_ok=True)
        self.journal = Journal(self.state / "journal")
        self.store = Store(build.database_url(self.settings, self.state))
        self.writer = Writer(self.journal, self.store)
        self.agents = AgentRoom(
            self,
            secrets.ready(self.settings, self.state).agent_pins,
            self.clock,
            self.centre.zone,
            lambda call: None if (line := self.reception.line_of(call)) is None else line.log,
            self.state / WRONG_PINS / "agents.json",
        )
        self.memory = Remembering(self.agents)
        self.book = PromiseBook(self.memory, self.centre.hours, self.clock, self.centre.quiet)
        self.attendance = Attendance(self.memory, self.clock)
        self.watch = Watch(self.memory, self.clock)
        self.prompts = catalogue(self.settings)
        self.speech = voice(self.prompts, self.state)
        self.recordable = with_pieces(self.prompts)
        self.drafts = voice(self.recordable, self.state, recorded=False)
        sounds = recent(self.speech, self.prompts, self.state)
        self.desk = DeskRoom(
            desk_for(self.centre.agents.values(), self.centre.desk),
            self.clock,
            offer_callback=lambda offer: self.dialer.offer(offer),
            withdraw=self._withdraw,
            on_seat=self._seat_changed,
            due=self.book.due_entries,
        )
        self.plan = self._plan()
        self.studio = self._studio()
        door = PromiseDoor(
            self.book,
            secrets.kept(self.state / secrets.FOLDER, "promise-pins"),
            self.clock,
            self.state / WRONG_PINS / "promises.json",
        )
        self.office = Office(
            self.centre,
            self.desk,
            self.book,
            self.memory,
            self.clock,
            self.studio,
            self.memory,
            self.agents,
            door,
        )
        record = attached.cdr_file(self.settings.pbx, self.plan.directories)
        self.reconciliation = Reconciliation(
            record, self.state / "cdr-position", self.store, self.memory, self.book, self.clock.machine
        )
        self.leases = DatabaseLeases(
            self.store,
            self.book,
            holder_of(self.state),
            self.clock.machine,
            alone=self.settings.database.url is None,
        )
        self.parts = OpenParts(self.store, self.memory, self.clock, alone=self.leases.alone)
        self.alarm = PromiseAlarm(self.book, self.desk, self.clock, self.centre.callbacks.alert_before)
        self.outside = TrunkOutside(self.plan.trunks, self.centre.callbacks)
        self.link = Link(self._link_settings(), self._on_message, self._on_up, self._on_down, wanted=WANTED)
        self.telephones = Telephones([phone.extension for phone in self.plan.phones], self.desk, self.link)
        self.earlier_days = EarlierDays(
            self.store,
            self.writer,
            self.memory,
            self.agents,
            self.book,
            self.desk,
            self.centre,
            self.clock,
            self.telephones.extensions,
        )
        self.hearing = Hearing(self.settings, self.link) if self.plan.listening else None
        self.reception = Reception(
            self.office,
            self.memory,
            sounds,
            self.outside,
            self._earlier,
            None if self.hearing is None else self.hearing.ears,
        )
        self.dialer = Dialer(
            self.office,
            self.book,
            self.reception,
            self.link,
            self.outside,
            self.leases,
            lambda: f'"Callback" <{self.centre.numbers[0]}>',
        )
        self.above = FromAbove(
            self.office, lambda: self.desk.desk, self.book, self.opening, lambda: today(self)
        )
        self.reception.supervised(self.above)
        self.summons = Summons(self.reception, self.link)
        self.alarm_bell = self._alarm_bell()
        self.recall = Recall(
            self.office,
            lambda: self.desk.desk.seats.values(),
            self.summons,
            self.centre.agent_rules.recall_after,
        )
        self.reception.use(self.link, self.dialer.resume)
        self.claim = attached.Claim(self.link, self.state, self.clock.machine)
        self._taken: str | None = None

    async def _bring_up(self) -> None:
        self.writer.start()
        await self._learn()
        await self._prepare_voice()
        await self._start_pbx()
        self.studio.open()
        if self.hearing is not None:
            await self.hearing.start()
        self._control = Control(self.state, answers(self), self.followers.follow)
        await self._control.start()
        self._spawn(self.link.run(), "link")
        await self._until_ready()
        if self.pbx is None:
            await self._refresh_hours()
        self._pulse = self._ticks()
        self._pulse.start()

    async def _until_ready(self) -> None:
        """Wait for the link, and say what is in its way whenever that changes."""
        told = ""
        while not self._ready.is_set():
            if self._taken is not None:
                raise PbxFailed(self._taken)
            if self.link.problem != told:
                told = self.link.problem
                self._say(f"waiting for Asterisk: {told}")
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(TELLS_EVERY):
                    await self._ready.wait()

    def _plan(self) -> PbxPlan:
        made = secrets.ready(self.settings, self.state)
        return build.to_plan(
            self.settings,
            made,
            attached.directories(self.settings.pbx, self.state),
            self.clock(),
            self.centre.hours,
        )

    def _alarm_bell(self) -> Alarm:
        """What stands for too long has a supervisor called."""
        rules = self.settings.alerts.rules
        supervisors = {str(one.id): one for one in build.to_supervisors(self.settings)}
        reader = Reader(
            self.above,
            lambda: len(self.alarm.risks()),
            lambda: self.writer.trouble is None,
            lambda: today(self),
            with_day=any(rule.kind is Kind.SERVICE_LEVEL for rule in rules.rules),
        )
        caller = Caller(
            self.summons,
            self.link,
            self.outside,
            supervisors,
            rules.ring_for,
            self.clock,
            self.centre.numbers[0],
        )
        people = build.to_on_call(self.settings)
        kept = self.state / alarm_file.FILE
        return Alarm(rules, people, reader.read, caller.tell, self.clock, self.centre.zone, kept)

    def _use_hours(self, hours: OpeningHours) -> None:
        """A supervisor changed the hours: for callers, promises and the fallback alike."""
        self.centre = self.office.centre = replace(self.centre, hours=hours)
        self.book.use_hours(hours)
        self._spawn(self._refresh_hours(), "hours")

    def _studio(self) -> TelephoneStudio:
        pins = secrets.ready(self.settings, self.state).pins
        keys = (Key(supervisor, pins[supervisor.id]) for supervisor in build.to_supervisors(self.settings))
        return TelephoneStudio(
            Folders(self.state),
            Door(keys, self.clock, self.state / WRONG_PINS / "supervisors.json"),
            self.recordable,
            self.drafts,
            self.plan.directories.spool,
            now=self.clock,
            zone=self.centre.zone,
            changed=self._recorded,
        )

    def _recorded(self, key: str, language: Language) -> None:
        """A supervisor recorded a prompt: the next caller must not wait for it, and the fallback says it too."""
        self._spawn(self._take_up(key, language), "recording")

    async def _take_up(self, key: str, language: Language) -> None:
        with contextlib.suppress(PromptMissing):  # said in the log; the synthetic voice speaks
            await self.speech.sounds(language, phrase(key))
            await self._renew_fallback()

    async def _renew_fallback(self) -> None:
        """What the fallback says is files of its own: made anew when a prompt of it was recorded or restored."""
        recorded = self.studio.state_of(names.FALLBACK_PROMPTS)
        if recorded != self._said_by_fallback:
            await self.speech.export(names.FALLBACK_PROMPTS, self.plan.directories.sounds)
            self._said_by_fallback = recorded

    def _link_settings(self) -> LinkSettings:
        return LinkSettings(
            self.plan.ami_address,
            self.plan.ami_port,
            self.plan.ami_user,
            self.plan.ami_secret,
        )

    async def _learn(self) -> None:
        """What earlier days left. Without the database the centre opens all the same, and learns later."""
        try:
            await self.earlier_days.learn()
        except (DatabaseUnreachable, TimeoutError) as problem:
            self._say(f"warning: {problem or 'the database is slow'}; the centre opens without it")
            log.warning("starting without the database; records are kept in the journal", why=str(problem))
            self._spawn(self._learn_later(), "learn")

    async def _learn_later(self) -> None:
        away = (DatabaseUnreachable, TimeoutError, LinkLost, ActionRefused, ActionTimedOut)
        while True:
            await asyncio.sleep(2)
            with contextlib.suppress(*away):
                await self.earlier_days.learn()
                await self._settle_learnt()
                log.info("the database is there; what it knows is learnt")
                return

    async def _settle_learnt(self) -> None:
        """Attempts that were not known when the link came up. What lived then may have ended since: look again."""
        channels = await self.link.collect("CoreShowChannels")
        await self.dialer.recover({channel.get("Uniqueid") for channel in channels})

    async def _prepare_voice(self) -> None:
        await make_ready(self.speech, self.prompts, self.centre, self.settings.source.name, self._say)
        await self._renew_fallback()

    async def _start_pbx(self) -> None:
        if self.settings.pbx.mode is PbxMode.ATTACHED:
            for trouble, mend in attached.troubles(self.settings.pbx):
                self._say(f"warning: {trouble}; {mend}")
            self._say(f"attached to Asterisk at {self.plan.ami_address}:{self.plan.ami_port}")
            return
        self.pbx = EmbeddedPbx(self.plan, parts.find("asterisk"), [self.state / "prompts"])
        began = await self.pbx.start()
        self._asterisk_began = began is Start.STARTED
        self._say(f"Asterisk: {began}")
        for warning in self.pbx.warnings:
            self._say(f"warning: {warning}")
        self._spawn(self.pbx.watch(), "pbx")

    def _ticks(self) -> Pulse:
        pulse = Pulse()
        pulse.every(names.SWITCH_PUSHED_EVERY, "switches", self._push_switches)
        pulse.every(LOOK_EVERY, "promises and ringing", self._look)
        pulse.every(DEVICES_EVERY, "devices", self.telephones.look_for_lost)
        pulse.every(BEAT.total_seconds(), "watch", self.watch.beat)
        pulse.every(OTHERS_EVERY, "promises of others", lambda: self.leases.look(self.centre.callbacks))
        pulse.every(RECONCILE_EVERY, "reconcile", self.reconcile)
        pulse.every(HOURS_EVERY, "hours", self._refresh_hours)
        pulse.every(ALERTS_EVERY, "alerts", self.alarm_bell.look)
        pulse.every(FALLBACK_EVERY, "fallback", self._renew_fallback)
        return pulse

    # ---- what Asterisk tells

    def _on_message(self, message: Message) -> None:
        event = parse(message)
        match event:
            case None:
                pass
            case DeviceSeen(device=device, state=state):
                self.telephones.told(device, state)
            case _:
                if not isinstance(event, AgiStarted):
                    self.dialer.take(event)
                    self.summons.take(event)
                self.reception.take(event)

    async def _on_up(self) -> None:
        if self.pbx is None:
            try:
                await self.claim.take()
            except attached.Taken as taken:
                self._taken = str(taken)
                raise LinkLost(self._taken) from None
        await self.telephones.look()
        alive = await take_stock(self.link, self.reception)
        await self.dialer.recover(alive)
        died_before = self.clock() if self._asterisk_began and self.leases.alone else None
        await self.reconciliation.close(alive | set(self.reception.lines), died_before=died_before)
        self._asterisk_began = False
        self.watch.up()
        if not self._ready.is_set():
            self._ready.set()

    def _on_down(self) -> None:
        self.watch.down()
        if self._stopping:
            return
        log.warning("the link to Asterisk is down; callers hear the fallback if it stays so")

    def _seat_changed(self, before: Seat, after: Seat) -> None:
        self.attendance.changed(before, after)
        self.telephones.moved(before, after)

    def _withdraw(self, withdrawn: WithdrawOffer) -> None:
        line = self.reception.line_of(CallId(withdrawn.entry))
        if line is not None:
            line.withdraw_now()
        else:
            self.dialer.withdraw(withdrawn.entry)

    # ---- what comes round

    async def _push_switches(self) -> None:
        self.claim.renew()
        await self.reception.push_switches(0.8 * names.SWITCH_PUSHED_EVERY)
        self.clock.follow(idle=not self.reception.lines)

    async def _look(self) -> None:
        try:
            await self._look_for_due()
        finally:
            await self.telephones.look_at_ringing()

    async def _look_for_due(self) -> None:
        if self.pbx is not None or self.settings.pbx.spool_dir is not None:
            taken = take_in(self.plan.directories.requests, self.book, self.centre)
            if taken:
                log.info("requests of the fallback became promises", count=taken)
        self.dialer.tick()
        self.alarm.look()
        self.recall.look()

    async def _refresh_hours(self) -> None:
        if self.pbx is not None:
            await self.pbx.reload(self._plan())
        elif self.settings.pbx.config_dir is not None:
            try:
                if await asyncio.to_thread(attached.renew_hours, self._plan()):
                    log.info("hours.conf is renewed; Asterisk reads it at its next dialplan reload")
            except OSError as problem:
                log.warning("hours.conf cannot be renewed", why=problem.strerror)

    async def reconcile(self) -> None:
        """Rows and Asterisk's own record agree: unfinished ones are closed, missing ones recovered."""
        with contextlib.suppress(LinkLost, ActionRefused, ActionTimedOut):
            channels = await self.link.collect("CoreShowChannels")
            live = {channel.get("Linkedid") for channel in channels} | set(self.reception.lines)
            await self.reconciliation.close(live, SETTLED)
        await self.reconciliation.recover(set(self.memory.records))
        if self.link.up:  # whose call lives has been found
            await self.parts.close()

    # ---- records

    def record(self, record: Record) -> None:
        """Into the journal, and to whoever follows."""
        self.journal.record(record)
        self.parts.saw(record)
        self.followers.tell(record)

    async def _earlier(self, call: CallId) -> CallRecord | None:
        known = self.memory.records.get(call)
        if known is not None:
            return known
        try:
            async with asyncio.timeout(EARLIER_WITHIN):
                return await self.store.call(call)
        except (DatabaseUnreachable, TimeoutError):
            return None

    # ---- stop

    async def stop(self, *, leave_pbx: bool = False) -> None:
        """In order: no new work, records safe, Asterisk ended (or left with the calls that go on)."""
        self._stopping = True
        if self._pulse is not None:
            self._pulse.stop()
        if self._control is not None:
            await self._control.close()
        await self.alarm_bell.close()
        await self.recall.close()
        await self.dialer.close()
        await self.reception.close()
        self.desk.close()
        if self.hearing is not None:
            await self.hearing.close()
        await self.claim.give_up()
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self.speech.close()
        await self.drafts.close()
        if self.pbx is not None:
            if leave_pbx:
                self.pbx.leave()
            else:
                await self.pbx.stop()
        self.watch.down()
        await self.writer.close()
        await self.store.close()

    def _spawn(self, work: Any, name: str) -> None:
        task = asyncio.create_task(work, name=name)
        task.add_done_callback(_must_not_fail)
        task.add_done_callback(self._tasks.discard)
        self._tasks.add(task)


def _must_not_fail(task: "asyncio.Task[Any]") -> None:
    """What runs as long as the centre does has ended by an error: say so loudly."""
    if not task.cancelled() and task.exception() is not None:
        log.critical(
            "a part of the controller has failed; restart it", part=task.get_name(), exc_info=task.exception()
        )

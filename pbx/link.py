"""The link to Asterisk: connects, logs in, watches, and comes back for ever.

What a user must know: an action that is under way when the connection goes raises `LinkLost` and is never
sent again, since Asterisk may have carried it out (a telephone would ring twice). Look first whether it was.
"""

from __future__ import annotations

import asyncio
import hashlib
import random
import ssl
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

import structlog

from pbx.message import Message
from pbx.session import ActionRefused, ActionTimedOut, Counters, Inbox, LinkLost, Session
from pbx.wire import Headers, UnsafeValue

__all__ = [
    "ActionRefused",
    "ActionTimedOut",
    "Counters",
    "Link",
    "LinkLost",
    "LinkSettings",
    "Message",
    "UnsafeValue",
]

log = structlog.get_logger()

NEEDED = frozenset({"AGI", "ControlPlayback", "Originate"})
"""Actions of late modules: a telephone exchange that has them can take calls."""
BOOT_POLL = timedelta(milliseconds=200)
SLOWLY = 30  # failures after which every pause is the longest


@dataclass(frozen=True, slots=True)
class LinkSettings:
    """Where Asterisk's manager port is, and how patient the link is with it."""

    host: str
    port: int
    user: str
    secret: str = field(repr=False)
    tls: ssl.SSLContext | None = None
    connect_timeout: timedelta = timedelta(seconds=5)
    action_timeout: timedelta = timedelta(seconds=10)  # milliseconds are usual; seconds in a storm
    boot_timeout: timedelta = timedelta(seconds=60)  # a large dialplan on a small machine
    ping_every: timedelta = timedelta(seconds=3)
    ping_timeout: timedelta = timedelta(seconds=3)
    backoff: tuple[timedelta, timedelta] = (timedelta(milliseconds=100), timedelta(seconds=10))

    def __post_init__(self) -> None:
        if self.ping_timeout > self.ping_every:
            raise ValueError(
                "ping_timeout must not exceed ping_every: a dead connection is noticed within two pings"
            )


class LoginRefused(Exception):  # noqa: N818 - named for what happened
    """Asterisk does not know this user and secret, or not from this address."""


class Link:
    """One AMI connection at a time.

    `on_event` is called for each event in the order of arrival, and must not block. `on_up` runs after every
    login, to take stock: it may send and collect, and events go on being handed over meanwhile (also from
    just before it), so an answer's `Message.number` tells which events are newer. If `on_up` fails, the link
    begins again. `on_down` is called once for every `on_up` that was begun. `wanted` names the events to hand
    over; None is all of them.
    """

    def __init__(
        self,
        settings: LinkSettings,
        on_event: Callable[[Message], None],
        on_up: Callable[[], Awaitable[None]],
        on_down: Callable[[], None],
        *,
        wanted: frozenset[str] | None = None,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self.settings = settings
        self.counters = Counters()
        self._on_up = on_up
        self._on_down = on_down
        self._chance = chance
        names = None if wanted is None else frozenset(name.encode() for name in wanted)
        self._inbox = Inbox(on_event, names, self.counters)
        self._session: Session | None = None
        self._up = asyncio.Event()
        self.problem = ""
        """Why there is no link, as it was last seen; empty while it stands."""

    @property
    def up(self) -> bool:
        """Whether Asterisk is connected and has booted; true from just before `on_up`."""
        return self._up.is_set()

    async def wait_up(self) -> None:
        """Wait until `up`."""
        await self._up.wait()

    async def run(self) -> None:
        """Keep the link until cancelled."""
        failures = 0
        while True:
            stood = self.counters.connections
            try:
                await self._one_connection()
            except LoginRefused as problem:
                self.counters.logins_refused += 1
                self.problem = f"it refuses the login: {problem}"
                log.error("Asterisk refuses the login", why=str(problem))
                failures = SLOWLY
            except (OSError, TimeoutError, LinkLost, ActionTimedOut, ActionRefused) as problem:
                self.problem = str(problem) or type(problem).__name__
                log.warning("no link to Asterisk", why=self.problem)
                failures = 0 if self.counters.connections > stood else failures + 1
            except Exception:
                log.exception("the state of the calls could not be taken over from Asterisk; beginning again")
                failures += 1
            await asyncio.sleep(self._pause(failures))

    async def send(
        self, action: str, headers: Headers = (), /, *, within: timedelta | None = None, **more: str
    ) -> Message:
        """Return the first response. Raises LinkLost, ActionRefused, ActionTimedOut, UnsafeValue.

        An ActionID among the headers is used as it is, for whoever must know it before the events come.
        """
        return await self._there().ask(action, _joined(headers, more), self._seconds(within))

    async def collect(
        self, action: str, headers: Headers = (), /, *, within: timedelta | None = None, **more: str
    ) -> list[Message]:
        """Return the events of a list action, without the last. They do not go to `on_event`."""
        items: list[Message] = []
        await self._there().ask(action, _joined(headers, more), self._seconds(within), items)
        return items

    def post(self, action: str, headers: Headers = (), /, **more: str) -> None:
        """Send and forget: an Error, or the lack of a connection, is counted. Raises UnsafeValue only."""
        try:
            self._there().post(action, _joined(headers, more))
        except LinkLost:
            self.counters.posts_lost += 1

    def post_watched(self, action: str, headers: Headers, on_refused: Callable[[], None]) -> None:
        """`post`, and `on_refused` is called if Asterisk answers Error. Nothing is said if the link goes."""
        try:
            self._there().post(action, headers, on_refused)
        except LinkLost:
            self.counters.posts_lost += 1

    def _there(self) -> Session:
        if self._session is None or not self.up:
            raise LinkLost("there is no connection to Asterisk")
        return self._session

    def _seconds(self, within: timedelta | None) -> float:
        return (within or self.settings.action_timeout).total_seconds()

    async def _one_connection(self) -> None:
        session = Session(self._inbox)
        try:
            await self._connect(session)
            await self._log_in(session)
            await self._wait_booted(session)
            self._session = session
            self._up.set()
            self.problem = ""
            await self._stand(session)
        finally:
            was_up = self.up
            self._up.clear()
            self._session = None
            session.end("the link is closed")
            if was_up:
                self.counters.losses += 1
                self._say_down()

    async def _connect(self, session: Session) -> None:
        try:
            async with asyncio.timeout(self.settings.connect_timeout.total_seconds()):
                await session.open(self.settings.host, self.settings.port, self.settings.tls)
        except TimeoutError:
            raise LinkLost(f"{self._where} does not answer") from None

    async def _log_in(self, session: Session) -> None:
        patience = self.settings.action_timeout.total_seconds()
        try:
            challenge = await session.ask("Challenge", {"AuthType": "MD5"}, patience)
            key = hashlib.md5(
                (challenge.get("Challenge") + self.settings.secret).encode(), usedforsecurity=False
            ).hexdigest()
            login = {"AuthType": "MD5", "Username": self.settings.user, "Key": key, "Events": "on"}
            await session.ask("Login", login, patience)
        except ActionRefused as refusal:
            raise LoginRefused(
                f"{refusal.reason}: user {self.settings.user!r} at {self._where}; its secret and its "
                "permitted addresses in Asterisk's manager.conf must be those of this centre's configuration"
            ) from None
        except ActionTimedOut:
            what = (
                "Asterisk is too busy to log in" if session.version else "this is not Asterisk's manager port"
            )
            raise LinkLost(f"{self._where}: {what}") from None

    async def _wait_booted(self, session: Session) -> None:
        """Wait for FullyBooted, which few users are shown, or until Asterisk knows the actions used here."""
        missing = NEEDED
        tries = max(1, round(self.settings.boot_timeout / BOOT_POLL))
        for _ in range(tries):
            commands = await session.ask("ListCommands", (), self.settings.action_timeout.total_seconds())
            missing = frozenset(action for action in NEEDED if action not in commands)
            if session.booted or not missing:
                return
            await asyncio.wait({session.lost}, timeout=BOOT_POLL.total_seconds())
        raise LinkLost(
            f"{self._where}: Asterisk does not offer {', '.join(sorted(missing))}; which module is missing?"
        )

    async def _stand(self, session: Session) -> None:
        """Take stock and watch, until the connection goes."""
        tasks = [
            asyncio.create_task(self._take_stock()),
            asyncio.create_task(self._watch(session)),
            asyncio.create_task(_gone(session)),
        ]
        try:
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _take_stock(self) -> None:
        await self._on_up()
        self.counters.connections += 1

    async def _watch(self, session: Session) -> None:
        """Ask for a sign of life; a connection that is open on this side only is noticed here."""
        while True:
            await asyncio.sleep(self.settings.ping_every.total_seconds())
            try:
                await session.ask("Ping", (), self.settings.ping_timeout.total_seconds())
            except ActionTimedOut:
                session.end("Asterisk does not answer the ping")

    def _say_down(self) -> None:
        try:
            self._on_down()
        except Exception:
            self.counters.handler_errors += 1
            log.exception("the loss of the link could not be handled")

    def _pause(self, failures: int) -> float:
        """Return the seconds before the next try: doubled each time, spread by chance."""
        least, most = (bound.total_seconds() for bound in self.settings.backoff)
        return min(most, least * 2.0 ** min(failures, SLOWLY)) * (0.5 + self._chance() / 2)

    @property
    def _where(self) -> str:
        return f"{self.settings.host}:{self.settings.port}"


async def _gone(session: Session) -> None:
    await asyncio.wait({session.lost})
    raise LinkLost(session.lost.result())


def _joined(headers: Headers, more: dict[str, str]) -> list[tuple[str, str]]:
    return [*(headers.items() if isinstance(headers, Mapping) else headers), *more.items()]

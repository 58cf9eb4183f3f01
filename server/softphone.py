"""A real SIP phone without a sound card, for tests, `make demo` and `make call`: baresip, driven by commands.

One process per phone, on one loopback address: agents on 127.0.0.1, callers of the local trunk on 127.0.0.2.

    async with Softphone(Account("101", server="127.0.0.1:5060", secret="…"), play=1200) as agent:
        await agent.registered()
        call = await agent.incoming()
        await call.accept()

    async with Softphone(Account("0612345678", server="127.0.0.1:5060"), address="127.0.0.2") as caller:
        call = await caller.dial("2000")
        await call.answered()
        await call.send_keys("1")
        await call.hang_up()
        await call.ended()

RTP flows from answer to end: what the phone plays, then silence. Each call's sound is recorded in both
directions (`call.heard`, `call.said`) where a folder is given. Waits are in seconds and end in
PhoneWaitedInVain with the phone's story.
"""

from __future__ import annotations

import asyncio
import itertools
import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from server import parts, softphone_sound
from server.softphone_call import End, PhoneCall, PhoneWaitedInVain, number_of
from server.softphone_control import Control, ControlError, Event
from server.softphone_process import PhoneDidNotStart, PhoneProcess

__all__ = [
    "Account",
    "ControlError",
    "End",
    "PhoneCall",
    "PhoneDidNotStart",
    "PhoneWaitedInVain",
    "RegistrationRefused",
    "Softphone",
]

REGISTERED_FOR = 60  # seconds; baresip renews in time
Sound = Path | int | None  # a WAV file, a tone in hertz, silence

# What baresip would take as the end of a value in its own address syntax.
UNSAFE = re.compile(r"[\x00-\x20\x7f\"<>;,\\]")


class RegistrationRefused(Exception):  # noqa: N818 - named for what is wrong
    """The server does not take the phone; the message has its words, such as `403 Forbidden`."""


@dataclass(frozen=True, slots=True)
class Account:
    """Who the phone is: the user it registers as, or, without a secret, the number it calls from."""

    user: str
    server: str = "127.0.0.1:5060"
    secret: str | None = None
    name: str = ""
    transport: str = "udp"


class Softphone:
    """One phone; `async with` starts it and leaves no process behind."""

    def __init__(
        self,
        account: Account,
        *,
        address: str = "127.0.0.1",
        play: Sound = None,
        record_dir: Path | None = None,
        program: parts.Program | None = None,
    ) -> None:
        """Prepare it; recordings are kept in `record_dir`, or not made."""
        self.account = account
        self.heard: Path | None = None  # the latest call's recording
        self.story: list[str] = []  # what baresip told, for the reader of a failed test
        self._address = address
        self._play = play
        self._record_dir = record_dir
        self._program = program
        self._process: PhoneProcess | None = None
        self._control = Control(self._on_event, self._on_gone)
        self._turn = asyncio.Lock()
        self._identities: list[str] = []  # in baresip's order, which `dial` counts by
        self._calls: dict[str, PhoneCall] = {}
        self._incoming: asyncio.Queue[PhoneCall] = asyncio.Queue()
        self._registration: asyncio.Future[None] | None = None
        self._numbers = itertools.count(1)

    @property
    def pid(self) -> int:
        """The number of the phone's process."""
        return self._process.pid if self._process else 0

    @property
    def sip_address(self) -> str:
        """Where the phone takes SIP, as address:port."""
        assert self._process is not None
        return f"{self._address}:{self._process.sip_port}"

    async def __aenter__(self) -> Self:
        if self._record_dir is not None:
            self._record_dir.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix="phone-", dir=self._record_dir))
        program = self._program or parts.find("baresip")
        self._process = PhoneProcess(program, parts.baresip_module_dir(), folder, self._address)
        try:
            self._write_sound("first.wav", self._play)
            await self._process.start("first.wav", record=self._record_dir is not None)
            await self._control.connect(self._process.control_port)
            await self._become(self.account)
        except BaseException:
            await self._leave(politely=False)
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._leave(politely=True)

    async def registered(self, within: float = 10.0) -> None:
        """Return when the server has taken the phone; RegistrationRefused when it does not."""
        if self._registration is None:
            raise ValueError(f"{self.account.user} has no secret and does not register")
        try:
            async with asyncio.timeout(within):
                await asyncio.shield(self._registration)
        except TimeoutError:
            raise self.vain("the registration", within) from None

    async def dial(self, number: str, *, caller: str | None = None, name: str = "") -> PhoneCall:
        """Call a number or a full SIP address; `caller` shows another number, or user@host, as From."""
        identity = await self._become(
            Account(caller, self.account.server, name=name) if caller else self.account
        )
        address = number if number.startswith("sip:") else f"sip:{number}@{self.account.server}"
        if re.search(r"[\x00-\x20\x7f]", address):
            raise ValueError(f"{address!r} is not a SIP address")
        async with self._turn:
            answer = await self._control.command("dial", f"{address} {identity}")
            call_id = re.search(r"call id: (\S+)", answer)
            if call_id is None:
                raise ControlError(f"baresip does not dial {address}: {answer.strip()}")
            return self._call(call_id[1], incoming=False, number=number_of(address), name="")

    async def incoming(self, within: float = 10.0) -> PhoneCall:
        """Return the next call that rings here."""
        try:
            async with asyncio.timeout(within):
                return await self._incoming.get()
        except TimeoutError:
            raise self.vain("an incoming call", within) from None

    async def say(self, sound: Sound) -> None:
        """Say something else from now on: a WAV file once, a tone, or silence."""
        name = f"said-{next(self._numbers)}.wav"
        self._write_sound(name, sound)
        await self._control.command("ausrc", f"aufile,{name}")

    async def do_not_disturb(self, *, on: bool = True) -> None:
        """Refuse every call from now on with 480, or stop refusing."""
        await self._control.command("dnd", "true" if on else "false")

    async def unregister(self) -> None:
        """Sign off at the server; the phone's calls end."""
        await self._control.command("uadel", self._identities[0])
        del self._identities[0]
        self._registration = None

    async def register(self) -> None:
        """Register again after `unregister`; wait with `registered`."""
        await self._become(self.account)

    def freeze(self) -> None:
        """Be there and answer nothing, as a phone whose battery fails; `thaw` undoes it."""
        assert self._process is not None
        self._process.freeze()

    def thaw(self) -> None:
        """Go on after `freeze`."""
        assert self._process is not None
        self._process.thaw()

    async def vanish(self) -> None:
        """Be gone at once: no BYE, no sign-off."""
        assert self._process is not None
        await self._process.kill()
        self._on_gone()

    async def about_call(self, call: PhoneCall, command: str, parameters: str = "") -> None:
        """Give a command for one call."""
        async with self._turn:
            if command in ("accept", "hangup", "hold", "resume"):
                await self._control.command(command, call.id)
            else:
                # These commands concern the call that is in front.
                await self._control.command("callfind", call.id)
                await self._control.command(command, parameters)

    async def caught_up(self) -> None:
        """Return when baresip has ended what follows from its events: it answers in order."""
        if self._process is not None and self._process.running and self._calls:
            await self._control.command("about")

    def vain(self, what: str, within: float) -> PhoneWaitedInVain:
        """Return the error for a wait in vain."""
        words = self._process.last_words if self._process else ()
        return PhoneWaitedInVain(
            f"{self.account.user} waited {within:g} s for {what}\n"
            f"its story: {'; '.join(self.story) or 'none'}\n"
            "baresip's last words:\n  " + "\n  ".join(words)
        )

    async def _become(self, account: Account) -> int:
        """Take an identity, once; return its place in baresip's list."""
        host = account.server if account.secret else self._address
        user, _, own_host = account.user.partition("@")
        address = f"sip:{user}@{own_host or host}"
        for value in (user, own_host, host, account.secret or "", account.transport):
            if UNSAFE.search(value):
                raise ValueError(f"baresip cannot take {value!r} as part of an account")
        if '"' in account.name or not account.name.isprintable():
            raise ValueError(f"baresip cannot take {account.name!r} as a name")
        line = f'"{account.name}" ' if account.name else ""
        line += f"<{address};transport={account.transport}>;audio_codecs=PCMA,PCMU;ptime=20;answermode=manual"
        key = address if account.secret or not account.name else f"{address} {account.name}"
        if key in self._identities:
            return self._identities.index(key)
        if account.secret:
            line += f";auth_pass={account.secret};regint={REGISTERED_FOR};rwait=50"
            self._registration = asyncio.get_running_loop().create_future()
        else:
            line += ";regint=0"
        async with self._turn:
            await self._control.command("uanew", line)
            self._identities.append(key)
            return len(self._identities) - 1

    def _write_sound(self, name: str, sound: Sound) -> None:
        assert self._process is not None
        path = self._process.folder / name
        match sound:
            case None:
                softphone_sound.write_silence(path)
            case int():
                softphone_sound.write_tone(path, sound)
            case Path():
                softphone_sound.write_speech(path, sound)

    def _on_event(self, event: Event) -> None:
        what, words = str(event.get("type", "")), str(event.get("param", ""))
        if what.startswith("CALL_RTCP"):
            return
        self.story.append(f"{what} {words}".strip())
        if what in ("REGISTER_OK", "REGISTER_FAIL"):
            self._on_registration(what, words)
        elif "id" in event:
            self._on_call(what, words, event)

    def _on_registration(self, what: str, words: str) -> None:
        if self._registration is None or self._registration.done():
            return
        if what == "REGISTER_OK":
            self._registration.set_result(None)
        else:
            self._registration.set_exception(RegistrationRefused(f"{self.account.user}: {words}"))
            self._registration.exception()  # nobody may be waiting

    def _on_call(self, what: str, words: str, event: Event) -> None:
        call = self._call(
            str(event["id"]),
            incoming=event.get("direction") == "incoming",
            number=number_of(str(event.get("peeruri", ""))),
            name=str(event.get("peerdisplayname", "")),
        )
        if what in ("CALL_ESTABLISHED", "CALL_CLOSED"):
            self._claim_recordings(call)
        call.happened(what, words)
        if what == "CALL_INCOMING":
            self._incoming.put_nowait(call)

    def _call(self, call_id: str, *, incoming: bool, number: str, name: str) -> PhoneCall:
        if call_id not in self._calls:
            self._calls[call_id] = PhoneCall(self, call_id, incoming=incoming, number=number, name=name)
        return self._calls[call_id]

    def _claim_recordings(self, call: PhoneCall) -> None:
        """Give a call the files that sndfile has opened for it, whose names only tell the second.

        A file may be renamed while it is written.
        """
        if self._record_dir is None or self._process is None or call.heard is not None:
            return
        for dump in self._process.folder.glob("dump-*.wav"):
            heard = dump.name.endswith("-dec.wav")
            kind = "heard" if heard else "said"
            place = self._record_dir / f"{self.account.user}-{call.number}-{call.id[:8]}-{kind}.wav"
            dump.rename(place)
            if heard:
                self.heard = call.heard = place
            else:
                call.said = place

    def _on_gone(self) -> None:
        self.story.append("baresip is gone")
        for call in self._calls.values():
            call.lost()

    async def _leave(self, *, politely: bool) -> None:
        try:
            if self._process is not None:
                await (self._process.quit() if politely else self._process.kill())
        finally:
            await self._control.close()
            if self._process is not None:
                shutil.rmtree(self._process.folder, ignore_errors=True)

"""Three in a conversation: a colleague whom the agent consulted is with him and the caller.

The two are in a conversation as ever; the third is beside it, as a supervisor who joins is. So when he hangs up they
notice nothing, and when the agent does, the caller is joined with him.
"""

import asyncio
from dataclasses import replace

from ivr.call import Call, CallerHungUp, TalkEnd, ThirdLeg
from ivr.either import let_go
from ivr.flows.aside import code_of
from ivr.office import Office
from ivr.targets import Contact
from routing.events import CallEnded, CallPassed
from routing.model import Agent, EntryId
from routing.record import AgentTalk


class Third:
    """He is there from now on. The desk knows him to be talking, and his part is kept."""

    def __init__(
        self, call: Call, office: Office, entry: EntryId, whom: Agent | Contact, leg: ThirdLeg
    ) -> None:
        """`entry`: the caller's, who is her agent's; the third has one of his own beside it."""
        self.call, self.office, self.whom, self.leg = call, office, whom, leg
        self.since = office.now()
        self._entry = EntryId(f"{entry}+{code_of(whom)}")
        self._part = AgentTalk(
            id=f"{call.id}-{self.since.timestamp():.3f}",
            version=1,
            call=call.id,
            agent=whom.id if isinstance(whom, Agent) else None,
            outside=whom.code if isinstance(whom, Contact) else None,
            began_at=self.since,
        )
        office.recorder.record(self._part)
        if isinstance(whom, Agent):
            office.desk.tell(CallPassed(whom.id, self._entry, self.since))
        call.log.note("three talk", third=code_of(whom))
        self._open = True
        self._stays = asyncio.ensure_future(self._stay())

    @property
    def there(self) -> bool:
        """Whether he has not left them."""
        return not self._stays.done()

    async def goes_on(self) -> ThirdLeg:
        """He is to be joined with her: his part goes on, no longer as that of a third."""
        await let_go(self._stays)
        return self.leg

    async def ends(self) -> None:
        """The caller has left them all."""
        await let_go(self._stays)
        if self._open:
            self._over(TalkEnd.CALLER)
        await self.leg.hang_up()

    async def _stay(self) -> None:
        by = TalkEnd.CALLER
        try:
            await self.leg.stay_with(self.call)
        except CallerHungUp:
            by = TalkEnd.AGENT
        self._over(by)

    def _over(self, by: TalkEnd) -> None:
        self._open = False
        if isinstance(self.whom, Agent):
            self.office.desk.tell(CallEnded(self.whom.id, self._entry))
        self.office.recorder.record(replace(self._part, version=2, ended_at=self.office.now(), ended_by=by))
        self.call.log.note("third left", third=code_of(self.whom), by=by)

"""What the telephones can do, as Asterisk tells it, to everybody who sits at one or would."""

from collections.abc import Collection

from pbx.link import Link
from pbx.presence import vanished
from pbx.stock import device_of, see_devices
from routing.events import DeviceChanged
from routing.model import Device, Offered, Seat
from server.desk_room import DeskRoom


class Telephones:
    """All telephones of the centre's own, by extension."""

    def __init__(self, extensions: Collection[str], desk: DeskRoom, link: Link) -> None:
        """`desk` is told of every change."""
        self.extensions = extensions
        self._desk, self._link = desk, link
        self._by_device = {f"PJSIP/{extension}": extension for extension in extensions}
        self._seen: dict[str, Device] = {}

    def told(self, device: str, state: str) -> None:
        """Asterisk's word: a device such as `PJSIP/101` and its state."""
        telephone = self._by_device.get(device)
        if telephone is not None:
            self._tell(telephone, device_of(state))

    def moved(self, before: Seat, after: Seat) -> None:
        """An agent may sit at another telephone now."""
        if before.extension != after.extension:
            device = self._seen.get(after.extension, Device.UNREACHABLE)
            self._desk.tell(DeviceChanged(after.agent.id, device))

    async def look(self) -> None:
        """Ask Asterisk for all of them. Raises what the link raises."""
        await see_devices(self._link, self._by_device, self._tell)

    async def look_for_lost(self) -> None:
        """The same, if an agent has lost his: one marked unreachable by a failed offer may be there again."""
        seats = self._desk.desk.seats.values()
        if self._link.up and any(seat.device is Device.UNREACHABLE for seat in seats):
            await self.look()

    async def look_at_ringing(self) -> None:
        """Of those that ring Asterisk says «ringing» to the end, also when they have vanished."""
        seats = self._desk.desk.seats.values()
        for telephone in [seat.extension for seat in seats if isinstance(seat.state, Offered)]:
            if await vanished(self._link, telephone):
                self._tell(telephone, Device.UNREACHABLE)

    def _tell(self, telephone: str, device: Device) -> None:
        self._seen[telephone] = device
        for seat in list(self._desk.desk.seats.values()):
            if seat.extension == telephone:
                self._desk.tell(DeviceChanged(seat.agent.id, device))

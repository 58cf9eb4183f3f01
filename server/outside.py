"""How numbers outside are dialled: by the first trunk that takes calls out."""

from collections.abc import Sequence

from dialplan import names
from dialplan.plan import Trunk
from ivr.centre import CallbackRules
from ivr.numbers import may_be_called


class TrunkOutside:
    """Implements `pbx.dialling.Outside`. The allow-list is asked here again: this is the last step before money."""

    def __init__(self, trunks: Sequence[Trunk], rules: CallbackRules) -> None:
        """`trunks` in the order of the configuration."""
        self._trunk = next((trunk for trunk in trunks if trunk.host is not None), None)
        self._rules = rules

    @property
    def caller_id(self) -> str:
        """The centre's own number on the way out; empty when the trunk sets it."""
        return "" if self._trunk is None or self._trunk.caller_id is None else self._trunk.caller_id

    def dial_string(self, number: str) -> str | None:
        """`PJSIP/+212…@trunk-NAME`, or None when no trunk may carry it."""
        if self._trunk is None or not may_be_called(number, self._rules.allowed, self._rules.refused):
            return None
        if not (number.startswith("+") and number[1:].isascii() and number[1:].isdigit()):
            return None
        return f"PJSIP/{number}@{names.trunk_endpoint(self._trunk.name)}"

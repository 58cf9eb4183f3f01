"""An ordinary week, for laws that are shown by an example too."""

from datetime import time

import pytest

from routing.hours import OpeningHours, Span
from routing.zone import MOROCCO, centre_zone


@pytest.fixture
def week() -> OpeningHours:
    """Monday to Friday, 8:30 to 16:30."""
    spans = (Span(time(8, 30), time(16, 30)),)
    return OpeningHours(centre_zone(MOROCCO), tuple(spans if day < 5 else () for day in range(7)))

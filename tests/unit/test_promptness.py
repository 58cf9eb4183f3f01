"""Short slices of the processor are asked for once and by whoever is started from then on; nothing else changes."""

import os
import subprocess
import sys

ASKED = (
    "import os; os.nice(3); from server.promptness import ask_for_short_slices as ask; "
    "print(ask() in (True, False), os.nice(0), os.sched_getscheduler(0) == os.SCHED_OTHER)"
)


def test_niceness_and_policy_stay_as_they_are() -> None:
    before = os.nice(0)
    told = subprocess.run([sys.executable, "-c", ASKED], capture_output=True, text=True, check=True).stdout
    assert told.split() == ["True", str(before + 3), "True"]

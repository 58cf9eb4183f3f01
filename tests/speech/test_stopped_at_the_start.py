"""Ctrl-C while the first start renders its prompts."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.timeout(60)
def test_ctrl_c_at_the_first_start_ends_it_in_order(tmp_path: Path) -> None:
    """The terminal sends it to every program of the group; none of them may be lost or waited for in vain."""
    command = [str(Path(sys.executable).with_name("mowakaba")), "serve", "--state", str(tmp_path / "state")]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
    ) as centre:
        assert centre.stdout is not None
        told = ""
        while "prompts 18/" not in told and "prompts 1/" not in told:
            told = centre.stdout.readline()
            assert told, "it ended before"
        os.killpg(centre.pid, signal.SIGINT)
        said, _ = centre.communicate(timeout=30)
    assert centre.returncode == 0
    assert "child process" not in said
    assert "Traceback" not in said

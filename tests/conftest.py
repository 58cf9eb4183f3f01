"""What a command does to the log of its own process does not outlive the test that ran it."""

from collections.abc import Iterator

import pytest
import structlog


@pytest.fixture(autouse=True)
def the_log_goes_on_as_before() -> Iterator[None]:
    before = structlog.get_config()
    yield
    structlog.configure(**before)

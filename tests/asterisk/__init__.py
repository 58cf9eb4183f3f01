"""Real calls on a real Asterisk."""

import pytest

pytest.register_assert_rewrite("tests.asterisk.centre")

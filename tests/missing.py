"""What a test needs and this machine may lack."""

import os
from typing import NoReturn

import pytest


def cannot_be_had(why: str) -> NoReturn:
    """Skip with the reason; in CI nothing is skipped."""
    if os.environ.get("CI") == "true":
        pytest.fail(why, pytrace=False)
    pytest.skip(why)

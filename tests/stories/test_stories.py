"""Every recorded story still raises the alerts it should, to the letter."""

import pytest
from stories import RECORDED, tell, told_in


@pytest.mark.parametrize("name", RECORDED)
def test_a_story_is_told_as_it_was(name):
    assert tell(name) == told_in(name).read_text(encoding="utf-8"), "renew with: python tests/stories/stories.py"


@pytest.mark.parametrize("name", [name for name, made in RECORDED.items() if not made["plants"]])
def test_nothing_is_said_of_an_innocent_story(name):
    assert told_in(name).read_text(encoding="utf-8") == "nothing is said\n"


@pytest.mark.parametrize("name", [name for name, made in RECORDED.items() if made["plants"]])
def test_a_staged_story_opens_an_incident_of_its_scheme(name):
    [scheme] = RECORDED[name]["plants"]
    assert f"where: {scheme.replace('_', ' ')}" in told_in(name).read_text(encoding="utf-8")

"""claquewatch webhooks list, check and test, on real files and a real receiver."""

import asyncio
import threading

import pytest
from click.testing import CliRunner
from webhooks_helpers import SECRET

from agents.commands.webhooks import command
from agents.endpoints import new_secret
from agents.errors import ClaquewatchError, UsageError
from agents.receiver import Answer as Says
from agents.receiver import Receiver

pytestmark = pytest.mark.integration


def test_check_says_that_nothing_is_wrong(tmp_path, receiver):
    result = run(tmp_path, receiver().url, "check")

    assert (result.exit_code, result.output) == (0, "1 endpoint, nothing wrong (no message was sent)\n")


def test_check_says_all_that_is_wrong_and_ends_with_1(tmp_path):
    result = run(tmp_path, "https://no-such-host.invalid/hook", "check", more='[[endpoint]]\nname = "b"\nurl = "x"\n')

    assert result.exit_code == 1
    assert result.stderr.splitlines() == [
        "b: its url must begin with https:// and name a host",
        "b: it needs secret_env (a name in the environment) or secret_file",
        "moderators: its host no-such-host.invalid cannot be resolved",
    ]


def test_check_looks_where_a_name_leads_to(tmp_path):
    result = run(tmp_path, "https://localhost/hook", "check", allow_private=False)

    assert result.exit_code == 1
    assert "moderators: localhost: the address is not public" in result.stderr


def test_list_shows_no_more_than_the_host_of_an_address(tmp_path, receiver):
    result = run(tmp_path, receiver().url + "/T0/path-that-is-secret", "list")

    assert result.output == (
        "moderators: 127.0.0.1; all schemes; info and above; for 900 s, private addresses allowed\n"
    )


def test_test_sends_a_ping_that_verifies(tmp_path, receiver):
    receiving = receiver()

    result = run(tmp_path, receiving.url, "test", "moderators")

    assert (result.exit_code, result.output) == (0, "moderators: status 204, delivered\n")
    assert receiving.verified == 1
    assert receiving.received[0].body["type"] == "test.ping"


def test_test_fails_where_the_receiver_refuses(tmp_path, receiver):
    receiving = receiver(Says(500))

    with pytest.raises(ClaquewatchError, match="moderators: status 500; only an answer of 2xx") as failure:
        run(tmp_path, receiving.url, "test", "moderators")
    assert failure.value.exit_code == 1


def test_test_of_an_unknown_name_says_which_there_are(tmp_path, receiver):
    with pytest.raises(UsageError, match="there is no endpoint nobody; there are: moderators"):
        run(tmp_path, receiver().url, "test", "nobody")


def test_without_a_file_it_says_what_to_do():
    with pytest.raises(UsageError, match="set CLAQUEWATCH_ENDPOINTS"):
        CliRunner(env={"CLAQUEWATCH_ENDPOINTS": ""}).invoke(command, ["check"], catch_exceptions=False)


def test_a_secret_that_is_wrong_stops_with_a_sentence(tmp_path, receiver):
    with pytest.raises(UsageError, match="moderators: its secret holds 3 bytes"):
        run(tmp_path, receiver().url, "list", secret="whsec_YWJj")


def run(folder, url, *arguments, secret=SECRET, allow_private=True, more=""):
    path = folder / "endpoints.toml"
    path.write_text(
        f'[[endpoint]]\nname = "moderators"\nurl = "{url}"\nsecret_env = "CLAQUEWATCH_SECRET"\n'
        f"allow_private = {str(allow_private).lower()}\n{more}"
    )
    env = {"CLAQUEWATCH_ENDPOINTS": str(path), "CLAQUEWATCH_SECRET": secret}
    return CliRunner(env=env).invoke(command, list(arguments), catch_exceptions=False)


@pytest.fixture
def receiver():
    """Starts receivers in a loop of their own: the commands bring theirs."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    started = []

    def start(*answers):
        one = Receiver(SECRET, answers=answers)
        asyncio.run_coroutine_threadsafe(one.start(), loop).result(5)
        started.append(one)
        return one

    yield start
    for one in started:
        asyncio.run_coroutine_threadsafe(one.stop(), loop).result(5)
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


def test_a_fresh_secret_can_be_used(tmp_path, receiver):
    assert run(tmp_path, receiver().url, "check", secret=new_secret()).exit_code == 0

"""endpoints.toml: read whole, all that is wrong at once, and no secret in any message."""

import base64

import pytest
from webhooks_helpers import SECRET, an_alert, an_endpoint

from agents.endpoints import SCHEMES, load, names_referred, new_secret, read, secret_faults
from agents.errors import UsageError
from agents.settings import load as load_settings

WHOLE = """
[[endpoint]]
name = "moderators"
url = "https://example.org/hook"
secret_env = "CLAQUEWATCH_SECRET_MODERATORS"
schemes = ["coordinated_purchases", "paid_praise"]
min_severity = "warning"
max_age_s = 60

[[endpoint]]
name = "gateway-2"
url = "http://10.0.0.7:8080/in"
secret_file = "gateway.secret"
allow_private = true
"""


def toml(folder, text):
    path = folder / "endpoints.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_whole_file(tmp_path):
    (tmp_path / "gateway.secret").write_text(f"{SECRET}\n")

    moderators, gateway = load(toml(tmp_path, WHOLE), {"CLAQUEWATCH_SECRET_MODERATORS": SECRET})

    assert moderators.schemes == {"coordinated_purchases", "paid_praise"}
    assert (moderators.min_severity, moderators.max_age_ms, moderators.allow_private) == ("warning", 60_000, False)
    assert (gateway.name, gateway.schemes, gateway.min_severity) == ("gateway-2", SCHEMES, "info")
    assert (gateway.max_age_ms, gateway.allow_private) == (900_000, True)


def test_no_file_is_no_endpoint():
    assert load(None) == ()


def test_all_that_is_wrong_is_said_at_once_and_names_its_endpoint(tmp_path):
    path = toml(
        tmp_path,
        """
        endpoints = 1
        [[endpoint]]
        name = "Moderators"
        url = "https://example.org/"
        [[endpoint]]
        name = "a"
        url = "http://example.org/"
        secret_env = "NOT_SET"
        min_severity = "high"
        [[endpoint]]
        name = "b"
        url = "http://example.org/"
        secret_env = "NOT_SET"
        [[endpoint]]
        name = "c"
        url = "https://example.org/"
        secret = "whsec_oops"
        secret_file = "not_there"
        [[endpoint]]
        name = "d"
        url = "https://example.org/"
        [[endpoint]]
        name = "d"
        url = "https://10.0.0.1/"
        secret_env = "SET"
        secret_file = "too"
        """,
    )

    endpoints, faults = read(path, {"SET": SECRET})

    assert endpoints == ()
    assert faults == [
        "'endpoints' is not known here; only [[endpoint]] is",
        "endpoint 1: name may hold small letters, digits and dashes only, at most 40",
        "endpoint 1: it needs secret_env (a name in the environment) or secret_file",
        "a: min_severity: Input should be 'critical', 'warning' or 'info'",
        "a: its url must be https (http only with allow_private = true, to private addresses)",
        "a: its secret is missing: set NOT_SET in the environment",
        "b: its url must be https (http only with allow_private = true, to private addresses)",
        "b: its secret is missing: set NOT_SET in the environment",
        "c: secret is not known (did you mean secret_env?)",
        "c: its secret_file not_there cannot be read (No such file or directory)",
        "d: it needs secret_env (a name in the environment) or secret_file",
        "d: the address is not public; set allow_private = true if it is meant",
        "d: it has secret_env and secret_file; keep one",
        "d: another endpoint has this name",
    ]


def test_the_faults_stop_with_one_sentence(tmp_path):
    with pytest.raises(UsageError, match=r"endpoints.toml is not right: moderators: .*; gateway-2: "):
        load(toml(tmp_path, WHOLE), {})


@pytest.mark.parametrize("text", ["endpoint = 3", "[[endpoint", "[endpoint]\nname = 'a'", "endpoint = [1]"])
def test_a_file_of_another_form_is_said_to_be_so(tmp_path, text):
    endpoints, faults = read(toml(tmp_path, text), {})

    assert (endpoints, len(faults)) == ((), 1)


def test_a_file_that_is_not_there_is_said_to_be_so(tmp_path):
    assert read(tmp_path / "none.toml", {}) == ((), ["the file cannot be read (No such file or directory)"])


def test_a_file_without_endpoints_is_right(tmp_path):
    assert read(toml(tmp_path, "# none yet"), {}) == ((), [])


def test_two_secrets_while_one_rotates(tmp_path):
    env = {"CLAQUEWATCH_SECRET_MODERATORS": f"{SECRET} {new_secret()}"}

    assert len(read(toml(tmp_path, WHOLE), env)[0][0].secrets) == 2


def test_a_secret_has_24_to_64_bytes():
    def secret(size):
        return "whsec_" + base64.b64encode(b"x" * size).decode()

    assert "holds 23 bytes" in secret_faults(secret(23))[0]
    assert secret_faults(secret(24)) == secret_faults(secret(64)) == []
    assert "holds 65 bytes" in secret_faults(secret(65))[0]


def test_a_wrong_secret_is_not_repeated():
    [fault] = secret_faults("whsec_my secret words!")

    assert fault == "its secret is no base64 after `whsec_`"


def test_an_endpoint_tells_no_secret_when_it_is_logged():
    assert repr(an_endpoint("https://example.org/T0/secret-path")) == "Endpoint(moderators)"
    assert SECRET not in f"{an_endpoint('https://example.org/')}"


def test_the_names_of_secrets_are_known_to_the_settings(tmp_path):
    env = {"CLAQUEWATCH_ENDPOINTS": str(toml(tmp_path, WHOLE)), "CLAQUEWATCH_SECRET_MODERATORS": SECRET}

    assert names_referred(env) == {"CLAQUEWATCH_SECRET_MODERATORS"}
    assert load_settings(env, also_known=names_referred(env)).endpoints == tmp_path / "endpoints.toml"


def test_the_names_of_a_file_that_is_wrong_or_absent_are_none(tmp_path):
    assert names_referred({}) == names_referred({"CLAQUEWATCH_ENDPOINTS": str(tmp_path / "none")}) == frozenset()
    assert names_referred({"CLAQUEWATCH_ENDPOINTS": str(toml(tmp_path, "endpoint = 3"))}) == frozenset()


def test_an_endpoint_wants_its_schemes_from_its_severity_on():
    endpoint = an_endpoint("https://example.org/", schemes=frozenset({"paid_praise"}), min_severity="warning")

    assert endpoint.wants(an_alert(scheme="paid_praise", severity="critical"))
    assert endpoint.wants(an_alert(scheme="paid_praise", severity="warning"))
    assert not endpoint.wants(an_alert(scheme="paid_praise", severity="info"))
    assert not endpoint.wants(an_alert(scheme="fake_orders", severity="critical"))

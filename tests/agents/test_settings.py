"""Settings from the environment: defaults, every error at once, and what a name that is nearly one may have meant."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from agents.errors import UsageError
from agents.settings import Settings, load, table


def faults(**env: str) -> str:
    with pytest.raises(UsageError) as error:
        load({f"CLAQUEWATCH_{name}": value for name, value in env.items()})
    return str(error.value)


def test_without_any_variable_the_defaults_hold():
    assert load({}) == Settings()
    assert load({}).partitions == 8


def test_variables_win_over_defaults_and_have_the_type_of_their_setting():
    settings = load(
        {
            "CLAQUEWATCH_BROKER": "k1:9092,k2:9093",
            "CLAQUEWATCH_PREFIX": "canary.",
            "CLAQUEWATCH_PARTITIONS": "32",
            "CLAQUEWATCH_SNAPSHOT_S": "2.5",
            "CLAQUEWATCH_DATADIR": "/data",
        }
    )

    assert (settings.broker, settings.partitions, settings.snapshot_s) == ("k1:9092,k2:9093", 32, 2.5)
    assert settings.datadir == Path("/data")
    assert settings.app_id == "canary.claquewatch"
    assert settings.named("live.alerts") == "canary.live.alerts"


def test_what_does_not_begin_with_our_prefix_is_none_of_our_business():
    assert load({"PATH": "/bin", "PARTITIONS": "x", "claquewatch_partitions": "x"}) == Settings()


def test_every_error_is_told_at_once():
    said = faults(PARTITIONS="0", SPEED="fast", BORKER="k:9092", LOG_LEVEL="loud")

    assert said.startswith("the settings are not right: ")
    assert "CLAQUEWATCH_PARTITIONS='0': Input should be greater than or equal to 1" in said
    assert "CLAQUEWATCH_SPEED='fast': Input should be a valid number" in said
    assert "CLAQUEWATCH_LOG_LEVEL='loud'" in said
    assert "CLAQUEWATCH_BORKER is no setting (did you mean CLAQUEWATCH_BROKER?)" in said
    assert said.endswith("`claquewatch settings` lists them all")
    assert "\n" not in said


def test_a_name_that_is_like_no_other_gets_no_advice():
    assert "CLAQUEWATCH_XYZZY_PLUGH is no setting;" in faults(XYZZY_PLUGH="1")


@pytest.mark.parametrize(
    "broker", ["k", "k:", ":9092", "k:x", "k:9092,", "k:9092 m:9092", "kafka://k:9092", "::1:9092"]
)
def test_a_broker_without_a_host_or_a_port_is_told_how_to_write_one(broker):
    assert f"CLAQUEWATCH_BROKER={broker!r}: write host:port, several with commas" in faults(BROKER=broker)


def test_a_broker_may_be_an_address_of_either_kind():
    assert load({"CLAQUEWATCH_BROKER": "[::1]:9092,10.0.0.1:9092"}).broker == "[::1]:9092,10.0.0.1:9092"


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("PARTITIONS", "1", "0"),
        ("PARTITIONS", "1000", "1001"),
        ("PARTITIONS", "8", "8.5"),
        ("SESSION_S", "1", "0.9"),
        ("METRICS_PORT", "0", "-1"),
        ("METRICS_PORT", "65535", "65536"),
        ("LATENESS_MS", "0", "-1"),
        ("PANE_MS", "100", "99"),
        ("SPEED", "1000", "1001"),
        ("SPEED", "0.1", "nan"),
        ("SNAPSHOT_S", "0.1", "0"),
        ("REPLICATION", "9", "10"),
        ("PREFIX", "a" * 60, "a" * 61),
        ("PREFIX", "a.b-c_d", "a/b"),
        ("PREFIX", "a", "a b"),
    ],
)
def test_the_bounds_of_a_setting_are_exact(name, good, bad):
    load({f"CLAQUEWATCH_{name}": good})

    assert f"CLAQUEWATCH_{name}={bad!r}" in faults(**{name: bad})


def test_an_empty_variable_is_an_absent_one():
    env = {f"CLAQUEWATCH_{name.upper()}": "" for name in Settings.model_fields}

    assert load(env) == Settings()
    assert {where for _, _, where, _ in table(load(env), env)} == {"default"}


def test_names_of_the_tests_and_of_the_local_broker_are_known():
    load({"CLAQUEWATCH_DATA": "x", "CLAQUEWATCH_TEST_BROKER": "x", "CLAQUEWATCH_CACHE": "x"})


def test_names_that_endpoints_refer_to_are_known_to_who_says_so():
    env = {"CLAQUEWATCH_SLACK_SECRET": "x"}

    assert load(env, also_known=frozenset(env)) == Settings()
    assert "CLAQUEWATCH_SLACK_SECRET is no setting" in faults(SLACK_SECRET="x")


def test_settings_cannot_be_changed():
    with pytest.raises(ValidationError):
        Settings().partitions = 3  # type: ignore[misc]


def test_the_table_says_what_is_in_force_and_from_where():
    env = {"CLAQUEWATCH_PARTITIONS": "32"}

    rows = {name: (value, where) for name, value, where, _ in table(load(env), env)}

    assert rows["CLAQUEWATCH_PARTITIONS"] == ("32", "environment")
    assert rows["CLAQUEWATCH_PANE_MS"] == ("2000", "default")
    assert rows["CLAQUEWATCH_DATADIR"] == ("", "default")
    assert all(meaning for _, _, _, meaning in table(load(env), env))

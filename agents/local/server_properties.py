"""The settings of a Kafka broker that is alone on one machine, for tests and the demo."""

from collections.abc import Mapping
from pathlib import Path

from agents.local.ports import LOOPBACK

_MIB = 1024 * 1024
_LARGEST_RECORD = 8 * _MIB  # what topics with snapshots declare as max.message.bytes
_NO_LIMIT = 2**63 - 1

_ALONE = {
    "process.roles": "broker,controller",
    "node.id": 1,
    "listener.security.protocol.map": "BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT",
    "inter.broker.listener.name": "BROKER",
    "controller.listener.names": "CONTROLLER",
    # every internal topic asks for three replicas by default and would never be made
    "offsets.topic.replication.factor": 1,
    "transaction.state.log.replication.factor": 1,
    "transaction.state.log.min.isr": 1,
    "share.coordinator.state.topic.replication.factor": 1,
    "share.coordinator.state.topic.min.isr": 1,
    "default.replication.factor": 1,
    "min.insync.replicas": 1,
}

_AS_DECLARED = {
    # topics come from streams/topics.py; one that is missing should be noticed
    "auto.create.topics.enable": "false",
    # a batch is a little larger than its largest record
    "message.max.bytes": _LARGEST_RECORD + _MIB,
    "replica.fetch.max.bytes": _LARGEST_RECORD + _MIB,
    # a topic that keeps its producers' time takes any: simulated evenings lie in the past and the future
    "log.message.timestamp.before.max.ms": _NO_LIMIT,
    "log.message.timestamp.after.max.ms": _NO_LIMIT,
}

_SWIFT = {
    # the default of 50 partitions each is made at the first commit, in sight of the first test
    "offsets.topic.num.partitions": 4,
    "transaction.state.log.num.partitions": 4,
    "share.coordinator.state.topic.num.partitions": 1,
    "group.initial.rebalance.delay.ms": 0,
    "group.min.session.timeout.ms": 1_000,
    # after kill -9 a broker is let in again when its former self's session is over: 3 s instead of 9 s
    "broker.session.timeout.ms": 3_000,
    "broker.heartbeat.interval.ms": 500,
}

_SMALL = {
    "num.network.threads": 2,
    "num.io.threads": 4,
    "background.threads": 2,
    "num.recovery.threads.per.data.dir": 1,
    # 128 MiB by default, a third of the process; 16 MiB hold 600,000 keys
    "log.cleaner.dedupe.buffer.size": 16 * _MIB,
}


def server_properties(broker_port: int, controller_port: int, data: Path, overrides: Mapping[str, object]) -> str:
    """The text of server.properties; `overrides` win."""
    placed = {
        "listeners": f"BROKER://{LOOPBACK}:{broker_port},CONTROLLER://{LOOPBACK}:{controller_port}",
        "advertised.listeners": f"BROKER://{LOOPBACK}:{broker_port}",
        "controller.quorum.voters": f"1@{LOOPBACK}:{controller_port}",
        "log.dirs": data,
    }
    settings = {**_ALONE, **_AS_DECLARED, **_SWIFT, **_SMALL, **placed, **overrides}
    return "".join(f"{name}={value}\n" for name, value in settings.items())

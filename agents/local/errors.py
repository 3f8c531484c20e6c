"""What can go wrong with a broker on this machine; the text of each is written for a person."""


class LocalError(Exception):
    """A broker on this machine cannot be had; the message is one sentence that says why and what to do."""


class CannotFetch(LocalError):
    """A jar could not be brought here: no network, a refusal, or a disk that does not take it."""


class WrongJar(LocalError):
    """A jar is not the one that kafka.lock.toml names."""


class BrokerFailed(LocalError):
    """The broker ended, or did not answer in time; the message is one sentence, then the end of its log."""

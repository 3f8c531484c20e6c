"""Errors that a person reads: each is one sentence that says what is wrong and what to do."""


class ClaquewatchError(Exception):
    """Something that stops a command; its message is the sentence to print."""

    exit_code = 1


class UsageError(ClaquewatchError):
    """The command or the settings are off."""

    exit_code = 2

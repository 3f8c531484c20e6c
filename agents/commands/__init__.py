"""The commands, one file each. `COMMANDS` names where each stands, so that only the one that runs is imported."""

from typing import Final

WIDE: Final = 300  # columns of a table that goes into a file or a pipe: one row is one line

# name: (module, one line for the list)
COMMANDS: Final[dict[str, tuple[str, str]]] = {
    "demo": ("agents.commands.demo", "A simulated evening on this machine, alerts as they happen."),
    "scan": ("agents.commands.scan", "The same detectors over recorded files or a stretch of the log."),
    "simulate": ("agents.commands.simulate", "Write an evening of shows with ground truth."),
    "evaluate": (
        "agents.commands.evaluate",
        "Precision, recall and delay on evenings whose truth is known.",
    ),
    "calibrate": ("agents.commands.calibrate", "Learn what is usual on this platform from its own history."),
    "worker": ("agents.commands.worker", "One worker; start more of them to scale."),
    "topics": ("agents.commands.topics", "What topics exist and should; --create makes the missing ones."),
    "doctor": ("agents.commands.doctor", "What is wrong, and how to mend it."),
    "rules": ("agents.commands.rules", "Thresholds: check a file, show what is in force, apply."),
    "webhooks": ("agents.commands.webhooks", "Endpoints: list, check, test."),
    "settings": ("agents.commands.settings", "Settings in force, and where they come from."),
}

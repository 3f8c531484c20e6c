"""Every scenario as a row: what is done to a deployment while it plays the evening.

A scenario sends stretches of the evening and hurts workers; what it leaves unsent is sent at the end, by `Stage.rest`.
A control is a scenario whose workers lack one defence: it has done its work when that is noticed.
"""

import changes
import deliveries
import frozen
import killed
import links
import small_disk
import sources
from all_in_one import all_in_one
from killed import crash
from scenario import Scenario

SCENARIOS: dict[str, Scenario] = {
    "clean": Scenario(killed.clean),
    "kill_detect": Scenario(killed.kill_detect),
    "kill_ingest": Scenario(killed.kill_ingest),
    "kill_deliver": Scenario(deliveries.kill_deliver),
    "crash_alerts_half": Scenario(crash(("alerts_half", 5), ("alerts_half", 20), ("alerts_half", 8))),
    "crash_alerts_all": Scenario(crash(("alerts_all", 2), ("alerts_all", 5), ("alerts_all", 3))),
    "crash_committed": Scenario(crash(("alerts_committed", 1), ("alerts_committed", 4), ("alerts_committed", 2))),
    "crash_parts_half": Scenario(crash(("parts_half", 4), ("parts_half", 40), ("parts_half", 11))),
    "crash_parts_all": Scenario(crash(("parts_all", 1), ("parts_all", 9), ("parts_all", 4))),
    "crash_before_header": Scenario(crash(("before_header", 1), ("sliced", 2), ("before_header", 9))),
    "crash_tombstone": Scenario(killed.crash_tombstone),
    "crash_ingest_half": Scenario(crash(("logging", 3), ("logging", 11), ("logging", 6))),
    "crash_ingest_uncommitted": Scenario(crash(("acknowledging", 1), ("acknowledging", 3), ("acknowledging", 2))),
    "sigterm": Scenario(killed.sigterm),
    "rebalance": Scenario(killed.rebalance),
    "zombie_detect": Scenario(frozen.zombie_detect),
    "zombie_ingest": Scenario(frozen.zombie_ingest),
    "broker_restart": Scenario(links.broker_restart),
    "connections_cut": Scenario(links.connections_cut),
    "torn_transaction": Scenario(links.torn_transaction),
    "source_trimmed": Scenario(sources.source_trimmed),
    "source_anew": Scenario(sources.source_anew),
    "rules_change": Scenario(changes.rules_change),
    "code_change": Scenario(changes.code_change, scan=False),
    "backlog": Scenario(sources.backlog),
    "clock_skew": Scenario(sources.clock_skew),
    "all_in_one": Scenario(all_in_one),
    "bad_input": Scenario(sources.bad_input),
    "disk_full": Scenario(small_disk.disk_full, broker=small_disk.broker_on_a_small_disk),
    "control_no_transactions": Scenario(
        crash(("alerts_half", 5), ("alerts_half", 20), ("alerts_half", 8)),
        without="transactions",
        caught_by="alerts too many",
    ),
    "control_no_fence": Scenario(frozen.zombie_detect, without="fence", caught_by="alerts too many"),
    "control_keep_producer": Scenario(links.torn_transaction, without="new_producer", caught_by="alerts too many"),
    "control_watermark_read": Scenario(killed.clean, without="watermark_of_what_was_written", caught_by="late"),
    "control_quiet_by_poll_age": Scenario(frozen.zombie_ingest, without="two_answers", caught_by="late"),
}

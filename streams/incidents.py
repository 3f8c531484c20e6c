"""Incidents: what a moderator sees as one thing. Findings become alerts with ids and revisions that repeat.

One incident is open per scheme, room, show and crew (or subject). It opens at once, is updated at most every
`update_every_ms` and only when something new is known, is resolved when it goes quiet or the show ends,
and takes up its id again with the next revision when it fires again.
"""

from collections.abc import Collection, Sequence
from typing import Final

import msgspec

from streams.alerts import (
    MAX_ACCOUNTS,
    MAX_EVIDENCE,
    Alert,
    ResolvedReason,
    RulesInForce,
    Severity,
    Status,
    Suspect,
    alert_id_of,
    digest,
    incident_id_of,
    rounded,
)
from streams.finding import Finding
from streams.rules import RoomRules
from streams.show import ShowState

MAX_CREWS: Final = 200  # crews known by form in one show; beyond it the oldest form is forgotten
MAX_INCIDENTS: Final = 200  # incidents of one show; a finding beyond it opens none


class Crew(msgspec.Struct):
    """A crew of one show by its last form."""

    crew_id: str
    accounts: list[str]  # sorted


class Incident(msgspec.Struct):
    """One incident and what was last said of it."""

    incident_id: str
    crew_id: str | None
    revision: int
    status: Status
    opened_ms: int  # event time at which it opened last
    sent_ms: int  # event time of the last alert
    evidence_ms: int  # newest evidence that the last alert told
    told: str  # digest of what the last alert told
    known: str  # digest of what is known now
    finding: Finding  # the newest
    severity: Severity


class Incidents(msgspec.Struct):
    """The incidents of one show, in the order in which they opened."""

    crews: list[Crew] = []  # the one seen last stands last
    by_id: dict[str, Incident] = {}

    def take(
        self, findings: Sequence[Finding], show: ShowState, now_ms: int, rules: RoomRules, in_force: RulesInForce
    ) -> list[Alert]:
        """What firing findings of one pane make of the incidents: alerts that open, update or reopen."""
        if not findings:
            return []
        alerts = []
        taken: set[tuple[str, str]] = set()
        for finding in map(_as_saved, findings):
            of_a_crew = finding.subject is None and finding.accounts
            crew_id = self._crew_of(finding, show, rules, taken) if of_a_crew else None
            subject = finding.subject or crew_id or ""
            incident_id = incident_id_of(finding.scheme, show.room_id, show.show_id, subject)
            incident = self.by_id.get(incident_id)
            known = _digest_of(finding)
            if incident is None:
                if len(self.by_id) >= MAX_INCIDENTS:
                    continue
                incident = Incident(incident_id, crew_id, 0, "resolved", now_ms, now_ms, 0, "", known, finding, "info")
                self.by_id[incident_id] = incident
            incident.finding, incident.known = finding, known
            if incident.status == "resolved" and finding.newest_evidence_ms <= incident.evidence_ms:
                continue  # other figures on old evidence: it does not fire again
            held = incident.status != "resolved" and now_ms - incident.sent_ms < rules.update_every_ms
            if incident.told == known or held:
                continue
            status: Status = "open" if incident.status == "resolved" else "update"
            alerts.append(self._say(incident, status, None, show, now_ms, rules, in_force))
        return alerts

    def pass_time(self, show: ShowState, now_ms: int, rules: RoomRules, in_force: RulesInForce) -> list[Alert]:
        """What time alone does: held updates become due, incidents without new evidence go quiet."""
        if not self.by_id:
            return []
        alerts = []
        for incident in self.by_id.values():
            if incident.status == "resolved":
                continue
            if now_ms >= _quiet_ms(incident, rules):
                alerts.append(self._say(incident, "resolved", "quiet", show, now_ms, rules, in_force))
            elif incident.told != incident.known and now_ms - incident.sent_ms >= rules.update_every_ms:
                alerts.append(self._say(incident, "update", None, show, now_ms, rules, in_force))
        return alerts

    def end(
        self, show: ShowState, now_ms: int, rules: RoomRules, in_force: RulesInForce, *, but: Collection[str] = ()
    ) -> list[Alert]:
        """The show has ended: what is still open is resolved, `but` those schemes that are still followed."""
        return [
            self._say(incident, "resolved", "show_ended", show, now_ms, rules, in_force)
            for incident in self.by_id.values()
            if incident.status != "resolved" and incident.finding.scheme not in but
        ]

    def wake_ms(self, rules: RoomRules) -> int | None:
        """The next event time at which `pass_time` has something to do."""
        due = None
        for incident in self.by_id.values():
            if incident.status == "resolved":
                continue
            at = _quiet_ms(incident, rules)
            if incident.told != incident.known:
                at = min(at, incident.sent_ms + rules.update_every_ms)
            due = at if due is None else min(due, at)
        return due

    def _crew_of(self, finding: Finding, show: ShowState, rules: RoomRules, taken: set[tuple[str, str]]) -> str:
        """The id of the finding's crew: that of the known crew it overlaps most, or a new one."""
        accounts = sorted(suspect.account_id for suspect in finding.accounts)
        members = set(accounts)
        best: tuple[float, Crew] | None = None
        for crew in self.crews:
            if (finding.scheme, crew.crew_id) in taken:
                continue
            both = sum(1 for account in crew.accounts if account in members)
            jaccard = both / (len(members) + len(crew.accounts) - both) if both else 0.0
            # Seven that grow to thirty within a pane are still that crew: what counts is how much of it is left.
            left = both / min(len(members), len(crew.accounts)) if both else 0.0
            same = max(jaccard, left) >= rules.same_crew_jaccard
            if same and both and (best is None or jaccard > best[0]):
                best = (jaccard, crew)
        crew = best[1] if best else Crew(self._new_crew_id(show, accounts), accounts)
        crew.accounts = accounts
        self.crews = [*(other for other in self.crews if other is not crew), crew][-MAX_CREWS:]
        taken.add((finding.scheme, crew.crew_id))
        return crew.crew_id

    def _new_crew_id(self, show: ShowState, accounts: list[str]) -> str:
        """An id from the crew's first form; not that of a crew that began with the same accounts and changed since."""
        crew_id = "c_" + digest(show.room_id, show.show_id, *accounts)
        while any(crew.crew_id == crew_id for crew in self.crews):
            crew_id = "c_" + digest(crew_id)
        return crew_id

    def _say(
        self,
        incident: Incident,
        status: Status,
        reason: ResolvedReason | None,
        show: ShowState,
        now_ms: int,
        rules: RoomRules,
        in_force: RulesInForce,
    ) -> Alert:
        finding = incident.finding
        incident.revision += 1
        incident.status, incident.sent_ms, incident.told = status, now_ms, incident.known
        incident.evidence_ms = finding.newest_evidence_ms
        incident.severity = severity_of(finding.score, rules)
        if status == "open":
            incident.opened_ms = now_ms
        return Alert(
            alert_id=alert_id_of(incident.incident_id, incident.revision),
            incident_id=incident.incident_id,
            revision=incident.revision,
            status=status,
            resolved_reason=reason,
            scheme=finding.scheme,
            severity=incident.severity,
            score=rounded(finding.score),
            room_id=show.room_id,
            show_id=show.show_id,
            seller_id=show.seller_id,
            crew_id=incident.crew_id,
            window=finding.window,
            event_ts=max(show.newest_ms, finding.newest_evidence_ms),
            detected_at=None,
            title=finding.title,
            signals=finding.signals,
            accounts=finding.accounts[:MAX_ACCOUNTS],
            accounts_total=len(finding.accounts),
            evidence=finding.evidence[:MAX_EVIDENCE],
            evidence_total=finding.evidence_total,
            counter_evidence=finding.counter_evidence,
            counterfactual=finding.counterfactual,
            impact=finding.impact,
            ruleset=in_force,
            mode="replay",
        )


def _quiet_ms(incident: Incident, rules: RoomRules) -> int:
    """When it is resolved as quiet, unless evidence is added. One that opened on old evidence stays as long, too."""
    quiet_ms = incident.finding.newest_evidence_ms + rules.quiet_ms
    return quiet_ms if quiet_ms > incident.opened_ms else incident.opened_ms + rules.quiet_ms


def severity_of(score: float, rules: RoomRules) -> Severity:
    """Severity from the score alone."""
    if score >= rules.critical_score:
        return "critical"
    return "warning" if score >= rules.warning_score else "info"


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Finding).decode


def _as_saved(finding: Finding) -> Finding:
    """A finding as it comes back after a restart, so that a restart changes no byte of an alert.

    Whole numbers in fields of floats become floats, and nothing is shared with a detector's state any more. Accounts
    and evidence, most of it, are not encoded for that: they are frozen, and only bits are floats.
    """
    saved = _decode(_encode(msgspec.structs.replace(finding, accounts=[], evidence=[])))
    saved.accounts = [
        s if type(s.bits) is float else Suspect(s.account_id, float(s.bits), s.acts) for s in finding.accounts
    ]
    saved.evidence = list(finding.evidence)
    return saved


def _digest_of(finding: Finding) -> str:
    """A digest of what is new to a moderator: who is in it, on how much evidence, until when."""
    accounts = sorted(suspect.account_id for suspect in finding.accounts)
    return digest(str(finding.evidence_total), str(finding.window.end), *accounts)

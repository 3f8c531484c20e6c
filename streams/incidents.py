"""Incidents: what a moderator sees as one thing. Findings become alerts with ids and revisions that repeat.

One incident is open per scheme, room, show and crew (or subject). It opens at once, is updated at most every
`update_every_ms` and only when something new is known, is resolved when it goes quiet or the show ends,
and takes up its id again with the next revision when it fires again.
"""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Final

import msgspec

from streams.alerts import (
    MAX_ACCOUNTS,
    MAX_EVIDENCE,
    Alert,
    Impact,
    ResolvedReason,
    RulesInForce,
    Severity,
    Signal,
    Status,
    Suspect,
    alert_id_of,
    digest,
    incident_id_of,
    rounded,
)
from streams.confidence import confidence
from streams.crews import Before
from streams.events import Verdict
from streams.finding import Finding
from streams.rules import RoomRules
from streams.shadow import PREFIX, is_shadow
from streams.show import ShowState

MAX_CREWS: Final = 200  # crews known by form in one show; beyond it the oldest form is forgotten
MAX_INCIDENTS: Final = 200  # incidents of one show; a finding beyond it opens none
FOR_GOOD_MS: Final = 2**62  # a snooze that does not say until when
SEVERITIES: Final[tuple[Severity, ...]] = ("info", "warning", "critical")
MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)


class Crew(msgspec.Struct, omit_defaults=True):
    """A crew of one show by its last form.

    `crew_id` is that of its first form here, from which its incidents have their ids. It may turn out later, when more
    of it was seen, that the room or a moderator knows it under another: `known_as`.
    """

    crew_id: str
    accounts: list[str]  # sorted
    known_as: str | None = None

    @property
    def said_id(self) -> str:
        return self.known_as or self.crew_id


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
    before: Before | None = None  # what was known of the crew when the incident opened first
    verdict: str | None = None  # the moderator's; it closes the incident for good
    verdict_id: str | None = None
    snoozed_until_ms: int = 0
    score: float = 0.0  # as the last alert said it
    followed_ms: int = 0  # newest evidence of findings that did not fire, but were not far from it


class Incidents(msgspec.Struct):
    """The incidents of one show, in the order in which they opened."""

    crews: list[Crew] = []  # the one seen last stands last
    by_id: dict[str, Incident] = {}

    def take(
        self, findings: Sequence[Finding], show: ShowState, now_ms: int, rules: RoomRules, in_force: RulesInForce
    ) -> list[Alert]:
        """What findings of one pane make of the incidents: alerts that open, update or reopen.

        One that does not fire may only keep an incident open, as long as its evidence is new.
        """
        if not findings:
            return []
        alerts = []
        taken: set[tuple[str, str]] = set()
        for finding in findings:
            if not finding.fires:
                self._keep_open(finding, show, rules)
        for finding in map(_as_saved, (finding for finding in findings if finding.fires)):
            of_a_crew = finding.subject is None and finding.accounts
            crew = self._crew_of(finding, show, now_ms, rules, taken) if of_a_crew else None
            subject = finding.subject or (crew.crew_id if crew else "")
            incident_id = incident_id_of(finding.scheme, show.room_id, show.show_id, subject)
            incident = self.by_id.get(incident_id)
            known = _digest_of(finding)
            if incident is None:
                if len(self.by_id) >= MAX_INCIDENTS:
                    continue
                incident = Incident(incident_id, None, 0, "resolved", now_ms, now_ms, 0, "", known, finding, "info")
                if crew is not None:
                    incident.before = _known_before(crew.accounts, show, now_ms, rules)
                self.by_id[incident_id] = incident
            if crew is not None and (incident.crew_id is None or incident.known != known):
                self._call(incident, crew, show, now_ms, rules)
            incident.finding, incident.known = finding, known
            if incident.verdict is not None or now_ms < incident.snoozed_until_ms:
                continue
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
            if now_ms >= _quiet_ms(incident, show, rules):
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

    def heed(
        self, verdict: Verdict, show: ShowState, now_ms: int, rules: RoomRules, in_force: RulesInForce
    ) -> list[Alert]:
        """What a moderator says of an incident. The first verdict stands until it is undone; others change nothing."""
        incident = self.by_id.get(verdict.incident_id)
        if incident is None:
            return []
        match verdict.action:
            case "verdict" if incident.verdict is None and verdict.verdict is not None:
                incident.verdict, incident.verdict_id = verdict.verdict, verdict.event_id
                reason: ResolvedReason = "verdict"
            case "snooze":
                incident.snoozed_until_ms = verdict.until_ts or FOR_GOOD_MS
                reason = "snoozed"
            case "undo" if incident.verdict_id is not None and verdict.undoes in (None, incident.verdict_id):
                incident.verdict = incident.verdict_id = None
                return self._open_again(incident, show, now_ms, rules, in_force)
            case "unsnooze" if incident.snoozed_until_ms:
                incident.snoozed_until_ms = 0
                return self._open_again(incident, show, now_ms, rules, in_force)
            case _:
                return []
        if incident.status == "resolved":
            return []
        return [self._say(incident, "resolved", reason, show, now_ms, rules, in_force)]

    def _open_again(
        self, incident: Incident, show: ShowState, now_ms: int, rules: RoomRules, in_force: RulesInForce
    ) -> list[Alert]:
        """Nothing holds an incident back any more: it opens if what is known of it fires."""
        if incident.status != "resolved" or not incident.finding.fires:
            return []
        return [self._say(incident, "open", None, show, now_ms, rules, in_force)]

    def wake_ms(self, show: ShowState, rules: RoomRules) -> int | None:
        """The next event time at which `pass_time` has something to do."""
        due = None
        for incident in self.by_id.values():
            if incident.status == "resolved":
                continue
            at = _quiet_ms(incident, show, rules)
            if incident.told != incident.known:
                at = min(at, incident.sent_ms + rules.update_every_ms)
            due = at if due is None else min(due, at)
        return due

    def _keep_open(self, finding: Finding, show: ShowState, rules: RoomRules) -> None:
        """A finding that does not fire, but is not far from it, keeps the incident that it is about."""
        subject = finding.subject
        if subject is None:
            best = self._alike([suspect.account_id for suspect in finding.accounts], finding.scheme, rules, ())
            subject = best.crew_id if best else ""
        incident = self.by_id.get(incident_id_of(finding.scheme, show.room_id, show.show_id, subject))
        if incident is not None:
            incident.followed_ms = max(incident.followed_ms, finding.newest_evidence_ms)

    def _alike(
        self, accounts: Sequence[str], scheme: str, rules: RoomRules, taken: Collection[tuple[str, str]]
    ) -> Crew | None:
        """The crew of this show that these accounts overlap most, if any overlaps enough."""
        members = set(accounts)
        best: tuple[float, Crew] | None = None
        for crew in self.crews:
            if (scheme, crew.crew_id) in taken:
                continue
            both = sum(1 for account in crew.accounts if account in members)
            jaccard = both / (len(members) + len(crew.accounts) - both) if both else 0.0
            # Seven that grow to thirty within a pane are still that crew: what counts is how much of it is left.
            left = both / min(len(members), len(crew.accounts)) if both else 0.0
            same = max(jaccard, left) >= rules.same_crew_jaccard
            if same and both and (best is None or jaccard > best[0]):
                best = (jaccard, crew)
        return best[1] if best else None

    def _crew_of(
        self, finding: Finding, show: ShowState, now_ms: int, rules: RoomRules, taken: set[tuple[str, str]]
    ) -> Crew:
        """The finding's crew: that of this show which it overlaps most, one that is known from before, or a new one."""
        accounts = sorted(suspect.account_id for suspect in finding.accounts)
        crew = self._alike(accounts, finding.scheme, rules, taken) or Crew(
            self._crew_id_for(finding, accounts, show, now_ms, rules, taken), accounts
        )
        crew.accounts = accounts
        self.crews = [*(other for other in self.crews if other is not crew), crew][-MAX_CREWS:]
        taken.add((finding.scheme, crew.crew_id))
        return crew

    def _call(self, incident: Incident, crew: Crew, show: ShowState, now_ms: int, rules: RoomRules) -> None:
        """Give an incident the id of its crew, that of an older one where more of it shows that it is the same.

        Not once the incident was remembered: a moderator's word on it is about the crew that it named.
        """
        if incident.before is None and crew.known_as is None and show.known.by_incident(incident.incident_id) is None:
            before = _known_before(crew.accounts, show, now_ms, rules)
            if before is not None and not self._is_here(before.crew_id):
                crew.known_as, incident.before = before.crew_id, before
        incident.crew_id = crew.said_id

    def _is_here(self, crew_id: str) -> bool:
        """Whether a crew of this show has this id."""
        return any(crew_id in (crew.crew_id, crew.known_as) for crew in self.crews)

    def _crew_id_for(
        self,
        finding: Finding,
        accounts: list[str],
        show: ShowState,
        now_ms: int,
        rules: RoomRules,
        taken: set[tuple[str, str]],
    ) -> str:
        """The id under which a crew that is new in this show is known from before, or one of its own."""
        before = _known_before(accounts, show, now_ms, rules)
        if before is None or (finding.scheme, before.crew_id) in taken or self._is_here(before.crew_id):
            return self._new_crew_id(show, accounts)
        return before.crew_id

    def _new_crew_id(self, show: ShowState, accounts: list[str]) -> str:
        """An id from the crew's first form; not that of a crew that began with the same accounts and changed since."""
        crew_id = "c_" + digest(show.room_id, show.show_id, *accounts)
        while self._is_here(crew_id):
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
        incident.score = confidence(finding.scheme.removeprefix(PREFIX), finding.score)
        incident.severity = severity_of(incident.score, finding.impact, rules)
        if status == "open":
            incident.opened_ms = now_ms
        return Alert(
            alert_id=alert_id_of(incident.incident_id, incident.revision),
            incident_id=incident.incident_id,
            revision=incident.revision,
            status=status,
            resolved_reason=reason,
            scheme=finding.scheme.removeprefix(PREFIX),
            severity=incident.severity,
            score=rounded(incident.score),
            room_id=show.room_id,
            show_id=show.show_id,
            seller_id=show.seller_id,
            crew_id=incident.crew_id,
            window=finding.window,
            event_ts=max(show.newest_ms, finding.newest_evidence_ms),
            detected_at=None,
            title=finding.title + (f"; {seen_before(incident.before)}" if incident.before else ""),
            signals=[*finding.signals, *_signals_of(incident.before)],
            accounts=finding.accounts[:MAX_ACCOUNTS],
            accounts_total=len(finding.accounts),
            evidence=finding.evidence[:MAX_EVIDENCE],
            evidence_total=finding.evidence_total,
            counter_evidence=finding.counter_evidence,
            counterfactual=finding.counterfactual,
            impact=finding.impact,
            ruleset=in_force,
            mode="shadow" if is_shadow(finding.scheme) else "replay",
        )


def _known_before(accounts: list[str], show: ShowState, now_ms: int, rules: RoomRules) -> Before | None:
    """The crew from before this show that these accounts of it are, with what is known of it."""
    return show.known.before(accounts, now_ms, rules.same_crew_jaccard, show.presence.viewers)


def _quiet_ms(incident: Incident, show: ShowState, rules: RoomRules) -> int:
    """When it is resolved as quiet, unless evidence is added. One that opened on old evidence stays as long, too."""
    for_ms = rules.quiet_after_ms if show.is_over else rules.quiet_ms
    quiet_ms = max(incident.finding.newest_evidence_ms, incident.followed_ms) + for_ms
    return quiet_ms if quiet_ms > incident.opened_ms else incident.opened_ms + for_ms


def severity_of(score: float, impact: Impact, rules: RoomRules) -> Severity:
    """Severity from the score, and one step more where much money or a large audience is at stake."""
    step = (score >= rules.warning_score) + (score >= rules.critical_score)
    if impact.amount_minor >= rules.large_amount_minor or impact.viewers >= rules.large_audience:
        step += 1
    return SEVERITIES[min(step, 2)]


def seen_before(before: Before) -> str:
    """`this crew was seen in 3 shows of 2 rooms since 11 November 2026`, as a moderator reads it."""
    since = datetime.fromtimestamp(before.since_ms / 1_000, UTC)
    shows = f"{before.shows} show{'s' * (before.shows != 1)}"
    rooms = f"{before.rooms} room{'s' * (before.rooms != 1)}"
    day = f"{since.day} {MONTHS[since.month - 1]} {since.year}"
    confirmed = ", confirmed by a moderator" if before.is_confirmed else ""
    return f"this crew was seen in {shows} of {rooms} since {day}{confirmed}"


def _signals_of(before: Before | None) -> list[Signal]:
    return [Signal("seen_before", float(before.shows), 0.0, "shows", bits=before.bits)] if before else []


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

"""A room as it is written: plain, with its format version."""

from typing import Any, Final

import msgspec

from streams.crews import KnownCrews, RememberedCrew
from streams.finding import Detector
from streams.incidents import Incidents
from streams.on_air import ShowOnAir
from streams.seen import Recent
from streams.show import ShowState

FORMAT: Final = 2  # 2: shows that are over, the past of a room, and its crews


class SavedShow(msgspec.Struct, frozen=True):
    """A show as it is written."""

    state: ShowState
    alive_ms: int
    incidents: Incidents
    aside: list[str]
    detectors: dict[str, msgspec.Raw]  # by scheme
    over_ms: int = 0
    shadows: Incidents | None = None


class SavedRoom(msgspec.Struct, frozen=True):
    """A room as it is written: plain, with its format version."""

    format: int
    room_id: str
    closed_ms: int
    panes: list[tuple[int, list[tuple[str, bytes]]]]  # end, then (topic, JSON) of each event
    recent: Recent
    on_air: list[SavedShow]
    ended: dict[str, int]
    over: list[SavedShow] = []
    past: dict[str, msgspec.Raw] = {}  # by scheme
    crews: list[RememberedCrew] = []


class _Stamped(msgspec.Struct, frozen=True):
    """As much of anything saved as every version can read."""

    format: int


_encode = msgspec.msgpack.Encoder().encode
_decode_stamp = msgspec.msgpack.Decoder(_Stamped).decode
decode_saved = msgspec.msgpack.Decoder(SavedRoom).decode


def saved_show(show: ShowOnAir) -> SavedShow:
    return SavedShow(
        msgspec.structs.replace(show.state, past={}, known=KnownCrews()),  # the room's, and written once
        show.alive_ms,
        show.incidents,
        show.aside,
        {scheme: msgspec.Raw(_encode(state)) for scheme, state in show.detectors.items()},
        show.over_ms,
        show.shadows if show.shadows.by_id else None,
    )


def state_of(detector: Detector, raw: msgspec.Raw | None, room_id: str) -> Any:
    if raw is None:  # the detector is newer than the show
        return detector.State()
    return decoded(detector, raw, detector.State, room_id)


def decoded(detector: Detector, raw: msgspec.Raw, kind: type, room_id: str) -> Any:
    try:
        return msgspec.msgpack.decode(raw, type=kind)
    except msgspec.ValidationError as error:
        raise ValueError(
            f"room {room_id!r}: the state of {detector.SCHEME} is not as this version knows it: {error}"
        ) from error


def refuse_newer(value: bytes, known: int, what: str) -> None:
    """Raise ValueError with a sentence where `value` (msgpack with a `format`) was written in a newer format."""
    if (stamp := _decode_stamp(value).format) > known:
        raise ValueError(f"{what} was written in format {stamp}, newer than {known}: upgrade this version")

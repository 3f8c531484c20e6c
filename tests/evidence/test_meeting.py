"""Meeting: the same moments, more often than if each kept its own time."""

from random import Random

from streams.evidence.meeting import meeting

HOUR_MS = 3_600_000


def on_cue(accounts: int, cues: int, jitter_ms: int, seed: int = 1) -> list[list[int]]:
    random = Random(seed)
    times = [random.randrange(HOUR_MS) for _ in range(cues)]
    return [sorted(t + random.randrange(jitter_ms) for t in times) for _ in range(accounts)]


def on_their_own(accounts: int, acts: int, seed: int = 1) -> list[list[int]]:
    random = Random(seed)
    return [sorted(random.randrange(HOUR_MS) for _ in range(acts)) for _ in range(accounts)]


def test_eight_who_speak_on_the_same_six_cues_meet():
    found = meeting(on_cue(8, 6, 15_000), [], 0, HOUR_MS, seed=7)

    assert found.moments >= 5
    assert found.bits > 6


def test_eight_who_speak_when_they_like_do_not():
    assert all(meeting(on_their_own(8, 6, seed), [], 0, HOUR_MS, seed=7).bits < 3 for seed in range(20))


def test_moments_at_which_the_rest_speaks_too_are_everybodys():
    cues = on_cue(8, 6, 15_000)
    others = [ts for times in cues for ts in times for _ in range(2)]

    assert meeting(cues, sorted(others), 0, HOUR_MS, seed=7).bits == 0


def test_two_accounts_do_not_make_a_meeting():
    assert meeting(on_cue(2, 6, 1_000), [], 0, HOUR_MS, seed=7).bits == 0


def test_it_comes_out_the_same_every_time():
    args = (on_cue(8, 6, 60_000), [], 0, HOUR_MS)

    assert meeting(*args, seed=7) == meeting(*args, seed=7)

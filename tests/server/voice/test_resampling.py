"""Sound at another rate: nothing is late, nothing is lost, and it sounds the same."""

from array import array

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.channels.voice.resampling import Resampler
from tests.phone.sounds import strength, tone


@pytest.mark.parametrize(
    ("source", "target"), [(8000, 16_000), (24_000, 16_000), (48_000, 16_000), (16_000, 24_000)]
)
def test_a_tone_keeps_its_pitch_its_length_and_its_level(source: int, target: int) -> None:
    resampler = Resampler(source, target)
    out = resampler.push(tone(1000, 1000, source))
    assert len(out) == target * 2
    middle = out[target // 2 : -target // 2]
    assert strength(middle, 1000, target) > 0.99
    assert abs(max(array("h", middle)) - 8000) < 200


def test_each_piece_is_given_back_at_once() -> None:
    resampler = Resampler(8000, 16_000)
    assert [len(resampler.push(tone(500, 20, 8000))) for _ in range(9)] == [640] * 9


def test_what_a_telephone_cannot_carry_is_not_made_up() -> None:
    out = Resampler(8000, 16_000).push(tone(3000, 1000, 8000))
    assert strength(out[4000:], 3000, 16_000) > 0.99
    assert strength(out[4000:], 5000, 16_000) < 0.001


def test_what_would_fold_back_is_gone() -> None:
    out = Resampler(48_000, 16_000).push(tone(10_000, 1000, 48_000))
    assert max(map(abs, array("h", out[4000:]))) < 100


@given(st.lists(st.integers(0, 400), max_size=12), st.sampled_from([(8000, 16_000), (24_000, 16_000)]))
@settings(deadline=None, max_examples=30, derandomize=True)
def test_how_it_is_cut_into_pieces_changes_nothing(cuts: list[int], rates: tuple[int, int]) -> None:
    whole = tone(700, 100, rates[0])
    resampler, pieces, at = Resampler(*rates), b"", 0
    for cut in cuts:
        pieces += resampler.push(whole[at : at + cut * 2])
        at += cut * 2
    pieces += resampler.push(whole[at:])
    together = array("h", Resampler(*rates).push(whole))
    assert len(pieces) == len(together) * 2
    assert all(abs(a - b) <= 1 for a, b in zip(array("h", pieces), together, strict=True))

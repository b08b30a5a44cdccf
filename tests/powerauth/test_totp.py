"""One-time passwords of the proximity check."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.powerauth.totp import totp, totp_matches

SEED = bytes(range(16))
START = 1_700_000_010  # the first second of a step


@given(st.binary(min_size=1), st.integers(0, 2**40), st.integers(4, 9))
def test_a_code_has_its_digits_and_is_accepted_at_once(seed: bytes, seconds: int, digits: int) -> None:
    code = totp(seed, seconds, digits=digits)
    assert len(code) == digits
    assert code.isdigit()
    assert totp_matches(seed, seconds, code, digits=digits)


@pytest.mark.parametrize(
    ("later", "back_steps", "accepted"),
    [
        (-1, 1, False),
        (0, 0, True),
        (29, 0, True),
        (30, 0, False),
        (59, 1, True),
        (60, 1, False),
        (89, 2, True),
        (90, 2, False),
    ],
)
def test_a_code_is_accepted_in_its_step_and_the_steps_after(
    later: int, back_steps: int, accepted: bool
) -> None:
    code = totp(SEED, START)
    assert totp_matches(SEED, START + later, code, back_steps=back_steps) is accepted


@given(st.text())
def test_any_text_is_compared_without_an_error(text: str) -> None:
    assert totp_matches(SEED, START, text) is (text == totp(SEED, START) or text == totp(SEED, START - 30))

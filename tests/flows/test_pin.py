"""Which PINs people may choose."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.flows import errors
from webapp.flows.pin import check_new_pin, check_typed_pin


@pytest.mark.parametrize(
    ("pin", "reason"),
    [
        ("", errors.PinTooShort),
        ("258", errors.PinTooShort),
        ("2" * 16 + "5" * 17, errors.PinTooLong),
        ("25 80", errors.PinNotDigits),
        ("258o", errors.PinNotDigits),
        ("٢٥٨٠", errors.PinNotDigits),
        ("1111", errors.PinRepeated),
        ("121212", errors.PinRepeated),
        ("12121", errors.PinRepeated),
        ("1234", errors.PinSequence),
        ("7890", errors.PinSequence),
        ("98765432", errors.PinSequence),
        ("0987", errors.PinSequence),
    ],
)
def test_a_pin_that_thieves_try_first_is_refused_with_the_reason(pin, reason):
    with pytest.raises(reason):
        check_new_pin(pin, pin)


@pytest.mark.parametrize("pin", ["2580", "1357", "112358", "00000001", "1235"])
def test_other_pins_are_fine(pin):
    check_new_pin(pin, pin)


def test_a_slip_of_the_finger_is_noticed():
    with pytest.raises(errors.PinsDiffer):
        check_new_pin("2580", "2508")


@pytest.mark.parametrize("typed", [None, ""])
def test_no_pin_is_not_a_wrong_pin(typed):
    with pytest.raises(errors.PinMissing):
        check_typed_pin(typed)


@given(st.text())
def test_any_text_is_a_possible_pin_or_refused_before_it_costs_an_attempt(typed):
    try:
        assert check_typed_pin(typed) == typed
    except (errors.PinMissing, errors.PinMalformed):
        assert not (typed.isascii() and typed.isdigit() and 4 <= len(typed) <= 32)

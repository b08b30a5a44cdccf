"""What the library says about a PIN that somebody wants to take."""

import pytest

from webapp.mtoken.passphrase_meter import PassphraseMeter, PinTestIssue
from webapp.powerauth.password import Password

NOT_UNIQUE, REPEATING, PATTERN, DATE = PinTestIssue


@pytest.mark.parametrize(
    ("pin", "issues"),
    [
        ("2580", set()),
        ("8642", set()),
        ("5855", {NOT_UNIQUE}),
        ("7777", {NOT_UNIQUE, REPEATING}),
        ("258258", {REPEATING}),
        ("4567", {PATTERN}),
        ("9876543210", {PATTERN}),
        ("2512", {DATE}),
        ("240485", {DATE}),
        ("1111", {NOT_UNIQUE, REPEATING, DATE}),
    ],
)
def test_what_speaks_against_a_pin(pin, issues):
    for written in (pin, pin.encode(), Password(pin)):
        found = PassphraseMeter.test_pin(written)
        assert found.issues == issues
        assert found.should_warn_user_about_weak_pin is bool(issues)


@pytest.mark.parametrize("pin", ["", "258", "25 80", "258o", "-2580", "²580", "٢٥٨٠", b"\xff258"])
def test_what_is_no_pin_is_not_measured(pin):
    with pytest.raises(ValueError, match="four digits") as caught:
        PassphraseMeter.test_pin(pin)
    assert str(pin) not in str(caught.value) or not pin

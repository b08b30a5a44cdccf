"""Which PINs and passwords people may choose, and which texts cannot be one."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.flows import errors
from webapp.flows.pin import LIMITS, KnowledgeKind, KnowledgeRules
from webapp.mtoken.guessable import is_common, is_date, is_repeated, is_row

PIN = KnowledgeRules()
PASSWORD = KnowledgeRules(KnowledgeKind.PASSWORD, *LIMITS[KnowledgeKind.PASSWORD])
EVERY_RULES = [PIN, KnowledgeRules(KnowledgeKind.PIN, 6, 8), PASSWORD]


@pytest.mark.parametrize(
    ("pin", "reason"),
    [
        ("", errors.PinTooShort),
        ("258", errors.PinTooShort),
        ("2" * 16 + "5" * 17, errors.PinTooLong),
        ("25 80", errors.PinCharacters),
        ("258o", errors.PinCharacters),
        ("-2580", errors.PinCharacters),
        ("²580", errors.PinCharacters),
        ("1111", errors.PinRepeated),
        ("121212", errors.PinRepeated),
        ("12121", errors.PinRepeated),
        ("25802580", errors.PinRepeated),
        ("258258", errors.PinRepeated),
        ("1234", errors.PinSequence),
        ("7890", errors.PinSequence),
        ("98765432", errors.PinSequence),
        ("0987", errors.PinSequence),
        ("3112", errors.PinDate),
        ("1231", errors.PinDate),
        ("2902", errors.PinDate),
        ("1984", errors.PinDate),
        ("2031", errors.PinDate),
        ("240485", errors.PinDate),
        ("042485", errors.PinDate),
        ("850424", errors.PinDate),
        ("041985", errors.PinDate),
        ("198504", errors.PinDate),
        ("24041985", errors.PinDate),
        ("04241985", errors.PinDate),
        ("19850424", errors.PinDate),
        ("19852404", errors.PinDate),
        ("1122", errors.PinDate),
        ("5885", errors.PinTrivial),
        ("5855", errors.PinTrivial),
        ("00000001", errors.PinTrivial),
    ],
)
def test_a_pin_that_thieves_try_first_is_refused_with_the_reason(pin, reason):
    with pytest.raises(reason):
        PIN.choose(pin, pin)


@pytest.mark.parametrize("pin", ["2580", "1357", "135791", "1235", "3213", "2100", "1899"])
def test_other_pins_are_fine(pin):
    assert PIN.choose(pin, pin) == pin


@pytest.mark.parametrize("typed", ["٢٥٨٠", "२५८०", "２５８０", " 2580\n"])
def test_digits_of_any_script_are_the_same_digits(typed):
    assert PIN.choose(typed, "2580") == "2580"
    assert PIN.prove(typed) == "2580"


def test_a_slip_of_the_finger_is_noticed():
    with pytest.raises(errors.PinsDiffer):
        PIN.choose("2580", "2508")


def test_the_operator_decides_how_long_a_new_pin_is():
    strict = KnowledgeRules(KnowledgeKind.PIN, 6, 8)
    assert strict.choose("258014", "258014") == "258014"
    with pytest.raises(errors.PinTooShort):
        strict.choose("25801", "25801")
    with pytest.raises(errors.PinTooLong):
        strict.choose("258014736", "258014736")


def test_stricter_rules_lock_nobody_out_who_chose_before():
    assert KnowledgeRules(KnowledgeKind.PIN, 6, 8).prove("2580") == "2580"
    assert PASSWORD.prove("2580") == "2580"


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("", errors.PinTooShort),
        ("dj4kLw9", errors.PinTooShort),
        ("y" * 60 + "z" * 69, errors.PinTooLong),
        ("tab\there it is", errors.PinCharacters),
        ("nothing\u200bto see", errors.PinCharacters),
        ("aaaaaaaa", errors.PinRepeated),
        ("hesloheslo", errors.PinRepeated),
        ("abcabcabcab", errors.PinRepeated),
        ("abcdefgh", errors.PinSequence),
        ("QWERTYUI", errors.PinSequence),
        ("lkjhgfds", errors.PinSequence),
        ("12345678", errors.PinSequence),
        ("24041985", errors.PinDate),
        ("Password1!", errors.PasswordCommon),
        ("p4ssw0rd2026", errors.PasswordCommon),
        ("Heslo123456", errors.PasswordCommon),
        ("iloveyou!!", errors.PasswordCommon),
        ("Qwertz123", errors.PasswordCommon),
        ("1qaz2wsx!", errors.PasswordCommon),
        ("PasswordPassword1", errors.PasswordCommon),
        ("královna1", None),
        ("králík2020", errors.PasswordCommon),
        ("2580..2580..", errors.PinRepeated),
        ("112211211", errors.PasswordCommon),
    ],
)
def test_a_password_that_thieves_try_first_is_refused_with_the_reason(password, reason):
    if reason is None:
        assert PASSWORD.choose(password, password) == password
        return
    with pytest.raises(reason):
        PASSWORD.choose(password, password)


@pytest.mark.parametrize(
    "password",
    ["correct horse battery staple", "dj4k Lw9z", "Zu Fuß zum Bäcker", "ясная поляна", "🦊🦉 lives 7"],
)
def test_other_passwords_are_fine_whatever_they_are_made_of(password):
    rules = KnowledgeRules(KnowledgeKind.PASSWORD, 6, 128)
    assert rules.choose(password, password) == unicodedata.normalize("NFC", password)


def test_a_password_is_the_same_on_every_keyboard():
    composed, decomposed = "Bäcker um drei", "Ba\u0308cker\u00a0um\u2003drei"
    assert PASSWORD.choose(composed, decomposed) == composed
    assert PASSWORD.prove(decomposed) == composed


def test_space_around_a_password_belongs_to_it():
    assert PASSWORD.prove(" dj4k Lw9z ") == " dj4k Lw9z "
    with pytest.raises(errors.PinsDiffer):
        PASSWORD.choose("dj4k Lw9z", "dj4k Lw9z ")


@pytest.mark.parametrize("rules", EVERY_RULES)
@pytest.mark.parametrize("typed", [None, ""])
def test_nothing_is_not_a_wrong_pin(rules, typed):
    with pytest.raises(errors.PinMissing):
        rules.prove(typed)


@given(st.text())
def test_any_text_is_a_possible_pin_or_refused_before_it_costs_an_attempt(typed):
    try:
        proven = PIN.prove(typed)
    except (errors.PinMissing, errors.PinMalformed):
        return
    assert proven.isascii()
    assert proven.isdigit()
    assert 4 <= len(proven) <= 32
    assert PIN.prove(proven) == proven


@given(st.sampled_from(EVERY_RULES), st.text(), st.text())
def test_what_was_chosen_can_be_proven_and_is_never_too_short_for_the_protocol(rules, typed, again):
    try:
        chosen = rules.choose(typed, again)
    except errors.PinRefused:
        return
    assert rules.prove(typed) == rules.prove(chosen) == chosen
    assert len(chosen.encode()) >= 4
    assert rules.shortest <= len(chosen) <= rules.longest


@given(st.text())
def test_any_text_is_guessable_or_not(text):
    assert {is_repeated(text), is_row(text), is_date(text), is_common(text)} <= {True, False}

"""What a device may answer, checked bit by bit against what it was asked."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.authenticator import CAN_BE_BACKED_UP, IS_BACKED_UP, PRESENT, VERIFIED, Device
from tests.support.bits import flipped
from tests.support.browser import ORIGIN
from tests.support.clock import ManualClock
from webapp.flows.passkey import Passkey, Use
from webapp.flows.passkey_answers import Assertion, Raw, Registration, read_assertion, read_registration
from webapp.flows.passkey_errors import (
    PasskeyCloned,
    PasskeyError,
    PasskeyExpired,
    PasskeyForeign,
    PasskeyMalformed,
    PasskeyMissing,
    PasskeySecretOther,
    PasskeySynced,
    PasskeyUnknown,
    PasskeyUnverified,
    PasskeyUsed,
    PersonUnverified,
)
from webapp.flows.passkey_notes import Note, Notes, Occasion, Purpose, challenge_of, subject_of
from webapp.flows.relying_party import RelyingParty, check_counter
from webapp.powerauth.encoding import from_base64url, to_base64url
from webapp.randomness import system_random

CHALLENGE = bytes(range(32))
SALT = to_base64url(bytes(32))
HERE = RelyingParty("Assent", ORIGIN)


def question(party: RelyingParty = HERE) -> Any:
    options = party.creation_options(CHALLENGE, user_id=b"0123456789abcdef", name="laptop")
    return json.loads(json.dumps({"note": "", "options": options, "salt": SALT}))


def added(device: Device, party: RelyingParty = HERE, **flaws: Any) -> Passkey:
    """A passkey of this device, as the site would keep it."""
    answer = read_registration(device.made(question(party), **flaws))
    credential = party.verify_registration(answer, CHALLENGE)
    return Passkey.new(credential, salt=from_base64url(SALT), secret=answer.key, now_ms=0)


def answered(device: Device, passkey: Passkey, party: RelyingParty = HERE, **flaws: Any) -> Assertion:
    options = json.loads(json.dumps(party.request_options(CHALLENGE, passkey)))
    return read_assertion(device.answered({"note": "", "options": options, "salt": SALT}, **flaws))


def test_a_device_is_asked_for_its_person():
    options = question()["options"]
    assert options["rp"] == {"id": "localhost", "name": "Assent"}
    assert options["authenticatorSelection"]["userVerification"] == "required"
    assert [one["alg"] for one in options["pubKeyCredParams"]] == [-7, -8, -257]
    assert options["timeout"] < 120_000, "an answer arrives before its note is too old"
    device = Device()
    passkey = added(device)
    options = HERE.request_options(CHALLENGE, passkey)
    identifier = to_base64url(passkey.credential.id)
    assert options["userVerification"] == "required"
    assert [one["id"] for one in options["allowCredentials"]] == [identifier]
    assert passkey.credential.transports == ("hybrid", "internal")


def test_an_honest_answer_is_taken():
    device = Device()
    passkey = added(device)
    answer = answered(device, passkey)
    credential = HERE.verify_assertion(answer, CHALLENGE, passkey.credential)
    check_counter(passkey.credential, credential)
    assert credential == replace(passkey.credential, sign_count=1)
    assert len(passkey.wrapping_key(answer.key)) == 16


OTHER_SITES = {
    "another origin": {"origin": "https://evil.example"},
    "a subdomain": {"origin": "https://a.localhost"},
    "plain HTTP": {"origin": "http://localhost"},
    "another port": {"origin": "https://localhost:8443"},
    "a frame of another site": {"crossOrigin": True},
    "another site's passkey": {"site": "evil.example"},
    "another challenge": {"challenge": to_base64url(bytes(32))},
    "no challenge": {"challenge": ""},
    "a challenge that is a number": {"challenge": 2**62},
    "an answer of another kind": {"kind": "webauthn.something"},
    "nobody present": {"flags": VERIFIED},
    "backed up, although it cannot be": {"flags": PRESENT | VERIFIED | IS_BACKED_UP},
}


@pytest.mark.parametrize("flaws", OTHER_SITES.values(), ids=OTHER_SITES)
def test_an_answer_that_is_not_for_this_site_is_refused(flaws):
    device = Device()
    with pytest.raises(PasskeyUnverified):
        added(device, **flaws)
    passkey = added(device)
    with pytest.raises(PasskeyUnverified):
        HERE.verify_assertion(answered(device, passkey, **flaws), CHALLENGE, passkey.credential)


def test_a_device_that_did_not_check_its_person_is_refused():
    device = Device()
    with pytest.raises(PersonUnverified):
        added(device, flags=PRESENT)
    passkey = added(device)
    with pytest.raises(PersonUnverified):
        HERE.verify_assertion(answered(device, passkey, flags=PRESENT), CHALLENGE, passkey.credential)


def test_the_answer_of_a_new_passkey_is_none_of_an_old_one_and_the_other_way_round():
    device = Device()
    with pytest.raises(PasskeyUnverified):
        added(device, kind="webauthn.get")
    passkey = added(device)
    answer = answered(device, passkey, kind="webauthn.create")
    with pytest.raises(PasskeyUnverified):
        HERE.verify_assertion(answer, CHALLENGE, passkey.credential)


def test_a_passkey_that_can_be_copied_is_the_operators_choice():
    both = PRESENT | VERIFIED | CAN_BE_BACKED_UP | IS_BACKED_UP
    for flags in (both, PRESENT | VERIFIED | CAN_BE_BACKED_UP):
        with pytest.raises(PasskeySynced):
            added(Device(flags=flags))
    generous, device = RelyingParty("Assent", ORIGIN, takes_synced=True), Device(flags=both)
    passkey = added(device, generous)
    assert passkey.credential.can_be_backed_up
    answer = answered(device, passkey, generous)
    assert generous.verify_assertion(answer, CHALLENGE, passkey.credential).is_backed_up
    with pytest.raises(PasskeySynced):
        HERE.verify_assertion(answer, CHALLENGE, passkey.credential)


def test_whether_a_passkey_can_be_copied_never_changes():
    generous, device = RelyingParty("Assent", ORIGIN, takes_synced=True), Device()
    passkey = added(device, generous)
    answer = answered(device, passkey, generous, flags=PRESENT | VERIFIED | CAN_BE_BACKED_UP)
    with pytest.raises(PasskeyUnverified):
        generous.verify_assertion(answer, CHALLENGE, passkey.credential)


def test_another_passkey_is_unknown():
    device = Device()
    ours, other = added(device), added(device)
    with pytest.raises(PasskeyUnknown):
        HERE.verify_assertion(answered(device, other), CHALLENGE, ours.credential)


def test_a_key_of_an_algorithm_that_nobody_asked_for_is_refused():
    device = Device()
    answer = read_registration(device.made(question()))
    es256, esp256 = b"\xa5\x01\x02\x03\x26", b"\xa5\x01\x02\x03\x28"
    for key in (esp256, b"\xa5\x01\x02\x03\x00"):
        altered = replace(answer, attestation=Raw(answer.attestation.replace(es256, key)))
        with pytest.raises(PasskeyUnverified):
            HERE.verify_registration(altered, CHALLENGE)


def test_a_key_that_is_no_point_is_refused():
    device = Device()
    answer = read_registration(device.made(question()))
    with pytest.raises(PasskeyUnverified):
        HERE.verify_registration(
            replace(answer, attestation=Raw(answer.attestation[:-1] + bytes([answer.attestation[-1] ^ 1]))),
            CHALLENGE,
        )


@given(st.integers(min_value=0), st.sampled_from(["client_data", "authenticator_data", "signature", "id"]))
@settings(max_examples=60, deadline=None)
def test_one_flipped_bit_is_refused(bit, part):
    device = Device()
    passkey = added(device)
    answer = answered(device, passkey)
    altered = replace(answer, **{part: Raw(flipped(getattr(answer, part), bit))})
    with pytest.raises(PasskeyError):
        HERE.verify_assertion(altered, CHALLENGE, passkey.credential)


@given(st.binary(max_size=300), st.binary(max_size=300), st.binary(max_size=80))
@settings(max_examples=200, deadline=None)
def test_any_bytes_are_refused_and_break_nothing(client_data, content, signature):
    registration = Registration("", Raw(client_data), Raw(content), (), Raw(bytes(32)))
    with pytest.raises(PasskeyError):
        HERE.verify_registration(registration, CHALLENGE)
    known = added(Device()).credential
    answer = Assertion("", Raw(known.id), Raw(client_data), Raw(content), Raw(signature), Raw(bytes(32)))
    with pytest.raises(PasskeyError):
        HERE.verify_assertion(answer, CHALLENGE, known)


@pytest.mark.parametrize("depth", [1000, 8000])
def test_what_is_nested_too_deep_is_refused(depth):
    for nested in (b"\x81" * depth, b"\xa1" * depth):
        registration = Registration("", Raw(b"[" * depth), Raw(nested), (), Raw(bytes(32)))
        with pytest.raises(PasskeyError):
            HERE.verify_registration(registration, CHALLENGE)


@pytest.mark.parametrize(
    ("before", "now", "is_taken"),
    [(0, 0, True), (0, 1, True), (5, 6, True), (5, 50, True), (5, 5, False), (5, 4, False), (5, 0, False)],
)
def test_a_counter_goes_up_or_is_not_kept_at_all(before, now, is_taken):
    credential = added(Device()).credential
    old, new = replace(credential, sign_count=before), replace(credential, sign_count=now)
    if is_taken:
        check_counter(old, new)
    else:
        with pytest.raises(PasskeyCloned):
            check_counter(old, new)


@pytest.mark.parametrize(
    ("origin", "is_here"),
    [
        ("http://localhost", True),
        ("http://localhost:5000", True),
        ("https://localhost", False),
        ("http://localhost.evil.example", False),
        ("http://localhost:5000@evil.example", False),
        ("http://127.0.0.1:5000", False),
    ],
)
def test_the_demo_is_on_this_machine_at_any_port(origin, is_here):
    demo, device = RelyingParty("Assent", None), Device(origin=origin)
    assert demo.id == "localhost"
    if is_here:
        added(device, demo)
    else:
        with pytest.raises(PasskeyUnverified):
            added(device, demo)


class TestSecret:
    def test_another_secret_opens_nothing(self):
        passkey = added(Device())
        with pytest.raises(PasskeySecretOther):
            passkey.wrapping_key(bytes(32))

    def test_what_is_kept_comes_back_and_shows_nothing(self):
        passkey = added(Device())
        assert passkey.to_bytes() == added_again(passkey).to_bytes()
        for secret in (passkey.check, passkey.salt, passkey.credential.public_key):
            assert repr(secret) not in repr(passkey)

    def test_neither_secret_nor_key_is_kept(self):
        device = Device()
        answer = read_registration(device.made(question()))
        credential = HERE.verify_registration(answer, CHALLENGE)
        passkey = Passkey.new(credential, salt=bytes(32), secret=answer.key, now_ms=0)
        for secret in (answer.key, passkey.wrapping_key(answer.key)):
            assert secret not in passkey.to_bytes()
            assert to_base64url(secret).encode() not in passkey.to_bytes()
            assert repr(secret) not in repr(answer)


def added_again(passkey: Passkey) -> Passkey:
    import msgspec  # noqa: PLC0415 - only to read back

    return msgspec.json.decode(passkey.to_bytes(), type=Passkey)


class TestUse:
    def test_an_answer_is_used_once(self):
        passkey = added(Device())
        used = passkey.after_use(passkey.credential, Use(b"first", 1000))
        with pytest.raises(PasskeyUsed):
            used.after_use(passkey.credential, Use(b"first", 1000))
        assert len(used.after_use(passkey.credential, Use(b"second", 1000)).used) == 2

    def test_it_is_remembered_as_long_as_it_could_come_again(self):
        passkey, first = added(Device()), Use(b"first", 1_000_000)
        for later, is_kept in ((1_000_000 + 240_000, True), (1_000_001 + 240_000, False), (0, True)):
            used = passkey.after_use(passkey.credential, first).after_use(
                passkey.credential, Use(b"second", later)
            )
            assert (first in used.used) is is_kept


class TestNotes:
    OCCASION = Occasion(Purpose.APPROVE, "generation", subject_of("snapshot"))

    def notes(self, clock: ManualClock, secret: str = "s" * 40) -> Notes:
        return Notes(secret, clock=clock, random=system_random)

    def test_a_note_comes_back_for_two_minutes(self):
        clock = ManualClock()
        text, note = self.notes(clock).make(self.OCCASION)
        clock.advance(120)
        assert self.notes(clock).open(text, self.OCCASION) == note
        clock.advance(0.001)
        with pytest.raises(PasskeyExpired):
            self.notes(clock).open(text, self.OCCASION)

    def test_a_clock_that_was_set_back_makes_no_note_younger(self):
        clock = ManualClock()
        text, _ = self.notes(clock).make(self.OCCASION)
        clock.jump(-121)
        with pytest.raises(PasskeyExpired):
            self.notes(clock).open(text, self.OCCASION)

    @pytest.mark.parametrize(
        "other",
        [
            Occasion(Purpose.OFFLINE, "generation", subject_of("snapshot")),
            Occasion(Purpose.APPROVE, "another", subject_of("snapshot")),
            Occasion(Purpose.APPROVE, "generation", subject_of("another")),
            Occasion(Purpose.APPROVE, "generation"),
        ],
    )
    def test_it_is_good_for_one_occasion(self, other):
        notes = self.notes(ManualClock())
        text, _ = notes.make(other)
        with pytest.raises(PasskeyForeign):
            notes.open(text, self.OCCASION)

    def test_only_this_site_makes_notes(self):
        clock = ManualClock()
        text, _ = self.notes(clock, "t" * 40).make(self.OCCASION)
        with pytest.raises(PasskeyForeign):
            self.notes(clock).open(text, self.OCCASION)

    def test_every_note_asks_for_something_else(self):
        notes = self.notes(ManualClock())
        made = [notes.make(self.OCCASION) for _ in range(3)]
        assert len({challenge_of(text) for text, _ in made}) == 3
        assert len({note.salt for _, note in made}) == 3
        assert all(isinstance(note, Note) and len(from_base64url(note.salt)) == 32 for _, note in made)

    @given(st.text())
    @settings(max_examples=50)
    def test_any_text_is_refused(self, text):
        with pytest.raises(PasskeyForeign):
            self.notes(ManualClock()).open(text, self.OCCASION)


class TestReading:
    @given(st.text())
    @settings(max_examples=100)
    def test_any_text_parses_or_is_refused(self, text):
        for read in (read_assertion, read_registration):
            with pytest.raises((PasskeyMissing, PasskeyMalformed)):
                read(text)

    def test_nothing_is_told_from_nonsense(self):
        with pytest.raises(PasskeyMissing):
            read_assertion("")
        with pytest.raises(PasskeyMalformed):
            read_assertion("{}")

    @pytest.mark.parametrize("key", ["", "AAAA", to_base64url(bytes(33)), "A" * 43 + "=", "+" * 43, 7, None])
    def test_a_key_has_32_bytes_in_base64url(self, key):
        device = Device()
        with pytest.raises(PasskeyMalformed):
            read_registration(device.made(question(), answer={"key": key}))

    @pytest.mark.parametrize("depth", [10, 100_000])
    def test_what_is_nested_too_deep_is_refused(self, depth):
        with pytest.raises(PasskeyMalformed):
            read_assertion('{"note":' + "[" * depth)

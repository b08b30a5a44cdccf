"""The name at the server, and what the bank says about the person."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.mtoken.token_world import PIN, WRONG_PIN, make_world
from tests.support.wire import answer_lost, refused
from webapp.mtoken.details import ActivationDetail
from webapp.mtoken.errors import AnswerLost, NotSent, RefusedByServer
from webapp.mtoken.user_info import UserAddress, UserInfo
from webapp.powerauth.factors import PowerAuthAuthentication
from webapp.sandbox.settings import SandboxSettings

BY_PIN = PowerAuthAuthentication.password(PIN)
POSSESSION = PowerAuthAuthentication.possession()
CLAIMS = {
    "sub": "Alice",
    "name": "Alice Archer",
    "given_name": "Alice",
    "family_name": "Archer",
    "email": "alice@example.org",
    "email_verified": True,
    "phone_number": "+420 123 456 789",
    "phone_number_verified": False,
    "birthdate": "1990-02-28",
    "address": {
        "formatted": "Long Street 1\n110 00 Prague",
        "street_address": "Long Street 1",
        "locality": "Prague",
        "region": "Prague",
        "postal_code": "110 00",
        "country": "CZ",
    },
    "updated_at": 1_700_000_000,
    "favourite_colour": "blue",
}


# -- the activation's name


def test_the_server_knows_the_activation_by_name(world, alice):
    assert alice.fetch_activation_detail(BY_PIN) == ActivationDetail(alice.state.activation_id, "script")
    world.sandbox.admin(
        "/activation/name/update",
        {"activationId": alice.state.activation_id, "activationName": "Renamed by the bank"},
    )
    assert alice.fetch_activation_detail(BY_PIN).name == "Renamed by the bank"
    assert len(world.wire.sent("/token/create")) == 1, "the PIN is needed once"


def test_every_version_asks_for_the_detail_and_renames(any_version):
    alice = any_version.alice
    assert alice.fetch_activation_detail(BY_PIN).name == "script"
    assert alice.rename_activation("Kitchen \u2615", BY_PIN).name == "Kitchen \u2615"
    assert alice.state.name == "Kitchen \u2615"
    assert any_version.bank.activation(alice.state.activation_id)["activationName"] == "Kitchen \u2615"
    alice.validate_password(PIN)


def test_the_detail_is_not_for_possession_alone(world, alice):
    sent = len(world.wire.requests)
    with pytest.raises(ValueError, match="two factors"):
        alice.fetch_activation_detail(POSSESSION)
    assert len(world.wire.requests) == sent


def test_a_revoked_token_is_renewed_once(world, alice):
    alice.fetch_activation_detail(BY_PIN)
    (token,) = alice.local_tokens()
    alice._signed_post(
        "/pa/v3/token/remove",
        "/pa/token/remove",
        b'{"requestObject":{"tokenId":"%b"}}' % token.token_id.encode(),
        POSSESSION,
    )
    assert alice.fetch_activation_detail(BY_PIN).name == "script"
    assert len(world.wire.sent("/token/create")) == 2


def test_a_blocked_activation_gets_no_detail(world, alice):
    alice.fetch_activation_detail(BY_PIN)
    world.bank.blocks(alice.state.activation_id)
    with pytest.raises(RefusedByServer):
        alice.fetch_activation_detail(BY_PIN)


def test_a_wrong_pin_renames_nothing(world, alice):
    with pytest.raises(RefusedByServer):
        alice.rename_activation("x", PowerAuthAuthentication.password(WRONG_PIN))
    assert alice.state.name == "script"
    assert alice.fetch_activation_status().remaining_attempts == 4


@pytest.mark.parametrize(("fault", "caught"), [(refused, NotSent), (answer_lost, AnswerLost)])
def test_after_a_lost_answer_the_detail_tells_the_name(world, alice, fault, caught):
    world.wire.breaks("/activation/rename", fault, times=1)
    with pytest.raises(caught):
        alice.rename_activation("Kitchen", BY_PIN)
    assert alice.state.name == "script"
    assert alice.fetch_activation_detail(BY_PIN).name in ("script", "Kitchen")
    assert alice.rename_activation("Kitchen", BY_PIN).name == "Kitchen"


def test_the_new_name_does_not_travel_in_clear(world, alice):
    alice.rename_activation("NAME-CANARY", BY_PIN)
    assert all(b"CANARY" not in request.body for request in world.wire.requests)


def test_a_server_that_takes_no_name_leaves_the_old_one_here(tmp_path):
    """PowerAuth Server 1.9.0 is one."""
    alice = make_world(tmp_path, settings=SandboxSettings(forgets_names=True)).alice
    assert alice.rename_activation("Kitchen", BY_PIN).name is None
    assert alice.state.name == "script"
    assert alice.fetch_activation_status().is_in_step


# -- user info


def test_what_the_bank_says_about_alice(world, alice):
    world.configures("sandbox_customers", {"userId": "Alice", "attributes": {}, "claims": CLAIMS})
    assert alice.last_fetched_user_info() is None
    info = alice.fetch_user_info()
    assert info.claims == CLAIMS
    assert alice.last_fetched_user_info() == info
    assert alice.fetch_activation_status().is_in_step, "nothing is signed for it"
    alice.remove_activation_local()
    assert alice.last_fetched_user_info() is None


def test_every_version_asks_who_alice_is(any_version):
    assert any_version.alice.fetch_user_info().subject == "Alice"


def test_a_blocked_activation_gets_no_claims(world, alice):
    world.bank.blocks(alice.state.activation_id)
    with pytest.raises(RefusedByServer) as caught:
        alice.fetch_user_info()
    assert caught.value.code == "ERR_USER_INFO"
    assert alice.last_fetched_user_info() is None


def test_the_standard_claims():
    info = UserInfo(CLAIMS)
    assert (info.subject, info.name, info.given_name, info.family_name) == (
        "Alice",
        "Alice Archer",
        "Alice",
        "Archer",
    )
    assert (info.email, info.is_email_verified) == ("alice@example.org", True)
    assert (info.phone_number, info.is_phone_number_verified) == ("+420 123 456 789", False)
    assert info.birthdate == date(1990, 2, 28)
    assert info.updated_at == datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)
    assert info.text("favourite_colour") == "blue"
    assert (info.address.street, info.address.locality, info.address.country) == (
        "Long Street 1",
        "Prague",
        "CZ",
    )
    assert (info.address.formatted, info.address.region, info.address.postal_code) == (
        "Long Street 1\n110 00 Prague",
        "Prague",
        "110 00",
    )


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(CLAIMS, anything)))
def test_no_claims_make_the_reader_raise(claims):
    info = UserInfo(claims)
    properties = [name for name, kind in vars(UserInfo).items() if isinstance(kind, property)]
    assert len(properties) >= 10
    for name in properties:
        getattr(info, name)
    assert not info.is_email_verified or claims["email_verified"] is True
    if info.address is not None:
        for name, kind in vars(UserAddress).items():
            assert not isinstance(kind, property) or getattr(info.address, name) != 1


@pytest.mark.parametrize("birthdate", ["0000-02-28", "1990", "02-28", "1990-02-30", ""])
def test_a_birthdate_that_is_no_date(birthdate):
    assert UserInfo({"birthdate": birthdate}).birthdate is None


def test_claims_stay_out_of_repr():
    assert "Archer" not in repr(UserInfo(CLAIMS))

"""From nothing to an activation: by code, one-time password, credentials, recovery code, sign-in."""

from urllib.parse import parse_qs, urlsplit

import pytest

from tests.mtoken.token_world import PIN
from tests.support.wire import answer_lost, error, refused
from webapp.mtoken.errors import AnswerLost, InvalidActivationError, NotSent, RefusedByServer
from webapp.mtoken.oidc import OidcConfiguration, OidcSignIn, code_challenge
from webapp.powerauth.activation_code import ActivationCode, parse_activation_code
from webapp.powerauth.errors import ActivationCodeError, ActivationInvalid
from webapp.powerauth.factors import PowerAuthAuthentication
from webapp.powerauth.identity import Identity
from webapp.powerauth.status import ActivationStatus
from webapp.randomness import system_random

CREATE = "/activation/create"
BACK = "https://assent.example/signed-in"
CREDENTIALS = {"username": "bob", "password": "correct horse"}
BOB = {"userId": "Bob", "attributes": CREDENTIALS, "claims": {"name": "Bob Brown"}, "commit": True}
PROVIDER = {
    "providerId": "sandbox",
    "clientId": "assent",
    "clientSecret": "not so secret",
    "scopes": "openid",
    "issuerUri": "https://sandbox.example/oidc",
    "authorizeUri": "https://sandbox.example/oidc/authorize",
    "redirectUri": BACK,
    "pkceEnabled": True,
}


@pytest.fixture
def newcomer(world):
    return world.newcomer()


def code(world, **options):
    return parse_activation_code(world.bank.gives_code("Bob", **options).scanned)


def is_refused(caught, code_of_error="ERR_ACTIVATION"):
    return (caught.value.http_status, caught.value.code) == (400, code_of_error)


# -- what can be asked at each step


def test_the_steps_of_an_activation(world, newcomer):
    assert newcomer.can_start_activation()
    assert not newcomer.has_valid_activation()
    assert newcomer.activation_identifier() is None
    with pytest.raises(InvalidActivationError):
        newcomer.activation_fingerprint()

    result = newcomer.create_activation(code(world), "Bob's browser")
    assert newcomer.has_pending_activation()
    assert not newcomer.has_valid_activation()
    assert not newcomer.can_start_activation()
    assert newcomer.activation_fingerprint() == result.fingerprint
    pending = newcomer.activation_identifier()

    newcomer.commit_activation(PIN)
    assert newcomer.has_valid_activation()
    assert not newcomer.has_pending_activation()
    assert not newcomer.can_start_activation()
    assert newcomer.activation_identifier() == newcomer.state.activation_id == pending
    assert newcomer.activation_fingerprint() == result.fingerprint

    newcomer.remove_activation_local()
    assert newcomer.can_start_activation()
    assert newcomer.activation_identifier() is None


def test_a_second_activation_is_refused_before_anything_is_sent(world, newcomer):
    newcomer.create_activation(code(world), "x")
    sent = len(world.wire.requests)
    with pytest.raises(InvalidActivationError):
        newcomer.create_activation(code(world), "x")
    newcomer.commit_activation(PIN)
    with pytest.raises(InvalidActivationError):
        newcomer.create_activation(code(world), "x")
    assert len(world.wire.requests) == sent


def test_a_pending_activation_can_be_given_up(world, newcomer):
    newcomer.create_activation(code(world), "x")
    newcomer.remove_activation_local()
    assert newcomer.can_start_activation()
    with pytest.raises(InvalidActivationError):
        newcomer.commit_activation(PIN)
    newcomer.create_activation(code(world), "x")


def test_who_commits_second_overwrites_nothing(world, newcomer):
    newcomer.create_activation(code(world), "x")
    newcomer._keeper.store(world.alice.state)
    with pytest.raises(InvalidActivationError):
        newcomer.commit_activation(PIN)
    assert newcomer.state == world.alice.state


def test_a_pin_that_protects_nothing_leaves_the_activation_pending(world, newcomer):
    newcomer.create_activation(code(world), "x")
    with pytest.raises(ValueError, match="four bytes"):
        newcomer.commit_activation("123")
    newcomer.commit_activation(PIN)
    assert newcomer.has_valid_activation()


def test_tokens_go_with_the_activation(world):
    alice = world.alice
    alice.request_access_token("mine", PowerAuthAuthentication.possession())
    alice.remove_activation_local()
    with pytest.raises(InvalidActivationError):
        alice.has_local_token("mine")


def test_a_keeper_with_an_owner_is_not_erased_by_others(world):
    class Owned:
        def __init__(self, keeper):
            self.read, self.exclusive = keeper.read, keeper.exclusive

    world.alice._keeper = Owned(world.alice._keeper)
    with pytest.raises(TypeError):
        world.alice.remove_activation_local()
    assert world.alice.has_valid_activation()


# -- codes


def test_a_scanned_code_is_the_banks_or_it_is_not(world, newcomer):
    offer, other = world.bank.gives_code("Bob"), world.bank.gives_code("Bob")
    sent = len(world.wire.requests)
    assert newcomer.verify_scanned_activation_code(offer.scanned)
    for forged in (offer.code, f"{offer.code}#{other.signature}", f"{offer.code}#AAAA", "nonsense", ""):
        assert not newcomer.verify_scanned_activation_code(forged)
    assert len(world.wire.requests) == sent


def test_a_code_with_a_one_time_password(world, newcomer):
    offered = code(world, commitPhase="ON_KEY_EXCHANGE", activationOtp="31415926")
    for wrong in (None, "27182818"):
        with pytest.raises(RefusedByServer) as caught:
            newcomer.create_activation(offered, "x", otp=wrong)
        assert is_refused(caught)
        assert newcomer.can_start_activation()
    newcomer.create_activation(offered, "x", otp="31415926")
    newcomer.commit_activation(PIN)
    assert newcomer.fetch_activation_status().status is ActivationStatus.ACTIVE


def test_a_one_time_password_that_the_bank_wants_at_its_own_commit(world, newcomer):
    offered = code(world, activationOtp="31415926")
    with pytest.raises(RefusedByServer):
        newcomer.create_activation(offered, "x", otp="31415926")
    newcomer.create_activation(offered, "x")
    newcomer.commit_activation(PIN)
    assert newcomer.fetch_activation_status().status is ActivationStatus.PENDING_COMMIT


def test_what_the_device_says_of_itself_reaches_the_bank(world, newcomer):
    newcomer.create_activation(code(world), "Bob's browser", device_info="Firefox", extras="blue")
    known = world.bank.activation(newcomer.activation_identifier())
    assert (known["activationName"], known["platform"], known["deviceInfo"], known["extras"]) == (
        "Bob's browser",
        "web",
        "Firefox",
        "blue",
    )


# -- credentials


def test_credentials_where_the_bank_takes_them(world, newcomer):
    world.configures("sandbox_customers", BOB)
    result = newcomer.create_activation(
        Identity.of_attributes(CREDENTIALS), "Bob's browser", custom_attributes={"branch": [7, None]}
    )
    assert result.custom_attributes == {"branch": [7, None]}
    assert result.user_info.name == "Bob Brown"
    assert newcomer.last_fetched_user_info() == result.user_info
    newcomer.commit_activation(PIN)
    newcomer.validate_password(PIN)


def test_every_version_takes_credentials(any_version):
    any_version.configures("sandbox_customers", BOB)
    newcomer = any_version.newcomer()
    newcomer.create_activation(Identity.of_attributes(CREDENTIALS), "x")
    newcomer.commit_activation(PIN)
    assert newcomer.fetch_activation_status().status is ActivationStatus.ACTIVE


def test_wrong_credentials_or_a_bank_that_takes_none(world, newcomer):
    for configured in ([], [BOB]):
        world.configures("sandbox_customers", *configured)
        with pytest.raises(RefusedByServer) as caught:
            newcomer.create_activation(Identity.of_attributes(CREDENTIALS | {"password": "x"}), "x")
        assert is_refused(caught)
        assert newcomer.can_start_activation()


def test_nobody_identifies_themselves_with_nothing():
    with pytest.raises(ValueError, match="not empty"):
        Identity.of_attributes({})


# -- recovery


def test_a_recovery_code_replaces_a_lost_activation(world, newcomer):
    world.gives_out_recovery_codes()
    lost, found = world.newcomer(), newcomer
    given = lost.create_activation(code(world), "Bob's old browser").recovery
    lost.commit_activation(PIN)
    world.bank.commits(lost.state.activation_id)
    found.create_activation(Identity.of_recovery(f"R:{given.code}", given.puk), "Bob's new browser")
    found.commit_activation(PIN)
    assert found.fetch_activation_status().status is ActivationStatus.ACTIVE
    assert lost.fetch_activation_status().status is ActivationStatus.REMOVED


def test_a_wrong_puk_says_which_one_is_expected(world, newcomer):
    world.gives_out_recovery_codes()
    given = newcomer.create_activation(code(world), "x").recovery
    world.bank.commits(newcomer.activation_identifier())
    with pytest.raises(RefusedByServer) as caught:
        world.newcomer().create_activation(
            Identity.of_recovery(given.code, "0000000000" if given.puk[0] != "0" else "1111111111"), "x"
        )
    assert is_refused(caught, "INVALID_RECOVERY_CODE")
    assert caught.value.recovery_puk_index == 1


@pytest.mark.parametrize("index", ["0", "-1", "1.5", '"1"', "true", "null", "1001", "[]"])
def test_an_index_that_is_no_number_of_a_puk_is_none(world, newcomer, index):
    def odd(request, transport):
        answer = error(400, "INVALID_RECOVERY_CODE")(request, transport)
        more = f'"currentRecoveryPukIndex":{index},"message"'.encode()
        return type(answer)(answer.status, answer.headers, answer.body.replace(b'"message"', more))

    world.wire.breaks(CREATE, odd)
    with pytest.raises(RefusedByServer) as caught:
        newcomer.create_activation(Identity.of_recovery("AAAAA-AAAAA-AAAAA-AAAAA", "0123456789"), "x")
    assert (caught.value.code, caught.value.recovery_puk_index) == ("INVALID_RECOVERY_CODE", None)


@pytest.mark.parametrize(
    ("recovery_code", "puk", "error_class"),
    [
        ("AAAAA-AAAAA-AAAAA-AAAAA", "123", ValueError),
        ("AAAAA-AAAAA-AAAAA-AAAAA", "\u0661234567890", ValueError),
        ("AAAAA-AAAAA-AAAAA-AAAAQ", "0123456789", ActivationCodeError),
        ("nonsense", "0123456789", ActivationCodeError),
    ],
)
def test_a_mistyped_recovery_code_or_puk_is_never_sent(recovery_code, puk, error_class):
    with pytest.raises(error_class):
        Identity.of_recovery(recovery_code, puk)


# -- signing in


def signs_in(world, sign_in, user="Bob"):
    """The query with which the provider sends the browser back."""
    asked = {name: value[0] for name, value in parse_qs(urlsplit(sign_in.authorization_url).query).items()}
    answer = world.sandbox.authorize(asked, user)
    return {name: value[0] for name, value in parse_qs(urlsplit(answer).query).items()}


@pytest.mark.parametrize("pkce", [True, False])
def test_signing_in_at_the_provider(world, newcomer, pkce):
    world.configures("oauth2_providers", PROVIDER | {"pkceEnabled": pkce})
    configuration = newcomer.fetch_oidc_configuration("sandbox")
    sign_in = OidcSignIn.begin(configuration, random=system_random)
    assert (sign_in.code_verifier is not None) is pkce
    newcomer.create_activation(sign_in.identity(signs_in(world, sign_in)), "Bob's browser")
    newcomer.commit_activation(PIN)
    assert newcomer.fetch_activation_status().status is ActivationStatus.ACTIVE
    assert world.bank.activation(newcomer.state.activation_id)["userId"] == "Bob"


def test_every_version_signs_in(any_version):
    any_version.configures("oauth2_providers", PROVIDER)
    newcomer = any_version.newcomer()
    sign_in = OidcSignIn.begin(newcomer.fetch_oidc_configuration("sandbox"), random=system_random)
    newcomer.create_activation(sign_in.identity(signs_in(any_version, sign_in)), "x")
    newcomer.commit_activation(PIN)


def test_a_provider_that_the_bank_does_not_have(world, newcomer):
    with pytest.raises(RefusedByServer) as caught:
        newcomer.fetch_oidc_configuration("sandbox")
    assert is_refused(caught, "APPLICATION_CONFIGURATION_ERROR")


def test_an_answer_to_another_sign_in_is_refused(world, newcomer):
    world.configures("oauth2_providers", PROVIDER)
    configuration = newcomer.fetch_oidc_configuration("sandbox")
    mine, theirs = (OidcSignIn.begin(configuration, random=system_random) for _ in range(2))
    answer = signs_in(world, theirs)
    for wrong in (
        answer,
        {"code": answer["code"]},
        {"state": mine.state},
        {"state": mine.state, "code": ""},
        signs_in(world, mine, user=""),
        {"state": mine.state, "code": "x", "error": "access_denied"},
    ):
        with pytest.raises(ActivationInvalid):
            mine.identity(wrong)


def test_the_challenge_is_the_one_of_the_standard():
    """RFC 7636, Appendix B."""
    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    assert code_challenge(verifier) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


@pytest.mark.parametrize(
    ("authorize_uri", "begins"),
    [
        ("https://a.example/authorize", "https://a.example/authorize?response_type=code&"),
        ("https://a.example/authorize?tenant=7", "https://a.example/authorize?tenant=7&response_type=code&"),
    ],
)
def test_an_address_keeps_what_it_asks_for_itself(authorize_uri, begins):
    configuration = OidcConfiguration("p", "c", "openid", authorize_uri, BACK, pkce_enabled=True)
    sign_in = OidcSignIn.begin(configuration, random=system_random)
    url = sign_in.authorization_url
    assert url.startswith(begins)
    assert sign_in.code_verifier not in url
    for secret in (sign_in.state, sign_in.nonce, sign_in.code_verifier):
        assert len(secret) == 43
        assert secret not in repr(sign_in)


@pytest.mark.parametrize("uri", ["javascript:alert(1)", "/authorize", ""])
def test_an_address_that_is_no_page_is_refused(world, newcomer, uri):
    world.configures("oauth2_providers", PROVIDER | {"authorizeUri": uri or "x"})
    with pytest.raises(AnswerLost):
        newcomer.fetch_oidc_configuration("sandbox")


def test_a_stolen_authorization_code_is_worth_nothing(world, newcomer):
    """Without the verifier and the nonce of the browser that began."""
    world.configures("oauth2_providers", PROVIDER)
    configuration = newcomer.fetch_oidc_configuration("sandbox")
    bobs, thiefs = (OidcSignIn.begin(configuration, random=system_random) for _ in range(2))
    stolen = signs_in(world, bobs) | {"state": thiefs.state}
    with pytest.raises(RefusedByServer) as caught:
        newcomer.create_activation(thiefs.identity(stolen), "thief")
    assert is_refused(caught)


# -- what may happen on the way

WAYS = {
    "code": code,
    "credentials": lambda _world: Identity.of_attributes(CREDENTIALS),
    "recovery": lambda _world: Identity.of_recovery("AAAAA-AAAAA-AAAAA-AAAAA", "0123456789"),
    "sign-in": lambda _world: Identity.of_oidc("sandbox", "a code", "a nonce", "a verifier"),
}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())
@pytest.mark.parametrize(("fault", "caught"), [(refused, NotSent), (answer_lost, AnswerLost)])
def test_an_activation_that_did_not_come_about_leaves_nothing(world, newcomer, way, fault, caught):
    world.configures("sandbox_customers", BOB)
    world.wire.breaks(CREATE, fault)
    with pytest.raises(caught):
        newcomer.create_activation(way(world), "x")
    assert newcomer.can_start_activation()


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())
def test_what_identifies_somebody_stays_out_of_repr_and_off_the_wire(world, newcomer, way):
    identity = way(world)
    if isinstance(identity, ActivationCode):
        identity = Identity.of_code(identity)
    world.wire.breaks(CREATE, refused)
    with pytest.raises(NotSent):
        newcomer.create_activation(identity, "x", otp="OTP-CANARY", custom_attributes={"a": "CANARY"})
    sent = b"".join(request.body for request in world.wire.requests)
    for secret in identity.attributes.values():
        assert secret not in repr(identity)
        assert len(secret) < 8 or secret.encode() not in sent
    assert b"CANARY" not in sent

"""The bank's pages about other ways in, as somebody without script uses them."""

import re

import pytest

from tests.sandbox.device import Device
from webapp.sandbox.demo_ways import move_provider, open_ways

WAYS = "/sandbox/users/Alice/ways"
CODE, CARD = "/ways/code", "/ways/card"
OTP = re.compile(r"\b[0-9]{6}\b")


@pytest.fixture
def opened(backend):
    """A bank like that of the demo."""
    open_ways(backend)


@pytest.fixture
def device(backend, clock):
    return Device(backend, clock)


def activations(backend):
    return backend.admin("/activation/list", {"userId": "Alice"})["activations"]


def offered(teller, phase):
    """The page of a new code, the code, and the one-time password on it."""
    page = teller.opens(WAYS).submits(CODE, phase=phase)
    return page, re.search(r"[A-Z2-7]{5}(-[A-Z2-7]{5}){3}", page.words)[0], OTP.search(page.words)[0]


def activates(device, code, **more):
    return device.introduces_itself("CODE", code=code, **more)


def test_the_customers_page_leads_there(teller):
    assert (
        teller.opens("/sandbox/users/Alice").follows("Other ways to enrol").heading == "Other ways to enrol"
    )


@pytest.mark.parametrize("phase", ["ON_KEY_EXCHANGE", "ON_COMMIT"])
def test_a_code_comes_with_a_password_for_the_chosen_moment(teller, backend, phase):
    page, code, _otp = offered(teller, phase)
    (known,) = activations(backend)
    assert page.heading == "Activation code"
    assert (known["activationCode"], known["commitPhase"]) == (code, phase)


def test_every_code_has_a_password_of_its_own(teller):
    assert len({offered(teller, "ON_COMMIT")[2] for _ in range(4)}) > 1


def test_the_moment_has_to_be_chosen(teller, backend):
    for phase in ("", "NONE", "ON_COMMIT "):
        page = teller.opens(WAYS).submits(CODE, phase=phase)
        assert page.status == 422
        assert "Choose when the one-time password is asked for." in page.words
    assert activations(backend) == []


def test_the_commit_asks_for_the_password(teller, backend, device):
    page, code, otp = offered(teller, "ON_COMMIT")
    address = f"/sandbox/activations/{activations(backend)[0]['activationId']}"
    device.activate(code)
    page = teller.opens(address)
    assert "otp" in page.fields("/commit")
    wrong = page.submits("/commit", otp="000000" if otp != "000000" else "111111")
    assert (wrong.status, wrong.fields("/commit")["otp"]) == (422, "")
    assert activations(backend)[0]["failedAttempts"] == 1
    missing = page.submits("/commit", otp="")
    assert missing.status == 422
    assert activations(backend)[0]["failedAttempts"] == 1
    assert "This activation is active" in page.submits("/commit", otp=otp).words
    assert page.submits("/commit", otp=otp).status == 409, "once is enough"


def test_a_password_that_others_gave_out_is_asked_for_as_well(teller, backend, device):
    """The back office was asked by somebody else, so these pages do not know it."""
    asked = {"userId": "Alice", "applicationId": "assent-demo"}
    begun = backend.admin("/activation/init", {**asked, "activationOtp": "4711", "commitPhase": "ON_COMMIT"})
    device.activate(begun["activationCode"])
    page = teller.opens(f"/sandbox/activations/{begun['activationId']}")
    assert "otp" not in page.fields("/commit")
    page = page.submits("/commit")
    assert page.status == 422
    assert "This activation is active" in page.submits("/commit", otp="4711").words


def test_a_commit_without_a_password_takes_none(teller, backend, device):
    page = teller.opens("/sandbox/users/Alice").submits("/users/Alice/activations")
    device.activate(re.search(r"[A-Z2-7]{5}(-[A-Z2-7]{5}){3}", page.words)[0])
    page = teller.opens(f"/sandbox/activations/{device.activation_id}")
    assert page.submits("/commit", otp="4711").status == 422
    assert "This activation is active" in page.submits("/commit").words


@pytest.mark.usefixtures("opened")
@pytest.mark.parametrize(
    ("user", "told"),
    [("Alice", "then the bank compares"), ("Bob", "is active at once"), ("Charlie", "active")],
)
def test_credentials_are_told(teller, user, told):
    page = teller.opens(f"/sandbox/users/{user}/ways")
    assert told in page.words
    assert f"username{user.lower()}" in page.words.replace(" ", "")


def test_a_bank_without_credentials_and_cards_says_so(teller, backend):
    page = teller.opens(WAYS)
    assert "This bank has none of this customer." in page.words
    refused = page.submits(CARD)
    assert refused.status == 409
    assert "This bank prints no cards" in refused.words


@pytest.mark.usefixtures("opened")
def test_a_card_is_printed_once_and_can_be_read_again(teller, backend):
    page = teller.opens(WAYS).submits(CARD)
    assert page.heading == "Recovery card"
    assert len(re.findall(r"\b[0-9]{10}\b", page.words)) == 3
    assert "Not confirmed yet" in page.words
    listed = teller.opens(WAYS)
    assert listed.follows("XXXXX-XXXXX-XXXXX-").words == page.words
    assert len(backend.admin("/recovery/lookup", {"userId": "Alice"})["recoveryCodes"]) == 1
    assert "XXXXX" not in teller.opens("/sandbox/users/Bob/ways").words


@pytest.mark.usefixtures("opened")
def test_a_withdrawn_card_offers_nothing(teller, backend):
    page = teller.opens(WAYS).submits(CARD)
    (code,) = backend.admin("/recovery/lookup", {"userId": "Alice"})["recoveryCodes"]
    backend.admin("/recovery/revoke", {"recoveryCodeIds": [code["recoveryCodeId"]]})
    assert "Withdrawn by the bank" in page.follows("Look again").words


@pytest.mark.usefixtures("opened")
@pytest.mark.parametrize("address", ["/sandbox/cards/x", "/sandbox/cards/%00", "/sandbox/users/%07/ways"])
def test_what_is_not_there_is_not_found(teller, address):
    assert teller.opens(address).status == 404


@pytest.mark.usefixtures("opened")
@pytest.mark.parametrize("address", [f"{WAYS}/code", f"{WAYS}/card"])
def test_a_form_without_its_token_changes_nothing(teller, backend, address):
    assert teller.client.post(address, data={"phase": "ON_COMMIT"}).status_code == 400
    assert activations(backend) == []
    assert backend.admin("/recovery/lookup", {"userId": "Alice"})["recoveryCodes"] == []


@pytest.mark.usefixtures("opened")
def test_pages_speak_of_nothing_that_the_site_has_not_opened(teller):
    page = teller.opens(WAYS)
    links = [one.get("href") for one in page.tree.iter("a")]
    assert not [link for link in links if link.startswith("/activation")]


def test_opening_again_changes_nothing(backend):
    application = {"applicationId": "assent-demo"}
    own = {"userId": "Alice", "attributes": {"card": "1"}}
    backend.admin("/application/config/create", {**application, "key": "sandbox_customers", "values": [own]})
    backend.admin("/recovery/config/update", {**application, "recoveryPostcardEnabled": False})
    before = backend.admin("/application/config/detail", application)
    open_ways(backend)
    assert backend.admin("/application/config/detail", application) == before


def test_the_provider_moves_only_when_the_site_does(backend):
    application = {"applicationId": "assent-demo"}

    def provider():
        (configured,) = backend.admin("/application/config/detail", application)["applicationConfigs"]
        return configured["values"]

    move_provider(backend, "http://localhost:5000/")
    first = provider()
    assert [one["authorizeUri"] for one in first] == ["http://localhost:5000/sandbox/oidc/authorize"]
    move_provider(backend, "http://localhost:5000/")
    assert provider() == first
    move_provider(backend, "http://localhost:8000/below/")
    assert [one["redirectUri"] for one in provider()] == [
        "http://localhost:8000/below/activation/sign-in/return"
    ]

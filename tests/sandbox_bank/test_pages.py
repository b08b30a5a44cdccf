"""The bank's pages, as somebody without script uses them."""

from urllib.parse import quote

import pytest

from tests.sandbox_bank.paper_office import ACTIVATION, OPERATION, PaperOffice
from webapp.sandbox.bank import USERS
from webapp.sandbox.forms import templates

ACTIVATION_PAGE = f"/sandbox/activations/{ACTIVATION['activationId']}"
OPERATION_PAGE = f"/sandbox/operations/{OPERATION['id']}"


def test_the_bank_says_that_it_is_a_sandbox(teller):
    assert "This is a sandbox bank." in teller.opens("/sandbox/").words


@pytest.mark.parametrize("user", USERS)
def test_every_customer_has_a_page(teller, user):
    assert teller.opens("/sandbox/").follows(user).heading == user


def test_another_customer_is_typed(teller):
    answer = teller.client.get("/sandbox/?user=+Žofie+")
    assert (answer.status_code, answer.location) == (303, "/sandbox/users/%C5%BDofie")
    assert teller.opens(answer.location).heading == "Žofie"


@pytest.mark.parametrize("address", ["/sandbox/?user=%07", f"{OPERATION_PAGE}/cancel"])
def test_control_characters_never_come_back_in_a_page(teller_of, address):
    page = teller_of(PaperOffice()).opens(address)
    answer = page.submits("/cancel", reason="\x07") if page.status == 200 else page
    assert answer.status == 422
    assert [one.get("value") for one in answer.tree.iter("input") if one.get("type") != "hidden"] == [
        "\ufffd"
    ]


@pytest.mark.parametrize("typed", ["", " ", "a/b", "..", "<script>alert(1)</script>", "x" * 65])
def test_a_name_that_cannot_be_is_refused_and_kept(teller, typed):
    page = teller.opens(f"/sandbox/?user={quote(typed)}")
    assert page.status == 422
    assert "A name begins with" in page.words
    assert [one.get("value") for one in page.tree.find(".//main").iter("input")] == [typed]


def test_a_code_is_shown_as_text_as_a_picture_and_as_a_link(teller, backend):
    page = teller.opens("/sandbox/users/Alice").submits("/users/Alice/activations")
    known = backend.admin("/activation/list", {"userId": "Alice"})["activations"][0]
    code = f"{known['activationCode']}#{known['activationSignature']}"
    assert page.heading == "Activation code"
    assert known["activationCode"] in page.words
    assert [one.get("role") for one in page.tree.iter("div") if one.get("class") == "qr"] == ["img"]
    assert f'href="/activation/new?code={quote(code, safe="")}"' in page.text


def test_making_a_code_twice_makes_two_and_reading_makes_none(teller, backend):
    page = teller.opens("/sandbox/users/Alice")
    first = page.submits("/users/Alice/activations")
    page.submits("/users/Alice/activations")
    teller.opens("/sandbox/users/Alice")
    assert first.refresh_s() == 10
    assert len(backend.admin("/activation/list", {"userId": "Alice"})["activations"]) == 2


def test_an_expired_code_is_shown_no_longer(teller, backend, clock):
    page = teller.opens("/sandbox/users/Alice").submits("/users/Alice/activations")
    known = backend.admin("/activation/list", {"userId": "Alice"})["activations"][0]
    clock.advance(301)
    page = teller.opens(f"/sandbox/activations/{known['activationId']}")
    assert "This activation is removed" in page.words
    assert known["activationCode"] not in page.text
    assert page.refresh_s() is None


def test_the_fingerprint_is_compared_before_the_commit(teller_of):
    page = teller_of(PaperOffice(activation={"activationStatus": "PENDING_COMMIT"})).opens(ACTIVATION_PAGE)
    assert page.heading == "Compare the fingerprint"
    assert "03425567" in page.words
    assert page.has_form("/commit")
    assert page.has_form("/remove")


@pytest.mark.parametrize(
    ("state", "offered"),
    [
        ("CREATED", {"remove"}),
        ("PENDING_COMMIT", {"commit", "remove"}),
        ("ACTIVE", {"block", "remove"}),
        ("BLOCKED", {"unblock", "remove"}),
        ("REMOVED", set()),
    ],
)
def test_an_activation_offers_what_its_state_allows(teller_of, state, offered):
    page = teller_of(PaperOffice(activation={"activationStatus": state})).opens(ACTIVATION_PAGE)
    assert {
        action for action in ("commit", "block", "unblock", "remove") if page.has_form(f"/{action}")
    } == offered


def test_the_list_of_activations_tells_state_name_fingerprint_and_attempts(teller_of):
    words = (
        teller_of(PaperOffice(activation={"activationStatus": "BLOCKED"})).opens("/sandbox/users/Alice").words
    )
    for told in ("Alice's <laptop>", "Blocked", "Fingerprint: 03425567", "Wrong attempts: 2 of 5"):
        assert told in words


def test_an_activation_is_removed(teller, backend):
    page = teller.opens("/sandbox/users/Bob").submits("/users/Bob/activations").submits("/remove")
    assert "This activation is removed" in page.words
    assert (
        backend.admin("/activation/list", {"userId": "Bob"})["activations"][0]["activationStatus"]
        == "REMOVED"
    )


@pytest.mark.parametrize("known", templates(), ids=lambda one: one.template_name)
def test_every_operation_is_sent_with_its_example(teller, backend, known):
    page = teller.opens(f"/sandbox/users/Alice/operations/{known.template_name}")
    sent = page.submits(f"/operations/{known.template_name}")
    assert "Waiting for a decision" in sent.words
    operations = backend.admin("/operation/list", {"userId": "Alice", "applications": ["assent-demo"]})
    assert [one["parameters"] for one in operations] == ([known.parameters] if known.personalised else [])


def test_edited_parameters_are_what_is_sent(teller, backend):
    page = teller.opens("/sandbox/users/Charlie/operations/payment")
    changed = {"parameter.amount": "7.31", "parameter.note": "first\r\nsecond <b>"}
    sent = page.submits("/operations/payment", **changed)
    operation = backend.admin("/operation/list", {"userId": "Charlie", "applications": ["assent-demo"]})[0]
    assert operation["data"] == "A1*A7.31EUR*IDE89370400440532013000**D20260331*Nfirst\\nsecond <b>"
    assert "second &lt;b&gt;" in sent.text


@pytest.mark.parametrize(
    ("note", "explained"),
    [
        ("${amount}", "no ${ in a value"),
        ("\x07", "no control characters"),
        ("x" * 501, "This value is too long."),
    ],
)
def test_a_value_that_the_bank_refuses_is_explained_and_nothing_is_lost(teller, backend, note, explained):
    page = teller.opens("/sandbox/users/Alice/operations/consent")
    answer = page.submits("/operations/consent", **{"parameter.text": note})
    assert answer.status == 422
    assert explained in answer.words
    assert backend.admin("/operation/list", {"userId": "Alice", "applications": ["assent-demo"]}) == []


def test_a_refused_value_stays_in_its_field(teller):
    page = teller.opens("/sandbox/users/Alice/operations/payment")
    answer = page.submits("/operations/payment", **{"parameter.payee": '"><script>${x}'})
    assert answer.fields("/operations/payment")["parameter.payee"] == '"><script>${x}'


def test_the_code_on_the_banks_screen_moves_with_time(teller, backend, clock):
    page = teller.opens("/sandbox/users/Alice/operations/login_nearby").submits("/operations/login_nearby")
    operation = backend.admin("/operation/list", {"userId": "Alice", "applications": ["assent-demo"]})[0]
    address, code = f"/sandbox/operations/{operation['id']}", operation["proximityOtp"]
    assert page.refresh_s() == 10
    assert f"web+assent://operation?oid={operation['id']}&potp={code}" in page.words
    assert "web+assent://operation?code=eyJ" in page.follows("Link with a token").words
    assert "eyJ0eXAiOiJKV1QiLCJhbGciOiJub25lIn0." in page.follows("Token alone").words
    clock.advance(30)
    later = backend.admin("/operation/detail", {"operationId": operation["id"]})["proximityOtp"]
    assert later != code
    assert later in teller.opens(address).words
    clock.advance(300)
    expired = teller.opens(address)
    assert expired.refresh_s() is None
    assert "potp" not in expired.text
    assert "/deeplink" not in expired.text


FORMS = [None, "Link with a token", "Token alone"]


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_the_code_opens_on_the_site_beside_the_bank(teller, form):
    page = teller.opens("/sandbox/users/Alice/operations/login_nearby").submits("/operations/login_nearby")
    if form is not None:
        page = page.follows(form)
    (text,) = [
        " ".join(one.itertext()).strip() for one in page.tree.iter("p") if one.get("class") == "sandbox-long"
    ]
    (link,) = [one for one in page.tree.iter("a") if "Open it in this browser" in "".join(one.itertext())]
    assert link.get("href") == f"/deeplink?url={quote(text, safe='')}"


@pytest.mark.parametrize("form", FORMS[1:])
def test_a_page_that_renews_itself_keeps_the_form_of_the_code(teller, clock, form):
    page = teller.opens("/sandbox/users/Alice/operations/login_nearby").submits("/operations/login_nearby")
    before = page.follows(form)
    clock.advance(30)
    after = before.follows("Look again")
    chosen = [
        "".join(one.itertext()) for one in after.tree.iter("strong") if one.get("aria-current") == "true"
    ]
    assert chosen == [form]
    assert after.refresh_s() == 10
    assert "eyJ" in after.words
    assert after.words != before.words


def test_the_kiosk_names_an_operation_of_nobody(teller):
    page = teller.opens("/sandbox/users/Alice/operations/login_kiosk").submits("/operations/login_kiosk")
    identifier = page.words.split("Identifier ")[1].split()[0]
    assert f"web+assent://operation?oid={identifier}" in page.words
    assert f'href="/deeplink?url=web%2Bassent%3A%2F%2Foperation%3Foid%3D{identifier}"' in page.text
    assert "nobody yet" in page.words


def test_an_operation_is_withdrawn_with_a_reason(teller, backend):
    page = teller.opens("/sandbox/users/Alice/operations/shop").submits("/operations/shop")
    asked = page.follows("Withdraw it")
    assert asked.submits("/cancel", reason="no spaces please").status == 422
    withdrawn = asked.submits("/cancel", reason="SOLD_OUT")
    assert "Withdrawn by the bank" in withdrawn.words
    assert "SOLD_OUT" in withdrawn.words
    assert asked.submits("/cancel").status == 409


@pytest.mark.parametrize(
    ("operation", "told"),
    [
        ({"status": "EXPIRED"}, ["Expired"]),
        ({"status": "FAILED", "failureCount": 5}, ["Failed: too many attempts", "5 of 5"]),
        (
            {
                "status": "APPROVED",
                "additionalData": {"authFactor": "possession_knowledge", "userAgent": "<b>"},
            },
            ["Approved", "Decided with this browser and the PIN", "Program <b>"],
        ),
        (
            {"status": "REJECTED", "additionalData": {"rejectReason": "INCORRECT_DATA"}},
            ["Rejected", "Reason of the person The data are wrong. INCORRECT_DATA"],
        ),
        ({"status": "CANCELED", "statusReason": "FRAUD"}, ["Withdrawn by the bank", "Reason FRAUD"]),
        (
            {"status": "SOMETHING_NEW", "timestampFinalized": "2026-03-02T08:16:00.000+00:00"},
            ["SOMETHING_NEW", "Settled Mar 2, 2026"],
        ),
    ],
)
def test_what_became_of_an_operation(teller_of, operation, told):
    page = teller_of(PaperOffice(operation=operation)).opens(OPERATION_PAGE)
    for words in told:
        assert words in page.words
    assert "Withdraw it" not in page.words


def test_texts_of_others_are_escaped(teller_of):
    nasty = '"><img src=x onerror=alert(1)>'
    office = PaperOffice(
        activation={"activationName": nasty, "userId": nasty, "blockedReason": nasty},
        operation={
            "userId": nasty, "data": nasty, "statusReason": nasty, "templateName": nasty, "riskFlags": nasty,
            "parameters": {nasty: nasty}, "additionalData": {nasty: nasty, "rejectReason": nasty},
        },
    )  # fmt: skip
    teller = teller_of(office)
    for address in ("/sandbox/users/Alice", ACTIVATION_PAGE, OPERATION_PAGE, f"{OPERATION_PAGE}/cancel"):
        page = teller.opens(address)
        assert "<img" not in page.text
        assert not list(page.tree.iter("img"))


@pytest.mark.parametrize(
    "address",
    [
        "/sandbox/activations/no-such-thing",
        "/sandbox/operations/no-such-thing",
        "/sandbox/operations/no-such-thing/cancel",
    ],
)
def test_an_unknown_identifier_has_a_page_of_its_own(teller, address):
    page = teller.opens(address)
    assert page.status == 404
    assert page.heading.startswith("There is no such")


@pytest.mark.parametrize(
    "address",
    ["/sandbox/users/%20", "/sandbox/users/a;b", "/sandbox/users/Alice/operations/bribe", "/sandbox/bank.py"],
)
def test_other_addresses_do_not_exist(teller, address):
    assert teller.client.get(address).status_code == 404


def test_an_unknown_change_does_not_exist(teller):
    page = teller.opens("/sandbox/users/Alice").submits("/users/Alice/activations")
    token = page.fields("/remove")["csrf_token"]
    address = page.form("/remove").get("action").replace("/remove", "/explode")
    assert teller.sends(address, csrf_token=token).status == 404


@pytest.mark.parametrize(
    ("code", "status"), [("ERR0008", 409), ("ERR0007", 409), ("ERR0009", 404), ("ERR9999", 409)]
)
def test_a_refused_change_says_that_nothing_changed(teller_of, code, status):
    page = teller_of(PaperOffice(refusal=code)).opens(ACTIVATION_PAGE).submits("/block")
    assert page.status == status
    assert "on paper" not in page.text


@pytest.mark.parametrize(
    "address",
    [
        "/sandbox/users/Alice/activations",
        "/sandbox/users/Alice/operations/login",
        f"{ACTIVATION_PAGE}/block",
        f"{OPERATION_PAGE}/cancel",
    ],
)
def test_a_form_without_its_token_changes_nothing(teller, backend, address):
    assert teller.client.post(address).status_code == 400
    assert backend.admin("/activation/list", {"userId": "Alice"})["activations"] == []
    assert backend.admin("/operation/list", {"userId": "Alice", "applications": ["assent-demo"]}) == []


@pytest.mark.parametrize("name", ["invoice.png", "invoice-small.png"])
def test_the_pictures_of_the_invoice_are_served(teller, name):
    with teller.client.get(f"/sandbox/{name}") as picture:
        assert picture.mimetype == "image/png"
        assert picture.data.startswith(b"\x89PNG")
        assert len(picture.data) < 20_000


def test_pages_speak_czech(teller):
    page = teller.opens("/sandbox/users/Alice", **{"Accept-Language": "cs"})
    assert page.tree.get("lang") == "cs"
    assert "Platba do zahraničí" in page.words

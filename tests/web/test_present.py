"""What the bank sends and what the page prints of it: everything, in order, and nothing unsafe."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from webapp.mtoken.attributes import (
    AlertType,
    Money,
    OperationAttributeAlert,
    OperationAttributeAmount,
    OperationAttributeAmountConversion,
    OperationAttributeHeading,
    OperationAttributeImage,
    OperationAttributeKeyValue,
    OperationAttributeNote,
    OperationAttributePartyInfo,
    OperationAttributeUnknown,
    PartyInfo,
)
from webapp.mtoken.operation import OperationFormData, UserOperation
from webapp.web import present

NOW = datetime(2026, 3, 2, 8, 15, tzinfo=UTC)
NOW_MS = 1_772_439_300_000
AMOUNT = OperationAttributeAmount("a", "Amount", Decimal("2450.50"), "EUR", "2,450.50", "€", "€2,450.50")
DOLLARS = Money(Decimal(120), "USD", "120,00", "US$", "120,00 US$")
CROWNS = Money(Decimal("2763.6"), "CZK", "2 763,60", "Kč", "2 763,60 Kč")
CHARLIE = OperationAttributePartyInfo("p", "Payee", PartyInfo(name="Charlie", description="A friend"))


def operation(*attributes, expires_s=300, title="Payment") -> UserOperation:
    return UserOperation(
        id="1",
        data="A1",
        operation_created=NOW,
        operation_expires=NOW + timedelta(seconds=expires_s),
        form_data=OperationFormData(title=title, attributes=attributes),
    )


def rows(*attributes, own_pictures=False):
    (facts,) = present.blocks(attributes, own_pictures=own_pictures)
    return facts.rows


def test_blocks_keep_the_banks_order():
    shown = present.blocks(
        [
            OperationAttributeHeading("h", "New payment"),
            AMOUNT,
            OperationAttributeNote("n", "Note", "a\nb"),
            OperationAttributeAlert("w", "Warning", AlertType.WARNING, "New payee", "Take care"),
            CHARLIE,
        ],
        own_pictures=False,
    )
    assert [block.kind for block in shown] == ["heading", "facts", "alert", "facts"]
    assert [row.label for row in shown[1].rows] == ["Amount", "Note"]


def test_amount_and_receiver_are_the_large_ones():
    amount, payee = rows(AMOUNT, CHARLIE)
    assert [(value.text, value.role) for value in amount.values] == [("€2,450.50", present.FIGURE)]
    assert [(value.text, value.role) for value in payee.values] == [
        ("Charlie", present.RECEIVER),
        ("A friend", ""),
    ]


@pytest.mark.parametrize(("dynamic", "sign"), [(True, "≈"), (False, "=")])
def test_a_conversion_shows_both_sides_and_whether_the_rate_is_final(dynamic, sign):
    (row,) = rows(OperationAttributeAmountConversion("c", "You pay", dynamic, DOLLARS, CROWNS))
    assert [(value.before, value.text) for value in row.values] == [("", "120,00 US$"), (sign, "2 763,60 Kč")]
    assert (row.remark is not None) is dynamic


@pytest.mark.parametrize("text", ["", " ", "\n"])
def test_an_empty_value_is_said_to_be_empty(text):
    (row,) = rows(OperationAttributeKeyValue("k", "Account", text))
    assert row.values == ()
    assert row.remark is not None


def test_what_is_unknown_stays_visible_with_a_remark():
    (row,) = rows(OperationAttributeUnknown("u", "Map", "MAP", (("place", "Brno"),)))
    assert (row.label, [(value.before, value.text) for value in row.values]) == ("Map", [("place:", "Brno")])
    assert row.remark is not None


def test_a_party_without_anything_is_not_an_empty_row():
    (row,) = rows(OperationAttributePartyInfo("p", "Payee", PartyInfo()))
    assert row.remark is not None


@pytest.mark.parametrize(
    "address",
    [
        "http://bank.example/a.png",
        "javascript:alert(1)",
        "data:image/png;base64,AA",
        "//bank.example/a.png",
        "/sandbox/../operations",
        "https://bank.example@evil.example/",
        "https://",
        "https://[::1",
        "https://bank.example/a b",
        "https://bänk.example/",
        "https://bank.example\\@evil.example/",
        "",
    ],
)
def test_an_unsafe_address_is_never_a_link(address):
    assert present.safe_address(address) is None
    (row,) = rows(OperationAttributeImage("i", "Invoice", address), own_pictures=True)
    assert row.values == ()
    assert row.remark is not None


def test_a_heading_of_blanks_parts_the_rows_and_is_not_printed():
    shown = present.blocks([AMOUNT, OperationAttributeHeading("h", " "), CHARLIE], own_pictures=False)
    assert [block.kind for block in shown] == ["facts", "facts"]


def test_a_blank_text_of_something_unknown_is_no_empty_row():
    (row,) = rows(OperationAttributeUnknown("u", "Map", "MAP", (("place", " "), ("", "Brno"))))
    assert [(value.before, value.text) for value in row.values] == [("", "Brno")]


def test_a_picture_that_this_site_does_not_have_is_a_link_and_not_loaded():
    (row,) = rows(OperationAttributeImage("i", "Invoice", "https://bank.example/a.png"), own_pictures=True)
    assert [(value.address, value.picture) for value in row.values] == [("https://bank.example/a.png", None)]


@pytest.mark.parametrize("root", ["", "/approve"])
def test_the_sandboxs_pictures_are_shown_in_the_demo_only(app, root):
    image = OperationAttributeImage("i", "Invoice", "/sandbox/small.png", "/sandbox/large.png")
    with app.test_request_context(base_url=f"http://localhost{root}/"):
        (row,) = rows(image, own_pictures=True)
    assert [(value.picture, value.address) for value in row.values] == [
        (f"{root}/sandbox/small.png", f"{root}/sandbox/large.png")
    ]
    (row,) = rows(image)
    assert row.values == ()


def path(address: str | None) -> str | None:
    return address and address.partition("?")[0]


def test_another_picture_under_the_same_number_has_another_address(app):
    with app.test_request_context():
        one, other = (
            present.picture_routes(operation(OperationAttributeImage("i", "", url))).route(url)
            for url in ("https://a.example/1.png", "https://a.example/2.png")
        )
    assert path(one) == path(other)
    assert one != other


def test_pictures_have_their_numbers_on_this_site(app):
    attributes = (
        OperationAttributeImage("i", "Invoice", "https://a.example/small.png", "https://a.example/large.png"),
        OperationAttributeImage("i", "Unsafe", "http://a.example/plain.png"),
        OperationAttributePartyInfo("p", "Shop", PartyInfo(logo_url="https://a.example/logo.png", name="S")),
    )
    with app.test_request_context():
        routes = present.picture_routes(operation(*attributes))
    (facts,) = present.blocks(attributes, own_pictures=False, routes=routes)
    assert [[(path(value.picture), path(value.address)) for value in row.values] for row in facts.rows] == [
        [("/operations/1/pictures/0", "/operations/1/pictures/1")],
        [],
        [("/operations/1/pictures/3", None), (None, None)],
    ]


@pytest.mark.parametrize("logo", ["http://a.example/logo.png", "data:image/png;base64,AA", "/logo.png"])
def test_a_logo_that_cannot_be_shown_is_said_to_be_there(logo):
    (row,) = rows(OperationAttributePartyInfo("p", "Shop", PartyInfo(logo_url=logo, name="S")))
    assert [value.text for value in row.values] == ["S"]
    assert row.remark is not None


@pytest.mark.parametrize("alert", AlertType)
def test_an_alert_says_its_level_in_words(app, alert):
    (block,) = present.blocks([OperationAttributeAlert("w", "", alert)], own_pictures=False)
    with app.test_request_context():
        assert str(block.word)
    assert block.titles == ()


@pytest.mark.parametrize(("expires_s", "left"), [(300, 300), (0, 0), (-5, 0)])
def test_time_left_is_never_negative(expires_s, left):
    assert present.seconds_left(operation(expires_s=expires_s), NOW_MS) == left


def test_a_line_of_the_list_shows_the_first_amount_and_the_receiver():
    line = present.line(operation(OperationAttributeHeading("h", "x"), AMOUNT, CHARLIE), NOW_MS)
    assert (line.title, line.figure, line.receiver, line.seconds_left) == (
        "Payment",
        "€2,450.50",
        "Charlie",
        300,
    )
    assert line.alerts == ()


def test_the_first_amount_may_be_a_conversion():
    conversion = OperationAttributeAmountConversion(
        "c", "You pay", dynamic=True, source=DOLLARS, target=CROWNS
    )
    assert present.line(operation(conversion, AMOUNT), NOW_MS).figure == "120,00 US$"
    assert present.line(operation(AMOUNT, conversion), NOW_MS).figure == "€2,450.50"
    assert present.line(operation(CHARLIE), NOW_MS).figure == ""


def test_a_line_shows_every_alert_with_its_level_in_words(app):
    alerts = (
        OperationAttributeAlert("w", "Triangle", AlertType.WARNING, "New payee", "Take care"),
        OperationAttributeAlert("w", "Circle", AlertType.ERROR, None, "Reported"),
        OperationAttributeAlert("w", "Tick", AlertType.SUCCESS),
    )
    shown = present.line(operation(AMOUNT, *alerts), NOW_MS).alerts
    with app.test_request_context():
        assert [(one.level, str(one.word), one.title) for one in shown] == [
            ("warning", "Warning", "New payee"),
            ("error", "Attention", "Reported"),
            ("success", "Good to know", "Tick"),
        ]


def test_texts_that_hide_something_are_noticed_wherever_they_stand():
    clean = (AMOUNT, CHARLIE, OperationAttributeHeading("h", "x"), OperationAttributeAlert("w", "l"))
    assert not present.has_hidden(operation(*clean))
    assert present.has_hidden(operation(title="Pay\u200bment"))
    for attribute in (
        OperationAttributeHeading("h", "a\u202eb"),
        OperationAttributeKeyValue("k", "a\u202eb", "x"),
        OperationAttributeNote("n", "x", "a\u202eb"),
        OperationAttributeAlert("w", "x", message="a\u202eb"),
        OperationAttributePartyInfo("p", "x", PartyInfo(website_url="a\u202eb")),
        OperationAttributeUnknown("u", "x", "MAP", (("a\u202eb", "x"),)),
    ):
        assert present.has_hidden(operation(*clean, attribute)), attribute


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 seconds"), (45, "45 seconds"), (299, "4 minutes"), (7300, "2 hours"), (90_000, "25 hours")],
)
def test_a_duration_promises_no_more_than_there_is(app, seconds, words):
    with app.test_request_context():
        said = app.jinja_env.filters["duration"](seconds)
    assert said == words

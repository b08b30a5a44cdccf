"""The pictures of an operation have numbers: their places among the addresses that it names."""

from datetime import UTC, datetime

from webapp.flows.pictures import picture_addresses
from webapp.mtoken.attributes import (
    OperationAttributeHeading,
    OperationAttributeImage,
    OperationAttributeKeyValue,
    OperationAttributePartyInfo,
    PartyInfo,
)
from webapp.mtoken.operation import OperationFormData, UserOperation

NOW = datetime(2026, 3, 2, 8, 15, tzinfo=UTC)


def addresses(*attributes) -> tuple[str, ...]:
    form = OperationFormData(title="Invoice", attributes=attributes)
    operation = UserOperation(id="1", data="A1", operation_created=NOW, operation_expires=NOW, form_data=form)
    return picture_addresses(operation)


def image(thumbnail_url, original_url=None):
    return OperationAttributeImage("i", "Invoice", thumbnail_url, original_url)


def party(logo_url):
    return OperationAttributePartyInfo(
        "p", "Shop", PartyInfo(logo_url=logo_url, website_url="https://w.example")
    )


def test_pictures_are_numbered_in_order_of_appearance():
    heading = OperationAttributeHeading("h", "https://h.example/h.png")
    text = OperationAttributeKeyValue("k", "Link", "https://k.example/k.png")
    assert addresses(heading, image("b", "a"), text, party("c"), image("d")) == ("b", "a", "c", "d")


def test_an_address_has_one_number_however_often_it_is_named():
    assert addresses(image("a", "a"), party("b"), image("b", "c"), party("a")) == ("a", "b", "c")


def test_where_no_address_is_given_there_is_no_number():
    assert addresses(image("", None), party(None), party(""), image("", "a")) == ("a",)
    assert addresses() == ()


def test_addresses_are_the_servers_own_texts():
    odd = "javascript:alert(1)", "/sandbox/invoice.png", " https://a.example/\u202egnp.exe"
    assert addresses(*map(image, odd)) == odd

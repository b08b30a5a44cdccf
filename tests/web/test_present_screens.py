"""The screens before an operation: everything on them is text, and nothing opens that should not."""

import pytest

from webapp.mtoken.screens import (
    PreApprovalScreen,
    PreApprovalScreenType,
    ScreenElement,
    ScreenElementStyle,
    ScreenElementType,
)
from webapp.web import present

ITEM, ALERT, BUTTON = ScreenElementType.LIST_ITEM, ScreenElementType.ALERT, ScreenElementType.BUTTON
WARNING = PreApprovalScreenType.WARNING


def screen(*elements, kind=WARNING, heading="Stop", message="Read", items=()):
    return present.screen(PreApprovalScreen(kind, heading, message, items, elements=elements))


def test_items_stand_together_and_the_rest_in_its_place():
    shown = screen(
        ScreenElement(ITEM, "One"),
        ScreenElement(ITEM, "Two"),
        ScreenElement(ALERT, "Careful", style=ScreenElementStyle.DANGER),
        ScreenElement(ITEM, "Three"),
        ScreenElement(BUTTON, "Help", href="https://bank.example/"),
    )
    assert [part.kind for part in shown.parts] == ["points", "remark", "points", "target"]
    assert [point.text for point in shown.parts[0].points] == ["One", "Two"]
    assert (shown.parts[1].level, shown.parts[1].text) == ("error", "Careful")
    assert (shown.parts[3].text, shown.parts[3].target) == ("Help", "https://bank.example/")


def test_items_of_the_older_form_are_points():
    (points,) = screen(items=("One", "", "Two")).parts
    assert [point.text for point in points.points] == ["One", "Two"]


@pytest.mark.parametrize(
    ("kind", "level"),
    [("WARNING", "warning"), ("INFO", "info"), ("QR_SCAN", "info"), ("UNKNOWN", "info")],
)
def test_every_type_has_a_level_and_words_of_our_own(app, kind, level):
    shown = screen(kind=PreApprovalScreenType(kind), heading=" ", message="\n")
    assert (shown.level, shown.title, shown.message) == (level, "", "")
    with app.test_request_context():
        assert str(shown.own_title)
        assert str(shown.own_message)


@pytest.mark.parametrize(
    "href",
    [
        "https://bank.example/",
        "https://bank.example:8443/a?b=c#d",
        "tel:+420123456789",
        "TEL:112",
        "mailto:help@bank.example",
        "mailto:a.b+c@bank.example",
    ],
)
def test_targets_that_may_be_opened(href):
    assert screen(ScreenElement(BUTTON, "Help", href=href)).parts[0].address == href


@pytest.mark.parametrize(
    "href",
    [
        "http://bank.example/",
        "javascript:alert(1)",
        "data:text/html,x",
        "//bank.example",
        "/operations",
        "mybank://pay",
        "https://bank.example@evil.example/",
        "https://bänk.example/",
        "mailto:a@b.example?bcc=c@d.example",
        "mailto:",
        "mailto:a@b.example,c@d.example",
        "tel:*21*123#",
        "tel:+420 123",
        "tel:١٢٣",
        " https://bank.example/",
        "https://bank.example/\n",
    ],
)
def test_every_other_target_is_text(href):
    (target,) = screen(ScreenElement(BUTTON, "Help", href=href)).parts
    assert (target.address, target.target) == (None, href)


def test_a_button_that_rejects_is_named():
    shown = screen(
        ScreenElement(BUTTON, "Stop it", rejects=True),
        ScreenElement(BUTTON, " ", rejects=True),
        ScreenElement(BUTTON, "Go"),
    )
    assert shown.rejecting == ("Stop it",)


def test_what_is_unknown_is_said_to_be():
    assert screen(ScreenElement(ITEM, "One")).remark is None
    shown = screen(ScreenElement(ScreenElementType.UNKNOWN, "Film"))
    assert [point.text for point in shown.parts[0].points] == ["Film"]
    assert shown.remark is not None


def test_hidden_characters_are_noticed_in_every_text():
    assert not screen(ScreenElement(ITEM, "One")).has_hidden
    for shown in (
        screen(heading="a\u202eb"),
        screen(message="a\u202eb"),
        screen(ScreenElement(ITEM, "a\u202eb")),
        screen(ScreenElement(BUTTON, "x", href="https://a\u202eb")),
        screen(items=("a\u202eb",)),
    ):
        assert shown.has_hidden

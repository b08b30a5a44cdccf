"""The wishes of an operation about its pages."""

import json

import msgspec
import pytest

from tests.mtoken.documents import NEWER_UI, REDIRECT, REVIEW, WARNING_UI
from webapp.mtoken.attributes import OperationAttributeNote, OperationAttributeUnknown
from webapp.mtoken.screens import (
    ApprovalType,
    ApproveControl,
    ControlsAxis,
    DeclineControl,
    DeclineType,
    FrozenObject,
    PostApprovalScreenGeneric,
    PostApprovalScreenRedirect,
    PostApprovalScreenReview,
    PostApprovalScreenType,
    PreApprovalScreen,
    PreApprovalScreenType,
    ScreenButtonAction,
    ScreenControls,
    ScreenElement,
    ScreenElementStyle,
    ScreenElementType,
    UserOperationUIData,
)
from webapp.mtoken.wire_screens import read_ui

ITEM = ScreenElementType.LIST_ITEM
PRE_HEADING = "Is somebody telling you to do this?"
ITEMS = (
    "Nobody from the bank calls about a safe account.",
    "The police do not ask for payments.",
    "If in doubt, reject and call us.",
)
SLIDER = ScreenControls(
    flip=True, decline=DeclineControl(DeclineType.BACK), approve=ApproveControl(ApprovalType.SLIDER)
)


def pre(**members):
    return read_ui({"preApprovalScreen": members}).pre_approval_screen


def post(text, **members):
    return read_ui({"postApprovalScreen": json.loads(text) | members}).post_approval_screen


def test_no_wishes():
    assert read_ui(None) is None
    assert read_ui({}) == UserOperationUIData(None, None, (), None, None)
    assert read_ui({}).pre_approval_screen is None


def test_a_warning_is_read_into_both_forms():
    ui = read_ui(json.loads(WARNING_UI))
    assert ui == UserOperationUIData(
        flip_buttons=True,
        block_approval_on_call=True,
        pre_approval_screens=(
            PreApprovalScreen(
                PreApprovalScreenType.WARNING,
                PRE_HEADING,
                "The bank never asks you to move money to safety.",
                ITEMS,
                ApprovalType.SLIDER,
                image="fallback_image",
                elements=tuple(ScreenElement(ITEM, text, icon="fallback_icon") for text in ITEMS),
                controls=SLIDER,
            ),
        ),
    )
    assert ui.pre_approval_screen is ui.pre_approval_screens[0]


def test_a_warning_without_texts_is_a_screen():
    screen = pre(type="WARNING", approvalType="SLIDER")
    assert (screen.type, screen.heading, screen.message) == ("WARNING", "", "")
    assert (screen.items, screen.elements, screen.controls) == ((), (), SLIDER)


@pytest.mark.parametrize("kind", ["HOLOGRAM", None, 7, "warning", ""])
def test_a_type_that_is_not_known_is_unknown(kind):
    assert pre(type=kind, heading="h").type is PreApprovalScreenType.UNKNOWN


@pytest.mark.parametrize(
    ("sent", "read"), [("BUTTON", ApprovalType.BUTTON), ("SWIPE", None), (1, None), (None, None)]
)
def test_only_a_slider_brings_controls(sent, read):
    screen = pre(type="INFO", approvalType=sent)
    assert (screen.approval_type, screen.controls) == (read, None)


@pytest.mark.parametrize("items", [None, "x", {"a": "b"}, [1, None]])
def test_items_that_are_no_texts_are_missing(items):
    assert pre(type="INFO", items=items).items == ()


def test_several_screens_put_the_single_one_aside():
    ui = read_ui(json.loads(NEWER_UI))
    assert ui.pre_approval_screens == (
        PreApprovalScreen(
            PreApprovalScreenType.INFO,
            "Read this",
            "",
            ("First",),
            ApprovalType.BUTTON,
            "one",
            back_button=True,
            image="lock",
            elements=(
                ScreenElement(ITEM, "First", "a", ScreenElementStyle.WARNING, "phone"),
                ScreenElement(ScreenElementType.ALERT, "Careful", "b", ScreenElementStyle.DANGER),
                ScreenElement(
                    ScreenElementType.BUTTON,
                    "Call us",
                    "c",
                    href="tel:+420123456789",
                    action=ScreenButtonAction.PHONE,
                    rejects=True,
                ),
                ScreenElement(ScreenElementType.UNKNOWN, "Boo", "d"),
                ScreenElement(ScreenElementType.UNKNOWN, "just a text"),
                ScreenElement(ScreenElementType.UNKNOWN, ""),
            ),
            controls=ScreenControls(
                flip=False,
                axis=ControlsAxis.VERTICAL,
                decline=DeclineControl(DeclineType.REJECT, "No"),
                approve=ApproveControl(ApprovalType.BUTTON, "Yes", 3),
            ),
        ),
        PreApprovalScreen(PreApprovalScreenType.QR_SCAN, "Scan", "It proves that you are here."),
    )


def test_an_empty_array_of_screens_also_does_but_another_type_does_not():
    single = json.loads(WARNING_UI)
    assert read_ui(single | {"preApprovalScreens": []}).pre_approval_screens == ()
    assert read_ui(single | {"preApprovalScreens": {}}).pre_approval_screen.heading == PRE_HEADING


def test_a_screen_in_an_array_is_never_dropped():
    screens = read_ui({"preApprovalScreens": [None, "x", {}]}).pre_approval_screens
    assert screens == (PreApprovalScreen(PreApprovalScreenType.UNKNOWN, "", ""),) * 3


@pytest.mark.parametrize("value", ["true", 1, 0, None, [], {}])
def test_flags_are_booleans_or_missing(value):
    ui = read_ui({"flipButtons": value, "blockApprovalOnCall": value})
    assert (ui.flip_buttons, ui.block_approval_on_call) == (None, None)


def test_a_redirect_under_both_of_its_names():
    expected = PostApprovalScreenRedirect(
        "Thank you",
        "You are going back to the shop.",
        "Back to the shop",
        "https://shop.example/return?order=5521",
        5,
    )
    assert post(REDIRECT) == expected
    assert post(REDIRECT, type="REDIRECT") == expected
    assert expected.type is PostApprovalScreenType.REDIRECT


@pytest.mark.parametrize("countdown", [None, "5", 5.5, -1, True, 10**20, 0])
def test_a_countdown_that_is_none_does_not_move(countdown):
    screen = post(REDIRECT, payload={"redirectUrl": "https://shop.example/", "countdown": countdown})
    assert (screen.redirect_text, screen.countdown) == ("", 0)


@pytest.mark.parametrize("payload", [{}, {"redirectUrl": 7, "redirectText": "x"}, {"redirectUrl": ""}])
def test_a_redirect_to_nowhere_keeps_its_texts(payload):
    assert post(REDIRECT, payload=payload) == PostApprovalScreenGeneric(
        "Thank you", "You are going back to the shop.", FrozenObject(payload)
    )


def test_a_review():
    assert post(REVIEW) == PostApprovalScreenReview(
        "Limit changed",
        "It applies at once.",
        (OperationAttributeNote("limit.note", "New limit", "50000 CZK per day"),),
    )
    assert post(REVIEW, payload=None).attributes == ()
    assert post(REVIEW, payload={"attributes": 7}).attributes == (OperationAttributeUnknown("", ""),)


@pytest.mark.parametrize("kind", ["GENERIC", "CONFETTI", None])
def test_any_other_screen_is_generic(kind):
    screen = post(REVIEW, type=kind, payload={"a": [1, {"b": None}]})
    assert screen == PostApprovalScreenGeneric(
        "Limit changed", "It applies at once.", FrozenObject(a=(1, FrozenObject(b=None)))
    )
    assert post(REVIEW, type=kind, payload="x", heading=1) == PostApprovalScreenGeneric(
        "", "It applies at once."
    )


def test_what_is_kept_as_it_is_cannot_be_changed_but_written_again():
    templates = read_ui({"templates": {"a": {"b": [1]}}}).templates
    for change in (
        lambda: templates.update(a=1),
        lambda: templates["a"].__setitem__("b", 1),
        lambda: templates.pop("a"),
        lambda: templates.__ior__({}),
    ):
        with pytest.raises(TypeError):
            change()
    assert msgspec.json.encode(templates) == b'{"a":{"b":[1]}}'


def test_what_is_nested_too_deep_counts_as_missing():
    deep = {}
    for _ in range(40):
        deep = {"a": [deep]}
    assert read_ui({"templates": deep}).templates is None

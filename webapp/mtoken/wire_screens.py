"""The wishes of an operation about its pages, from JSON to values.

Source: mobile-token-api.md, sections 4.5 to 4.7.
"""

from typing import Final

from webapp.mtoken.members import (
    Json,
    JsonObject,
    array_of,
    flag_of,
    frozen_object,
    names_of,
    object_of,
    one_of,
    text_of,
    whole_of,
)
from webapp.mtoken.screens import (
    ApprovalType,
    ApproveControl,
    ControlsAxis,
    DeclineControl,
    DeclineType,
    PostApprovalScreen,
    PostApprovalScreenGeneric,
    PostApprovalScreenRedirect,
    PostApprovalScreenReview,
    PreApprovalScreen,
    PreApprovalScreenType,
    ScreenButtonAction,
    ScreenControls,
    ScreenElement,
    ScreenElementStyle,
    ScreenElementType,
    UserOperationUIData,
)
from webapp.mtoken.wire_attributes import read_attributes

_SCREENS: Final = names_of(PreApprovalScreenType)
_APPROVALS: Final = names_of(ApprovalType)
_DECLINES: Final = names_of(DeclineType)
_AXES: Final = names_of(ControlsAxis)
_ELEMENTS: Final = names_of(ScreenElementType)
_STYLES: Final = names_of(ScreenElementStyle)
_ACTIONS: Final = names_of(ScreenButtonAction)

# What stands for the texts of the older form of a screen when it is told in the newer one.
_LIST_ICON: Final = "fallback_icon"
_IMAGE: Final = "fallback_image"


def read_ui(source: JsonObject | None) -> UserOperationUIData | None:
    """`None` if the server has no wishes."""
    if source is None:
        return None
    return UserOperationUIData(
        flip_buttons=flag_of(source, "flipButtons"),
        block_approval_on_call=flag_of(source, "blockApprovalOnCall"),
        pre_approval_screens=_pre_approval_screens(source),
        post_approval_screen=_post_approval_screen(object_of(source, "postApprovalScreen")),
        templates=frozen_object(source, "templates"),
    )


def _pre_approval_screens(source: JsonObject) -> tuple[PreApprovalScreen, ...]:
    """The array if there is one, even if it is empty; else the single screen of older servers."""
    several = array_of(source, "preApprovalScreens")
    if several is not None:
        return tuple(_newer_screen(screen) for screen in several)
    single = object_of(source, "preApprovalScreen")
    return () if single is None else (_older_screen(single),)


def _older_screen(source: JsonObject) -> PreApprovalScreen:
    items = _texts(array_of(source, "items"))
    approval_type = one_of(source, "approvalType", _APPROVALS)
    slider = ScreenControls(
        flip=True, decline=DeclineControl(DeclineType.BACK), approve=ApproveControl(ApprovalType.SLIDER)
    )
    return PreApprovalScreen(
        type=one_of(source, "type", _SCREENS) or PreApprovalScreenType.UNKNOWN,
        heading=text_of(source, "heading") or "",
        message=text_of(source, "message") or "",
        items=items,
        approval_type=approval_type,
        image=_IMAGE,
        elements=tuple(ScreenElement(ScreenElementType.LIST_ITEM, item, icon=_LIST_ICON) for item in items),
        controls=slider if approval_type is ApprovalType.SLIDER else None,
    )


def _newer_screen(screen: Json) -> PreApprovalScreen:
    source = screen if isinstance(screen, dict) else {}
    elements = tuple(_element(element) for element in array_of(source, "elements") or ())
    controls = _controls(object_of(source, "controls"))
    approve = controls.approve if controls else None
    return PreApprovalScreen(
        type=one_of(source, "type", _SCREENS) or PreApprovalScreenType.UNKNOWN,
        heading=text_of(source, "heading") or "",
        message=text_of(source, "message") or "",
        items=tuple(element.text for element in elements if element.type is ScreenElementType.LIST_ITEM),
        approval_type=approve.type if approve else None,
        id=text_of(source, "id"),
        back_button=flag_of(source, "backButton"),
        image=text_of(source, "image"),
        elements=elements,
        controls=controls,
    )


def _element(element: Json) -> ScreenElement:
    if not isinstance(element, dict):
        return ScreenElement(ScreenElementType.UNKNOWN, element if isinstance(element, str) else "")
    return ScreenElement(
        type=one_of(element, "type", _ELEMENTS) or ScreenElementType.UNKNOWN,
        text=text_of(element, "text") or "",
        id=text_of(element, "id"),
        style=one_of(element, "style", _STYLES),
        icon=text_of(element, "icon"),
        href=text_of(element, "href"),
        action=one_of(element, "action", _ACTIONS),
        rejects=text_of(element, "actionSettings") == "REJECT",
    )


def _controls(source: JsonObject | None) -> ScreenControls | None:
    if source is None:
        return None
    decline, approve = object_of(source, "decline"), object_of(source, "approve")
    return ScreenControls(
        flip=flag_of(source, "flip"),
        axis=one_of(source, "axis", _AXES),
        decline=None
        if decline is None
        else DeclineControl(one_of(decline, "type", _DECLINES), text_of(decline, "text")),
        approve=None if approve is None else _approve_control(approve),
    )


def _approve_control(source: JsonObject) -> ApproveControl:
    return ApproveControl(
        one_of(source, "type", _APPROVALS), text_of(source, "text"), whole_of(source, "counter")
    )


def _post_approval_screen(source: JsonObject | None) -> PostApprovalScreen | None:
    """A screen whose type is unknown, or whose payload does not fit its type, keeps its two texts."""
    if source is None:
        return None
    heading, message = text_of(source, "heading") or "", text_of(source, "message") or ""
    payload = object_of(source, "payload") or {}
    match text_of(source, "type"):
        case "REVIEW":
            return PostApprovalScreenReview(heading, message, read_attributes(payload))
        # The mission's text says REDIRECT, the servers MERCHANT_REDIRECT.
        case "MERCHANT_REDIRECT" | "REDIRECT" if redirect_url := text_of(payload, "redirectUrl"):
            return PostApprovalScreenRedirect(
                heading,
                message,
                text_of(payload, "redirectText") or "",
                redirect_url,
                max(0, whole_of(payload, "countdown") or 0),
            )
        case _:
            return PostApprovalScreenGeneric(heading, message, frozen_object(source, "payload"))


def _texts(items: list[Json] | None) -> tuple[str, ...]:
    return tuple(item for item in items or () if isinstance(item, str))

"""What a case expects, held against the pages of the real site."""

from typing import Any
from urllib.parse import quote

from tests.operations.case_files import Case
from tests.operations.said import said_to_people
from tests.operations.seen import Seen
from tests.operations.world import NEIGHBOURS, Place, World
from tests.support.browser import Page

_LONGEST_WAIT_S = 31
_SHOWN = ("shows", "hides", "orders", "folds", "pictures", "links", "caution")


def check(case: Case, world: World) -> None:
    """Open the list and the operation in Alice's browser, and answer it if the case says so.

    Raises:
        AssertionError: something is not as the case, or the site's own rules, have it.
    """
    assert case.problem is None, case.problem
    fields = case.fields
    place = world.place(fields.get("settings", {}))
    place.alice.browser.headers["Accept-Language"] = fields.get("language", "en")
    result = fields.get("result", {})
    with place.told(case.document, accepts=result.get("after") != "failure"):
        _check_list(case, place)
        if "page" in fields:
            seen = _check_page(case, place)
            if "result" in fields:
                _check_result(case, place, seen)


def _check_list(case: Case, place: Place) -> None:
    """The list, with its sound operations whatever this one is."""
    expected = dict(case.fields.get("list", {}))
    seen = _seen(place.alice.opens("/operations"))
    seen.shows(*NEIGHBOURS)
    unreadable = expected.pop("unreadable", 0)
    lines = len([one for one in seen.main.iter("a") if one.get("class") == "operation"])
    assert lines == 3 - unreadable, f"{lines} lines"
    _check_seen(seen, expected)


def _check_page(case: Case, place: Place) -> Seen:
    """The operation's page after all screens before it."""
    expected = dict(case.fields["page"])
    seen = _seen(place.alice.opens(f"/operations/{_path_of(case)}"))
    assert seen.page.status == expected.pop("status", 200), seen.text
    screens = expected.pop("screens", [])
    for screen in screens:
        assert seen.is_screen, f"no screen, but {seen.page.heading!r}"
        _check_seen(seen, screen)
        seen = _passed(seen, place)
    assert not seen.is_screen, f"one screen more: {seen.text}"
    approve, asks = expected.pop("approve", None), expected.pop("asks", [])
    if approve is not None:
        _check_form(seen, approve, asks)
    if "heading" in expected:
        assert seen.page.heading == expected.pop("heading")
    _check_seen(seen, expected)
    if seen.page.status == 200:
        _check_nothing_is_missing(case, seen)
    return seen


def _passed(seen: Seen, place: Place) -> Seen:
    """Read the screen for as long as the bank may want it to be read, and go on."""
    place.waits(_LONGEST_WAIT_S)
    ticked = {"read": "yes"} if "read" in (seen.form("/screens") or {}) else {}
    return _seen(seen.posts("/screens", **ticked))


def _check_form(seen: Seen, approve: str, asks: list[str]) -> None:
    form = seen.form("/approve")
    found = "no" if form is None else "pin" if "pin" in form else "press"
    assert found == approve, f"approve: {found}; {seen.text}"
    asked = sorted({"on_call", "retyped", "code"} & set(form or {}))
    assert asked == sorted(asks), f"the form asks for {asked}"


def _check_nothing_is_missing(case: Case, seen: Seen) -> None:
    isolated = seen.isolated
    for text in said_to_people(case.operation):
        assert text in isolated, f"not shown, or not isolated: {text[:200]!r} in {isolated[:3000]!r}"


def _check_result(case: Case, place: Place, seen: Seen) -> None:
    expected = dict(case.fields["result"])
    after = expected.pop("after", "approve")
    if after == "reject":
        asked = _seen(place.alice.opens(f"/operations/{_path_of(case)}/reject"))
        page = asked.posts("/reject", reason="UNKNOWN")
    else:
        form, pin = seen.form("/approve") or {}, place.alice.pin
        page = seen.posts(
            "/approve", **({"pin": pin} if "pin" in form else {}), **case.fields.get("answers", {})
        )
    _check_seen(_seen(page), expected)


def _seen(page: Page) -> Seen:
    seen = Seen(page)
    seen.check()
    return seen


def _check_seen(seen: Seen, expected: dict[str, Any]) -> None:
    unknown = set(expected) - set(_SHOWN)
    assert not unknown, f"expectations that no check knows: {unknown}"
    seen.shows(*expected.get("shows", []))
    seen.hides(*expected.get("hides", []))
    seen.orders(*expected.get("orders", []))
    assert seen.folds == expected.get("folds", seen.folds), f"{seen.folds} texts are folded"
    assert seen.pictures == expected.get("pictures", []), seen.pictures
    assert seen.links == expected.get("links", {}), seen.links
    assert seen.warns_of_hidden == expected.get("caution", False), "the caution about hidden characters"


def _path_of(case: Case) -> str:
    return quote(case.operation["id"], safe="")

"""What makes a page usable for those who hear it, or have no pointer: names, references, groups, landmarks.

A part of `check_page`; axe-core looks at the same pages in a browser, this at every response of every test.
"""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

Element = Any  # an element of xml.etree
_REFERENCES = (
    "aria-describedby",
    "aria-labelledby",
    "aria-controls",
    "aria-details",
    "aria-errormessage",
    "for",
)
_ARIA = {
    *("aria-busy", "aria-controls", "aria-current", "aria-describedby", "aria-details", "aria-disabled"),
    *("aria-errormessage", "aria-expanded", "aria-hidden", "aria-invalid", "aria-label", "aria-labelledby"),
    *("aria-live", "aria-pressed", "aria-roledescription"),
}
_ROLES = {"alert", "group", "img", "list", "note", "region", "status", "text"}
_LANDMARKS = {
    "header": "banner",
    "nav": "navigation",
    "main": "main",
    "aside": "complementary",
    "footer": "contentinfo",
}
_ONCE = {"banner", "main", "contentinfo"}
_AUTOCOMPLETE = {
    "off",
    "on",
    "one-time-code",
    "username",
    "current-password",
    "new-password",
    "email",
    "webauthn",
}
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Z][a-z]{3})?(?:-[A-Z]{2})?")
_FOCUSABLE = {"a", "button", "input", "select", "textarea", "summary", "fieldset"}


def check_usable(root: Element, *, shows_parts: bool = False, looks_again: bool = False) -> None:
    """Assert it all, for the whole page.

    Args:
        shows_parts: it has buttons without their forms.
        looks_again: it loads itself again, because it has no script that could do better.
    """
    check_references(root)
    check_attributes(root)
    check_landmarks(root)
    check_errors(root)
    check_groups(root, shows_parts=shows_parts)
    check_symbols(root)
    check_time_and_zoom(root, looks_again=looks_again)


def check_references(root: Element) -> None:
    ids = Counter(one.get("id") for one in root.iter() if one.get("id"))
    twice = [name for name, times in ids.items() if times > 1]
    assert not twice, f"ids used twice: {twice}"
    for one in root.iter():
        for attribute in _REFERENCES:
            wanted = (one.get(attribute) or "").split()
            assert set(wanted) <= set(ids), f"{attribute}={wanted} leads nowhere"
        target = one.get("href", "")
        if target.startswith("#"):
            assert target[1:] in ids, f"{target} leads nowhere"


def check_attributes(root: Element) -> None:
    """Words that only machines read are spelt right, or nobody would notice."""
    for one in root.iter():
        unknown = {name for name in one.attrib if name.startswith("aria-")} - _ARIA
        assert not unknown, f"{unknown} on <{one.tag}>: is that meant?"
        assert one.get("role", "group") in _ROLES, f"role={one.get('role')}"
        assert _LANGUAGE.fullmatch(one.get("lang", "en")), f"lang={one.get('lang')}"
        assert one.get("dir", "auto") in {"auto", "ltr", "rtl"}
        assert one.get("autocomplete", "off") in _AUTOCOMPLETE, f"autocomplete={one.get('autocomplete')}"
        assert int(one.get("tabindex", "0")) <= 0, "the order of the page is the order of the keyboard"
        assert one.get("accesskey") is None
        if one.get("aria-hidden") == "true":
            within = [inner.tag for inner in one.iter() if inner.tag in _FOCUSABLE]
            assert not within, f"{within} can be reached, and nobody is told"


def check_landmarks(root: Element) -> None:
    """What a reader jumps between: those that are of one kind have different names."""
    names: dict[str, list[str]] = {}
    for one in _outermost(root):
        role = one.get("role") or _LANDMARKS.get(one.tag) or _named_role(one)
        if role:
            names.setdefault(role, []).append(_name(root, one))
    for role, found in names.items():
        is_told_apart = len(found) == 1 or (all(found) and len(found) == len(set(found)))
        assert is_told_apart, f"several of {role} are called {found}"
        assert role not in _ONCE or len(found) == 1, f"{role} is there {len(found)} times"


def check_errors(root: Element) -> None:
    """Every field that is wrong says what is wrong; each such text belongs to a field or to the summary."""
    described = {name for one in root.iter() for name in one.get("aria-describedby", "").split()}
    summaries = [one for one in root.iter() if one.get("class") == "error-summary"]
    linked = {link.get("href", "")[1:] for one in summaries for link in one.iter("a")}
    for one in root.iter():
        if one.get("aria-invalid") == "true":
            assert one.get("aria-describedby"), f"{one.get('name')} is wrong, and nobody says why"
        if one.get("class") == "error" and one.get("id"):
            is_described = one.get("id") in described
            assert is_described or one.get("id", "").removesuffix("-error") in linked, (
                f"{one.get('id')} is unheard"
            )
    for one in summaries:
        assert one.get("role") == "alert"
        assert one.get("tabindex") == "-1", "it takes the focus"
        assert "autofocus" in one.attrib
        assert linked, "a summary of nothing"


def check_groups(root: Element, *, shows_parts: bool = False) -> None:
    """Choices have a question, tables have heads, buttons do what they look like."""
    in_fieldset = {id(inner) for one in root.iter("fieldset") for inner in one.iter()}
    in_form = {id(inner) for one in root.iter("form") for inner in one.iter()}
    for one in root.iter("fieldset"):
        assert any(True for _ in one.iter("legend")), "choices without a question"
    for one in root.iter("input"):
        assert one.get("type") != "radio" or id(one) in in_fieldset, f"{one.get('name')} is in no group"
    for one in root.iter("table"):
        assert all(head.get("scope") for head in one.iter("th"))
        assert any(True for _ in one.iter("th")), "a table without heads"
    for one in root.iter("button"):
        kind = one.get("type", "submit")
        assert kind in {"submit", "button"}
        does = kind == "button" or id(one) in in_form or one.get("form")
        assert does or shows_parts, "a button that sends nothing"
    for parent in root.iter():
        if parent.tag in {"ul", "ol"}:
            assert {child.tag for child in parent} <= {"li", "template", "script"}, "a list of items"


def check_symbols(root: Element) -> None:
    """A drawing is silent, or it or what it is drawn in has a name."""
    settled = {id(inner) for one in root.iter() if _is_settled(one) for inner in one.iter()}
    for one in root.iter():
        assert not one.tag.endswith("svg") or id(one) in settled, "a symbol without a name"


def check_time_and_zoom(root: Element, *, looks_again: bool = False) -> None:
    """Nothing plays by itself, no page leaves by itself where a script could ask first; zoom is free."""
    waits = {id(inner) for one in root.iter("noscript") for inner in one.iter()}
    for one in root.iter("meta"):
        if one.get("http-equiv") == "refresh":
            is_at_once = one.get("content", "").startswith("0;")  # WCAG, G110: nobody has read anything yet
            assert is_at_once or looks_again or id(one) in waits
        if one.get("name") == "viewport":
            assert not re.search("user-scalable|maximum-scale", one.get("content", ""))
    for one in root.iter():
        assert one.tag not in {"marquee", "blink", "audio"}
        assert one.tag != "video" or "autoplay" not in one.attrib


def _is_settled(one: Element) -> bool:
    return one.get("aria-hidden") == "true" or (one.get("role") == "img" and bool(one.get("aria-label")))


def _outermost(element: Element) -> Iterator[Element]:
    """All elements but for the headers and footers of parts."""
    for one in element:
        yield one
        if one.tag in {"article", "section", "main"}:
            yield from (inner for inner in _outermost(one) if inner.tag not in {"header", "footer"})
        else:
            yield from _outermost(one)


def _named_role(one: Element) -> str:
    has_name = one.get("aria-label") or one.get("aria-labelledby")
    return {"section": "region", "form": "form"}.get(one.tag, "") if has_name else ""


def _name(root: Element, one: Element) -> str:
    by = (one.get("aria-labelledby") or "").split()
    texts = ["".join(other.itertext()) for other in root.iter() if other.get("id") in by]
    return " ".join([one.get("aria-label") or "", *texts]).strip()

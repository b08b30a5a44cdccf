"""What every page of the site has to be, whoever asks for it and however it went."""

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import html5lib
from werkzeug.test import TestResponse

from webapp.web.security import HEADERS

Element = Any  # an element of xml.etree
_FORBIDDEN_ELEMENTS = {"style", "iframe", "object", "embed", "base"}
_NAMELESS_INPUTS = {"hidden", "submit", "button"}


def check_page(response: TestResponse) -> None:
    """Assert all that holds for every response: headers, and for pages valid, usable, script-free HTML."""
    PageChecker(response).check()


class PageChecker:
    """One response under inspection; each rule is a method that asserts."""

    def __init__(self, response: TestResponse) -> None:
        self.response = response

    def check(self) -> None:
        self.check_headers()
        if self.response.mimetype != "text/html" or self.response.status_code in {301, 302, 303, 307, 308}:
            return
        self.root: Element = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(
            self.response.get_data(as_text=True)
        )
        self.check_heading()
        self.check_language()
        self.check_ids()
        self.check_labels()
        self.check_policy()
        self.check_ways_on()

    def check_headers(self) -> None:
        for name, value in HEADERS.items():
            assert self.response.headers.get(name) == value, f"{name}: {self.response.headers.get(name)}"
        if self.response.request.scheme == "https":
            assert "Strict-Transport-Security" in self.response.headers
        if not self.response.request.path.startswith("/static/"):
            assert self.response.headers["Cache-Control"] == "no-store"
        for cookie in self.response.headers.getlist("Set-Cookie"):
            assert "HttpOnly" in cookie, "no script reads a cookie of ours"
            assert "SameSite=" in cookie

    def check_heading(self) -> None:
        headings = [text_of(one) for one in self.root.iter("h1")]
        assert len(headings) == 1, f"one h1, not {headings}"
        assert headings[0], "the h1 says something"
        (title,) = [text_of(one) for one in self.root.iter("title")]
        assert title.startswith(headings[0]), f"{title!r} begins with {headings[0]!r}"
        levels = [int(one.tag[1]) for one in self.root.iter() if one.tag in {"h1", "h2", "h3", "h4"}]
        jumps = [(a, b) for a, b in pairwise(levels) if b > a + 1]
        assert not jumps, f"headings skip a level: {levels}"

    def check_language(self) -> None:
        assert self.root.get("lang"), "the page says its language"
        assert self.root.get("dir") in {"ltr", "rtl"}
        assert self.response.headers["Content-Language"] == self.root.get("lang")
        assert {"accept-language", "cookie"} <= {name.lower() for name in self.response.vary}
        (main,) = self.root.iter("main")
        skip = next(self.root.iter("a"))
        assert skip.get("href") == f"#{main.get('id')}", "the first link skips to the content"
        assert main.get("tabindex") == "-1"

    def check_ids(self) -> None:
        ids = Counter(one.get("id") for one in self.root.iter() if one.get("id"))
        twice = [name for name, times in ids.items() if times > 1]
        assert not twice, f"ids used twice: {twice}"
        for one in self.root.iter():
            for attribute in ("aria-describedby", "aria-labelledby", "for"):
                wanted = (one.get(attribute) or "").split()
                assert set(wanted) <= set(ids), f"{attribute}={wanted} leads nowhere"
            target = one.get("href", "")
            if target.startswith("#"):
                assert target[1:] in ids, f"{target} leads nowhere"

    def check_labels(self) -> None:
        named = {one.get("for") for one in self.root.iter("label")}
        wrapped = {id(inner) for one in self.root.iter("label") for inner in one.iter()}
        for one in self.root.iter():
            if one.tag in {"input", "select", "textarea"} and one.get("type") not in _NAMELESS_INPUTS:
                has_name = one.get("id") in named or id(one) in wrapped
                assert has_name, f"{one.get('name')} has no label"
            if one.tag in {"button", "a", "legend", "label"}:
                assert text_of(one) or any(inner.get("alt") for inner in one.iter("img")), (
                    f"an empty {one.tag}"
                )
            if one.tag == "img":
                assert one.get("alt") is not None
            if one.tag == "input" and one.get("type") == "password":
                assert not one.get("value"), "a PIN is never put back"
                assert one.get("autocomplete") == "off"

    def check_policy(self) -> None:
        for one in self.root.iter():
            assert one.tag not in _FORBIDDEN_ELEMENTS, f"<{one.tag}> is not allowed"
            bad = [name for name in one.attrib if name == "style" or name.startswith("on")]
            assert not bad, f"{bad} on <{one.tag}>"
            if one.tag == "script":
                assert one.get("src"), "no inline script"
                assert not (one.text or "").strip()
            for address in _loaded(one):
                assert address.startswith("/"), f"{address} is elsewhere"
                assert not address.startswith("//"), f"{address} is elsewhere"
            if one.tag == "form" and one.get("method", "get").lower() == "post":
                fields = {inner.get("name") for inner in one.iter("input")}
                assert "csrf_token" in fields, "every form that changes something is protected"

    def check_ways_on(self) -> None:
        (main,) = self.root.iter("main")
        assert any(True for one in main.iter() if one.tag in {"a", "button"}), "a page without a way on"


def _loaded(element: Element) -> Iterator[str]:
    """Addresses that the browser fetches or sends to by itself."""
    if element.tag in {"script", "img"}:
        yield element.get("src", "/")
    if element.tag == "link":
        yield element.get("href", "/")
    if element.tag == "form":
        yield element.get("action", "/")


def text_of(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())

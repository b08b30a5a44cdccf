"""What every page of the site has to be, whoever asks for it and however it went."""

import hashlib
from base64 import b64encode
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import html5lib
from werkzeug.test import TestResponse

from tests.support.usable import check_usable
from webapp.web import offline, passkeys, scan
from webapp.web.scripts import joined, minified, modules_of
from webapp.web.security import HEADERS, permissions_policy

Element = Any  # an element of xml.etree
_FORBIDDEN_ELEMENTS = {"style", "iframe", "object", "embed", "base"}
_NAMELESS_INPUTS = {"hidden", "submit", "button"}
_MORE_ALLOWED = {
    ("Permissions-Policy", "/scan"): scan.PERMISSIONS,
    ("Permissions-Policy", "/offline/code"): offline.PERMISSIONS,
}
"""What some headers may say instead, at an address and below it."""
_FOR_PASSKEYS = {
    "sign-with-passkey": permissions_policy(passkeys.FEATURES["get"]),
    "make-passkey": permissions_policy(*passkeys.FEATURES.values()),
}
"""What a page may do that turns to the device, by its part that does."""
_SHOWS_MANY = ("/styleguide", "/sandbox/")
_GOOD_ONCE = {"code", "otp", "puk", "retyped"}
_KEEPS_OUT = {
    "data-1p-ignore": "true",
    "data-bwignore": "true",
    "data-form-type": "other",
    "data-lpignore": "true",
    "data-protonpass-ignore": "true",
}
"""What 1Password, Bitwarden, Dashlane, LastPass and Proton Pass look for."""
_ROOT = Path(__file__).parents[2]
_KEPT_FOR_A_WHILE = ("/static/", "/brand/", "/manifest.webmanifest")
_CHANGES_NOTHING = {"/scan/shared", "/language"}
"""Addresses of forms that may come without a token."""


def check_page(response: TestResponse, prefix: str = "") -> None:
    """Assert all that holds for every response: headers, and for pages valid, usable, script-free HTML.

    Every address in it lies below the prefix.
    """
    PageChecker(response, prefix).check()


class PageChecker:
    """One response under inspection; each rule is a method that asserts."""

    def __init__(self, response: TestResponse, prefix: str = "") -> None:
        self.response = response
        self.prefix = prefix
        self.path = response.request.path.removeprefix(prefix)

    def check(self) -> None:
        self.check_headers()
        if self.response.mimetype != "text/html" or self.response.status_code in {301, 302, 303, 307, 308}:
            return
        self.root: Element = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(
            self.response.get_data(as_text=True)
        )
        self.check_heading()
        self.check_language()
        check_usable(
            self.root,
            shows_parts=self.path == "/styleguide",
            looks_again=self.path.startswith("/sandbox/"),
        )
        self.check_labels()
        self.check_nothing_is_kept()
        self.check_policy()
        self.check_scripts()
        self.check_passkeys()
        self.check_ways_on()

    def check_headers(self) -> None:
        for name, value in HEADERS.items():
            found = self.response.headers.get(name)
            allowed = [
                more
                for (one, where), more in _MORE_ALLOWED.items()
                if one == name and self.path.startswith(where)
            ]
            assert found is not None, f"{name} is missing"
            assert found in {value, *allowed, *_FOR_PASSKEYS.values()}, f"{name}: {found}"
        if self.response.request.scheme == "https":
            assert "Strict-Transport-Security" in self.response.headers
        self.check_scripts_allowed()
        if not self.path.startswith(_KEPT_FOR_A_WHILE):
            assert self.response.headers["Cache-Control"] == "no-store"
        for cookie in self.response.headers.getlist("Set-Cookie"):
            assert "HttpOnly" in cookie, "no script reads a cookie of ours"
            assert "SameSite=" in cookie

    def check_scripts_allowed(self) -> None:
        policy = [part.split() for part in self.response.headers["Content-Security-Policy"].split(";")]
        directives = {name: set(values) for name, *values in policy}
        assert directives["default-src"] == {"'none'"}
        if "sandbox" in directives:
            return
        assert len(policy) == len(directives)
        self.allowed_scripts = directives["script-src"]
        assert directives["require-trusted-types-for"] == {"'script'"}
        assert directives["trusted-types"] == {"worker"}
        assert directives["frame-ancestors"] == directives["base-uri"] == {"'none'"}
        assert directives["form-action"] == {"'self'"}
        assert directives.get("frame-src", {"'self'"}) == {"'self'"}

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
                assert one.get("autocomplete") in {"off", "one-time-code", "current-password", "new-password"}

    def check_nothing_is_kept(self) -> None:
        """No manager of passwords is offered a PIN as a login, nor a code that is good once."""
        for one in self.root.iter("input"):
            is_pin = "input--pin" in one.get("class", "")
            if one.get("type") != "hidden" and (is_pin or one.get("name") in _GOOD_ONCE):
                missing = {name for name in _KEEPS_OUT if one.get(name) != _KEEPS_OUT[name]}
                assert not missing, f"{one.get('name')} could be kept: {missing}"
                assert one.get("autocomplete") in ({"one-time-code"} if is_pin else {"off", "one-time-code"})
            if is_pin:
                assert one.get("inputmode") == "numeric"

    def check_policy(self) -> None:
        for one in self.root.iter():
            assert one.tag not in _FORBIDDEN_ELEMENTS or _is_harmless_frame(one), (
                f"<{one.tag}> is not allowed"
            )
            bad = [name for name in one.attrib if name == "style" or name.startswith("on")]
            assert not bad, f"{bad} on <{one.tag}>"
            if one.tag == "script":
                assert one.get("src"), "no inline script"
                assert not (one.text or "").strip()
                name = Path(one.get("src").partition("?")[0]).stem
                assert one.get("integrity") == integrity_of(name), "the policy wants its hash"
            assert one.get("target") is None, "an app on a home screen has no other windows"
            if one.tag == "a" and one.get("href", "").startswith("/"):
                assert one.get("href").startswith(f"{self.prefix}/"), f"{one.get('href')} is elsewhere"
            for address in _loaded(one, f"{self.prefix}/"):
                assert address.startswith(f"{self.prefix}/"), f"{address} is elsewhere"
                assert not address.startswith("//"), f"{address} is elsewhere"
            if one.tag == "form" and one.get("method", "get").lower() == "post":
                fields = {inner.get("name") for inner in one.iter("input")}
                is_open = one.get("action", "").removeprefix(self.prefix) in _CHANGES_NOTHING
                assert is_open or "csrf_token" in fields, "every form that changes something is protected"

    def check_scripts(self) -> None:
        scripts = list(self.root.iter("script"))
        hashes = {f"'{one.get('integrity')}'" for one in scripts}
        assert self.allowed_scripts == (hashes or {"'none'"}), "no script but those of the page"
        modules = "".join(script_of(Path(one.get("src").partition("?")[0]).stem) for one in scripts)
        wanted = {name for one in self.root.iter() for name in one.get("data-enhance", "").split()}
        if "refresh" in wanted:
            wanted.discard("countdown")  # the list counts its own times down
        for name in wanted if scripts else ():
            assert name in modules, f"{name} is not in the script of the page"
        assert len(scripts) - len(list(self.root.iter("template"))) <= 1, "one request for script"

    def check_passkeys(self) -> None:
        allowed = self.response.headers["Permissions-Policy"]
        parts = {one.get("data-enhance") for one in self.root.iter()} & set(_FOR_PASSKEYS)
        assert {_FOR_PASSKEYS[part] for part in parts} == {allowed} & set(_FOR_PASSKEYS.values())

    def check_ways_on(self) -> None:
        (main,) = self.root.iter("main")
        assert any(True for one in main.iter() if one.tag in {"a", "button"}), "a page without a way on"
        first = [text_of(one) for one in main.iter() if "button--primary" in one.get("class", "")]
        assert len(first) <= 1 or self.path.startswith(_SHOWS_MANY), f"one thing to do first, not {first}"
        (header,) = (one for one in self.root.iter("header") if one.get("class") == "masthead")
        homes = [one.get("href") for one in header.iter("a")]
        assert f"{self.prefix}/" in homes, "an app on a home screen has no button of its own for going back"


def _is_harmless_frame(element: Element) -> bool:
    """Whether it shows a message, and what is in it may do nothing at all."""
    return element.tag == "iframe" and element.get("sandbox") == "" and bool(element.get("title"))


def _loaded(element: Element, root: str) -> Iterator[str]:
    """Addresses that the browser fetches or sends to by itself."""
    if element.tag in {"script", "img", "iframe"}:
        yield element.get("src", root)
    if element.tag == "link":
        yield element.get("href", root)
    if element.tag == "form":
        yield element.get("action", root)


@cache
def script_of(name: str) -> str:
    """The script that is served under this name."""
    return minified(joined(_ROOT / "static/js", modules_of(name)))


def integrity_of(name: str) -> str:
    return f"sha256-{b64encode(hashlib.sha256(script_of(name).encode()).digest()).decode()}"


def text_of(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())

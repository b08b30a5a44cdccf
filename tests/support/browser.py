"""A person at a browser: opens pages, reads them, fills forms in, presses buttons. No script runs.

Pages are found by what a person sees: headings, links and buttons by their words, fields by their names.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

import html5lib
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.support.pages import check_page

Element = Any  # an element of xml.etree
ORIGIN = "https://localhost"


@dataclass
class Page:
    """What the browser shows, and the response it came with."""

    browser: "Browser"
    response: TestResponse

    def __post_init__(self) -> None:
        self.status = self.response.status_code
        self.url = self.response.request.full_path.rstrip("?")
        self.path = self.response.request.path
        self.html = self.response.get_data(as_text=True)
        self._root: Element = html5lib.parse(self.html, namespaceHTMLElements=False)

    @property
    def heading(self) -> str:
        return _text(next(self._root.iter("h1")))

    @property
    def title(self) -> str:
        return _text(next(self._root.iter("title")))

    @property
    def language(self) -> str:
        return str(self._root.get("lang"))

    @property
    def text(self) -> str:
        """All that can be read in the main part."""
        return _text(next(self._root.iter("main")))

    @property
    def links(self) -> list[str]:
        return [_text(link) for link in self._root.iter("a")]

    @property
    def buttons(self) -> list[str]:
        return [_text(button) for button in self._root.iter("button")]

    @property
    def fields(self) -> set[str]:
        """The names of all fields."""
        return {field.get("name") for field in self._root.iter("input") if field.get("name")}

    @property
    def refreshes_to(self) -> str | None:
        """Where the page goes by itself, if it does."""
        for meta in self._root.iter("meta"):
            if meta.get("http-equiv", "").lower() == "refresh":
                _seconds, _, target = meta.get("content", "").partition("url=")
                return target or self.url
        return None

    def value(self, name: str) -> str | None:
        """What stands in a field."""
        for field in self._root.iter("input"):
            if field.get("name") == name:
                return str(field.get("value", ""))
        return None

    def follows(self, words: str) -> "Page":
        """Press the link that has these words in it."""
        for link in self._root.iter("a"):
            if words in _text(link):
                return self.browser.opens(urljoin(self.url, link.get("href")))
        raise NotThere(f"no link {words!r} among {self.links} on {self.heading!r}")

    def fills(self, button: str, **fields: str | None) -> "Filled":
        """The form with this button, with these fields filled in (None takes one out)."""
        for form in self._root.iter("form"):
            for pressed in form.iter("button"):
                if button in _text(pressed):
                    return Filled(self, form, pressed, fields)
        raise NotThere(f"no button {button!r} among {self.buttons} on {self.heading!r}")

    def submits(self, button: str, **fields: str | None) -> "Page":
        """Fill the form in, press the button, and go where the answer leads."""
        return self.fills(button, **fields).is_sent()


class NotThere(AssertionError):
    """Somebody looks for something to press or to fill in, and the page has none."""


class Filled:
    """A form that is filled in but not sent yet; it may be sent more than once."""

    def __init__(self, page: Page, form: Element, pressed: Element, fields: dict[str, str | None]) -> None:
        self.page = page
        self.action = urljoin(page.url, form.get("action") or page.url)
        self.method = form.get("method", "get").upper()
        values = dict(_successful(form))
        if pressed.get("name"):
            values[pressed.get("name")] = pressed.get("value", "")
        unknown = set(fields) - _names(form)
        if unknown:
            raise NotThere(f"the form has no {sorted(unknown)}, it has {sorted(_names(form))}")
        values.update(fields)
        self.values = {name: value for name, value in values.items() if value is not None}

    def is_sent(self) -> Page:
        if self.method == "GET":
            return self.page.browser.opens(self.action, **self.values)
        return self.page.browser.posts(self.action, self.values)


class Browser:
    """One browser with its cookies. Every page it gets is checked.

    Under a prefix, people name pages without it; what pages lead to has it already.
    """

    def __init__(self, client: FlaskClient, language: str = "en", prefix: str = "") -> None:
        self.client = client
        self.prefix = prefix
        self.headers = {"Accept-Language": language}
        self.pages: list[Page] = []

    def opens(self, path: str, **query: str) -> Page:
        return self._arrives(
            self.client.get(
                self._local(path), query_string=query or None, headers=self.headers, base_url=ORIGIN
            )
        )

    def posts(self, path: str, fields: dict[str, str]) -> Page:
        return self._arrives(
            self.client.post(self._local(path), data=fields, headers=self.headers, base_url=ORIGIN)
        )

    def _arrives(self, response: TestResponse) -> Page:
        hops = 0
        while response.status_code in {301, 302, 303, 307, 308}:
            hops += 1
            assert hops < 5, "a chain of redirects without end"
            assert response.status_code == 303, "pages redirect with 303 See Other"
            target = urljoin(response.request.path, response.location)
            response = self.client.get(self._local(target), headers=self.headers, base_url=ORIGIN)
        self.checks(response)
        page = Page(self, response)
        self.pages.append(page)
        return page

    def checks(self, response: TestResponse) -> None:
        """All that holds for every page, whatever story it is in."""
        check_page(response, self.prefix)

    def _local(self, address: str) -> str:
        """Path and query; a browser of ours never leaves the site."""
        parts = urlsplit(address)
        assert parts.netloc in {"", "localhost"}, f"{address} leads away"
        path = parts.path if parts.path.startswith(f"{self.prefix}/") else self.prefix + parts.path
        return f"{path}?{parts.query}" if parts.query else path

    def cookie(self, name: str) -> str | None:
        found = self.client.get_cookie(name)
        return found.value if found else None


def _successful(form: Element) -> Iterator[tuple[str, str]]:
    """The fields as a browser would send them if nobody touched the form."""
    for field in form.iter("input"):
        kind = field.get("type", "text")
        if field.get("name") is None or kind in {"submit", "button"}:
            continue
        if kind in {"radio", "checkbox"} and field.get("checked") is None:
            continue
        yield field.get("name"), field.get("value", "on" if kind == "checkbox" else "")


def _names(form: Element) -> set[str]:
    return {element.get("name") for element in form.iter() if element.get("name")}


def _text(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())

"""A page as a person sees it, and what no page may have in it, whatever the bank sends."""

import html
import re
from typing import Any, Final

import html5lib

from tests.support.browser import Page

Element = Any  # an element of xml.etree
_OWN_NAMES: Final = (
    "html head meta title link script body header main footer nav h1 h2 h3 p a svg path circle rect span bdi"
    " strong em time section div ul ol li dl dt dd details summary img form input label button fieldset"
    " legend br small code"
)
_OWN_ELEMENTS: Final = frozenset(_OWN_NAMES.split())
_SVG: Final = "{http://www.w3.org/2000/svg}"
_OWN_ADDRESSES: Final = re.compile(r"(/(?!/)|#|https://|mailto:|tel:|mybank:)")
_OWN_DATES: Final = re.compile("(?<=[0-9])\u200f(?=/[0-9])")
"""Arabic writes its dates with marks that keep day and month in their order."""
_HIDES: Final = re.compile("[\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\u0000-\u0008]")


class Seen:
    """One page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.source = page.html
        self.root: Element = html5lib.parse(page.html, namespaceHTMLElements=False)
        self.main: Element = next(self.root.iter("main"))

    @property
    def text(self) -> str:
        """All that can be read, also what is folded, and what stands for pictures."""
        return text_of(self.main) + " " + " ".join(one.get("alt", "") for one in self.root.iter("img"))

    @property
    def isolated(self) -> str:
        """What the bank said: the texts that cannot turn the direction of anything around them."""
        said = [one for one in self.main.iter() if one.tag == "bdi" or one.get("dir") == "auto"]
        alternatives = [one.get("alt", "") for one in self.main.iter("img")]
        return " \n ".join([text_of(one) for one in said] + alternatives)

    @property
    def is_screen(self) -> bool:
        """Whether this page has to be passed before the operation is seen."""
        return self.form("/screens") is not None

    @property
    def folds(self) -> int:
        return sum("fold" in one.get("class", "").split() for one in self.main.iter("details"))

    @property
    def pictures(self) -> list[str]:
        """Where they come from, without the query that only tells one version from the next."""
        return [one.get("src").partition("?")[0] for one in self.main.iter("img")]

    @property
    def links(self) -> dict[str, str]:
        """The words of every link that leads away from this site, and where to."""
        return {
            text_of(one): one.get("href")
            for one in self.main.iter("a")
            if not re.match(r"[/#](?!/)", one.get("href", ""))
        }

    @property
    def warns_of_hidden(self) -> bool:
        """Whether the caution about hidden characters stands here: it shows a mark that nothing made."""
        marked = sum(text_of(one).count("⟦U+202E") for one in self._marks())
        return text_of(self.main).count("⟦U+202E") > marked

    def form(self, ending: str) -> dict[str, str] | None:
        """The fields of the form whose address ends so, as they are before anybody fills them in."""
        for form in self.main.iter("form"):
            if form.get("action", "").endswith(ending):
                return {one.get("name"): one.get("value", "") for one in form.iter("input")}
        return None

    def posts(self, ending: str, **answers: str) -> Page:
        """Send this form with these answers besides what the page has put in it."""
        (form,) = [one for one in self.main.iter("form") if one.get("action", "").endswith(ending)][:1]
        hidden = {
            one.get("name"): one.get("value") for one in form.iter("input") if one.get("type") == "hidden"
        }
        return self.page.browser.posts(form.get("action"), {**hidden, **answers})

    def _marks(self) -> list[Element]:
        return [one for one in self.main.iter("span") if one.get("class") == "mark"]

    # What holds for every page

    def check(self) -> None:
        """Nothing of the bank became markup, an address of ours, or something that cannot be seen."""
        foreign = {str(one.tag).removeprefix(_SVG) for one in self.root.iter()} - _OWN_ELEMENTS
        assert not foreign, f"elements that no template has: {foreign}"
        for one in self.root.iter("a"):
            assert _OWN_ADDRESSES.match(one.get("href")), f"a link to {one.get('href')!r}"
        found = _HIDES.search(_OWN_DATES.sub("", self.source))
        assert not found, f"U+{ord(found.group()):04X} is in the page as it is" if found else ""
        assert self.page.status != 500, self.page.heading

    def shows(self, *texts: str) -> None:
        for text in texts:
            assert squeezed(text) in self.text, f"{text[:200]!r} is not in: {self.text[:3000]}"

    def hides(self, *texts: str) -> None:
        """None of these is there: markup in the source, any other text anywhere at all."""
        everything = html.unescape(self.source)
        for text in texts:
            assert text not in (self.source if text.startswith("<") else everything), f"{text!r} is there"

    def orders(self, *texts: str) -> None:
        """These stand in this order, each after the one before."""
        at = 0
        for text in texts:
            found = self.text.find(squeezed(text), at)
            assert found >= 0, f"{text!r} does not come next in: {self.text[at : at + 2000]}"
            at = found + len(squeezed(text))


def text_of(element: Element) -> str:
    return squeezed("".join(element.itertext()))


def squeezed(text: str) -> str:
    """White space as a page shows it."""
    return " ".join(text.split())

"""The HTML of a message, made harmless: its words and their order, and nothing that loads, leads or acts.

Done twice. `nh3` reads the HTML as browsers do and keeps what is on a list. What it gives is then written
anew: tags by name and without attributes, every text escaped and its hidden characters marked. So whatever a
browser makes of the result, it holds nothing but these tags and texts. A link is its text and where it would
lead; a picture is its description.

The result is shown in a frame that may do nothing anyway (inbox.py).
"""

import re
from collections.abc import Mapping
from html.parser import HTMLParser
from types import MappingProxyType
from typing import Final

import nh3
from flask_babel import gettext as _
from markupsafe import Markup

from webapp.web.visible import visible

LONGEST: Final = 100_000
"""Characters of HTML that are read: nested as deep as can be, so many take a second."""
LONGEST_RESULT: Final = 2_000_000
LONGEST_TARGET: Final = 300
"""Characters of a link's address that are shown."""

_BLOCKS: Final = frozenset(
    {"p", "div", "blockquote", "pre", "ul", "ol", "li", "dl", "dt", "dd", "h1", "h2", "h3", "h4", "h5", "h6"}
    | {"table", "caption", "tr", "th", "td"}
)
_INLINE: Final = frozenset({"b", "strong", "i", "em", "u", "s", "del", "ins", "sub", "sup"})
_VOID: Final = frozenset({"br", "hr"})
_GROUPS: Final = frozenset({"thead", "tbody", "tfoot"})
_PLAIN: Final = _INLINE | _VOID | _GROUPS
_WITHOUT_CONTENT: Final = frozenset(
    {"script", "style", "title", "template", "noscript", "noframes", "noembed", "iframe", "object", "svg"}
    | {"math", "select", "datalist", "textarea", "audio", "video", "canvas", "map"}
)
"""What stands in these is no text of the message."""
_LOWER: Final = {"h1": "h2", "h2": "h3", "h3": "h4", "h4": "h5", "h5": "h6"}
"""The page around the frame has the heading above them all."""
_OPENING: Final[Mapping[str, Markup]] = MappingProxyType(
    {tag: Markup('<{} dir="auto">').format(_LOWER.get(tag, tag)) for tag in _BLOCKS}
    | {tag: Markup("<{}>").format(tag) for tag in _PLAIN}
)
_CLOSING: Final[Mapping[str, Markup]] = MappingProxyType(
    {tag: Markup("</{}>").format(_LOWER.get(tag, tag)) for tag in (_BLOCKS | _PLAIN) - _VOID}
)
_SCHEMES: Final = frozenset({"https", "http", "mailto", "tel"})

_SPACES: Final = re.compile(r"[\t\f\r]")  # they only indent the source

# Browsers repeat open ones of these in every paragraph that follows, unless more than three are the same.
# With attributes they are all different, and 20,000 characters become 9 million.
_FORMATTING: Final = re.compile(
    r"<(b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)[\s/][^>]*>", re.IGNORECASE
)


def harmless(html: str) -> Markup | None:
    """The message as markup; None if nothing of it can be shown: it is too long, or says nothing."""
    if len(html) > LONGEST:
        return None
    cleaned = nh3.clean(
        _FORMATTING.sub(r"<\1>", html),
        tags={*_OPENING, "a", "img"},
        clean_content_tags=set(_WITHOUT_CONTENT),
        attributes={"a": {"href"}, "img": {"alt"}},
        url_schemes=set(_SCHEMES),
        url_relative="deny",
        link_rel=None,
    )
    writer = _Writer()
    writer.feed(cleaned)
    writer.close()
    written = Markup().join(writer.parts)
    return written if writer.says_something and len(written) <= LONGEST_RESULT else None


def has_marks(written: Markup) -> bool:
    """Whether it has marks of hidden characters; quotation marks of a message are escaped."""
    return 'class="mark"' in written


class _Writer(HTMLParser):
    """Writes what `nh3` left, which is well-formed, anew."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[Markup] = []
        self.says_something = False
        self._target = ""
        self._link_text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if tag == "a":
            self._target, self._link_text = attributes.get("href", "").strip(), ""
        elif tag == "img":
            self._picture(attributes.get("alt", "").strip())
        elif tag in _OPENING:
            self.parts.append(_OPENING[tag])

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self._end_of_link()
        elif tag in _CLOSING:
            self.parts.append(_CLOSING[tag])

    def handle_data(self, data: str) -> None:
        self.says_something = self.says_something or not data.isspace()
        self._link_text += data
        self.parts.append(visible(_SPACES.sub(" ", data)))

    def _picture(self, description: str) -> None:
        if description:
            self.says_something = True
            self.parts.append(_aside(_("picture: %(text)s", text=description)))

    def _end_of_link(self) -> None:
        """Where it would lead, unless its text is just that."""
        target, self._target = self._target, ""
        if target and target != self._link_text.strip():
            more = "…" if len(target) > LONGEST_TARGET else ""
            self.parts.append(_aside(target[:LONGEST_TARGET] + more))


def _aside(text: str) -> Markup:
    """Words that stand for something that is not shown; nothing else in a message comes in this tag."""
    return Markup(" <code>[<bdi>{}</bdi>]</code>").format(visible(text))

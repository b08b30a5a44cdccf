"""What a person reads who has to wait: what happened, what became of it, and for how long."""

from dataclasses import replace
from typing import Final

from flask_babel import gettext as _
from flask_babel import ngettext

from webapp.web.enrol_words import Notice
from webapp.web.messages import PAGES, Message

TRIES: Final = "tries.too_many"

_MINUTE_S: Final = 60
_HOUR_S: Final = 3600


def page(key: str, retry_after_s: int) -> Message:
    """The page for this key, which says when the same can be done again."""
    return replace(PAGES[key], advice=f"{_wait(retry_after_s)} {_('Then go back and send it again.')}")


def above_a_form(key: str, retry_after_s: int) -> Message:
    """The same above a form that comes again as it was filled in."""
    message = PAGES[key]
    said = f"{message.happened} {_wait(retry_after_s)}"
    return replace(message, happened=said, meaning=said)


def notice(key: str, retry_after_s: int) -> Notice:
    """The same, for forms whose words are notices."""
    message = above_a_form(key, retry_after_s)
    return Notice("warning", message.title, message.meaning)


def _wait(seconds: int) -> str:
    """Rounded up, so that nobody comes back too early."""
    hours, minutes = -(-seconds // _HOUR_S), -(-seconds // _MINUTE_S)
    if seconds > 2 * _HOUR_S:
        return str(ngettext("Wait %(num)s hour.", "Wait %(num)s hours.", hours))
    return str(ngettext("Wait %(num)s minute.", "Wait %(num)s minutes.", minutes))

"""What a person reads when an enrolment did not come through: the code decides what to do next."""

from dataclasses import dataclass
from typing import Final

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to know above a form; `level` as in templates/macros/notices.html."""

    level: str
    title: LazyString
    text: LazyString


NOT_SENT: Final = Notice(
    "warning",
    _("The bank cannot be reached"),
    _(
        "Nothing was sent, so your code is still good. Choose your PIN again and send the form once more in a few minutes."
    ),
)
UNAVAILABLE: Final = Notice(
    "warning",
    _("The bank cannot answer at the moment"),
    _("This browser is not enrolled. Choose your PIN again and send the form once more in a few minutes."),
)
ANSWER_LOST: Final = Notice(
    "warning",
    _("The bank's answer was lost"),
    _(
        "This browser is not enrolled, but your code may be used up. Try it once more; if the bank does not take it, get a new code."
    ),
)
NOT_TRUSTED: Final = Notice(
    "error",
    _("The answer did not come from your bank"),
    _(
        "It does not fit the keys that this site knows, so it was thrown away. This browser is not enrolled. Call your bank."
    ),
)
STALE: Final = Notice(
    "warning",
    _("This form is out of date"),
    _(
        "Nothing was sent. Choose your PIN again and send the form once more. Cookies have to be allowed for this site."
    ),
)

"""What a person reads when an enrolment did not come through: the code decides what to do next."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from webapp.flows.errors import (
    BackendUnavailable,
    CodeNotGenuine,
    CodeRefused,
    IdentityRefused,
    RecoveryRefused,
    ServerNotTrusted,
)
from webapp.flows.ways_in import OtpRule
from webapp.mtoken.errors import AnswerLost, NotSent
from webapp.powerauth.identity import IdentityKind
from webapp.web.field_words import FIELDS
from webapp.web.knowledge_words import pin_or_password
from webapp.web.ways_in import ways


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to know above a form; `level` as in templates/macros/notices.html."""

    level: str
    title: LazyString
    text: LazyString | str


NOT_SENT: Final = Notice(
    "warning",
    _("The bank cannot be reached"),
    pin_or_password(
        _(
            "Nothing was sent, so your code is still good. Choose your PIN again and send the form once more in a few minutes."
        ),
        _(
            "Nothing was sent, so your code is still good. Choose your password again and send the form once more in a few minutes."
        ),
    ),
)
NOTHING_SENT: Final = Notice(
    "warning",
    _("The bank cannot be reached"),
    pin_or_password(
        _("Nothing was sent. Choose your PIN again and send the form once more in a few minutes."),
        _("Nothing was sent. Choose your password again and send the form once more in a few minutes."),
    ),
)
UNAVAILABLE: Final = Notice(
    "warning",
    _("The bank cannot answer at the moment"),
    pin_or_password(
        _(
            "This browser is not enrolled. Choose your PIN again and send the form once more in a few minutes."
        ),
        _(
            "This browser is not enrolled. Choose your password again and send the form once more in a few minutes."
        ),
    ),
)
ANSWER_LOST: Final = Notice(
    "warning",
    _("The bank's answer was lost"),
    _(
        "This browser is not enrolled, but your code may be used up. Try it once more; if the bank does not take it, get a new code."
    ),
)
ANSWER_LOST_PUK: Final = Notice(
    "warning",
    _("The bank's answer was lost"),
    _(
        "This browser is not enrolled, but the PUK may be used up, and the activation that you lost may be removed. Try it once more; if the bank does not take it, use the next PUK or ask your bank."
    ),
)
ANSWER_LOST_OTHER: Final = Notice(
    "warning",
    _("The bank's answer was lost"),
    _(
        "This browser is not enrolled, but your bank may list it all the same. Try it once more, then have your bank remove the one that is too many."
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
    pin_or_password(
        _(
            "Nothing was sent. Choose your PIN again and send the form once more. Cookies have to be allowed for this site."
        ),
        _(
            "Nothing was sent. Choose your password again and send the form once more. Cookies have to be allowed for this site."
        ),
    ),
)

NO_SIGN_IN: Final = Notice(
    "warning",
    _("Signing in is not possible now"),
    _("Your bank did not say where to sign in. Nothing was enrolled. Try again in a few minutes."),
)

_LOST: Final = MappingProxyType(
    {
        IdentityKind.CODE: ANSWER_LOST,
        IdentityKind.RECOVERY: ANSWER_LOST_PUK,
        IdentityKind.CUSTOM: ANSWER_LOST_OTHER,
        IdentityKind.DIRECT: ANSWER_LOST_OTHER,
    }
)


def failed(error: NotSent | AnswerLost | BackendUnavailable | ServerNotTrusted, kind: IdentityKind) -> Notice:
    """Why there is no activation, where what was proven is not to blame."""
    match error:
        case NotSent():
            return NOT_SENT if kind is IdentityKind.CODE else NOTHING_SENT
        case AnswerLost():
            return _LOST[kind]
        case BackendUnavailable():
            return UNAVAILABLE
        case ServerNotTrusted():
            return NOT_TRUSTED


def no_sign_in(error: NotSent | AnswerLost | BackendUnavailable | ServerNotTrusted) -> Notice:
    """Why nobody can be sent to the provider."""
    return NOT_TRUSTED if isinstance(error, ServerNotTrusted) else NO_SIGN_IN


def refused(error: IdentityRefused | CodeNotGenuine) -> str | LazyString:
    """Why the bank, or this site, does not take what was to prove who asks."""
    if isinstance(error, RecoveryRefused) and error.puk_index is not None:
        return str(
            gettext(
                "The bank does not take this. It expects PUK number %(number)s of this recovery code.",
                number=error.puk_index,
            )
        )
    if isinstance(error, CodeRefused) and ways().otp is not OtpRule.OFF:
        return FIELDS["activation.code.refused_with_otp"]
    return FIELDS[error.message_key]

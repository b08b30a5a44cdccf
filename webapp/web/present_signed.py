"""Where what would be signed is not what is shown: the words of the warning."""

from collections.abc import Iterable
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from webapp.flows.signed_data import Disagreement, Subject

_SUBJECTS: Final = MappingProxyType(
    {
        Subject.AMOUNT: _("The amount differs"),
        Subject.CURRENCY: _("The currency differs"),
        Subject.ACCOUNT: _("The account differs"),
        Subject.DATE: _("The date differs"),
        Subject.WRITTEN_AMOUNT: _("An amount is written in two ways"),
    }
)


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A warning: `signed` and `shown` are texts of the bank."""

    word: LazyString
    signed: str
    shown: tuple[str, ...]


def disagreements(found: Iterable[Disagreement]) -> tuple[Mismatch, ...]:
    """The warnings of one operation, in the order found."""
    return tuple(Mismatch(_SUBJECTS[one.subject], one.signed, one.shown) for one in found)

"""How grave a remark of the bank is: the level that gives it its look, and the word that says the same."""

from types import MappingProxyType
from typing import Final

from flask_babel import lazy_gettext as _

from webapp.mtoken.attributes import AlertType
from webapp.mtoken.screens import ScreenElementStyle

ALERTS: Final = MappingProxyType(
    {
        AlertType.SUCCESS: ("success", _("Good to know")),
        AlertType.INFO: ("info", _("Information")),
        AlertType.WARNING: ("warning", _("Warning")),
        AlertType.ERROR: ("error", _("Attention")),
    }
)

STYLES: Final = MappingProxyType(
    {
        ScreenElementStyle.INFO: ALERTS[AlertType.INFO],
        ScreenElementStyle.WARNING: ALERTS[AlertType.WARNING],
        ScreenElementStyle.DANGER: ALERTS[AlertType.ERROR],
    }
)

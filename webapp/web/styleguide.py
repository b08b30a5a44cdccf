"""Every part of the pages with its states, on one page of the demo: from the same macros that the pages use.

What a bank would say is made up here, in English; it stands for texts that come in any language.
"""

from typing import Any, Final

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _

from webapp.flows.afterwards import WayOn
from webapp.web.present import Alert, Block, Facts, Heading, Line, LineAlert, Row, Screen, Value
from webapp.web.present_levels import ALERTS
from webapp.web.present_screens import Point, Points, Remark, Target
from webapp.web.present_signed import Mismatch
from webapp.web.waiting import Entry, Shown

blueprint = Blueprint("styleguide", __name__)

_LONG: Final = "A rent that is paid each month. " * 40
_FLOOD: Final = "First line" + "\n" * 60 + "last line"
_LINES: Final = (
    Line("a", "Payment", "€2,450.50", "Hausverwaltung Nord", 272),
    Line("b", "Invoice", "CZK389.00", "", 15 * 60, (LineAlert("warning", _("Warning"), "New payee"),)),
    Line("c", "A consent with a title that is longer than a phone is wide", "", "", 7200),
    Line("d", "Sign in", "", "", 0),
)
_FACTS: Final = Facts(
    (
        Row("Amount", (Value("€2,450.50", "figure"),)),
        Row("You pay", (Value("$120.00", "figure"), Value("CZK2,763.60", "figure", before="≈"))),
        Row("Payee", (Value("Hausverwaltung Nord", "receiver"), Value("Rotes Haus 4, Hamburg"))),
        Row("To account", (Value("DE89 3704 0044 0532 0130 00"),)),
        Row("Note", (Value("Rent * March\nflat 4"),)),
        Row("Web", (Value("https://shop.example/", address="https://shop.example/"),)),
        Row("Terms", (Value(_LONG),)),
        Row("Lines", (Value(_FLOOD),)),
        Row("Hidden", (Value("evil\u202ePayee"),)),
        Row("", (Value("x"),), _("This version cannot show everything in this entry.")),
    )
)


@blueprint.get("/styleguide")
def parts() -> ResponseReturnValue:
    return render_template("styleguide.html", blocks=_blocks(), **_samples())


def _blocks() -> tuple[Block, ...]:
    alerts = tuple(
        Alert(level, word, ("New payee",), ("You have never paid to this account.",))
        for level, word in ALERTS.values()
    )
    picture = Value("Invoice", picture=url_for("static", filename="icons/assent-192.png"))
    return (Heading("New payment"), *alerts, _FACTS, Facts((Row("Picture", (picture,)),)))


def _samples() -> dict[str, Any]:
    entries = tuple(Entry(line, line.id) for line in _LINES)
    return {
        "shown": Shown(entries, unreadable=1, many=4, frame="styleguide"),
        "screen": Screen(
            "warning",
            "Is somebody telling you to do this?",
            "The bank never asks you to move money to safety.",
            _("Before you look at it"),
            _("Your bank wants you to stop here for a moment. Go on only if you expect this operation."),
            (
                Points(
                    (Point("Nobody from the bank calls about a safe account."), Point("In doubt, reject."))
                ),
                Remark("error", _("Warning"), "Somebody may be listening."),
                Target("Call us", "+420 800 123 456", "tel:+420800123456"),
            ),
        ),
        "warnings": (Mismatch(_("Amount"), "2450.50 EUR", ("€245.05",)),),
        "ways_on": (
            WayOn("Back to the shop", "https://shop.example/return", is_allowed=True),
            WayOn("", "https://elsewhere.example/", is_allowed=False),
        ),
        "errors": {"name": _("Enter the activation code from your bank."), "pin": _("Enter your PIN.")},
    }

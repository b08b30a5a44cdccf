"""The bank's pages about other ways in: codes with a one-time password, credentials, recovery cards."""

from collections.abc import Mapping
from typing import Any, Final

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from webapp.randomness import Random, system_random
from webapp.sandbox import bank_words as words
from webapp.sandbox.activations import ON_COMMIT, ON_KEY_EXCHANGE
from webapp.sandbox.back_office import BackOffice, Office
from webapp.sandbox.bank_forms import check_user

PHASES: Final = (ON_KEY_EXCHANGE, ON_COMMIT)
OTP_DIGITS: Final = 6


def ways(office: Office, *, random: Random = system_random) -> Blueprint:
    """The pages below `/sandbox/users/…/ways` and `/sandbox/cards/`, for one backend."""
    pages = _Pages(BackOffice(office), random)
    blueprint = Blueprint("ways", __name__)
    blueprint.add_url_rule("/users/<user_id>/ways", view_func=pages.every)
    blueprint.add_url_rule("/users/<user_id>/ways/code", view_func=pages.new_code, methods=["POST"])
    blueprint.add_url_rule("/users/<user_id>/ways/card", view_func=pages.print_card, methods=["POST"])
    blueprint.add_url_rule("/cards/<card_id>", view_func=pages.card)
    return blueprint


class _Pages:
    def __init__(self, office: BackOffice, random: Random) -> None:
        self._office = office
        self._random = random

    def every(self, user_id: str) -> ResponseReturnValue:
        check_user(user_id)
        return self._page(user_id)

    def new_code(self, user_id: str) -> ResponseReturnValue:
        check_user(user_id)
        phase = request.form.get("phase", "")
        if phase not in PHASES:
            return self._page(user_id, {"phase": words.BAD_PHASE}), 422
        number = int.from_bytes(self._random(8), "big") % 10**OTP_DIGITS
        otp = str(number).zfill(OTP_DIGITS)
        activation_id = self._office.new_activation(user_id, otp=otp, phase=phase)
        return redirect(url_for("sandbox.activation", activation_id=activation_id), 303)

    def print_card(self, user_id: str) -> ResponseReturnValue:
        check_user(user_id)
        return redirect(url_for(".card", card_id=self._office.print_card(user_id)), 303)

    def card(self, card_id: str) -> ResponseReturnValue:
        printed = self._office.card(card_id) or abort(404)
        codes = self._office.recovery_codes(printed.user_id)
        code = next((one for one in codes if one.recovery_code_id == card_id), None) or abort(404)
        return render_template(
            "sandbox/card.html", card=printed, code=code, puks=list(zip(printed.puks, code.puks, strict=True))
        )

    def _page(self, user_id: str, errors: Mapping[str, Any] | None = None) -> str:
        codes = self._office.recovery_codes(user_id)
        return render_template(
            "sandbox/ways.html",
            user_id=user_id,
            phases=PHASES,
            customer=self._office.customer(user_id),
            codes=codes,
            cards={one.recovery_code_id for one in codes if self._office.card(one.recovery_code_id)},
            errors=errors or {},
        )

"""The pages of steps with the activation: the form, the attempts that are left, why it is shown again."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from flask import Response, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from webapp.custody.errors import StoreUnavailable
from webapp.flows.copies import renew_sid
from webapp.flows.errors import BackendUnavailable, FormError
from webapp.flows.outcome import OutcomeKind
from webapp.flows.steps import Step, StepForm, ask_for
from webapp.flows.triage import Verdict
from webapp.mtoken.errors import NetworkError
from webapp.web import outcome_words, session, settings_words
from webapp.web.enrol_words import Notice
from webapp.web.errors import RETRY_AFTER_S, STATUS
from webapp.web.field_words import FIELDS
from webapp.web.refused_words import not_accepted
from webapp.web.services import services
from webapp.web.session import Told


@dataclass(frozen=True, slots=True)
class StepPage:
    """One step and its template; `own_pin` is the field with the PIN that somebody has."""

    step: Step
    template: str
    own_pin: str = "pin"

    def show(
        self,
        status: int = HTTPStatus.OK,
        *,
        errors: Mapping[str, object] | None = None,
        notice: Notice | None = None,
        **typed: Any,
    ) -> Response:
        """The form; without the bank, what is possible all the same. `typed` goes back into it."""
        asked = self._asked()
        html = render_template(self.template, asked=asked, errors=errors or {}, notice=notice, **typed)
        if asked is None and status == HTTPStatus.OK:
            status = HTTPStatus.SERVICE_UNAVAILABLE
        response = make_response(html, status)
        if status == HTTPStatus.SERVICE_UNAVAILABLE:
            response.headers["Retry-After"] = str(RETRY_AFTER_S)
        return response

    def refused(self, errors: Mapping[str, str], **typed: Any) -> Response:
        """What was typed cannot be right, and nothing was sent; `errors` are message keys per field."""
        said = {name: FIELDS[key] for name, key in errors.items()}
        return self.show(HTTPStatus.UNPROCESSABLE_ENTITY, errors=said, **typed)

    def stale(self, error: FormError, **typed: Any) -> Response:
        return self.show(STATUS[error.message_key], notice=settings_words.STALE, **typed)

    def not_taken(
        self, verdict: Verdict, *, is_repeated: bool, by_passkey: bool = False, **typed: Any
    ) -> ResponseReturnValue:
        """The step was not taken: at the form if it may be tried again, else how the activation stands.

        Args:
            by_passkey: a passkey was to prove it, in place of the PIN.
        """
        status = outcome_words.STATUS[verdict.kind]
        if verdict.kind is OutcomeKind.CREDENTIAL:
            said = not_accepted(verdict.attempts_left, settings_words.NOT_ACCEPTED[self.step])
            repeated = settings_words.REPEATED_BY_PASSKEY if by_passkey else settings_words.REPEATED
            # What is in a form that comes again was not even looked at: nobody may say that it was wrong.
            errors = {"passkey" if by_passkey else self.own_pin: repeated if is_repeated else said}
            return self.show(status, errors=errors, **typed)
        notice = settings_words.NOT_TAKEN.get((self.step, verdict.kind))
        if notice is None:
            return redirect(url_for("activation.standing"), HTTPStatus.SEE_OTHER)
        return self.show(status, notice=notice, **typed)

    def _asked(self) -> StepForm | None:
        try:
            return ask_for(services(), session.visitor(), self.step)
        except (NetworkError, BackendUnavailable):
            return None


def moved(told: Told, *, is_repeated: bool = False) -> ResponseReturnValue:
    """The activation has changed, so the browser goes on under a new sid, if one can be had.

    The step is done, whatever becomes of the cookies; a form that comes again changes nothing more.
    """
    sid = None
    if not is_repeated:
        with suppress(StoreUnavailable):
            sid = renew_sid(services(), session.visitor())
    session.move_to(sid, told)
    return redirect(url_for("settings.page"), HTTPStatus.SEE_OTHER)

"""The sandbox bank: pages where a person plays the bank's part. Server-rendered, complete without script.

The pages change things only through the back office (`back_office.py`); every change is a POST with the
app's CSRF token and ends in a redirect, so reload and back are safe.
"""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from flask import Blueprint, Response, abort, redirect, render_template, request, send_from_directory, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response as AnyResponse

from webapp.sandbox import bank_counter, bank_messages, bank_ways
from webapp.sandbox import bank_words as words
from webapp.sandbox.back_office import BackOffice, Office, Operation
from webapp.sandbox.bank_forms import (
    FIELD,
    LONGEST_VALUE,
    USERS,
    as_typed,
    check_user,
    is_user,
    known_template,
    too_long,
    typed_values,
)
from webapp.sandbox.errors import AdminError
from webapp.sandbox.forms import OperationTemplate, templates
from webapp.sandbox.qr import proximity_link, proximity_token, proximity_token_link, qr_svg

ACTIONS: Final = ("commit", "block", "unblock", "remove")

_OTP: Final = "otp"
_WRONG_OTP: Final = "ERR0031"
_PENDING: Final = "PENDING_COMMIT"
_IMAGES = Path(__file__).with_name("images")
_REASON = re.compile(r"[A-Z0-9_]{1,32}")


def bank(office: Office) -> Blueprint:
    """The pages below `/sandbox/`, for one backend."""
    pages = _Pages(BackOffice(office))
    blueprint = Blueprint("sandbox", __name__, url_prefix="/sandbox")
    rules: list[tuple[str, str, Callable[..., ResponseReturnValue]]] = [
        ("GET", "/", pages.home),
        ("GET", "/users/<user_id>", pages.user),
        ("POST", "/users/<user_id>/activations", pages.new_activation),
        ("GET", "/activations/<activation_id>", pages.activation),
        ("POST", "/activations/<activation_id>/<action>", pages.change_activation),
        ("GET", "/users/<user_id>/operations/<template_name>", pages.new_operation),
        ("POST", "/users/<user_id>/operations/<template_name>", pages.create_operation),
        ("GET", "/operations/<operation_id>", pages.operation),
        ("GET", "/operations/<operation_id>/cancel", pages.ask_to_cancel),
        ("POST", "/operations/<operation_id>/cancel", pages.cancel_operation),
        ("GET", "/<any('invoice.png', 'invoice-small.png'):name>", pages.image),
    ]
    for method, rule, view in rules:
        blueprint.add_url_rule(rule, view_func=view, methods=[method])
    blueprint.register_blueprint(bank_counter.counter(office))
    blueprint.register_blueprint(bank_messages.messages(office))
    blueprint.register_blueprint(bank_ways.ways(office))
    blueprint.register_error_handler(AdminError, _refused)
    blueprint.context_processor(lambda: {"words": words, "users": USERS, "field_prefix": FIELD})
    return blueprint


class _Pages:
    """One method per page; a page asks the back office and renders."""

    def __init__(self, office: BackOffice) -> None:
        self._office = office

    def home(self) -> ResponseReturnValue:
        typed = request.args.get("user")
        if typed is None:
            return render_template("sandbox/home.html")
        if is_user(typed.strip()):
            return _see(".user", user_id=typed.strip())
        errors = {"user": words.BAD_USER}
        return render_template("sandbox/home.html", typed=as_typed(typed), errors=errors), 422

    def user(self, user_id: str) -> ResponseReturnValue:
        check_user(user_id)
        return render_template(
            "sandbox/user.html",
            user_id=user_id,
            activations=self._office.activations(user_id),
            operations=self._office.operations(user_id),
            messages=self._office.messages(user_id),
            kinds=templates(),
            title_of=words.title_of,
            title_named=words.title_named,
        )

    def new_activation(self, user_id: str) -> ResponseReturnValue:
        check_user(user_id)
        return _see(".activation", activation_id=self._office.new_activation(user_id))

    def activation(self, activation_id: str) -> ResponseReturnValue:
        return self._activation_page(activation_id)

    def _activation_page(self, activation_id: str, errors: Mapping[str, Any] | None = None) -> str:
        activation = self._office.activation(activation_id)
        code = activation.enrolment_code
        return render_template(
            "sandbox/activation.html",
            activation=activation,
            otp=self._office.otp(activation_id),
            errors=errors or {},
            qr=None if code is None else qr_svg(code),
            enrol_url=None if code is None else _on_the_site("/activation/new?code=", code),
        )

    def change_activation(self, activation_id: str, action: str) -> ResponseReturnValue:
        if action not in ACTIONS:
            abort(404)
        if action == "commit":
            return self._commit(activation_id, "".join(request.form.get(_OTP, "").split()))
        self._office.change_activation(activation_id, action)
        return _see(".activation", activation_id=activation_id)

    def _commit(self, activation_id: str, otp: str) -> ResponseReturnValue:
        """Commit with the one-time password that the customer has told the bank, if one was given out."""
        if not otp and self._asks_for_otp(activation_id):
            return self._activation_page(activation_id, {_OTP: words.NO_OTP}), 422
        try:
            self._office.commit(activation_id, otp or None)
        except AdminError as error:
            if error.code != _WRONG_OTP:
                raise
            if self._office.activation(activation_id).activation_status == _PENDING:
                return self._activation_page(activation_id, {_OTP: words.WRONG_OTP}), 422
        return _see(".activation", activation_id=activation_id)

    def _asks_for_otp(self, activation_id: str) -> bool:
        activation = self._office.activation(activation_id)
        return activation.activation_status == _PENDING and self._office.otp(activation_id) is not None

    def new_operation(self, user_id: str, template_name: str) -> ResponseReturnValue:
        check_user(user_id)
        template = known_template(template_name)
        return _operation_form(user_id, template, template.parameters)

    def create_operation(self, user_id: str, template_name: str) -> ResponseReturnValue:
        check_user(user_id)
        template = known_template(template_name)
        values = typed_values(template)
        errors = too_long(values)
        if errors:
            return _operation_form(user_id, template, values, errors), 422
        try:
            operation_id = self._office.new_operation(template, values, user_id)
        except AdminError:
            # Templates and application are our own: what the back office can refuse is a value.
            errors = {FIELD + next(iter(values)): words.BAD_VALUES}
            return _operation_form(user_id, template, values, errors), 422
        return _see(".operation", operation_id=operation_id)

    def operation(self, operation_id: str) -> ResponseReturnValue:
        operation = self._office.operation(operation_id)
        carried = _carried(operation)
        form = request.args.get("form", words.LINK)
        text = carried.get(form) or carried.get(words.LINK)
        return render_template(
            "sandbox/operation.html",
            operation=operation,
            title=words.title_named(operation.template_name),
            carried=carried,
            form=form if form in carried else words.LINK,
            text=text,
            qr=None if text is None else qr_svg(text),
            link_here=None if text is None else _on_the_site("/deeplink?url=", text),
        )

    def ask_to_cancel(self, operation_id: str) -> ResponseReturnValue:
        return render_template("sandbox/cancel.html", operation=self._office.operation(operation_id))

    def cancel_operation(self, operation_id: str) -> ResponseReturnValue:
        reason = request.form.get("reason", "").strip()
        if not _REASON.fullmatch(reason):
            operation = self._office.operation(operation_id)
            errors = {"reason": words.BAD_REASON}
            return render_template(
                "sandbox/cancel.html", operation=operation, typed=as_typed(reason), errors=errors
            ), 422
        self._office.cancel_operation(operation_id, reason)
        return _see(".operation", operation_id=operation_id)

    def image(self, name: str) -> Response:
        return send_from_directory(_IMAGES, name)


def _see(endpoint: str, **values: Any) -> AnyResponse:
    return redirect(url_for(endpoint, **values), 303)


def _carried(operation: Operation) -> dict[str, str]:
    """What the screen in front of the person shows, form → text; empty if it shows nothing."""
    code = operation.proximity_otp
    if operation.status != "PENDING" or (code is None and operation.user_id is not None):
        return {}
    if "shownAt" in operation.additional_data:
        return {}  # the offline counter shows it
    link = {words.LINK: proximity_link(operation.id, code)}
    if code is None:
        return link
    token = proximity_token(operation.id, code)
    return link | {words.JWT_LINK: proximity_token_link(token), words.JWT: token}


def _on_the_site(address: str, value: str) -> str:
    """An address of the site that the demo serves beside this bank; the value ends its query."""
    return f"{request.script_root}{address}{quote(value, safe='')}"


def _operation_form(
    user_id: str,
    template: OperationTemplate,
    values: Mapping[str, str],
    errors: Mapping[str, Any] | None = None,
) -> str:
    return render_template(
        "sandbox/new_operation.html",
        user_id=user_id,
        template=template,
        title=words.title_of(template),
        values={name: as_typed(value) for name, value in values.items()},
        longest=LONGEST_VALUE,
        errors=errors or {},
    )


def _refused(error: AdminError) -> ResponseReturnValue:
    heading, text = words.REFUSALS.get(error.code, words.REFUSED)
    status = 404 if error.code in words.UNKNOWN_CODES else 409
    return render_template("sandbox/refused.html", heading=heading, text=text), status

"""The pages of the offline counter: a form, the picture it makes, and the code that somebody brings back.

No page renews itself while somebody types: a picture with a time-based code does, until its page is asked for
the field.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from webapp.randomness import Random, system_random
from webapp.sandbox import bank_words as words
from webapp.sandbox.back_office import Activation, BackOffice, Office, Operation
from webapp.sandbox.bank_forms import LONGEST_VALUE, USERS, as_typed, is_user, known_template
from webapp.sandbox.counter import Counter, Order, Slip, Verdict, read_code
from webapp.sandbox.counter_form import BROWSER, FLAG, OrderForm
from webapp.sandbox.forms import OperationTemplate
from webapp.sandbox.qr import qr_svg

KINDS: Final = ("payment", "login")
CODE: Final = "code"
_ACTIVE: Final = "ACTIVE"


def counter(office: Office, *, random: Random = system_random) -> Blueprint:
    """The pages below `/sandbox/offline/`, for one backend."""
    pages = _Pages(BackOffice(office), Counter(office, random=random))
    blueprint = Blueprint("counter", __name__, url_prefix="/offline")
    rules: list[tuple[str, str, Callable[..., ResponseReturnValue]]] = [
        ("GET", "/", pages.desk),
        ("GET", "/<kind>", pages.new),
        ("POST", "/<kind>", pages.create),
        ("GET", "/operations/<operation_id>", pages.picture),
        ("POST", "/operations/<operation_id>", pages.check),
    ]
    for method, rule, view in rules:
        blueprint.add_url_rule(rule, view_func=view, methods=[method])
    blueprint.context_processor(lambda: {"guest": _guest()})
    return blueprint


@dataclass(frozen=True, slots=True)
class _Handed:
    """An operation of the counter as it stands; where its picture is for one browser, that browser."""

    operation: Operation
    slip: Slip
    browser: Activation | None

    @property
    def is_open(self) -> bool:
        """Whether a code would be checked."""
        able = self.browser is None or self.browser.activation_status == _ACTIVE
        return able and self.operation.status == "PENDING"


class _Pages:
    """One method per page; a page asks the counter and renders."""

    def __init__(self, office: BackOffice, counter: Counter) -> None:
        self._office = office
        self._counter = counter

    def desk(self) -> ResponseReturnValue:
        kinds = [known_template(kind) for kind in KINDS]
        return render_template("sandbox/offline.html", kinds=kinds, title_of=words.title_of)

    def new(self, kind: str) -> ResponseReturnValue:
        browsers = self._browsers()
        chosen = next((one.activation_id for one in browsers if one.user_id == _guest()), "")
        return _form(OrderForm.offered(_template(kind), chosen), browsers, {})

    def create(self, kind: str) -> ResponseReturnValue:
        form, browsers = OrderForm.read(_template(kind)), self._browsers()
        order = form.order(browsers)
        if not isinstance(order, Order):
            return _form(form, browsers, order), 422
        return _see(self._counter.hand_out(order))

    def picture(self, operation_id: str) -> ResponseReturnValue:
        handed = self._handed(operation_id)
        return self._open(handed, types="typing" in request.args) if handed.is_open else _ended(handed)

    def check(self, operation_id: str) -> ResponseReturnValue:
        handed = self._handed(operation_id)
        if not handed.is_open:
            return _see(operation_id)  # a second press, or too late: the page says how it stands
        typed, browser = request.form.get(CODE, ""), self._who_brings_it(handed)
        code = read_code(typed)
        if code is None or browser is None:
            errors = {BROWSER: words.WHOSE_CODE} if browser is None else {}
            errors |= {CODE: words.NOT_A_CODE} if code is None else {}
            return self._open(handed, errors=errors, code=as_typed(typed)), 422
        verdict = self._counter.check(handed.slip, handed.operation, browser.activation_id, code)
        after = self._handed(operation_id)
        if verdict.is_right or not after.is_open:
            return _see(operation_id)
        return self._open(after, errors={CODE: _told(verdict)}), 422

    def _open(
        self,
        handed: _Handed,
        *,
        types: bool = True,
        errors: Mapping[str, Any] | None = None,
        code: str = "",
    ) -> str:
        """The picture, and the field for the code; only one of them where the picture renews itself."""
        text = self._counter.text(handed.slip)
        renews = handed.slip.seed is not None
        return render_template(
            "sandbox/offline_picture.html",
            handed=handed,
            title=words.title_named(handed.operation.template_name),
            text=text,
            qr=qr_svg(text),
            renews=renews,
            types=types or not renews,
            browsers=self._browsers() if handed.browser is None else [],
            chosen=request.form.get(BROWSER),
            code=code,
            errors=errors or {},
        )

    def _handed(self, operation_id: str) -> _Handed:
        operation = self._office.operation(operation_id)
        slip = self._counter.slip(operation_id) or abort(404)
        browser = None if slip.activation_id is None else self._office.activation(slip.activation_id)
        return _Handed(operation, slip, browser)

    def _browsers(self) -> list[Activation]:
        """Every active one of the bank's customers, and of the one whose page led here."""
        users = dict.fromkeys((*USERS, _guest() or USERS[0]))
        every = [one for user in users for one in self._office.activations(user)]
        return [one for one in every if one.activation_status == _ACTIVE]

    def _who_brings_it(self, handed: _Handed) -> Activation | None:
        if handed.browser is not None:
            return handed.browser
        chosen = request.form.get(BROWSER)
        return next((one for one in self._browsers() if one.activation_id == chosen), None)


def _guest() -> str | None:
    """The customer whose page led here, if one did."""
    user = request.args.get("user", "")
    return user if is_user(user) else None


def _template(kind: str) -> OperationTemplate:
    return known_template(kind) if kind in KINDS else abort(404)


def _see(operation_id: str) -> Response:
    return redirect(url_for(".picture", operation_id=operation_id, user=_guest()), 303)


def _told(verdict: Verdict) -> Any:
    if verdict.browser_is_blocked:
        return words.WRONG_CODE_AND_BLOCKED
    left = {"browser": verdict.browser_attempts, "operation": verdict.operation_attempts}
    return words.WRONG_CODE % left


def _form(form: OrderForm, browsers: list[Activation], errors: Mapping[str, Any]) -> str:
    return render_template(
        "sandbox/offline_form.html",
        form=form,
        title=words.title_of(form.template),
        values={name: as_typed(value) for name, value in form.values.items()},
        browsers=browsers,
        flag_prefix=FLAG,
        longest=LONGEST_VALUE,
        errors=errors,
    )


def _ended(handed: _Handed) -> str:
    """The page of an operation that waits no longer, or whose browser cannot approve it."""
    operation, browser = handed.operation, handed.browser
    if operation.status == "PENDING" and browser is not None:
        heading, text = words.UNABLE.get(browser.activation_status, words.GONE)
        level = "error"
    elif "approvedAt" in operation.additional_data:
        level, heading, text = words.RIGHT_CODE
    else:
        level, heading, text = words.ENDS.get(operation.status, words.ENDED)
    return render_template(
        "sandbox/offline_ended.html",
        handed=handed,
        title=words.title_named(operation.template_name),
        level=level,
        heading=heading,
        text=text,
    )

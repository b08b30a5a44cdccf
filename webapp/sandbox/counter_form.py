"""The form about a new picture: what was asked for at the offline counter, and what is wrong with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from flask import request

from webapp.powerauth.errors import OperationDataError
from webapp.sandbox import bank_words as words
from webapp.sandbox.back_office import Activation
from webapp.sandbox.bank_forms import FIELD, too_long, typed_values, unprintable
from webapp.sandbox.counter import FLAGS, Order
from webapp.sandbox.errors import AdminError
from webapp.sandbox.forms import OperationTemplate

BROWSER: Final = "browser"
NEARBY: Final = "nearby"
FLAG: Final = "flag."


@dataclass(frozen=True, slots=True)
class OrderForm:
    """As it was sent; `browser` is an activation's id, empty for whoever scans the picture."""

    template: OperationTemplate
    browser: str
    nearby: bool
    flags: str
    values: Mapping[str, str] = field(repr=False)

    @classmethod
    def offered(cls, template: OperationTemplate, browser: str) -> "OrderForm":
        """What the page suggests."""
        return cls(template, browser, nearby=False, flags="B", values=template.parameters)

    @classmethod
    def read(cls, template: OperationTemplate) -> "OrderForm":
        return cls(
            template,
            browser=request.form.get(BROWSER, ""),
            nearby=NEARBY in request.form,
            flags="".join(flag for flag in FLAGS if FLAG + flag in request.form),
            values=typed_values(template),
        )

    def order(self, browsers: Sequence[Activation]) -> Order | dict[str, Any]:
        """What to hand out, or field → error. `browsers` are those that can be chosen."""
        browser = next((one for one in browsers if one.activation_id == self.browser), None)
        errors = self._problems_of_choice(browser) | unprintable(self.values) | too_long(self.values)
        if errors:
            return errors
        order = Order(
            self.template, words.form_of(self.template), self.values, self.flags, browser, self.nearby
        )
        return _problem(order) or order

    def _problems_of_choice(self, browser: Activation | None) -> dict[str, Any]:
        if self.browser and browser is None:
            return {BROWSER: words.NO_SUCH_BROWSER}
        if self.nearby and browser is None:
            return {NEARBY: words.NEARBY_FOR_NOBODY}
        return {}


def _problem(order: Order) -> dict[str, Any]:
    """Field → error, for the first value that the back office or every token would stumble over."""
    try:
        fits = order.fits()
    except OperationDataError as broken:
        name, text = words.BROKEN_VALUES[broken.rule]
        return {FIELD + name: text}
    except AdminError:
        return {FIELD + next(iter(order.values)): words.BAD_VALUES}
    longest = max(order.values, key=lambda name: len(order.values[name]))
    return {} if fits else {FIELD + longest: words.TOO_MUCH}

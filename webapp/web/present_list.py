"""An operation as one line of the list: enough to know which one it is, and what the bank warns of."""

from collections.abc import Iterator
from dataclasses import dataclass

from flask_babel.speaklater import LazyString

from webapp.mtoken.attributes import (
    OperationAttribute,
    OperationAttributeAlert,
    OperationAttributeAmount,
    OperationAttributeAmountConversion,
    OperationAttributePartyInfo,
)
from webapp.mtoken.operation import UserOperation
from webapp.web.present_levels import ALERTS


@dataclass(frozen=True, slots=True)
class LineAlert:
    """An alert of the operation: its level, the word for it, and what the bank says, perhaps nothing."""

    level: str
    word: LazyString
    title: str


@dataclass(frozen=True, slots=True)
class Line:
    """An operation in the list."""

    id: str
    title: str
    figure: str
    receiver: str
    seconds_left: int
    alerts: tuple[LineAlert, ...] = ()


def seconds_left(operation: UserOperation, now_ms: int) -> int:
    """Whole seconds until the operation expires by the server's clock; never below 0."""
    expires_ms = round(operation.operation_expires.timestamp() * 1000)
    return max(0, (expires_ms - now_ms) // 1000)


def line(operation: UserOperation, now_ms: int) -> Line:
    """The operation in the list: its title, the first amount, the first party, every alert."""
    attributes = operation.form_data.attributes
    figures = (figure for one in attributes for figure in _figures(one))
    receivers = (
        one.party_info.name
        for one in attributes
        if isinstance(one, OperationAttributePartyInfo) and one.party_info.name
    )
    return Line(
        operation.id,
        operation.form_data.title,
        next(figures, ""),
        next(receivers, ""),
        seconds_left(operation, now_ms),
        tuple(_alert(one) for one in attributes if isinstance(one, OperationAttributeAlert)),
    )


def _figures(attribute: OperationAttribute) -> Iterator[str]:
    match attribute:
        case OperationAttributeAmount():
            yield attribute.value_formatted
        case OperationAttributeAmountConversion():
            yield attribute.source.value_formatted
        case _:
            pass


def _alert(attribute: OperationAttributeAlert) -> LineAlert:
    # The label only describes the icon, so the others go first.
    level, word = ALERTS[attribute.alert_type]
    return LineAlert(level, word, attribute.title or attribute.message or attribute.label)

"""What an operation asks of the pages around it: buttons, and the screens before and after approval.

Source: mobile-token-api.md, sections 4.5 to 4.7.
"""

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar, NoReturn, TypeAlias

from webapp.mtoken.attributes import OperationAttribute


class FrozenObject(dict[str, "FrozenJson"]):
    """A JSON object that nobody can change; a `dict` all the same, so that it can be written again."""

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        raise TypeError("this object cannot be changed")

    __setitem__ = __delitem__ = __ior__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse


FrozenJson: TypeAlias = bool | int | Decimal | str | tuple["FrozenJson", ...] | FrozenObject | None
"""Any JSON, made read-only: arrays are tuples, fractions exact decimals."""


class PreApprovalScreenType(StrEnum):
    """What stands before the operation; `UNKNOWN` is shown as `INFO`."""

    WARNING = "WARNING"
    INFO = "INFO"
    QR_SCAN = "QR_SCAN"
    UNKNOWN = "UNKNOWN"


class ApprovalType(StrEnum):
    """The gesture that passes a screen."""

    SLIDER = "SLIDER"
    BUTTON = "BUTTON"


class DeclineType(StrEnum):
    """What declining a screen does: leave it, or reject the operation."""

    BACK = "BACK"
    REJECT = "REJECT"


class ControlsAxis(StrEnum):
    """How the two controls of a screen lie to each other."""

    HORIZONTAL = "HORIZONTAL"
    VERTICAL = "VERTICAL"


class ScreenElementType(StrEnum):
    """The parts of a screen."""

    LIST_ITEM = "LIST_ITEM"
    ALERT = "ALERT"
    BUTTON = "BUTTON"
    UNKNOWN = "UNKNOWN"


class ScreenElementStyle(StrEnum):
    """How a part of a screen looks."""

    INFO = "INFO"
    WARNING = "WARNING"
    DANGER = "DANGER"


class ScreenButtonAction(StrEnum):
    """What kind of target a button of a screen has."""

    LINK = "LINK"
    MAIL = "MAIL"
    PHONE = "PHONE"


@dataclass(frozen=True, slots=True)
class ScreenElement:
    """A part of a screen; the last three members belong to buttons."""

    type: ScreenElementType
    text: str
    id: str | None = None
    style: ScreenElementStyle | None = None
    icon: str | None = None
    href: str | None = None
    """As the server sent it: shown as text, opened on demand only, `https:`, `mailto:` and `tel:` only."""
    action: ScreenButtonAction | None = None
    rejects: bool = False
    """Pressing the button also rejects the operation."""


@dataclass(frozen=True, slots=True)
class DeclineControl:
    """The control that does not go on."""

    type: DeclineType | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class ApproveControl:
    """The control that goes on."""

    type: ApprovalType | None = None
    text: str | None = None
    counter: int | None = None
    """Seconds until it is enabled."""


@dataclass(frozen=True, slots=True)
class ScreenControls:
    """The two controls at the foot of a screen."""

    flip: bool | None = None
    axis: ControlsAxis | None = None
    decline: DeclineControl | None = None
    approve: ApproveControl | None = None


@dataclass(frozen=True, slots=True)
class PreApprovalScreen:
    """A screen to be passed before the operation is seen, each time.

    Servers know two forms of it. Both are read into this one, so `items` with `approval_type` and
    `elements` with `controls` always say the same; whoever shows a screen uses either pair.
    """

    type: PreApprovalScreenType
    heading: str
    message: str
    """Heading and message may be empty: then the site has words of its own."""
    items: tuple[str, ...] = ()
    approval_type: ApprovalType | None = None
    id: str | None = None
    back_button: bool | None = None
    image: str | None = None
    elements: tuple[ScreenElement, ...] = ()
    controls: ScreenControls | None = None


class PostApprovalScreenType(StrEnum):
    """What is shown after an approval that succeeded."""

    REVIEW = "REVIEW"
    REDIRECT = "MERCHANT_REDIRECT"
    GENERIC = "GENERIC"


@dataclass(frozen=True, slots=True)
class PostApprovalScreenReview:
    """What was approved, once more."""

    type: ClassVar[PostApprovalScreenType] = PostApprovalScreenType.REVIEW
    heading: str
    message: str
    attributes: tuple[OperationAttribute, ...] = ()


@dataclass(frozen=True, slots=True)
class PostApprovalScreenRedirect:
    """The way back to a shop. The address is as the server sent it and not to be trusted."""

    type: ClassVar[PostApprovalScreenType] = PostApprovalScreenType.REDIRECT
    heading: str
    message: str
    redirect_text: str
    redirect_url: str
    countdown: int = 0
    """Seconds until the page moves by itself; 0: it does not."""


@dataclass(frozen=True, slots=True)
class PostApprovalScreenGeneric:
    """Heading and message; the payload is for applications that know it. Unknown types are read so too."""

    type: ClassVar[PostApprovalScreenType] = PostApprovalScreenType.GENERIC
    heading: str
    message: str
    payload: FrozenObject | None = field(default=None, repr=False)


PostApprovalScreen = PostApprovalScreenReview | PostApprovalScreenRedirect | PostApprovalScreenGeneric


@dataclass(frozen=True, slots=True)
class UserOperationUIData:
    """Wishes of the server about the pages around an operation. Missing booleans behave as false."""

    flip_buttons: bool | None = None
    block_approval_on_call: bool | None = None
    pre_approval_screens: tuple[PreApprovalScreen, ...] = ()
    post_approval_screen: PostApprovalScreen | None = None
    templates: FrozenObject | None = field(default=None, repr=False)
    """Layout hints for one bank's own application; plain values, otherwise ignored."""

    @property
    def pre_approval_screen(self) -> PreApprovalScreen | None:
        """The first screen, for whoever shows a single one."""
        return self.pre_approval_screens[0] if self.pre_approval_screens else None

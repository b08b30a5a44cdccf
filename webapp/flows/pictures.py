"""The pictures that an operation names, fetched by this site: no page loads anything from another host.

The other host learns neither who looks nor from where. Only addresses that the bank itself put into one of
this visitor's operations are asked; so nobody can make the site fetch what they like.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from http import HTTPStatus

from webapp.errors import AssentError
from webapp.flows.errors import PictureProblem, PictureUnavailable
from webapp.flows.keepers import Reading
from webapp.flows.outcome import Action
from webapp.flows.raster import RasterType, read_raster
from webapp.flows.services import Services
from webapp.flows.visitor import Visitor
from webapp.flows.waiting import fetch
from webapp.mtoken.attributes import OperationAttributeImage, OperationAttributePartyInfo
from webapp.mtoken.errors import AnswerLost, NotSent
from webapp.mtoken.operation import UserOperation
from webapp.mtoken.public_address import AddressRefused
from webapp.mtoken.transport import HttpResponse, Request


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as its server sent it; the type is what its first bytes say."""

    content_type: RasterType
    content: bytes = field(repr=False)


def picture_addresses(operation: UserOperation) -> tuple[str, ...]:
    """The addresses that an operation names, each once, in order of appearance.

    A picture's number is its place here, counted from 0. The addresses are the server's own texts and
    not judged yet.
    """
    return tuple(dict.fromkeys(address for address in _named(operation) if address))


def fetch_picture(services: Services, visitor: Visitor, operation_id: str, number: int) -> Picture:
    """Fetch the picture with this number among `picture_addresses` of an operation as it is now.

    Raises:
        PictureUnavailable: the operation or the picture cannot be had, or is not as it must be.
        CustodyError: this browser has no activation that can be opened.
    """
    address = _address_of(services, visitor, operation_id, number)
    answer = _fetched(services, address)
    if answer.status != HTTPStatus.OK:
        raise PictureUnavailable(PictureProblem.STATUS)
    return Picture(read_raster(answer.body).type, answer.body)


def _named(operation: UserOperation) -> Iterator[str | None]:
    for attribute in operation.form_data.attributes:
        if isinstance(attribute, OperationAttributeImage):
            yield attribute.thumbnail_url
            yield attribute.original_url
        elif isinstance(attribute, OperationAttributePartyInfo):
            yield attribute.party_info.logo_url


def _address_of(services: Services, visitor: Visitor, operation_id: str, number: int) -> str:
    keeper = Reading(services.custody, visitor)
    mobile_token = services.upstream.mobile_token(keeper, visitor.languages)
    try:
        operation = fetch(services, mobile_token, operation_id, Action.APPROVE)
    except AssentError as error:
        raise PictureUnavailable(PictureProblem.OPERATION) from error
    addresses = picture_addresses(operation)
    if not 0 <= number < len(addresses):
        raise PictureUnavailable(PictureProblem.NUMBER)
    return addresses[number]


def _fetched(services: Services, address: str) -> HttpResponse:
    try:
        return services.pictures.send(Request("GET", address))
    except AddressRefused as error:
        raise PictureUnavailable(PictureProblem.ADDRESS) from error
    except NotSent as error:
        raise PictureUnavailable(PictureProblem.UNREACHABLE) from error
    except AnswerLost as error:
        raise PictureUnavailable(PictureProblem.LOST) from error

"""The tree of errors and the codes of the servers."""

from collections.abc import Iterator

import pytest

from webapp.errors import AssentError
from webapp.mtoken import errors
from webapp.mtoken.errors import MobileTokenError, NetworkError, PacCode, PacError, RefusedByServer
from webapp.mtoken.response import KnownRestApiError, Response, ResponseError


def leaves(family: type[AssentError]) -> Iterator[type[AssentError]]:
    for child in family.__subclasses__():
        yield from leaves(child) if child.__subclasses__() else (child,)


def test_every_leaf_names_a_text_and_is_in_the_picture():
    found = [leaf for leaf in leaves(MobileTokenError) if leaf.__module__ == errors.__name__]
    assert len(found) >= 7
    for leaf in found:
        assert leaf.message_key
        assert f"{leaf.__name__} " in errors.__doc__
        assert f" {leaf.message_key}\n" in errors.__doc__


@pytest.mark.parametrize("family", [MobileTokenError, NetworkError])
def test_families_are_never_raised(family):
    with pytest.raises(TypeError):
        family("x")


def test_errors_carry_facts():
    assert PacError(PacCode.OID).code is PacCode.OID
    assert str(RefusedByServer(401, "X")) == "HTTP 401 X"


def test_a_code_compares_equal_to_its_text():
    known = ResponseError.from_wire("OPERATION_EXPIRED", "late")
    assert known.code is KnownRestApiError.OPERATION_EXPIRED
    assert known.code == "OPERATION_EXPIRED"
    assert ResponseError.from_wire("BANK_SPECIFIC", "").code == "BANK_SPECIFIC"


def test_a_response_is_one_of_two():
    error = ResponseError("X")
    assert Response.ok(1) == Response("OK", 1, None)
    assert Response.error(error) == Response("ERROR", None, error)

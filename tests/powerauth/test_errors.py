"""The tree of errors: families are never raised, leaves name a text for people."""

from collections.abc import Iterator

import pytest

from webapp.errors import AssentError
from webapp.powerauth import errors
from webapp.powerauth.errors import PowerAuthError


def leaves(family: type[AssentError]) -> Iterator[type[AssentError]]:
    for child in family.__subclasses__():
        yield from leaves(child) if child.__subclasses__() else (child,)


def test_every_leaf_names_a_text_and_is_in_the_picture() -> None:
    found = list(leaves(PowerAuthError))
    assert len(found) >= 14
    for leaf in found:
        assert leaf.message_key
        assert leaf.__name__ in (errors.__doc__ or "")


@pytest.mark.parametrize("family", [AssentError, PowerAuthError])
def test_a_family_is_never_raised_itself(family: type[AssentError]) -> None:
    with pytest.raises(TypeError, match="raise one of its leaves"):
        family("note")

"""What the bank says about the person: claims under the names of OpenID Connect.

The bank decides which claims there are; one that is missing or of another type is None. All of it is
somebody's personal data and text from outside.

Source: powerauth.md, section 11 (user info).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LAST_S: Final = 253_402_300_799  # of the year 9999


@dataclass(frozen=True, slots=True)
class UserAddress:
    """A postal address, whole or in parts."""

    claims: Mapping[str, Any] = field(repr=False)

    @property
    def formatted(self) -> str | None:
        return _text(self.claims, "formatted")

    @property
    def street(self) -> str | None:
        return _text(self.claims, "street_address")

    @property
    def locality(self) -> str | None:
        return _text(self.claims, "locality")

    @property
    def region(self) -> str | None:
        return _text(self.claims, "region")

    @property
    def postal_code(self) -> str | None:
        return _text(self.claims, "postal_code")

    @property
    def country(self) -> str | None:
        return _text(self.claims, "country")


@dataclass(frozen=True, slots=True)
class UserInfo:
    """The claims, all of them in `claims`, the standard ones as properties."""

    claims: Mapping[str, Any] = field(repr=False)

    def text(self, name: str) -> str | None:
        """Any claim that is a text, such as `name`, `nickname`, `email`, `locale` or one of the bank's."""
        return _text(self.claims, name)

    @property
    def subject(self) -> str | None:
        """The person's identifier at the bank."""
        return self.text("sub")

    @property
    def name(self) -> str | None:
        return self.text("name")

    @property
    def given_name(self) -> str | None:
        return self.text("given_name")

    @property
    def family_name(self) -> str | None:
        return self.text("family_name")

    @property
    def email(self) -> str | None:
        return self.text("email")

    @property
    def is_email_verified(self) -> bool:
        return self.claims.get("email_verified") is True

    @property
    def phone_number(self) -> str | None:
        return self.text("phone_number")

    @property
    def is_phone_number_verified(self) -> bool:
        return self.claims.get("phone_number_verified") is True

    @property
    def birthdate(self) -> date | None:
        """None also where the bank gives the day without the year."""
        try:
            return date.fromisoformat(self.text("birthdate") or "")
        except ValueError:
            return None

    @property
    def address(self) -> UserAddress | None:
        value = self.claims.get("address")
        return UserAddress(value) if isinstance(value, dict) else None

    @property
    def updated_at(self) -> datetime | None:
        """When the bank last changed anything of this."""
        seconds = self.claims.get("updated_at")
        if type(seconds) is not int or not 0 <= seconds <= _LAST_S:
            return None
        return _EPOCH + timedelta(seconds=seconds)


def _text(claims: Mapping[str, Any], name: str) -> str | None:
    value = claims.get(name)
    return value if isinstance(value, str) else None

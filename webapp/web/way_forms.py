"""Forms of the other ways in. Nothing secret is ever put back into a page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Self

from webapp.flows.enrol import read_recovery
from webapp.flows.errors import PukMalformed
from webapp.flows.pin import KnowledgeRules
from webapp.flows.ways_in import CredentialField
from webapp.powerauth.errors import ActivationCodeError
from webapp.powerauth.identity import Identity
from webapp.web.forms import MAX_CODE_LENGTH, MAX_PIN_LENGTH, NewBrowser

MAX_CREDENTIAL_LENGTH: Final = 256

_MISSING: Final = "activation.credentials.missing"
_NO_CODE: Final = "activation.recovery.code"


def field_name(name: str) -> str:
    """The field of a form for this credential; no other field is called like this."""
    return f"credential-{name}"


@dataclass(frozen=True, slots=True)
class CredentialsForm:
    """What the bank's own check wants to know, as typed, and the new browser."""

    browser: NewBrowser = field(default_factory=NewBrowser)
    values: Mapping[str, str] = field(default_factory=dict, repr=False)
    errors: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def parse(
        cls, fields: Mapping[str, str], wanted: Sequence[CredentialField], rules: KnowledgeRules
    ) -> Self:
        values = {one.name: fields.get(field_name(one.name), "")[:MAX_CREDENTIAL_LENGTH] for one in wanted}
        missing = {field_name(name): _MISSING for name, value in values.items() if not value.strip()}
        browser = NewBrowser.parse(fields, rules)
        return cls(browser, values, {**missing, **browser.errors})

    def identity(self) -> Identity:
        return Identity.of_attributes(self.values)


@dataclass(frozen=True, slots=True)
class RecoveryForm:
    """A recovery code with its PUK, and the new browser; without an identity something is wrong with it."""

    browser: NewBrowser = field(default_factory=NewBrowser)
    identity: Identity | None = None
    errors: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def parse(cls, fields: Mapping[str, str], rules: KnowledgeRules) -> Self:
        browser = NewBrowser.parse(fields, rules)
        code, puk = fields.get("code", "")[:MAX_CODE_LENGTH], fields.get("puk", "")[:MAX_PIN_LENGTH]
        try:
            return cls(browser, read_recovery(code, puk), browser.errors)
        except ActivationCodeError:
            return cls(browser, None, {"code": _NO_CODE, **browser.errors})
        except PukMalformed as error:
            return cls(browser, None, {"puk": error.message_key, **browser.errors})

"""Forms of the steps that concern the activation itself. No PIN is ever put back into a page."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Self

from webapp.flows.errors import PinMalformed, PinMissing, PinUnchanged
from webapp.flows.pin import KnowledgeRules
from webapp.web.forms import MAX_SNAPSHOT_LENGTH, NewPin, typed_pin

_NOTE: Final = "note"


@dataclass(frozen=True, slots=True)
class Proof:
    """The note of the page that asked, and the PIN that somebody has, as it is computed with."""

    note: str = field(repr=False)
    pin: str = field(default="", repr=False)
    errors: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def parse(cls, fields: Mapping[str, str], rules: KnowledgeRules, name: str = "pin") -> Self:
        """Read the PIN from the field `name`."""
        note = fields.get(_NOTE, "")[:MAX_SNAPSHOT_LENGTH]
        try:
            return cls(note, rules.prove(typed_pin(fields, name)))
        except (PinMissing, PinMalformed) as error:
            return cls(note, errors={name: error.message_key})


@dataclass(frozen=True, slots=True)
class ChangePinForm:
    """The old PIN and the new one."""

    note: str = field(repr=False)
    old: str = field(repr=False)
    new: str = field(repr=False)
    errors: Mapping[str, str]

    @classmethod
    def parse(cls, fields: Mapping[str, str], rules: KnowledgeRules) -> Self:
        proof, chosen = Proof.parse(fields, rules, "old"), NewPin.parse(fields, rules)
        errors = {**proof.errors, **chosen.errors}
        if not errors and chosen.pin == proof.pin:
            errors = {"pin": PinUnchanged.message_key}
        return cls(proof.note, proof.pin, chosen.pin, errors)

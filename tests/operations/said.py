"""What of a document is meant for people, read from the document itself and not by the site's own reader."""

from collections.abc import Iterator
from typing import Any

from tests.operations.seen import squeezed
from webapp.web.present_passage import passage
from webapp.web.visible import visible

_READ = {
    "KEY_VALUE": ("value",),
    "NOTE": ("note",),
    "HEADING": (),
    "IMAGE": (),
    "ALERT": ("title", "message"),
    "PARTY_INFO": (),
    "AMOUNT": ("valueFormatted",),
    "AMOUNT_CONVERSION": ("sourceValueFormatted", "targetValueFormatted"),
}
_PARTY = ("name", "description", "websiteUrl")


def said_to_people(operation: Any) -> list[str]:
    """Every text of the form that the page has to show, as a page prints it."""
    form = operation.get("formData") if isinstance(operation, dict) else None
    texts = list(_form(form)) if isinstance(form, dict) else []
    return [printed for text in texts for printed in _printed(text)]


def _form(form: dict[str, Any]) -> Iterator[str]:
    for name in ("title", "message"):
        if isinstance(form.get(name), str):
            yield form[name]
    attributes = form.get("attributes")
    for attribute in attributes if isinstance(attributes, list) else [attributes]:
        yield from _attribute(attribute)


def _attribute(attribute: Any) -> Iterator[str]:
    if not isinstance(attribute, dict):
        yield from _leaves(attribute)
        return
    if isinstance(attribute.get("label"), str):
        yield attribute["label"]
    kind = attribute.get("type")
    if not isinstance(kind, str) or kind not in _READ:
        yield from _leaves(
            {name: value for name, value in attribute.items() if name not in {"type", "id", "label"}}
        )
        return
    for name in _READ[kind]:
        if isinstance(attribute.get(name), str):
            yield attribute[name]
    party = attribute.get("partyInfo")
    if kind == "PARTY_INFO" and isinstance(party, dict):
        yield from (party[name] for name in _PARTY if isinstance(party.get(name), str))


def _leaves(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            for inner in value.values():
                yield from _leaves(inner)
        case list():
            for inner in value:
                yield from _leaves(inner)
        case _:
            pass


def _printed(text: str) -> Iterator[str]:
    """The text between its floods of empty lines, as a browser shows it."""
    # What was cut in the middle of a character cannot be shown, but that something was there can.
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    for piece in passage(whole).whole:
        shown = squeezed(str(visible(piece.text).striptags()))
        if shown:
            yield shown

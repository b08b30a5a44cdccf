"""The back office, /rest/v3: what an application is configured with, and signatures by device keys.

Source: powerauth.md, sections 3.4 and 9; `configuration.py` says which keys mean something here.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from webapp.powerauth import ecc
from webapp.powerauth.encoding import from_base64
from webapp.powerauth.errors import EncodingError, SignatureInvalid
from webapp.sandbox import applications, configuration, oidc
from webapp.sandbox.admin import stored_activation
from webapp.sandbox.errors import malformed
from webapp.sandbox.members import Members
from webapp.sandbox.surroundings import Json, Surroundings

_MOST_VALUES: Final = 1000
_LONGEST_CONTENT: Final = 100_000
_READERS: Final[Mapping[str, Callable[[Members], object]]] = {
    configuration.CUSTOMERS: configuration.read_customer,
    configuration.OIDC_PROVIDERS: oidc.read_provider,
}


def config_create(surroundings: Surroundings, asked: Members) -> Json:
    """Put objects under a key, in place of what was there."""
    application_id, key = asked.text("applicationId"), asked.text("key")
    content = _objects(asked.values.get("values"))
    reader = _READERS.get(key)
    for value in content:
        if reader is not None:
            reader(Members.of(value, malformed))
    with surroundings.store.write() as transaction:
        applications.application(transaction, application_id)
        configuration.configure(transaction, application_id, key, content)
    return {"applicationId": application_id, "key": key, "values": content}


def config_detail(surroundings: Surroundings, asked: Members) -> Json:
    application_id = asked.text("applicationId")
    with surroundings.store.read() as transaction:
        applications.application(transaction, application_id)
        found = configuration.everything(transaction, application_id)
    configured = [{"key": key, "values": content} for key, content in found.items()]
    return {"applicationId": application_id, "applicationConfigs": configured}


def config_remove(surroundings: Surroundings, asked: Members) -> Json:
    application_id, key = asked.text("applicationId"), asked.text("key")
    with surroundings.store.write() as transaction:
        applications.application(transaction, application_id)
        configuration.unconfigure(transaction, application_id, key)
    return {"applicationId": application_id, "key": key}


def ecdsa_verify(surroundings: Surroundings, asked: Members) -> Json:
    """Whether `data` (Base64) was signed by the device key of an activation; `signature` is Base64 of DER."""
    try:
        signed = from_base64(asked.text("data", longest=_LONGEST_CONTENT))
        signature = from_base64(asked.text("signature"))
    except EncodingError as error:
        raise malformed("data and signature are Base64") from error
    with surroundings.store.read() as transaction:
        activation = stored_activation(transaction, asked)
    if activation.device_public is None:
        return {"signatureValid": False}
    try:
        ecc.verify(ecc.read_public(activation.device_public), signed, signature)
    except SignatureInvalid:
        return {"signatureValid": False}
    return {"signatureValid": True}


def _objects(found: object) -> list[Any]:
    if not isinstance(found, list) or len(found) > _MOST_VALUES:
        raise malformed(f"values is not an array of at most {_MOST_VALUES} objects")
    if not all(isinstance(value, dict) for value in found):
        raise malformed("values holds something that is not an object")
    return found

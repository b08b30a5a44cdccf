"""Applications, their master keys and their versions.

Source: powerauth.md, sections 1.1 and 14; sandbox-admin.md.
"""

from dataclasses import dataclass, field

from webapp.powerauth import ecc
from webapp.powerauth.encoding import to_base64
from webapp.powerauth.sdk_configuration import SdkConfiguration
from webapp.sandbox.errors import AdminError, ProtocolError
from webapp.sandbox.store import Transaction, save
from webapp.sandbox.surroundings import Surroundings


@dataclass(frozen=True, slots=True)
class Application:
    """An application and the private half of its master key, 32 bytes."""

    id: str
    master_private: bytes = field(repr=False)
    created_ms: int

    def private_key(self) -> ecc.PrivateKey:
        return ecc.read_private(self.master_private)

    def master_public_key(self) -> bytes:
        """65 bytes."""
        return ecc.point(self.private_key().public_key())


@dataclass(frozen=True, slots=True)
class ApplicationVersion:
    """A key and a secret, Base64 of 16 bytes each, that clients of one version carry."""

    application_id: str
    id: str
    application_key: str
    application_secret: str = field(repr=False)
    supported: bool


def create_application(
    surroundings: Surroundings, transaction: Transaction, application_id: str
) -> Application:
    """A new application with its own master key and a version "default".

    Raises:
        AdminError: ERR0043, the name is taken.
    """
    if find_application(transaction, application_id) is not None:
        raise AdminError("ERR0043", "Application already exists.")
    private = ecc.scalar(ecc.generate(surroundings.random))
    application = Application(application_id, private, surroundings.clock.now_ms())
    save(transaction, "application", application)
    create_version(surroundings, transaction, application_id, "default")
    return application


def create_version(
    surroundings: Surroundings, transaction: Transaction, application_id: str, version_id: str
) -> ApplicationVersion:
    """A new version with its own key and secret.

    Raises:
        AdminError: ERR0015 no such application, ERR0024 the version exists.
    """
    application(transaction, application_id)
    if any(version.id == version_id for version in versions(transaction, application_id)):
        raise AdminError("ERR0024", "Application version already exists.")
    version = ApplicationVersion(
        application_id,
        version_id,
        to_base64(surroundings.random(16)),
        to_base64(surroundings.random(16)),
        supported=True,
    )
    transaction.execute(
        "INSERT INTO application_version (application_id, id, application_key, application_secret, supported)"
        " VALUES (?, ?, ?, ?, 1)",
        (application_id, version_id, version.application_key, version.application_secret),
    )
    return version


def set_supported(transaction: Transaction, application_id: str, version_id: str, *, supported: bool) -> None:
    """Whether clients of a version are served.

    Raises:
        AdminError: ERR0015, no such application or version.
    """
    changed = transaction.execute(
        "UPDATE application_version SET supported = ? WHERE application_id = ? AND id = ?",
        (int(supported), application_id, version_id),
    )
    if not changed.rowcount:
        raise AdminError("ERR0015", "No such application version.")


def application_ids(transaction: Transaction) -> list[str]:
    return [row["id"] for row in transaction.execute("SELECT id FROM application ORDER BY created_ms, id")]


def find_application(transaction: Transaction, application_id: str) -> Application | None:
    row = transaction.execute("SELECT * FROM application WHERE id = ?", (application_id,)).fetchone()
    return None if row is None else Application(**dict(row))


def application(transaction: Transaction, application_id: str) -> Application:
    """The application of this name.

    Raises:
        AdminError: ERR0015, there is none.
    """
    found = find_application(transaction, application_id)
    if found is None:
        raise AdminError("ERR0015", "No such application.")
    return found


def versions(transaction: Transaction, application_id: str) -> list[ApplicationVersion]:
    """In the order of their creation."""
    rows = transaction.execute(
        "SELECT * FROM application_version WHERE application_id = ? ORDER BY rowid", (application_id,)
    )
    return [_version(dict(row)) for row in rows]


def supported_version(transaction: Transaction, application_key: str) -> ApplicationVersion:
    """The version that carries this key.

    Raises:
        ProtocolError: unknown or not supported.
    """
    row = transaction.execute(
        "SELECT * FROM application_version WHERE application_key = ?", (application_key,)
    ).fetchone()
    if row is None or not row["supported"]:
        raise ProtocolError("application version unknown or not supported")
    return _version(dict(row))


def sdk_configuration(master_public_key: bytes, version: ApplicationVersion) -> str:
    """The mobile SDK configuration string of a version."""
    return SdkConfiguration(
        version.application_key, version.application_secret, master_public_key
    ).serialise()


def _version(row: dict[str, object]) -> ApplicationVersion:
    return ApplicationVersion(**{**row, "supported": bool(row["supported"])})  # type: ignore[arg-type]

"""The tables, as the newest migration leaves them; a test compares the two."""

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, LargeBinary, MetaData, String, Table

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
    }
)


def _record_id(*, primary_key: bool = False, index: bool = False) -> Column[str]:
    """With a record goes everything that belongs to it."""
    return Column(
        "record_id",
        String(22),
        ForeignKey("activations.id", ondelete="CASCADE"),
        primary_key=primary_key,
        index=index,
        nullable=False,
    )


activations = Table(
    "activations",
    metadata,
    Column("id", String(22), primary_key=True),
    Column("revision", BigInteger, nullable=False),
    Column("sealed_state", LargeBinary, nullable=False),
)

browsers = Table(
    "browsers",
    metadata,
    Column("sid_hash", LargeBinary(32), primary_key=True),
    _record_id(index=True),
    Column("expires_at_ms", BigInteger, nullable=False, index=True),
    Column("wrap", LargeBinary, nullable=False),
)

lookups = Table(
    "lookups",
    metadata,
    _record_id(primary_key=True),
    Column("tag", LargeBinary(32), nullable=False, index=True),
)

leases = Table(
    "leases",
    metadata,
    _record_id(primary_key=True),
    Column("holder", String(22), nullable=False),
    Column("expires_at_ms", BigInteger, nullable=False),
)

receipts = Table(
    "receipts",
    metadata,
    _record_id(primary_key=True),
    Column("ordinal", Integer, primary_key=True, autoincrement=False),
    Column("form_tag", LargeBinary(32), nullable=False),
    Column("operation_tag", LargeBinary(32), nullable=False),
    Column("kept_at_ms", BigInteger, nullable=False, index=True),
    Column("sealed_content", LargeBinary, nullable=False),
)

tries = Table(
    "tries",
    metadata,
    Column("tag", LargeBinary(32), primary_key=True),
    Column("full_at_ms", BigInteger, nullable=False, index=True),
)

# No foreign key: the trail stays when the activation is erased.
audit_entries = Table(
    "audit_entries",
    metadata,
    Column("chain", String(22), primary_key=True),
    Column("ordinal", Integer, primary_key=True, autoincrement=False),
    Column("sealed_content", LargeBinary, nullable=False),
    Column("link", LargeBinary(32), nullable=False),
)

audit_heads = Table(
    "audit_heads",
    metadata,
    Column("chain", String(22), primary_key=True),
    Column("ordinal", Integer, nullable=False),
    Column("link", LargeBinary(32), nullable=False),
    Column("key_id", String(32), nullable=False),
    Column("mark", LargeBinary(32), nullable=False),
)

"""Activations at rest, the browsers that open them, leases and receipts."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "activations",
        sa.Column("id", sa.String(22), nullable=False),
        sa.Column("revision", sa.BigInteger, nullable=False),
        sa.Column("sealed_state", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_activations"),
    )
    op.create_table(
        "browsers",
        sa.Column("sid_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("record_id", sa.String(22), nullable=False),
        sa.Column("expires_at_ms", sa.BigInteger, nullable=False),
        sa.Column("wrap", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("sid_hash", name="pk_browsers"),
        _belongs_to_record("browsers"),
    )
    op.create_index("ix_browsers_record_id", "browsers", ["record_id"])
    op.create_table(
        "leases",
        sa.Column("record_id", sa.String(22), nullable=False),
        sa.Column("holder", sa.String(22), nullable=False),
        sa.Column("expires_at_ms", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("record_id", name="pk_leases"),
        _belongs_to_record("leases"),
    )
    op.create_table(
        "receipts",
        sa.Column("record_id", sa.String(22), nullable=False),
        sa.Column("ordinal", sa.Integer, nullable=False),
        sa.Column("form_tag", sa.LargeBinary(32), nullable=False),
        sa.Column("operation_tag", sa.LargeBinary(32), nullable=False),
        sa.Column("kept_at_ms", sa.BigInteger, nullable=False),
        sa.Column("sealed_content", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("record_id", "ordinal", name="pk_receipts"),
        _belongs_to_record("receipts"),
    )
    op.create_index("ix_receipts_kept_at_ms", "receipts", ["kept_at_ms"])


def downgrade() -> None:
    for table in ("receipts", "leases", "browsers", "activations"):
        op.drop_table(table)


def _belongs_to_record(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["record_id"], ["activations.id"], name=f"fk_{table}_record_id", ondelete="CASCADE"
    )

"""The audit trail: entries in chains, and where each chain ends."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_entries",
        sa.Column("chain", sa.String(22), nullable=False),
        sa.Column("ordinal", sa.Integer, nullable=False),
        sa.Column("sealed_content", sa.LargeBinary, nullable=False),
        sa.Column("link", sa.LargeBinary(32), nullable=False),
        sa.PrimaryKeyConstraint("chain", "ordinal", name="pk_audit_entries"),
    )
    op.create_table(
        "audit_heads",
        sa.Column("chain", sa.String(22), nullable=False),
        sa.Column("ordinal", sa.Integer, nullable=False),
        sa.Column("link", sa.LargeBinary(32), nullable=False),
        sa.Column("key_id", sa.String(32), nullable=False),
        sa.Column("mark", sa.LargeBinary(32), nullable=False),
        sa.PrimaryKeyConstraint("chain", name="pk_audit_heads"),
    )


def downgrade() -> None:
    for table in ("audit_heads", "audit_entries"):
        op.drop_table(table)

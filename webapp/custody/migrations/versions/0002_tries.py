"""How many tries at secrets are left, by keyed hashes."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "tries",
        sa.Column("tag", sa.LargeBinary(32), nullable=False),
        sa.Column("full_at_ms", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("tag", name="pk_tries"),
    )
    op.create_index("ix_tries_full_at_ms", "tries", ["full_at_ms"])


def downgrade() -> None:
    op.drop_table("tries")

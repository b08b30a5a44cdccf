"""Tags by which the records of an activation are found, by whoever knows its id and a server key."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "lookups",
        sa.Column("record_id", sa.String(22), nullable=False),
        sa.Column("tag", sa.LargeBinary(32), nullable=False),
        sa.PrimaryKeyConstraint("record_id", name="pk_lookups"),
        sa.ForeignKeyConstraint(
            ["record_id"], ["activations.id"], name="fk_lookups_record_id", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_lookups_tag", "lookups", ["tag"])
    op.create_index("ix_browsers_expires_at_ms", "browsers", ["expires_at_ms"])


def downgrade() -> None:
    op.drop_index("ix_browsers_expires_at_ms", "browsers")
    op.drop_table("lookups")

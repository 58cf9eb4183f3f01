"""Each agent's part of a conversation, and the time on hold."""

import sqlalchemy as sa
from alembic import op

from db.tables import Moment

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

SECONDS = ("hold_seconds", "between_seconds")


def upgrade() -> None:
    """Add the table and the columns; calls of before had no hold."""
    op.create_table(
        "talks",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("call", sa.Text, nullable=False),
        sa.Column("agent", sa.Text),
        sa.Column("outside", sa.Text),
        sa.Column("began_at", Moment, nullable=False),
        sa.Column("ended_at", Moment),
        sa.Column("hold_seconds", sa.Float, nullable=False),
        sa.Column("ended_by", sa.Text),
        sa.PrimaryKeyConstraint("id", name="talks_pkey"),
    )
    op.create_index("talks_call_idx", "talks", ["call"])
    op.create_index("talks_agent_began_at_idx", "talks", ["agent", "began_at"])
    for name in SECONDS:
        op.add_column("calls", sa.Column(name, sa.Float, nullable=False, server_default="0"))


def downgrade() -> None:
    """Drop them."""
    with op.batch_alter_table("calls") as table:
        for name in SECONDS:
            table.drop_column(name)
    op.drop_table("talks")

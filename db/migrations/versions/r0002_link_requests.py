"""Links that callers asked for."""

import sqlalchemy as sa
from alembic import op

from db.tables import Moment

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "link_requests",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("number", sa.Text, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("article", sa.Text, nullable=False),
        sa.Column("asked_at", Moment, nullable=False),
        sa.Column("asked_in", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("sent_at", Moment),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="link_requests_pkey"),
    )
    op.create_index("link_requests_state_asked_at_idx", "link_requests", ["state", "asked_at"])


def downgrade() -> None:
    """Drop it with its rows."""
    op.drop_table("link_requests")

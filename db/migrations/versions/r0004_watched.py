"""The times in which nothing could be missed."""

import sqlalchemy as sa
from alembic import op

from db.tables import Moment

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table; of the time before nothing is known."""
    op.create_table(
        "watched",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("since", Moment, nullable=False),
        sa.Column("until", Moment, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="watched_pkey"),
    )
    op.create_index("watched_until_idx", "watched", ["until"])


def downgrade() -> None:
    """Drop it with its rows."""
    op.drop_table("watched")

"""The window of a promise, how its attempt goes, who took it over, and whose attempt it is."""

import sqlalchemy as sa
from alembic import op

from db.tables import Moment

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

MOMENTS = ("promised_from", "first_attempt_at", "rang_at", "talked_at", "lease_until")
TEXTS = ("assigned_to", "holder")
COUNTS = ("refusals", "fence")


def upgrade() -> None:
    """Add the columns; promises of before have none of it."""
    for name in MOMENTS:
        op.add_column("callbacks", sa.Column(name, Moment))
    for name in TEXTS:
        op.add_column("callbacks", sa.Column(name, sa.Text))
    for name in COUNTS:
        op.add_column("callbacks", sa.Column(name, sa.Integer, nullable=False, server_default="0"))
    # The channels of an attempt under way were named after its version; they are named after its fence now.
    op.execute("UPDATE callbacks SET fence = version WHERE state = 'in_progress'")


def downgrade() -> None:
    """Drop them."""
    with op.batch_alter_table("callbacks") as table:
        for name in (*MOMENTS, *TEXTS, *COUNTS):
            table.drop_column(name)

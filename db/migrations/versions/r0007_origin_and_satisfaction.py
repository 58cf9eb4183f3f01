"""Why a person is called back, and how satisfied a caller was."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; whoever was promised a call so far had asked for it."""
    op.add_column("calls", sa.Column("satisfaction", sa.Text))
    op.add_column("callbacks", sa.Column("origin", sa.Text, nullable=False, server_default="asked"))


def downgrade() -> None:
    """Drop them with what they hold."""
    op.drop_column("callbacks", "origin")
    op.drop_column("calls", "satisfaction")

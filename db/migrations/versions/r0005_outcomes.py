"""What became of a conversation, and the telephone at which an agent sits."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns."""
    op.add_column("calls", sa.Column("outcome", sa.Text))
    op.add_column("agent_changes", sa.Column("telephone", sa.Text))


def downgrade() -> None:
    """Drop them with what they hold."""
    op.drop_column("agent_changes", "telephone")
    op.drop_column("calls", "outcome")

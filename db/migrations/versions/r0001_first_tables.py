"""Calls, their traces, agents' changes and callbacks."""

import sqlalchemy as sa
from alembic import op

from db.tables import Moment

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the first tables."""
    op.create_table(
        "calls",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("direction", sa.Text, nullable=False),
        sa.Column("caller", sa.Text),
        sa.Column("dialled", sa.Text, nullable=False),
        sa.Column("started_at", Moment, nullable=False),
        sa.Column("language", sa.Text),
        sa.Column("subject", sa.Text),
        sa.Column("agent", sa.Text),
        sa.Column("answered_at", Moment),
        sa.Column("queued_at", Moment),
        sa.Column("connected_at", Moment),
        sa.Column("talk_ended_at", Moment),
        sa.Column("ended_at", Moment),
        sa.Column("ending", sa.Text),
        sa.Column("callback", sa.Text),
        sa.Column("recovered", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("id", name="calls_pkey"),
    )
    op.create_index("calls_started_at_idx", "calls", ["started_at"])
    op.create_index("calls_caller_started_at_idx", "calls", ["caller", "started_at"])
    op.create_index("calls_ended_at_idx", "calls", ["ended_at"])
    op.create_table(
        "trace_lines",
        sa.Column("call", sa.Text, nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("what", sa.Text, nullable=False),
        sa.Column("facts", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("call", "seq", name="trace_lines_pkey"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "agent_changes",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("agent", sa.Text, nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="agent_changes_pkey"),
    )
    op.create_index("agent_changes_agent_at_idx", "agent_changes", ["agent", "at"])
    op.create_table(
        "callbacks",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("number", sa.Text, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("asked_at", Moment, nullable=False),
        sa.Column("not_before", Moment, nullable=False),
        sa.Column("promised_until", Moment),
        sa.Column("asked_in", sa.Text),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("last_result", sa.Text),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="callbacks_pkey"),
    )
    op.create_index("callbacks_state_not_before_idx", "callbacks", ["state", "not_before"])


def downgrade() -> None:
    """Drop them."""
    for table in ("callbacks", "agent_changes", "trace_lines", "calls"):
        op.drop_table(table)

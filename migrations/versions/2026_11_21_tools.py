"""Tools: how agents use them, what they are connected to."""

import sqlalchemy as sa
from alembic import op

revision = "5b90c3e1f7d2"
down_revision = "e84b2c9d7f03"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "agent_tool",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("organization_id", sa.String(), nullable=False),
        sa.Column("agent_id", sa.String(), nullable=False),
        sa.Column("tool", sa.String(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("config", sa.JSON(), nullable=False),
        sa.Column("secrets", sa.String(), nullable=False),
        sa.Column("switched_off", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["organization_id", "agent_id"], ["agent.organization_id", "agent.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("agent_id", "tool"),
        sa.UniqueConstraint("organization_id", "id"),
    )
    op.create_table(
        "tool_token",
        sa.Column("agent_tool_id", sa.String(), nullable=False),
        sa.Column("organization_id", sa.String(), nullable=False),
        sa.Column("access", sa.String(), nullable=False),
        sa.Column("refresh", sa.String(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("revoked", sa.Boolean(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "agent_tool_id"], ["agent_tool.organization_id", "agent_tool.id"]
        ),
        sa.PrimaryKeyConstraint("agent_tool_id"),
    )
    op.create_table(
        "tool_state",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("organization_id", sa.String(), nullable=False),
        sa.Column("agent_tool_id", sa.String(), nullable=False),
        sa.Column("verifier", sa.String(), nullable=False),
        sa.Column("redirect", sa.String(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "agent_tool_id"], ["agent_tool.organization_id", "agent_tool.id"]
        ),
        sa.PrimaryKeyConstraint("digest"),
    )
    for table in ("agent_tool", "tool_token", "tool_state"):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.create_index(
                batch_op.f(f"ix_{table}_organization_id"), ["organization_id"], unique=False
            )


def downgrade() -> None:
    for table in ("tool_state", "tool_token", "agent_tool"):
        op.drop_table(table)

"""Tools in code, as the versions of this server brought them."""

import sqlalchemy as sa
from alembic import op

revision = "e2914ab7d06c"
down_revision = "a3f6c08d52b1"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "platform_tool",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("auth", sa.String(), nullable=False),
        sa.Column("config_schema", sa.JSON(), nullable=False),
        sa.Column("functions", sa.JSON(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )


def downgrade() -> None:
    op.drop_table("platform_tool")

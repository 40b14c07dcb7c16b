"""Tools whose functions a service lists: what it listed."""

import sqlalchemy as sa
from alembic import op

revision = "a3f6c08d52b1"
down_revision = "c41d7e90b2a6"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("agent_tool", schema=None) as batch_op:
        batch_op.add_column(sa.Column("offered", sa.JSON(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("agent_tool", schema=None) as batch_op:
        batch_op.drop_column("offered")

"""What language models took of a turn."""

import sqlalchemy as sa
from alembic import op

revision = "c41d7e90b2a6"
down_revision = "5b90c3e1f7d2"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("turn", schema=None) as batch_op:
        batch_op.add_column(sa.Column("model", sa.String(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("read", sa.BigInteger(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("written", sa.BigInteger(), nullable=False, server_default="0"))


def downgrade() -> None:
    with op.batch_alter_table("turn", schema=None) as batch_op:
        batch_op.drop_column("written")
        batch_op.drop_column("read")
        batch_op.drop_column("model")

"""Which trunk calls out go by when nobody says."""

import sqlalchemy as sa
from alembic import op

revision = "e84b2c9d7f03"
down_revision = "b6e07a53f1d8"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("trunk", schema=None) as batch_op:
        batch_op.add_column(sa.Column("chosen_at", sa.BigInteger(), nullable=False, server_default="0"))


def downgrade() -> None:
    with op.batch_alter_table("trunk", schema=None) as batch_op:
        batch_op.drop_column("chosen_at")

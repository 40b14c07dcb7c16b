"""How agents hear and speak."""

import sqlalchemy as sa
from alembic import op

revision = "b6e07a53f1d8"
down_revision = "d31f0b7c5e94"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("agent", "release"):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.add_column(sa.Column("speech", sa.String(), nullable=False, server_default="{}"))


def downgrade() -> None:
    for table in ("release", "agent"):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_column("speech")

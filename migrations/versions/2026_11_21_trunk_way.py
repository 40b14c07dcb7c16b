"""Which way the calls of a trunk go: by our own edge, or by LiveKit SIP."""

import sqlalchemy as sa
from alembic import op

revision = "7a1d4c09e6b2"
down_revision = "4fcc873242e0"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("trunk", schema=None) as batch_op:
        batch_op.add_column(sa.Column("way", sa.String(), nullable=False, server_default="edge"))


def downgrade() -> None:
    with op.batch_alter_table("trunk", schema=None) as batch_op:
        batch_op.drop_column("way")

"""What turns took."""

import sqlalchemy as sa
from alembic import op

revision = "9c2f61d0a85e"
down_revision = "7a1d4c09e6b2"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "turn",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("organization_id", sa.String(), nullable=False),
        sa.Column("session_id", sa.String(), nullable=False),
        sa.Column("modality", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("transcript", sa.BigInteger(), nullable=True),
        sa.Column("decision", sa.BigInteger(), nullable=True),
        sa.Column("audio", sa.BigInteger(), nullable=True),
        sa.Column("stt", sa.String(), nullable=False),
        sa.Column("tts", sa.String(), nullable=False),
        sa.Column("prepared", sa.Boolean(), nullable=False),
        sa.Column("barged_in", sa.Boolean(), nullable=False),
        sa.Column("heard_ms", sa.BigInteger(), nullable=False),
        sa.Column("characters", sa.BigInteger(), nullable=False),
        sa.Column("cost_micros", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "session_id"],
            ["session.organization_id", "session.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("turn", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_turn_organization_id"), ["organization_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_turn_session_id"), ["session_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("turn", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_turn_session_id"))
        batch_op.drop_index(batch_op.f("ix_turn_organization_id"))

    op.drop_table("turn")

"""Knowledge: bases, sources, chunks and their words, snapshots."""

import sqlalchemy as sa
from alembic import op

revision = "d31f0b7c5e94"
down_revision = "9c2f61d0a85e"
branch_labels = None
depends_on = None

# The index holds no text of its own; what it is told when a chunk goes must be what it was told when it came.
WORDS = """
CREATE VIRTUAL TABLE knowledge_words USING fts5(
    base_id, title, headings, text,
    content='knowledge_chunk', content_rowid='id', tokenize='porter unicode61 remove_diacritics 2'
)
"""
CAME = """
CREATE TRIGGER knowledge_chunk_came AFTER INSERT ON knowledge_chunk BEGIN
    INSERT INTO knowledge_words(rowid, base_id, title, headings, text)
    VALUES (new.id, new.base_id, new.title, new.headings, new.text);
END
"""
WENT = """
CREATE TRIGGER knowledge_chunk_went AFTER DELETE ON knowledge_chunk BEGIN
    INSERT INTO knowledge_words(knowledge_words, rowid, base_id, title, headings, text)
    VALUES ('delete', old.id, old.base_id, old.title, old.headings, old.text);
END
"""


def upgrade() -> None:
    op.create_table(
        "knowledge_base",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("organization_id", sa.String(), nullable=False),
        sa.Column("agent_id", sa.String(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "agent_id"],
            ["agent.organization_id", "agent.id"],
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("agent_id"),
        sa.UniqueConstraint("organization_id", "id"),
    )
    with op.batch_alter_table("knowledge_base", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_knowledge_base_organization_id"), ["organization_id"], unique=False
        )

    op.create_table(
        "knowledge_chunk",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("organization_id", sa.String(), nullable=False),
        sa.Column("base_id", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("headings", sa.JSON(), nullable=False),
        sa.Column("page", sa.BigInteger(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "base_id"],
            ["knowledge_base.organization_id", "knowledge_base.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("base_id", "digest"),
        sa.UniqueConstraint("organization_id", "id"),
    )
    with op.batch_alter_table("knowledge_chunk", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_knowledge_chunk_base_id"), ["base_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_knowledge_chunk_organization_id"), ["organization_id"], unique=False
        )

    op.create_table(
        "knowledge_snapshot",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("organization_id", sa.String(), nullable=False),
        sa.Column("base_id", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("chunks", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "base_id"],
            ["knowledge_base.organization_id", "knowledge_base.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("base_id", "digest"),
        sa.UniqueConstraint("organization_id", "id"),
    )
    with op.batch_alter_table("knowledge_snapshot", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_knowledge_snapshot_base_id"), ["base_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_knowledge_snapshot_organization_id"), ["organization_id"], unique=False
        )

    op.create_table(
        "knowledge_source",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("organization_id", sa.String(), nullable=False),
        sa.Column("base_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("progress", sa.BigInteger(), nullable=False),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("problem", sa.String(), nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("chunks", sa.BigInteger(), nullable=False),
        sa.Column("next_at", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "base_id"],
            ["knowledge_base.organization_id", "knowledge_base.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("organization_id", "id"),
    )
    with op.batch_alter_table("knowledge_source", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_knowledge_source_base_id"), ["base_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_knowledge_source_organization_id"), ["organization_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_knowledge_source_state"), ["state"], unique=False)

    op.create_table(
        "knowledge_part",
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("organization_id", sa.String(), nullable=False),
        sa.Column("base_id", sa.String(), nullable=False),
        sa.Column("chunk_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "chunk_id"],
            ["knowledge_chunk.organization_id", "knowledge_chunk.id"],
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "source_id"],
            ["knowledge_source.organization_id", "knowledge_source.id"],
        ),
        sa.PrimaryKeyConstraint("source_id", "position"),
    )
    with op.batch_alter_table("knowledge_part", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_knowledge_part_base_id"), ["base_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_knowledge_part_chunk_id"), ["chunk_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_knowledge_part_organization_id"), ["organization_id"], unique=False
        )
    op.create_table(
        "knowledge_pin",
        sa.Column("release_id", sa.String(), nullable=False),
        sa.Column("snapshot_id", sa.String(), nullable=False),
        sa.Column("organization_id", sa.String(), nullable=False),
        sa.Column("base_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("own", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "release_id"],
            ["release.organization_id", "release.id"],
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "snapshot_id"],
            ["knowledge_snapshot.organization_id", "knowledge_snapshot.id"],
        ),
        sa.PrimaryKeyConstraint("release_id", "snapshot_id"),
    )
    with op.batch_alter_table("knowledge_pin", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_knowledge_pin_organization_id"), ["organization_id"], unique=False
        )

    if op.get_bind().dialect.name == "sqlite":
        for statement in (WORDS, CAME, WENT):
            op.execute(statement)


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER knowledge_chunk_went")
        op.execute("DROP TRIGGER knowledge_chunk_came")
        op.execute("DROP TABLE knowledge_words")
    op.drop_table("knowledge_pin")
    op.drop_table("knowledge_part")
    op.drop_table("knowledge_source")
    op.drop_table("knowledge_snapshot")
    op.drop_table("knowledge_chunk")
    op.drop_table("knowledge_base")

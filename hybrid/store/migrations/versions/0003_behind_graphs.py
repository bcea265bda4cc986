"""What lies behind graphs: tables acted on, the ledger of effects, notes, threads, items, and artifacts to be kept.

Earlier programs made the first five by themselves when they first needed them; those are taken over as they are.

Revision ID: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

MOMENT = sa.DateTime(timezone=True)
INDEXES = (("graph_items", "expires_at"), ("graph_items", "updated_at"), ("graph_tables", "parent"), ("graph_threads", "updated_at"))


def tables() -> dict[str, tuple[sa.schema.SchemaItem, ...]]:
    """Return what each table consists of."""
    return {
        "graph_tables": (
            sa.Column("id", sa.String(200), nullable=False),
            sa.Column("scene", sa.JSON(), nullable=False),
            sa.Column("seed", sa.BigInteger(), nullable=False),
            sa.Column("parent", sa.String(200), nullable=True),
            sa.Column("parent_step", sa.Integer(), nullable=False),
            sa.Column("at", MOMENT, nullable=False),
            sa.PrimaryKeyConstraint("id", name="pk_graph_tables"),
        ),
        "graph_effects": (
            sa.Column("table", sa.String(200), nullable=False),
            sa.Column("step", sa.Integer(), nullable=False),
            sa.Column("key", sa.String(200), nullable=False),
            sa.Column("thread", sa.String(200), nullable=True),
            sa.Column("episode", sa.String(40), nullable=False),
            sa.Column("actions", sa.LargeBinary(), nullable=False),
            sa.Column("sensed", sa.LargeBinary(), nullable=True),
            sa.Column("intended_at", MOMENT, nullable=False),
            sa.Column("completed_at", MOMENT, nullable=True),
            sa.PrimaryKeyConstraint("table", "step", name="pk_graph_effects"),
        ),
        "graph_notes": (
            sa.Column("digest", sa.String(64), nullable=False),
            sa.Column("data", sa.LargeBinary(), nullable=False),
            sa.Column("at", MOMENT, nullable=False),
            sa.PrimaryKeyConstraint("digest", name="pk_graph_notes"),
        ),
        "graph_threads": (
            sa.Column("tenant", sa.String(40), nullable=False),
            sa.Column("id", sa.String(80), nullable=False),
            sa.Column("notes", sa.JSON(), nullable=False),
            sa.Column("created_at", MOMENT, nullable=False),
            sa.Column("updated_at", MOMENT, nullable=False),
            sa.PrimaryKeyConstraint("tenant", "id", name="pk_graph_threads"),
        ),
        "graph_items": (
            sa.Column("namespace", sa.String(400), nullable=False),
            sa.Column("key", sa.String(400), nullable=False),
            sa.Column("value", sa.JSON(), nullable=False),
            sa.Column("embedding", sa.LargeBinary(), nullable=True),
            sa.Column("created_at", MOMENT, nullable=False),
            sa.Column("updated_at", MOMENT, nullable=False),
            sa.Column("expires_at", MOMENT, nullable=True),
            sa.Column("minutes", sa.Double(), nullable=True),
            sa.PrimaryKeyConstraint("namespace", "key", name="pk_graph_items"),
        ),
    }  # fmt: skip


def upgrade() -> None:
    """Make the tables behind graphs, or take over those that are there."""
    there = set(sa.inspect(op.get_bind()).get_table_names())
    if "graph_version" in there:
        op.drop_table("graph_version")
    for name, parts in tables().items():
        if name not in there:
            op.create_table(name, *parts)
    for table, column in INDEXES:
        if table not in there:
            op.create_index(f"ix_{table}_{column}", table, [column])
    op.create_table(
        "graph_artifacts",
        sa.Column("number", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("tenant", sa.String(40), nullable=False),
        sa.Column("episode", sa.Integer(), nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["episode"], ["episodes.number"], name="fk_graph_artifacts_episode", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("number", name="pk_graph_artifacts"),
    )
    op.create_index("ix_graph_artifacts_name", "graph_artifacts", ["name"])
    op.create_index("ix_graph_artifacts_episode", "graph_artifacts", ["episode"])


def downgrade() -> None:
    """Take them away again; programs of the second version make their own when they need them."""
    op.drop_table("graph_artifacts")
    for name in reversed(tables()):
        op.drop_table(name)

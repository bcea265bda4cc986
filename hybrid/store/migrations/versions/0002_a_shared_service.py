"""Tenants, leases with fences, keys, workers, and memories that can be named and corrected.

Revision ID: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

LOCAL = sa.text("'local'")
NOUGHT = sa.text("0")


def upgrade() -> None:
    """Give every record an owner, and every task a lease."""
    op.add_column("episodes", sa.Column("tenant", sa.String(40), nullable=False, server_default=LOCAL))
    op.add_column("episodes", sa.Column("task", sa.String(40), nullable=True))
    op.create_index("ix_episodes_tenant_number", "episodes", ["tenant", "number"])
    op.create_index("ix_episodes_task", "episodes", ["task"])
    with op.batch_alter_table("tasks") as tasks:
        tasks.add_column(sa.Column("tenant", sa.String(40), nullable=False, server_default=LOCAL))
        tasks.add_column(sa.Column("kind", sa.String(16), nullable=False, server_default=sa.text("'run'")))
        tasks.add_column(sa.Column("request_id", sa.String(64), nullable=True))
        tasks.add_column(sa.Column("thread", sa.String(80), nullable=True))
        tasks.add_column(sa.Column("details", sa.JSON(), nullable=True))
        tasks.add_column(sa.Column("priority", sa.Integer(), nullable=False, server_default=NOUGHT))
        tasks.add_column(sa.Column("deadline_at", sa.DateTime(timezone=True), nullable=True))
        tasks.add_column(sa.Column("fence", sa.Integer(), nullable=False, server_default=NOUGHT))
        tasks.add_column(sa.Column("tries", sa.Integer(), nullable=False, server_default=NOUGHT))
        for name in ("lease_until", "available_at", "acted_at"):
            tasks.add_column(sa.Column(name, sa.DateTime(timezone=True), nullable=True))
        tasks.drop_constraint("uq_tasks_idempotency_key", type_="unique")
        tasks.create_unique_constraint("uq_tasks_tenant_idempotency_key", ["tenant", "idempotency_key"])
        tasks.drop_index("ix_tasks_status")
        tasks.create_index("ix_tasks_status_priority_number", ["status", "priority", "number"])
        tasks.create_index("ix_tasks_thread", ["thread"])
    # What ran under the first version may have moved things: it must not be run again.
    op.execute("UPDATE tasks SET acted_at = started_at WHERE status = 'running'")
    with op.batch_alter_table("memories") as memories:
        memories.add_column(sa.Column("id", sa.String(40), nullable=True))
        memories.add_column(sa.Column("tenant", sa.String(40), nullable=False, server_default=LOCAL))
        memories.add_column(sa.Column("subject", sa.String(200), nullable=True))
        memories.add_column(sa.Column("data", sa.JSON(), nullable=True))
        memories.add_column(sa.Column("uses", sa.Integer(), nullable=False, server_default=NOUGHT))
        memories.add_column(sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True))
        memories.drop_index("ix_memories_kind")
    op.execute("UPDATE memories SET id = 'm' || CAST(number AS VARCHAR(20))")
    with op.batch_alter_table("memories") as memories:
        memories.alter_column("id", existing_type=sa.String(40), nullable=False)
        memories.create_unique_constraint("uq_memories_id", ["id"])
        memories.create_index("ix_memories_tenant_kind_subject", ["tenant", "kind", "subject"])
    op.create_table(
        "workers",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("owner", sa.String(160), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("models", sa.JSON(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("heartbeat_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_workers"),
    )
    op.create_table(
        "api_keys",
        sa.Column("id", sa.String(16), nullable=False),
        sa.Column("tenant", sa.String(40), nullable=False),
        sa.Column("label", sa.String(200), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_api_keys"),
    )
    op.create_index("ix_api_keys_tenant", "api_keys", ["tenant"])


def downgrade() -> None:
    """Take them away again; what the first version has no word for is ended or let go."""
    op.drop_table("api_keys")
    op.drop_table("workers")
    op.execute("DELETE FROM memories WHERE kind <> 'episode'")
    with op.batch_alter_table("memories") as memories:
        memories.drop_index("ix_memories_tenant_kind_subject")
        memories.drop_constraint("uq_memories_id", type_="unique")
        for name in ("id", "tenant", "subject", "data", "uses", "changed_at"):
            memories.drop_column(name)
        memories.create_index("ix_memories_kind", ["kind"])
    op.execute("UPDATE tasks SET idempotency_key = NULL WHERE tenant <> 'local'")
    op.execute("UPDATE tasks SET status = 'interrupted' WHERE status = 'approval' OR (kind <> 'run' AND status = 'queued')")
    with op.batch_alter_table("tasks") as tasks:
        tasks.drop_index("ix_tasks_thread")
        tasks.drop_index("ix_tasks_status_priority_number")
        tasks.drop_constraint("uq_tasks_tenant_idempotency_key", type_="unique")
        for name in ("tenant", "kind", "request_id", "thread", "details", "priority", "deadline_at"):
            tasks.drop_column(name)
        for name in ("fence", "tries", "lease_until", "available_at", "acted_at"):
            tasks.drop_column(name)
        tasks.create_unique_constraint("uq_tasks_idempotency_key", ["idempotency_key"])
        tasks.create_index("ix_tasks_status", ["status"])
    op.drop_index("ix_episodes_task", table_name="episodes")
    op.drop_index("ix_episodes_tenant_number", table_name="episodes")
    with op.batch_alter_table("episodes") as episodes:
        episodes.drop_column("task")
        episodes.drop_column("tenant")

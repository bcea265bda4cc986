"""The first tables: tasks and their events, episodes and all that happens in them, memories, models.

Revision ID: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create every table."""
    op.create_table('episodes',
    sa.Column('number', sa.Integer(), autoincrement=True, nullable=False),
    sa.Column('id', sa.String(length=40), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('instruction', sa.Text(), nullable=False),
    sa.Column('scene', sa.JSON(), nullable=False),
    sa.Column('situation', sa.String(length=64), nullable=False),
    sa.Column('seed', sa.BigInteger(), nullable=False),
    sa.Column('models', sa.JSON(), nullable=False),
    sa.Column('settings', sa.JSON(), nullable=False),
    sa.Column('status', sa.String(length=16), nullable=False),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('rounds', sa.Integer(), nullable=False),
    sa.Column('outcome', sa.JSON(), nullable=True),
    sa.Column('final', sa.JSON(), nullable=True),
    sa.Column('video', sa.String(length=80), nullable=True),
    sa.Column('owner', sa.String(length=160), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('heartbeat_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('number', name=op.f('pk_episodes')),
    sa.UniqueConstraint('id', name=op.f('uq_episodes_id'))
    )
    op.create_index(op.f('ix_episodes_situation'), 'episodes', ['situation'])
    op.create_index(op.f('ix_episodes_status'), 'episodes', ['status'])
    op.create_table('models',
    sa.Column('number', sa.Integer(), autoincrement=True, nullable=False),
    sa.Column('role', sa.String(length=64), nullable=False),
    sa.Column('version', sa.String(length=400), nullable=False),
    sa.Column('first_used_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('last_used_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('number', name=op.f('pk_models')),
    sa.UniqueConstraint('role', 'version', name=op.f('uq_models_role_version'))
    )
    op.create_table('tasks',
    sa.Column('number', sa.Integer(), autoincrement=True, nullable=False),
    sa.Column('id', sa.String(length=40), nullable=False),
    sa.Column('idempotency_key', sa.String(length=200), nullable=True),
    sa.Column('request_hash', sa.String(length=64), nullable=False),
    sa.Column('instruction', sa.Text(), nullable=False),
    sa.Column('scene', sa.JSON(), nullable=False),
    sa.Column('seed', sa.BigInteger(), nullable=False),
    sa.Column('status', sa.String(length=16), nullable=False),
    sa.Column('cancel_requested', sa.Boolean(), nullable=False),
    sa.Column('episode', sa.String(length=40), nullable=True),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('outcome', sa.JSON(), nullable=True),
    sa.Column('owner', sa.String(length=160), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('number', name=op.f('pk_tasks')),
    sa.UniqueConstraint('id', name=op.f('uq_tasks_id')),
    sa.UniqueConstraint('idempotency_key', name=op.f('uq_tasks_idempotency_key'))
    )
    op.create_index(op.f('ix_tasks_episode'), 'tasks', ['episode'])
    op.create_index(op.f('ix_tasks_status'), 'tasks', ['status'])
    op.create_table('attempts',
    sa.Column('number', sa.Integer(), autoincrement=True, nullable=False),
    sa.Column('episode', sa.Integer(), nullable=False),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('subgoal', sa.Integer(), nullable=False),
    sa.Column('attempt', sa.Integer(), nullable=False),
    sa.Column('before_step', sa.Integer(), nullable=False),
    sa.Column('energy', sa.Double(), nullable=True),
    sa.Column('first_energy', sa.Double(), nullable=True),
    sa.Column('milliseconds', sa.Double(), nullable=False),
    sa.Column('manipulations', sa.JSON(), nullable=False),
    sa.Column('trace', sa.JSON(), nullable=False),
    sa.Column('imagined', sa.JSON(), nullable=False),
    sa.Column('actions', sa.LargeBinary(), nullable=False),
    sa.Column('verdict', sa.JSON(), nullable=True),
    sa.Column('accepted', sa.Boolean(), nullable=True),
    sa.Column('executed', sa.Boolean(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['episode'], ['episodes.number'], name=op.f('fk_attempts_episode'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('number', name=op.f('pk_attempts'))
    )
    op.create_index('ix_attempts_episode_round_subgoal_attempt', 'attempts', ['episode', 'round', 'subgoal', 'attempt'])
    op.create_table('decompositions',
    sa.Column('episode', sa.Integer(), nullable=False),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('status', sa.String(length=16), nullable=False),
    sa.Column('constraints', sa.JSON(), nullable=False),
    sa.Column('message', sa.Text(), nullable=True),
    sa.Column('choices', sa.JSON(), nullable=False),
    sa.Column('backend', sa.Text(), nullable=False),
    sa.Column('milliseconds', sa.Double(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['episode'], ['episodes.number'], name=op.f('fk_decompositions_episode'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('episode', 'round', name=op.f('pk_decompositions'))
    )
    op.create_table('memories',
    sa.Column('number', sa.Integer(), autoincrement=True, nullable=False),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('embedder', sa.String(length=64), nullable=False),
    sa.Column('embedding', sa.LargeBinary(), nullable=False),
    sa.Column('episode', sa.Integer(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['episode'], ['episodes.number'], name=op.f('fk_memories_episode'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('number', name=op.f('pk_memories'))
    )
    op.create_index(op.f('ix_memories_episode'), 'memories', ['episode'])
    op.create_index(op.f('ix_memories_kind'), 'memories', ['kind'])
    op.create_table('observations',
    sa.Column('number', sa.Integer(), autoincrement=True, nullable=False),
    sa.Column('episode', sa.Integer(), nullable=False),
    sa.Column('step', sa.Integer(), nullable=False),
    sa.Column('images', sa.String(length=80), nullable=False),
    sa.Column('proprioception', sa.LargeBinary(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['episode'], ['episodes.number'], name=op.f('fk_observations_episode'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('number', name=op.f('pk_observations'))
    )
    op.create_index(op.f('ix_observations_episode'), 'observations', ['episode'])
    op.create_table('steps',
    sa.Column('episode', sa.Integer(), nullable=False),
    sa.Column('step', sa.Integer(), nullable=False),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('subgoal', sa.Integer(), nullable=False),
    sa.Column('attempt', sa.Integer(), nullable=False),
    sa.Column('action', sa.LargeBinary(), nullable=False),
    sa.Column('proprioception', sa.LargeBinary(), nullable=False),
    sa.Column('surprise', sa.Double(), nullable=True),
    sa.Column('chosen_by', sa.String(length=32), nullable=False),
    sa.ForeignKeyConstraint(['episode'], ['episodes.number'], name=op.f('fk_steps_episode'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('episode', 'step', name=op.f('pk_steps'))
    )
    op.create_table('subgoals',
    sa.Column('episode', sa.Integer(), nullable=False),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('subgoal', sa.Integer(), nullable=False),
    sa.Column('facts', sa.JSON(), nullable=False),
    sa.Column('words', sa.Text(), nullable=False),
    sa.Column('keep', sa.JSON(), nullable=False),
    sa.Column('manner', sa.String(length=16), nullable=False),
    sa.Column('status', sa.String(length=16), nullable=False),
    sa.Column('margin', sa.Double(), nullable=True),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['episode'], ['episodes.number'], name=op.f('fk_subgoals_episode'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('episode', 'round', 'subgoal', name=op.f('pk_subgoals'))
    )
    op.create_table('task_events',
    sa.Column('task', sa.Integer(), nullable=False),
    sa.Column('sequence', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=32), nullable=False),
    sa.Column('data', sa.JSON(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['task'], ['tasks.number'], name=op.f('fk_task_events_task'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('task', 'sequence', name=op.f('pk_task_events'))
    )


def downgrade() -> None:
    """Drop every table."""
    op.drop_table('task_events')
    op.drop_table('subgoals')
    op.drop_table('steps')
    op.drop_index(op.f('ix_observations_episode'), table_name='observations')
    op.drop_table('observations')
    op.drop_index(op.f('ix_memories_kind'), table_name='memories')
    op.drop_index(op.f('ix_memories_episode'), table_name='memories')
    op.drop_table('memories')
    op.drop_table('decompositions')
    op.drop_index('ix_attempts_episode_round_subgoal_attempt', table_name='attempts')
    op.drop_table('attempts')
    op.drop_index(op.f('ix_tasks_status'), table_name='tasks')
    op.drop_index(op.f('ix_tasks_episode'), table_name='tasks')
    op.drop_table('tasks')
    op.drop_table('models')
    op.drop_index(op.f('ix_episodes_status'), table_name='episodes')
    op.drop_index(op.f('ix_episodes_situation'), table_name='episodes')
    op.drop_table('episodes')

"""What is kept: episodes, their images, tasks and memories, in SQLite or PostgreSQL.

May import ``hybrid.base``, ``hybrid.errors`` and the lower rooms' nouns. It does not know how a task is planned, only
what a complete record of it holds; ``hybrid.store.episodes.open_store`` is the door.
"""

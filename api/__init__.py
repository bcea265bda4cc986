"""The HTTP face: routes, request and response schemas, live events, problem+json.

May import ``hybrid``. It does not know how a task is planned, only how one is asked for and reported.
"""

"""The description of the interface (OpenAPI): problems as what they are, keys, and links to what can be done next."""

from __future__ import annotations

from typing import Any, Final

from fastapi import FastAPI

from api.problems import MEDIA_TYPE, Problem

PROBLEMS: dict[int | str, dict[str, Any]] = {
    "4XX": {"model": Problem, "description": "The request cannot be granted: which field, why, and what to do."},
    "5XX": {"model": Problem, "description": "The service cannot serve now: why, and what to do."},
}
"""Responses that every route may give."""
KEYS: Final = {
    "bearer": {"type": "http", "scheme": "bearer", "description": "A key made by `hybrid keys create`."},
    "header": {"type": "apiKey", "in": "header", "name": "X-API-Key", "description": "The same key."},
}
OPEN: Final[list[dict[str, list[str]]]] = [{}, {"bearer": []}, {"header": []}]
"""A key is asked for once one has been made; until then this machine needs none."""
_TASK: Final = {"task": "$response.body#/id"}
_THREAD: Final = {"thread": "$response.body#/thread_id"}
_MOMENT: Final = {"thread": "$response.body#/checkpoint/thread_id", "checkpoint": "$response.body#/checkpoint_id"}
LINKS: Final[dict[tuple[str, str, str], dict[str, tuple[str, str, dict[str, str]]]]] = {
    ("/v1/tasks", "post", "202"): {
        "show": ("/v1/tasks/{task}", "get", _TASK),
        "cancel": ("/v1/tasks/{task}/cancel", "post", _TASK),
        "answer": ("/v1/tasks/{task}/answer", "post", _TASK),
        "approve": ("/v1/tasks/{task}/approval", "post", _TASK),
    },
    ("/v1/plans", "post", "200"): {"show": ("/v1/plans/{task}", "get", _TASK)},
    ("/v1/predictions", "post", "200"): {"show": ("/v1/predictions/{task}", "get", _TASK)},
    ("/v1/memory", "post", "201"): {
        "show": ("/v1/memory/{memory}", "get", {"memory": "$response.body#/id"}),
        "correct": ("/v1/memory/{memory}", "patch", {"memory": "$response.body#/id"}),
        "forget": ("/v1/memory/{memory}", "delete", {"memory": "$response.body#/id"}),
    },
    ("/v1/episodes", "get", "200"): {
        "show": ("/v1/episodes/{episode}", "get", {"episode": "$response.body#/episodes/0/episode"}),
        "steps": ("/v1/episodes/{episode}/steps", "get", {"episode": "$response.body#/episodes/0/episode"}),
        "frames": ("/v1/episodes/{episode}/frames", "get", {"episode": "$response.body#/episodes/0/episode"}),
        "export": ("/v1/episodes/{episode}/export", "get", {"episode": "$response.body#/episodes/0/episode"}),
    },
    ("/threads", "post", "200"): {
        "show": ("/threads/{thread}", "get", _THREAD),
        "note": ("/threads/{thread}", "patch", _THREAD),
        "forget": ("/threads/{thread}", "delete", _THREAD),
        "state": ("/threads/{thread}/state", "get", _THREAD),
        "update": ("/threads/{thread}/state", "post", _THREAD),
        "history": ("/threads/{thread}/history", "post", _THREAD),
        "run": ("/threads/{thread}/runs/wait", "post", _THREAD),
        "follow": ("/threads/{thread}/runs/stream", "post", _THREAD),
    },
    ("/threads/{thread}/state", "post", "200"): {"show": ("/threads/{thread}/state/{checkpoint}", "get", _MOMENT)},
}
"""What can be done with what a response holds: (path, method, status) to (path, method, parameters) by name."""


def describe(app: FastAPI) -> None:
    """Let ``app`` describe its problems under their media type, its keys, and what leads where."""
    framework = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is not None:
            return app.openapi_schema
        schema = framework()
        for operations in schema["paths"].values():
            for operation in operations.values():
                _problems(operation["responses"])
        schema["components"]["securitySchemes"] = KEYS
        schema["security"] = OPEN
        _link(schema["paths"])
        return schema

    app.openapi = openapi


def _problems(responses: dict[str, Any]) -> None:
    for status in PROBLEMS:
        described = responses.get(str(status))
        if described is not None:
            described["content"] = {MEDIA_TYPE: next(iter(described["content"].values()))}


def _link(paths: dict[str, Any]) -> None:
    for (path, method, status), targets in LINKS.items():
        if path not in paths:
            continue
        links = {
            name: {"operationId": paths[target][verb]["operationId"], "parameters": parameters}
            for name, (target, verb, parameters) in targets.items()
        }
        paths[path][method]["responses"][status]["links"] = links

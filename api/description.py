"""The description of the interface (OpenAPI), corrected where the framework would promise another body for problems."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI

from api.problems import MEDIA_TYPE, Problem

PROBLEMS: dict[int | str, dict[str, Any]] = {
    "4XX": {"model": Problem, "description": "The request cannot be granted: which field, why, and what to do."},
    "5XX": {"model": Problem, "description": "The service cannot serve now: why, and what to do."},
}
"""Responses that every route may give."""


def describe(app: FastAPI) -> None:
    """Let ``app`` describe its problems under their media type."""
    framework = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is not None:
            return app.openapi_schema
        schema = framework()
        for operations in schema["paths"].values():
            for operation in operations.values():
                for status in PROBLEMS:
                    described = operation["responses"][status]
                    described["content"] = {MEDIA_TYPE: next(iter(described["content"].values()))}
        return schema

    app.openapi = openapi

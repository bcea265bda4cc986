"""Covers hybrid.errors: the drawn tree is the real tree, and every error says what failed and what to do."""

import inspect
import re

import pytest

from hybrid import errors


def branches() -> dict[str, type[errors.HybridError]]:
    return {
        name: value
        for name, value in inspect.getmembers(errors, inspect.isclass)
        if issubclass(value, errors.HybridError)
    }


def drawn_parents() -> dict[str, str | None]:
    parents: dict[str, str | None] = {}
    stack: list[str] = []
    for line in errors.__doc__.splitlines():
        found = re.match(r"^    ((?:│   |    )*(?:[├└]── )?)([A-Z]\w+)\s{2,}", line)
        if found:
            depth = len(found.group(1)) // 4
            del stack[depth:]
            parents[found.group(2)] = stack[-1] if stack else None
            stack.append(found.group(2))
    return parents


def test_the_drawing_shows_every_error_under_its_parent():
    actual = {name: value.__base__.__name__ for name, value in branches().items() if value is not errors.HybridError}
    drawn = drawn_parents()
    assert drawn.pop("HybridError") is None
    assert drawn == actual


def test_everything_importable_is_listed():
    assert sorted(branches()) == errors.__all__


@pytest.mark.parametrize("name", sorted(branches()))
def test_every_error_names_field_problem_and_remedy(name):
    error = branches()[name]("scene.things[2].size", "is not a number", "Give three lengths in metres.")
    assert str(error) == "scene.things[2].size: is not a number. Give three lengths in metres."
    assert (error.field, error.problem, error.remedy) == (
        "scene.things[2].size",
        "is not a number",
        "Give three lengths in metres.",
    )

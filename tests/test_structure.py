"""The shape of the house: sizes, packages, the README's tree, import contracts, and what no file may say."""

from __future__ import annotations

import ast
import re
import shutil
import socket
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from pytest_socket import SocketConnectBlockedError

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("simulator", "world_model", "planner", "hybrid", "api")
MODULES = sorted(path for room in (*ROOMS, "tests") for path in (ROOT / room).rglob("*.py"))
PRODUCT = [path for path in MODULES if path.relative_to(ROOT).parts[0] != "tests"]
MIGRATIONS = ROOT / "hybrid" / "store" / "migrations"
FILE_WALL, BODY_WALL = 400, 60
SEEN_OF_THE_SIMULATOR = {"simulator.base", "simulator.errors", "simulator.pinhole", "simulator.places"}
BOUNDED = {"langchain-core", "langchain-openai"}
"""Distributions declared only to bound their version, or loaded by name."""
TEXT = {".py", ".md", ".toml", ".txt", ".json", ".html", ".js", ".css", ".ini", ".mako", ".yml", ".yaml", ""}


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def body_length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    return body[-1].end_lineno - body[0].lineno + 1 if body else 0


def imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "." * node.level + (node.module or "")


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_no_file_and_no_function_passes_its_wall(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert len(source.splitlines()) <= FILE_WALL
    long = {f.name: body_length(f) for f in functions(ast.parse(source)) if body_length(f) > BODY_WALL}
    assert not long or path.parent == MIGRATIONS / "versions", "a migration is one long list of statements"


@pytest.mark.parametrize("path", [path for path in PRODUCT if path.name == "__init__.py"], ids=name_of)
def test_every_package_opens_with_a_docstring_and_nothing_else(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    if MIGRATIONS in path.parents:
        pytest.fail(f"{path}: migrations are scripts, not a package")
    assert ast.get_docstring(tree)
    assert len(tree.body) == 1


@pytest.mark.parametrize("path", PRODUCT, ids=name_of)
def test_every_module_says_what_it_is(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("room", ["planner", "world_model"])
def test_the_planner_and_the_world_model_name_only_the_simulators_nouns(room: str) -> None:
    seen = {
        (name_of(path), module)
        for path in (ROOT / room).rglob("*.py")
        for module in imports(ast.parse(path.read_text(encoding="utf-8")))
        if module.split(".")[0] == "simulator"
    }
    assert {pair for pair in seen if pair[1] not in SEEN_OF_THE_SIMULATOR} == set()
    assert seen, "the room speaks of things and subgoals, so it must import the nouns"


def test_only_one_module_touches_pybullet() -> None:
    touching = {
        name_of(path)
        for path in PRODUCT
        for module in imports(ast.parse(path.read_text(encoding="utf-8")))
        if module.split(".")[0] in {"pybullet", "pybullet_data"}
    }
    assert touching == {"simulator/physics.py"}


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"]
    return subprocess.run(
        [*command, "--no-cache", "--config", "pyproject.toml"], cwd=folder, capture_output=True, text=True, timeout=120
    )


def test_the_import_contracts_hold() -> None:
    outcome = lint_imports(ROOT)
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("planner/peek.py", "import simulator.world"),
        ("world_model/peek.py", "from simulator.physics import Physics"),
        ("simulator/climb.py", "import planner.base"),
    ],
)
def test_a_forbidden_import_breaks_the_contracts(tmp_path: Path, module: str, line: str) -> None:
    for room in ROOMS:
        shutil.copytree(
            ROOT / room, tmp_path / room, ignore=shutil.ignore_patterns("__pycache__", "*weights", "checkpoints")
        )
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / module).write_text(f'"""Planted."""\n\n{line}\n', encoding="utf-8")
    outcome = lint_imports(tmp_path)
    assert outcome.returncode == 1, outcome.stdout + outcome.stderr
    assert "BROKEN" in outcome.stdout


def test_every_package_on_disk_is_listed_for_installation() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    on_disk = {name_of(path.parent).replace("/", ".") for path in PRODUCT if path.name == "__init__.py"}
    assert set(project["tool"]["setuptools"]["packages"]) == on_disk


def distribution(requirement: str) -> str:
    return re.sub(r"[-_.]+", "-", re.match(r"[A-Za-z0-9._-]+", requirement).group(0)).lower()


def foreign(paths: list[Path]) -> dict[str, set[str]]:
    """Return every imported module that is neither ours nor Python's, with the distributions that bring it."""
    named = {name.split(".")[0] for path in paths for name in imports(ast.parse(path.read_text(encoding="utf-8")))}
    by_module = packages_distributions()
    outside = named - set(sys.stdlib_module_names) - {*ROOMS, "tests"}
    return {name: {distribution(owner) for owner in by_module[name]} for name in outside if name in by_module}


def test_what_is_imported_is_declared_and_what_is_declared_is_imported() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needed = {distribution(requirement) for requirement in project["dependencies"]}
    optional = {distribution(entry) for entries in project["optional-dependencies"].values() for entry in entries}
    undeclared = [name for name, owners in foreign(MODULES).items() if not owners & (needed | optional)]
    assert undeclared == [], "imported, but not in pyproject.toml"
    used = set().union(*foreign(PRODUCT).values())
    assert needed - used - BOUNDED == set(), "in pyproject.toml, but never imported"


def test_every_module_lies_in_a_package() -> None:
    orphans = [name_of(path) for path in PRODUCT if not (path.parent / "__init__.py").exists()]
    assert [name for name in orphans if not name.startswith("hybrid/store/migrations/")] == []


def readme_tree() -> list[str]:
    section = (ROOT / "README.md").read_text(encoding="utf-8").split("## The tree")[1]
    rows = section.split("```")[1].strip("\n").splitlines()
    paths: list[str] = []
    parents: list[str] = []
    for row in rows:
        depth = (len(row) - len(row.lstrip(" "))) // 2
        entry = row.split()[0]
        parents = [*parents[:depth], entry]
        paths.append("".join(parents))
    return paths


def test_the_readme_draws_the_tree_that_lies_on_the_disk() -> None:
    drawn = readme_tree()
    modules = {name_of(path) for path in PRODUCT if path.name != "__init__.py" and MIGRATIONS not in path.parents}
    assert {path for path in drawn if path.endswith(".py")} == modules
    assert [path for path in drawn if not (ROOT / path).exists()] == []
    assert len(drawn) == len(set(drawn))


def tracked() -> list[Path]:
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in listing.split("\0") if name and (ROOT / name).is_file()]


def test_no_file_names_a_place_on_somebodys_machine() -> None:
    private = re.compile(r"(?<![\w.])/(?:work|root|farm|Users)/|(?<![\w.])/home/\w|/tmp/\w")
    found = {
        name_of(path): hit.group(0)
        for path in tracked()
        if path.suffix in TEXT and path != Path(__file__).resolve()
        for hit in [private.search(path.read_text(encoding="utf-8"))]
        if hit
    }
    assert found == {}


def test_no_tracked_file_is_larger_than_a_checkpoint_may_be() -> None:
    large = {name_of(path): path.stat().st_size for path in tracked() if path.stat().st_size > 30 * 2**20}
    assert large == {}


def test_the_exact_set_satisfies_nothing_twice_and_names_no_local_path() -> None:
    rows = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [row for row in rows if not row.startswith("#")]
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.!]+", row) for row in pins)
    names = [re.sub(r"[-_.]+", "-", row.split("==")[0]).lower() for row in pins]
    assert len(names) == len(set(names))
    assert "torch==2.13.0" in pins


def test_the_network_is_off_but_for_loopback() -> None:
    with socket.socket() as listener, socket.socket() as caller:
        listener.bind(("127.0.0.1", 0))
        listener.listen(1)
        caller.connect(listener.getsockname())
    with (
        socket.socket() as caller,
        pytest.warns(UserWarning, match="192.0.2.1"),
        pytest.raises(SocketConnectBlockedError),
    ):
        caller.connect(("192.0.2.1", 80))

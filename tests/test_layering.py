"""Who may import whom: the arrows of the house, read from the sources.

Each rule is a function from a checkout's root to the violations it found, so that each can be shown to find one.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

# From the bottom up; a module imports from its own level or from below. A package stands for everything in it.
LEVELS = (
    {"arrays"},
    {"columns"},
    {"fixture"},
    {"bridge"},
    {"exact"},
    {"subjects"},
    {"evidence"},
    {"diagnose"},
    {"verify"},
    {"tolerance"},
    {"consoles"},
    {"reports"},
    {"check"},
    {"quarto"},
    {"cli", "pytest_plugin", "__init__", "__main__"},
)
LEVEL = {name: level for level, names in enumerate(LEVELS) for name in names}

# The packages that come with every R.
BASE_R = {"base", "stats", "utils", "methods", "tools", "graphics", "grDevices", "datasets", "parallel", "deepscratch"}
SKIPPED = {".venv", ".git", "build", "dist", "__pycache__"}


def python_files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*.py")):
        if not SKIPPED.intersection(path.relative_to(folder).parts):
            yield path


def imports(path: Path, root: Path) -> Iterator[str]:
    """Full names of what a file imports, wherever in the file. `from a import b` gives `a.b`."""
    package = path.relative_to(root).with_suffix("").parts[:-1]
    for node in ast.walk(ast.parse(path.read_text("utf-8"), str(path))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            start = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join((*start, *([node.module] if node.module else ())))
            yield from (f"{module}.{alias.name}" for alias in node.names)


def upward_imports(root: Path) -> list[str]:
    """Imports within parity that point up, and modules that have no level."""
    found = []
    for path in python_files(root / "parity"):
        own = path.relative_to(root / "parity").with_suffix("").parts[0]
        if own not in LEVEL:
            found.append(f"{path.relative_to(root)}: {own} has no level")
            continue
        for name in imports(path, root):
            first, *rest = name.split(".")
            if first != "parity":
                continue
            # `from parity import run` may mean a module or a name of parity/__init__.py, which is at the top.
            imported = rest[0] if rest and rest[0] in LEVEL else "__init__"
            if LEVEL[imported] > LEVEL[own]:
                found.append(f"{path.relative_to(root)}: {own} imports {name}")
    return found


def circles(root: Path) -> list[str]:
    """Modules of parity that reach themselves by their imports, in a room or across rooms."""
    modules = {}
    for path in python_files(root / "parity"):
        parts = path.relative_to(root).with_suffix("").parts
        modules[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path

    def module_of(name: str) -> str | None:
        while name and name not in modules:
            name = name.rpartition(".")[0]
        return name or None

    arrows = {
        module: {found for name in imports(path, root) if (found := module_of(name)) and found != module}
        for module, path in modules.items()
    }
    arrows.pop("parity", None)  # the public names, each looked up when it is asked for

    def reached(start: str) -> set[str]:
        seen: set[str] = set()
        left = [start]
        while left:
            new = arrows.get(left.pop(), set()) - seen
            seen |= new
            left += new
        return seen

    return [
        f"{modules[module].relative_to(root)}: {module} imports itself"
        for module in arrows
        if module in reached(module)
    ]


def rpy2_outside_the_bridge(root: Path) -> list[str]:
    found = []
    for path in python_files(root):
        relative = path.relative_to(root)
        if relative.parts[:2] == ("parity", "bridge") or relative.parts[0] == "benchmarks":
            continue
        found += [f"{relative}: {name}" for name in imports(path, root) if name.split(".")[0] == "rpy2"]
    return found


def subjects_named_by_parity(root: Path) -> list[str]:
    """Lines of parity, templates and comments included, that name what is verified."""
    found = []
    for path in sorted((root / "parity").rglob("*")):
        if not path.is_file() or "__pycache__" in path.parts:
            continue
        for number, line in enumerate(path.read_text("utf-8", errors="replace").splitlines(), start=1):
            if re.search(r"python_impl|r_impl|deepscratch", line):
                found.append(f"{path.relative_to(root)}:{number}: {line.strip()}")
    return found


def foreign_imports_of_python_impl(root: Path) -> list[str]:
    allowed = {"numpy", "python_impl", *sys.stdlib_module_names}
    return [
        f"{path.relative_to(root)}: {name}"
        for path in python_files(root / "python_impl")
        for name in imports(path, root)
        if name.split(".")[0] not in allowed
    ]


def third_parties_at_the_bottom(root: Path) -> list[str]:
    """Comparing and differentiating are arithmetic on arrays: of what is installed, they use NumPy."""
    allowed = {"numpy", "parity", *sys.stdlib_module_names}
    stems = ("compare", "differentiation", "distance", "kinds")
    return [
        f"{path.relative_to(root)}: {name}"
        for path in (root / "parity" / "arrays.py", *(root / "parity" / "evidence" / f"{stem}.py" for stem in stems))
        if path.exists()
        for name in imports(path, root)
        if name.split(".")[0] not in allowed
    ]


def code_in_fixtures(root: Path) -> list[str]:
    """Fixtures are data: a file there that a language would run could import something."""
    runnable = {".py", ".pyi", ".r", ".rmd", ".ipynb", ".sh"}
    return [str(p.relative_to(root)) for p in sorted((root / "fixtures").rglob("*")) if p.suffix.lower() in runnable]


def more_than_base_r(root: Path) -> list[str]:
    """What r_impl uses beyond R itself: packages, other files, state outside a function."""
    found = []
    forbidden = re.compile(r"\b(?:library|require|requireNamespace|source|\.Call|\.External)\s*\(|<<-|->>")
    for path in sorted((root / "r_impl" / "R").glob("*.R")):
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
            code = re.sub(r"#.*", "", line)
            foreign = [name for name in re.findall(r"\b([A-Za-z][\w.]*):::?\w", code) if name not in BASE_R]
            if foreign or forbidden.search(code):
                found.append(f"{path.relative_to(root)}:{number}: {line.strip()}")
    description = (root / "r_impl" / "DESCRIPTION").read_text("utf-8")
    for field in re.findall(r"^(?:Imports|Depends|LinkingTo):((?:.*\n(?:\s+.*\n?)*))", description, flags=re.MULTILINE):
        names = re.findall(r"[A-Za-z][\w.]*", re.sub(r"\(.*?\)", "", field))
        found += [f"r_impl/DESCRIPTION: {name}" for name in names if name not in {"R", *BASE_R}]
    return found


RULES: tuple[Callable[[Path], list[str]], ...] = (
    upward_imports,
    circles,
    rpy2_outside_the_bridge,
    subjects_named_by_parity,
    foreign_imports_of_python_impl,
    third_parties_at_the_bottom,
    code_in_fixtures,
    more_than_base_r,
)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_house_keeps_the_rule(rule: Callable[[Path], list[str]]) -> None:
    assert rule(ROOT) == []


def test_the_rules_look_at_the_real_house() -> None:
    """An empty tree would keep every rule."""
    assert len(list(python_files(ROOT / "parity"))) > 10
    assert len(list(python_files(ROOT / "python_impl"))) > 10
    assert "rpy2.rinterface" in {
        ".".join(n.split(".")[:2]) for n in imports(ROOT / "parity" / "bridge" / "starting.py", ROOT)
    }


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A small tree that keeps every rule."""
    files = {
        "parity/__init__.py": "from parity.subjects.execute import go\n",
        "parity/evidence/compare.py": "import numpy as np\n",
        "parity/evidence/differentiation.py": "import math\nfrom parity.evidence.compare import np\n",
        "parity/bridge/__init__.py": "import rpy2.rinterface\n",
        "parity/subjects/execute.py": "from parity import bridge\n",
        "python_impl/layers/relu.py": "import numpy as np\nfrom python_impl.functions import relu\n",
        "fixtures/layers/relu.json": "{}\n",
        "benchmarks/bridge.py": "import rpy2.robjects\n",
        "r_impl/R/layers-relu.R": "#' library(other) in a comment is prose\nf <- function(x) stats::var(x)\n",
        "r_impl/DESCRIPTION": "Package: deepscratch\nDepends: R (>= 4.1)\nSuggests: jsonlite, testthat\n",
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return tmp_path


def test_a_house_in_order_has_no_violations(house: Path) -> None:
    assert {rule.__name__: rule(house) for rule in RULES} == {rule.__name__: [] for rule in RULES}


@pytest.mark.parametrize(
    ("rule", "path", "text"),
    [
        (upward_imports, "parity/evidence/compare.py", "from parity.verify.case import go\n"),
        (upward_imports, "parity/evidence/compare.py", "from parity import verify\n"),
        (upward_imports, "parity/evidence/compare.py", "from .. import verify\n"),
        (upward_imports, "parity/evidence/compare.py", "import parity\n"),
        (upward_imports, "parity/subjects/r.py", "def late():\n    from ..verify import verify\n"),
        (upward_imports, "parity/misc.py", ""),
        (rpy2_outside_the_bridge, "parity/subjects/r.py", "def late():\n    import rpy2.rinterface\n"),
        (rpy2_outside_the_bridge, "tests/test_r.py", "from rpy2 import rinterface\n"),
        (rpy2_outside_the_bridge, "python_impl/bridge.py", "import rpy2\n"),
        (subjects_named_by_parity, "parity/subjects/execute.py", "ROOM = 'python_impl'\n"),
        (subjects_named_by_parity, "parity/reports/page.html", "<p>library(deepscratch)</p>\n"),
        (foreign_imports_of_python_impl, "python_impl/layers/relu.py", "import pandas\n"),
        (foreign_imports_of_python_impl, "python_impl/layers/relu.py", "from parity import compare\n"),
        (third_parties_at_the_bottom, "parity/evidence/differentiation.py", "import scipy.optimize\n"),
        (code_in_fixtures, "fixtures/layers/relu.py", ""),
        (code_in_fixtures, "fixtures/layers/relu.R", ""),
        (more_than_base_r, "r_impl/R/layers-relu.R", "library(purrr)\n"),
        (more_than_base_r, "r_impl/R/layers-relu.R", "f <- function(x) purrr::map(x, g)\n"),
        (more_than_base_r, "r_impl/R/layers-relu.R", "f <- function(x) count <<- count + 1\n"),
        (more_than_base_r, "r_impl/DESCRIPTION", "Package: deepscratch\nImports:\n    stats,\n    purrr (>= 1.0)\n"),
    ],
)
def test_a_planted_violation_is_found(house: Path, rule: Callable[[Path], list[str]], path: str, text: str) -> None:
    target = house / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, "utf-8")
    found = rule(house)
    assert len(found) == 1
    assert found[0].startswith(path)


def test_a_planted_circle_is_found(house: Path) -> None:
    (house / "parity/evidence/compare.py").write_text(
        "def late():\n    from parity.evidence.differentiation import math\n"
    )
    assert [found.partition(":")[0] for found in circles(house)] == [
        "parity/evidence/compare.py",
        "parity/evidence/differentiation.py",
    ]

"""What the course says about an assignment: cells, points, order, imports, files, settings.

Everything here comes from the trusted side: the gradebook (cells, types, points, checksums) and
the instructor's source folder (order of the cells, imports, files). A submission has no say in it.
An :class:`Assignment` is plain data, so it can travel to any worker as bytes, and its hash tells
whether anything has changed since a submission was graded.
"""

from __future__ import annotations

import ast
import base64
import builtins
import hashlib
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grading.engine.files import named_in

# A worker reads assignments from bytes only. What learns them from a course loads nbgrader, which
# is 80 MB, when it is called.
if TYPE_CHECKING:
    from nbgrader.api import Gradebook
    from nbgrader.coursedir import CourseDirectory
    from traitlets.config import Config

#: Raise this when a change of the engine changes marks: everything is then graded again.
ENGINE = 3


class NoAssignment(LookupError):
    """The gradebook does not know the assignment."""


class OtherLanguage(NoAssignment):
    """The assignment is not in Python."""


def is_python(kernelspec: dict) -> bool:
    """Say whether a kernel is one for Python, by its language or, where that is missing, name."""
    return str(kernelspec.get("language") or kernelspec.get("name")).lower().startswith("python")


@dataclass
class Cell:
    """One cell that nbgrader knows, as the gradebook has it.

    ``given`` is the source that students were given, without hidden tests; None if nobody knows.
    """

    name: str
    cell_type: str
    source: str
    checksum: str
    locked: bool
    grade: bool = False
    solution: bool = False
    task: bool = False
    points: float | None = None
    given: str | None = None

    @property
    def is_test(self) -> bool:
        """True for a test cell: code that is graded and that the student does not write."""
        return self.grade and not self.solution and self.cell_type == "code"

    @property
    def runs_in_both(self) -> bool:
        """True for code that the course provides: both processes may run it."""
        return self.locked and not self.grade and self.cell_type == "code"


@dataclass
class Notebook:
    """One notebook of an assignment."""

    name: str
    kernelspec: dict | None
    cells: dict[str, Cell]
    order: list[str] = field(default_factory=list)
    imports: list[str] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    classes: list[str] = field(default_factory=list)
    idle: list[str] = field(default_factory=list)
    handed_out: list[str] = field(default_factory=list)

    @property
    def examined(self) -> list[str]:
        """The locked cells that the examiner runs for its tests, in the order of the notebook."""
        cells = [self.cells[name] for name in self.order if name not in self.idle]
        return [one.source for one in cells if one.runs_in_both]

    @property
    def rehearsals(self) -> list[list[str]]:
        """The runs from which the warm process learns, in their order.

        All cells run twice, the second time from where submissions start, with everything loaded:
        only so are the figures the same to the byte. The examiner runs some of the cells only.
        """
        return [self.handed_out, self.examined, self.handed_out]


@dataclass
class Settings:
    """What the course's nbgrader configuration says about running notebooks."""

    timeout: float = 30.0
    ignore_pattern: str = ""
    max_lines: int = 1000
    max_traceback: int = 100
    add_missing: bool = False
    missing_notice: str = ""
    clear_metadata: bool = False
    in_kernel: bool = False


@dataclass
class Assignment:
    """One assignment as data.

    ``files`` are the course's own files beside the notebooks, as [path, base64].
    """

    name: str
    notebooks: dict[str, Notebook]
    modules: list[str]
    files: list[list[str]]
    settings: Settings

    @property
    def statements(self) -> list[str]:
        """All import statements of the assignment."""
        return sorted({line for one in self.notebooks.values() for line in one.imports})

    def to_bytes(self) -> bytes:
        """Return the assignment as JSON; equal assignments give equal bytes."""
        return json.dumps(asdict(self), sort_keys=True).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> Assignment:
        """Read what :meth:`to_bytes` wrote."""
        tree = json.loads(data)
        notebooks = {name: notebook_from(one) for name, one in tree["notebooks"].items()}
        settings = Settings(**tree["settings"])
        return cls(tree["name"], notebooks, tree["modules"], tree["files"], settings)

    def hash(self) -> str:
        """Return the SHA-256 of everything that marks depend on, the engine's version included."""
        return hashlib.sha256(b"engine %d\n" % ENGINE + self.to_bytes()).hexdigest()


def notebook_from(tree: dict) -> Notebook:
    """Build a :class:`Notebook` from its JSON."""
    cells = {name: Cell(**cell) for name, cell in tree["cells"].items()}
    return Notebook(**{**tree, "cells": cells})


def load(gradebook: Gradebook, coursedir: CourseDirectory, name: str, config: Config) -> Assignment:
    """Read one assignment from the gradebook and the source folder.

    Raises :class:`NoAssignment` when the gradebook does not know it, :class:`OtherLanguage` when it
    is not in Python.
    """
    from nbgrader.api import MissingEntry

    try:
        found = gradebook.find_assignment(name)
    except MissingEntry:
        raise NoAssignment(
            f"The gradebook has no assignment '{name}'. Run `nbgrader generate_assignment {name}` "
            "first."
        ) from None
    folder = Path(coursedir.format_path(coursedir.source_directory, ".", name))
    release = Path(coursedir.format_path(coursedir.release_directory, ".", name))
    modules: set[str] = set()
    notebooks = {}
    for row in found.notebooks:
        notebook = Notebook(
            row.name, json.loads(row.kernelspec) if row.kernelspec else None, _cells(row)
        )
        if notebook.kernelspec and not is_python(notebook.kernelspec):
            raise OtherLanguage(
                f"'{row.name}' asks for the kernel '{notebook.kernelspec.get('name')}'. The engine "
                f"grades Python only; use `nbgrader autograde {name}` for this assignment."
            )
        _learn(notebook, folder / f"{row.name}.ipynb", release / f"{row.name}.ipynb", modules)
        notebooks[row.name] = notebook
    files = _files(folder, coursedir, config, name)
    return Assignment(name, notebooks, sorted(modules), files, settings_from(config))


def settings_from(config: Config) -> Settings:
    """Take from the course's configuration what matters for running notebooks."""
    from nbconvert.preprocessors import ClearMetadataPreprocessor
    from nbgrader.preprocessors import Execute, IgnorePattern, LimitOutput, OverwriteCells

    limit, pattern = LimitOutput(config=config), IgnorePattern(config=config)
    overwrite = OverwriteCells(config=config)
    return Settings(
        timeout=float(Execute(config=config).timeout or 3600),
        ignore_pattern=pattern.pattern,
        max_lines=limit.max_lines if limit.enabled else -1,
        max_traceback=limit.max_traceback if limit.enabled else -1,
        add_missing=overwrite.add_missing_cells,
        missing_notice=overwrite.missing_cell_notification,
        clear_metadata=ClearMetadataPreprocessor(config=config).enabled,
    )


def _cells(row: Any) -> dict[str, Cell]:
    grades = {one.name: one for one in row.grade_cells}
    tasks = {one.name: one for one in row.task_cells}
    solutions = {one.name for one in row.solution_cells}
    cells = {}
    for one in row.source_cells:
        graded = grades.get(one.name) or tasks.get(one.name)
        cells[one.name] = Cell(
            name=one.name,
            cell_type=one.cell_type,
            source=one.source or "",
            checksum=one.checksum,
            locked=bool(one.locked),
            grade=one.name in grades,
            solution=one.name in solutions,
            task=one.name in tasks,
            points=None if graded is None else float(graded.max_score),
        )
    return cells


def _learn(notebook: Notebook, source: Path, release: Path, modules: set[str]) -> None:
    """Learn order, imports and what the answers make from the course's own notebook."""
    import nbformat

    stubs = [cell.source for cell in notebook.cells.values() if cell.solution]
    path = source if source.is_file() else release
    order, imports, answers = [], [], list(stubs)
    if path.is_file():
        for cell in nbformat.read(path, as_version=4).cells:
            meta = cell.metadata.get("nbgrader", {})
            if meta.get("grade_id") in notebook.cells:
                order.append(meta["grade_id"])
            if cell.cell_type != "code":
                continue
            if meta.get("solution"):
                answers.append(cell.source)
            imports += import_statements(cell.source, everything=not meta.get("grade"))
    for cell in notebook.cells.values():
        if cell.cell_type == "code":
            imports += import_statements(cell.source, everything=not cell.grade)
    notebook.order = order or list(notebook.cells)
    notebook.handed_out = _handed_out(notebook, release)
    notebook.imports = sorted(set(imports))
    made: set[str] = set()
    for text in answers:
        made |= names_made(text)
    notebook.idle = idle_cells(notebook)
    imported = names_imported("\n".join(notebook.imports))
    notebook.answers = sorted(made - imported)
    notebook.classes = sorted(set().union(*map(classes_made, answers)))
    for statement in notebook.imports:
        modules |= modules_of(statement)


def _handed_out(notebook: Notebook, release: Path) -> list[str]:
    """Note what students were given, and return the code cells of it, without the tests."""
    import nbformat

    if not release.is_file():
        return []
    given = []
    for cell in nbformat.read(release, as_version=4).cells:
        known = notebook.cells.get(cell.metadata.get("nbgrader", {}).get("grade_id"))
        if known:
            known.given = cell.source
        if cell.cell_type == "code" and not (known and known.is_test):
            # The gradebook's word counts, where it has one.
            given.append(known.source if known and known.locked else cell.source)
    return given


def _parse(source: str) -> ast.Module | None:
    """Parse a cell with its magics turned into Python, or return None."""
    from IPython.core.inputtransformer2 import TransformerManager

    try:
        return ast.parse(TransformerManager().transform_cell(source))
    except (SyntaxError, ValueError):
        return None


def import_statements(source: str, everything: bool = True) -> list[str]:
    """Return the import statements at the top level of a cell, one by one.

    With ``everything`` false, which is for test cells, nothing: a test imports for itself.
    """
    tree = _parse(source) if everything else None
    if tree is None:
        return []
    found = []
    for node in tree.body:
        plain = isinstance(node, ast.Import) or (
            isinstance(node, ast.ImportFrom) and node.level == 0 and node.module != "__future__"
        )
        if plain:
            found.append(ast.unparse(node))
    return found


def modules_of(statement: str) -> set[str]:
    """Return the dotted names of the modules that an import statement loads."""
    found = set()
    for node in ast.parse(statement).body:
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


def names_imported(source: str) -> set[str]:
    """Return the names that import statements bind."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {(alias.asname or alias.name).split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {alias.asname or alias.name for alias in node.names}
    return found


def names_made(source: str) -> set[str]:
    """Return the names that an answer cell binds, or changes in place, at its top level.

    ``df["x"] = 1`` and ``items.append(1)`` change ``df`` and ``items`` in place. Names that stay
    inside functions and classes do not count.
    """
    tree = _parse(source)
    found: set[str] = set()
    todo: list[ast.AST] = list(tree.body) if tree else []
    while todo:
        node = todo.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
            continue
        if isinstance(node, ast.Lambda | ast.ListComp | ast.SetComp | ast.DictComp):
            continue
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            found.add(node.id)
        if isinstance(node, ast.Attribute | ast.Subscript) and isinstance(node.ctx, ast.Store):
            found |= _root(node)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            found |= _root(node.value.func) if isinstance(node.value.func, ast.Attribute) else set()
        todo += ast.iter_child_nodes(node)
    return found - {"get_ipython"}


#: Functions that return a class.
_MAKE_CLASSES = frozenset(("namedtuple", "make_dataclass", "Enum", "IntEnum"))


def classes_made(source: str) -> set[str]:
    """Return the names of the classes that an answer cell defines at its top level."""
    tree = _parse(source)
    found: set[str] = set()
    for node in tree.body if tree else []:
        if isinstance(node, ast.ClassDef):
            found.add(node.name)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            maker = node.value.func
            if getattr(maker, "id", getattr(maker, "attr", "")) in _MAKE_CLASSES:
                found |= {one.id for target in node.targets for one in _plain_targets(target)}
    return found


#: Functions whose call, as a statement, shows something and changes nothing that a test can see.
_SHOWS = frozenset(("print", "display", "show", "card", "compare"))


def idle_cells(notebook: Notebook) -> list[str]:
    """Return the locked cells that no test depends on: the examiner need not run them.

    A test depends on a cell that binds a name it reads, or changes such a name in place, or calls
    something on it, or writes a file that it names, and on whatever that cell depends on. A cell
    that is not understood (a magic, a call of a plain function) is one that tests depend on. Import
    lines are run in any case.
    """
    cells = [notebook.cells[name] for name in notebook.order]
    needed: set[str] = set()
    files: set[str] = set()
    for cell in cells:
        if cell.is_test:
            needed |= names_wanted(cell.source)
            files |= named_in(cell.source)
    idle = []
    for cell in reversed(cells):
        if not cell.runs_in_both:
            continue
        effects = names_affected(cell.source)
        if effects is not None and not effects & needed and not named_in(cell.source) & files:
            idle.append(cell.name)
        else:
            needed |= names_read(cell.source)
    return sorted(idle)


def names_read(source: str) -> set[str]:
    """Return all names that a cell reads anywhere."""
    tree = _parse(source)
    nodes = ast.walk(tree) if tree else []
    return {node.id for node in nodes if isinstance(node, ast.Name)}


def names_wanted(source: str) -> set[str]:
    """Return the names that a cell reads before it has given them a value of its own."""
    tree = _parse(source)
    wanted: set[str] = set()
    own: set[str] = set()
    for statement in tree.body if tree else []:
        nodes = list(ast.walk(statement))
        made = {one.id for one in nodes if isinstance(one, ast.Name)}
        simple = isinstance(statement, ast.Assign) and not any(
            isinstance(one, ast.Lambda | ast.NamedExpr) for one in nodes
        )
        if not simple:
            wanted |= made - own
            continue
        plain = {one.id for target in statement.targets for one in _plain_targets(target)}
        read = {one.id for one in nodes if isinstance(one, ast.Name) and _is_read(one)}
        wanted |= (read | (made - plain)) - own
        own |= plain
    return wanted


def _is_read(name: ast.Name) -> bool:
    return isinstance(name.ctx, ast.Load)


def _plain_targets(target: ast.expr) -> list[ast.Name]:
    """Return the names of an assignment that is one to names: ``a``, or ``a, b``."""
    if isinstance(target, ast.Name):
        return [target]
    parts = target.elts if isinstance(target, ast.Tuple | ast.List) else []
    return [one for one in parts if isinstance(one, ast.Name)]


def names_affected(source: str) -> set[str] | None:
    """Return the names that a cell binds, changes or calls something on; None for "who knows"."""
    tree = _parse(source)
    if tree is None:
        return None
    shown = [node for node in ast.walk(tree) if isinstance(node, ast.Expr) and _only_shows(node)]
    for node in shown:
        node.value = ast.Constant(None)
    found = names_made(ast.unparse(tree))
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in ("get_ipython", "exec", "globals", "setattr"):
            return None
        if isinstance(node, ast.Global | ast.Nonlocal | ast.Delete):
            return None
        if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)):
            continue
        if isinstance(node.value.func, ast.Name):
            return None
    return found


def _only_shows(node: ast.Expr) -> bool:
    """Say whether a statement makes an object to be shown (``widgets.Explorer()``) or shows one."""
    function = node.value.func if isinstance(node.value, ast.Call) else None
    if isinstance(function, ast.Name):
        return function.id in _SHOWS
    if isinstance(function, ast.Attribute):
        return function.attr in _SHOWS or function.attr[:1].isupper()
    return False


def _root(node: ast.AST) -> set[str]:
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    is_own = isinstance(node, ast.Name) and not hasattr(builtins, node.id)
    return {node.id} if is_own else set()


def _files(folder: Path, coursedir: CourseDirectory, config: Config, name: str) -> list[list[str]]:
    """Read the course's own files, which stand in for those of the same name in a submission."""
    from nbgrader import utils
    from nbgrader.converters import Autograde

    if not folder.is_dir():
        return []
    kept = Autograde(coursedir=coursedir, config=config).exclude_overwriting.get(name, [])
    files = []
    for text in sorted(utils.find_all_files(str(folder), [*coursedir.ignore, "*.ipynb"])):
        path = Path(text)
        inside = path.relative_to(folder).as_posix()
        if inside not in kept:
            files.append([inside, base64.b64encode(path.read_bytes()).decode()])
    return files

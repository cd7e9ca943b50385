"""Faults in the source of refssl: one expression or statement of one function changed, in memory.

A mutant is named by its module, its function and what has changed, so that the name outlives edits elsewhere.
"""

from __future__ import annotations

import ast
import copy
import functools
import gc
import importlib
import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FunctionType

# Everything in them is changed; in the rest of refssl only checks are left out.
WHOLE = (
    "refssl.channel",
    "refssl.sslobject",
    "refssl.sslsocket",
    "refssl.context",
    "refssl.settings",
    "refssl.tls",
    "refssl.session",
    "refssl.errors",
    "refssl.x509.hostname",
    "refssl.x509.path",
)
_COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
_OPERATIONS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
    ast.Mult: ast.FloorDiv,
}
Change = tuple[str, ast.AST]


@dataclass(frozen=True)
class Mutant:
    """A changed function. name: as said above; place: where its witnesses pass; make: the code that it gets."""

    name: str
    place: tuple[str, int]
    function: FunctionType
    make: Callable[[], CodeType | None]

    def apply(self) -> None:
        """Make this process wrong."""
        code = self.make()
        if code is not None and fits(self.function.__code__, code):
            self.function.__code__ = code
            _applied.append(self.name)


_applied: list[str] = []


def came_to_it() -> bool:
    """Whether this process was made wrong: what cannot be compiled, or makes the same code, changes nothing."""
    return bool(_applied)


def of_module(name: str, *, checks_only: bool) -> Iterator[Mutant]:
    """All mutants of a module's functions."""
    module = importlib.import_module(name)
    path = str(module.__file__)
    tree = ast.parse(Path(path).read_text(encoding="utf-8"))
    live = _live_functions(path)
    for qualname, node in _functions(tree, ""):
        line = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
        function = live.get((node.name, line))
        if function is None:
            continue
        seen: dict[str, int] = {}
        for what, old, new in _changes(node, checks_only=checks_only):
            seen[what] = seen.get(what, 0) + 1
            again = f" ({seen[what]})" if seen[what] > 1 else ""
            yield Mutant(
                f"{name.removeprefix('refssl.')}:{qualname}: {what}{again}",
                (path, old.lineno),  # type: ignore[attr-defined]
                function,
                functools.partial(_compiled, tree, old, new, path, node.name, line),
            )


def _live_functions(path: str) -> dict[tuple[str, int], FunctionType]:
    """The functions of a file that exist in this process, by name and first line; decorated ones among them."""
    frozen = gc.get_freeze_count()
    gc.unfreeze()  # what is frozen is not among the objects that the collector tells of
    found = [each for each in gc.get_objects() if isinstance(each, FunctionType) and each.__code__.co_filename == path]
    if frozen:
        gc.freeze()
    return {(each.__name__, each.__code__.co_firstlineno): each for each in found}


def _functions(node: ast.AST, prefix: str) -> Iterator[tuple[str, ast.FunctionDef]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef):
            yield prefix + child.name, child
        elif isinstance(child, (ast.ClassDef, ast.If)):
            inner = f"{prefix}{child.name}." if isinstance(child, ast.ClassDef) else prefix
            yield from _functions(child, inner)


def _changes(function: ast.FunctionDef, *, checks_only: bool) -> Iterator[tuple[str, ast.AST, ast.AST]]:
    """Each change of the function: what it is, the node, and what stands in its place."""
    operators = (_left_out_checks,) if checks_only else (_left_out_checks, _statements, _expressions)
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    for statement in body:
        for node in _without_annotations(statement):
            for operator in operators:
                for what, replacement in operator(node):
                    yield what, node, replacement


def _without_annotations(node: ast.AST) -> Iterator[ast.AST]:
    """The node and all below it but annotations, which nobody evaluates."""
    yield node
    for name, field in ast.iter_fields(node):
        below = field if isinstance(field, list) else [field]
        for child in below if name != "annotation" else ():
            if isinstance(child, ast.AST):
                yield from _without_annotations(child)


def _left_out_checks(node: ast.AST) -> Iterator[Change]:
    """What would have been refused is not."""
    if isinstance(node, ast.Raise):
        yield f"not done: {_short(node)}", _never(node)


def _statements(node: ast.AST) -> Iterator[Change]:
    if isinstance(node, ast.stmt) and (_acts(node) or isinstance(node, (ast.Break, ast.Continue))):
        yield f"not done: {_short(node)}", _never(node)
    elif isinstance(node, ast.Return) and node.value is not None and not _is_none(node.value):
        nothing = ast.IfExp(ast.Constant(False), node.value, ast.Constant(None))
        yield f"None for: {_short(node)}", ast.Return(nothing)


def _never(statement: ast.stmt) -> ast.If:
    """A statement that is not done, but names what it named: the function closes over as much as before (`super()`)."""
    return ast.If(ast.Constant(False), [statement], [])


def _expressions(node: ast.AST) -> Iterator[Change]:
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        other = _COMPARISONS.get(type(node.ops[0]))
        if other is not None:
            yield f"turned: {_short(node)}", ast.Compare(node.left, [other()], node.comparators)
    elif isinstance(node, ast.BoolOp):
        turned = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        yield f"and/or: {_short(node)}", ast.BoolOp(turned, node.values)
        for number, value in enumerate(node.values):
            rest = node.values[:number] + node.values[number + 1 :]
            yield f"without {_short(value)}: {_short(node)}", rest[0] if len(rest) == 1 else ast.BoolOp(node.op, rest)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield f"turned: {_short(node)}", node.operand
    elif isinstance(node, (ast.If, ast.IfExp)) and isinstance(node.test, (ast.Name, ast.Attribute, ast.Call)):
        turned_test = ast.copy_location(ast.UnaryOp(ast.Not(), node.test), node.test)
        if isinstance(node, ast.If):
            yield f"turned: if {_short(node.test)}", ast.If(turned_test, node.body, node.orelse)
        else:
            yield f"turned: {_short(node)}", ast.IfExp(turned_test, node.body, node.orelse)
    elif isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield f"turned: {node.value}", ast.Constant(not node.value)
    elif isinstance(node, ast.Constant) and isinstance(node.value, int):
        yield f"one more: {node.value}", ast.Constant(node.value + 1)
    elif isinstance(node, ast.BinOp) and type(node.op) in _OPERATIONS:
        yield f"another operator: {_short(node)}", ast.BinOp(node.left, _OPERATIONS[type(node.op)](), node.right)


def _acts(node: ast.AST) -> bool:
    """Whether a statement calls something, or changes what outlives the function."""
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Call)
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AugAssign) else []
    return bool(targets) and all(isinstance(target, (ast.Attribute, ast.Subscript)) for target in targets)


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _short(node: ast.AST) -> str:
    text = " ".join(ast.unparse(node).split())
    return text if len(text) <= 70 else text[:67] + "..."


def _compiled(tree: ast.Module, old: ast.AST, new: ast.AST, path: str, name: str, line: int) -> CodeType | None:
    """The function's code where one node of its module is another; None if that is no Python."""
    memo: dict[int, object] = {id(old): ast.copy_location(new, old)}
    changed: ast.Module = copy.deepcopy(tree, memo)
    try:
        code = compile(ast.fix_missing_locations(changed), path, "exec")
    except (SyntaxError, ValueError):
        return None
    waiting = [code]
    while waiting:
        found = waiting.pop()
        if found.co_name == name and found.co_firstlineno == line:
            return found
        waiting += [constant for constant in found.co_consts if inspect.iscode(constant)]
    return None


def fits(old: CodeType, new: CodeType) -> bool:
    """Whether a function can take this code: it closes over as many names, and is not the same."""
    return old.co_freevars == new.co_freevars and _essence(old) != _essence(new)


def _essence(code: CodeType) -> tuple[bytes, tuple[object, ...]]:
    """What code does, whatever its lines are; of what it holds inside (comprehensions, functions) the same."""
    return code.co_code, tuple(
        _essence(constant) if inspect.iscode(constant) else repr(constant) for constant in code.co_consts
    )


def every(modules: list[str], whole: Callable[[str], bool]) -> Iterator[Mutant]:
    """The mutants of these modules; `whole` says of which more than the checks is changed."""
    for name in modules:
        yield from of_module(name, checks_only=not whole(name))

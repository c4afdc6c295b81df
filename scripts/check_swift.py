"""Checks the Swift sources where there is no Swift: `check_swift.py GENERATED SOURCE...`.

All of them parse. And what the layer calls of the generated module, its types, functions, initializers and methods,
fields and cases, is there with these labels, this number of values and this `throws`.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import tree_sitter_swift
from tree_sitter import Language, Node, Parser

PARSER = Parser(Language(tree_sitter_swift.language()))
# No part of the language, and not known to the grammar.
PRIVATE = b"@_documentation(visibility: private)"
# The module, and what the layer calls an object of it.
MODULE = "TenantryFFI"
OBJECTS = {"$0": "Engine", "engine": "Engine", "allocator": "SlugAllocator"}
# The types of it that the layer names without the module, for it has none of these names.
UNQUALIFIED = ("Engine", "EngineError")


@dataclass(frozen=True)
class Signature:
    """The labels of a function, which of them may be left out, whether it throws, and the type that it returns."""

    labels: tuple[str, ...]
    optional: frozenset[str]
    throws: bool
    returns: str

    def takes(self, labels: tuple[str, ...]) -> bool:
        needed = [label for label in self.labels if label in labels or label not in self.optional]
        return list(labels) == needed


@dataclass
class Type:
    """What a type of the generated module has."""

    functions: dict[str, list[Signature]] = field(default_factory=dict)
    fields: set[str] = field(default_factory=set)
    cases: dict[str, int] = field(default_factory=dict)


class Module:
    """The generated module. What stands in no type is that of the type ''."""

    def __init__(self, root: Node) -> None:
        self.types: dict[str, Type] = {"": Type()}
        for node in root.children:
            if node.type == "function_declaration":
                note(self.types[""], name_of(node), node)
            if node.type == "class_declaration" and (name := child(node, "type_identifier")):
                self._read(self.types.setdefault(text(name), Type()), node)

    def _read(self, into: Type, node: Node) -> None:
        for body in node.children:
            for part in body.children if body.type.endswith("class_body") else ():
                if part.type == "function_declaration":
                    note(into, name_of(part), part)
                elif part.type == "init_declaration":
                    note(into, "init", part)
                elif part.type == "property_declaration" and (pattern := child(part, "pattern")):
                    into.fields.add(text(pattern))
                elif part.type == "enum_entry":
                    values = child(part, "enum_type_parameters")
                    count = sum(one.type == ":" for one in values.children) if values else 0
                    into.cases[name_of(part)] = count


class Layer:
    """A file of the layer, against the module. What is wrong goes to `problems`, what was looked at is counted."""

    def __init__(self, module: Module, path: Path, root: Node) -> None:
        self.module, self.path, self.problems = module, path, list[str]()
        self.seen: Counter[str] = Counter()
        for node in walk(root):
            if node.type == "call_expression":
                self._call(node)
            elif node.type == "user_type":
                self._type(node)
            elif node.type in ("init_declaration", "function_declaration"):
                for parameter in (one for one in node.children if one.type == "parameter"):
                    self._value(node, parameter)
                for part in walk(node):
                    if part.type == "property_declaration":
                        self._result(node, part)
            elif node.type == "class_declaration":
                # An extension of an error of the module, or a computed property of one of its types.
                for part in walk(node):
                    if part.type == "property_declaration":
                        self._translation(part)

    def _wrong(self, node: Node, what: str) -> None:
        self.problems.append(f"{self.path}:{node.start_point.row + 1}: {what}")

    def _call(self, node: Node) -> None:
        callee = node.children[0]
        if callee.type != "navigation_expression":
            return
        owner, name = text(callee.children[0]), text(callee.children[-1]).lstrip(".")
        if owner == MODULE:
            found = self.module.types[""].functions.get(name, [])
            if name in self.module.types:
                found = self.module.types[name].functions["init"]
        elif owner in OBJECTS or owner in self.module.types:
            there = self.module.types.get(OBJECTS.get(owner, owner), Type())
            found = there.functions.get(name, [])
        else:
            return
        self.seen["calls"] += 1
        arguments = [one for one in walk(node.children[-1]) if one.type == "value_argument"]
        own = [one for one in arguments if is_argument_of(one, node)]
        labels = tuple(
            text(label) if (label := child(one, "value_argument_label")) else "_" for one in own
        )
        fitting = [one for one in found if one.takes(labels)]
        if not found:
            self._wrong(node, f"{owner}.{name} is not generated")
        elif not fitting:
            self._wrong(node, f"{owner}.{name} takes {found[0].labels}, and not {labels}")
        elif fitting[0].throws and not is_tried(node):
            self._wrong(node, f"{owner}.{name} throws, and there is no `try`")

    def _type(self, node: Node) -> None:
        """A type of the module that is named."""
        name = text(node).removeprefix(f"{MODULE}.")
        is_ours = text(node) == name and name not in UNQUALIFIED
        if not is_ours and name not in self.module.types:
            self._wrong(node, f"the type {name} is not generated")

    def _value(self, function: Node, parameter: Node) -> None:
        """The fields and cases of a parameter whose type is of the module."""
        kind = text(parameter.children[-1]).removeprefix(f"{MODULE}.")
        is_ours = text(parameter.children[-1]) == kind and kind not in UNQUALIFIED
        if not is_ours:
            names = [text(one) for one in parameter.children if one.type == "simple_identifier"]
            self._uses(function, names[-1], kind)

    def _result(self, function: Node, binding: Node) -> None:
        """The fields and cases of what a function of the module returned: `let found = TenantryFFI.tenantName(...)`."""
        callee = text(binding.children[-1].children[0]) if binding.children[-1].children else ""
        name = child(binding, "pattern")
        if name and callee.startswith(f"{MODULE}."):
            for found in self.module.types[""].functions.get(callee.removeprefix(f"{MODULE}."), []):
                self._uses(function, text(name), found.returns)

    def _uses(self, function: Node, name: str, kind: str) -> None:
        """The fields and cases of a value of the module, by its name in a function."""
        there = self.module.types.get(kind)
        if not there:
            return  # `_type` has said so
        for node in walk(function):
            if node.type == "navigation_expression" and text(node.children[0]) == name:
                self.seen["fields"] += 1
                part = text(node.children[-1]).lstrip(".")
                if part not in there.fields and part not in there.functions:
                    self._wrong(node, f"{kind} has no field {part}")
            elif node.type == "switch_statement" and text(node.children[1]) == name:
                self._switch(node, kind, there)

    def _switch(self, node: Node, kind: str, there: Type) -> None:
        left = dict(there.cases)
        for entry in (one for one in node.children if one.type == "switch_entry"):
            for pattern in (
                one.children[0] for one in entry.children if one.type == "switch_pattern"
            ):
                self.seen["cases"] += 1
                case = name_of(pattern)
                values = sum(one.type == "pattern" for one in pattern.children)
                if case not in there.cases:
                    self._wrong(pattern, f"{kind} has no case {case}")
                elif values != there.cases[case]:
                    self._wrong(
                        pattern, f"{kind}.{case} has {there.cases[case]} values, and not {values}"
                    )
                left.pop(case, None)
        for case in left:
            self._wrong(node, f"the case {case} of {kind} is left out")

    def _translation(self, node: Node) -> None:
        """`var ffi: TenantryFFI.Plan`, which returns cases of it."""
        kind = child(node, "type_annotation")
        name = text(kind.children[-1]) if kind else ""
        there = self.module.types.get(name.removeprefix(f"{MODULE}."))
        if not name.startswith(f"{MODULE}.") or not there or not there.cases:
            return
        for part in walk(node):
            if (
                part.type == "control_transfer_statement"
                and part.children[-1].type == "prefix_expression"
            ):
                self.seen["cases"] += 1
                case = text(part.children[-1]).lstrip(".")
                if case not in there.cases:
                    self._wrong(part, f"{name} has no case {case}")


def note(into: Type, name: str, node: Node) -> None:
    """Adds a function: its labels are the names of its parameters, as everywhere in what is generated."""
    labels, optional = [], set()
    for at, part in enumerate(node.children):
        if part.type == "parameter":
            label = text(part.children[0])
            labels.append(label)
            if node.children[at + 1].type == "=":
                optional.add(label)
    arrow = child(node, "->")
    returns = text(arrow.next_sibling) if arrow and arrow.next_sibling else ""
    found = Signature(tuple(labels), frozenset(optional), bool(child(node, "throws")), returns)
    into.functions.setdefault(name, []).append(found)


def text(node: Node) -> str:
    return (node.text or b"").decode().strip("`")


def child(node: Node, kind: str) -> Node | None:
    return next((one for one in node.children if one.type == kind), None)


def name_of(node: Node) -> str:
    found = child(node, "simple_identifier")
    return text(found) if found else ""


def walk(node: Node) -> Iterator[Node]:
    yield node
    for one in node.children:
        yield from walk(one)


def ancestors(node: Node) -> Iterator[Node]:
    while node.parent:
        node = node.parent
        yield node


def is_tried(node: Node) -> bool:
    """Whether there is a `try` before a call, in its own closure."""
    for one in ancestors(node):
        if one.type in ("try_expression", "lambda_literal", "function_body"):
            return one.type == "try_expression"
    return False


def is_argument_of(node: Node, call: Node) -> bool:
    """Whether an argument is one of this call, and not of a call within."""
    return next(one for one in ancestors(node) if one.type == "call_expression").id == call.id


def parse(path: Path) -> tuple[Node, list[str]]:
    """The tree of a file, and where it does not parse."""
    root = PARSER.parse(path.read_bytes().replace(PRIVATE, b" " * len(PRIVATE))).root_node
    wrong = [one for one in walk(root) if one.is_error or one.is_missing]
    return root, [f"{path}:{one.start_point.row + 1}: does not parse" for one in wrong]


def check(generated: Path, sources: list[Path]) -> tuple[list[str], Counter[str]]:
    """What is wrong, and how much was looked at."""
    root, problems = parse(generated)
    module, seen = Module(root), Counter(files=1)
    for path in sources:
        root, wrong = parse(path)
        problems += wrong
        seen["files"] += 1
        # Tests and the manifest do not call what is generated.
        if f"import {MODULE}\n" in text(root):
            layer = Layer(module, path, root)
            problems += layer.problems
            seen += layer.seen
        elif f"{MODULE}." in text(root):
            problems.append(f"{path}:1: calls {MODULE}, and does not import it")
    return problems, seen


def main(arguments: list[str]) -> int:
    problems, seen = check(Path(arguments[0]), [Path(one) for one in arguments[1:]])
    print("\n".join(problems), file=sys.stderr)
    print(", ".join(f"{count} {what}" for what, count in sorted(seen.items())))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

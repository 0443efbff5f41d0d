"""A statement as a tree that can be written down, and made smaller while something stays true of it."""

import copy

# What stands for any node of a kind when it is made smaller.
SIMPLE = {"int": "1", "text": "'a'", "bool": "true", "num": "1.5", "date": "date '2026-01-01'", "ints": "array[1,2]",
          "texts": "array['a','b']", "json": "jsonb '{\"a\": 1}'", "row": "row(1,'a')"}


class Node:
    """kind: what may stand in its place; parts: texts and nodes; between: what divides them."""

    def __init__(self, kind, *parts, between="", optional=False):
        self.kind, self.parts, self.between, self.optional = kind, list(parts), between, optional

    def __str__(self):
        return self.between.join(t for t in map(str, self.parts) if t)

    def nodes(self):
        """Itself and all below, the larger ones first."""
        level = [self]
        while level:
            yield from level
            level = [p for n in level for p in n.parts if isinstance(p, Node)]


def maybe(*parts):
    return Node("clause", *parts, optional=True)


def items(nodes, between=", "):
    return Node("list", *nodes, between=between)


def _inner(node):
    return [n for n in node.nodes() if n is not node and n.kind == node.kind]


def smaller(node):
    """What could stand in the node's place: lists of parts, the smallest first."""
    if node.optional:
        yield []
    if node.kind == "list" and len(node.parts) > 1:
        for i in range(len(node.parts)):
            yield node.parts[:i] + node.parts[i + 1:]
    if node.kind in SIMPLE and len(str(node)) > len(SIMPLE[node.kind]):
        yield [SIMPLE[node.kind]]
    for inner in sorted(_inner(node), key=lambda n: len(str(n)))[:6]:
        yield [*inner.parts] if inner.between == node.between else [inner]
    if len(node.parts) == 3 and node.parts[0] == "(" and node.parts[2] == ")" and isinstance(node.parts[1], Node):
        yield [node.parts[1]]


def reduced(tree, holds, tries=1500):
    """The tree as small as single steps make it while holds(text) stays true."""
    tree, moved = copy.deepcopy(tree), True
    while moved and tries > 0:
        moved = False
        for node in list(tree.nodes()):
            kept = node.parts
            for parts in smaller(node):
                if tries <= 0:
                    break
                before = len(str(tree))
                node.parts = parts
                tries -= 1
                if len(str(tree)) < before and holds(str(tree)):
                    moved = True
                    break
                node.parts = kept
            if moved:
                break
    return tree

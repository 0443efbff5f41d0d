"""The server's own tree of a query, in PostgreSQL 15's words: which columns of tables it needs, and which it only
lists. Outputs of inner queries that nobody uses are needed by nothing.

A reading of its own, which shares nothing with the judge."""

import re

TOKEN = re.compile(r"[(){}]|(?:\\.|[^\s(){}\\])+", re.S)
RELATION, SUBQUERY, JOIN, CTE = "0", "1", "2", "6"      # RTEKind
UNION, EXISTS = "1", "0"                                # SetOperation, SubLinkType
APART = ("targetList", "rtable", "cteList", "setOperations")    # of a query: walked when they are used


class Node:
    """{NAME :field value...}; a value is a string, a node or a list, and a field may have several."""

    def __init__(self, name):
        self.name, self.fields = name, {}

    def get(self, field):
        values = self.fields.get(field)
        return values[0] if values and values[0] != "<>" else None

    def items(self, field):
        found = self.get(field)
        return found if isinstance(found, list) else []

    def values(self, *without):
        return [v for f, vs in self.fields.items() if f not in without for v in vs]


def _list(tokens):
    out = []
    for token in tokens:
        if token == ")":
            return out
        out.append(_value(token, tokens))
    return out


def _node(tokens):
    node, field = Node(next(tokens)), None
    for token in tokens:
        if token == "}":
            break
        if token.startswith(":"):
            field = node.fields.setdefault(token[1:], [])
        else:
            field.append(_value(token, tokens))
    return node


def _value(token, tokens):
    return {"(": _list, "{": _node}.get(token, lambda _: token)(tokens)


def queries(thing):
    """The queries in a value: a body holds lists of them."""
    if isinstance(thing, Node):
        return [thing] if thing.name == "QUERY" else []
    return [q for one in thing for q in queries(one)] if isinstance(thing, list) else []


def parse(text):
    tokens = iter(TOKEN.findall(text))
    return _value(next(tokens), tokens)


def inside(thing):
    """Every node beneath, itself included."""
    if isinstance(thing, Node):
        yield thing
        thing = thing.values()
    if isinstance(thing, list):
        for one in thing:
            yield from inside(one)


class Query:
    """One query, and what of it is in use so far."""

    def __init__(self, node, outer, found):
        self.node, self.outer, self.found, self.used, self.inner, self.begun = node, outer, found, set(), {}, False
        self.rtable = node.items("rtable")
        self.union = any(n.name == "SETOPERATIONSTMT" for n in inside(node.get("setOperations")))

    def beneath(self, node):
        """The same query each time that it is met."""
        if id(node) not in self.inner:
            self.inner[id(node)] = Query(node, self, self.found)
        return self.inner[id(node)]

    def up(self, levels):
        return self if levels == 0 else self.outer.up(levels - 1)

    def begin(self):
        """What decides about its rows is needed whoever uses what."""
        if self.begun:
            return
        self.begun = True
        for value in self.node.values(*APART):
            self.walk(value)
        for entry in self.rtable:
            if entry.get("rtekind") == SUBQUERY:
                self.beneath(entry.get("subquery")).begin()
            elif entry.get("rtekind") != JOIN:
                self.walk(entry.values("subquery", "joinaliasvars"))
        for entry in self.node.items("targetList"):
            if entry.get("ressortgroupref") != "0" or any(n.get("funcretset") == "true" for n in inside(entry)):
                self.use(entry.get("resno"))
        if self.compares():
            self.use_all()

    def compares(self):
        """UNION ALL alone compares nothing."""
        return any(n.name == "SETOPERATIONSTMT" and (n.get("all") != "true" or n.get("op") != UNION)
                   for n in inside(self.node.get("setOperations")))

    def use_all(self):
        for entry in self.node.items("targetList"):
            self.use(entry.get("resno"))

    def use(self, number):
        self.begin()
        if number in self.used:
            return
        self.used.add(number)
        for entry in self.node.items("targetList"):
            if entry.get("resno") == number:
                self.walk(entry.get("expr"))
        for arm in self.rtable if self.union else []:
            if arm.get("rtekind") == SUBQUERY:
                self.beneath(arm.get("subquery")).use(number)

    def walk(self, thing):
        if isinstance(thing, list):
            for one in thing:
                self.walk(one)
        elif isinstance(thing, Node) and thing.name == "VAR":
            self.up(int(thing.get("varlevelsup"))).column(int(thing.get("varno")), thing.get("varattno"))
        elif isinstance(thing, Node) and thing.name == "SUBLINK":
            self.walk(thing.get("testexpr"))
            query = self.beneath(thing.get("subselect"))
            query.begin() if thing.get("subLinkType") == EXISTS else query.use_all()
        elif isinstance(thing, Node):
            self.walk(thing.values())

    def column(self, entry, number):
        rte = self.rtable[entry - 1]
        kind = rte.get("rtekind")
        if kind == RELATION:
            self.found.add((int(rte.get("relid")), int(number)))
        elif kind == JOIN and number != "0":
            self.walk(rte.items("joinaliasvars")[int(number) - 1])
        elif kind == JOIN:
            self.walk(rte.get("joinaliasvars"))
        elif kind in (SUBQUERY, CTE):
            query = self.beneath(rte.get("subquery")) if kind == SUBQUERY else self.named(rte)
            query.use_all() if number == "0" or kind == CTE and rte.get("self_reference") == "true" else query.use(number)

    def named(self, rte):
        """The WITH query that an entry names."""
        owner = self.up(int(rte.get("ctelevelsup")))
        for cte in owner.node.items("cteList"):
            if cte.get("ctename") == rte.get("ctename"):
                return owner.beneath(cte.get("ctequery"))
        raise AssertionError(f"no WITH query {rte.get('ctename')} in the server's tree")


def needed(text):
    """{(relation's oid, column's number)} that the queries of a body need."""
    found = set()
    for node in queries(parse(text)):
        Query(node, None, found).use_all()
    return found


def read(text):
    """The same of whatever a query mentions of a table, needed or not."""
    found = set()

    def look(thing, around):
        if isinstance(thing, list):
            for one in thing:
                look(one, around)
        elif isinstance(thing, Node):
            around = [thing, *around] if thing.name == "QUERY" else around
            if thing.name == "VAR":
                rte = around[int(thing.get("varlevelsup"))].items("rtable")[int(thing.get("varno")) - 1]
                if rte.get("rtekind") == RELATION:
                    found.add((int(rte.get("relid")), int(thing.get("varattno"))))
            look(thing.values(), around)
    look(parse(text), [])
    return found


def writes(text):
    return any(n.name == "QUERY" and n.get("commandType") != "1" for n in inside(parse(text)))

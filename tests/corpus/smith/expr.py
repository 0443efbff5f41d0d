"""Expressions of a type over what is in scope."""

import re

from tree import Node, items, maybe

CONSTANTS = {"int": ["1", "2", "3", "0", "7"], "text": ["'a'", "'x1'", "'person1@example.org'", "''", "null::text"],
             "bool": ["true", "false", "1 = 1"], "num": ["1.5", "0.1"], "date": ["date '2026-01-02'"],
             "ints": ["array[1,2]", "'{3,4}'::int[]"], "texts": ["array['a','b']", "'{x,y}'::text[]"],
             "json": ["jsonb '{\"a\": 1}'", "'[1,2]'::jsonb"], "row": ["row(1,'a')"], "oid": ["1::oid"]}
COMPARED = ["=", "<", ">", "<=", "<>", "is distinct from", "is not distinct from"]
KINDS = ["int", "int", "int", "text", "text", "text", "bool", "num", "date", "ints", "texts", "json", "row"]


class Column:
    """name: how it is written after a dot; text: how it is written here."""

    def __init__(self, text, name, kind, hot=False):
        self.text, self.name, self.kind, self.hot = text, name, kind, hot


class Scope:
    """What a query sees: its relations, and the query around it. careful: how seldom it looks at a guarded value;
    tells: how seldom it gives one to the query around it."""

    def __init__(self, outer=None, careful=0.95, tells=None):
        self.outer, self.careful, self.tells = outer, careful, tells
        self.columns, self.rows, self.ctes = [], [], dict(outer.ctes) if outer else {}
        self.grouped = None     # columns that stand in GROUP BY
        self.aggregates, self.windows, self.spreads = False, False, False

    def seen(self, rng):
        if self.grouped is not None:
            return self.grouped
        if self.outer is not None and rng.random() < 0.15:
            return self.outer.seen(rng)
        return self.columns


class Expressions:
    """Mixed into the generator of queries."""

    def fill(self, text, scope, depth, **more):
        """The text with a node for each {kind}."""
        parts = []
        for piece in re.split(r"(\{\w+\})", text):
            kind = piece[1:-1] if piece.startswith("{") else None
            if kind is None:
                parts.append(piece.replace("{{", "{").replace("}}", "}"))
            elif kind in more:
                parts.append(more[kind])
            elif kind == "small":
                parts += ["least(4, ", self.expr("int", scope, depth - 1), ")"]
            else:
                parts.append(self.expr(kind, scope, depth - 1))
        return Node("part", *parts)

    def column(self, kind, scope):
        found = [c for c in scope.seen(self.rng) if c.kind == kind]
        if not found:
            return None
        cold = [c for c in found if not c.hot]
        if cold and self.rng.random() < scope.careful:
            found = cold
        elif not cold and self.rng.random() < scope.careful:
            return None
        column = self.rng.choice(found)
        self.warm(column.hot)
        return Node(kind, column.text)

    def constant(self, kind):
        return Node(kind, self.rng.choice(CONSTANTS[kind]))

    def expr(self, kind, scope, depth):
        r = self.rng.random()
        if depth <= 0 or r < 0.45:
            return (self.rng.random() < 0.85 and self.column(kind, scope)) or self.constant(kind)
        if r < 0.52:
            return self.subquery_value(kind, scope, depth)
        if r < 0.62:
            return self.chosen(kind, scope, depth)
        if scope.aggregates and r < 0.75 and kind in self.zoo.AGGREGATES:
            return self.aggregate(kind, scope, depth)
        if scope.windows and r < 0.75 and kind in self.zoo.WINDOWED:
            return self.windowed(kind, scope, depth)
        if r < 0.66 and scope.rows:
            return self.of_row(kind, scope) or self.constant(kind)
        if kind == "bool":
            return self.condition(scope, depth)
        if kind == "int" and r < 0.72:
            op = self.rng.choice(["+", "-", "*"])
            return Node(kind, "(", self.expr(kind, scope, depth - 1), f" {op} ", self.expr(kind, scope, depth - 1), ")")
        if kind == "text" and r < 0.72:
            return Node(kind, "(", self.expr(kind, scope, depth - 1), " || ", self.expr(kind, scope, depth - 1), ")")
        return self.call(kind, scope, depth)

    def call(self, kind, scope, depth):
        calls = self.fine(self.zoo.CALLS[kind])
        if not calls:
            return self.constant(kind)
        return Node(kind, self.fill(self.rng.choice(calls)[0], scope, depth))

    def chosen(self, kind, scope, depth):
        def e(k=kind):
            return self.expr(k, scope, depth - 1)
        how = self.rng.randrange(6)
        if how == 0:
            return Node(kind, "coalesce(", e(), ", ", e(), ")")
        if how == 1:
            return Node(kind, "case when ", e("bool"), " then ", e(), maybe(" else ", e()), " end")
        if how == 2 and kind in ("int", "text"):
            return Node(kind, "nullif(", e(), ", ", e(), ")")
        if how == 3 and kind in ("int", "text"):
            return Node(kind, "greatest(", e(), ", ", e(), ")")
        if how == 4:
            other = self.rng.choice(["int", "text"])
            return Node(kind, "case ", e(other), " when ", e(other), " then ", e(), " else ", e(), " end")
        return Node(kind, "(", e(), ")")

    def bare(self, scope):
        """A scope beside it in which there are no aggregates and windows."""
        inner = Scope(scope.outer, scope.careful)
        inner.ctes, inner.columns, inner.rows = scope.ctes, scope.columns, scope.rows
        return inner

    def aggregate(self, kind, scope, depth):
        inner = self.bare(scope)
        group = Node("int", self.rng.choice(scope.grouped).text) if scope.grouped else Node("int", "1")
        text = self.rng.choice(self.zoo.AGGREGATES[kind])
        if "{group}" in text and not scope.grouped:
            text = self.zoo.AGGREGATES[kind][0]
        filter_ = ""
        if "grouping" not in text and "[1]" not in text and "::" not in text and self.rng.random() < 0.2:
            filter_ = maybe(" filter (where ", self.expr("bool", inner, 1), ")")
        return Node(kind, self.fill(text, inner, min(depth, 2), group=group), filter_)

    def windowed(self, kind, scope, depth):
        inner = self.bare(scope)
        window = Node("clause", "(", maybe("partition by ", self.expr("int", inner, 1)), maybe(" order by ", self.expr("int", inner, 1)),
                      maybe(self.rng.choice(["", "", " rows between 1 preceding and current row", " rows unbounded preceding",
                                             " groups between 1 preceding and 1 following exclude ties"])), ")")
        if self.rng.random() < 0.15:
            window = "w"
        return Node(kind, self.fill(self.rng.choice(self.zoo.WINDOWED[kind]), inner, min(depth, 2), w=window))

    def of_row(self, kind, scope):
        """Something of a whole row."""
        row = self.rng.choice(scope.rows)
        if scope.grouped is not None:
            return None
        alias, columns, of = row
        hot = any(c.hot for c in columns)
        if hot and self.rng.random() < scope.careful:
            fine = [c for c in columns if c.kind == kind and not c.hot]
            if not fine:
                return None
            column = self.rng.choice(fine)
            how = self.rng.choice(["({0}).{1}", "{1}({0})", "({0}.*).{1}", "(({0})).{1}"])
            return Node(kind, how.format(alias, column.name))
        self.warm(hot)
        if kind == "row":
            return Node(kind, alias)
        if kind == "json":
            return Node(kind, f"to_jsonb({alias})")
        if kind == "bool":
            return Node(kind, f"({alias} is not null)")
        if kind == "text":
            more = self.zoo.OF_ROWS.get(of)
            if more and self.rng.random() < 0.15 * (1 - scope.careful):
                return Node(kind, self.rng.choice(more)[0].format(alias))
            return Node(kind, f"{alias}::text")
        return None

    def subquery_value(self, kind, scope, depth):
        if kind in ("ints", "texts"):
            query, _ = self.query(scope, depth - 1, [kind[:-1]])
            return Node(kind, "array(", query, ")")
        query, _ = self.query(scope, depth - 1, [kind], single=True)
        return Node(kind, "(", query, ")")

    def condition(self, scope, depth):
        def e(k):
            return self.expr(k, scope, depth - 1)
        kind = self.rng.choice(["int", "int", "text", "text", "num", "date"])
        how = self.rng.randrange(14)
        if how < 4:
            return Node("bool", "(", e(kind), f" {self.rng.choice(COMPARED)} ", e(kind), ")")
        if how == 4:
            return Node("bool", "(", e("bool"), self.rng.choice([" and ", " or "]), e("bool"), ")")
        if how == 5:
            return Node("bool", "(not ", e("bool"), ")")
        if how == 6:
            return Node("bool", "(", e(kind), " is ", self.rng.choice(["", "not "]), "null)")
        if how == 7:
            return Node("bool", "(", e("text"), self.rng.choice([" like ", " ~ ", " ilike "]), self.rng.choice(["'%1%'", "'1@'", "'a'"]), ")")
        if how == 8:
            return Node("bool", "exists (", self.query(scope, depth - 1, None)[0], ")")
        if how == 9:
            query, _ = self.query(scope, depth - 1, [kind])
            return Node("bool", "(", e(kind), self.rng.choice([" in (", " not in (", " = any (", " < all ("]), query, "))")
        if how == 10:
            return Node("bool", "(", e(kind), " in (", items([e(kind), e(kind)]), "))")
        if how == 11:
            return Node("bool", "((", e("int"), ", ", e("text"), ") = (", e("int"), ", ", e("text"), "))")
        if how == 12:
            query, _ = self.query(scope, depth - 1, ["int", "text"])
            return Node("bool", "((", e("int"), ", ", e("text"), ") in (", query, "))")
        return self.call("bool", scope, depth)

"""One guarded value, wrapped again and again: in each layer a query that looks at everything but it, or hands it on."""

from expr import Column, Scope
from query import Queries, qualified
from tree import Node, items, maybe

# What tells of a value {c} by itself: in an error, a notice, the number of rows; or, at the end, nothing.
TELLING = {
    "int": ["{c}::int", "length({c})", "1 / (length({c}) - 19)", "zoo.scream({c})", "generate_series(1, length({c}) - 17)",
            "1 / (case when {c} like '%example%' then 0 else 1 end)", "(select {c}::int)", "({c}::int + 1)", "zoo.harmless({c}::int)",
            "coalesce({c}::int, 1)", "(array[{c}::int])[1]", "max({c}::int) over ()", "sum(length({c})) over ()"],
    "text": ["{c}", "{c}", "{c}", "upper({c})", "zoo.tell({c})", "zoo.lively({c})", "regexp_split_to_table({c}, 'o')", "zoo.many({c})",
             "({c}::int)::text", "{c} || random()::text", "unnest(string_to_array({c}, 'o'))", "left({c}, (1 / (length({c}) - 19)))",
             "(select {c})", "max({c}) over ()", "nullif({c}, 'person1@example.org')", "to_jsonb({c})::text"],
    "bool": ["{c} like '%1@%'", "zoo.bool({c})", "({c}::int > 1)", "exists (select 1 where {c}::int > 1)"],
    "row": ["row({c}, 1)", "t0", "(t0)"],
}
SOURCES = [("customers", "t0.email"), ("customers", "t0.ssn"), ("zoo.mails", "t0.email"), ("zoo.mails2", "t0.address"),
           ("zoo.kept", "t0.email"), ("public.halves", "t0.ssn"), ("zoo.starred", "t0.email"), ("zoo.renamed", "t0.c"), ("zoo.window", "t0.before"),
           ("zoo.joined", "t0.email"), ("zoo.quiet", "t0.loud"), ("zoo.json", "t0.j ->> 'email'"), ("zoo.row", "(t0.whole).email"),
           ("zoo.lateral", "t0.e")]


class Chains(Queries):
    """Each layer is a method that takes a query and its columns, and gives another one."""

    sources, telling = SOURCES, TELLING

    def statement(self):
        return self.chained(self.rng.randint(1, 4), True)[0]

    def chained(self, layers, blind):
        """(node, columns). blind: the last layer gives nothing that is guarded."""
        self.heat = self.met = self.anything = False
        self.count = 0
        self.relations = [r for r in self.fine(sorted(self.zoo.RELATIONS)) if not any(c[2] for c in self.zoo.RELATIONS[r])]
        made = self.seed()
        for left in range(layers, 0, -1):
            made = self.layer(blind and left == 1, *made)
        return made

    def seed(self):
        table, column = self.rng.choice(self.sources)
        kind = self.rng.choice(["int", "text", "text", "bool", "row"] if "(" not in column and ">" not in column else ["text"])
        text = "{c}" if kind == "text" and self.chance(0.4) else self.rng.choice(self.telling[kind])
        hot = text.format(c=f"({column})" if ">" in column else column)
        cold = [Column(f"t0.{n}", n, k) for n, k, h in self.zoo.RELATIONS[table] if not h]
        names = self.names(3)
        outputs = [(Node("item", c.text, f" as {n}"), Column(None, n, c.kind)) for c, n in zip(cold, names)]
        outputs.append((Node("item", Node(kind, hot), f" as {names[2]}"), Column(None, names[2], kind, True)))
        if self.chance(0.3):
            outputs.append((Node("item", "1 as k"), Column(None, "k", "int")))
        self.rng.shuffle(outputs)
        where = self.rng.choice(["", "", f" where {cold[0].text} < 3" if cold and cold[0].kind == "int" else ""])
        tail = self.rng.choice(["", "", "", " offset 0", " limit 3", f" order by {cold[0].text}" if cold else ""])
        return Node("query", "select ", items([n for n, _ in outputs]), f" from {table} t0", maybe(where), maybe(tail)), [c for _, c in outputs]

    def layer(self, last, query, columns):
        way = self.rng.choice([self.derived_layer, self.derived_layer, self.joined_layer, self.joined_layer, self.with_layer,
                               self.set_layer, self.values_layer, self.row_layer, self.tested_layer, self.grouped_layer])
        return way(last, query, columns)

    def picked(self, last, scope, columns):
        """Outputs over these columns; what is guarded is handed on unless this is the last layer."""
        r, made = self.rng.random(), []
        if not last and r < 0.25:
            star = self.rng.choice(["*", f"{scope.rows[0][0]}.*"])
            known = [c for _, cs, _ in scope.rows for c in cs] if star == "*" else list(scope.rows[0][1])
            made = [(Node("item", star), None)]
            outputs = [Column(None, c.name, c.kind, c.hot) for c in known]
        else:
            outputs = []
        names = self.names(6)
        hot, cold = [c for c in columns if c.hot], [c for c in columns if not c.hot]
        if hot and not last and not made and self.chance(0.85):
            c = self.rng.choice(hot)
            same = self.chance(0.3)
            made.append((Node("item", Node(c.kind, c.text), "" if same else f" as {names[0]}"), Column(None, c.name if same else names[0], c.kind, True)))
        for name in names[1:1 + self.rng.randint(0 if made else 1, 2)]:
            if cold and self.chance(0.6):
                c = self.rng.choice(cold)
                same = self.chance(0.3)
                made.append((Node("item", Node(c.kind, c.text), "" if same else f" as {name}"), Column(None, c.name if same else name, c.kind)))
            else:
                kind = self.rng.choice(["int", "text", "int", "bool"])
                made.append((Node("item", self.expr(kind, scope, 1), f" as {name}"), Column(None, name, kind)))
        self.rng.shuffle(made)
        before = [c for n, c in made if c is not None]
        outputs = outputs + before if made[0][1] is None or not outputs else before + outputs
        return items([n for n, _ in made]), outputs

    def alias_of(self, query, columns, lateral=""):
        """(query) alias, perhaps with other names."""
        alias = self.alias(None)
        new = ""
        if self.chance(0.3) and columns:
            names = self.names(self.rng.randint(1, min(4, len(columns))))
            columns = [Column(None, n, c.kind, c.hot) for n, c in zip(names, columns)] + columns[len(names):]
            new = f"({', '.join(names)})"
        return Node("from", f"{lateral}(", query, f") {alias}{new}"), alias, qualified(alias, columns), None

    def around(self):
        return Scope(None, 1.0, 1.0)

    def tail(self, scope):
        cold = [c for c in scope.columns if not c.hot and c.kind in ("int", "text")]
        if cold and self.chance(0.25):
            return maybe(f" order by {self.rng.choice(cold).text}")
        return maybe(self.rng.choice([" offset 0", " limit 2"])) if self.chance(0.15) else ""

    def select_from(self, last, scope, from_, where=""):
        outputs, columns = self.picked(last, scope, scope.columns)
        return Node("query", "select ", outputs, " from ", from_, where, self.tail(scope)), columns

    def derived_layer(self, last, query, columns):
        scope = self.around()
        from_ = self.add(scope, self.alias_of(query, columns))
        where = maybe(" where ", self.expr("bool", scope, 1)) if self.chance(0.2) else ""
        if self.chance(0.12):
            scope.aggregates, scope.grouped = True, []
        return self.select_from(last, scope, from_, where) if scope.grouped is None else self.counted(scope, from_)

    def counted(self, scope, from_):
        how = self.rng.choice(["count(*)", "count(*)::text", "max(1)", "count(*) filter (where true)"])
        return Node("query", f"select {how} as n from ", from_), [Column(None, "n", "int")]

    def joined_layer(self, last, query, columns):
        scope = self.around()
        mine = self.alias_of(query, columns)
        other = self.relation(scope) if self.chance(0.6) else self.rows_of(scope, 1)
        left, right = (mine, other) if self.chance(0.5) else (other, mine)
        common = [c.name for c in left[2] for d in right[2] if (c.name, c.kind) == (d.name, d.kind) and not c.hot and not d.hot]
        how = self.rng.choice(["join", "left join", "right join", "full join", "cross join", "natural join"])
        if how == "natural join" and any(c.hot and c.name == d.name or d.hot and c.name == d.name for c in left[2] for d in right[2]):
            how = "join"
        a, b = self.add(scope, left), self.add(scope, right)
        on = ""
        if how not in ("cross join", "natural join"):
            on = Node("clause", f" using ({self.rng.choice(common)})") if common and self.chance(0.6) else \
                Node("clause", " on ", self.key(left[2], right[2]) or "true")
        node = Node("from", a, f" {how} ", b, on)
        if self.chance(0.35):
            node = self.renamed_join(scope, node, left, right, how, on)
        return self.select_from(last, scope, node)

    def with_layer(self, last, query, columns):
        name, how = self.rng.choice(["w", "notes", "customers"]), self.rng.choice(["", "materialized ", "not materialized "])
        scope = self.around()
        renamed = qualified(name, columns)
        scope.columns, scope.rows = renamed, [(name, renamed, None)]
        from_ = Node("from", self.rng.choice([name, name, f"{name}, {name} as second"]))
        body, outputs = self.select_from(last, scope, from_)
        return Node("query", f"with {name} as {how}(", query, ") ", body), outputs

    def set_layer(self, last, query, columns):
        if any(c.kind == "row" for c in columns):
            return self.derived_layer(last, query, columns)
        rows = items([Node("item", self.constant(c.kind)) for c in columns])
        other = Node("query", "select ", rows)
        how = self.rng.choice(["union all", "union all", "union all", "union", "intersect", "except", "except all"])
        tail = self.rng.choice(["", "", " offset 0", " limit 9"])
        if self.chance(0.5):
            both = Node("query", "(", query, f") {how} (", other, ")", maybe(tail))
        else:
            columns = [Column(None, n, c.kind, c.hot) for n, c in zip(self.names(len(columns)), columns)] if len(columns) < 8 else columns
            rows.parts = [Node("item", p, f" as {c.name}") for p, c in zip(rows.parts, columns)]
            both = Node("query", "(", other, f") {how} (", query, ")", maybe(tail))
        return self.derived_layer(last, both, columns) if last or self.chance(0.3) else (both, columns)

    def one_of(self, query, columns):
        """The query with one column alone, and that it is guarded."""
        node, alias, known, _ = self.alias_of(query, columns)
        c = self.rng.choice([k for k in known if k.hot] or known or [Column("1", "k", "int")])
        return Node("query", "select ", c.text, " from ", node, " limit 1"), c

    def values_layer(self, last, query, columns):
        value, c = self.one_of(query, columns)
        if c.kind == "row":
            return self.derived_layer(last, query, columns)
        rows = [Node("row", "(1, (", value, "), 'x')"), Node("row", "(2, ", self.constant(c.kind), ", 'y')")]
        self.rng.shuffle(rows)
        scope = self.around()
        names, alias = self.names(3), self.alias(None)
        known = [Column(f"{alias}.{n}", n, k, h) for n, k, h in zip(names, ["int", c.kind, "text"], [False, c.hot, False])]
        scope.columns, scope.rows = known, [(alias, known, None)]
        return self.select_from(last, scope, Node("from", "(values ", items(rows), f") {alias}({', '.join(names)})"))

    def row_layer(self, last, query, columns):
        """Packed into a row, of which something else is looked at."""
        node, alias, known, _ = self.alias_of(query, columns)
        packed = Node("query", f"select {alias} as s, 1 as k from ", node)
        outer = self.alias(None)
        cold = [c for c in known if not c.hot] or [Column("1", "k", "int")]
        if self.chance(0.4) and not last:
            return Node("query", f"select ({outer}.s).*, {outer}.k as k from (", packed, f") {outer}"), \
                [Column(None, c.name, c.kind, c.hot) for c in known] + [Column(None, "k", "int")]
        c = self.rng.choice(cold)
        text = self.rng.choice([f"({outer}.s).{c.name}", f"(({outer}.s)).{c.name}", f"{outer}.k", f"{c.name}({outer}.s)"])
        return Node("query", "select ", text, f" as r from (", packed, f") {outer}"), [Column(None, "r", c.kind)]

    def tested_layer(self, last, query, columns):
        """EXISTS, a subquery that nobody needs, and what counts rows alone."""
        scope = self.around()
        from_ = self.add(scope, self.relation(scope))
        value, c = self.one_of(query, columns)
        how = self.rng.choice(["exists (", "not exists (", "1 = any (select 1 from (", "cardinality(array(select 1 from ("])
        test = {"exists (": Node("bool", how, query, ")"), "not exists (": Node("bool", how, query, ")")}.get(how)
        if test is None and how.startswith("1"):
            test = Node("bool", how, query, ") q)")
        test = test or Node("bool", how, query, ") q)) > 0")
        outputs, known = self.picked(True, scope, scope.columns)
        if self.chance(0.4):
            return Node("query", "select ", items([outputs, Node("item", Node("bool", test), " as tested")]), " from ", from_), \
                [*known, Column(None, "tested", "bool")]
        if self.chance(0.5) and not last:
            return Node("query", "select ", items([outputs, Node("item", Node(c.kind, "(", value, ")"), " as hidden")]), " from ", from_), \
                [*known, Column(None, "hidden", c.kind, c.hot)]
        return Node("query", "select ", outputs, " from ", from_, " where ", test), known

    def grouped_layer(self, last, query, columns):
        scope = self.around()
        from_ = self.add(scope, self.alias_of(query, columns))
        cold = [c for c in scope.columns if not c.hot and c.kind in ("int", "text")]
        hot = [c for c in scope.columns if c.hot and c.kind in ("int", "text")]
        if not cold:
            return self.counted(scope, from_)
        key = self.rng.choice(cold)
        more, known = [], []
        if hot and not last:
            h = self.rng.choice(hot)
            more, known = [Node("item", f"max({h.text}) as top")], [Column(None, "top", h.kind, True)]
        how = self.rng.choice([key.text, f"rollup ({key.text})", f"grouping sets (({key.text}), ())"])
        return Node("query", "select ", items([Node("item", key.text, " as g"), *more, Node("item", "count(*)::int as n")]), " from ", from_,
                    f" group by {how}"), [Column(None, "g", key.kind), *known, Column(None, "n", "int")]

"""Queries: what stands in FROM, what comes out, and what is around it."""

import zoo
from expr import KINDS, Column, Expressions, Scope
from tree import Node, items, maybe


def qualified(alias, columns):
    return [Column(f"{alias}.{c.name}", c.name, c.kind, c.hot) for c in columns]


class Queries(Expressions):
    def __init__(self, rng, vocabulary=zoo):
        self.rng, self.zoo, self.heat, self.met, self.count = rng, vocabulary, False, False, 0

    def fine(self, choices):
        """Without what is held anyway, but for a few statements."""
        if self.anything:
            return choices
        return [c for c in choices if not any(w in str(c) for w in zoo.ALWAYS)]

    def warm(self, hot):
        """What is being made looks at a guarded value."""
        self.heat, self.met = self.heat or hot, self.met or hot

    def chance(self, p):
        return self.rng.random() < p

    def alias(self, scope):
        """Mostly another name than all others; sometimes one that hides something."""
        if self.chance(0.06):
            return self.rng.choice(["customers", "c", "id", "email", '"C"', "orders", "notes"])
        self.count += 1
        return f"t{self.count}"

    def names(self, count):
        if self.chance(0.05):
            return [self.rng.choice(zoo.NAMES) for _ in range(count)]
        return self.rng.sample(zoo.NAMES, count)

    # --- FROM --------------------------------------------------------------------------------

    def source(self, scope, depth):
        """(node, alias, columns, relation): one thing in FROM."""
        r = self.rng.random()
        if depth <= 0 or r < 0.45:
            return self.relation(scope)
        if r < 0.80 or (scope.ctes and r < 0.7):
            return self.derived(scope, depth)
        if r < 0.92:
            return self.rows_of(scope, depth)
        return self.values(scope, depth)

    def relation(self, scope):
        alias = self.alias(scope)
        if scope.ctes and self.chance(0.5):
            name, columns = self.rng.choice(sorted(scope.ctes.items()))
            return Node("from", f"{name} {alias}"), alias, qualified(alias, columns), None
        name = self.rng.choice(self.relations)
        columns = [Column(None, *c) for c in self.zoo.RELATIONS[name]]
        hot = any(c.hot for c in columns)
        renamed = ""
        if self.chance(0.15):
            new = self.names(self.rng.randint(1, len(columns)))
            columns = [Column(None, n, c.kind, c.hot) for n, c in zip(new, columns)] + columns[len(new):]
            renamed = f"({', '.join(new)})"
        sample = maybe(" tablesample bernoulli (100)") if name.startswith("public.") and self.chance(0.03) and not hot else ""
        return Node("from", f"{name} {alias}{renamed}", sample), alias, qualified(alias, columns), name

    def derived(self, scope, depth):
        alias = self.alias(scope)
        lateral = self.chance(0.3)
        inner = Scope(scope if lateral else scope.outer, scope.careful, self.rng.choice([0.2, 0.5, 0.9]))
        inner.ctes = dict(scope.ctes)
        query, columns = self.query(inner, depth - 1, None, own=True)
        renamed = ""
        if columns and self.chance(0.25):
            new = self.names(self.rng.randint(1, min(len(columns), 5)))
            columns = [Column(None, n, c.kind, c.hot) for n, c in zip(new, columns)] + columns[len(new):]
            renamed = f"({', '.join(new)})"
        return Node("from", "lateral " if lateral else "", "(", query, f") {alias}{renamed}"), alias, qualified(alias, columns), None

    def rows_of(self, scope, depth):
        alias = self.alias(scope)
        call = self.rng.choice(self.fine(sorted(self.zoo.ROWS)))
        around = self.bare(scope) if self.chance(0.5) else Scope(scope.outer, scope.careful, scope.tells)
        around.careful = 0.8
        node, columns = self.fill(call, around, min(depth, 2)), [Column(None, *c) for c in self.zoo.ROWS[call]]
        if len(columns) == 1 and columns[0].name in call and call.split("(")[0].split(".")[-1] == columns[0].name:
            columns[0].name = alias     # one value: it is named as the row is
        if self.chance(0.15):
            more = self.rng.choice(self.fine([c for c in sorted(self.zoo.ROWS) if "{" not in c]))
            node = Node("from", "rows from (", node, f", {more})")
            columns = columns if len(columns) > 1 else []
        ordinality = self.chance(0.1)
        return Node("from", node, " with ordinality" if ordinality else "", f" {alias}"), alias, qualified(alias, columns), None

    def values(self, scope, depth):
        kinds = [self.rng.choice(["int", "text"]) for _ in range(self.rng.randint(1, 3))]
        alias, names = self.alias(scope), self.names(len(kinds))
        around = Scope(scope.outer, 0.8)
        around.ctes = scope.ctes
        rows = [Node("row", "(", items([self.expr(k, around, min(depth, 2)) for k in kinds]), ")") for _ in range(2)]
        columns = [Column(None, n, k) for n, k in zip(names, kinds)]
        return Node("from", "(values ", items(rows), f") {alias}({', '.join(names)})"), alias, qualified(alias, columns), None

    def add(self, scope, source):
        node, alias, columns, of = source
        scope.columns += columns
        scope.rows.append((alias, columns, of))
        return node

    def joined(self, scope, depth):
        """Two sources and how they meet; with USING and NATURAL columns go without a qualifier, too."""
        left, right = self.source(scope, depth - 1), self.source(scope, depth - 1)
        how = self.rng.choice(["join", "left join", "right join", "full join", "cross join", "natural join", "natural left join"])
        common = [c.name for c in left[2] for d in right[2] if (c.name, c.kind) == (d.name, d.kind)]
        a, b = self.add(scope, left), self.add(scope, right)
        if how.startswith("natural") and set(c.name for c in left[2]) & set(c.name for c in right[2]) != set(common):
            how = "cross join"
        on = ""
        if common and self.chance(0.5) and how not in ("cross join",) and not how.startswith("natural"):
            using = self.rng.choice(common)
            on = Node("clause", f" using ({using})", maybe(" as ju") if self.chance(0.1) else "")
        elif how not in ("cross join",) and not how.startswith("natural"):
            on = Node("clause", " on ", self.key(left[2], right[2]) or self.expr("bool", scope, 1))
        node = Node("from", a, f" {how} ", b, on)
        if not self.chance(0.25):
            return node
        return self.renamed_join(scope, node, left, right, how, on)

    def key(self, left, right):
        pairs = [(c, d) for c in left for d in right if c.kind == d.kind and not c.hot and not d.hot]
        if not pairs or self.chance(0.3):
            return None
        c, d = self.rng.choice(pairs)
        return Node("bool", f"{c.text} = {d.text}")

    def renamed_join(self, scope, node, left, right, how, on):
        """(a join b) as j(x, y): only j's columns are seen."""
        alias = self.alias(scope)
        scope.columns = [c for c in scope.columns if c not in left[2] and c not in right[2]]
        scope.rows = [r for r in scope.rows if r[0] not in (left[1], right[1])]
        known = left[2] + right[2]
        if how.startswith("natural") or "using" in str(on):
            merged = {c.name for c in left[2]} & {c.name for c in right[2]}
            if "using" in str(on):
                merged = {str(on).split("(")[1].split(")")[0]}
            first = [c for c in left[2] if c.name in merged]
            first = [Column(None, c.name, c.kind, c.hot or any(d.hot for d in right[2] if d.name == c.name)) for c in first]
            known = first + [c for c in known if c.name not in merged]
        new, columns = "", known
        if known and self.chance(0.6):
            names = self.names(self.rng.randint(1, min(5, len(known))))
            columns = [Column(None, n, c.kind, c.hot) for n, c in zip(names, known)] + known[len(names):]
            new = f"({', '.join(names)})"
        columns = qualified(alias, columns)
        scope.columns += columns
        scope.rows.append((alias, columns, None))
        return Node("from", "(", node, f") as {alias}{new}")

    def from_clause(self, scope, depth):
        if self.chance(0.05):
            return ""
        count = 1 if self.chance(0.7) else 2
        parts = [self.joined(scope, depth) if depth > 0 and self.chance(0.35) else self.add(scope, self.source(scope, depth))
                 for _ in range(count)]
        return Node("clause", " from ", items(parts))

    # --- what comes out ----------------------------------------------------------------------

    def item(self, scope, kind, depth, name):
        """(node, column): one output, with or without a name of its own."""
        self.heat, before = False, self.heat
        if scope.spreads and kind in self.zoo.SPREAD and self.chance(0.12):
            node = Node("item", self.fill(self.rng.choice(self.zoo.SPREAD[kind]), self.bare(scope), min(depth, 2)))
        else:
            node = self.expr(kind, scope, depth)
        hot, self.heat = self.heat, before or self.heat
        bare = str(node).split(".")[-1]
        if self.chance(0.12) and "(" not in str(node) and bare.isidentifier() and "." in str(node):
            return Node("item", node), Column(None, bare, kind, hot)
        return Node("item", node, f" as {name}"), Column(None, name, kind, hot)

    def stars(self, scope):
        """(nodes, columns) of a star, or nothing."""
        if scope.grouped is not None or not scope.rows or not self.chance(0.2):
            return [], []
        alias, columns, _ = self.rng.choice(scope.rows)
        if any(c.hot for c in columns) and self.chance(scope.careful):
            return [], []
        self.warm(any(c.hot for c in columns))
        if self.chance(0.2):
            return [Node("item", f"{alias} as whole")], [Column(None, "whole", "row", any(c.hot for c in columns))]
        how = self.rng.choice(["{}.*", "({}).*", "({}.*).*"]) if self.chance(0.4) else "{}.*"
        return [Node("item", how.format(alias))], [Column(None, c.name, c.kind, c.hot) for c in columns]

    def outputs(self, scope, depth, kinds):
        if kinds is not None:
            made = [self.item(scope, k, depth, n) for k, n in zip(kinds, self.names(len(kinds)))]
            return items([n for n, _ in made]), [c for _, c in made]
        nodes, columns = self.stars(scope)
        count = self.rng.randint(0 if nodes else 1, 3)
        made = [self.item(scope, self.rng.choice(KINDS), depth, n) for n in self.names(count)]
        nodes, columns = nodes + [n for n, _ in made], columns + [c for _, c in made]
        return items(nodes), columns

    # --- the whole ---------------------------------------------------------------------------

    def query(self, outer, depth, kinds=None, single=False, own=False):
        """(node, columns). own: outer is this query's scope, ready made."""
        scope = outer if own else Scope(outer, outer.careful if outer else 0.95)
        r = self.rng.random()
        if depth > 0 and r < 0.12:
            return self.with_query(scope, depth, kinds, single)
        if depth > 0 and r < 0.22:
            return self.set_operation(scope, depth, kinds, single)
        if r < 0.24 and kinds is not None and not single:
            return Node("query", "values (", items([self.expr(k, scope, depth) for k in kinds]), ")"), \
                [Column(None, f"column{i + 1}", k) for i, k in enumerate(kinds)]
        return self.select(scope, depth, kinds, single)

    def select(self, scope, depth, kinds, single):
        from_ = self.from_clause(scope, depth)
        where = maybe(" where ", self.expr("bool", scope, min(depth, 2))) if scope.columns and self.chance(0.35) else ""
        group = having = windows = ""
        if scope.columns and self.chance(0.15):
            group, having = self.grouping(scope, depth)
        elif self.chance(0.12) or (single and self.chance(0.3)):
            scope.aggregates, scope.grouped = True, []
        elif scope.columns and self.chance(0.2):
            scope.windows = True
        scope.spreads = scope.grouped is None and not single
        careful, scope.careful = scope.careful, scope.careful if scope.tells is None else scope.tells
        outputs, columns = self.outputs(scope, depth, kinds)
        scope.spreads, scope.careful = False, careful
        if scope.windows and " over w" in str(outputs):
            windows = Node("clause", " window w as (order by ", self.expr("int", self.bare(scope), 1), ")")
        distinct, order = self.ordering(scope, depth, columns)
        limit = self.limits(scope, single)
        text = Node("query", "select ", distinct, outputs, from_, where, group, having, windows, order, limit)
        return text, columns

    def grouping(self, scope, depth):
        cold = [c for c in scope.columns if c.kind in ("int", "text") and (not c.hot or self.chance(1 - scope.careful))]
        if not cold:
            return "", ""
        chosen = self.rng.sample(cold, min(len(cold), self.rng.randint(1, 2)))
        self.warm(any(c.hot for c in chosen))
        text = ", ".join(c.text for c in chosen)
        how = self.rng.choice([text, text, text, f"rollup ({text})", f"cube ({text})", f"grouping sets (({text}), ())"])
        scope.aggregates = True
        bare = self.bare(scope)
        scope.grouped = chosen
        having = maybe(" having ", self.fill("count(*) > {int}", Scope(None), 0)) if self.chance(0.3) else ""
        return Node("clause", f" group by {how}"), having if bare else ""

    def ordered_by(self, scope):
        """No constant: it would be a place."""
        e = self.expr(self.rng.choice(["int", "text"]), scope, 1)
        return e if "." in str(e) else Node("int", "(", e, "::text)") if str(e)[:1] in "'1237" else e

    def ordering(self, scope, depth, columns):
        if self.chance(0.06) and scope.columns and scope.grouped is None:
            e = self.ordered_by(scope)
            return Node("clause", "distinct on (", e, ") "), Node("clause", " order by ", str(e))
        distinct = maybe("distinct ") if self.chance(0.06) else ""
        if not self.chance(0.3) or not columns:
            return distinct, ""
        cold = [c for c in columns if not c.hot and c.kind in ("int", "text")]
        if cold and (str(distinct) or self.chance(0.6)):
            how = self.rng.choice(cold).name
        elif str(distinct):
            return distinct, ""
        else:
            how = self.ordered_by(scope)
        return distinct, maybe(" order by ", how, self.rng.choice(["", " desc", " nulls first"]))

    def limits(self, scope, single):
        if single:
            return maybe(" limit 1")
        if self.chance(0.08):
            outer = Scope(scope.outer, scope.careful, scope.tells)
            return maybe(self.rng.choice([" limit ", " offset "]), "(", self.fill("{small}", Scope(None), 1) if not outer else "2", ")")
        return maybe(" offset 0") if self.chance(0.08) else ""

    def set_operation(self, scope, depth, kinds, single):
        kinds = kinds or [self.rng.choice(["int", "text", "text"]) for _ in range(self.rng.randint(1, 3))]
        left, columns = self.query(Scope(scope.outer, scope.careful, scope.tells), depth - 1, kinds)
        second = Scope(scope.outer, scope.careful, scope.tells)
        second.ctes = dict(scope.ctes)
        right, more = self.query(second, depth - 1, kinds)
        if len(columns) != len(more):
            return left, columns
        how = self.rng.choice(["union all", "union all", "union", "intersect", "except", "except all"])
        columns = [Column(None, a.name, a.kind, a.hot or b.hot) for a, b in zip(columns, more)]
        if how not in ("union all",):
            self.warm(any(c.hot for c in columns))
        return Node("query", "(", left, f") {how} (", right, ")", maybe(" limit 1") if single else ""), columns

    def with_query(self, scope, depth, kinds, single):
        name = self.rng.choice(["w1", "w2", "notes", "customers", "w3"])
        inner = Scope(scope.outer, scope.careful, self.rng.choice([0.2, 0.5, 0.9]))
        inner.ctes = dict(scope.ctes)
        if self.chance(0.25):
            text, columns = self.recursive(inner, depth, name)
        else:
            query, columns = self.query(inner, depth - 1, None)
            how = self.rng.choice(["", "", "materialized ", "not materialized "])
            new = ""
            if columns and self.chance(0.2):
                names = self.names(self.rng.randint(1, min(5, len(columns))))
                columns = [Column(None, n, c.kind, c.hot) for n, c in zip(names, columns)] + columns[len(names):]
                new = f"({', '.join(names)})"
            text = Node("clause", f"with {name}{new} as {how}(", query, ") ")
        scope.ctes = {**scope.ctes, name: columns}
        query, columns = self.select(scope, depth - 1, kinds, single)
        return Node("query", text, query), columns

    def recursive(self, inner, depth, name):
        kinds = ["int", "text", "text"][:self.rng.randint(1, 3)]
        first, columns = self.query(inner, depth - 1, kinds)
        names = self.names(len(kinds))
        columns = [Column(f"{name}.{n}", n, k, c.hot) for n, k, c in zip(names, kinds, columns)]
        step = Scope(None, inner.careful)
        step.columns = list(columns)
        more = [Node("int", f"{name}.{names[0]} + 1")] + [self.expr(k, step, 1) for k in kinds[1:]]
        return Node("clause", f"with recursive {name}({', '.join(names)}) as (", first, self.rng.choice([" union all ", " union "]),
                    Node("query", "select ", items(more), f" from {name} where {name}.{names[0]} < 4"), ") "), columns

    # --- a statement -------------------------------------------------------------------------

    def statement(self):
        """Mostly one in which a guarded value stands somewhere, best where nobody looks at it."""
        for _ in range(20):
            made = self.attempt()
            if self.met:
                break
        return made

    def attempt(self):
        self.heat, self.met, self.count, self.anything = False, False, 0, self.chance(0.05)
        self.relations = self.fine(sorted(self.zoo.RELATIONS))
        if self.chance(0.7):    # few names, so that they meet
            self.relations = self.rng.sample(self.relations, 3) + ["customers"] * self.rng.randint(1, 2)
        return self.query(Scope(None, self.rng.choice([0.97, 0.99, 1.0, 1.0])), self.rng.randint(2, 4))[0]

"""Statements that copy, over the world of copies.sql."""

import types

import chain
import zoo
from expr import Column, Scope
from query import Queries
from tree import Node, items, maybe

HERE_TOO = ("zoo.mails", "zoo.mails2", "public.customers", "customers", "public.orders", "public.folk", "public.halves",
            "public.notes")
CALLS = {
    "int": [("zoo.{}({{text}})".format(f), f) for f in (
        "f_err", "f_sqlerrm", "f_alias", "f_qual", "f_case", "f_sql", "f_sql2", "f_arr_el", "f_rec_field", "deep", "calls", "curs",
        "assigns", "excp", "dflt", "f_nest_user", "f_named", "deep2")]
    + [("zoo.{}()".format(f), f) for f in ("f_rec", "f_row2", "f_arr", "f_cur2", "f_out_user2", "f_call", "f_ret", "dflt")]
    + [("zoo.f_named(b => {text})", None), ("zoo.f_var('x', {text}, {text})", None)],
    "text": [("zoo.fold({text})", "fold"), ("zoo.recur({text}, 1)", "recur"), ("zoo.mail1()", "mail1"), ("zoo.f_nested({text})", "f_nested"),
             ("(zoo.out_only({text})).x", None), ("(zoo.out_only({text})).y", None), ("(zoo.f_out()).b", None), ("(zoo.f_out()).a", None)],
    "texts": [("zoo.arr_out({text})", "arr_out")],
}
ROWS = {"zoo.ret_rows({text})": "a:text* b:text* c:text d:text", "zoo.ret_tab({text})": "x:text y:text*", "zoo.pairx()": "b:text",
        "zoo.f_set()": "f_set:text*", "zoo.f_next()": "id:int body:text*", "zoo.f_out()": "a:text b:text*",
        "zoo.out_only({text})": "x:text* y:text"}
RELATIONS = {"public.t4": "a:text b:text c:text d:text", "public.dup": "id:int v:text w:text", "public.dupv": "i:int ww:text vv:text",
             "public.par": "id:int v:text w:text", "public.inh": "id:int v:text", "public.cb": "id:int v:text"}
# What is written to, and its columns.
TARGETS = {name: zoo.columns(words) for name, words in {
    **RELATIONS, "public.dupv2": "x:text y:int z:text", "public.par2": "w:text v:text id:int", "public.gen": "id:int v:text",
    "public.trig": "id:int v:text", "public.trig2": "id:int v:text w:text", "public.trig3": "id:int v:text", "public.trig4": "id:int v:text",
    "public.trig5": "id:int v:text", "public.trig6": "id:int v:text w:text", "public.trig7": "id:int v:text w:text",
    "public.ruled1": "id:int v:text", "public.seqd": "id:int v:text", "public.domd": "id:int v:text", "public.dflt": "id:int v:text",
    "public.dv": "i:int ww:text vv:text", "public.tt1": "id:int v:text", "public.tt2": "id:int v:text", "public.pp": "id:int v:text",
    "public.tt3": "id:int v:text w:text", "public.rr": "id:int v:text", "public.rr2": "id:int v:text", "public.mm": "id:int v:text w:text",
    "public.log": "id:int body:text extra:text", "public.ih": "id:int v:text", "public.notes": "id:int body:text",
    "public.arrs": "id:int a:texts j:json", "public.instead": "id:int v:text", "public.fk_a": "k:text", "public.ca": "k:text",
}.items()}


def _only(calls):
    return {k: [c for c in v if "zoo." not in (c if isinstance(c, str) else c[0]) and "public.@@@" not in str(c)] for k, v in calls.items()}


VOCABULARY = types.SimpleNamespace(
    RELATIONS={**{n: zoo.RELATIONS[n] for n in HERE_TOO}, **{n: zoo.columns(w) for n, w in RELATIONS.items()}},
    ROWS={**{c: v for c, v in zoo.ROWS.items() if "zoo." not in c}, **{c: zoo.columns(w) for c, w in ROWS.items()}},
    CALLS={k: v + CALLS.get(k, []) for k, v in _only(zoo.CALLS).items()},
    AGGREGATES={**_only(zoo.AGGREGATES), "text": [*zoo.AGGREGATES["text"], "zoo.catted({text})"]},
    WINDOWED=zoo.WINDOWED, SPREAD=_only(zoo.SPREAD), OF_ROWS={})


class Copies(chain.Chains):
    sources = [s for s in chain.SOURCES if s[0] in HERE_TOO]
    telling = {"int": ["length({c})", "zoo.f_sql({c})", "ascii({c})", "sum(length({c})) over ()", "strpos({c}, '1')", "zoo.f_err({c})"],
               "text": ["{c}", "upper({c})", "zoo.fold({c})", "(zoo.out_only({c})).x", "(select {c})", "max({c}) over ()",
                        "to_jsonb({c})::text", "(array[{c}])[1]", "zoo.recur({c}, 1)", "(zoo.f_out()).b"],
               "bool": ["{c} like '%1@%'", "({c} is null)"], "row": ["row({c}, 1)", "t0"]}

    def __init__(self, rng):
        super().__init__(rng, VOCABULARY)

    def statement(self):
        return self.stored() if self.chance(0.4) else Queries.statement(self)

    def stored(self):
        """What comes out of a chain, as far as it has the types of what it is written to."""
        query, columns = self.chained(self.rng.randint(1, 4), False)
        if self.chance(0.4):
            return Node("statement", "create table public.made as ", query)
        node, alias, known, _ = self.alias_of(query, columns)
        name, written = self.target()
        values = []
        for w in written:
            same = [c for c in known if c.kind == w.kind]
            text = [f"{c.text}::text" for c in known] if w.kind == "text" else []
            values.append(self.rng.choice([c.text for c in same] + text or [str(self.constant(w.kind))]))
        if self.chance(0.3):
            return Node("statement", f"update {name} as g set ", items([f"{w.name} = {v}" for w, v in zip(written, values)]), " from ", node)
        return Node("statement", f"insert into {name} ({', '.join(w.name for w in written)}) select ", items(values), " from ", node)

    def attempt(self):
        self.heat, self.met, self.count, self.anything = False, False, 0, True
        self.relations = sorted(VOCABULARY.RELATIONS) + ["customers"] * 4
        scope = Scope(None, 0.97, self.rng.choice([0.3, 0.6]))
        return self.rng.choice([self.insert, self.insert, self.insert, self.update, self.update, self.create, self.merge, self.upsert])(scope)

    def target(self):
        name = self.rng.choice(sorted(TARGETS))
        return name, [Column(f"g.{c[0]}", *c) for c in TARGETS[name]]

    def some(self, columns):
        return self.rng.sample(columns, self.rng.randint(1, len(columns)))

    def insert(self, scope):
        name, columns = self.target()
        written = columns if self.chance(0.5) else self.some(columns)
        names = "" if written is columns else f" ({', '.join(c.name for c in written)})"
        query, _ = self.query(scope, 3, [c.kind for c in written], own=True)
        returning = ""
        if self.chance(0.1):
            other, its = self.target()
            into = self.rng.choice(its)
            back = [c for c in columns if c.kind == into.kind]
            if back:
                return Node("statement", "with r as (insert into ", name, names, " ", query, f" returning {self.rng.choice(back).name} as x)",
                            f" insert into {other} ({into.name}) select x from r")
        return Node("statement", "insert into ", name, names, " ", query, returning)

    def sets(self, scope, columns, depth=2):
        if self.chance(0.3) and len(columns) > 1:
            some = self.some(columns)
            if len(some) > 1:
                query, _ = self.query(Scope(scope, 0.97, 0.4), depth, [c.kind for c in some], single=True)
                return Node("clause", f"({', '.join(c.name for c in some)}) = (", query, ")")
        return items([Node("clause", f"{c.name} = ", self.value(c.kind, scope, depth)) for c in self.some(columns)])

    def value(self, kind, scope, depth):
        careful, scope.careful = scope.careful, 0.4
        node = self.expr(kind, scope, depth)
        scope.careful = careful
        return node

    def update(self, scope):
        name, columns = self.target()
        scope.columns = list(columns)
        from_ = maybe(self.from_clause(scope, 2)) if self.chance(0.6) else ""
        where = maybe(" where ", self.expr("bool", scope, 1)) if self.chance(0.3) else ""
        return Node("statement", f"update {name} as g set ", self.sets(scope, columns), from_, where)

    def create(self, scope):
        query, columns = self.query(scope, 3, None, own=True)
        names = ""
        if columns and self.chance(0.4):
            names = f" ({', '.join(self.names(self.rng.randint(1, min(4, len(columns)))))})"
        return Node("statement", f"create table public.made{names} as ", query)

    def upsert(self, scope):
        columns = [Column(f"g.{c[0]}", *c) for c in TARGETS["public.dup"]]
        query, _ = self.query(scope, 2, ["int", "text", "text"], own=True)
        inner = Scope(None, 0.5)
        inner.columns = columns + [Column(f"excluded.{c.name}", c.name, c.kind, True) for c in columns]
        inner.rows = [("excluded", inner.columns[3:], None)]
        return Node("statement", "insert into public.dup as g (id, v, w) ", Node("query", "select 1 + (row_number() over ())::int, q.b, q.c from (", query,
                    ") q(a, b, c)"), " on conflict (id) do update set ", self.sets(inner, columns[1:], 1))

    def merge(self, scope):
        name = self.rng.choice(["public.dup", "public.tt1", "public.mm", "public.inh", "public.pp", "public.trig2"])
        columns = [Column(f"g.{c[0]}", *c) for c in TARGETS[name]]
        around = Scope(None, 0.97, 0.4)
        node, alias, found, _ = self.derived(around, 2) if self.chance(0.6) else self.relation(around)
        scope.columns = columns + found
        scope.rows = [(alias, found, None)]
        written = Scope(None, 0.4)
        written.columns, written.rows = found, scope.rows
        key = self.key(columns, found) or Node("bool", "false")
        update = maybe(" when matched then update set ", self.sets(scope, columns, 1))
        some = self.some(columns)
        insert = maybe(f" when not matched then insert ({', '.join(c.name for c in some)}) values (",
                       items([self.value(c.kind, written, 1) for c in some]), ")")
        return Node("statement", f"merge into {name} as g using ", node, " on ", key, update, insert)

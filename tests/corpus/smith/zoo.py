"""What there is to choose from: relations, functions and operators of world.sql. A '*' behind a type: a guarded value."""

INT, TEXT = "int", "text"


def columns(words):
    """'id:int email:text*' -> [(name, type, hot)]"""
    out = []
    for word in words.split():
        name, kind = word.split(":")
        out.append((name, kind.rstrip("*"), kind.endswith("*")))
    return out


RELATIONS = {name: columns(words) for name, words in {
    "public.customers": "id:int name:text email:text* ssn:text*",
    "customers": "id:int name:text email:text* ssn:text*",
    "public.orders": "id:int customer:int item:text created:date",
    "public.notes": "id:int body:text",
    "public.tags": "note:int tag:text",
    "decoy.customers": "id:int email:text",
    "public.people": "id:int name:text",
    "only public.people": "id:int name:text",
    "public.events": "id:int region:text body:text",
    "public.folk": "id:int ssn:text*",
    "public.halves": "id:int ssn:text* half:text*",
    "public.payments": "id:int* customer:int* amount:num* card:text*",
    "public.sheets": "id:int v:text",
    "public.child": "id:int parent:int",
    "zoo.mails": "id:int email:text*",
    "zoo.mails2": "id:int address:text*",
    "zoo.tower": "b:text*",
    "zoo.ids": "id:int name:text",
    "zoo.hidden_filter": "id:int*",
    "zoo.joined": "id:int email:text*",
    "zoo.unioned": "v:text*",
    "zoo.starred": "id:int name:text email:text* ssn:text*",
    "zoo.renamed": "a:int b:text c:text* d:text*",
    "zoo.window": "id:int before:text*",
    "zoo.lateral": "id:int e:text*",
    "zoo.row": "whole:row*",
    "zoo.json": "j:json*",
    "zoo.safe": "id:int item:text",
    "zoo.updatable2": "id:int thing:text",
    "zoo.kept": "id:int email:text*",
    "zoo.quiet": "id:int loud:text* number:text* marked:text*",
    "zoo.halves": "id:int h:text*",
    "zoo.places": "id:int place:oid*",
    "zoo.depth": "id:int ord:text*",
    "zoo.cycles": "id:int again:bool* way:text*",
    "zoo.spread": "id:int* n:int*",
    "public.staff": "id:int v:text*",
    "public.secrets_parent": "id:int* v:text*",
}.items()}

# Rows out of functions: call, columns. {int}, {text}, {texts}: an argument of that type.
ROWS = {call: columns(words) for call, words in {
    "zoo.mail_table()": "i:int* m:text*",
    "zoo.pair()": "p:int q:text",
    "zoo.two()": "a:int* b:text*",
    "zoo.mail_column()": "email:text",
    "zoo.of_type()": "id:int* name:text* email:text* ssn:text*",
    "zoo.next_row()": "id:int* name:text* email:text* ssn:text*",
    "zoo.mails()": "mails:text*",
    "zoo.many({text})": "many:text",
    "generate_series(1, {small})": "generate_series:int",
    "unnest({texts})": "unnest:text",
    "regexp_split_to_table({text}, '1')": "regexp_split_to_table:text",
    "string_to_table({text}, 'o')": "string_to_table:text",
    "jsonb_each_text({json})": "key:text value:text",
    "jsonb_array_elements_text(jsonb_build_array({text}, {int}))": "value:text",
    "zoo.values_of({text})": "values_of:text",
    "zoo.any({int})": "any:int",
    "json_to_record('{{\"x\": 1}}')": "x:int",     # with its own column list: see query.py
}.items() if "to_record" not in call}

# Calls that give one value: (text with places, name that the server gives to the output)
CALLS = {
    "int": [("length({text})", "length"), ("ascii({text})", "ascii"), ("abs({int})", "abs"),
            ("zoo.harmless({int})", "harmless"), ("strpos({text}, '1')", "strpos"),
            ("cardinality({texts})", "cardinality"), ("zoo.harmless_plpgsql({int})", "harmless_plpgsql"),
            ("zoo.scream({text})", "scream"), ("({ints})[{int}]", None), ("mod({int}, 3)", "mod"),
            ("zoo.any({int})", "any"), ("zoo.plus_step({int}, {int})", "plus_step"), ("hashtext({text})", "hashtext"),
            ("width_bucket({int}, 0, 9, 3)", "width_bucket"), ("num_nulls({text}, {int})", "num_nulls"),
            ("extract(day from {date})::int", "extract"), ("({text})::int", None), ("cast({text} as int)", None),
            ("1 / {int}", None), ("zoo.takes_box(row({int})::zoo.box)", "takes_box")],
    "text": [("upper({text})", "upper"), ("left({text}, {int})", "left"), ("md5({text})", "md5"),
             ("replace({text}, '1', {text})", "replace"), ("concat({text}, {int})", "concat"),
             ("format('%s-%s', {text}, {int})", "format"), ("({int})::text", None), ("zoo.tell({text})", "tell"),
             ("zoo.lively({text})", "lively"), ("zoo.any({text})", "any"), ("({texts})[{int}]", None),
             ("zoo.overloaded({int})", "overloaded"), ("({json}) ->> 'a'", None), ("({row})::text", None),
             ("array_to_string({texts}, ',')", "array_to_string"), ("reverse({text})", "reverse"),
             ("zoo.mail({int})", "mail"), ("zoo.named(b => {int})", "named"), ("zoo.short(b => {text}, a => {text})", "short"), ("lpad({text}, 3)", "lpad"),
             ("zoo.mail_default(1, {text})", "mail_default"), ("quote_literal({text})", "quote_literal"),
             ("split_part({text}, 'o', 1)", "split_part"), ("overlay({text} placing 'x' from 2)", "overlay"),
             ("trim({text})", "btrim"), ("substring({text} from 2 for 3)", "substring"), ("({text} collate \"C\")", None),
             ("to_jsonb({row})::text", "to_jsonb"), ("({date})::text", None)],
    "bool": [("zoo.bool({text})", "bool"), ("starts_with({text}, 'p')", "starts_with"),
             ("({int} operator(public.@@@) {text})", None), ("zoo.no({int}, {text})", "no"),
             ("({int})::bool", None), ("isempty(int4range(1, {int}))", "isempty")],
    "num": [("({int} + 0.5)", None), ("round({num})", "round"), ("({int})::numeric", None)],
    "date": [("({date} + {int})", None)],
    "ints": [("array[{int}, {int}]", "array"), ("({ints} || {int})", None)],
    "texts": [("array[{text}, {text}]", "array"), ("string_to_array({text}, 'o')", "string_to_array"),
              ("({texts} || {text})", None), ("regexp_match({text}, '(.)1')", "regexp_match"),
              ("({texts})[1:{int}]", None)],
    "json": [("to_jsonb({row})", "to_jsonb"), ("jsonb_build_object('a', {text}, 'b', {int})", "jsonb_build_object"),
             ("to_jsonb({text})", "to_jsonb"), ("row_to_json({row})::jsonb", None)],
    "row": [("row({int}, {text})", "row"), ("zoo.any({row})", "any")],
    "oid": [],
}

AGGREGATES = {
    "int": ["count(*)::int", "count({text})::int", "max({int})", "min({int})", "zoo.plus({int})", "sum({int})::int",
            "count(distinct {text})::int", "(array_agg({int}))[1]", "rank(3) within group (order by {int})::int",
            "mode() within group (order by {int})", "grouping({group})"],
    "text": ["max({text})", "string_agg({text}, ',' order by {int})", "min({text})", "(array_agg({text}))[1]",
             "mode() within group (order by {text})"],
    "bool": ["bool_and({bool})", "every({bool})", "bool_or({bool})"],
    "num": ["avg({int})", "sum({num})"],
    "ints": ["array_agg({int} order by {text})"],
    "texts": ["array_agg({text})"],
    "json": ["jsonb_agg({text})", "jsonb_object_agg({int}, {text})"],
}
WINDOWED = {
    "int": ["row_number() over {w}", "rank() over {w}", "count({text}) over {w}", "lag({int}) over {w}",
            "ntile(2) over {w}", "sum({int}) over {w}", "first_value({int}) over {w}", "dense_rank() over {w}"],
    "text": ["lag({text}) over {w}", "max({text}) over {w}", "first_value({text}) over {w}", "nth_value({text}, 2) over {w}",
             "string_agg({text}, '') over {w}"],
}
# Rows in the select list.
SPREAD = {
    "int": ["generate_series(1, {small})", "unnest({ints})", "(zoo.pair()).p", "unnest(array[{int}, 1])"],
    "text": ["unnest({texts})", "regexp_split_to_table({text}, 'o')", "zoo.many({text})", "jsonb_object_keys({json})",
             "(zoo.pair()).q", "string_to_table({text}, '1')"],
}
# Functions of one row, which can be written like columns: relation -> (name, type, hot)
OF_ROWS = {"public.customers": [("zoo.ssn({})", TEXT), ("zoo.of_row({})", TEXT)],
           "customers": [("zoo.ssn({})", TEXT), ("zoo.of_row({})", TEXT)],
           "public.orders": [("secret({})", TEXT), ("{}.secret", TEXT)]}
# What is guarded whatever is asked of it: a statement in which it stands is held, and proves nothing.
ALWAYS = ("public.payments", "public.secrets_parent", "public.people", "zoo.spread", "zoo.hidden_filter", "zoo.cycles", "zoo.depth",
          "zoo.mail_table()", "zoo.two()", "zoo.of_type()", "zoo.next_row()", "zoo.mails()", "zoo.mail(", "zoo.overloaded(",
          "zoo.named(", "zoo.mail_default(", "zoo.short(", "zoo.takes_box(", "public.@@@")
NAMES = ["id", "email", "name", "a", "b", "c", "x", "zz", "ssn", "v", '"Q"', '"select"', "item", "n"]

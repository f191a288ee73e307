"""All that can be asked: of every address, and of every list in every way it offers."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice, product
from typing import Any

from django.urls import reverse
from hypothesis import strategies as st

from guanxi.customers.policies import CUSTOMER
from guanxi.foundation.actor import Depth, Level
from guanxi.foundation.rooms import collected
from guanxi.foundation.tables.operators import OPERATORS
from guanxi.foundation.tables.table import Column, ColumnKind, Table
from guanxi.foundation.tables.values import choices_of
from tests.door_calls import ARGS, DATA, QUERIES
from tests.test_doors import DOORS, UNNAMED
from tests.world import World
from tests.worlds.answers import TRY, Question
from tests.worlds.scene import Asker, Scene

Draw = Callable[["st.SearchStrategy[Any]"], Any]
REST_LISTS = {
    "customers": "/api/v1/customers",
    "orders": "/api/v1/orders",
    "products": "/api/v1/products",
    "messages": "/api/v1/action-messages",
    "tasks": "/api/v1/tasks",
    "key_proposals": "/api/v1/key-proposals",
    "next_products": "/api/v1/next-products",
    "imports": "/api/v1/imports",
    "handovers": "/api/v1/handovers",
    "access-days": "/api/v1/access-days",
}
# Whose name stands in a world for the rows of a list that can be chosen.
CHOSEN = {
    "customers": "customer",
    "duplicates": "pair",
    "key_proposals": "proposal",
    "next_products": "next_product",
    "orders": "order",
    "messages": "message",
    "tasks": "task",
    "access-days": "access_day",
}
WORDS = (
    *("王芳", "王", "wang", "13800138000", "8000", "fang@example.cn", "example"),
    *("旧客户", "老友", "C-1", "椅", "回访", "X-1", "客户.csv"),
)
# By which one is found, as kinds of the ways to be reached.
WHOLE = {"13800138000": "phone", "fang@example.cn": "email"}
BOXES = (
    ("customers:results", "who"),
    ("sales:customer_results", "customer_query"),
    ("sales:product_results", "product_query"),
    ("foundation:search", "q"),
)
SIGN_IN = ("account_", "mfa_", "usersessions_")
MOST_VALUES = 4


def questions(scene: Scene, asker: Asker) -> list[Question]:
    """Return all that ``asker`` can be made to ask, in a fixed order."""
    every = [
        *_doors(scene.world, asker.book),
        *_lists(scene, asker),
        *_boxes(),
        *_likenesses(scene),
        *_files(scene),
    ]
    every = [one for one in every if not looks_up(asker, one)]
    if asker.is_program:
        return [one for one in every if one.is_rest]
    return every


def looks_up(asker: Asker, question: Question) -> bool:
    """
    Tell whether ``asker`` would find somebody by a number or an address shown covered.

    Whoever works with customers may, for somebody may call; how often is counted, and
    tested there.
    """
    values = [*(question.query or {}).values()]
    if question.method == TRY:
        values += re.split(r"[\n,]", question.data["text"])
    asked = [word for word in WHOLE if word in values]
    works = asker.actor.grants.depth("customer.edit") > Depth.NONE
    return works and any(
        CUSTOMER.level(asker.actor, WHOLE[word]) is Level.MASKED for word in asked
    )


def _doors(world: World, book: World) -> Iterator[Question]:
    """Yield every door for one's own records, for those of others, and for both."""
    for door in DOORS:
        if door.name.startswith(SIGN_IN) or door.name in UNNAMED:
            continue
        for place, sent in ((book, book), (world, world), (book, world)):
            if place is not sent and door.name not in DATA:
                continue
            args = ARGS[door.name](place) if door.name in ARGS else []
            path = reverse(door.name, args=args)
            query = QUERIES[door.name](sent) if door.name in QUERIES else None
            data = DATA[door.name](sent) if door.name in DATA else None
            if door.method == "GET":
                data = None
            yield Question(door.method, path, query, data)


def _lists(scene: Scene, asker: Asker) -> Iterator[Question]:
    for table in collected("tables"):
        page, rest = reverse(table.url), REST_LISTS.get(table.key)
        for number, query in enumerate(_asked_of(table, asker)):
            yield Question("GET", page, query, is_fragment=bool(number % 2))
            if rest and "where" in query:
                yield Question("GET", rest, {**query, "size": 3})
        if rest:
            yield from _rest_only(table, rest)
        yield from _shown_ways(table, page)
        yield from _chosen(table, page, scene.world, asker.book)


def _asked_of(table: Table, asker: Asker) -> Iterator[Mapping[str, str]]:
    for column in table.all_columns:
        for where in _conditions(table, column, asker):
            yield {"where": where}
        yield from ({"sort": column.key}, {"sort": f"-{column.key}"})
    for word in WORDS:
        yield {"q": word}
    for first, second in islice(product(table.all_columns, repeat=2), 0, None, 37):
        wheres = [next(_conditions(table, c, asker), "") for c in (first, second)]
        if all(wheres):
            yield {"where": f"or({','.join(wheres)})", "sort": first.key}
            yield {"where": f"not({wheres[0]}),{wheres[1]}", "q": "王"}


def _conditions(table: Table, column: Column, asker: Asker) -> Iterator[str]:
    """Yield one condition for each operator and each of some values that are there."""
    values = _values(table, column, asker)
    for operator in OPERATORS.values():
        if column.kind not in operator.kinds:
            continue
        if operator.values == "none":
            yield f"{column.key}.{operator.key}"
        for value in values:
            text = '"{}"'.format(value.replace("\\", "\\\\").replace('"', '\\"'))
            if operator.values == "one":
                yield f"{column.key}.{operator.key}.{text}"
            elif operator.values in {"many", "two"}:
                yield f"{column.key}.{operator.key}.({text},{text})"


def _values(table: Table, column: Column, asker: Asker) -> Sequence[str]:
    """Return some values of a column, of records in sight and out of sight."""
    if column.kind is ColumnKind.SEALED:
        return ["11010519491231002X", "6222021234567890128"]
    if column.holds or column.kind in {ColumnKind.CHOICE, ColumnKind.BOOLEAN}:
        return [key for key, _label in choices_of(column, asker.actor)][:MOST_VALUES]
    if column.value is not None:
        return ["粤B12345"]
    if column.is_computed and not column.path and not column.filterable:
        return []
    return list(_stored(table, column))


def _stored(table: Table, column: Column) -> Iterable[str]:
    found: dict[str, None] = {}
    model = table.model
    names = column.source.split("__")
    if names[0] not in {f.name for f in model._meta.get_fields()} and names[0] != "pk":
        return found
    rows = model._base_manager.order_by("pk").values_list(column.source, flat=True)
    for value in rows:
        if value not in (None, "", [], {}):
            text = value.isoformat()[:10] if hasattr(value, "isoformat") else str(value)
            found[text] = None
        if len(found) >= MOST_VALUES:
            break
    return found


def _rest_only(table: Table, path: str) -> Iterator[Question]:
    for size in (1, 2, 200):
        yield Question("GET", path, {"size": size})
    for word in WORDS:
        yield Question("GET", path, {"q": word, "size": 2})
    for column in table.all_columns:
        for sign in ("", "-"):
            yield Question("GET", path, {"sort": f"{sign}{column.key}", "size": 2})


def _shown_ways(table: Table, page: str) -> Iterator[Question]:
    """Yield all columns, tools and files of a list."""
    every = ",".join(column.key for column in table.all_columns)
    for query in ({"cols": every}, {"cols": every, "size": "100"}, {"size": "50"}):
        yield Question("GET", page, query)
    for form in ("csv", "xlsx"):
        for query in (
            {},
            {"cols": every},
            {"q": "王"},
            {"cols": every, "sort": "name"},
        ):
            yield Question("GET", page, {**query, "export": form})
    for tool in ("filter", "columns", "view"):
        path = reverse(f"foundation:table_{tool}", args=[table.key])
        yield Question("GET", path, {"cols": every, "where": "city.eq.上海"})
        yield Question("GET", path, {"manage": "1"})


def _chosen(table: Table, page: str, world: World, book: World) -> Iterator[Question]:
    """Yield every bulk action on rows some of which are out of sight."""
    if table.key not in CHOSEN:
        return
    mine, theirs = (getattr(w, CHOSEN[table.key]).pk for w in (book, world))
    for bulk in table.bulk:
        for keys in ([mine], [theirs], [mine, theirs], [theirs, mine, 10**9]):
            posted = {"action": bulk.key, "pk": keys, "confirmed": "1", "tags": "重点"}
            yield Question("POST", page, None, {**posted, "owner": book.owner.pk})
            if bulk.form_view:
                yield Question("GET", reverse(bulk.form_view), {"pk": keys})


def _boxes() -> Iterator[Question]:
    for (name, parameter), word in product(BOXES, WORDS):
        for is_fragment in (False, True):
            path = reverse(name)
            yield Question("GET", path, {parameter: word}, is_fragment=is_fragment)


def _likenesses(scene: Scene) -> Iterator[Question]:
    """Yield what is entered anew although others have it already."""
    theirs = scene.world.customer
    facts: Sequence[Mapping[str, str]] = (
        {"phone": "13800138000"},
        {"email": "fang@example.cn"},
        {"id_number": "11010519491231002X"},
        {"bank_card": "6222021234567890128"},
        {"external_id": theirs.external_id or "E-1", "source": theirs.source},
        {"city": "深圳市"},
        {},
    )
    new_form = {"form": "person", "name": "王芳", "state": "potential"}
    for fact in facts:
        posted = {**new_form, **fact}
        yield Question("POST", reverse("customers:duplicates"), None, posted)
        yield Question("POST", reverse("customers:new_customer"), None, posted)
        body = {"name": "王芳", **{k: v for k, v in fact.items() if "phone" not in k}}
        yield Question("POST", "/api/v1/customers", None, body)


def _files(scene: Scene) -> Iterator[Question]:
    """Yield files that name customers in sight and out of sight: a trial, and a run."""
    theirs = scene.world.customer
    known = ("13800138000", "fang@example.cn", theirs.name, str(theirs.pk), "旧客户")
    heads = ("手机", "邮箱", "客户名称", "客户序号", "客户名称")
    for head, value in zip(heads, known, strict=True):
        contact = (
            f"{head},日期,方式,费用\n{value},2024-05-01,电话,\n{value},2024-05-02,,8\n"
        )
        order = f"{head},下单时间,金额\n{value},2024-05-01,80\n"
        party = f"{head},城市\n{value},杭州\n"
        for kind, text in (
            ("investments", contact),
            ("orders", order),
            ("customers", party),
        ):
            for is_taken_in in (False, True):
                asked = {"kind": kind, "text": text, "is_taken_in": is_taken_in}
                yield Question(TRY, reverse("imports:new"), None, asked)


def table_questions(table: Table, asker: Asker) -> Sequence[str]:
    """Return every single condition that a list can be filtered by."""
    return [w for c in table.all_columns for w in _conditions(table, c, asker)]


def composed(table: Table, conditions: Sequence[str], draw: Draw) -> Question:
    """Return a list as people would hardly ask for it: nested, sorted, searched, cut."""
    one = st.sampled_from(conditions)
    joint = st.builds(
        _joined,
        st.sampled_from(("and", "or", "not")),
        st.lists(one, min_size=1, max_size=3),
    )
    where = ",".join(draw(st.lists(one | joint, max_size=3)))
    keys = [column.key for column in table.all_columns]
    sort = draw(st.sampled_from(["", *keys, *(f"-{key}" for key in keys)]))
    query = {"where": where, "sort": sort, "q": draw(st.sampled_from(["", *WORDS]))}
    size = draw(st.sampled_from([1, 2, 3, 25]))
    return Question("GET", REST_LISTS[table.key], {**query, "size": size})


def _joined(joint: str, members: Sequence[str]) -> str:
    return f"{joint}({','.join(members)})"

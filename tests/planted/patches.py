"""The defects: what is written in place of what, where, and what that would mean."""

from dataclasses import dataclass
from pathlib import Path

HOUSE = Path(__file__).parents[2]
WORLDS = "tests/test_two_worlds.py"
DOORS = "tests/test_doors.py"
LISTS = "tests/test_lists.py"
REST = "tests/test_rest.py"


@dataclass(frozen=True)
class Patch:
    """One defect: a sentence for people, and one place in one file."""

    name: str
    means: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]

    def is_applicable(self) -> bool:
        """Tell whether the old text stands once in the file, and only once."""
        return (HOUSE / self.file).read_text("utf-8").count(self.old) == 1

    def apply(self, house: Path) -> None:
        """Plant the defect in ``house``."""
        path = house / self.file
        text = path.read_text("utf-8")
        path.write_text(text.replace(self.old, self.new, 1), "utf-8")


_CUSTOMERS = "guanxi/customers"
_TESTS = f"{_CUSTOMERS}/tests"
PATCHES = (
    Patch(
        "relation-unscoped",
        "The page of a customer names related customers whom one may not see.",
        f"{_CUSTOMERS}/queries/customer.py",
        "    others = customers(viewer)\n",
        "    others = Customer.objects.kept()\n",
        (f"{_TESTS}/test_queries.py", f"{_TESTS}/test_views.py", WORLDS),
    ),
    Patch(
        "search-unscoped",
        "The search of the house finds customers of everybody.",
        f"{_CUSTOMERS}/queries/search.py",
        '    return customers(viewer).only("name", "city", "phone", "form", "sort_name")',
        "    return Customer.objects.kept()",
        (f"{_TESTS}/test_queries.py", WORLDS),
    ),
    Patch(
        "search-covered",
        "Parts of covered numbers find customers: digit by digit they are uncovered.",
        f"{_CUSTOMERS}/queries/search.py",
        "    if readable >= _REACH_FIELDS:\n",
        "    if plain:\n",
        (f"{_TESTS}/test_queries.py", LISTS, WORLDS),
    ),
    Patch(
        "likeness-unscoped",
        "Entering a customer tells of customers of others with the same name.",
        f"{_CUSTOMERS}/queries/duplicate.py",
        '    return customers(viewer).select_related("owner").only(*_READ)',
        '    return Customer.objects.select_related("owner").only(*_READ)',
        (f"{_TESTS}/test_likely_duplicates.py", f"{_TESTS}/test_form_pages.py", WORLDS),
    ),
    Patch(
        "pairs-half-scoped",
        "A possible duplicate is listed although one of the two is out of sight.",
        f"{_CUSTOMERS}/queries/duplicate_pair.py",
        "    rows = DuplicatePair.objects.filter(one__in=mine, other__in=mine)\n",
        "    rows = DuplicatePair.objects.filter(one__in=mine)\n",
        (f"{_TESTS}/test_duplicate_pairs.py", WORLDS),
    ),
    Patch(
        "merges-unscoped",
        "The list of merges names customers of others.",
        f"{_CUSTOMERS}/queries/merge.py",
        "        survivor__in=customers(viewer), gone__in=gone, undone_at__isnull=True\n",
        "        undone_at__isnull=True\n",
        (f"{_TESTS}/test_merge.py", f"{_TESTS}/test_merge_views.py", WORLDS),
    ),
    Patch(
        "timeline-fields",
        "The timeline tells old and new values of hidden fields.",
        f"{_CUSTOMERS}/queries/timeline.py",
        "        for name, (old, new) in row.changes.items()\n        if name in readable\n",
        "        for name, (old, new) in row.changes.items()\n",
        (f"{_TESTS}/test_queries.py", f"{_TESTS}/test_views.py", WORLDS),
    ),
    Patch(
        "timeline-kinds",
        "The timeline tells of orders and tasks that one may not see.",
        f"{_CUSTOMERS}/queries/timeline.py",
        "    rows = rows.filter(told_to(viewer, kinds_on_timelines() - {CUSTOMER.kind}))\n",
        "",
        ("guanxi/sales/tests/test_queries.py", f"{_TESTS}/test_views.py", WORLDS),
    ),
    Patch(
        "rest-points",
        "Programs read the contact points of a customer in clear.",
        f"{_CUSTOMERS}/rest/customer.py",
        '"value": CUSTOMER.shown(viewer, point.kind, point.shown),',
        '"value": point.shown,',
        (REST, WORLDS),
    ),
    Patch(
        "rest-covered",
        "Lists for programs give covered fields in clear.",
        "guanxi/foundation/rest/records.py",
        "                record[name] = self.policy.shown(self.viewer, source.field, text)\n",
        "                record[name] = text\n",
        (REST, WORLDS),
    ),
    Patch(
        "page-points",
        "The page of a customer gives covered numbers in clear.",
        f"{_CUSTOMERS}/views/portrait.py",
        "else CUSTOMER.shown(viewer, kind, point.value),",
        "else point.value,",
        (f"{_TESTS}/test_views.py", WORLDS),
    ),
    Patch(
        "cells-covered",
        "Lists and their files show covered values in clear.",
        "guanxi/foundation/tables/cells.py",
        "    if policy.level(viewer, column.policy_field) >= Level.READ:\n",
        "    if policy.level(viewer, column.policy_field) >= Level.MASKED:\n",
        (LISTS, WORLDS),
    ),
    Patch(
        "filter-covered",
        "Lists can be filtered and sorted by covered fields.",
        "guanxi/foundation/tables/table.py",
        "lambda c: c.policy_field in clear)",
        "lambda c: bool(clear))",
        (LISTS, WORLDS),
    ),
    Patch(
        "export-open",
        "Whoever sees a list takes it out as a file.",
        "guanxi/foundation/tables/export.py",
        '    require(listing.viewer, f"{listing.table.kind}.export")\n',
        "",
        (LISTS, WORLDS),
    ),
    Patch(
        "bulk-foreign",
        "A bulk action takes rows by their numbers, whoever sees them.",
        "guanxi/foundation/tables/bulk.py",
        "    rows = list(table.rows(viewer).filter(pk__in=keys)",
        "    rows = list(table.model._base_manager.filter(pk__in=keys)",
        (LISTS, WORLDS),
    ),
    Patch(
        "import-runs",
        "An import is seen, and undone, by another than who started it.",
        "guanxi/foundation/imports/queries.py",
        "ImportRun.objects.filter(IMPORT_RUN.visible(viewer))",
        "ImportRun.objects.filter()",
        (DOORS, WORLDS),
    ),
    Patch(
        "views-of-others",
        "Saved views of others stand as tabs above one's lists.",
        "guanxi/foundation/tables/saved.py",
        "AND (v.is_shared OR v.owner_id = %s)",
        "AND (true OR v.owner_id = %s)",
        (LISTS, WORLDS),
    ),
    Patch(
        "frame-of-another",
        "What is drawn around a list is kept for others who may do the same.",
        "guanxi/foundation/tables/shown.py",
        "of_state, drawn_tabs, density, get_language()",
        "of_state, density, get_language()",
        (LISTS, WORLDS),
    ),
    Patch(
        "query-of-another",
        "A compiled query keeps the first asker, and answers others as if they were him.",
        "guanxi/foundation/compiled.py",
        "        return build(Seer(actor.grants, given), *fixed, **values)\n",
        "        return build(actor, *fixed, **values)\n",
        ("guanxi/foundation/tests/test_compiled.py", WORLDS),
    ),
    Patch(
        "follows-ignored",
        "A field that gives another away is shown though the other is hidden.",
        "guanxi/foundation/policies.py",
        "            level = min(level, _told_level(actor, key))\n",
        "            _told_level(actor, key)\n",
        (LISTS, WORLDS),
    ),
    Patch(
        "write-first",
        "Commands act before they ask whether they may, and tell so afterwards.",
        "guanxi/foundation/commands.py",
        """            if needs:
                require(by, needs, *_subjects(args))
            token = _acting.set(by)
            try:
                with transaction.atomic():
                    return function(by, *args, **kwargs)
""",
        """            token = _acting.set(by)
            try:
                with transaction.atomic():
                    done = function(by, *args, **kwargs)
                if needs:
                    require(by, needs, *_subjects(args))
                return done
""",
        (DOORS,),
    ),
    Patch(
        "token-revoked",
        "A token goes on working after it was revoked.",
        "guanxi/identity/models/token.py",
        "            revoked_at__isnull=True, expires_at__gt=at, user__is_active=True\n",
        "            expires_at__gt=at, user__is_active=True\n",
        ("guanxi/identity/tests/test_tokens.py", REST),
    ),
    Patch(
        "token-scopes",
        "A token may all that its user may, whatever its scopes say.",
        "guanxi/identity/models/token.py",
        "            part = whole.worked_out[scopes] = within_scopes(whole, scopes, fields)\n",
        "            part = whole.worked_out[scopes] = whole if tuple(fields) else whole\n",
        ("guanxi/identity/tests/test_tokens.py", REST, WORLDS),
    ),
    Patch(
        "deactivated",
        "The sessions of somebody who was deactivated go on.",
        "guanxi/identity/backends.py",
        "        return next(filter(self.user_can_authenticate, found), None)\n",
        "        return next(iter(found), None)\n",
        (
            "guanxi/identity/tests/test_sessions.py",
            "guanxi/identity/tests/test_sign_in.py",
        ),
    ),
    Patch(
        "reveal-hidden",
        "What is hidden altogether is revealed to whoever gives a reason.",
        f"{_CUSTOMERS}/commands/reveal.py",
        "    if not is_revealable(field) or CUSTOMER.level(by, field) < Level.MASKED:\n",
        "    if not is_revealable(field):\n",
        (f"{_TESTS}/test_commands.py", f"{_TESTS}/test_views.py", WORLDS),
    ),
    Patch(
        "reveal-unlogged",
        "Nobody learns who looked at a covered value.",
        f"{_CUSTOMERS}/commands/reveal.py",
        '        "reveal",\n        "customer",\n        pks=[customer.pk],\n',
        '        "view",\n        "customer",\n        pks=[],\n',
        (f"{_TESTS}/test_commands.py", f"{_TESTS}/test_views.py"),
    ),
    Patch(
        "audit-values",
        "The log tells its readers values of records that they may not read.",
        "guanxi/foundation/audit_pages.py",
        "    return told if policy.level(viewer, name) >= needed else COVERED\n",
        "    return told if needed else COVERED\n",
        (LISTS, WORLDS),
    ),
    Patch(
        "audit-clear",
        "The log keeps personal values in clear.",
        "guanxi/foundation/audit.py",
        "    return rule.mask(value)\n",
        "    return value\n",
        (f"{_TESTS}/test_sensitive_fields.py", f"{_TESTS}/test_points.py"),
    ),
    Patch(
        "handover-report",
        "The report of a handover names customers that its reader does not see.",
        f"{_CUSTOMERS}/commands/handover_report.py",
        'is_seen = one.deleted_at is None and CUSTOMER.reaches(by, "read", one)',
        "is_seen = one.deleted_at is None",
        (f"{_TESTS}/test_handover.py", WORLDS),
    ),
    Patch(
        "order-sums",
        "The sums on a customer's page count orders that one may not see.",
        "guanxi/sales/queries/order.py",
        "        ORDER.visible(viewer), customer_id=customer_id, currency",
        "        customer_id=customer_id, currency",
        (
            "guanxi/sales/tests/test_queries.py",
            "guanxi/sales/tests/test_views.py",
            WORLDS,
        ),
    ),
    Patch(
        "order-customer",
        "Orders name customers in clear to whom names are covered for.",
        "guanxi/sales/queries/order.py",
        '    return ORDER.shown(viewer, "customer", order.customer.name)\n',
        "    return order.customer.name\n",
        ("guanxi/sales/tests/test_views.py", WORLDS),
    ),
    Patch(
        "duplicate-reasons",
        "What agrees between two customers gives hidden fields away.",
        f"{_CUSTOMERS}/queries/duplicate_pair.py",
        "        if CUSTOMER.level(viewer, _TELLS.get(reason, reason)) > Level.HIDDEN\n",
        "",
        (f"{_TESTS}/test_duplicate_pairs.py", WORLDS),
    ),
)

"""How customers plugs in."""

from django.utils.translation import gettext_lazy as _

from guanxi.customers import tasks
from guanxi.customers.commands.erasing import (
    FILES_HELD,
    TAGS_HELD,
    forget_files,
    forget_notices,
)
from guanxi.customers.commands.erasure import carry_out as carry_out_erasure
from guanxi.customers.commands.handover import carry_back, carry_out
from guanxi.customers.commands.retention import keep_to_retention
from guanxi.customers.commands.segment_member import find_later, refresh_all
from guanxi.customers.commands.subject_export import (
    forget_copies,
    forget_copies_of,
    make_copy,
)
from guanxi.customers.commands.territory import fill_territory
from guanxi.customers.events import (
    CustomersMerged,
    CustomFieldAdded,
    CustomFieldChanged,
    MergeUndone,
    WallSet,
)
from guanxi.customers.events.file import file_event
from guanxi.customers.handlers import (
    index_field,
    judge_again,
    keep_week_apart,
    renew_bonds,
    renew_credit,
    tell_ownerless,
)
from guanxi.customers.imports.bond import BONDS_IMPORT
from guanxi.customers.imports.investment import INVESTMENTS_IMPORT
from guanxi.customers.imports.kind import CUSTOMERS_IMPORT
from guanxi.customers.queries.customer import bare_customer
from guanxi.customers.queries.duplicate_pair import customer_facts
from guanxi.customers.queries.investment import cost_facts
from guanxi.customers.queries.limit import unprofiled_facts
from guanxi.customers.queries.search import find_customers
from guanxi.customers.queries.side import field_value_facts, membership_facts
from guanxi.customers.queries.tally import INVESTMENT_TALLIES, NOTE_TALLIES
from guanxi.customers.queries.trait import class_facts
from guanxi.customers.rules.holding import HOLDINGS, IMPERSONAL, LOOSE
from guanxi.customers.rules.invariant import INVARIANTS
from guanxi.customers.rules.joining import MENTIONS, REMAINS
from guanxi.customers.tables import (
    CUSTOMERS,
    DUPLICATES,
    HANDOVERS,
    INVESTMENTS,
    PEERS,
    SEGMENTS,
)
from guanxi.foundation.files.places import FilePlace
from guanxi.foundation.rooms import Create, Fact, Finder, Nav, Panel, Room
from guanxi.identity.events import UserDeactivated

room = Room(
    nav=[
        Nav(
            _("All customers"),
            "customers:customers",
            needs="customer.read",
            icon="address-book",
            group=_("Customers"),
            order=20,
            key="c",
        ),
        Nav(
            _("Segments"),
            "customers:segments",
            needs="segment.read",
            icon="users-group",
            group=_("Customers"),
            order=21,
        ),
        Nav(
            _("Contacts and costs"),
            "customers:investments",
            needs="investment.read",
            icon="cash",
            group=_("Customers"),
            order=39,
        ),
        Nav(
            _("Target customers"),
            "customers:targets",
            needs="customer.read",
            icon="target",
            group=_("Customers"),
            order=22,
        ),
        Nav(
            _("Without owner"),
            "customers:ownerless",
            needs="customer.assign",
            icon="user-check",
            group=_("Customers"),
            order=23,
        ),
        Nav(
            _("Peers"),
            "customers:peers",
            needs="peer.read",
            icon="users",
            group=_("Customers"),
            order=40,
        ),
        Nav(
            _("Code lists"),
            "customers:codes",
            needs="code.edit",
            icon="list-details",
            group=_("Settings"),
            order=93,
        ),
        Nav(
            _("Customer fields"),
            "customers:fields",
            needs="custom_field.edit",
            icon="forms",
            group=_("Settings"),
            order=94,
        ),
        Nav(
            _("Data bank sheet"),
            "customers:data_sets",
            needs="custom_field.edit",
            icon="database",
            group=_("Settings"),
            order=94,
        ),
        Nav(
            _("Kinds and treatment"),
            "customers:handlings",
            needs="custom_field.edit",
            icon="users",
            group=_("Settings"),
            order=94,
        ),
        Nav(
            _("Consent texts"),
            "customers:consent_texts",
            needs="code.edit",
            icon="shield-check",
            group=_("Settings"),
            order=95,
        ),
        Nav(
            _("Register of processing"),
            "customers:processing",
            needs="audit.read",
            icon="file-text",
            group=_("Settings"),
            order=89,
        ),
        Nav(
            _("Retention"),
            "customers:retention",
            needs="retention.read",
            icon="hourglass",
            group=_("Settings"),
            order=96,
        ),
        Nav(
            _("Erasures"),
            "customers:erasures",
            needs="customer.erase",
            icon="eraser",
            group=_("Settings"),
            order=96,
        ),
        Nav(
            _("Credit rules"),
            "customers:credit_rules",
            needs="credit_rule.edit",
            icon="credit-card",
            group=_("Settings"),
            order=94,
        ),
        Nav(
            _("Territories"),
            "customers:territories",
            needs="territory.read",
            icon="map-pin",
            group=_("Settings"),
            order=93,
        ),
        Nav(
            _("Credit reports due"),
            "customers:credit_due",
            needs="customer.assess",
            icon="file-text",
            group=_("Sales"),
            order=34,
        ),
        Nav(
            _("Birthdays"),
            "customers:birthdays",
            needs="customer.read",
            icon="cake",
            group=_("Customers"),
            order=38,
        ),
        Nav(
            _("Data quality"),
            "customers:quality",
            needs="customer.edit",
            icon="list-check",
            group=_("Customers"),
            order=36,
        ),
        Nav(
            _("Rules of data quality"),
            "customers:quality_rules",
            needs="quality_rule.edit",
            icon="checklist",
            group=_("Settings"),
            order=94,
        ),
    ],
    panels=[
        Panel(
            "customers.customer",
            _("Credit"),
            "customers:credit_panel",
            needs="customer.credit",
            order=30,
        ),
        Panel(
            "customers.customer",
            _("Files"),
            "customers:files",
            needs="customer.read",
            order=35,
        ),
        Panel(
            "customers.customer",
            _("Consent and contact"),
            "customers:consents",
            needs="customer.read",
            order=40,
        ),
        Panel(
            "customers.customer",
            _("Segments"),
            "customers:segments_of",
            needs="segment.read",
            order=70,
        ),
        Panel(
            "customers.customer",
            _("Why it stays"),
            "customers:bond_panel",
            needs="customer.read",
            order=20,
        ),
        Panel(
            "customers.customer",
            _("Data quality"),
            "customers:quality_panel",
            needs="customer.read",
            order=60,
        ),
        Panel(
            "customers.customer",
            _("Access"),
            "customers:ties",
            needs="customer.share",
            order=75,
        ),
        Panel(
            "customers.customer",
            _("Data bank"),
            "customers:data_bank_panel",
            needs="customer.read",
            order=45,
        ),
        Panel(
            "customers.customer",
            _("Plans and agreements"),
            "customers:plans",
            needs="customer.read",
            order=50,
        ),
        Panel(
            "customers.customer",
            _("Who belongs together"),
            "customers:network_panel",
            needs="customer.read",
            order=70,
        ),
        Panel(
            "customers.customer",
            _("Owner history"),
            "customers:owners",
            needs="customer.read",
            order=80,
        ),
    ],
    jobs=[
        *(carry_out, carry_back, carry_out_erasure),
        *(make_copy, find_later, fill_territory),
    ],
    tallies=[*NOTE_TALLIES, *INVESTMENT_TALLIES],
    clock={
        # After the search for duplicates, which counts here.
        "30 2 * * *": [tasks.judge_nightly],
        # After the nightly analysis, whose traits segments ask about.
        "30 3 * * *": [refresh_all],
        "47 3 * * *": [forget_copies, keep_to_retention],
        "0 8 * * 1": [tasks.remind_of_ownerless],
    },
    creates=[
        Create(
            _("Customer"),
            "customers:new_customer",
            needs="customer.create",
            icon="user-plus",
            order=10,
        )
    ],
    finds=[Finder(_("Customers"), icon="user", find=find_customers)],
    reacts={
        CustomFieldAdded: [index_field],
        CustomFieldChanged: [index_field],
        WallSet: [keep_week_apart],
        CustomersMerged: [judge_again, renew_bonds, renew_credit],
        MergeUndone: [judge_again, renew_bonds, renew_credit],
        UserDeactivated: [tell_ownerless],
    },
    holdings=[*HOLDINGS, FILES_HELD, TAGS_HELD],
    loose=LOOSE,
    impersonal=IMPERSONAL,
    stores=[forget_files, forget_notices, forget_copies_of],
    facts=[
        Fact("customers", customer_facts),
        Fact("classes", class_facts),
        Fact("costs", cost_facts),
        Fact("field_values", field_value_facts),
        Fact("memberships", membership_facts),
        Fact("unprofiled", unprofiled_facts),
    ],
    tables=[CUSTOMERS, DUPLICATES, HANDOVERS, INVESTMENTS, PEERS, SEGMENTS],
    imports=[CUSTOMERS_IMPORT, BONDS_IMPORT, INVESTMENTS_IMPORT],
    files=[
        FilePlace(
            "customer",
            bare_customer,
            page="customers:customer",
            panel="customers:files",
            told=file_event,
        )
    ],
    mentions=MENTIONS,
    remains=REMAINS,
    invariants=INVARIANTS,
)

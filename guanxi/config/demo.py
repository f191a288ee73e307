"""Demo data: an invented company with two years of trade, loaded once and removable."""

from dataclasses import dataclass
from datetime import datetime
from gettext import gettext as _
from random import Random
from typing import ClassVar
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import Model, ProtectedError, Q, QuerySet
from django.utils.translation import gettext_noop

from guanxi.actions.commands.detection import detect
from guanxi.actions.models import Task
from guanxi.analytics.commands.analysis import run_analysis
from guanxi.config.demo_data.agreements import write_agreements
from guanxi.config.demo_data.bonds import write_bonds
from guanxi.config.demo_data.buyers import draw_buyer
from guanxi.config.demo_data.catalog import goods
from guanxi.config.demo_data.chances import write_opportunities
from guanxi.config.demo_data.company import (
    COMPANY,
    USERNAME_START,
    found_company,
    stock_shelves,
)
from guanxi.config.demo_data.credits import write_credits
from guanxi.config.demo_data.findings import write_findings
from guanxi.config.demo_data.goals import write_targets
from guanxi.config.demo_data.hints import remove_leads, write_leads
from guanxi.config.demo_data.investments import write_investments
from guanxi.config.demo_data.orders import draw_sales, write_history, write_sales
from guanxi.config.demo_data.oversight import (
    remove_duties,
    write_access_days,
    write_duties,
)
from guanxi.config.demo_data.parties import SOURCE, draw_parties, write_parties
from guanxi.config.demo_data.plans import write_notes, write_tasks
from guanxi.config.demo_data.rewards import forget_commissions, write_commissions
from guanxi.config.demo_data.talk import write_contact_policies
from guanxi.config.demo_data.trade import Trade
from guanxi.config.demo_data.trust import (
    remove_territories,
    write_consents,
    write_territories,
    write_ties,
)
from guanxi.config.first_login import DEMO_LOGIN, new_password
from guanxi.config.reports import tell_step
from guanxi.customers.commands.code import ship_codes
from guanxi.customers.commands.segment_member import refresh_all
from guanxi.customers.commands.ship_fields import ship_fields
from guanxi.customers.models import Customer
from guanxi.customers.tasks import judge_nightly
from guanxi.foundation.actor import System
from guanxi.foundation.clock import now
from guanxi.foundation.events import Event, publish
from guanxi.foundation.models import Access, LoggedEvent
from guanxi.identity.commands.user import deactivate_user
from guanxi.identity.models import Team, User
from guanxi.sales.commands.pipeline import ship_stages
from guanxi.sales.models import Opportunity, Order, Product, Target
from guanxi.sales.queries.fact import order_day_bounds

DEMO = System(SOURCE)
MANAGER = f"{USERNAME_START}lin"
# Marks every customer, product and order of the demo; runs of real imports count up
# from one.
DEMO_RUN = -1
SEED = 20240214
CUSTOMERS = 2000


@dataclass(frozen=True, kw_only=True)
class DemoLoaded(Event):
    """The demo data was loaded; it is not loaded a second time."""

    sentence: ClassVar[str] = gettext_noop("Demo data loaded")
    icon: ClassVar[str] = "package"

    customers: int
    orders: int


@dataclass(frozen=True, kw_only=True)
class DemoRemoved(Event):
    """The demo data was removed."""

    sentence: ClassVar[str] = gettext_noop("Demo data removed")
    icon: ClassVar[str] = "trash"


@dataclass(frozen=True)
class Removed:
    """How many rows went, and what had to stay because others hold on to it."""

    customers: int
    orders: int
    kept: tuple[str, ...]


def load_once() -> bool:
    """Load the demo data into a house without customers; tell whether that was done."""
    was_loaded = LoggedEvent.objects.filter(name=DemoLoaded.event_name()).exists()
    if was_loaded or Customer.objects.exists():
        return False
    load()
    return True


def load(*, seed: int = SEED) -> None:
    """
    Load the demo data up to today and analyze it; the same ``seed`` draws the same.

    Everything is written at once or not at all. The analysis follows, because it reads
    what is committed.
    """
    at = now()
    tell_step(_("Loading the demo data …"))
    with transaction.atomic():
        _write(Random(seed), at)  # noqa: S311 -- a play, not a secret
    _analyze(at)


def remove() -> Removed:
    """
    Remove the demo data and all that hangs on it, and analyze what is left.

    Demo users and products that real records refer to stay; the users can no longer
    sign in.
    """
    at = now()
    with transaction.atomic():
        customers = Customer.objects.filter(import_run_id=DEMO_RUN)
        orders = Order.objects.filter(customer__in=customers)
        counts = customers.count(), orders.count()
        _forget_events(customers, orders)
        orders.delete()
        remove_leads()
        Opportunity.objects.filter(customer__in=customers).delete()
        customers.delete()
        remove_duties()
        remove_territories()
        kept = (*_remove_products(), *_remove_people())
        publish(DemoRemoved(at=at))
    (settings.HOME / DEMO_LOGIN).unlink(missing_ok=True)
    if order_day_bounds():
        _analyze(at)
    return Removed(*counts, kept)


def password() -> str:
    """Return the password of all demo users; empty when there are none or it changed."""
    path = settings.HOME / DEMO_LOGIN
    return path.read_text().split()[-1] if path.exists() else ""


def _write(random: Random, at: datetime) -> None:
    """Write company, customers, two years of orders, notes and tasks."""
    zone = ZoneInfo(settings.TIME_ZONE)
    today = at.astimezone(zone).date()
    ship_codes(DEMO)
    ship_fields(DEMO)
    ship_stages(DEMO)
    staff = found_company(DEMO, password=_new_password(), at=at)
    products = stock_shelves(DEMO, run=DEMO_RUN, at=at)
    buyers = [draw_buyer(random) for _buyer in range(CUSTOMERS)]
    parties = draw_parties(random, buyers, staff, run=DEMO_RUN, today=today, now=at)
    write_parties(random, parties)
    trade = Trade(random, goods(), at, zone)
    drawn = [(p, trade.deal(p.buyer, day)) for p in parties for day in p.days]
    deals = [(party, deal) for party, deal in drawn if deal]
    sales = draw_sales(deals, run=DEMO_RUN, source=SOURCE)
    write_sales(sales, products)
    write_history(parties, sales)
    write_commissions(DEMO, today=today, at=at)
    write_targets(DEMO, sales, staff, today=today, at=at)
    write_opportunities(
        DEMO, random, parties, list(products.values()), today=today, at=at
    )
    write_leads(DEMO, random, parties, list(products.values()), at=at)
    write_notes(random, parties, at)
    write_tasks(random, parties, sales, today=today, now=at)
    write_agreements(DEMO, parties, today=today, at=at)
    write_credits(DEMO, random, parties, today=today, at=at)
    write_investments(random, parties, at)
    write_duties(DEMO, staff, today=today, at=at)
    write_access_days(random, staff, today=today, at=at)
    write_consents(DEMO, random, parties, today=today, at=at)
    write_territories(DEMO, at=at)
    write_ties(DEMO, parties, staff, at=at)
    write_findings(DEMO, parties, today=today, at=at)
    write_bonds(DEMO, random, parties, today=today, at=at)
    write_contact_policies(DEMO, at=at)
    publish(DemoLoaded(customers=len(parties), orders=len(sales), at=at))


def _analyze(at: datetime) -> None:
    """Learn about the customers, and see who needs attention, as of today."""
    tell_step(_("Analyzing the customers …"))
    today = at.astimezone(ZoneInfo(settings.TIME_ZONE)).date()
    run_analysis(DEMO, as_of=today, at=at)
    judge_nightly(at)
    detect(DEMO, as_of=today, at=at)
    refresh_all(at)


def _new_password() -> str:
    """Return a new password, kept in the data folder where only its owner reads it."""
    made = new_password()
    path = settings.HOME / DEMO_LOGIN
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_text(f"{MANAGER}\n{made}\n")
    return made


def _forget_events(customers: QuerySet[Customer], orders: QuerySet[Order]) -> None:
    """Delete what the log says about demo records."""
    tasks = Task.objects.filter(customer__in=customers).values("pk")
    LoggedEvent.objects.filter(
        Q(party_id__in=customers)
        | Q(kind="customer", subject_id__in=customers)
        | Q(kind="order", subject_id__in=orders)
        | Q(kind="task", subject_id__in=tasks)
    ).delete()


def _remove_products() -> list[str]:
    """Delete the products that no order names any more; return the codes of the others."""
    made = Product.objects.filter(import_run_id=DEMO_RUN)
    return [product.code for product in made if not _is_removed(product)]


def _remove_people() -> list[str]:
    """Delete users and teams that nothing real refers to; return the names of the others."""
    kept = []
    people = User.objects.filter(username__startswith=USERNAME_START)
    of_teams = Team.objects.filter(path__contains=_root_path())
    forget_commissions()
    Target.objects.filter(Q(user__in=people) | Q(team__in=of_teams)).delete()
    # The access log tells for ever who saw what: whoever stands in it stays.
    seen = set(Access.objects.filter(actor__in=people).values_list("actor", flat=True))
    for user in people:
        if user.pk in seen or not _is_removed(user):
            deactivate_user(DEMO, user, at=now())
            kept.append(user.name)
    teams = of_teams.order_by("-path")
    return [*kept, *(team.name for team in teams if not _is_removed(team))]


def _is_removed(row: Model) -> bool:
    """Delete ``row`` unless something real refers to it."""
    try:
        with transaction.atomic():
            row.delete()
    except ProtectedError:
        return False
    return True


def _root_path() -> list[int]:
    """Return the path of the demo company; one that no team has if it is gone."""
    root = Team.objects.filter(name=COMPANY, parent=None).first()
    return root.path if root else [0]

"""The door for programs: who calls, how often, and every room's operations."""

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema
from ninja.security import HttpBearer
from ninja.security.base import AuthBase
from ninja.utils import check_csrf

from guanxi.actions.rest.action_message import router as messages
from guanxi.actions.rest.task import router as tasks
from guanxi.analytics.rest.core import router as core
from guanxi.analytics.rest.key_proposal import router as key_proposals
from guanxi.analytics.rest.next_product import router as next_products
from guanxi.customers.rest.bond import router as bonds
from guanxi.customers.rest.consent import router as consents
from guanxi.customers.rest.contact_policy import router as contact_policies
from guanxi.customers.rest.credit import router as credit
from guanxi.customers.rest.customer import router as customers
from guanxi.customers.rest.data_set import router as data_sets
from guanxi.customers.rest.erasure import router as erasures
from guanxi.customers.rest.finding import router as findings
from guanxi.customers.rest.handover import router as handovers
from guanxi.customers.rest.investment import router as investments
from guanxi.customers.rest.limit import router as limits
from guanxi.customers.rest.note import router as notes
from guanxi.customers.rest.peer import router as peers
from guanxi.customers.rest.plan import router as plans
from guanxi.customers.rest.quality import router as quality
from guanxi.customers.rest.segment import router as segments
from guanxi.customers.rest.subject_export import router as copies
from guanxi.customers.rest.target import router as targets
from guanxi.customers.rest.territory import router as territories
from guanxi.customers.rest.tie import router as ties
from guanxi.foundation.actor import Actor
from guanxi.foundation.clock import now
from guanxi.foundation.files.rest import router as files
from guanxi.foundation.imports.rest import router as imports
from guanxi.foundation.rest.body import TypedParser
from guanxi.foundation.rest.document import DESCRIPTION, complete
from guanxi.foundation.rest.manual import manual_page
from guanxi.foundation.rest.problems import Problem, tell_problems
from guanxi.foundation.rest.repeat import repeatable
from guanxi.foundation.rest.throttle import take
from guanxi.identity.backends import AccountAdapter
from guanxi.identity.queries import actor_for_token
from guanxi.identity.rest.access_day import router as access_days
from guanxi.identity.rest.duty import router as duties
from guanxi.sales.rest.commission import router as commissions
from guanxi.sales.rest.credit import router as instalments
from guanxi.sales.rest.lead import router as leads
from guanxi.sales.rest.objection import router as objections
from guanxi.sales.rest.opportunity import router as opportunities
from guanxi.sales.rest.order import router as orders
from guanxi.sales.rest.product import router as products
from guanxi.sales.rest.target import router as sales_targets

# Nobody mistypes a token more often; whoever guesses needs 2 ** 256 tries.
WRONG_TOKENS_PER_MINUTE = 20


class Token(HttpBearer):
    """A key in the Authorization header: ``Bearer gx_…``."""

    def authenticate(self, request: HttpRequest, token: str) -> Actor:
        """
        Return who acts with ``token``.

        :raises Problem: 401 for a token that does not work.
        :raises TooOften: for too many requests.
        """
        at = now()
        actor = actor_for_token(token, at)
        if actor is None:
            ip = AccountAdapter().get_client_ip(request)
            take(f"ip:{ip}", WRONG_TOKENS_PER_MINUTE, at=at)
            raise Problem(401, "not_signed_in")
        take(f"token:{actor.token.pk}", settings.API_PER_MINUTE, at=at)
        if actor.user.time_zone:
            # PersonalMiddleware, which knows no tokens, takes it back after the call.
            timezone.activate(actor.user.time_zone)
        return actor


class Session(AuthBase):
    """A person's session, for pages of the same origin; writes need the CSRF token."""

    openapi_type = "apiKey"
    openapi_in = "cookie"
    openapi_name = settings.SESSION_COOKIE_NAME

    def __call__(self, request: HttpRequest) -> Any:
        """
        Return who is signed in, or None.

        :raises Problem: 403 without the CSRF token.
        :raises TooOften: for too many requests.
        """
        if settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return None
        user = request.user
        if not user.is_authenticated:
            return None
        if check_csrf(request) is not None:
            raise Problem(403, "csrf")
        take(f"user:{user.pk}", settings.API_PER_MINUTE, at=now())
        return user


class Api(NinjaAPI):
    """The operations of all rooms, and a document that tells all of them."""

    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: Any = None
    ) -> OpenAPISchema:
        """Return the document, with what holds for every operation alike."""
        document = super().get_openapi_schema(
            path_prefix=path_prefix, path_params=path_params
        )
        return complete(document)


api = Api(
    title="Guanxi",
    version="1",
    description=DESCRIPTION,
    urls_namespace="api",
    auth=[Token(), Session()],
    parser=TypedParser(),
    docs_url=None,
)
tell_problems(api)
api.add_decorator(repeatable)
for router in (
    customers,
    notes,
    targets,
    key_proposals,
    next_products,
    core,
    data_sets,
    consents,
    limits,
    plans,
    contact_policies,
    erasures,
    copies,
    credit,
    findings,
    bonds,
    investments,
    peers,
    quality,
    handovers,
    segments,
    ties,
    territories,
    leads,
    objections,
    opportunities,
    orders,
    instalments,
    products,
    sales_targets,
    commissions,
    messages,
    tasks,
    imports,
    files,
    duties,
    access_days,
):
    api.add_router("", router)


def document() -> str:
    """Return the OpenAPI document in English, as it stands in docs/openapi.json."""
    schema = api.get_openapi_schema(path_prefix="/api/v1/")
    return json.dumps(schema, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def write_document(path: str) -> None:
    """Write the document anew (``make openapi``)."""
    Path(path).write_text(document())


@login_required
@require_GET
def manual(request: HttpRequest) -> HttpResponse:
    """Show the operations to people."""
    url = reverse("api:openapi-json")
    return manual_page(request, api.get_openapi_schema(), url)

"""The files of a customer."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.views.decorators.http import require_GET

from guanxi.foundation.files.places import place_of
from guanxi.foundation.files.views import file_panel
from guanxi.foundation.viewer import StaffRequest


@login_required
@require_GET
def files(request: StaffRequest, pk: int) -> HttpResponse:
    """Show the files at a customer, as a panel."""
    return file_panel(request, place_of("customer"), pk)

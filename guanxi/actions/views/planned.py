"""What the contact policy of a customer says about a contact that somebody plans."""

from collections.abc import Mapping

from django import forms
from django.contrib import messages as toasts
from django.utils.timezone import localdate

from guanxi.actions.forms import working_day_after
from guanxi.actions.queries.contact import WRITTEN
from guanxi.actions.rules import TaskKind
from guanxi.customers.queries.contact_policy import Conduct
from guanxi.customers.rules.consent import ContactChannel
from guanxi.foundation.viewer import StaffRequest
from guanxi.foundation.working_days import on_working_day

# The kinds of task that are a contact, and by which channels; a visit is by none.
CHANNELS_OF: Mapping[TaskKind, tuple[ContactChannel, ...]] = {
    TaskKind.CALL: (ContactChannel.PHONE,),
    TaskKind.MAIL: (*WRITTEN, ContactChannel.POST),
    TaskKind.VISIT: (),
}


def usual_kind(conduct: Conduct) -> TaskKind:
    """Return the kind of task that takes the channel agreed; a call where none is."""
    channel = conduct.talk.channel
    fitting = (kind for kind, by in CHANNELS_OF.items() if channel in by)
    return next(fitting, TaskKind.CALL)


def first_day(conduct: Conduct) -> str:
    """Return the next working day on which a contact is not too early, for a form."""
    earliest_on = conduct.earliest_on
    if earliest_on is not None:
        return on_working_day(earliest_on).isoformat()
    return working_day_after(localdate())


def warn_of(request: StaffRequest, form: forms.Form, conduct: Conduct) -> None:
    """Tell what of the contact just planned does not keep to the policy."""
    kind = TaskKind(form.cleaned_data["kind"])
    if kind in CHANNELS_OF:
        told = conduct.cautions(CHANNELS_OF[kind], on=form.cleaned_data["due_on"])
        for one in told:
            toasts.warning(request, one)

"""What people type about orders and their lines."""

import re
import secrets
from collections.abc import Iterable
from decimal import Decimal

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guanxi.foundation.actor import Actor
from guanxi.sales.commands.line import MOST_LINES, NewLine
from guanxi.sales.commands.order import Terms
from guanxi.sales.forms.base import Amount, Day, RecordForm, plain
from guanxi.sales.models import Order, OrderLine, Product
from guanxi.sales.policies import ORDER, PRODUCT
from guanxi.sales.queries.product import products
from guanxi.sales.rules.order import Channel, line_amount

LINE_KEY = re.compile(r"[0-9a-f]{6}")


def new_line_key() -> str:
    """Return a name for one line of a form, unlike those of its other lines."""
    return secrets.token_hex(3)


class OrderForm(RecordForm):
    """The terms of an order; its lines are `LineForms`."""

    customer = forms.IntegerField(
        label=_("Customer"),
        widget=forms.HiddenInput,
        error_messages={"required": _("Choose the customer.")},
    )
    number = forms.CharField(
        label=_("Order number"),
        max_length=60,
        required=False,
        help_text=_("Leave it empty to have one given out."),
    )
    channel = forms.ChoiceField(
        label=pgettext_lazy("order", "Channel"),
        choices=Channel.choices,
        initial=Channel.SALES,
    )
    due_on = Day(label=_("Payment due"), required=False)
    ship_on = Day(label=_("Promised shipment"), required=False)
    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        viewer: Actor,
        order: Order | None = None,
        initial: dict[str, object] | None = None,
    ) -> None:
        super().__init__(data, initial=_terms_of(order) if order else initial)
        self.before = Terms.of(order) if order else Terms()
        gone = {"customer", "number"} if order else {"version"}
        for name in gone | (vars(self.before).keys() - ORDER.writable(viewer)):
            del self.fields[name]

    def terms(self) -> Terms:
        """Return what is agreed beside the lines."""
        clean = vars(self.before) | self.cleaned_data
        return Terms(
            channel=Channel(clean["channel"]),
            due_on=clean["due_on"],
            ship_on=clean["ship_on"],
            note=clean["note"],
        )


class LineForm(forms.Form):
    """One line; ``line`` names it among the others."""

    product = forms.IntegerField(required=False, widget=forms.HiddenInput)
    name = forms.CharField(label=_("Product or service"), max_length=200)
    quantity = forms.DecimalField(
        label=_("Quantity"),
        max_digits=12,
        decimal_places=3,
        initial=1,
        widget=forms.NumberInput(attrs={"step": "any", "inputmode": "decimal"}),
    )
    unit_price = forms.DecimalField(
        label=_("Unit price"),
        max_digits=14,
        decimal_places=4,
        widget=forms.NumberInput(attrs={"step": "any", "inputmode": "decimal"}),
    )
    discount = Amount(label=_("Discount"), required=False)

    @property
    def key(self) -> str:
        """The name of the line in its form."""
        return str(self.prefix)

    @property
    def amount(self) -> Decimal | None:
        """What the line comes to; None while it cannot be told."""
        values = dict(self.cleaned_data if self.is_valid() else self.initial)
        if values.get("unit_price") is None:
            return None
        return line_amount(
            Decimal(values["quantity"]),
            Decimal(values["unit_price"]),
            Decimal(values.get("discount") or 0),
        )

    def new_line(self, known: dict[int, Product]) -> NewLine:
        """Return what the command takes; ``known`` are the products by id."""
        clean = self.cleaned_data
        return NewLine(
            product=known.get(clean["product"] or 0),
            name=clean["name"],
            quantity=clean["quantity"],
            unit_price=clean["unit_price"],
            discount=clean["discount"] or Decimal(0),
        )


class LineForms:
    """The lines of one order form, in the order in which they were sent."""

    def __init__(self, data: QueryDict) -> None:
        keys = [key for key in data.getlist("line") if LINE_KEY.fullmatch(key)]
        self.forms = [LineForm(data, prefix=key) for key in keys[: MOST_LINES + 1]]

    def is_valid(self) -> bool:
        """Tell whether every line is well formed; each keeps its own errors."""
        return all(form.is_valid() for form in self.forms)

    def new_lines(self, viewer: Actor) -> list[NewLine]:
        """Return the lines, with those of their products that ``viewer`` sees."""
        ids = [form.cleaned_data["product"] for form in self.forms]
        known = products(viewer).in_bulk([pk for pk in ids if pk])
        return [form.new_line(known) for form in self.forms]


class CancelForm(RecordForm):
    """Why an order is given up."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        help_text=_("It stands in the order's history."),
    )


class RescheduleForm(RecordForm):
    """Other days for payment and shipment."""

    due_on = Day(label=_("Payment due"), required=False)
    ship_on = Day(label=_("Promised shipment"), required=False)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, data: QueryDict | None = None, *, viewer: Actor, order: Order
    ) -> None:
        days = {"due_on": order.due_on, "ship_on": order.ship_on}
        super().__init__(data, initial={**days, "version": order.version})
        fixed = days.keys() - ORDER.writable(viewer)
        for name in fixed | {"ship_on"} if order.shipped_at else fixed:
            self.fields[name].disabled = True


def line_forms(lines: Iterable[OrderLine]) -> list[LineForm]:
    """Return unsent forms that show ``lines`` as they are."""
    return [
        LineForm(
            prefix=new_line_key(),
            initial={
                "product": line.product_id,
                "name": line.name,
                "quantity": f"{line.quantity.normalize():f}",
                "unit_price": plain(line.unit_price),
                "discount": line.discount or None,
            },
        )
        for line in lines
    ]


def product_line(product: Product | None, *, viewer: Actor) -> LineForm:
    """Return the form of a new line for ``product``, or for free words."""
    initial: dict[str, object] = {"quantity": 1}
    if product:
        initial |= {"product": product.pk, "name": product.name}
        if "price" in PRODUCT.readable(viewer):
            initial["unit_price"] = product.price
    return LineForm(prefix=new_line_key(), initial=initial)


def _terms_of(order: Order) -> dict[str, object]:
    return vars(Terms.of(order)) | {"version": order.version}

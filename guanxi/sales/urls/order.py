"""The addresses of orders and their money."""

from django.urls import path

from guanxi.sales.views import money, order, order_form

urlpatterns = [
    path("orders/", order.orders, name="orders"),
    path("orders/new/", order_form.new_order, name="new_order"),
    path("orders/trash/", order.trashed_orders, name="trashed_orders"),
    path("orders/lines/new/", order_form.new_line, name="new_line"),
    path("orders/lines/none/", order_form.no_line, name="no_line"),
    path("orders/sums/", order_form.sums, name="sums"),
    path("orders/products/", order_form.product_results, name="product_results"),
    path("orders/customers/", order_form.customer_results, name="customer_results"),
    path(
        "orders/customers/<int:pk>/", order_form.customer_choice, name="customer_choice"
    ),
    path("orders/of/<int:pk>/", order.of_customer, name="of_customer"),
    path("orders/<int:pk>/", order.order, name="order"),
    path("orders/<int:pk>/edit/", order_form.edit_order, name="edit_order"),
    path("orders/<int:pk>/place/", order.place, name="place"),
    path("orders/<int:pk>/release/", order.release, name="release"),
    path("orders/<int:pk>/ship/", order.ship, name="ship"),
    path("orders/<int:pk>/complete/", order.complete, name="complete"),
    path("orders/<int:pk>/step-back/", order.step_back, name="step_back"),
    path("orders/<int:pk>/trash/", order.trash, name="trash_order"),
    path("orders/<int:pk>/restore/", order.restore, name="restore_order"),
    path("orders/<int:pk>/payment/", money.payment, name="payment"),
    path(
        "orders/<int:pk>/payments/<int:payment_id>/take-back/",
        money.payment_back,
        name="payment_back",
    ),
    path("orders/<int:pk>/beyond/", money.beyond, name="beyond"),
    path("instalments/of/<int:pk>/", money.instalments, name="instalments"),
    path("orders/<int:pk>/refund/", money.refund, name="refund"),
    path("orders/<int:pk>/cancel/", money.cancel, name="cancel"),
    path("orders/<int:pk>/schedule/", money.reschedule, name="reschedule"),
]

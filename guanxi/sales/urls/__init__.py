"""The addresses of sales, under /sales/, noun by noun."""

from guanxi.sales.urls import commission, lead, opportunity, order, product, target

app_name = "sales"
urlpatterns = [
    *commission.urlpatterns,
    *lead.urlpatterns,
    *opportunity.urlpatterns,
    *order.urlpatterns,
    *product.urlpatterns,
    *target.urlpatterns,
]

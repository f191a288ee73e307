"""The addresses of sales, under /sales/, noun by noun."""

from guanxi.sales.urls import commission, order, product, target

app_name = "sales"
urlpatterns = [
    *commission.urlpatterns,
    *order.urlpatterns,
    *product.urlpatterns,
    *target.urlpatterns,
]

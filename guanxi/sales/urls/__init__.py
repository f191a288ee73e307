"""The addresses of sales, under /sales/, noun by noun."""

from guanxi.sales.urls import order, product, target

app_name = "sales"
urlpatterns = [*order.urlpatterns, *product.urlpatterns, *target.urlpatterns]

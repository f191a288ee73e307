"""The addresses of products."""

from django.urls import path

from guanxi.sales.views import product

urlpatterns = [
    path("products/", product.products, name="products"),
    path("products/new/", product.new_product, name="new_product"),
    path("products/trash/", product.trashed_products, name="trashed_products"),
    path("products/<int:pk>/", product.product, name="product"),
    path("products/<int:pk>/edit/", product.edit_product, name="edit_product"),
    path("products/<int:pk>/trash/", product.trash, name="trash_product"),
    path("products/<int:pk>/restore/", product.restore, name="restore_product"),
]

"""The addresses of commissions."""

from django.urls import path

from guanxi.sales.views import commission

urlpatterns = [
    path("commissions/", commission.commissions, name="commissions"),
    path("commissions/draw/", commission.draw, name="draw_commissions"),
    path("commissions/plans/", commission.commission_plans, name="commission_plans"),
    path(
        "commissions/plans/new/",
        commission.new_commission_plan,
        name="new_commission_plan",
    ),
    path(
        "commissions/plans/<int:pk>/",
        commission.edit_commission_plan,
        name="edit_commission_plan",
    ),
    path("commissions/<int:pk>/", commission.commission, name="commission"),
    path("commissions/<int:pk>/adjust/", commission.adjust, name="adjust_commission"),
    path(
        "commissions/<int:pk>/approve/", commission.approve, name="approve_commission"
    ),
    path("commissions/<int:pk>/reopen/", commission.reopen, name="reopen_commission"),
    path("commissions/<int:pk>/pay/", commission.pay, name="pay_commission"),
    path("orders/<int:pk>/shares/", commission.shares, name="commission_shares"),
]

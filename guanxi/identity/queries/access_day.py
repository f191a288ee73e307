"""Questions about who saw how much on which day."""

from django.db.models import Count, Q, QuerySet

from guanxi.foundation.actor import Actor
from guanxi.foundation.errors import NotVisible
from guanxi.identity.models import AccessDay
from guanxi.identity.policies import ACCESS_DAY


def access_days(viewer: Actor) -> QuerySet[AccessDay]:
    """Return the days of access of those whom ``viewer`` supervises."""
    rows = AccessDay.objects.filter(ACCESS_DAY.visible(viewer))
    return rows.select_related("user", "reviewed_by")


def access_day(viewer: Actor, access_day_id: int) -> AccessDay:
    """
    Return one day of access.

    :raises NotVisible: if there is none for ``viewer``.
    """
    found = access_days(viewer).filter(pk=access_day_id).first()
    if found is None:
        raise NotVisible
    return found


def open_reviews(viewer: Actor) -> tuple[int, int]:
    """Return how many days wait for a review, and how many of them stand out."""
    rows = access_days(viewer).filter(is_reviewed=False)
    found = rows.aggregate(all=Count("pk"), out=Count("pk", filter=Q(is_outlier=True)))
    return found["all"], found["out"]

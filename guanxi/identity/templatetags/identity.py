"""Template words of identity."""

from allauth.usersessions.models import UserSession
from django import template

from guanxi.identity.rules.device import device_name

register = template.Library()


@register.filter
def device(session: UserSession) -> str:
    """Return on what a session runs: browser and system."""
    return device_name(session.user_agent)

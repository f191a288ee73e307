"""The addresses of identity, under /settings/."""

from django.urls import path

from guanxi.identity.views import (
    account,
    duty,
    oversight,
    password,
    provider,
    review,
    role,
    team,
    token,
    user,
    who,
)

app_name = "identity"

urlpatterns = [
    path("", account.account, name="account"),
    path("preferences/", account.preferences, name="preferences"),
    path("security/", account.security, name="security"),
    path("sessions/end/", account.sessions_end, name="sessions_end"),
    path("sessions/<int:session_id>/end/", account.session_end, name="session_end"),
    path("new-password/", password.new_password, name="new_password"),
    path("people/", user.users, name="users"),
    path("people/new/", user.user_create, name="user_create"),
    path("people/<int:user_id>/", user.user_page, name="user"),
    path("people/<int:user_id>/roles/", user.user_roles, name="user_roles"),
    path("people/<int:user_id>/password/", user.user_password, name="user_password"),
    path(
        "people/<int:user_id>/two-factor/", user.user_two_factor, name="user_two_factor"
    ),
    path("people/<int:user_id>/sessions/", user.user_sessions, name="user_sessions"),
    path(
        "people/<int:user_id>/deactivation/",
        user.user_deactivation,
        name="user_deactivation",
    ),
    path(
        "people/<int:user_id>/reactivation/",
        user.user_reactivation,
        name="user_reactivation",
    ),
    path("security-overview/", oversight.oversight, name="oversight"),
    path("access-review/", review.access_days, name="access_days"),
    path("access-review/<int:access_day_id>/", review.review, name="access_day"),
    path("duties/", duty.my_duties, name="my_duties"),
    path("duties/<int:duty_id>/", duty.my_duty, name="my_duty"),
    path("security-duties/", duty.duties, name="duties"),
    path("security-duties/new/", duty.duty_create, name="duty_create"),
    path("security-duties/<int:duty_id>/", duty.duty_page, name="duty"),
    path("security-duties/<int:duty_id>/edit/", duty.duty_edit, name="duty_edit"),
    path("security-duties/<int:duty_id>/version/", duty.version, name="duty_version"),
    path("security-duties/<int:duty_id>/record/", duty.record, name="duty_record"),
    path("security-duties/<int:duty_id>/reminder/", duty.remind, name="duty_reminder"),
    path(
        "security-duties/<int:duty_id>/fulfilments/<int:fulfilment_id>/withdrawal/",
        duty.withdrawal,
        name="duty_withdrawal",
    ),
    path("teams/", team.teams, name="teams"),
    path("teams/new/", team.team_create, name="team_create"),
    path("teams/<int:team_id>/", team.team_page, name="team"),
    path("teams/<int:team_id>/deletion/", team.team_deletion, name="team_deletion"),
    path("roles/", role.roles, name="roles"),
    path("roles/new/", role.role_create, name="role_create"),
    path("roles/<int:role_id>/", role.role_page, name="role"),
    path("roles/<int:role_id>/deletion/", role.role_deletion, name="role_deletion"),
    path("provider/", provider.provider, name="provider"),
    path("provider/<int:pk>/deletion/", provider.no_group, name="no_group"),
    path(
        "people/<int:user_id>/provider/", provider.user_provider, name="user_provider"
    ),
    path("who-sees/<slug:kind>/<int:pk>/", who.who, name="who_sees"),
    path("tokens/", token.tokens, name="tokens"),
    path("tokens/new/", token.token_create, name="token_create"),
    path(
        "tokens/<int:token_id>/revocation/",
        token.token_revocation,
        name="token_revocation",
    ),
]

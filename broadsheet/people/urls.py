"""Addresses under /account/. Those of allauth's pages that aren't here are closed."""

from allauth.account import views as account_views
from allauth.mfa.base import views as mfa_views
from allauth.mfa.recovery_codes import views as recovery_views
from allauth.mfa.totp import views as totp_views
from allauth.mfa.webauthn import views as webauthn_views
from django.urls import include, path
from django.views.decorators.cache import never_cache
from django.views.generic import RedirectView

from broadsheet.people.confirmation import for_confirmed_person
from broadsheet.people.pages import account, address, confirm, data, password, sign_in

to_account = RedirectView.as_view(pattern_name="people:account", query_string=True)

own_patterns = [
    path("", account.account, name="account"),
    path("start/", sign_in.start, name="start"),
    path("code/", sign_in.code, name="code"),
    path("link/<str:token>/", sign_in.link, name="link"),
    path("confirm/", confirm.confirm, name="confirm"),
    path("confirm/code/", confirm.confirm_code, name="confirm_code"),
    path("name/", account.name, name="name"),
    path("address/", address.address, name="address"),
    path("address/code/", address.address_code, name="address_code"),
    path("password/", password.password, name="password"),
    path("password/remove/", password.remove_password, name="remove_password"),
    path("sessions/end/", account.end_all_sessions, name="end_all_sessions"),
    path("sessions/<int:pk>/end/", account.end_session, name="end_session"),
    path("my-data.json", data.export, name="export"),
    path("erase/", data.erase, name="erase"),
]

# allauth looks its own pages up by these names.
allauth_patterns = [
    path("sign-in/", account_views.login, name="account_login"),
    path("sign-in/passkey/", never_cache(webauthn_views.login_webauthn), name="mfa_login_webauthn"),
    path("sign-in/second-factor/", mfa_views.authenticate, name="mfa_authenticate"),
    path("sign-out/", never_cache(account_views.logout), name="account_logout"),
    path("closed/", never_cache(account_views.account_inactive), name="account_inactive"),
    path("confirm/password/", never_cache(account_views.reauthenticate), name="account_reauthenticate"),
    path("confirm/second-factor/", never_cache(mfa_views.reauthenticate), name="mfa_reauthenticate"),
    path(
        "confirm/passkey/",
        never_cache(webauthn_views.reauthenticate_webauthn),
        name="mfa_reauthenticate_webauthn",
    ),
    path("second-factor/", to_account, name="mfa_index"),
    path("app/", for_confirmed_person(totp_views.activate_totp), name="mfa_activate_totp"),
    path("app/remove/", for_confirmed_person(totp_views.deactivate_totp), name="mfa_deactivate_totp"),
    path("passkeys/", to_account, name="mfa_list_webauthn"),
    path("passkeys/add/", for_confirmed_person(webauthn_views.add_webauthn), name="mfa_add_webauthn"),
    path(
        "passkeys/<int:pk>/name/",
        for_confirmed_person(webauthn_views.edit_webauthn),
        name="mfa_edit_webauthn",
    ),
    path(
        "passkeys/<int:pk>/remove/",
        for_confirmed_person(webauthn_views.remove_webauthn),
        name="mfa_remove_webauthn",
    ),
    path(
        "recovery-codes/",
        for_confirmed_person(recovery_views.view_recovery_codes),
        name="mfa_view_recovery_codes",
    ),
    path(
        "recovery-codes/new/",
        for_confirmed_person(recovery_views.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "recovery-codes/download/",
        for_confirmed_person(recovery_views.download_recovery_codes),
        name="mfa_download_recovery_codes",
    ),
]

urlpatterns = [path("", include((own_patterns, "people"))), *allauth_patterns]

"""Addresses of newsletters, under each edition's prefix."""

from django.urls import path

from broadsheet.newsletters.pages import e_reader, followed, leave, preferences, proving, sign_up, weekly

urlpatterns = [
    path("newsletters/", sign_up.newsletters, name="newsletters"),
    path("newsletters/sign-up/", sign_up.sign_up, name="newsletter_sign_up"),
    path("newsletters/pace/", sign_up.pace, name="newsletter_pace"),
    path("newsletters/code/", proving.code, name="newsletter_code"),
    path("newsletters/confirm/<str:token>/", proving.link, name="newsletter_confirm"),
    path("newsletters/leave/<str:token>/", leave.leave, name="newsletter_leave"),
    path("newsletters/followed/", followed.followed_letter, name="followed_letter"),
    path("newsletters/followed/leave/<str:token>/", followed.leave, name="followed_letter_leave"),
    path("newsletters/weekly/", weekly.weekly_letter, name="weekly_letter"),
    path("newsletters/weekly/leave/<str:token>/", weekly.leave, name="weekly_letter_leave"),
    path("newsletters/e-reader/", e_reader.e_reader, name="e_reader"),
    path("newsletters/e-reader/leave/<str:token>/", e_reader.leave, name="e_reader_leave"),
    path("newsletters/preferences/<str:token>/", preferences.preferences, name="newsletter_preferences"),
    path("newsletters/preferences/<str:token>/address/", preferences.address, name="newsletter_address"),
]

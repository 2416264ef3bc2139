from django.urls import path

from workbench.accounts import views

app_name = "accounts"
urlpatterns = [
    path("people/", views.people, name="people"),
    path("people/new/", views.person_new, name="person_new"),
    path("people/<int:pk>/", views.person, name="person"),
    path("teams/", views.teams, name="teams"),
    path("teams/<int:pk>/", views.teams, name="team"),
    path("profile/", views.profile, name="profile"),
    path("profile/absence/", views.absence, name="absence"),
    path("profile/absence/<int:pk>/remove/", views.absence_remove, name="absence_remove"),
    path("profile/record/", views.my_record, name="record"),
    path("profile/record/file/", views.my_record_file, name="record_file"),
    path("notices/", views.notices, name="notices"),
    path("notices/seen/", views.notices_seen, name="notices_seen"),
    path("profile/tokens/", views.tokens, name="tokens"),
    path("profile/tokens/<int:pk>/revoke/", views.token_revoke, name="token_revoke"),
]

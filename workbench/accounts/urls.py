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
    path("profile/tokens/", views.tokens, name="tokens"),
    path("profile/tokens/<int:pk>/revoke/", views.token_revoke, name="token_revoke"),
]

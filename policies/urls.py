from django.urls import path

from policies import views

app_name = "policies"
urlpatterns = [
    path("map/", views.activity_map, name="map"),
    path("policies/", views.policy_list, name="list"),
    path("policies/<slug:slug>/", views.policy, name="policy"),
    path("policies/<slug:slug>/suspend/", views.suspend, name="suspend"),
    path("prompts/", views.prompts, name="prompts"),
    path("prompts/<slug:slug>/", views.prompt, name="prompt"),
    path("scrubbing/", views.scrubbing_rules, name="scrubbing"),
    path("scrubbing/remove/", views.scrubbing_remove, name="scrubbing_remove"),
    path("tools/", views.tool_list, name="tools"),
    path("tools/<slug:slug>/switch/", views.tool_switch, name="tool_switch"),
]

from django.urls import path

from policies import views

app_name = "policies"
urlpatterns = [
    path("map/", views.activity_map, name="map"),
    path("map/adopt/", views.adopt, name="adopt"),
    path("map/stages/", views.stages, name="stages"),
    path("map/export/", views.map_export, name="map_export"),
    path("map/import/", views.map_import, name="map_import"),
    path("map/schema.json", views.map_schema, name="map_schema"),
    path("activities/new/", views.activity_new, name="activity_new"),
    path("activities/<slug:slug>/", views.activity_edit, name="activity_edit"),
    path("activities/<slug:slug>/move/", views.activity_move, name="activity_move"),
    path("activities/<slug:slug>/retire/", views.activity_retire, name="activity_retire"),
    path("policies/", views.policy_list, name="list"),
    path("policies/<slug:slug>/", views.policy, name="policy"),
    path("policies/<slug:slug>/suspend/", views.suspend, name="suspend"),
    path("policies/<slug:slug>/discard/", views.policy_discard, name="policy_discard"),
    path("policies/<slug:slug>/withdraw/", views.policy_withdraw, name="policy_withdraw"),
    path("policies/<slug:slug>/replay/", views.policy_replay, name="policy_replay"),
    path("goals/", views.goals, name="goals"),
    path("goals/<int:pk>/measure/", views.goal_measure, name="goal_measure"),
    path("prompts/", views.prompts, name="prompts"),
    path("prompts/<slug:slug>/", views.prompt, name="prompt"),
    path("prompts/<slug:slug>/favourite/", views.prompt_favourite, name="prompt_favourite"),
    path("reports/", views.reports, name="reports"),
    path("reports/new/", views.report_new, name="report_new"),
    path("reports/<int:pk>/", views.report, name="report"),
    path("scrubbing/", views.scrubbing_rules, name="scrubbing"),
    path("scrubbing/remove/", views.scrubbing_remove, name="scrubbing_remove"),
    path("tools/", views.tool_list, name="tools"),
    path("tools/new/", views.tool_new, name="tool_new"),
    path("tools/<slug:slug>/", views.tool_edit, name="tool_edit"),
    path("tools/<slug:slug>/switch/", views.tool_switch, name="tool_switch"),
    path("tools/<slug:slug>/probe/", views.tool_probe, name="tool_probe"),
]

from django.urls import path

from workbench.runs.views import desk, following, jobs, overview, run, start

app_name = "runs"
urlpatterns = [
    path("overview/", overview.overview, name="overview"),
    path("runs/", run.run_list, name="list"),
    path("runs/start/", start.choose, name="start"),
    path("runs/start/activity/<slug:slug>/", start.ask, name="ask"),
    path("runs/start/<slug:slug>/", start.compose, name="compose"),
    path("runs/start/<slug:slug>/draft/", start.draft, name="draft"),
    path("runs/start/<slug:slug>/file/<slug:name>/", start.upload, name="upload"),
    path("runs/start/<slug:slug>/example/", start.example, name="example"),
    path("runs/start/<slug:slug>/clear/", start.clear, name="clear"),
    path("runs/start/<slug:slug>/send/", start.send, name="send"),
    path("runs/<int:pk>/", run.run_detail, name="run"),
    path("runs/<int:pk>/progress/", run.run_progress, name="progress"),
    path("runs/<int:pk>/cancel/", run.run_cancel, name="cancel"),
    path("runs/<int:pk>/retry/", run.run_retry, name="retry"),
    path("runs/<int:pk>/note/", run.run_note, name="note"),
    path("runs/<int:pk>/thread/", following.thread, name="thread"),
    path("runs/<int:pk>/look/", following.look, name="look"),
    path("runs/<int:pk>/ask/", following.ask_on, name="ask_on"),
    path("lists/", jobs.job_list, name="jobs"),
    path("lists/new/<slug:slug>/", jobs.job_new, name="job_new"),
    path("lists/<int:pk>/", jobs.job, name="job"),
    path("lists/<int:pk>/results/", jobs.results, name="job_results"),
    path("lists/<int:pk>/failures/", jobs.failures, name="job_failures"),
    path("lists/<int:pk>/cancel/", jobs.cancel, name="job_cancel"),
    path("desk/", desk.desk, name="desk"),
    path("desk/decided/", desk.decided, name="decided"),
    path("desk/<int:pk>/", desk.review, name="review"),
    path("desk/<int:pk>/claim/", desk.claim, name="claim"),
    path("desk/<int:pk>/give-back/", desk.give_back, name="give_back"),
    path("desk/<int:pk>/hand-over/", desk.hand_over, name="hand_over"),
    path("desk/<int:pk>/evidence/", desk.evidence, name="evidence"),
    path("desk/<int:pk>/verdict/", desk.verdict, name="verdict"),
]

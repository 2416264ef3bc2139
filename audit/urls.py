from django.urls import path

from audit import views

app_name = "audit"
urlpatterns = [
    path("log/", views.log, name="log"),
    path("log/count/", views.count, name="count"),
    path("log/<int:pk>/", views.entry, name="entry"),
    path("seal/", views.seal, name="seal"),
    path("seal/verify/", views.verify_now, name="verify_now"),
    path("seal/checkpoint/", views.seal_now, name="seal_now"),
    path("seal/checkpoints/<int:size>/", views.checkpoint, name="checkpoint"),
    path("seal/verifications/<int:pk>/", views.verification, name="verification"),
    path("exports/", views.exports, name="exports"),
    path("exports/file/", views.export_file, name="export_file"),
]

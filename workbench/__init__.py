"""The Sales AI Workbench: the Django project, and the desk where reps work."""

from workbench.celery import app as celery_app

__all__ = ["celery_app"]

from django.apps import AppConfig


class GateConfig(AppConfig):
    name = "workbench.gate"
    label = "gate"

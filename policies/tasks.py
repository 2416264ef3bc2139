"""The worker's doors of this app: one line each."""

from celery import shared_task

from policies import services


@shared_task(name="policies.tasks.probe_tool", ignore_result=True, expires=120)  # type: ignore[untyped-decorator]
def probe_tool(tool_id: int) -> None:
    services.probe_tool(tool_id)

"""Lists of records: send one, see how far it is, and take home what came of it."""

from collections.abc import Iterator

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import HttpResponseStopPolling

from policies.control_points.consent import BASES
from policies.models import Category, PromptVersion
from policies.services import decide
from workbench.accounts.models import User
from workbench.accounts.paging import key_of
from workbench.runs import services
from workbench.runs.models import Job, JobState
from workbench.runs.transcripts import FileRefused, decode
from workbench.runs.views.run import PAGE


def _job(request: HttpRequest, pk: int) -> Job:
    """One's own; another person's is not there."""
    jobs = Job.objects.filter(requester=request.user).select_related("prompt_version__prompt__activity", "data_key")  # type: ignore[misc]
    return get_object_or_404(jobs, pk=pk)


@require_GET
def job_list(request: HttpRequest) -> HttpResponse:
    """My lists, newest first."""
    before = key_of(request.GET.get("before", ""))
    jobs = Job.objects.filter(requester=request.user).select_related("prompt_version__prompt")  # type: ignore[misc]
    if before is not None:
        jobs = jobs.filter(pk__lt=before)
    page = list(jobs[: PAGE + 1])
    return render(
        request, "runs/jobs.html", {"jobs": page[:PAGE], "older": page[PAGE - 1].pk if len(page) > PAGE else None}
    )


@require_http_methods(["GET", "POST"])
def job_new(request: HttpRequest, slug: str) -> HttpResponse:
    """Choose a file with one record per line. A file that cannot be read sends nothing and says where it is wrong."""
    user: User = request.user  # type: ignore[assignment]
    version: PromptVersion = get_object_or_404(
        PromptVersion.objects.approved().select_related("prompt__activity"), prompt__slug=slug
    )
    decision = decide(actor=user, activity=version.prompt.activity, prompt_version=version)
    if not decision.allowed:
        raise PermissionDenied(decision.sentence)
    if decision.category != Category.AUTOMATED:
        raise PermissionDenied(
            _("Lists are for automated activities. Here a person looks at every draft, so ask one by one.")
        )
    asked = decision.obliges("consent")
    bases = [(name, BASES[name]) for name in asked.params.get("bases", BASES) if name in BASES] if asked else []
    fault = ""
    if request.method == "POST":
        file = request.FILES.get("file")
        try:
            if file is None:
                raise FileRefused(_("No file arrived. Choose it again."))
            records = services.read_records(decode(file.read()), version)
            job = services.start_job(
                actor=user, prompt_version=version, records=records, consent=request.POST.get("consent", "")
            )
        except FileRefused as refused:
            fault = str(refused)
        except services.RunDenied as refusal:
            fault = refusal.decision.sentence
        except services.RunRefused as refusal:
            fault = " ".join(refusal.messages)
        else:
            return redirect("runs:job", pk=job.pk)
    context = {
        "version": version,
        "fault": fault,
        "bases": bases,
        "most": services.MAX_ROWS,
        "consent": request.POST.get("consent", ""),
    }
    return render(request, "runs/job_new.html", context, status=422 if fault else 200)


@require_GET
def job(request: HttpRequest, pk: int) -> HttpResponse:
    """How far a list is and what came of each row; the fragment is polled while it is under way."""
    found = _job(request, pk)
    after = request.GET.get("after", "")
    rows = services.rows_after(found, key_of(after) or 0, PAGE + 1)
    counts = services.job_counts(found)
    context = {
        "job": found, "counts": counts, "rows": [{"row": row, "why": services.why_failed(row)} for row in rows[:PAGE]],
        "next": rows[PAGE - 1].number if len(rows) > PAGE else None, "after": after, "polling": found.state == JobState.OPEN or counts["under_way"] > 0,
        "failures": counts["refused"] + counts["failed"] + (counts["waiting"] if found.state != JobState.OPEN else 0),
    }  # fmt: skip
    if request.headers.get("HX-Request") and request.headers.get("HX-Target") == "job":
        response = render(request, "runs/_job.html", context)
        return response if context["polling"] else HttpResponseStopPolling(response.content)
    return render(request, "runs/job.html", context)


@require_GET
def results(request: HttpRequest, pk: int) -> StreamingHttpResponse:
    found = _job(request, pk)
    return _file(services.results_csv(found), f"list-{found.pk}-results.csv")


@require_GET
def failures(request: HttpRequest, pk: int) -> StreamingHttpResponse:
    found = _job(request, pk)
    return _file(services.failures_csv(found), f"list-{found.pk}-failures.csv")


def _file(lines: Iterator[str], name: str) -> StreamingHttpResponse:
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


@require_POST
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    if services.cancel_job(actor=request.user, job=_job(request, pk)):  # type: ignore[arg-type]
        messages.success(request, _("Stopped. What was done stays; nothing more is sent."))
    return redirect("runs:job", pk=pk)

"""How to connect a tool: the address, a token, lines to copy, a test, and what each token asked last."""

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db.models import Prefetch, prefetch_related_objects
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from workbench.accounts import services
from workbench.accounts.forms import TokenForm
from workbench.accounts.models import ApiToken, User
from workbench.gate.errors import GateError
from workbench.gate.offered import models_for
from workbench.gate.trying import Trial, try_out
from workbench.runs.models import Run

CALLS = 5
"""So many calls are shown of each token."""
_PLACE = "swb_…"


def _lines(address: str, secret: str, model: str) -> list[dict[str, str]]:
    """What to copy, by client. Nothing of a request is in it."""
    python = f'''from openai import OpenAI

client = OpenAI(base_url="{address}", api_key="{secret}")
answer = client.chat.completions.create(
    model="{model}",
    messages=[{{"role": "user", "content": "…"}}],
)
print(answer.choices[0].message.content)'''
    langchain = f'''from langchain_openai import ChatOpenAI

model = ChatOpenAI(base_url="{address}", api_key="{secret}", model="{model}")
for piece in model.stream("…"):
    print(piece.text, end="")'''
    javascript = f'''import OpenAI from "openai";

const client = new OpenAI({{ baseURL: "{address}", apiKey: "{secret}" }});
const stream = await client.chat.completions.create({{
  model: "{model}",
  messages: [{{ role: "user", content: "…" }}],
  stream: true,
}});
for await (const piece of stream) process.stdout.write(piece.choices[0]?.delta?.content ?? "");'''
    curl = f'''curl {address}/chat/completions \\
  -H "Authorization: Bearer {secret}" -H "Content-Type: application/json" \\
  -d '{{"model": "{model}", "messages": [{{"role": "user", "content": "…"}}]}}\''''
    return [
        {"name": "python", "label": "openai (Python)", "text": python},
        {"name": "langchain", "label": "LangChain", "text": langchain},
        {"name": "javascript", "label": "openai (JavaScript)", "text": javascript},
        {"name": "curl", "label": "curl", "text": curl},
    ]


@sensitive_post_parameters("secret")
@require_http_methods(["GET", "POST"])
def connect(request: HttpRequest) -> HttpResponse:
    """The page; sent, it makes a token, which is shown this once."""
    form = TokenForm(request.POST or None)
    secret = ""
    if request.method == "POST" and form.is_valid():
        _token, secret = services.create_token(actor=_user(request), name=form.cleaned_data["name"])
        form = TokenForm()
    return _page(request, form, secret)


@sensitive_post_parameters("secret")
@require_POST
def test(request: HttpRequest) -> HttpResponse:
    """Ask the gate once, as a program would."""
    secret, model, text = (request.POST.get(name, "").strip() for name in ("secret", "model", "text"))
    if not secret or not model:
        trial = Trial(False, _("A test needs a token and a model. Nothing was asked."), "incomplete")
    else:
        trial = try_out(secret=secret, model=model, text=text or "…")
    return _page(request, TokenForm(), "", trial, {"secret": secret, "model": model, "text": text})


@csrf_exempt
@login_not_required
def elsewhere(request: HttpRequest, name: str) -> JsonResponse:
    """Programs that were pointed at the pages are told where to look."""
    sentence = _("The gate for other tools answers at another address; the page “Connect a tool” names it.")
    return JsonResponse(GateError(404, "wrong_address", sentence).body, status=404)


def _page(request: HttpRequest, form: TokenForm, secret: str, trial: Trial | None = None, typed: dict[str, str] | None = None) -> HttpResponse:  # fmt: skip
    user = _user(request)
    models = models_for(user)
    chosen = (typed or {}).get("model") or request.GET.get("model", "")
    model = next((one["id"] for one in models if one["id"] == chosen), models[0]["id"] if models else "activity/…")
    context: dict[str, Any] = {
        "address": settings.WORKBENCH_GATE_URL, "models": models, "model": model, "form": form, "secret": secret, "trial": trial,
        "typed": typed or {"secret": secret}, "lines": _lines(settings.WORKBENCH_GATE_URL, secret or _PLACE, model),
        "tokens": _tokens(user),
    }  # fmt: skip
    response = render(request, "gate/connect.html", context, status=422 if form.is_bound else 200)
    # A token stands in it.
    response["Cache-Control"] = "no-store"
    return response


def _tokens(user: User) -> list[ApiToken]:
    """One's tokens, each with its last calls as ``calls``. One query each for tokens and calls."""
    tokens = list(ApiToken.objects.visible_to(user).filter(revoked_at=None)[:50])
    calls = Run.objects.for_list().filter(token__in=tokens).order_by("-id")
    last = Prefetch("runs", queryset=calls[:CALLS], to_attr="calls")
    prefetch_related_objects(tokens, last)
    return tokens


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user

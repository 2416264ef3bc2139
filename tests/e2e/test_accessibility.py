"""axe-core (WCAG 2.2 A and AA) looks at every page, in light and dark."""

import pytest
from axe_playwright_python.sync_playwright import Axe

pytestmark = pytest.mark.browser
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
}
PAGES = {
    "jonas": (
        "/", "/runs/", "/runs/start/", "/runs/start/discovery-call-summary/", "/prompts/", "/prompts/discovery-call-summary/",
        "/prompts/discovery-call-summary/edit/", "/prompts/discovery-call-summary/v1/", "/prompts/new/", "/reports/new/", "/profile/", "/profile/tokens/", "/connect/",
        "/exercises/", "/exercises/recap-with-a-gap/", "/exercises/six-slips-in-a-recap/", "/exercises/who-answers-for-it/", "/exercises/rubric/",
        "/worksheets/", "/worksheets/forms/early-qualification/", "/worksheets/1/", "/worksheets/3/", "/worksheets/3/?view=read",
        "/coaching/", "/coaching/1/", "/coaching/16/", "/profile/record/", "/notices/", "/lists/", "/lists/new/crm-fields-from-call/",
    ),
    "marit": (
        "/", "/map/", "/map/stages/", "/map/import/", "/activities/new/", "/policies/", "/policies/summarise-discovery-call/", "/goals/", "/overview/",
        "/tools/", "/tools/new/", "/reports/", "/qualifications/", "/teams/", "/fundamentals/", "/fundamentals/ideal-customer-profile/",
        "/fundamentals/learning/", "/fundamentals/learning/edit/", "/fundamentals/new/", "/fundamentals/managers-on-calls/", "/road/", "/coaching/counts/",
    ),
    "lukas": ("/exercises/new/", "/exercises/recap-with-a-gap/edit/"),
    "aylin": ("/", "/desk/", "/desk/decided/", "/coaching/", "/coaching/new/", "/coaching/16/"),
    "petra": ("/", "/audit/log/", "/audit/log/?run=1", "/audit/log/5/", "/audit/seal/", "/audit/exports/", "/privacy/requests/", "/privacy/retention/", "/scrubbing/"),
    "tom": ("/people/", "/people/new/", "/teams/", "/scrubbing/", "/health/"),
}  # fmt: skip


@pytest.mark.parametrize("who", sorted(PAGES))
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_has_a_fault_that_axe_finds(person, demo, who, scheme) -> None:
    if who == "aylin" and scheme == "light":
        body = {"prompt": "discovery-call-summary", "inputs": {"transcript": "Ilaria Conti: We lost 38,000 euros."}}
        run = demo.api("jonas", "runs/", body)["id"]
        demo.wait(lambda: demo.api("jonas", f"runs/{run}/")["state"] == "in_review", 180, "a draft to look at")
    page = person(who, color_scheme=scheme)
    found = []
    addresses = PAGES[who]
    if who == "aylin":
        page.goto(f"{demo.url}/desk/")
        addresses += (page.url.removeprefix(demo.url) + "?filters=",)
    if who == "jonas":
        # A thinking aid that may be asked on, and a list under way.
        plan = {"plan": "Visit on Thursday, offer on Monday.", "worry": "We only talk to one person."}
        names = [entry["name"] for entry in demo.api("jonas", "prompts/account-plan-challenge/")["inputs"]]
        inputs = dict(zip(names, plan.values(), strict=False))
        run = demo.api("jonas", "runs/", {"prompt": "account-plan-challenge", "inputs": inputs})["id"]
        demo.wait(lambda: demo.api("jonas", f"runs/{run}/")["state"] == "answered", 180, "a thinking aid")
        records = [{"transcript": "Ilaria Conti: We lost 38,000 euros."}]
        job = demo.api("jonas", "jobs/", {"prompt": "crm-fields-from-call", "records": records, "consent": "consent"})[
            "id"
        ]
        addresses += (f"/runs/{run}/", f"/lists/{job}/")
    for address in addresses:
        page.goto(demo.url + address)
        answer = Axe().run(page, options=RULES).response
        assert answer["passes"], address
        for fault in answer["violations"]:
            nodes = [node["html"][:160] for node in fault["nodes"][:3]]
            found.append(f"{page.url.removeprefix(demo.url)} {fault['id']}: {nodes}")
    assert not found, "\n".join(found)

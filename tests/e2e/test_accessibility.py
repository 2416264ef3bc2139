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
        "/prompts/discovery-call-summary/edit/", "/prompts/discovery-call-summary/v1/", "/prompts/new/", "/reports/new/", "/profile/", "/profile/tokens/",
    ),
    "marit": (
        "/", "/map/", "/map/stages/", "/map/import/", "/activities/new/", "/policies/", "/policies/summarise-discovery-call/", "/goals/", "/overview/",
        "/tools/", "/tools/new/", "/reports/", "/qualifications/", "/teams/",
    ),
    "aylin": ("/", "/desk/", "/desk/decided/"),
    "petra": ("/", "/audit/log/", "/scrubbing/"),
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
    for address in PAGES[who]:
        page.goto(demo.url + address)
        answer = Axe().run(page, options=RULES).response
        assert answer["passes"], address
        for fault in answer["violations"]:
            nodes = [node["html"][:160] for node in fault["nodes"][:3]]
            found.append(f"{page.url.removeprefix(demo.url)} {fault['id']}: {nodes}")
    assert not found, "\n".join(found)

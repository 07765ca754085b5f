"""Signs in at the counter's API and lets schemathesis try every route; ends with 1 on any 5xx."""

import collections
import json
import subprocess
import sys
import time
import urllib.error
import urllib.request

import hypothesis
import schemathesis

base, canteen, wanted = sys.argv[1], sys.argv[2], int(sys.argv[3])


def call(method, path, body=None, headers=None):
    request = urllib.request.Request(
        base + path, method=method, headers=headers or {},
        data=None if body is None else json.dumps(body).encode())
    with urllib.request.urlopen(request, timeout=10) as response:
        return response.headers, json.load(response)


def sign_in():
    """Cookies and token of an administrator at a device that was enrolled."""
    for _ in range(100):
        try:
            urllib.request.urlopen(base + "/ready", timeout=5)
            break
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    made = subprocess.run(
        [canteen, "terminal", "enrol", "XFS-01", "fuzz", "--format", "json"],
        check=True, capture_output=True, text=True)
    code = json.loads(made.stdout)["code"]
    headers, _ = call("POST", "/api/v1/terminals/enrol", {"code": code})
    cookies = [headers["Set-Cookie"].split(";")[0]]
    _, session = call("GET", "/api/v1/session", headers={"Cookie": cookies[0]})
    token = session["csrf"]
    headers, _ = call(
        "POST", "/api/v1/session", {"name": "fuzz", "pin": "2580"},
        {"Cookie": cookies[0], "X-CSRF-Token": token})
    cookies.append(headers["Set-Cookie"].split(";")[0])
    return {"Cookie": "; ".join(cookies), "X-CSRF-Token": token}


headers = sign_in()
schema = schemathesis.openapi.from_url(base + "/openapi.json")
statuses = collections.Counter()
faults = []
# These would end the session, or never end themselves; the first is tried without the session.
alone = {"/api/v1/street/events"}
operations = [
    result.ok() for result in schema.get_all_operations() if result.ok().path not in alone]
each = -(-wanted // len(operations))



def attempts(operation, mode, count):
    """Tries one route with well-formed or with malformed requests; how many were sent."""
    sent = sum(statuses.values())
    ours = headers
    if operation.path == "/api/v1/session" and operation.method.upper() != "GET":
        # Signing in and out happens at the same device without our session.
        ours = {**headers, "Cookie": headers["Cookie"].split("; ")[0]}

    @hypothesis.settings(
        max_examples=count, deadline=None, database=None, phases=[hypothesis.Phase.generate],
        suppress_health_check=list(hypothesis.HealthCheck))
    @hypothesis.given(case=operation.as_strategy(generation_mode=mode))
    def attempt(case):
        case.headers = {**(case.headers or {}), **ours}
        case.cookies = {}
        try:
            response = case.call(timeout=20)
        except (UnicodeError, ValueError):
            return
        statuses[response.status_code] += 1
        if response.status_code >= 500:
            faults.append((operation.label, response.status_code, case.as_curl_command()))

    try:
        attempt()
    except hypothesis.errors.Unsatisfiable:
        # A route that takes nothing has no malformed requests.
        return 0
    return sum(statuses.values()) - sent


# Routes that take little have few different requests, so the others are tried again.
while sum(statuses.values()) < wanted and not faults:
    for operation in operations:
        for mode in schemathesis.GenerationMode:
            attempts(operation, mode, each // 2)

print("requests", sum(statuses.values()), dict(sorted(statuses.items())))
for label, status, command in faults[:20]:
    print(status, label, command[:600])
sys.exit(1 if faults else 0)

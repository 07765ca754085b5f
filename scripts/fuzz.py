"""Signs in at the counter's API and lets schemathesis try every route with malformed and with
well-formed requests, from several processes; ends with 1 on any 5xx, and where no check-in was
accepted, since the requests then stopped at the door.

    fuzz.py BASE CANTEEN WANTED NOW [WORKERS]

NOW is the moment at which the server's clock began.
"""

import collections
import datetime
import json
import multiprocessing
import random
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid

import hypothesis
import requests
import schemathesis

# How many requests of one route and sort are made at a time.
AT_ONCE = 60
# Hypothesis makes the module's own chance repeat itself.
chance = random.SystemRandom()
# What programs and people have sent to servers that did not expect it.
ODD = [
    None, True, 0, -1, 1.5, 1e308, 2**31, 2**63, 10**30, "", " ", "\x00", "\ud7ff", "a" * 5000,
    "'; drop table check_ins; --", "2026-13-45T99:99:99+99:99", "0000-01-01T00:00:00Z",
    "9999-12-31T23:59:60+23:59", "１２３", "-0", "NaN", [], {}, [[]], {"kind": None},
    {"kind": "x" * 300}, "00000000-0000-0000-0000-000000000000", "‮", "e\u0301" * 50,
]
# It never ends by itself.
LEFT_OUT = {"/api/v1/street/events"}


def call(base, method, path, body=None, headers=None):
    request = urllib.request.Request(
        base + path, method=method, headers=headers or {},
        data=None if body is None else json.dumps(body).encode())
    with urllib.request.urlopen(request, timeout=10) as response:
        return response.headers, json.load(response)


def wait_until_ready(base):
    for _ in range(100):
        try:
            urllib.request.urlopen(base + "/ready", timeout=5)
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)


def sign_in(base, canteen, now, window):
    """Cookies and token of an administrator at a device that was enrolled."""
    made = subprocess.run(
        [canteen, "terminal", "enrol", "XFS-01", window, "--format", "json", "--now", now],
        check=True, capture_output=True, text=True)
    code = json.loads(made.stdout)["code"]
    headers, _ = call(base, "POST", "/api/v1/terminals/enrol", {"code": code})
    cookies = [headers["Set-Cookie"].split(";")[0]]
    _, session = call(base, "GET", "/api/v1/session", headers={"Cookie": cookies[0]})
    token = session["csrf"]
    headers, _ = call(
        base, "POST", "/api/v1/session", {"name": "fuzz", "pin": "2580"},
        {"Cookie": cookies[0], "X-CSRF-Token": token})
    cookies.append(headers["Set-Cookie"].split(";")[0])
    return {"Cookie": "; ".join(cookies), "X-CSRF-Token": token}


class Books:
    """Real persons and keys, so that a request with one thing wrong gets to where that is seen."""

    def __init__(self, base, headers, now):
        self.base, self.headers, self.now = base, headers, now
        found = set()
        for initial in "abcdefghjklmnopqrstwxyz":
            _, answer = call(base, "POST", "/api/v1/diners/search", {"q": initial}, headers)
            found |= {match["dinerId"] for match in answer["matches"]}
        self.diners = sorted(found)
        self.keys, self.exceptions = [], []

    def check_in(self):
        """A check-in that may be accepted: of today, or of a queue that waited some days."""
        days = chance.choice([0, 0, 0, 1, 2, 7])
        body = {
            "key": str(uuid.uuid4()), "mode": chance.choice(["dine_in", "takeaway", "delivery"]),
            "means": chance.choice(["cash", "wechat", "card"]), "listFen": 1200,
            "servedAt": (self.now - datetime.timedelta(days=days)).isoformat(),
            "offline": days > 0, "auth": "card", "fullPrice": chance.random() < 0.3,
        }
        if chance.random() < 0.2:
            body["guest"] = {"kind": chance.choice(["family", "volunteer", "staff"])}
        else:
            body["dinerId"] = chance.choice(self.diners)
        if chance.random() < 0.1 and self.keys:
            body["key"] = chance.choice(self.keys)
        return body

    def ground(self, case, malformed):
        """Puts real values into most places of a request."""
        if chance.random() < 0.25:
            return
        if case.operation.path == "/api/v1/check-ins":
            body = self.check_in()
            if malformed:
                # One place is wrong: as it was made up, or odd.
                name = chance.choice(sorted(body))
                generated = case.body if isinstance(case.body, dict) else {}
                body[name] = generated.get(name, chance.choice(ODD))
            case.body = body
        known = {"{key}": self.keys, "{id}": self.exceptions, "{canteen}": ["XFS-01", "DFL-01"]}
        for place, values in known.items():
            if place in case.operation.path and values and (not malformed or case.body):
                case.path_parameters = {
                    **(case.path_parameters or {}), place[1:-1]: chance.choice(values)}

    def learn(self, case, response):
        if case.operation.path != "/api/v1/check-ins" or not isinstance(case.body, dict):
            return
        if response.status_code == 201:
            self.keys.append(case.body["key"])
        elif response.status_code == 202:
            self.exceptions.append(case.body["key"])


def attempts(operation, mode, session, headers, books, tally):
    """Tries one route with well-formed or with malformed requests; how many were sent."""
    malformed = mode == schemathesis.GenerationMode.NEGATIVE
    ours = headers
    if operation.path == "/api/v1/session" and operation.method.upper() != "GET":
        # Signing in and out happens at the same device without our session.
        ours = {**headers, "Cookie": headers["Cookie"].split("; ")[0]}
    sent = 0

    @hypothesis.seed(chance.getrandbits(64))
    @hypothesis.settings(
        max_examples=AT_ONCE, deadline=None, database=None,
        phases=[hypothesis.Phase.generate],
        suppress_health_check=list(hypothesis.HealthCheck))
    @hypothesis.given(case=operation.as_strategy(generation_mode=mode))
    def attempt(case):
        nonlocal sent
        books.ground(case, malformed)
        case.headers = {**(case.headers or {}), **ours}
        case.cookies = {}
        try:
            response = case.call(session=session, timeout=20)
        except (UnicodeError, ValueError, requests.exceptions.InvalidHeader):
            # HTTP itself cannot carry it.
            return
        sent += 1
        books.learn(case, response)
        tally["statuses"][response.status_code] += 1
        tally["routes"][f"{operation.label} {response.status_code}"] += 1
        if response.status_code >= 500:
            tally["faults"].append(
                (operation.label, response.status_code, case.as_curl_command()[:600]))

    try:
        attempt()
    except hypothesis.errors.Unsatisfiable:
        # A route that takes nothing has no malformed requests.
        pass
    tally["malformed" if malformed else "well-formed"] += sent
    return sent


def work(base, headers, now, place, workers, progress, wanted, answers):
    """One process: tries its share of the routes until enough malformed requests were sent."""
    session = requests.Session()
    # What cookies the answers set must not change who we are.
    session.cookies.set_policy(NoCookies())
    books = Books(base, headers, now)
    schema = schemathesis.openapi.from_url(base + "/openapi.json")
    operations = [
        result.ok() for result in schema.get_all_operations() if result.ok().path not in LEFT_OUT]
    operations = operations[place::workers]
    tally = {
        "statuses": collections.Counter(), "routes": collections.Counter(), "faults": [],
        "malformed": 0, "well-formed": 0}
    modes = schemathesis.GenerationMode
    barren = set()
    while progress.value < wanted and not tally["faults"] and len(barren) < len(operations):
        for operation in operations:
            if operation.label not in barren:
                sent = attempts(operation, modes.NEGATIVE, session, headers, books, tally)
                if sent == 0:
                    barren.add(operation.label)
                with progress.get_lock():
                    progress.value += sent
            if chance.random() < 0.3 or operation.path == "/api/v1/check-ins":
                attempts(operation, modes.POSITIVE, session, headers, books, tally)
    answers.put(tally)


class NoCookies:
    """A policy for http.cookiejar that keeps nothing."""

    netscape = True
    rfc2965 = hide_cookie2 = False

    def set_ok(self, cookie, request):
        return False

    def return_ok(self, cookie, request):
        return False

    def domain_return_ok(self, domain, request):
        return False

    def path_return_ok(self, path, request):
        return False


def main():
    base, canteen, wanted, begun = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]
    workers = int(sys.argv[5]) if len(sys.argv) > 5 else multiprocessing.cpu_count()
    wait_until_ready(base)
    signed = [sign_in(base, canteen, begun, f"fuzz-{place}") for place in range(workers)]
    _, held = call(base, "GET", "/api/v1/session", headers=signed[0])
    now = datetime.datetime.fromisoformat(held["now"])
    progress = multiprocessing.Value("q", 0)
    answers = multiprocessing.Queue()
    processes = [
        multiprocessing.Process(
            target=work,
            args=(base, signed[place], now, place, workers, progress, wanted, answers))
        for place in range(workers)]
    start = time.monotonic()
    for process in processes:
        process.start()
    tallies = []
    while len(tallies) < workers and any(process.is_alive() for process in processes):
        try:
            tallies.append(answers.get(timeout=5))
        except Exception:
            print(f"{progress.value} of {wanted}", file=sys.stderr)
    for process in processes:
        process.join(timeout=30)
    statuses = sum((tally["statuses"] for tally in tallies), collections.Counter())
    routes = sum((tally["routes"] for tally in tallies), collections.Counter())
    faults = [fault for tally in tallies for fault in tally["faults"]]
    malformed = sum(tally["malformed"] for tally in tallies)
    accepted = routes["POST /api/v1/check-ins 201"]
    print(f"malformed {malformed}, well-formed {sum(tally['well-formed'] for tally in tallies)}, "
          f"in {time.monotonic() - start:.0f} s; by status {dict(sorted(statuses.items()))}")
    print(f"check-ins: accepted {accepted}, "
          f"kept for a decision {routes['POST /api/v1/check-ins 202']}, "
          f"answered again {routes['POST /api/v1/check-ins 200']}, "
          f"taken back {routes['POST /api/v1/check-ins/{key}/reversal 200']}")
    for label, status, command in faults[:20]:
        print(status, label, command)
    if len(tallies) < workers:
        print("a process ended without an answer")
    if malformed < wanted:
        print(f"only {malformed} malformed requests of {wanted}")
    if accepted == 0:
        print("no check-in was accepted: the requests stopped at the door")
    whole = len(tallies) == workers and malformed >= wanted and accepted > 0
    sys.exit(0 if whole and not faults else 1)


if __name__ == "__main__":
    main()

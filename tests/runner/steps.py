"""What the stand-ins of tests/runner/actions do, inside the runner's container: python3 steps.py ACTION.

Reads the action's inputs from STAND_IN_INPUTS, writes outputs as the runner's file commands ask. scripts/run-workflow mounts below
/stand-in: repository.git, trusted_root.json, artifacts, and `signer` with the address of the tests' Sigstore.
"""

import fnmatch
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import urllib.request

STAND_IN = pathlib.Path("/stand-in")
WORKSPACE = pathlib.Path(os.environ["GITHUB_WORKSPACE"])
ARTIFACTS = STAND_IN / "artifacts" / os.environ["GITHUB_RUN_ID"]
inputs = {name: value or "" for name, value in json.loads(os.environ["STAND_IN_INPUTS"]).items()}


def fail(message):
    print(f"::error::{message}")
    sys.exit(1)


def output(name, value):
    with open(os.environ["GITHUB_OUTPUT"], "a") as file:
        file.write(f"{name}={value}\n")


def git(*arguments):
    subprocess.run(["git", "-C", str(WORKSPACE), *arguments], check=True)


def checkout():
    """The event's commit; with depth 1 nothing else, with 0 all branches and tags."""
    for path in WORKSPACE.iterdir():
        shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
    sha, ref = os.environ["GITHUB_SHA"], os.environ["GITHUB_REF"]
    git("init", "--quiet")
    git("remote", "add", "origin", "file:///stand-in/repository.git")
    local = ref.replace("refs/heads/", "refs/remotes/origin/").replace("refs/pull/", "refs/remotes/pull/")
    if inputs["fetch-depth"] == "0":
        git("fetch", "--quiet", "origin", "+refs/heads/*:refs/remotes/origin/*", "+refs/tags/*:refs/tags/*")
        git("fetch", "--quiet", "--no-tags", "origin", f"+{sha}:{local}")
    else:
        git("fetch", "--quiet", "--no-tags", f"--depth={inputs['fetch-depth']}", "origin", f"+{sha}:{local}")
    git("checkout", "--quiet", "--force", "--detach", sha)
    git("remote", "set-url", "origin", f"{os.environ['GITHUB_SERVER_URL']}/{os.environ['GITHUB_REPOSITORY']}")
    shutil.copy(STAND_IN / "trusted_root.json", WORKSPACE)  # for the action's input: the tests' Sigstore is not built in


def subjects():
    """As the attest action makes them of its inputs: exactly one of the three ways."""
    given = [name for name in ("subject-digest", "subject-path", "subject-checksums") if inputs[name].strip()]
    if len(given) != 1:
        fail(f"one of subject-path, subject-digest and subject-checksums must be given, not {given}")
    value = inputs[given[0]]
    if given[0] == "subject-digest":
        if not inputs["subject-name"]:
            fail("subject-name must be given with subject-digest")
        if not value.startswith("sha256:") or len(value) != 71:
            fail(f"subject-digest must be sha256:<hex>, not {value!r}")
        return [{"name": inputs["subject-name"], "digest": {"sha256": value[7:]}}]
    if given[0] == "subject-path":
        path = WORKSPACE / value
        if not path.is_file():
            fail(f"no file at {value}")
        return [{"name": inputs["subject-name"] or path.name, "digest": {"sha256": hashlib.sha256(path.read_bytes()).hexdigest()}}]
    path = WORKSPACE / value
    found = []
    for line in (path.read_text() if path.is_file() else value).splitlines():
        if line.strip():  # <hex>, a blank, a flag, the name
            hexadecimal, name = line.split(" ", 1)
            found.append({"name": name[1:], "digest": {"sha256": hexadecimal}})
    if not found:
        fail("subject-checksums names nothing")
    return found


def post(url, body, **headers):
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json", "User-Agent": "attest", **headers})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)


def attest():
    predicate_path = inputs.get("predicate-path", "")
    text = (WORKSPACE / predicate_path).read_text() if predicate_path else inputs.get("predicate", "")
    kind = inputs.get("predicate-type", "")
    if bool(kind) != bool(text):
        fail("predicate-type and predicate belong together")
    statement = {"_type": "https://in-toto.io/Statement/v1", "subject": subjects(), "predicateType": kind or "https://slsa.dev/provenance/v1", "predicate": json.loads(text or "{}")}
    run = "/".join(os.environ[name] for name in ("GITHUB_SERVER_URL", "GITHUB_REPOSITORY")) + f"/actions/runs/{os.environ['GITHUB_RUN_ID']}/attempts/{os.environ['GITHUB_RUN_ATTEMPT']}"
    bundle = post((STAND_IN / "signer").read_text(), {"statement": json.dumps(statement), "run": run, "commit": os.environ["GITHUB_SHA"], "ref": os.environ["GITHUB_REF"], "trigger": os.environ["GITHUB_EVENT_NAME"]})
    stored = post(f"{os.environ['GITHUB_API_URL']}/repos/{os.environ['GITHUB_REPOSITORY']}/attestations", {"bundle": bundle},
                  Authorization="Bearer " + inputs["github-token"], **{"X-GitHub-Api-Version": "2022-11-28", "Accept": "application/vnd.github+json"})
    # RUNNER_TEMP, but where act gives a step none that is shared (docker:// steps): then below the workspace.
    place = pathlib.Path(tempfile.mkdtemp(dir=os.environ.get("STAND_IN_BUNDLES") or os.environ["RUNNER_TEMP"]))
    place.chmod(0o755)
    (place / "attestation.json").write_text(json.dumps(bundle) + "\n")
    output("attestation-id", stored["id"])
    output("bundle-path", place / "attestation.json")


def hidden(path, below):
    return any(part.startswith(".") for part in (path.relative_to(below) if path.is_relative_to(below) else path).parts)


def upload_artifact():
    """A single directory is the artifact's root, else the least directory that all paths have in common."""
    lines = [line.strip() for line in inputs["path"].splitlines() if line.strip()]
    places = [WORKSPACE / line for line in lines]
    files = []
    for place in places:
        files += sorted(path for path in place.rglob("*") if path.is_file()) if place.is_dir() else [place] if place.is_file() else []
    if inputs["include-hidden-files"] != "true":
        files = [path for path in files if not hidden(path, WORKSPACE)]
    if not files:
        if inputs["if-no-files-found"] == "error":
            fail(f"no files at {lines}")
        return
    root = places[0] if len(places) == 1 and places[0].is_dir() else pathlib.Path(os.path.commonpath([path.parent for path in files]))
    target = ARTIFACTS / inputs["name"]
    if target.exists():
        if inputs["overwrite"] != "true":
            fail(f"the artifact {inputs['name']} is there already")
        shutil.rmtree(target)
    for path in files:
        to = target / path.relative_to(root)
        to.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, to)


def download_artifact():
    names = [path.name for path in ARTIFACTS.iterdir()] if ARTIFACTS.is_dir() else []
    wanted = [name for name in names if (name == inputs["name"] if inputs["name"] else fnmatch.fnmatchcase(name, inputs["pattern"] or "*"))]
    if inputs["name"] and not wanted:
        fail(f"there is no artifact {inputs['name']}")
    place = WORKSPACE / (inputs["path"] or ".")
    for name in wanted:
        apart = not inputs["name"] and inputs["merge-multiple"] != "true"
        shutil.copytree(ARTIFACTS / name, place / name if apart else place, dirs_exist_ok=True)


{"checkout": checkout, "attest": attest, "attest-build-provenance": attest, "upload-artifact": upload_artifact, "download-artifact": download_artifact}[sys.argv[1]]()

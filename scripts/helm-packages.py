"""What a Helm package holds, entry by entry: shared by scripts/record-helm-packages and scripts/compare-with-helm."""

import gzip
import hashlib
import os
import re
import subprocess
import tempfile


def entries(tgz):
    """[(path, size, mtime, sha256 of header blocks, sha256 of content)] in the order of the archive, and the tar's sha256."""
    tar = gzip.decompress(tgz)
    found, at, start, pax = [], 0, None, {}
    while tar[at:at + 512] != bytes(512):
        header = tar[at:at + 512]
        start = at if start is None else start
        size = int(header[124:136].rstrip(b"\0 "), 8)
        body = tar[at + 512:at + 512 + size]
        at += 512 + -(-size // 512) * 512
        if header[156:157] == b"x":
            while body:
                length = int(body.split(b" ", 1)[0])
                key, value = body[:length].split(b" ", 1)[1][:-1].split(b"=", 1)
                pax[key] = value
                body = body[length:]
            continue
        name = header[:100].split(b"\0")[0]
        prefix = header[345:500].split(b"\0")[0]
        name = pax.get(b"path", prefix + b"/" + name if prefix else name)
        mtime = int(pax.get(b"mtime", str(int(header[136:148].rstrip(b"\0 "), 8)).encode()))
        headers = tar[start:at - -(-size // 512) * 512]
        found.append((name, size, mtime, hashlib.sha256(headers).hexdigest(), hashlib.sha256(body).hexdigest()))
        start, pax = None, {}
    assert tar[at:] == bytes(1024), "what follows the last entry is not two zero blocks"
    return found, hashlib.sha256(tar).hexdigest()


def in_fixed_order(found):
    """The same entries with sibling subcharts by name: Helm writes siblings in random order (P-81)."""

    def sort(block, prefix):
        own, children = [], {}
        for entry in block:
            rest = entry[0][len(prefix):]
            # Provenance files (P-53) lie in charts/, but are the parent's.
            match = re.match(rb"charts/([^/]+)/", rest)
            if match and (match[1] in children or rest == match[0] + b"Chart.yaml"):
                children.setdefault(match[1], []).append(entry)
            else:
                own.append(entry)
        for name in sorted(children):
            own += sort(children[name], prefix + b"charts/" + name + b"/")
        return own

    top = found[0][0].split(b"/")[0] + b"/"
    return sort(found, top)


def package(command, chart, arguments=()):
    """The bytes of the package that `command` (a list) makes of a chart directory; None and the message when it refuses."""
    with tempfile.TemporaryDirectory() as out:
        done = subprocess.run(command + [chart, "-d", out, *arguments], capture_output=True, env=dict(os.environ, HELM_CACHE_HOME=out))
        names = os.listdir(out)
        if done.returncode != 0 or len(names) != 1:
            return None, (done.stdout + done.stderr).decode(errors="replace")
        with open(os.path.join(out, names[0]), "rb") as file:
            return (names[0], file.read()), ""

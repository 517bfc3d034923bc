"""A registry on this machine that keeps what is pushed in memory (OCI distribution 1.1, as far as `helm push` asks for it): for
scripts/compare-oci-digests. It hands out the digest of the bytes that it was given, and knows nothing else of charts."""

import hashlib
import http.server
import re
import threading


class Registry(http.server.ThreadingHTTPServer):
    """`with Registry() as registry:` serves at registry.host; registry.digest("charts/web", "1.2.0") is what a tag names."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.host = f"127.0.0.1:{self.server_address[1]}"
        self.blobs, self.manifests, self.uploads = {}, {}, {}
        self.lock = threading.Lock()

    def __enter__(self):
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()

    def digest(self, repository, tag):
        found = self.manifests.get((repository, tag))
        return found and "sha256:" + hashlib.sha256(found[1]).hexdigest()

    def manifest(self, repository, tag):
        found = self.manifests.get((repository, tag))
        return found and found[1]


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, body=b"", **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def body(self):
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            parts = []
            while size := int(self.rfile.readline().split(b";")[0], 16):
                parts.append(self.rfile.read(size))
                self.rfile.readline()
            self.rfile.readline()
            return b"".join(parts)
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def do_GET(self):
        path = self.path.split("?")[0]
        if path == "/v2/":
            return self.answer(200)
        if match := re.fullmatch(r"/v2/(.+)/manifests/(.+)", path):
            found = self.server.manifests.get(match.groups())
            if found:
                return self.answer(200, found[1], Content_Type=found[0], Docker_Content_Digest="sha256:" + hashlib.sha256(found[1]).hexdigest())
        elif match := re.fullmatch(r"/v2/(.+)/blobs/(sha256:[0-9a-f]{64})", path):
            found = self.server.blobs.get(match[2])
            if found is not None:
                return self.answer(200, found, Content_Type="application/octet-stream", Docker_Content_Digest=match[2])
        return self.answer(404, b'{"errors":[{"code":"NOT_FOUND"}]}', Content_Type="application/json")

    do_HEAD = do_GET

    def finish_upload(self, name, data, query):
        digest = "sha256:" + hashlib.sha256(data).hexdigest()
        if "digest=" + digest not in query.replace("%3A", ":").replace("%3a", ":"):
            return self.answer(400, b'{"errors":[{"code":"DIGEST_INVALID"}]}')
        self.server.blobs[digest] = data
        return self.answer(201, Location=f"/v2/{name}/blobs/{digest}", Docker_Content_Digest=digest)

    def do_POST(self):
        path, _, query = self.path.partition("?")
        data = self.body()
        match = re.fullmatch(r"/v2/(.+)/blobs/uploads/", path)
        if not match:
            return self.answer(404)
        if "digest=" in query:
            return self.finish_upload(match[1], data, query)
        with self.server.lock:
            number = str(len(self.server.uploads))
            self.server.uploads[number] = b""
        return self.answer(202, Location=f"/v2/{match[1]}/blobs/uploads/{number}", Range="0-0")

    def do_PATCH(self):
        match = re.fullmatch(r"/v2/(.+)/blobs/uploads/(\d+)", self.path.split("?")[0])
        data = self.body()
        if not match or match[2] not in self.server.uploads:
            return self.answer(404)
        self.server.uploads[match[2]] += data
        return self.answer(202, Location=self.path.split("?")[0], Range=f"0-{max(len(self.server.uploads[match[2]]) - 1, 0)}")

    def do_PUT(self):
        path, _, query = self.path.partition("?")
        data = self.body()
        if match := re.fullmatch(r"/v2/(.+)/blobs/uploads/(\d+)", path):
            if match[2] not in self.server.uploads:
                return self.answer(404)
            return self.finish_upload(match[1], self.server.uploads.pop(match[2]) + data, query)
        if match := re.fullmatch(r"/v2/(.+)/manifests/(.+)", path):
            digest = "sha256:" + hashlib.sha256(data).hexdigest()
            for name in (match[2], digest):
                self.server.manifests[(match[1], name)] = (self.headers.get("Content-Type", ""), data)
            return self.answer(201, Location=f"/v2/{match[1]}/manifests/{digest}", Docker_Content_Digest=digest)
        return self.answer(404)

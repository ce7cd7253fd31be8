#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A web application beside a node: web.py [PORT]

    curl localhost:8080/store                            what all nodes say
    curl localhost:8080/store/attic                      what one says
    curl --json '{"door": "open"}' localhost:8080/set    keys of this node

It is for this machine: who is to see it from elsewhere needs a web server before it that asks who
they are.
"""

import http.server
import json
import sys
import urllib.parse

import dsn


class Application(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        first, _, node = urllib.parse.unquote(self.path).strip("/").partition("/")
        if first != "store":
            return self.answer(404, {"error": "there are /store, /store/NODE and /set"})
        with dsn.Agent() as agent:
            readings = agent.read(node or None)
        nodes = {}
        for reading in readings:
            # The status goes with the value: what is late or gone looks like a value, too.
            nodes.setdefault(reading["node"], {})[reading["key"]] = {
                name: reading[name] for name in ("value", "unit", "status", "age_ms")}
        return self.answer(200 if nodes or not node else 404, nodes)

    def do_POST(self):
        if self.path != "/set":
            return self.answer(404, {"error": "there are /store, /store/NODE and /set"})
        # A page of another site cannot send this type without being asked for it.
        if self.headers.get_content_type() != "application/json":
            return self.answer(415, {"error": "send application/json"})
        try:
            values = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            with dsn.Agent() as agent:
                return self.answer(200, {"version": agent.set_many(values)})
        except (TypeError, ValueError, AttributeError):
            return self.answer(400, {"error": 'send an object such as {"door": "open"}'})
        except dsn.Refused as error:
            return self.answer(400, {"error": str(error)})

    def answer(self, code, content):
        text = json.dumps(content, default=repr).encode()
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)


port = int(sys.argv[1]) if len(sys.argv) > 1 else 8080
server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Application)
print(f"http://127.0.0.1:{server.server_port}/store", flush=True)
server.serve_forever()

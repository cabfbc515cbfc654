"""Run in a generated project: answers the operations that come as JSON lines, from one application."""

import json
import sys

from starlette.testclient import TestClient

if __name__ == "__main__":
    package = sys.argv[1]
    create_app = __import__(f"{package}.app", fromlist=["create_app"]).create_app
    with TestClient(create_app()) as client:
        for line in sys.stdin:
            answer = client.post("/graphql", json={"query": json.loads(line)}).json()
            sys.stdout.write(f"ANSWER {json.dumps(answer)}\n")

"""Gives each call of Schemathesis that needs a token a session of its own, as some calls end the session that makes them.

    SCHEMATHESIS_HOOKS=docs/schemathesis_session.py schemathesis run openapi.json --url http://127.0.0.1:8000
"""

import uuid

import requests
import schemathesis


@schemathesis.auth(refresh_interval=None, retry_on=[])
class OwnSession:
    def get(self, case, context):
        if not context.operation.definition.raw.get("security"):
            return None
        account = {
            "email": f"{uuid.uuid4()}@example.com",
            "password": str(uuid.uuid4()),
            "name": "Schemathesis",
        }
        base_url = context.operation.schema.get_base_url().rstrip("/")
        answer = requests.post(f"{base_url}/api/auth/register", json=account, timeout=30)
        answer.raise_for_status()
        return answer.json()["token"]

    def set(self, case, data, context):
        if data is not None:
            case.headers = {**(case.headers or {}), "Authorization": f"Bearer {data}"}

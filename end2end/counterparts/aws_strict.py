"""What AWS does and moto does not: look at signatures, session tokens, trust policies and the time."""

import datetime
import hashlib
import io
import json
import threading
from urllib.parse import unquote

import moto.sts.models as sts
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from moto.iam.models import iam_backends
from moto.sts.exceptions import STSClientError

ACCOUNT = "123456789012"
KEY_ID = "AKIAPATCHBAYTEST0001"
KEY = "patchbay-secret-access-key"
# Named in the user agent by our own administrator's calls, which are not counted.
ADMINISTRATOR = "patchbay-administrator"

#: What was called, and why calls were refused.
seen = {"counts": {}, "refused": [], "fail": 0}
_keys = {KEY_ID: (KEY, None)}
_denied = threading.local()
_clock = {}
_assume = sts.STSBackend.assume_role


def stop_clock(milliseconds: float) -> None:
    """The time stands at this moment."""
    _clock["now"] = datetime.datetime.fromtimestamp(milliseconds / 1000, datetime.timezone.utc).replace(tzinfo=None)


def _now() -> datetime.datetime:
    return _clock.get("now") or datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)


def _assume_role(self, role_arn, external_id, **rest):
    """Gives keys of a role that is there and trusts the caller."""
    try:
        role = iam_backends[ACCOUNT]["aws"].get_role_by_arn(role_arn)
        policy = unquote(role.assume_role_policy_document)
        wanted = json.loads(policy)["Statement"][0]["Condition"]["StringEquals"]["sts:ExternalId"]
    except Exception:
        wanted = object()
    if wanted != external_id:
        _denied.flag = True
        what = f"User: arn:aws:iam::{ACCOUNT}:user/patchbay is not authorized to perform: sts:AssumeRole on resource: {role_arn}"
        raise STSClientError("AccessDenied", what)
    assumed = _assume(self, role_arn=role_arn, external_id=external_id, **rest)
    _keys[assumed.access_key_id] = (assumed.secret_access_key, assumed)
    return assumed


sts.STSBackend.assume_role = _assume_role
sts.utcnow = _now


def strict(application, obey):
    """The class of moto's application, with the checks before it."""

    class Strict(application):
        def __call__(self, environ, start_response):
            body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
            environ["wsgi.input"] = io.BytesIO(body)
            path = environ["PATH_INFO"]
            if path == "/__control":
                answer = obey(json.loads(body)) if environ["REQUEST_METHOD"] == "POST" else seen
                return _say(start_response, "200 OK", json.dumps(answer, default=str))
            is_ours = ADMINISTRATOR in environ.get("HTTP_USER_AGENT", "")
            if not is_ours:
                refusal = self.look(environ, body)
                if refusal:
                    return _refuse(start_response, path, *refusal)

            _denied.flag = False

            def started(status, headers, info=None):
                return start_response("403 Forbidden" if _denied.flag else status, headers, info)

            return super().__call__(environ, started)

        def look(self, environ, body):
            name = f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}"
            if environ["PATH_INFO"] == "/" and b"Action=" in body:
                name = body.split(b"Action=", 1)[1].split(b"&", 1)[0].decode()
            seen["counts"][name] = seen["counts"].get(name, 0) + 1
            if seen["fail"] > 0:
                seen["fail"] -= 1
                return "500 Internal Server Error", "ServiceException", "An error occurred and the request cannot be processed."
            wrong = _wrong_signature(environ, body)
            if wrong:
                seen["refused"].append(f"{name}: {wrong[1]}")
                return "403 Forbidden", *wrong
            return None

    return Strict


def _wrong_signature(environ, body):
    """What is wrong with the signature of a request: code and message."""
    header = environ.get("HTTP_AUTHORIZATION", "")
    if not header.startswith("AWS4-HMAC-SHA256 "):
        return "MissingAuthenticationToken", "Request is missing Authentication Token"
    parts = dict(part.strip().split("=", 1) for part in header.split(" ", 1)[1].split(","))
    key_id, date, region, service, _ = parts["Credential"].split("/")
    secret, assumed = _keys.get(key_id, (None, None))
    token = environ.get("HTTP_X_AMZ_SECURITY_TOKEN")
    if secret is None or token != (assumed.session_token if assumed else None):
        return "InvalidClientTokenId", "The security token included in the request is invalid."
    if assumed and assumed.expiration <= _now():
        return "ExpiredToken", "The security token included in the request is expired"

    headers = {}
    for name in parts["SignedHeaders"].split(";"):
        variable = name.upper().replace("-", "_")
        headers[name] = environ.get(f"HTTP_{variable}", environ.get(variable, ""))
    hashed = environ.get("HTTP_X_AMZ_CONTENT_SHA256")
    if hashed not in (None, hashlib.sha256(body).hexdigest()):
        return "SignatureDoesNotMatch", "The hash of the body does not match the body."
    timestamp = environ.get("HTTP_X_AMZ_DATE", "")
    target = environ.get("REQUEST_URI") or environ["RAW_URI"]
    request = AWSRequest(environ["REQUEST_METHOD"], f"http://{environ['HTTP_HOST']}{target}", headers=headers, data=body)
    request.context["timestamp"] = timestamp
    signer = SigV4Auth(Credentials(key_id, secret), service, region)
    expected = signer.signature(signer.string_to_sign(request, signer.canonical_request(request)), request)
    if expected != parts["Signature"] or not timestamp.startswith(date):
        return "SignatureDoesNotMatch", "The request signature we calculated does not match the signature you provided."
    sent = datetime.datetime.strptime(timestamp, "%Y%m%dT%H%M%SZ")
    if abs((_now() - sent).total_seconds()) > 15 * 60:
        return "SignatureDoesNotMatch", f"Signature expired: {timestamp} is too far from now."
    return None


def _refuse(start_response, path, status, code, message):
    if path != "/":
        # Lambda answers in JSON.
        code = "UnrecognizedClientException" if code == "InvalidClientTokenId" else code
        return _say(start_response, status, json.dumps({"message": message}), [("x-amzn-ErrorType", code)])
    text = f"<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error></ErrorResponse>"
    return _say(start_response, status, text, [("content-type", "text/xml")])


def _say(start_response, status, text, headers=()):
    body = text.encode()
    start_response(status, [("content-length", str(len(body))), *(headers or [("content-type", "application/json")])])
    return [body]

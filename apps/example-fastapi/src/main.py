"""An API in FastAPI that trusts an OAuth 2 server: access tokens for people and apps, API keys for programs."""

import base64
import json
import os
import urllib.parse
import urllib.request

import jwt
from fastapi import Depends, FastAPI, HTTPException, Security
from fastapi.security import APIKeyCookie, APIKeyHeader, APIKeyQuery, OAuth2PasswordBearer

ISSUER = os.environ["ISSUER"]
AUDIENCE = os.environ["AUDIENCE"]
CLIENT_ID = os.environ["CLIENT_ID"]
CLIENT_SECRET = os.environ["CLIENT_SECRET"]

app = FastAPI(title="Notes")
oauth2_scheme = OAuth2PasswordBearer(tokenUrl=f"{ISSUER}/oauth/token", scopes={"notes:read": "Read your notes."})
signing_keys = jwt.PyJWKClient(f"{ISSUER}/.well-known/jwks.json")


def refused(detail: str) -> HTTPException:
    return HTTPException(401, detail, headers={"WWW-Authenticate": 'Bearer error="invalid_token"'})


def claims_of(token: str) -> dict:
    # PyJWT looks at neither of these by itself: RFC 9068 section 4, RFC 7515 section 4.1.11.
    header = jwt.get_unverified_header(token)
    if header.get("typ") != "at+jwt" or "crit" in header:
        raise jwt.InvalidTokenError("Not an access token")
    key = signing_keys.get_signing_key(header.get("kid"))
    if key.key_type != "EC":
        raise jwt.InvalidTokenError("Not a key of access tokens")
    required = ["iss", "sub", "aud", "exp", "iat", "jti"]
    return jwt.decode(
        token, key.key, algorithms=["ES256"], audience=AUDIENCE, issuer=ISSUER, options={"require": required}
    )


def current_user(token: str = Depends(oauth2_scheme)) -> str:
    try:
        return claims_of(token)["sub"]
    except jwt.ExpiredSignatureError:
        raise refused("Token expired")
    except jwt.PyJWTError:
        raise refused("Invalid token")


@app.get("/secure-data")
def secure_data(user: str = Depends(current_user)):
    return {"message": "This is secure data", "user": user}


def introspect(token: str) -> dict:
    """RFC 7662."""
    basic = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
    body = urllib.parse.urlencode({"token": token}).encode()
    request = urllib.request.Request(f"{ISSUER}/oauth/introspect", body, {"Authorization": f"Basic {basic}"})
    with urllib.request.urlopen(request, timeout=5) as answer:
        return json.load(answer)


def api_key_owner(
    by_query: str = Security(APIKeyQuery(name="api_key", auto_error=False)),
    by_header: str = Security(APIKeyHeader(name="X-API-Key", auto_error=False)),
    by_cookie: str = Security(APIKeyCookie(name="api_key", auto_error=False)),
) -> str:
    key = by_query or by_header or by_cookie
    if key is None:
        raise HTTPException(401, "API key missing")
    answer = introspect(key)
    if not answer["active"]:
        raise HTTPException(401, "Invalid API key")
    if "notes:read" not in answer.get("scope", "").split():
        raise HTTPException(403, "The API key doesn't have notes:read")
    return answer["sub"]


@app.get("/protected_data")
def protected_data(owner: str = Depends(api_key_owner)):
    return {"message": "This is protected data", "owner": owner}

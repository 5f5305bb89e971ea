"""Guards as FastAPI tutorials write them: a bearer JWT, an API key by header, query or cookie, a session cookie."""

import time

import bcrypt
import jwt
from fastapi import Depends, FastAPI, HTTPException, Request, Security
from fastapi.security import APIKeyCookie, APIKeyHeader, APIKeyQuery, OAuth2PasswordBearer
from pydantic import BaseModel
from starlette.middleware.sessions import SessionMiddleware

SECRET = "a secret of at least thirty-two bytes"
API_KEY = "one-constant-api-key"
USERS = {
    "person-0@bench.test": {
        "name": "Person 0",
        "hash": bcrypt.hashpw(b"a long password of everyone", bcrypt.gensalt(10)),
    }
}

oauth2_scheme = OAuth2PasswordBearer(tokenUrl="sign-in")
key_query = APIKeyQuery(name="api_key", auto_error=False)
key_header = APIKeyHeader(name="x-api-key", auto_error=False)
key_cookie = APIKeyCookie(name="api_key", auto_error=False)


class User(BaseModel):
    email: str
    name: str


class SignIn(BaseModel):
    email: str
    password: str


def user_of(email) -> User:
    found = USERS.get(email)
    if found is None:
        raise HTTPException(status_code=401, detail="Could not validate credentials")
    return User(email=email, name=found["name"])


async def current_user(token: str = Depends(oauth2_scheme)) -> User:
    try:
        return user_of(jwt.decode(token, SECRET, algorithms=["HS256"])["sub"])
    except jwt.ExpiredSignatureError:
        raise HTTPException(status_code=401, detail="Token expired")
    except jwt.InvalidTokenError:
        raise HTTPException(status_code=401, detail="Invalid token")


async def api_key(
    query: str = Security(key_query), header: str = Security(key_header), cookie: str = Security(key_cookie)
) -> str:
    for given in (query, header, cookie):
        if given == API_KEY:
            return given
    raise HTTPException(status_code=403, detail="Could not validate credentials")


async def session_user(request: Request) -> User:
    return user_of(request.session.get("email"))


plain = FastAPI()
sessions = FastAPI()


@plain.get("/")
async def root():
    return {"needsSetup": False, "signUpOpen": False, "url": "http://localhost:3000"}


@plain.get("/jwt", response_model=User)
async def with_token(user: User = Depends(current_user)):
    return user


@plain.get("/key")
async def with_key(key: str = Depends(api_key)):
    return {"email": "person-0@bench.test"}


@plain.get("/credentials")
async def credentials():
    claims = {"sub": "person-0@bench.test", "exp": int(time.time()) + 3600}
    return {"jwt": jwt.encode(claims, SECRET, algorithm="HS256"), "key": API_KEY}


@sessions.get("/me", response_model=User)
async def with_session(user: User = Depends(session_user)):
    return user


@sessions.post("/sign-in")
async def sign_in(form: SignIn, request: Request):
    found = USERS.get(form.email)
    if found is None or not bcrypt.checkpw(form.password.encode(), found["hash"]):
        raise HTTPException(status_code=401, detail="Incorrect email or password")
    request.session["email"] = form.email
    claims = {"sub": form.email, "exp": int(time.time()) + 3600}
    return {"email": form.email, "token": jwt.encode(claims, SECRET, algorithm="HS256")}


sessions.add_middleware(SessionMiddleware, secret_key=SECRET)
plain.mount("/cookie", sessions)
app = plain

"""The part of a FastAPI application that its deploys need: which release answers, and whether it is ready. requirements.txt has psycopg."""

import asyncio
import os
from pathlib import Path

import psycopg
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse

# Each release has a folder with its version as the name, and `resolve` follows the link `current`.
RELEASE = Path(__file__).resolve().parent.parent.name

app = FastAPI()


@app.get("/livez", include_in_schema=False)
async def livez(response: Response):
    """The process answers. It asks nobody else: the gate after a restart waits for this."""
    response.headers["Cache-Control"] = "no-store"
    return {"release": RELEASE}


@app.get("/readyz", include_in_schema=False)
async def readyz():
    """The release can do its work: it reaches its database. An application with a pool of connections asks through the pool."""
    try:
        await asyncio.wait_for(ask_database(), timeout=1.5)
    except (psycopg.Error, asyncio.TimeoutError):
        # The reason belongs in the log and not in an answer that everyone can read.
        ready, status = False, 503
    else:
        ready, status = True, 200
    return JSONResponse({"ready": ready, "release": RELEASE}, status_code=status, headers={"Cache-Control": "no-store"})


async def ask_database():
    async with await psycopg.AsyncConnection.connect(os.environ["DATABASE_URL"], connect_timeout=1) as connection:
        await connection.execute("SELECT 1")


@app.exception_handler(Exception)
async def failed(request: Request, error: Exception):
    """An error is an answer in JSON, as all others. FastAPI still logs it."""
    return JSONResponse({"detail": "This did not work. Please try again in a minute."}, status_code=500)


@app.get("/v1/products")
async def products():
    """A route that users need, and that the rules try. Yours has a database behind it."""
    return {"products": []}

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from fastapi.staticfiles import StaticFiles

from catalog.api import api_router
from catalog.settings import settings

# No pages about ourselves in production.
app = FastAPI(title="Catalog", docs_url=None, redoc_url=None, openapi_url=None)

app.add_middleware(
    CORSMiddleware,
    allow_origins=[settings.storefront],
    allow_methods=["GET", "POST"],
    allow_headers=["Content-Type"],
    max_age=5,
)

app.include_router(api_router, prefix=settings.api_prefix)
app.mount("/media", StaticFiles(directory=settings.media), name="media")


@app.get("/health")
def health() -> dict[str, str]:
    return {"status": "ok"}

from secrets import compare_digest
from typing import Annotated

from fastapi import Depends, HTTPException, Security, status
from fastapi.security import APIKeyHeader

from catalog.settings import settings
from catalog.store import Product, products

api_key_header = APIKeyHeader(name="X-Api-Key", auto_error=False)


def require_api_key(key: Annotated[str | None, Security(api_key_header)]) -> None:
    """The warehouse and the office have a key; shoppers read without one."""
    if not key or not settings.api_key or not compare_digest(key, settings.api_key):
        raise HTTPException(status.HTTP_403_FORBIDDEN, "an API key is needed")


def known_product(slug: str) -> Product:
    product = products.get(slug)
    if product is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND, "no such product")
    return product


KnownProduct = Annotated[Product, Depends(known_product)]

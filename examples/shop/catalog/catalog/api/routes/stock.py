from typing import Annotated

from fastapi import APIRouter, Body, Depends, HTTPException, Path

from catalog.deps import require_api_key
from catalog.store import stock

router = APIRouter(dependencies=[Depends(require_api_key)])

Sku = Annotated[str, Path(pattern=r"^[A-Z]{3}-[0-9]{4}$")]


@router.get("/{sku}")
async def get_stock(sku: Sku) -> dict[str, int]:
    if sku not in stock:
        raise HTTPException(404, "no such article")
    return {sku: stock[sku]}


@router.put("/{sku}")
async def count_stock(sku: Sku, pieces: Annotated[int, Body(embed=True, ge=0)]) -> dict[str, int]:
    stock[sku] = pieces
    return {sku: pieces}

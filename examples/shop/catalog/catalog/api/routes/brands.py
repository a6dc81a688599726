from fastapi import APIRouter

from catalog.store import products

router = APIRouter(prefix="/brands")


@router.get("", deprecated=True)
def list_brands() -> list[str]:
    return sorted({product.brand for product in products.values()})

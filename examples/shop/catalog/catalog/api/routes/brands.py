from fastapi import APIRouter

from catalog.store import all_products

router = APIRouter(prefix="/brands")


@router.get("", deprecated=True)
def list_brands() -> list[str]:
    return sorted({product.brand for product in all_products()})

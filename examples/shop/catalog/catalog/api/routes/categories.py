from fastapi import APIRouter, HTTPException

from catalog.store import Product, all_products

router = APIRouter()


@router.get("")
def list_categories() -> list[str]:
    return sorted({product.category for product in all_products()})


@router.get("/{path:path}")
def products_below(path: str) -> list[Product]:
    """A category is a path of its own: `kitchen`, `kitchen/mugs`."""
    found = [product for product in all_products() if f"{product.category}/".startswith(f"{path}/")]
    if not found:
        raise HTTPException(404, "no such category")
    return found

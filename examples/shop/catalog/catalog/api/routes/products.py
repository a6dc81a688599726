from fastapi import APIRouter, Depends, status

from catalog.api.routes import reviews
from catalog.deps import KnownProduct, require_api_key
from catalog.store import Product, all_products, products

router = APIRouter(prefix="/products", tags=["products"])
router.include_router(reviews.router, prefix="/{slug}/reviews")


@router.get("")
def list_products(category: str | None = None, limit: int = 20) -> list[Product]:
    found = [product for product in all_products() if category is None or product.category.startswith(category)]
    return found[:limit]


@router.post("", status_code=status.HTTP_201_CREATED, dependencies=[Depends(require_api_key)])
def add_product(product: Product) -> Product:
    products[product.slug] = product
    return product


# Before /{slug}, or it would be taken for a product of that name.
@router.get("/featured")
def featured_products() -> list[Product]:
    return [product for product in all_products() if product.featured]


@router.get("/{slug}")
def get_product(product: KnownProduct) -> Product:
    return product


@router.patch("/{slug}", dependencies=[Depends(require_api_key)])
def rename_product(product: KnownProduct, name: str) -> Product:
    product.name = name
    return product


@router.delete("/{slug}", status_code=status.HTTP_204_NO_CONTENT, dependencies=[Depends(require_api_key)])
def remove_product(product: KnownProduct) -> None:
    del products[product.slug]

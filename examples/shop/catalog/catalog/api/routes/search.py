from fastapi import APIRouter

from catalog.store import Product, all_products

router = APIRouter()


# Replaced by /products?category=; to be gone since the summer of 2025.
@router.get("/search", deprecated=True)
def search(q: str) -> list[Product]:
    return [product for product in all_products() if q.casefold() in product.name.casefold()]


@router.get("/recommendations")
def recommendations(slug: str) -> list[Product]:
    """The experiment of one team's Friday; the storefront uses it all the same."""
    return [product for product in all_products() if product.slug != slug][:3]

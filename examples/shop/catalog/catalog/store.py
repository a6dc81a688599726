"""Everything in memory: a shop that starts with full shelves every morning."""

from pydantic import BaseModel, Field


class Review(BaseModel):
    stars: int = Field(ge=1, le=5)
    text: str = ""


class Product(BaseModel):
    slug: str
    sku: str = Field(pattern=r"^[A-Z]{3}-[0-9]{4}$")
    name: str
    brand: str = "Noon"
    category: str
    cents: int = Field(gt=0)
    featured: bool = False
    reviews: list[Review] = []


products: dict[str, Product] = {
    product.slug: product
    for product in [
        Product(slug="blue-mug", sku="MUG-0042", name="Blue mug", category="kitchen/mugs", cents=1250, featured=True),
        Product(slug="tall-mug", sku="MUG-0043", name="Tall mug", category="kitchen/mugs", cents=1490),
        Product(slug="café-bowl", sku="BWL-0007", name="Café bowl", category="kitchen/bowls", cents=1890),
        Product(slug="tea-pot-2l", sku="POT-0002", name="Tea pot", category="kitchen", cents=4200, featured=True),
        Product(slug="wall-calendar", sku="CAL-2027", name="Wall calendar", category="office/paper", cents=990),
        Product(slug="desk-lamp", sku="LMP-0110", name="Desk lamp", category="office", cents=6900),
    ]
}

stock: dict[str, int] = {product.sku: 40 for product in products.values()}


def all_products() -> list[Product]:
    """As they stand now: others may add some while we count."""
    return list(products.values())

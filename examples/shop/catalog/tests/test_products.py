from fastapi import FastAPI
from fastapi.testclient import TestClient

from catalog.api.routes import products

# An application for these tests alone: none of its routes exists in the shop.
app = FastAPI()
app.include_router(products.router, prefix="/test")


@app.post("/reset-shelves")
def reset_shelves() -> None:
    products.products.clear()


def test_an_unknown_product_is_not_found() -> None:
    assert TestClient(app).get("/test/products/nothing").status_code == 404

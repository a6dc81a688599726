from fastapi import APIRouter

from catalog.api.routes import brands, categories, export, products, search, stock

api_router = APIRouter()
api_router.include_router(products.router)
api_router.include_router(categories.router, prefix="/categories", tags=["categories"])
api_router.include_router(stock.router, prefix="/stock", tags=["stock"])
api_router.include_router(search.router, tags=["search"])
api_router.include_router(brands.router)
api_router.include_router(export.router)

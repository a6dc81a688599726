from fastapi import APIRouter, status

from catalog.deps import KnownProduct
from catalog.store import Review

router = APIRouter(tags=["reviews"])


@router.get("")
def list_reviews(product: KnownProduct) -> list[Review]:
    return product.reviews


@router.post("", status_code=status.HTTP_201_CREATED)
def add_review(product: KnownProduct, review: Review) -> Review:
    product.reviews.append(review)
    return review

from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Read from the environment (`CATALOG_API_KEY`, …), else as it stands here."""

    model_config = SettingsConfigDict(env_prefix="CATALOG_")

    api_prefix: str = "/api/v1"
    api_key: str = ""
    storefront: str = "http://www.shop.example"
    media: Path = Path(__file__).parent.parent / "media"


settings = Settings()

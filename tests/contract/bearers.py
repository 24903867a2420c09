"""Whose requests they are: the recipe is a customer's."""

from __future__ import annotations

from helpers.credentials import claims_of, customer_of
from helpers.errors import SettingsError
from helpers.settings import Organization
from tests.contract.asking import Answer, Ask, Place

__all__ = ["check_bearer"]


def check_bearer(organization: Organization, place: Place) -> None:
    """See that requests are a customer's. An access token that says nothing of it is looked up.

    Raises:
        SettingsError: They are an integration's, or a guest's.
    """
    if not _is_customers(organization, place):
        raise SettingsError(
            "Expected requests to be made as the customer whose order is in CL_ORDER_ID, but they "
            "are an integration's or a guest's: set CL_CUSTOMER_EMAIL and CL_CUSTOMER_PASSWORD "
            "beside a sales channel's CL_CLIENT_ID, or that customer's CL_ACCESS_TOKEN."
        )


def _is_customers(organization: Organization, place: Place) -> bool:
    if organization.credentials:
        return organization.credentials.customer_email is not None
    claims = claims_of(organization.access_token or "")
    if claims is not None:
        return customer_of(claims) is not None
    match place.ask(Ask("GET", "/api/application")):
        case Answer(status=200, body={"data": {"attributes": {"kind": str(kind)}}}):
            return kind == "sales_channel"
    return True  # the answer to the next request says more

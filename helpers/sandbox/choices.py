"""The sandbox's own choices: what it answers where the API's documentation is silent.

One row a choice: the situation, and the answer. Readers see the rows in the README.
"""

from __future__ import annotations

__all__ = ["CHOICES"]

CHOICES: tuple[tuple[str, str], ...] = (
    (
        "`_save_payment_source_to_customer_wallet`: the order has no payment source",
        "422 `VALIDATION_ERROR` at `/data/relationships/payment_source`, can't be blank",
    ),
    (
        "`_save_payment_source_to_customer_wallet`: the order has no customer (integration)",
        "422 `VALIDATION_ERROR` at `/data/relationships/customer`, can't be blank",
    ),
    (
        "`_save_payment_source_to_customer_wallet`: the Klarna payment has no `auth_token`",
        "422 `VALIDATION_ERROR` at `/data/relationships/payment_source`; the detail names "
        "`auth_token`",
    ),
    (
        "`_save_payment_source_to_customer_wallet`: sent twice",
        "200 both times; the wallet keeps one entry",
    ),
    (
        "`_save_payment_source_to_customer_wallet`: what Klarna hands over",
        "the page's values for the page's `auth_token`; for any other, values that follow from it",
    ),
    (
        "`_customer_payment_source_id`: an unknown id, or an entry of another customer's wallet",
        "404 `RECORD_NOT_FOUND`",
    ),
    (
        "`_customer_payment_source_id`: the order is placed already",
        "401 `UNAUTHORIZED` to a sales channel; 422 `VALIDATION_ERROR` to an integration",
    ),
    (
        "`_customer_payment_source_id`: sent by a guest's sales channel",
        "401 `UNAUTHORIZED`, the same as for the save",
    ),
    (
        "`_customer_payment_source_id`: what changes",
        "the order's `payment_source` becomes the entry's, its `payment_method` too where it had "
        "none, and `payment_source_details` names the source's type",
    ),
    (
        "Either trigger, with a value it does not expect (`false`, a number, an empty text)",
        "422 `VALIDATION_ERROR` at the attribute",
    ),
    (
        "A customer's access token and another customer's resource",
        "401 `UNAUTHORIZED`",
    ),
    (
        "Lists",
        "An integration has all of them; any sales channel those of `skus` and `prices`; a "
        "customer's also those of their own `orders`, `customer_payment_sources` and "
        "`customer_addresses`. Any other: 401 `UNAUTHORIZED`",
    ),
    (
        "A list that a relationship leads to, included or asked for",
        "leaves out what the access token may not see",
    ),
    (
        "What the API has and the sandbox has not: other attributes and relationships in an "
        "update, `fields`, `filter`, `sort`",
        "400 `PARAM_NOT_ALLOWED`; the detail says so. Other methods: 405",
    ),
    (
        "Which fault is told first",
        "the access token (401), the media types (406, 415), the path (404), the method (405), "
        "the query, the resource (404, 401), the document (400), the preconditions (422)",
    ),
    (
        "A path to a type that is not emulated",
        "404 `RECORD_NOT_FOUND`; the detail says so",
    ),
    (
        '`_save_payment_source_to_customer_wallet`: sent as the text `"true"`',
        "as good as `true`, as some of the vendor's clients send it",
    ),
    (
        "A relationship to a type that is not emulated",
        "has its links; what they lead to is an empty list, or null",
    ),
    (
        "What no client should meet",
        "405 `METHOD_NOT_ALLOWED`, 413 `CONTENT_TOO_LARGE` for a body of more than 1,000,000 "
        "bytes, and 500 `INTERNAL_SERVER_ERROR` where the sandbox itself is at fault; 400 in plain "
        "text for what is no HTTP",
    ),
    (
        "Access tokens",
        "four fixed texts, of which the page's is one; they never expire",
    ),
)

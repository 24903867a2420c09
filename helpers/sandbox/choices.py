"""The sandbox's own choices: what it answers where the API's documentation is silent.

By topic, one row a choice: the situation, and the answer. Readers see the rows on the front page.
"""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["CHOICES"]

CHOICES: Mapping[str, tuple[tuple[str, str], ...]] = {
    "The customer wallet": (
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
            "`_save_payment_source_to_customer_wallet`: what the gateway hands over",
            "for Klarna, the page's values for the page's `auth_token`; for any other payment, "
            "values that follow from it. An entry is named after its source, with four digits",
        ),
        (
            "`_save_payment_source_to_customer_wallet`: of a Stripe payment",
            "is not asked for `options.setup_future_usage`",
        ),
        (
            "`_customer_payment_source_id`: an unknown id, or an entry of another wallet",
            "404 `RECORD_NOT_FOUND`",
        ),
        (
            "`_customer_payment_source_id`: an entry without a payment source",
            "422 `VALIDATION_ERROR` at `/data/relationships/payment_source`, can't be blank",
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
            "the order's `payment_source` becomes the entry's, the very same one; its "
            "`payment_method` too, where the one it had is of another type; "
            "`payment_source_details` names the source's type",
        ),
        (
            "A Klarna payment that is in a wallet",
            "can be paid with for good, however old its `auth_token` is",
        ),
    ),
    "Klarna": (
        (
            "`POST /api/klarna_payments`: the order's payment method is not Klarna's",
            "422 `VALIDATION_ERROR` at `/data/relationships/payment_gateway`, can't be blank",
        ),
        (
            "`payment_methods` of a Klarna payment",
            "categories with `identifier` and `name`: pay later and in instalments up to 10,000 in "
            "the order's currency, pay now always",
        ),
        (
            "`auth_token`: which one is good",
            "any text, for 60 minutes by the world's clock, but none that starts with `expired-` "
            "or `declined-`: saving or placing is refused then (422, `meta.error` says which)",
        ),
        (
            "An order is edited or refreshed",
            "its Klarna payment is no longer its payment source after a change of its line items, "
            "shipping methods, addresses, market or payment method, and after `_refresh`; not "
            "after one of its customer, notes or texts",
        ),
        (
            "A payment whose order costs something else by now",
            "`mismatched_amounts` is true, and the order cannot be placed with it (422); `_update` "
            "brings the session up to date. A saved payment pays for any amount",
        ),
        (
            "A payment as the payment source of another order than its own",
            "422 `VALIDATION_ERROR`, unless it is in the customer's wallet; given another order, "
            "it pays that one and no other",
        ),
        (
            "The payment of an order that is placed",
            "stays as it is, also where it pays for several: 401 to a sales channel, 422 to an "
            "integration",
        ),
        (
            "`payment_source_details` of an order placed with Klarna",
            "as recorded; Klarna's own order id follows from the order and the `auth_token`",
        ),
    ),
    "Orders": (
        (
            "`_place`: something is missing",
            "422 `VALIDATION_ERROR`, one error object for each thing: customer, billing address, "
            "shipping address of what ships, line items, a shipping method for every shipment, "
            "payment method, payment source, its `auth_token`",
        ),
        (
            "`_place`, `_cancel`, `_approve`, `_capture`, `_refund`: sent again",
            "200, and nothing changes",
        ),
        (
            "`_authorization_amount_cents`, `_capture_amount_cents`, `_refund_amount_cents`: alone",
            "200, and nothing changes: they say how much of what another attribute asks for",
        ),
        (
            "`_capture` of an order",
            "takes what is due, as far as it is authorized; less than that is `partially_paid`",
        ),
        (
            "`_refund`: the last capture is refunded in full",
            "the order is cancelled and refunded",
        ),
        (
            "`_cancel` of an order that is paid",
            "422: it is refunded instead. What has been shipped stays shipped",
        ),
        (
            "`_fix_payment_source`: nothing was authorized",
            "422 `VALIDATION_ERROR` at `/data/relationships/authorizations`, can't be blank",
        ),
        (
            "A change of status that is not possible",
            "422 `VALIDATION_ERROR` at `/data/attributes/status`, transition is not permitted. "
            "Cancelled are orders that were placed; captured are those that were approved",
        ),
        (
            "`place_async`",
            "the order is placed at once all the same; what is wrong becomes its "
            "`resource_errors`, and it stays `placing`",
        ),
        (
            "A draft",
            "becomes pending once it has a customer and a line item of an SKU, and stays so",
        ),
        (
            "`guest`",
            "true for what a sales channel without a customer creates; a guest sees these orders "
            "only, while they are draft, pending or placed",
        ),
        (
            "A customer's access token and an order of nobody's",
            "the customer may see it, and any update makes it theirs while it is not placed",
        ),
        (
            "An order that is placed, changed by an integration",
            "422 `VALIDATION_ERROR` can't be changed, but for `reference`, `reference_origin` and "
            "`metadata`; `_start_editing` opens it",
        ),
        (
            "`_cancel`, `_archive` and the like of an order that is placed, by a sales channel",
            "are what the API's resource types allow it, and do what they say",
        ),
        (
            "`_stop_editing`: the order costs more than before",
            "422 `VALIDATION_ERROR`, must be less than or equal to what it cost",
        ),
        (
            "Shipments",
            "an order has one, as soon as it has a shipping address and something that ships",
        ),
        (
            "Line items of shipments and payment methods",
            "come and go with the order's shipping and payment method, also where these cost "
            "nothing; they are changed through those",
        ),
        (
            "Taxes",
            "a rate for each market: 22 % in the prices of the European one, 8 % on those of the "
            "American one, for shipping too (`freight_taxable`); each line item's tax is rounded, "
            "half a cent up",
        ),
        (
            "An order in another market",
            "costs what it costs there, and loses the methods that there are not",
        ),
        (
            "`autorefresh` is false",
            "totals and shipments wait for `_refresh` or `_place`; line items do not",
        ),
        (
            "`shipping_country_code_lock`",
            "422 `VALIDATION_ERROR` at `/data/relationships/shipping_address`, for another country",
        ),
        (
            "`free_over_amount_cents`",
            "compares with what ships of the order; `use_subtotal` makes no difference",
        ),
        (
            "`auto_place`",
            "makes no difference: nothing is authorized asynchronously",
        ),
        (
            "`coupon_code`, `gift_card_code`",
            "422 `VALIDATION_ERROR`, doesn't exist: the sandbox has none of either",
        ),
        (
            "`sku_code` of no SKU, or of one without a price in the market",
            "422 `VALIDATION_ERROR` at `/data/attributes/sku_code`, or at `unit_amount_cents`",
        ),
        (
            "A line item whose unit price is set to null",
            "costs what its SKU costs again",
        ),
        (
            "`POST /api/shipments`: nothing ships, or there is no address",
            "422 `VALIDATION_ERROR` at `/data/relationships/order`",
        ),
        (
            "`_validate`, `_update_taxes`",
            "200: there are no rules or calculators of a shop's own to ask",
        ),
        (
            "Addresses that are cloned, or saved to the address book",
            "are copies of their own; an address with the same text is saved once",
        ),
        (
            "Authorizations and captures",
            "no more can be captured, voided or refunded than is left (422)",
        ),
        (
            "Shipments' trigger attributes",
            "lead forward only, from upcoming to delivered, once the order is placed; once all is "
            "shipped, an order that is paid is fulfilled",
        ),
        (
            "Ids, numbers and made-up secrets",
            "follow from a count, so that the same requests make the same world",
        ),
    ),
    "Writing": (
        (
            "Values of another type",
            'what means the same is read: `"4"` for 4, `"true"` for true, 12 for `"12"`; '
            "anything else is 422 `VALIDATION_ERROR` with Rails' texts",
        ),
        (
            "Numbers",
            "integers that are sent have 32 bits; quantities are 1 or more, prices 0 or more",
        ),
        (
            "A trigger attribute with another value (`false`, a number, an empty text)",
            '422 `VALIDATION_ERROR` at the attribute; `"true"` is as good as true',
        ),
        (
            "Several trigger attributes",
            "are pulled in the order they are sent; amounts are read first",
        ),
        (
            "What a sales channel may not send",
            "401 `UNAUTHORIZED`",
        ),
        (
            "A relationship to a resource that is not there, or not for the access token to see",
            "422 `VALIDATION_ERROR` at the relationship, must exist",
        ),
        (
            "A relationship to a type that is not emulated",
            "a to-one relationship is read and not kept: its links lead to null; a to-many "
            "relationship can be set to an empty list only",
        ),
        (
            "What the API has and the sandbox has not: stock, rates, invoices, subscriptions",
            "400 `PARAM_NOT_ALLOWED`; the detail says so",
        ),
        (
            "A required relationship to a type that is not emulated",
            "any resource identifier is good, null is not",
        ),
        (
            "Depth of a document",
            "64 objects and lists in each other (400), 32 in a value (422)",
        ),
        (
            "Notes (`reference`, `reference_origin`, `metadata`) on what belongs to a placed order",
            "an integration may write them; a sales channel may not (401)",
        ),
        (
            "Tags",
            "there are none, so `_add_tags` and `_remove_tags` discard whatever they are sent",
        ),
        (
            "Deleting what something else could not be without",
            "423 `LOCKED`: addresses, customers, methods and markets of orders, price lists with "
            "prices, SKUs in line items, payments that were authorized or saved; of a placed "
            "order, 401 to a sales channel",
        ),
        (
            "Deleting a resource",
            "takes along what belongs to it: an order's line items, a customer's wallet",
        ),
        (
            "E-mail addresses",
            "are kept in small letters; a second customer with the same one has a fault, taken",
        ),
        (
            "`zip_code`",
            "is required but for AE, AO, BS, FJ, HK, IE, JM, PA and QA",
        ),
    ),
    "Reading": (
        (
            "A path to a type that is not emulated",
            "404 `RECORD_NOT_FOUND`; the detail says so",
        ),
        (
            "What a relationship leads to, included or asked for",
            "leaves out what the access token may not see: a list has less, another is null",
        ),
        (
            "`fields[...]` empty, or of a parent type such as `transactions`",
            "no attributes and no relationships; applies to the concrete types that have none of "
            "their own",
        ),
        (
            "`fields[...]` and filters of a type that is not emulated",
            "are accepted, and find nothing, except where null is asked for",
        ),
        (
            "`sort` and null",
            "last when ascending, first when descending; ties by age, texts by code point",
        ),
        (
            "`page=3`, `page[foo]`",
            "400 `INVALID_PAGE_OBJECT`, 400 `PARAM_NOT_ALLOWED`",
        ),
        (
            "`page`, `sort`, `filter` where the answer is no list",
            "400 `PARAM_NOT_ALLOWED`",
        ),
        (
            "An empty list",
            "has a `page_count` of 1, with a first and a last page",
        ),
        (
            "A predicate and null",
            "holds of null only if it says so: `_or_null`, `_null`, `_blank`, `_present`",
        ),
        (
            "`_any`, `_all` of a negative predicate",
            "at least one of the values, none of the values",
        ),
        (
            "Capitals in filters",
            "do not matter to `matches`, `start`, `end`, `cont` and their opposites; elsewhere "
            "they do",
        ),
        (
            "Filters through relationships",
            "a to-one relationship that leads nowhere has null for every attribute; of a to-many "
            "relationship, any resource will do",
        ),
        (
            "Plain filters",
            "several values mean any of them; of an object, what it contains; `_from` and `_to` "
            "are inclusive",
        ),
        (
            "A predicate that does not fit the attribute's type",
            "400 `FILTER_NOT_ALLOWED`; a value that does not, 400 `INVALID_FILTER_VALUE`",
        ),
        (
            "Bounds of a query",
            "30 filters of 10 attributes each, 4 relationships deep; 20 attributes to sort by",
        ),
    ),
    "Access tokens": (
        (
            "What a sales channel may do where the roles page does not say",
            "lists of `skus` and `prices`; a customer's own `orders`, `customer_payment_sources` "
            "and `customer_addresses`; addresses, line items and payments of orders that are "
            "still open. Any other action: 401 `UNAUTHORIZED`",
        ),
        (
            "A customer's access token and another customer's resource",
            "401 `UNAUTHORIZED`",
        ),
        (
            "A customer who has not signed up",
            "is seen by guests, through their orders; one with a password is not",
        ),
        (
            "An address that nobody holds",
            "is open to whoever knows its id",
        ),
        (
            "A sales channel's scope",
            "bounds its orders, markets and methods; `market:all` is accepted",
        ),
        (
            "Four fixed texts",
            "are access tokens that never expire, of which the page's is one; revoked, they come "
            "back with a reset",
        ),
        (
            "`/oauth/token`: wrong password, or a refresh token that is no longer good",
            "400 `invalid_grant`, one text for all",
        ),
        (
            "`/oauth/token`: a sales channel names no scope",
            "400 `invalid_scope`; with a JWT assertion it gets `market:all`",
        ),
        (
            "`/oauth/token`: a scope that is unknown, disabled, private to customers, or wider "
            "than before",
            "400 `invalid_scope`; the detail says which",
        ),
        (
            "`/oauth/token`: another grant type, or one that is not the application's",
            "400 `unsupported_grant_type`, 400 `unauthorized_client`",
        ),
        (
            "A JWT assertion",
            "its signature is not verified; 400 `invalid_assertion` where it has expired, or "
            "speaks for a user or an unknown customer",
        ),
        (
            "A form instead of JSON, scopes separated by commas",
            "are read",
        ),
        (
            "Refresh tokens",
            "are good once; revoking one leaves its access token",
        ),
        (
            "`/oauth/revoke`: a text that is no token",
            "200 `{}` to an application that is known",
        ),
        (
            "`GET /oauth/tokeninfo`",
            "a part of what the API's own applications ask for",
        ),
        (
            "Claims `enterprise`, `region`, `rand`",
            "true, `eu-west-1`, a random number",
        ),
        (
            "A password that comes with an order (`customer_password`)",
            "is the customer's, where they have none yet and no other order",
        ),
    ),
    "Errors and limits": (
        (
            "Which fault is told first",
            "the access token (401), the media types (406, 415), the path (404), the method (405), "
            "permission for the action (401), the query (400), the resource (404, 401), the "
            "document (400), what may not be sent (401), the values (422), a trigger attribute "
            "that is not emulated (400), what must hold for it (422)",
        ),
        (
            "Error objects that no documentation shows",
            "have the codes and texts of the Ruby library jsonapi-resources, whose codes and texts "
            "the documented ones are",
        ),
        (
            "What no client should meet",
            "405 `METHOD_NOT_ALLOWED`, 413 `CONTENT_TOO_LARGE` for a body of more than 1,000,000 "
            "bytes, 431 for a head of more than 65,536, 400 `BAD_REQUEST` for what is no HTTP, and "
            "500 `INTERNAL_SERVER_ERROR` where the sandbox itself is at fault",
        ),
        (
            "Over a rate limit (`--rate-limits`)",
            "429 `TOO_MANY_REQUESTS`, without `Retry-After`; it changes nothing and does not count",
        ),
        (
            "An endpoint, for the limit of bursts",
            "the method and the path with the id left open; the average's headers may tell of some "
            "left over all the same",
        ),
        (
            "What rate limits count",
            "requests by the type that the path begins with; everything but `GET` and `HEAD` is a "
            "write. `/oauth/revoke`, keys and preflights are free",
        ),
    ),
    "The sandbox's own": (
        (
            "Browsers",
            "may read `/api`, `/oauth` and `/.well-known` from web pages anywhere",
        ),
        (
            "`POST /sandbox/reset`",
            "is no part of the API: it brings the starting world back, for every client, with as "
            "many seeded orders as before, and is refused to web pages of another origin",
        ),
        (
            "`--clock real`",
            "what the scenario holds keeps its instants; the hour of its authorizations starts "
            "when this clock does, and again after a reset; each write is later than the one "
            "before",
        ),
        (
            "Links",
            "start with the host that the request names",
        ),
    ),
}

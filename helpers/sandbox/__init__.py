"""A local sandbox for the how-to. It is not Commerce Layer.

It does not price or place orders, authorize payments, talk to Klarna, create or delete anything
but wallet entries, filter or sort lists, or issue access tokens. What it answers where the API's
documentation is silent is its own choice; ``choices.py`` lists every such choice.

It does answer, in full JSON:API documents and from a store that remembers, the two requests of
the how-to "Klarna: reusing the payment source" and the reads around them: lists, single resources,
related resources, relationships.

The sandbox imports nothing from the rest of ``helpers``: what it knows of the API, such as the
media type and the error shape, it knows from the API's documentation alone. That is why it can
tell when the client side is wrong.

What it offers, from the outside in:

- ``python -m helpers.sandbox``: on its own, for curl, Postman, or any other client;
- ``server.Server``: on a loopback socket, in a thread of this process;
- ``transport.SandboxTransport``: in process, without a socket;
- ``scenarios.open_store``: the world that either of them answers from.
"""

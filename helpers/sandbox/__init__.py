"""A local sandbox for the how-to. It is not Commerce Layer.

It does not talk to Klarna or any other gateway, move money, or know stock, promotions, gift cards,
subscriptions, returns or webhooks. What it answers where the API's documentation is silent is its
own choice; ``choices.py`` lists every such choice, and the front page shows them.

It does answer, in full JSON:API documents and from a store that remembers, the two requests of
the how-to "Klarna: reusing the payment source", all that leads to them from nothing, and the reads
around them; and it issues the access tokens that these need.

The sandbox imports nothing from the rest of ``helpers``: what it knows of the API, such as the
media type and the error shape, it knows from the API's documentation alone. That is why it can
tell when the client side is wrong.

What it offers, from the outside in:

- ``python -m helpers.sandbox``: on its own, for curl, Postman, or any other client;
- ``server.Server``: on a loopback socket, in a thread of this process;
- ``transport.SandboxTransport``: in process, without a socket;
- ``scenarios.open_store``: the world that either of them answers from.

Where to look, by trade; a module imports only from floors below its own:

- what comes in and goes out: ``server``, ``stopping``, ``transport``, ``site``, ``app``,
  ``calls``, ``messages``, ``rate_limits``, ``front_page``;
- reading: ``parameters``, ``filters``, ``predicates``, ``relations``, ``documents``,
  ``attributes``;
- writing: ``writing_actions``, ``changes``, ``values``, ``writing``, ``writes``, ``deleting``;
- who may: ``tokens``, ``oauth``, ``grants``, ``scopes``, ``permissions``;
- the rules of commerce, as tables: ``rules``, ``triggers`` and the modules that they name;
- what is remembered: ``store``, ``database``, ``scenarios``, ``ready_made``,
  ``documented``, ``world``;
- many of it: ``seeding``, ``patterns``, ``own_values``, ``filling``, ``progress``; and how lists
  of them are read: ``listing``, ``queries``, ``indexes``, ``conditions``;
- facts: ``resources``, ``choices``.
"""

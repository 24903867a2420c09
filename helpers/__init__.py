"""One function a request, and a place to send it to.

The floor plan: a module imports only from floors below its own, and nothing is re-exported.

====== ============================================== ===========================================
floor  modules                                        trade
====== ============================================== ===========================================
6      ``workbench``                                  sandbox or organization, chosen once
5      ``preparing``, ``exploring``                   several requests, one after the other
5      ``klarna_page``                                wait until the customer agreed
4      ``orders``, ``customer_payment_sources``       a function a request
4      ``line_items``, ``addresses``, ``shipments``   likewise
4      ``klarna_payments``, ``skus``                  likewise
4      ``resources``                                  likewise, for any resource
4      ``display``                                    what a reader sees
4      ``klarna_desk``                                what the customer sees
3      ``client``, ``loopback``                       where bytes leave, and where they come
3      ``rendering``, ``overviews``, ``refusals``     an exchange, a resource, errors to look at
3      ``differences``                                what is not as it was
3      ``klarna_order``                               an order in Klarna's terms
2      ``documents``, ``querying``, ``browsing``      what is sent and what is read
2      ``settings``                                   where to go
2      ``comparing``, ``folding``                     what is seen of a document
2      ``views``                                      HTML, Markdown and plain text
1      ``errors``                                     what can go wrong
0      ``exchanges``                                  what passed between here and there
0      ``masking``                                    what must not be seen
0      ``places``, ``credentials``                    where secrets may go, and which there are
====== ============================================== ===========================================

The annexe, ``helpers.sandbox``, imports none of these, and only ``workbench`` opens its door.
"""

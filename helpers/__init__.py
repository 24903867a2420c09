"""One function a request, and a place to send it to.

The floor plan: a module imports only from floors below its own, and nothing is re-exported.

====== ============================================== ===========================================
floor  modules                                        trade
====== ============================================== ===========================================
7      ``workbench``                                  sandbox or organization, chosen once
7      ``check_settings``                             which of them it would be
6      ``preparing``, ``exploring``                   several requests, one after the other
6      ``klarna_page``                                wait until the customer agreed
5      ``settings``                                   where to go
5      ``orders``, ``customer_payment_sources``       a function a request
5      ``line_items``, ``addresses``, ``shipments``   likewise
5      ``klarna_payments``, ``skus``                  likewise
5      ``resources``                                  likewise, for any resource
5      ``display``                                    what a reader sees
5      ``klarna_desk``                                what the customer sees
4      ``setting_checks``                             what each setting has to be
4      ``client``                                     where bytes leave
3      ``sending``, ``loopback``                      how they leave, and where they come
3      ``rendering``, ``overviews``, ``refusals``     an exchange, a resource, errors to look at
3      ``differences``                                what is not as it was
3      ``klarna_order``                               an order in Klarna's terms
3      ``setting_sources``, ``setting_shapes``        what is set, and what it looks like
2      ``documents``, ``querying``, ``browsing``      what is sent and what is read
2      ``dotenv_file``, ``claim_checks``              what settings and access tokens say
2      ``connections``, ``faults``                    how it is carried, and how it is not
2      ``authentication``                             who may send it
2      ``retrying``                                   when it is sent again
2      ``comparing``, ``folding``                     what is seen of a document
2      ``views``                                      HTML, Markdown and plain text
1      ``errors``                                     what can go wrong
1      ``grants``                                     how an access token is asked for
0      ``exchanges``                                  what passed between here and there
0      ``masking``                                    what must not be seen
0      ``setting_names``                              what can be set
0      ``places``, ``credentials``                    where secrets may go, and which there are
0      ``deadlines``                                  how long it may take
====== ============================================== ===========================================

The annexe, ``helpers.sandbox``, imports none of these, and only ``workbench`` opens its door.
"""

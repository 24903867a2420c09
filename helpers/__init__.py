"""One function a request, and a place to send it to.

The floor plan: a module imports only from floors below its own, and nothing is re-exported.

====== ================================================ =====================================
floor  modules                                          trade
====== ================================================ =====================================
4      ``workbench``                                    sandbox or organization, chosen once
3      ``orders``, ``customer_payment_sources``         a function a request
2      ``client``, ``display``                          where bytes leave; what a reader sees
1      ``settings``, ``documents``, ``folding``         where to go; meaning without I/O
0      ``errors``                                       what can go wrong
====== ================================================ =====================================

The annexe, ``helpers.sandbox``, imports none of these, and only ``workbench`` opens its door.
"""

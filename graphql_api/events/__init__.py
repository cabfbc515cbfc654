"""Events on their way: from the outbox to those who react, to message brokers, and to whoever follows them."""

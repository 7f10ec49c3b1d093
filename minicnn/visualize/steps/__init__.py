"""Step-through pages: the definition's loops, recorded statement by statement, as one HTML page that plays them."""

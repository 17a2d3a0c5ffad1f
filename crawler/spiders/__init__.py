"""One module an outlet: a form of about eight lines. None imports another, and a broken one stops no other."""

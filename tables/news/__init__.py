"""News: articles whose figures are bound to cells, checked before they are public and printed once, at release."""

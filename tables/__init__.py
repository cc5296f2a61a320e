"""The library side: what is published, and the guard of its numbers."""

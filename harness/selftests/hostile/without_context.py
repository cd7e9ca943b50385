"""Importable, and nothing that could stand for ssl."""
